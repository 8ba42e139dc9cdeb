package dashboards

import (
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
)

// chart is a chart as the page embeds it: its options go in as JSON and app.js draws them. Colours are
// custom properties of the style sheet ("var(--on)"), resolved when it is drawn.
type chart struct {
	ID     string // fixed, so that others can find it
	Label  string // what it shows, in words
	Built  bool   // the library is part of this build
	Rows   int    // of bars, which say how high it is; 0: as high as charts are
	Tall   bool   // higher than charts are
	Embed  string // its address by itself; "" where there is none
	Whole  string // the page that it is from, where it is by itself
	Legend []legend
	Ends   string // the names of lines that have them where they end, or everyLine
	Option map[string]any

	Together string // the name of these lines where all end in one point; "" where each keeps its own
}

// everyLine has its name where it ends.
const everyLine = "*"

// Levels that other organisations reached, drawn as lines to compare with.
const (
	outsideTheInventor = 10 // percent: voluntary adoption of portals outside the organisation that made them
	onePathMadeFaster  = 40 // percent: after one path was made really faster than its alternative
)

// blank is a point of which there is no value.
const blank = "-"

func transparent() opts.LineStyle { return opts.LineStyle{Opacity: opts.Float(0)} }

// frame returns the options that all charts share.
func frame(id string) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithInitializationOpts(opts.Initialization{ChartID: id}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithAnimation(false),
	}
}

// axisLabel is the look of the labels of an axis; ends says whether its first and last moment have one.
func axisLabel(format string, ends bool) *opts.AxisLabel {
	return &opts.AxisLabel{Color: "var(--muted)", FontSize: 11, HideOverlap: opts.Bool(true),
		ShowMinLabel: opts.Bool(ends), ShowMaxLabel: opts.Bool(ends), Formatter: types.FuncStr(format)}
}

func splitLine(show bool) *opts.SplitLine {
	return &opts.SplitLine{Show: opts.Bool(show), LineStyle: &opts.LineStyle{Color: "var(--grid)"}}
}

func axisLine() *opts.AxisLine {
	return &opts.AxisLine{LineStyle: &opts.LineStyle{Color: "var(--line)"}}
}

// point is one moment of a series.
type point struct {
	at               metrics.Instant
	voluntary, total figure
}

// known reports whether it has a figure.
func (p point) known() bool { return p.voluntary.known || p.total.known }

// on places a value at a moment. What the tooltip says of it is its name.
func (p point) on(value any, name string) opts.LineData {
	return opts.LineData{Value: []any{p.at.Time().Format(time.RFC3339), value}, Name: name}
}

// adoptionLegend says what adoptionChart draws.
func adoptionLegend() []legend {
	return []legend{{"voluntary", "voluntary, of teams with a choice"}, {"band", "its 95\u202f% interval"}, {"total", "all adoption, of all teams"},
		{"reference", "to compare with: 10\u202f% in a typical portal; 40\u202f% where one path became faster than its alternative"}}
}

// adoptionChart draws the voluntary share of teams with its interval, and all adoption beside it, with the levels to compare with.
func adoptionChart(id string, points []point) *charts.Line {
	return sharesChart(id, points, references()...)
}

// allVoluntary names both lines of adoption where they end in one point.
const allVoluntary = "All and voluntary"

// allWidth is how wide the line of all adoption is: where everything is voluntary it lies below that line, and shows on either side.
const allWidth = 5

// sharesChart draws the voluntary share with its interval, and all adoption beside it.
func sharesChart(id string, points []point, levels ...charts.SeriesOpts) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "12", Top: "12", Bottom: "8", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "time", SplitNumber: 4, AxisLabel: axisLabel("", false), SplitLine: splitLine(false),
			AxisLine: axisLine(), AxisTick: &opts.AxisTick{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Min: 0, Max: 100, SplitNumber: 5,
			AxisLabel: axisLabel("{value} %", true), SplitLine: splitLine(true)}),
	)...)
	var lo, height, voluntary, total []opts.LineData
	for _, p := range points {
		low, width := any(blank), any(blank)
		if p.voluntary.known {
			low, width = p.voluntary.Lo, p.voluntary.Hi-p.voluntary.Lo
		}
		lo, height = append(lo, p.on(low, "")), append(height, p.on(width, ""))
		voluntary = append(voluntary, p.on(p.voluntary.value(), p.voluntary.tip()))
		total = append(total, p.on(p.total.value(), p.total.tip()))
	}
	band(line, "var(--voluntary-band)", lo, height)
	line.
		AddSeries("All", total, lineSeries("var(--total)", allWidth)...).
		AddSeries("Voluntary", voluntary, append(lineSeries("var(--voluntary)", 2.5), levels...)...)
	return line
}

// lineSeries is the look of a line.
func lineSeries(colour string, width float32) []charts.SeriesOpts {
	return []charts.SeriesOpts{
		charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 5, ShowSymbol: opts.Bool(false)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: width}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
	}
}

// references are the levels to compare with. The script writes their names beside the chart, among those of the lines: anywhere in it
// a line of values may pass.
func references() []charts.SeriesOpts {
	return []charts.SeriesOpts{
		charts.WithMarkLineNameYAxisItemOpts(
			opts.MarkLineNameYAxisItem{Name: phrase.TypicalPortal + ": 10\u202f%", YAxis: outsideTheInventor},
			opts.MarkLineNameYAxisItem{Name: phrase.FasterPath + ": 40\u202f%", YAxis: onePathMadeFaster}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: "var(--reference)", Type: "dashed", Width: 1},
			Label:     &opts.Label{Show: opts.Bool(false)},
		}),
	}
}

// roomForCount is the part of the longest bar from which on a part of a bar has room for its number, on a telephone too.
const roomForCount = 0.07

// statesChart draws one bar a path, divided by state, as wide as the most repositories of a path.
func statesChart(id string, paths []string, states []metrics.State, counts [][]int) *charts.Bar {
	most := 1
	for _, list := range counts {
		sum := 0
		for _, n := range list {
			sum += n
		}
		most = max(most, sum)
	}
	axis := axisLabel("{value}", true)
	axis.ShowMaxLabel = opts.Bool(false) // no round number, mostly
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis",
			AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "20", Right: "16", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", MinInterval: 1, Max: most, AxisLabel: axis, SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: paths, Inverse: opts.Bool(true),
			AxisLabel: shortLabel(), AxisLine: axisLine()}),
	)...)
	for i, state := range states {
		data := make([]opts.BarData, len(paths))
		for j := range paths {
			data[j] = opts.BarData{Value: counts[j][i], Name: count(counts[j][i])}
			if float64(counts[j][i]) >= roomForCount*float64(most) {
				data[j].Label = &opts.Label{Show: opts.Bool(true), Position: "inside", Formatter: "{b}", Color: onState(state), FontSize: 11}
			}
		}
		bar.AddSeries(state.String(), data,
			charts.WithBarChartOpts(opts.BarChart{Stack: "states", BarWidth: "60%"}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--" + state.String() + ")",
				BorderColor: "var(--raised)", BorderWidth: 1}))
	}
	return bar
}

// onState is the colour of letters on a state. Greys are pale by day and dark by night.
func onState(s metrics.State) string {
	if s == metrics.None || s == metrics.Ineligible {
		return "var(--ink)"
	}
	return "var(--on-colour)"
}
