package query

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
)

var (
	//go:embed adoption_series.sql
	adoptionSeriesSQL string
	//go:embed adoption_units.sql
	adoptionUnitsSQL string
)

// spansRow is a row of adoption_series.sql: the spans of a team's units on a path.
type spansRow struct{ path, team, spans string }

// weight implements weighty.
func (r spansRow) weight() int { return len(r.spans) / 512 }

// each calls span for each of them: with its class, and from which period to which it counts, the last not included.
func (r *spansRow) each(span func(class uint16, from, to int)) {
	packed(r.spans).each(func(n uint64) { span(uint16(n>>32)%classes, int(uint16(n>>16)), int(uint16(n))) })
}

// askSeries asks for the spans of a series. Those who ask share the rows, whatever they are asked by.
func askSeries(ctx context.Context, db DB, args map[string]any) ([]spansRow, error) {
	return Kept(ctx, db, fmt.Sprint("adoption over time ", keyOf(adoptionSeriesSQL, args)), func() ([]spansRow, error) {
		var (
			row spansRow
			all []spansRow
		)
		err := askEach(ctx, db, "for adoption over time", adoptionSeriesSQL, args, []any{&row.path, &row.team, &row.spans}, func() error {
			all = append(all, row)
			return nil
		})
		return all, err
	})
}

// askUnits asks for how many units of each class there are on each path, in each period.
func askUnits(ctx context.Context, db DB, args map[string]any) ([]unitRow, error) {
	type row struct {
		Path  string  `ch:"path"`
		Class uint16  `ch:"class"`
		Units []int64 `ch:"units"`
	}
	rows, err := ask[row](ctx, db, "for the adoption of units", adoptionUnitsSQL, args)
	return answers(rows, func(r *row) unitRow {
		return unitRow{path: r.Path, class: r.Class % classes, units: answers(r.Units, func(n *int64) int32 { return int32(*n) })}
	}), err
}

// seriesUnits counts units by path, label and class, in so many periods.
func seriesUnits(rows []spansRow, periods int, label func(team string) string) []unitRow {
	type labelled struct {
		*spansRow
		label string
	}
	lines := make([]labelled, len(rows))
	for i := range rows {
		lines[i] = labelled{&rows[i], label(rows[i].team)}
	}
	slices.SortFunc(lines, func(a, b labelled) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.label, b.label)) })
	var (
		list  []unitRow
		steps [classes][]int32 // by how many there are more in each period than in the one before
	)
	for i, l := range lines {
		l.each(func(class uint16, from, to int) {
			if steps[class] == nil {
				steps[class] = make([]int32, periods+1)
			}
			steps[class][from]++
			steps[class][to]--
		})
		if i+1 < len(lines) && lines[i+1].path == l.path && lines[i+1].label == l.label {
			continue
		}
		for class, units := range steps {
			if units == nil {
				continue
			}
			for period := 1; period < periods; period++ {
				units[period] += units[period-1]
			}
			list = append(list, unitRow{l.path, l.label, uint16(class), units[:periods]})
			steps[class] = nil
		}
	}
	return list
}

// seriesTeams calls team for each team and path, with what its units are in each of so many periods. It must not keep them.
func seriesTeams(rows []spansRow, periods int, team func(*teamRow)) {
	words := classWords()
	steps, row := make([][3]int64, periods+1), teamRow{units: make([]teamUnits, periods)}
	for i := range rows {
		if rows[i].team == "" {
			continue
		}
		clear(steps)
		rows[i].each(func(class uint16, from, to int) {
			for w, word := range words[class] {
				steps[from][w] += word
				steps[to][w] -= word
			}
		})
		var sums [3]int64
		for period := range row.units {
			for w := range sums {
				sums[w] += steps[period][w]
			}
			row.units[period] = unitsOf(sums)
		}
		row.path, row.team = rows[i].path, rows[i].team
		team(&row)
	}
}

// wordBits is how many bits of a word each of its three counters has: a team may have two million units.
const wordBits = 21

// classWords are what one unit of each class counts for in its team, in three words of three counters: this is what makes thousands
// of teams over hundreds of periods fast.
func classWords() *[classes][3]int64 {
	var words [classes][3]int64
	for class := range words {
		var u teamUnits
		u.add(uint16(class), 1)
		words[class] = [3]int64{
			u.served + u.choice<<wordBits + u.uses<<(2*wordBits),
			u.freely + u.freeByUnknown<<wordBits + u.eligible<<(2*wordBits),
			u.unknown + u.choiceUnknown<<wordBits + u.freeUnknown<<(2*wordBits),
		}
	}
	return &words
}

// unitsOf takes words apart.
func unitsOf(words [3]int64) teamUnits {
	const counter = 1<<wordBits - 1
	one, two, three := words[0], words[1], words[2]
	return teamUnits{
		one & counter, one >> wordBits & counter, one >> (2 * wordBits),
		two & counter, two >> wordBits & counter, two >> (2 * wordBits),
		three & counter, three >> wordBits & counter, three >> (2 * wordBits),
	}
}
