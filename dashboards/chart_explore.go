package dashboards

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// rateBars draws a bar a figure with its value beside it, and its interval, where it has one, as a line over it that stands out from
// the bar.
func rateBars(id string, unit *exploreUnit, rows []explored, colours map[string]string) *charts.Bar {
	var parts []string
	var data []opts.BarData
	lines := charts.NewLine()
	label := charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Formatter: "{@[2]}", Color: "var(--ink)", FontSize: 11})
	for i, row := range rows {
		f := row.figure
		parts = append(parts, row.part)
		bar := opts.BarData{Value: []any{f.share, i, ""}, Name: f.tip(), ItemStyle: &opts.ItemStyle{Color: colours[row.part]}}
		if f.Interval == "" {
			bar.Value = []any{f.share, i, f.Text}
		}
		data = append(data, bar)
		if f.Interval == "" {
			continue
		}
		ends := []opts.LineData{{Value: []any{f.Lo, i, ""}}, {Value: []any{f.Hi, i, f.Text}}}
		for _, of := range []struct {
			colour string
			width  float32
			size   int
		}{{"var(--raised)", 5, 8}, {"var(--ink)", 1.5, 4}} {
			look := []charts.SeriesOpts{charts.WithLineChartOpts(opts.LineChart{Symbol: "rect", SymbolSize: of.size}),
				charts.WithLineStyleOpts(opts.LineStyle{Color: of.colour, Width: of.width}), charts.WithItemStyleOpts(opts.ItemStyle{Color: of.colour})}
			if of.colour == "var(--ink)" {
				look = append(look, label)
			}
			lines.AddSeries("", ends, look...)
		}
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(barAxes(id, parts, "{value}"+unit.axis),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "48", Top: "20", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: unit.highest, MinInterval: unit.step, AxisLabel: axisLabel("{value}"+unit.axis, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: parts, Inverse: opts.Bool(true), AxisLabel: shortLabel(), AxisLine: axisLine()}))...)
	bar.AddSeries("", data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}), label)
	bar.Overlap(lines)
	return bar
}

// rateLines draws a line a part. A figure that stands between moments of which there is none is a point.
func rateLines(id string, unit *exploreUnit, periods []metrics.Instant, parts []string, at map[metrics.Instant]map[string]figure, colours map[string]string) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
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
		line.AddSeries(part, data[:last], append(lineSeries(colours[part], 2), charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 5, ShowSymbol: opts.Bool(true)}))...)
	}
	return line
}
