package dashboards

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// heatChart draws a field for each team and month, the stronger the larger its share. The largest team is on top.
func heatChart(id string, months []metrics.Instant, teams []heatTeam) *charts.HeatMap {
	across, down := make([]string, len(months)), make([]string, len(teams))
	for i, m := range months {
		across[i] = monthOf(m)
	}
	var data []opts.HeatMapData
	for i, t := range teams {
		down[i] = string(t.key)
		for j, f := range t.figures {
			if f.known {
				data = append(data, opts.HeatMapData{Value: []any{j, i, math.Round(f.share)},
					Name: down[i] + ", " + across[j] + ": " + f.Text + " (" + f.Parts + ")"})
			}
		}
	}
	heat := charts.NewHeatMap()
	heat.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithGridOpts(opts.Grid{Left: "24", Right: "20", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: across, AxisLabel: axisLabel("{value}", true), AxisLine: axisLine(), AxisTick: &opts.AxisTick{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: down, Inverse: opts.Bool(true), AxisLine: axisLine(), AxisLabel: shortLabel()}),
		charts.WithVisualMapOpts(opts.VisualMap{Show: opts.Bool(false), Min: 0, Max: 100,
			InRange: &opts.VisualMapInRange{Color: []string{"var(--heat-low)", "var(--heat-high)"}}}))...)
	heat.AddSeries("", data, charts.WithItemStyleOpts(opts.ItemStyle{BorderColor: "var(--raised)", BorderWidth: 2}))
	return heat
}
