package dashboards

import (
	"math"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// layer is one of the areas that stand on each other.
type layer struct {
	name, colour, class string
	data                []opts.LineData
	from                metrics.Instant // the first moment of which it has a value
}

// add places a value; the tooltip says of it what it is in words, and nothing of none.
func (l *layer) add(at metrics.Instant, value any, n int, words string) {
	if share, ok := value.(float64); ok {
		value = math.Round(share*100) / 100
	}
	if n == 0 {
		words = ""
	}
	if len(l.data) == 0 {
		l.from = at
	}
	l.data = append(l.data, opts.LineData{Value: []any{at.Time().Format(time.RFC3339), value}, Name: words})
}

// reach lets the time of layers go on to a moment of which there is nothing to draw.
func reach(layers []layer, at metrics.Instant) {
	for i := range layers {
		layers[i].add(at, blank, 0, "")
	}
}

// stackChart draws areas on each other over time: shares of all, or counts.
func stackChart(id string, layers []layer, shares bool) *charts.Line {
	line := charts.NewLine()
	y := opts.YAxis{Type: "value", SplitNumber: 5, MinInterval: 1, AxisLabel: axisLabel("{value}", true), SplitLine: splitLine(true)}
	if shares {
		y.Min, y.Max, y.AxisLabel = 0, 100, axisLabel("{value} %", true)
	}
	line.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "12", Top: "12", Bottom: "8", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "time", SplitNumber: 4, AxisLabel: axisLabel("", false), SplitLine: splitLine(false),
			AxisLine: axisLine(), AxisTick: &opts.AxisTick{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(y))...)
	for _, l := range layers {
		line.AddSeries(l.name, l.data,
			charts.WithLineChartOpts(opts.LineChart{Symbol: "none", Stack: "all"}),
			charts.WithLineStyleOpts(opts.LineStyle{Color: "var(--raised)", Width: 1}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: l.colour}),
			charts.WithAreaStyleOpts(opts.AreaStyle{Color: l.colour, Opacity: opts.Float(1)}))
	}
	return line
}
