package dashboards

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// rateBars draws a bar a figure with its interval, where it has one, over it. Its value stands beside both: far from them it would seem
// to be the end of the axis.
func rateBars(id string, unit *exploreUnit, rows []explored, colours map[string]string) *charts.Bar {
	var parts []string
	var data []opts.BarData
	intervals, values, longest := charts.NewLine(), charts.NewScatter(), 0
	for i, row := range rows {
		f := row.figure
		parts, longest = append(parts, row.part), max(longest, utf8.RuneCountInString(f.Text))
		data = append(data, opts.BarData{Value: f.share, Name: f.tip(), ItemStyle: &opts.ItemStyle{Color: colours[row.part]}})
		end := f.share
		if f.Interval != "" {
			whisker(intervals, f.Lo, f.Hi, i)
			end = max(end, f.Hi)
		}
		values.AddSeries("", []opts.ScatterData{{Value: []any{end, i}, SymbolSize: 6}}, charts.WithItemStyleOpts(opts.ItemStyle{Color: "transparent"}),
			charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Formatter: f.Text, Color: "var(--ink)", FontSize: 11}))
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "20", Right: strconv.Itoa(max(28, 12+figureWidth*longest)), Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: unit.highest, MinInterval: unit.step, AxisLabel: axisLabel("{value}"+unit.axis, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: parts, Inverse: opts.Bool(true), AxisLabel: shortLabel(), AxisLine: axisLine()}))...)
	bar.AddSeries("", data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}))
	bar.Overlap(intervals, values)
	return bar
}

// figureWidth is how wide a figure of a label is, in pixels.
const figureWidth = 7

// Where there are more lines than solidLines, the others differ in kind, too: that many colours are hard to tell apart.
const solidLines = 4

var lineKinds = []string{"solid", "dashed", "dotted"}

// rateLines draws a line a part, and one that is alone with its interval: those of several would hide one another. A figure that stands
// between moments of which there is none is a point.
func rateLines(id string, unit *exploreUnit, periods []metrics.Instant, parts []string, at map[metrics.Instant]map[string]figure, colours map[string]string) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, unit.axis, unit.highest)...)
	if len(parts) == 1 {
		interval(line, periods, parts[0], at, colours[parts[0]])
	}
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

// tone is the colour of a measure: what is voluntary is blue on every page.
func tone(measure string) string {
	if strings.HasSuffix(measure, ".voluntary") {
		return "voluntary"
	}
	return "total"
}

// bandOf is the class and colour of the interval of a line.
func bandOf(colour string) (class, band string) {
	if colour == "var(--voluntary)" {
		return "band", "var(--voluntary-band)"
	}
	return "total-band", "var(--total-band)"
}

// interval draws the interval of a part behind its line.
func interval(line *charts.Line, periods []metrics.Instant, part string, at map[metrics.Instant]map[string]figure, colour string) {
	var lows, heights []opts.LineData
	drawn := false
	for _, period := range periods {
		low, height := any(blank), any(blank)
		if f := at[period][part]; f.known && f.Interval != "" {
			low, height, drawn = f.Lo, f.Hi-f.Lo, true
		}
		lows, heights = append(lows, moment(period, low, "")), append(heights, moment(period, height, ""))
	}
	if _, colour := bandOf(colour); drawn {
		band(line, colour, lows, heights)
	}
}
