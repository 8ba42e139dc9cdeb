package dashboards

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// rateBars draws a bar a figure, with its interval, where it has one, as a line over it.
func rateBars(id, colour string, unit exploreUnit, rows []explored) *charts.Bar {
	var parts []string
	var data []opts.BarData
	intervals := charts.NewLine()
	for i, row := range rows {
		parts = append(parts, row.part)
		data = append(data, opts.BarData{Value: row.figure.share, Name: row.figure.tip()})
		if row.figure.Interval == "" {
			continue
		}
		intervals.AddSeries("", []opts.LineData{{Value: []any{row.figure.Lo, i}}, {Value: []any{row.figure.Hi, i}}},
			charts.WithLineChartOpts(opts.LineChart{Symbol: "rect", SymbolSize: 4}), charts.WithLineStyleOpts(opts.LineStyle{Color: "var(--ink)", Width: 1.5}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--ink)"}))
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(barAxes(id, parts, "{value}"+unit.axis),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: unit.highest, AxisLabel: axisLabel("{value}"+unit.axis, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: parts, Inverse: opts.Bool(true), AxisLabel: shortLabel(), AxisLine: axisLine()}))...)
	bar.AddSeries("", data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}))
	bar.Overlap(intervals)
	return bar
}

// rateLines draws a line a part: origins in their colours, others each in one that is nothing's but its own here.
func rateLines(id, by string, unit exploreUnit, periods []metrics.Instant, parts []string, at map[metrics.Instant]map[string]figure) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
	for i, part := range parts {
		var data []opts.LineData
		known := 0 // up to which there is a figure: there the line ends, and has its name
		for _, period := range periods {
			f, told := at[period][part]
			if !told {
				data = append(data, moment(period, blank, ""))
				continue
			}
			if data = append(data, moment(period, f.value(), f.tip())); f.known {
				known = len(data)
			}
		}
		data = data[:known]
		colour := fmt.Sprintf("var(--line-%d)", i+1)
		if by == byOrigin {
			colour = "var(--origin-" + part + ")"
		}
		line.AddSeries(part, data, lineSeries(colour, 2)...)
	}
	return line
}
