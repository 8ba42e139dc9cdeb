package dashboards

import (
	"math"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics/query"
)

// curve is a share that falls with time, of stays that began in one manner.
type curve struct {
	name   string
	points []query.CurvePoint
}

// triedDays is how long somebody has to stay to have done more than try.
const triedDays = 90

// daySteps are the distances at which curves are drawn. All divide triedDays, so that this is one of the moments.
var daySteps = []int{1, 2, 3, 5, 6, 9, 10, 15, 18, 30, 45, 90}

// dayStep returns the distance at which curves that go so far are drawn at 200 moments or fewer, where that can be.
func dayStep(reach float64) int {
	for _, step := range daySteps {
		if reach/float64(step) <= 200 {
			return step
		}
	}
	return daySteps[len(daySteps)-1]
}

// at returns the point of a curve that holds after some days; false before its first and after its last.
func (c curve) at(day int) (query.CurvePoint, bool) {
	i := slices.IndexFunc(c.points, func(p query.CurvePoint) bool { return p.Days > float64(day) })
	if i < 0 && len(c.points) > 0 && c.points[len(c.points)-1].Days > float64(day)-1 {
		i = len(c.points)
	}
	if i <= 0 {
		return query.CurvePoint{}, false
	}
	return c.points[i-1], true
}

// daysAxis has the script write days at as many distances as there is room for.
const daysAxis = "{days}"

// staysChart draws the shares of stays that last longer, as steps with their intervals.
func staysChart(id string, curves []curve) *charts.Line {
	reach := float64(triedDays)
	for _, c := range curves {
		reach = max(reach, c.points[len(c.points)-1].Days)
	}
	step := dayStep(reach)
	var axis []string
	for day := 0; day <= int(math.Ceil(reach/float64(step)))*step; day += step {
		axis = append(axis, strconv.Itoa(day)+" days")
	}
	line := charts.NewLine()
	line.SetGlobalOptions(append(frame(id),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "12", Top: "24", Bottom: "8", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: axis, AxisLabel: axisLabel(daysAxis, true),
			AxisLine: axisLine(), AxisTick: &opts.AxisTick{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Min: 0, Max: 100, SplitNumber: 5, AxisLabel: axisLabel("{value} %", true), SplitLine: splitLine(true)}),
	)...)
	for i, c := range curves {
		lo, band, share := c.drawn(len(axis), step)
		hidden := charts.WithLineChartOpts(opts.LineChart{Symbol: "none", Stack: c.name, Step: "end"})
		look := append(lineSeries("var(--origin-"+c.name+")", 2), charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.Step = "end" }))
		if i == 0 {
			look = append(look, tried(reach)...)
		}
		line.
			AddSeries("from", lo, hidden, charts.WithLineStyleOpts(transparent())).
			AddSeries("to", band, hidden, charts.WithLineStyleOpts(transparent()),
				charts.WithAreaStyleOpts(opts.AreaStyle{Color: "var(--" + c.name + "-band)", Opacity: opts.Float(1)})).
			AddSeries(c.name, share, look...)
	}
	return line
}

// tried is the line at the days after which somebody has done more than try. Its name is on the side that has room.
func tried(reach float64) []charts.SeriesOpts {
	side := "left"
	if reach < 2*triedDays {
		side = "right"
	}
	return []charts.SeriesOpts{
		charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: "90 days: more than tried", XAxis: strconv.Itoa(triedDays) + " days"}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{Symbol: []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: "var(--reference)", Type: "dashed", Width: 1},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Align: side, Formatter: "{b}", Color: "var(--muted)", FontSize: 11, LineHeight: 14}}),
	}
}

// drawn returns a curve at equal distances: the lower bound of its interval, the width of it, and the share itself. It ends where
// nothing more is known, for there it has its name.
func (c curve) drawn(n, step int) (lo, band, share []opts.LineData) {
	for i := range n {
		p, ok := c.at(i * step)
		if !ok {
			break
		}
		words := percent(p.S) + " (95\u202f%: " + percent(p.Lo) + " to " + percent(p.Hi) + "; " + count(p.AtRisk) + " known so long)"
		lo = append(lo, opts.LineData{Value: tenth(p.Lo)})
		band = append(band, opts.LineData{Value: tenth(p.Hi - p.Lo)})
		share = append(share, opts.LineData{Value: tenth(p.S), Name: words})
	}
	return lo, band, share
}

// tenth is a share in percent, to a tenth.
func tenth(share float64) float64 { return math.Round(share*1000) / 10 }
