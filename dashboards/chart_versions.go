package dashboards

import (
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// versionBar is how many repositories use a version.
type versionBar struct {
	version string
	repos   int
	words   string
}

// barItem is a bar with words of its own beside it.
type barItem struct {
	Value int    `json:"value"`
	Name  string `json:"name"`
	Label struct {
		Formatter string `json:"formatter"`
	} `json:"label"`
}

// versionsChart draws a bar for each version. What stands beside a bar is said in words, too, in a line each.
func versionsChart(id string, list []versionBar) *charts.Bar {
	names, items := make([]string, len(list)), make([]barItem, len(list))
	for i, b := range list {
		names[i], items[i] = b.version, barItem{Value: b.repos, Name: b.words}
		items[i].Label.Formatter = strings.ReplaceAll(b.words, apart, "\n")
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "none"}}),
		charts.WithGridOpts(opts.Grid{Left: "24", Right: "112", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", MinInterval: 1, AxisLabel: axisLabel("{value}", true), SplitLine: splitLine(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true), AxisLine: axisLine(), AxisLabel: shortLabel()}))...)
	bar.AddSeries("Repositories", nil,
		charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--total)"}),
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
