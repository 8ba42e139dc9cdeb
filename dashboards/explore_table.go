package dashboards

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// colours are those of parts: origins and ways have theirs on every page, what is voluntary is blue, and over time each other of several
// parts has one that is nothing's but its own.
func (e *exploring) colours(parts []string) map[string]string {
	of, ways := map[string]string{}, map[metrics.WayKey]string{}
	if e.by == byWay {
		ways = wayShades(e.known.ways(e.known.path(e.q)))
	}
	order := slices.Sorted(slices.Values(parts)) // and not by figures, which change from view to view
	for _, part := range parts {
		switch {
		case e.by == byOrigin && e.measure.key == "repos.total":
			of[part] = "var(--origin-" + part + ")"
		case ways[metrics.WayKey(part)] != "":
			of[part] = ways[metrics.WayKey(part)]
		case e.over && len(parts) > 1:
			of[part] = fmt.Sprintf("var(--line-%d)", slices.Index(order, part)%exploreLines+1)
		default:
			of[part] = "var(--" + tone(e.measure.key) + ")"
		}
	}
	return of
}

// highest orders figures: the highest first, then those that are not known.
func highest(a, b explored) int {
	if a.figure.known != b.figure.known {
		return map[bool]int{true: -1, false: 1}[a.figure.known]
	}
	return cmp.Or(cmp.Compare(b.figure.share, a.figure.share), cmp.Compare(a.part, b.part))
}

// atOnce is a table and bars of one moment, the highest first.
func (page *explorePage) atOnce(rows []explored, e *exploring) {
	slices.SortStableFunc(rows, highest)
	unit := e.measure.unit
	page.Table = table{Columns: append(texts(heading(chosen(exploreDimensions(), e.by))), numbers(unit.column)...), Next: cmp.Or(e.measure.next, "There is nothing to tell of at this moment.")}
	withIntervals := slices.ContainsFunc(rows, func(r explored) bool { return r.figure.known && r.figure.Interval != "" })
	if withIntervals {
		page.Table.Columns = append(page.Table.Columns, numbers("95\u202f% interval")...)
	}
	page.Cut = e.cut
	var drawn []explored
	var parts []string
	known, most := 0, 0.0
	for _, row := range rows {
		cells := []cell{say(row.part), rated(row.figure)}
		if !row.figure.known {
			cells[1] = say(nothing, row.figure.Why)
		}
		if withIntervals {
			cells = append(cells, say(row.figure.Interval))
		}
		page.Table.Rows = append(page.Table.Rows, cells)
		if !row.figure.known {
			continue
		}
		most = max(most, row.figure.share)
		if known++; len(drawn) < exploreBars {
			drawn, parts = append(drawn, row), append(parts, row.part)
		}
	}
	switch {
	case known == 0 && len(rows) > 0 && !slices.ContainsFunc(rows, func(r explored) bool { return r.figure.Why != rows[0].figure.Why }):
		page.Table.Rows, page.Table.Next = nil, strings.TrimSpace("No figure: "+rows[0].figure.Why+". "+e.measure.next)
	case known == 0:
		page.Cut = strings.TrimSpace(e.measure.next + " " + e.cut)
	case known > 0 && most == 0 && unit != inShares:
		page.Cut = strings.TrimSpace("All of these are 0. " + e.cut)
	case known > 0:
		page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Rows: max(2, len(drawn)*2/3), Label: page.Title + "; the table has the figures",
			Option: rateBars("chart-explore", unit, drawn, e.colours(parts)).JSON()}
		if slices.ContainsFunc(drawn, func(row explored) bool { return row.figure.Interval != "" }) {
			page.Chart.Legend = []legend{{"interval", "95\u202f% interval"}}
		}
	}
	if known > len(drawn) {
		page.Cut = strings.TrimSpace(fmt.Sprintf("Drawn are the %d highest. %s", exploreBars, e.cut))
	}
}

// overTime is a table with a column a part, and lines.
func (page *explorePage) overTime(rows []explored, e *exploring) {
	at, newest := map[metrics.Instant]map[string]figure{}, map[string]explored{}
	for _, row := range rows {
		if at[row.at] == nil {
			at[row.at] = map[string]figure{}
		}
		at[row.at][row.part] = row.figure
		newest[row.part] = row // periods come in order
	}
	var parts []string
	for _, row := range slices.SortedFunc(maps.Values(newest), highest) {
		parts = append(parts, row.part)
	}
	page.Cut = e.cut
	if len(parts) > exploreLines {
		page.Cut = fmt.Sprintf("Shown are the %d that are highest in the end, of %s; the CSV has all.", exploreLines, count(len(parts)))
		parts = parts[:exploreLines]
	}
	periods := sinceKnown(e.q, slices.Sorted(maps.Keys(at)), func(period metrics.Instant) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return at[period][part].known })
	})
	withInterval := len(parts) == 1 && slices.ContainsFunc(periods, func(period metrics.Instant) bool {
		f := at[period][parts[0]]
		return f.known && f.Interval != ""
	})
	page.Table = table{Columns: append(texts("Period"), numbers(parts...)...), Next: "There is nothing to tell of in this time."}
	if withInterval {
		page.Table.Columns = append(page.Table.Columns, numbers("95\u202f% interval")...)
	}
	for _, period := range slices.Backward(periods) {
		cells := []cell{{Text: e.period(period), NoWrap: true}}
		for _, part := range parts {
			f, told := at[period][part]
			if !told {
				cells = append(cells, say(""))
				continue
			}
			cells = append(cells, rated(f))
		}
		if withInterval {
			cells = append(cells, say(at[period][parts[0]].Interval))
		}
		page.Table.Rows = append(page.Table.Rows, cells)
	}
	if len(periods) == 0 || len(parts) == 0 {
		return
	}
	colours := e.colours(parts)
	page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Tall: true, Ends: everyLine, Option: rateLines("chart-explore", e.measure.unit, periods, parts, at, colours).JSON(), Label: page.Title + " over time; the table has the figures"}
	if withInterval {
		class, _ := bandOf(colours[parts[0]])
		page.Chart.Legend = []legend{{class, "95\u202f% interval"}}
	}
}

// period names a moment of a series, or the time that begins then where the measure is of one.
func (e *exploring) period(at metrics.Instant) string {
	if !e.measure.period {
		return day(at)
	}
	every := query.Interval(e.q.interval)
	switch last := (next(every, at) - metrics.Day).Time(); every {
	case query.Month:
		return last.Format("Jan 2006")
	case query.Quarter:
		return at.Time().Format("Jan") + " to " + last.Format("Jan 2006")
	}
	return "week of " + day(at)
}

// heading begins the name of a column.
func heading(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
