package dashboards

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// medians draws the median times of a measure: two bars a path, on it and not.
func (k *known) medians(m query.FrictionMeasure, rows []query.FrictionRow, built bool) *chart {
	var paths []metrics.PathKey
	at := map[query.FrictionGroup]map[metrics.PathKey]query.FrictionRow{query.Using: {}, query.NotUsing: {}}
	most := 0.0
	for _, row := range rows {
		if at[row.Group] == nil || row.MedianHours == nil {
			continue
		}
		if len(at[query.Using]) == 0 && len(at[query.NotUsing]) == 0 || paths[len(paths)-1] != row.Path {
			paths = append(paths, row.Path)
		}
		at[row.Group][row.Path] = row
		most = max(most, *row.MedianHours)
	}
	if len(paths) == 0 {
		return nil
	}
	unit, of := "h", 1.0
	switch {
	case most > 48:
		unit, of = "d", 24
	case most < 1:
		unit, of = "min", 1.0/60
	}
	id := "chart-friction-" + string(m)
	var titles []string
	for _, path := range paths {
		titles = append(titles, k.title(path))
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(barAxes(id, titles, "{value}\u202f"+unit)...)
	for _, group := range []query.FrictionGroup{query.Using, query.NotUsing} {
		colour := map[query.FrictionGroup]string{query.Using: "var(--on)", query.NotUsing: "var(--off)"}[group]
		var data []opts.BarData
		for _, path := range paths {
			row, known := at[group][path]
			if !known {
				data = append(data, opts.BarData{Value: blank, Name: "no figure"})
				continue
			}
			data = append(data, opts.BarData{Value: *row.MedianHours / of, Name: hours(row.MedianHours) + " (95\u202f%: " + between(row.MedianBetween) + ")"})
		}
		bar.AddSeries(groupWords(group), data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "30%"}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Formatter: "{a}", Color: "var(--muted)", FontSize: 11}))
	}
	return &chart{ID: id, Built: built, Rows: max(2, 2*len(paths)), Option: bar.JSON(), Label: frictionWords[m].title + ": medians on the path and not; the table has the figures"}
}

// upkeep draws what part of the work is upkeep, beside what it is elsewhere.
func (k *known) upkeep(rows []query.FrictionRow, built bool) *chart {
	const id = "chart-friction-maintenance"
	var titles []string
	var upkeep, improvement []opts.BarData
	reference := 0.0
	for _, row := range rows {
		if row.Work == nil || row.Work.Upkeep.Rate == nil {
			continue
		}
		f := newFigure(row.Work.Upkeep)
		titles = append(titles, groupWords(row.Group))
		upkeep = append(upkeep, opts.BarData{Value: f.share, Name: f.tip()})
		improvement = append(improvement, opts.BarData{Value: 100 - f.share, Name: percent(1 - f.share/100)})
		reference = row.Work.Reference * 100
	}
	if len(titles) == 0 {
		return nil
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(barAxes(id, titles, "{value} %"),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: axisLabel("{value} %", true), SplitLine: splitLine(true)}))...)
	stack := charts.WithBarChartOpts(opts.BarChart{Stack: "work", BarWidth: "50%"})
	bar.AddSeries("upkeep", upkeep, stack, charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--warn)"}),
		charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: "70/30 elsewhere", XAxis: reference}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: "var(--reference)", Type: "dashed", Width: 1},
			Label: &opts.Label{Show: opts.Bool(true), Position: "end", Formatter: "{b}", Color: "var(--muted)", FontSize: 11}}))
	bar.AddSeries("improvement", improvement, stack, charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--good)"}))
	return &chart{ID: id, Built: built, Rows: len(titles) + 1, Option: bar.JSON(), Label: "Upkeep and improvement of platform teams; the table has the figures"}
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
