package dashboards

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
)

// rateBars draws a bar a rate.
func rateBars(id string, rows []explored) *charts.Bar {
	var parts []string
	var data []opts.BarData
	for _, row := range rows {
		parts = append(parts, row.part)
		data = append(data, opts.BarData{Value: row.rate.share, Name: row.rate.tip()})
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(append(barAxes(id, parts, "{value} %"),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: axisLabel("{value} %", true), SplitLine: splitLine(true)}))...)
	bar.AddSeries("", data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: "var(--voluntary)"}))
	return bar
}

// rateLines draws a line a part, each in a colour that is nothing's but its own here.
func rateLines(id string, periods []metrics.Instant, parts []string, at map[metrics.Instant]map[string]figure) *charts.Line {
	line := charts.NewLine()
	line.SetGlobalOptions(timeAxis(id, " %", 100)...)
	for i, part := range parts {
		var data []opts.LineData
		for _, period := range periods {
			f, told := at[period][part]
			if !told {
				data = append(data, moment(period, blank, ""))
				continue
			}
			data = append(data, moment(period, f.value(), f.tip()))
		}
		line.AddSeries(part, data, lineSeries(fmt.Sprintf("var(--line-%d)", i+1), 2)...)
	}
	return line
}
