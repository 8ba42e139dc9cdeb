package dashboards

import (
	"slices"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Names of the shares of a team's repositories, in headlines, in legends and where their lines end.
const (
	usesIt       = "uses it"
	choseIt      = "chose it"
	usesAndChose = usesIt + " and " + choseIt // both lines, where they end in one point
)

// teamSeries is the adoption of a team's repositories over time, and its points, from the first of which something is known.
func (k *known) teamSeries(q *request, present query.AdoptionRow, past []query.AdoptionRow) (series, []point) {
	s := series{Title: k.title(present.Path)}
	var points []point
	for _, row := range upToNow(q, past, present) {
		at, err := metrics.ParseInstant(row.Period)
		if row.Path != present.Path || row.Team == nil || *row.Team != *present.Team || err != nil || row.Repos.Total.Reason == metrics.ReasonBeforeLaunch {
			continue
		}
		list := listAt(q, row.Path, row.Period)
		r := seriesRow{Period: day(at), Href: list(), Voluntary: newFigure(row.Repos.Voluntary).within(row.Bounds.ReposVoluntary).idle(row).to(list("only", "choice")),
			Total: newFigure(row.Repos.Total).within(row.Bounds.ReposTotal).idle(row).to(list("only", "served"))}
		points, s.Rows = append(points, point{at: at, voluntary: r.Voluntary, total: r.Total}), append(s.Rows, r)
	}
	slices.Reverse(s.Rows) // the newest first
	s.Note = k.redefinedOver(present.Path, points).words()
	return s, sinceKnown(q, points, point.known)
}

// draw draws the series of all paths over one time, so that they can be compared: from the first moment of any of them to the last.
func (page *teamPage) draw(k *known) {
	from, to := metrics.Forever, metrics.Beginning
	for _, t := range page.Paths {
		if n := len(t.points); n > 0 {
			from, to = min(from, t.points[0].at), max(to, t.points[n-1].at)
		}
	}
	for i := range page.Paths {
		t := &page.Paths[i]
		if len(t.points) == 0 {
			continue
		}
		id := "chart-team-" + t.Key
		line := k.redefinedOver(t.key, t.points).mark(teamChart(id, t.points, from, to))
		t.Series.Chart = chart{ID: id, Built: page.ChartsBuilt, Ends: everyLine, Together: usesAndChose, Option: k.markLaunch(line, t.key, from, to).JSON(),
			Legend: []legend{{"voluntary", choseIt}, {"band", "its 95\u202f% interval"}, {"total", usesIt}},
			Label:  t.Title + ": the share of the team's repositories that use it, and, of those with a choice, that chose it, over time; the table has the figures"}
	}
}

// teamChart draws the shares of a team's repositories on one path, between two moments.
func teamChart(id string, points []point, from, to metrics.Instant) *charts.Line {
	line := sharesChart(id, points)
	for i, s := range line.MultiSeries {
		switch s.Name {
		case "All":
			line.MultiSeries[i].Name = usesIt
		case "Voluntary":
			line.MultiSeries[i].Name = choseIt
		}
	}
	for i := range line.XAxisList {
		line.XAxisList[i].Min, line.XAxisList[i].Max = from.Time().UnixMilli(), to.Time().UnixMilli()
	}
	return line
}

// markLaunch draws an upright line where a path was launched, if that is between two moments.
func (k *known) markLaunch(line *charts.Line, path metrics.PathKey, from, to metrics.Instant) *charts.Line {
	since, is := k.launch(path)
	if !is || since <= from || since >= to {
		return line
	}
	for i := range line.GridList {
		line.GridList[i].Top = "24" // names of marks stand above the chart
	}
	line.AddSeries("", []opts.LineData{}, charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: "launched", XAxis: since.Time().Format(time.RFC3339)}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: "var(--muted)", Type: "dotted", Width: 1},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Formatter: "{b}", Color: "var(--muted)", FontSize: 11, LineHeight: 14},
		}))
	return line
}
