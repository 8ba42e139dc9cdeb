package dashboards

import (
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// moment places a value at a moment. What the tooltip says of it is its name.
func moment(at metrics.Instant, value any, name string) opts.LineData {
	return opts.LineData{Value: []any{at.Time().Format(time.RFC3339), value}, Name: name}
}

// timeAxis are the axes of a chart over time.
func timeAxis(id, unit string, highest any) []charts.GlobalOpts {
	return append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "12", Top: "14", Bottom: "8", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "time", SplitNumber: 4, AxisLabel: axisLabel("", false), SplitLine: splitLine(false),
			AxisLine: axisLine(), AxisTick: &opts.AxisTick{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Min: 0, Max: highest, SplitNumber: 5,
			AxisLabel: axisLabel("{value}"+unit, true), SplitLine: splitLine(true)}),
	)
}

// okrChart draws a key result up to its end: its weeks, the target, the plan, which is the straight way there, and the fan of where it
// may be at the end. It begins where its weeks do, as of the time before them nothing is there to compare the plan with.
func okrChart(id string, row query.OKRRow, m measured) *charts.Line {
	unit := m.unit()
	var value []opts.LineData
	for _, w := range row.Series {
		if at, err := metrics.ParseInstant(w.Period); err == nil {
			v := w.Value
			value = append(value, moment(at, m.scale(v), m.text(&v)))
		}
	}
	first, last := okrSpan(row)
	colour := "var(--" + tone(m.Name) + ")"
	to := metrics.At(row.To)
	target := []opts.LineData{moment(first, m.scale(row.Target), ""), moment(to, m.scale(row.Target), m.goal(row.Target))}
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
	if f := row.Forecast; f != nil && row.Value != nil && last < to {
		from := moment(last, m.scale(*row.Value), "")
		_, shade := bandOf(colour)
		band(line, shade, []opts.LineData{from, moment(to, m.scale(f.Lo), "")},
			[]opts.LineData{moment(last, 0, ""), moment(to, m.scale(f.Hi-f.Lo), "")})
		line.AddSeries("Forecast", []opts.LineData{from, moment(to, m.scale(f.Value), m.forecast(f))}, straight(colour, "dashed")...)
	}
	line.AddSeries("Target", target, straight("var(--reference)", "dashed")...)
	if row.Baseline != nil {
		begin := max(first, metrics.At(row.From))
		line.AddSeries("Plan", []opts.LineData{moment(begin, m.scale(planned(row, begin)), ""), moment(to, m.scale(row.Target), "")}, straight("var(--reference)", "solid")...)
	}
	line.AddSeries("Value", value, lineSeries(colour, 2.5)...)
	return line
}

// okrSpan is from where to where a key result has weeks; where it has none, its begin.
func okrSpan(row query.OKRRow) (first, last metrics.Instant) {
	first, last = metrics.At(row.From), metrics.At(row.From)
	for i, w := range row.Series {
		at, err := metrics.ParseInstant(w.Period)
		if err != nil {
			continue
		}
		if i == 0 {
			first = at
		}
		last = max(last, at)
	}
	return first, last
}

// planned is where a key result, of which the baseline is known, would be at a moment on the straight way to its target.
func planned(row query.OKRRow, at metrics.Instant) float64 {
	from, to := metrics.At(row.From), metrics.At(row.To)
	if at <= from || to <= from {
		return *row.Baseline
	}
	return *row.Baseline + (row.Target-*row.Baseline)*float64(at-from)/float64(to-from)
}

// straight is the look of a line that is drawn between two points.
func straight(colour, kind string) []charts.SeriesOpts {
	return []charts.SeriesOpts{charts.WithLineChartOpts(opts.LineChart{Symbol: "none"}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: 1.5, Type: kind}), charts.WithItemStyleOpts(opts.ItemStyle{Color: colour})}
}

// band draws the area above some values that is so high.
func band(line *charts.Line, colour string, low, height []opts.LineData) {
	hidden := charts.WithLineChartOpts(opts.LineChart{Symbol: "none", Stack: "interval"})
	line.AddSeries("from", low, hidden, charts.WithLineStyleOpts(transparent())).
		AddSeries("to", height, hidden, charts.WithLineStyleOpts(transparent()), charts.WithAreaStyleOpts(opts.AreaStyle{Color: colour, Opacity: opts.Float(1)}))
}
