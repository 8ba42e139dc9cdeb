package dashboards

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Times that other organisations reached, to compare with.
const (
	scaffoldOnPath  = 0.25 // hours: until the first green pipeline, of a repository that was made by a path
	scaffoldWithout = 48.0 // hours: of another
	tenthPullOnPath = 0.45 // of the time that newcomers take without a path: 55 % less
)

// timesAxis has the script write hours in the unit that suits them.
const timesAxis = "{hours}"

// median is the median time of one group on a path, as it is drawn.
type median struct {
	row    int // from the top
	hours  float64
	lo, hi *float64
}

// mediansOf are the medians that are drawn: two rows a path, on it and not.
type mediansOf struct {
	titles []string // of the rows: the path at the first of its two
	of     map[query.FrictionGroup][]median
	lo, hi float64
}

// compared are the groups that are drawn, in their order and with their colours.
var compared = []struct {
	group  query.FrictionGroup
	colour string
}{{query.Using, "var(--on)"}, {query.NotUsing, "var(--off)"}}

func (k *known) mediansOf(m query.FrictionMeasure, rows []query.FrictionRow) mediansOf {
	d := mediansOf{of: make(map[query.FrictionGroup][]median), lo: math.Inf(1)}
	at := make(map[metrics.PathKey]int)
	for _, row := range rows {
		if row.MedianHours == nil || row.Group != query.Using && row.Group != query.NotUsing {
			continue
		}
		first, drawn := at[row.Path]
		if !drawn {
			first = len(d.titles)
			at[row.Path], d.titles = first, append(d.titles, k.title(row.Path), "")
		}
		if row.Group == query.NotUsing {
			first++
		}
		one := median{row: first, hours: max(*row.MedianHours, 1.0/3600), lo: row.MedianBetween.Lo, hi: row.MedianBetween.Hi}
		d.of[row.Group] = append(d.of[row.Group], one)
		d.reach(one.hours)
	}
	if m == query.ScaffoldLead {
		d.reach(scaffoldOnPath, scaffoldWithout)
	}
	return d
}

// reach makes the axis go as far as some times, and a little further.
func (d *mediansOf) reach(hours ...float64) {
	for _, h := range hours {
		d.lo, d.hi = min(d.lo, h/2.5), max(d.hi, h*2.5)
	}
}

// medians draws the median times of a measure with their intervals, by path, on it and not, and what others reached. Times are of so
// different sizes that each step of the axis is as many times longer than the one before.
func (k *known) medians(m query.FrictionMeasure, rows []query.FrictionRow, built bool) *chart {
	d := k.mediansOf(m, rows)
	if len(d.titles) == 0 {
		return nil
	}
	id, top, high := "chart-friction-"+string(m), "18", len(d.titles)*3/4+1
	if m == query.ScaffoldLead { // above which others are named
		top, high = "54", high+1
	}
	line := charts.NewLine()
	line.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithGridOpts(opts.Grid{Left: "20", Right: "28", Top: top, Bottom: "24", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "log", Name: "logarithmic", NameLocation: "middle", NameGap: 24, Min: d.lo, Max: d.hi, AxisLabel: axisLabel(timesAxis, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: d.titles, Inverse: opts.Bool(true), AxisLabel: shortLabel(), AxisLine: axisLine()}))...)
	for _, side := range compared {
		d.draw(line, side.group, side.colour, elsewhere(m, side.group))
	}
	if m == query.TenthPull {
		d.drawLess(line)
	}
	return &chart{ID: id, Built: built, Rows: high, Option: line.JSON(), Label: frictionWords[m].title + ": medians on the path and not, with what others reached; the table has the figures"}
}

// draw draws the medians of one group, and their intervals as lines behind them.
func (d *mediansOf) draw(line *charts.Line, group query.FrictionGroup, colour string, more []charts.SeriesOpts) {
	scatter := charts.NewScatter()
	var data []opts.ScatterData
	for _, one := range d.of[group] {
		words := hours(&one.hours)
		if one.lo != nil {
			hi := d.hi
			if one.hi != nil {
				hi = min(*one.hi, d.hi)
			}
			line.AddSeries("", []opts.LineData{{Value: []any{max(*one.lo, d.lo), one.row}}, {Value: []any{hi, one.row}}},
				charts.WithLineChartOpts(opts.LineChart{Symbol: "none"}), charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: 6, Opacity: opts.Float(0.35)}))
		}
		data = append(data, opts.ScatterData{Name: words, Value: []any{one.hours, one.row}, SymbolSize: 11})
	}
	scatter.AddSeries(groupWords(group), data, append([]charts.SeriesOpts{charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "{a}: {b}", Color: "var(--ink)", FontSize: 11, LineHeight: 14, BackgroundColor: "var(--raised)"})}, more...)...)
	line.Overlap(scatter)
}

// elsewhere is the line at what a group reached in other organisations, where that is known.
func elsewhere(m query.FrictionMeasure, group query.FrictionGroup) []charts.SeriesOpts {
	switch {
	case m == query.ScaffoldLead && group == query.Using:
		return reference("15\u202fmin\nelsewhere", "\n", scaffoldOnPath)
	case m == query.ScaffoldLead:
		return reference("2\u202fd\nelsewhere", "\n", scaffoldWithout)
	}
	return nil
}

// reference is a line across all rows, with its name above it, and a gap between where what stands on the first row needs it. Where two
// lines are near each other, as in a narrow window, their names have room if they are in two lines.
func reference(name, gap string, at float64) []charts.SeriesOpts {
	style := referenceStyle("start") // which is above: rows go down
	style.Label.Formatter += gap
	return []charts.SeriesOpts{charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: name, XAxis: at}), charts.WithMarkLineStyleOpts(style)}
}

// referenceStyle is the look of such a line. Without a height of their own the lines of its name would lie on one another.
func referenceStyle(position string) opts.MarkLineStyle {
	return opts.MarkLineStyle{Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: "var(--reference)", Type: "dashed", Width: 1.5},
		Label: &opts.Label{Show: opts.Bool(true), Position: position, Formatter: "{b}", Color: "var(--muted)", FontSize: 11, LineHeight: 14}}
}

// drawLess draws for each path what 55 % less than without it is.
func (d *mediansOf) drawLess(line *charts.Line) {
	scatter := charts.NewScatter()
	var items []opts.MarkLineNameCoordItem
	for _, one := range d.of[query.NotUsing] {
		at := one.hours * tenthPullOnPath
		items = append(items, opts.MarkLineNameCoordItem{Name: "55\u202f% less, as elsewhere", Coordinate0: []any{at, one.row - 1}, Coordinate1: []any{at, one.row}})
	}
	scatter.AddSeries("", nil, charts.WithMarkLineNameCoordItemOpts(items...), charts.WithMarkLineStyleOpts(referenceStyle("end")))
	line.Overlap(scatter)
}

// upkeepLegend names the parts of the bars, in which there is room for their shares alone.
func upkeepLegend() []legend {
	return []legend{{"upkeep", "upkeep"}, {"improvement", "improvement"}, {"interval", "95\u202f% interval of upkeep"}}
}

// upkeep draws what part of the work is upkeep with its interval, beside what it is elsewhere.
func (k *known) upkeep(rows []query.FrictionRow, built bool) *chart {
	const id = "chart-friction-maintenance"
	var titles []string
	var upkeep, improvement []opts.BarData
	intervals := charts.NewLine()
	level := 0.0
	for _, row := range rows {
		if row.Work == nil || row.Work.Upkeep.Rate == nil {
			continue
		}
		f := newFigure(row.Work.Upkeep)
		whisker(intervals, f.Lo, f.Hi, len(titles))
		titles = append(titles, groupWords(row.Group))
		upkeep = append(upkeep, opts.BarData{Value: f.share, Name: percent(f.share / 100)})
		improvement = append(improvement, opts.BarData{Value: 100 - f.share, Name: percent(1 - f.share/100)})
		level = row.Work.Reference * 100
	}
	if len(titles) == 0 {
		return nil
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(barAxes(id, titles, "{value} %"),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: axisLabel("{value} %", true), SplitLine: splitLine(true)}))...)
	stack := charts.WithBarChartOpts(opts.BarChart{Stack: "work", BarWidth: "66%"})
	named := func(position string) charts.SeriesOpts {
		return charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: position, Formatter: "{b}", Color: "var(--on-colour)", FontSize: 11})
	}
	bar.AddSeries("upkeep", upkeep, append([]charts.SeriesOpts{stack, named("insideTopLeft"), charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--upkeep)"})},
		reference("70/30 elsewhere", "", level)...)...)
	bar.AddSeries("improvement", improvement, stack, named("insideTopRight"), charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--improvement)"}))
	bar.Overlap(intervals)
	return &chart{ID: id, Built: built, Rows: len(titles) + 1, Option: bar.JSON(), Legend: upkeepLegend(), Label: "Upkeep and improvement of platform teams, beside 70/30 elsewhere; the table has the figures"}
}

// barAxes are the axes of a chart of bars that lie, from zero on.
func barAxes(id string, titles []string, format string) []charts.GlobalOpts {
	return append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "20", Right: "76", Top: "20", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, AxisLabel: axisLabel(format, true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: titles, Inverse: opts.Bool(true), AxisLabel: axisLabel("{value}", true), AxisLine: axisLine()}),
	)
}
