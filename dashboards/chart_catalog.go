package dashboards

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// shares is a chart of horizontal bars, of 0 to 100 percent each.
func shares(id string, labels []string) *charts.Bar {
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "28", Right: "20", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, SplitNumber: 5, AxisLabel: axisLabel("{value}\u202f%", true),
			SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: labels, Inverse: opts.Bool(true),
			AxisLabel: axisLabel("{value}", true), AxisLine: axisLine()}),
	)...)
	return bar
}

// stacked is the look of a part of bars.
func stacked(colour string) []charts.SeriesOpts {
	return []charts.SeriesOpts{
		charts.WithBarChartOpts(opts.BarChart{Stack: "shares", BarWidth: "55%"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--" + colour + ")", BorderColor: "var(--raised)", BorderWidth: 1}),
	}
}

// ladderLegend says what ladderChart draws.
func ladderLegend() []legend {
	return []legend{{"right", "entities whose owner reaches the step"}, {"unknown", "not known"}, {"interval", "95\u202f% interval"}}
}

// ladderChart draws a bar a step: what reaches it with its interval, and of how much more that is not known.
func ladderChart(id string, rungs []rung) *charts.Bar {
	var labels []string
	var reached, unknown []opts.BarData
	intervals := charts.NewLine()
	for i, r := range rungs {
		labels = append(labels, r.label)
		reached = append(reached, opts.BarData{Value: tenths(r.share), Name: r.reached})
		unknown = append(unknown, opts.BarData{Value: tenths(r.more), Name: r.unknown})
		whisker(intervals, tenths(r.lo), tenths(r.hi), i)
	}
	bar := shares(id, labels)
	bar.AddSeries("Reached", reached, stacked("right")...)
	bar.AddSeries("Not known", unknown, stacked("unknown")...)
	bar.Overlap(intervals)
	return bar
}

// fieldsLegend says what fieldsChart draws.
func fieldsLegend() []legend {
	return []legend{{"right", "right: a source of truth agrees"}, {"unverified", "unverified: nothing can check it, confirmed lately"},
		{"aged", "aged: confirmed too long ago"}, {"wrong", "wrong: a source of truth disagrees"}, {"empty", "empty: not filled"}}
}

// fieldsChart draws a bar a field, divided by verdict.
func fieldsChart(id string, fields []auditedField) *charts.Bar {
	labels := make([]string, len(fields))
	for i, f := range fields {
		labels[i] = f.label
	}
	bar := shares(id, labels)
	for i, verdict := range verdicts() {
		data := make([]opts.BarData, len(fields))
		for j, f := range fields {
			data[j] = opts.BarData{Value: tenths(share(f.counts[i], f.all)), Name: count(f.counts[i])}
		}
		bar.AddSeries(verdict, data, stacked(verdict)...)
	}
	return bar
}

// whisker adds an interval over the bar of a row: a line with ticks at its ends, in ink with a narrow edge in the colour of what is
// behind bars, so that it stands out from bars of any colour, by day and by night.
func whisker(line *charts.Line, lo, hi float64, row int) {
	for _, of := range []struct {
		colour string
		edge   float64
	}{{"var(--raised)", 1.25}, {"var(--ink)", 0}} {
		width := 1.5 + 2*of.edge
		line.AddSeries("", []opts.LineData{{Value: []any{lo, row}}, {Value: []any{hi, row}}},
			charts.WithLineChartOpts(opts.LineChart{Symbol: "rect", SymbolSize: []float64{width, 7.5 + width}}),
			charts.WithLineStyleOpts(opts.LineStyle{Color: of.colour, Width: float32(width)}), charts.WithItemStyleOpts(opts.ItemStyle{Color: of.colour}))
	}
}

// tenths rounds percent to what can be seen.
func tenths(percent float64) float64 { return math.Round(percent*10) / 10 }
