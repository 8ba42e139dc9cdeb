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

// okrChart draws a key result from its begin to its end: its weeks, the straight way to the target, and the fan of where it may
// be at the end.
func okrChart(id string, row query.OKRRow, m measured) *charts.Line {
	unit := m.unit()
	from, to := metrics.At(row.From), metrics.At(row.To)
	var value, way, fan, low, high []opts.LineData
	last := from
	for _, w := range row.Series {
		if at, err := metrics.ParseInstant(w.Period); err == nil {
			v := w.Value
			value, last = append(value, moment(at, m.scale(v), m.text(&v))), max(last, at)
		}
	}
	if row.Baseline != nil {
		way = []opts.LineData{moment(from, m.scale(*row.Baseline), ""), moment(to, m.scale(row.Target), m.goal(row.Target))}
	}
	if f := row.Forecast; f != nil && row.Value != nil && last < to {
		fan = []opts.LineData{moment(last, m.scale(*row.Value), ""), moment(to, m.scale(f.Value), m.forecast(f))}
		low = []opts.LineData{moment(last, m.scale(*row.Value), ""), moment(to, m.scale(f.Lo), "")}
		high = []opts.LineData{moment(last, 0, ""), moment(to, m.scale(f.Hi-f.Lo), "")}
	}
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
	hidden := charts.WithLineChartOpts(opts.LineChart{Symbol: "none", Stack: "fan"})
	dashed := func(colour string) []charts.SeriesOpts {
		return []charts.SeriesOpts{charts.WithLineChartOpts(opts.LineChart{Symbol: "none"}),
			charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: 1.5, Type: "dashed"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: colour})}
	}
	line.
		AddSeries("fan from", low, hidden, charts.WithLineStyleOpts(transparent())).
		AddSeries("fan to", high, hidden, charts.WithLineStyleOpts(transparent()),
			charts.WithAreaStyleOpts(opts.AreaStyle{Color: "var(--total-band)", Opacity: opts.Float(1)})).
		AddSeries("Target", way, dashed("var(--reference)")...).
		AddSeries("Forecast", fan, dashed("var(--total)")...).
		AddSeries("Value", value, lineSeries("var(--total)", 2.5)...)
	return line
}
