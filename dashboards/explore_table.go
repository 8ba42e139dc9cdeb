package dashboards

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// colour is that of the bars of a measure: only what is voluntary is blue.
func (e *exploring) colour() string {
	if strings.HasSuffix(e.measure.key, ".voluntary") && e.by != byOrigin && e.by != byWay {
		return "var(--voluntary)"
	}
	return "var(--total)"
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
	page.Table = table{Columns: append(texts("Of"), numbers(unit.column, "95\u202f% interval")...), Next: "There is nothing to tell of at this moment."}
	var drawn []explored
	known := 0
	for _, row := range rows {
		page.Table.Rows = append(page.Table.Rows, []cell{say(row.part), rated(row.figure), say(row.figure.Interval)})
		if !row.figure.known {
			continue
		}
		if known++; len(drawn) < exploreBars {
			drawn = append(drawn, row)
		}
	}
	if len(drawn) > 0 {
		page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Rows: max(2, len(drawn)*2/3), Option: rateBars("chart-explore", e.colour(), unit, drawn).JSON(), Label: page.Title + "; the table has the figures"}
	}
	page.Cut = e.cut
	if known > len(drawn) {
		page.Cut = fmt.Sprintf("Drawn are the %d highest.", exploreBars)
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
	page.Table = table{Columns: append(texts("Period"), numbers(parts...)...), Next: "There is nothing to tell of in this time."}
	periods := slices.Sorted(maps.Keys(at))
	for _, period := range slices.Backward(periods) {
		cells := []cell{{Text: day(period), NoWrap: true}}
		for _, part := range parts {
			f, told := at[period][part]
			if !told {
				cells = append(cells, say(""))
				continue
			}
			cells = append(cells, rated(f))
		}
		page.Table.Rows = append(page.Table.Rows, cells)
	}
	if len(periods) > 0 && len(parts) > 0 {
		page.Chart = &chart{ID: "chart-explore", Built: page.ChartsBuilt, Tall: true, Ends: everyLine, Option: rateLines("chart-explore", e.by, e.measure.unit, periods, parts, at).JSON(), Label: page.Title + " over time; the table has the figures"}
	}
}
