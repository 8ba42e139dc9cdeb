package dashboards

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// versionBar is how many repositories use a version.
type versionBar struct {
	version string
	repos   int
	words   string
	age     string // how old it is: the class of a colour
}

// barItem is a bar with words of its own beside it.
type barItem struct {
	Value int    `json:"value"`
	Name  string `json:"name"`
	Label struct {
		Formatter string `json:"formatter"`
	} `json:"label"`
	ItemStyle opts.ItemStyle `json:"itemStyle"`
}

// The ages of versions, as colours tell them apart, in the colours of verdicts that are like them.
const (
	upToDate = "right"
	lagging  = "aged"
	ageless  = "unverified"
)

// versionsLegend says what colours mean of those versions that are drawn.
func versionsLegend(list []versionBar) (meanings []legend) {
	for _, l := range []legend{{upToDate, "the newest, or follows it by itself"}, {lagging, "behind the newest"}, {ageless, "of no release that is known"}} {
		if slices.ContainsFunc(list, func(b versionBar) bool { return b.age == l.Class }) {
			meanings = append(meanings, l)
		}
	}
	return meanings
}

// versionWords is how wide the words beside a bar are, in pixels.
const versionWords = 148

// versionsChart draws a bar for each version. What stands beside a bar is said in words, too, in a line each, with its number, so that
// it needs no axis.
func versionsChart(id string, list []versionBar) *charts.Bar {
	names, items := make([]string, len(list)), make([]barItem, len(list))
	for i, b := range list {
		names[i], items[i] = b.version, barItem{Value: b.repos, Name: b.words, ItemStyle: opts.ItemStyle{Color: "var(--" + b.age + ")"}}
		items[i].Label.Formatter = strings.ReplaceAll(b.words, apart, "\n")
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "24", Right: strconv.Itoa(versionWords), Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false), SplitLine: splitLine(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true), AxisLine: axisLine(), AxisLabel: shortLabel()}))...)
	bar.AddSeries("Repositories", nil,
		charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Color: "var(--muted)", FontSize: 11, LineHeight: 14}),
		charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.Data = items }))
	return bar
}

// shortLabel is the look of labels that may be long: they are cut.
func shortLabel() *opts.AxisLabel {
	label := axisLabel("{value}", true)
	label.Width, label.Overflow, label.HideOverlap, label.Interval = 110, "truncate", nil, "0"
	return label
}
