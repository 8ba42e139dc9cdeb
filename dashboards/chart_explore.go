package dashboards

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// rateBars draws a bar a figure with its interval, where it has one, over it. Values stand in a column of their own: where an interval
// ends they would seem to be its end.
func rateBars(id string, unit *exploreUnit, rows []explored, colours map[string]string) *charts.Bar {
	var parts, texts []string
	var data []opts.BarData
	intervals := charts.NewLine()
	for i, row := range rows {
		f := row.figure
		parts, texts = append(parts, row.part), append(texts, f.Text)
		data = append(data, opts.BarData{Value: f.share, Name: f.tip(), ItemStyle: &opts.ItemStyle{Color: colours[row.part]}})
		if f.Interval != "" {
			whisker(intervals, f.Lo, f.Hi, i)
		}
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "20", Right: "28", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: unit.highest, MinInterval: unit.step, AxisLabel: axisLabel("{value}"+unit.axis, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: parts, Inverse: opts.Bool(true), AxisLabel: shortLabel(), AxisLine: axisLine()}))...)
	values := axisLabel("{value}", true)
	values.Color, values.Interval, values.HideOverlap = "var(--ink)", "0", nil
	bar.ExtendYAxis(opts.YAxis{Type: "category", Position: "right", Data: texts, Inverse: opts.Bool(true), AxisLabel: values,
		AxisLine: &opts.AxisLine{LineStyle: &opts.LineStyle{Color: "transparent"}}})
	bar.AddSeries("", data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}))
	bar.Overlap(intervals)
	return bar
}

// Where there are more lines than solidLines, the others differ in kind, too: that many colours are hard to tell apart.
const solidLines = 4

var lineKinds = []string{"solid", "dashed", "dotted"}

// rateLines draws a line a part. A figure that stands between moments of which there is none is a point.
func rateLines(id string, unit *exploreUnit, periods []metrics.Instant, parts []string, at map[metrics.Instant]map[string]figure, colours map[string]string) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
	order := slices.Sorted(slices.Values(parts)) // as with their colours
	for _, part := range parts {
		known := func(i int) bool { return i >= 0 && i < len(periods) && at[periods[i]][part].known }
		var data []opts.LineData
		last := 0 // up to which there is a figure: there the line ends, and has its name
		for i, period := range periods {
			f, told := at[period][part]
			if !told {
				f = figure{}
			}
			point := moment(period, f.value(), "")
			if point.Symbol = "none"; told {
				point.Name = f.tip()
			}
			if known(i) && !known(i-1) && !known(i+1) {
				point.Symbol, point.SymbolSize = "circle", 6
			}
			if data = append(data, point); f.known {
				last = len(data)
			}
		}
		look := opts.LineStyle{Color: colours[part], Width: 2, Type: lineKinds[slices.Index(order, part)/solidLines%len(lineKinds)]}
		line.AddSeries(part, data[:last], append(lineSeries(colours[part], 2), charts.WithLineStyleOpts(look), charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 5, ShowSymbol: opts.Bool(true)}))...)
	}
	return line
}
