package query

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

//go:embed adoption_moment.sql
var adoptionMomentSQL string

// classRow is a row of adoption_moment.sql. Of one moment all is told from these, of units and of teams.
type classRow struct {
	path, team string
	class      uint16
	n          int64
}

// askMoment asks for what units count at the moment of a question. Those who ask share the rows, whatever they are asked by.
func askMoment(ctx context.Context, db DB, q map[string]any) ([]classRow, error) {
	args := make(map[string]any)
	for _, name := range []string{"paths", "first", "team", "group"} {
		args[name] = q[name]
	}
	return Kept(ctx, db, fmt.Sprint("adoption at a moment ", keyOf(adoptionMomentSQL, args)), func() ([]classRow, error) {
		var (
			row classRow
			n   uint64
			all []classRow
		)
		err := askEach(ctx, db, "for adoption at a moment", adoptionMomentSQL, args, []any{&row.path, &row.team, &row.class, &n}, func() error {
			row.n = int64(n)
			all = append(all, row)
			return nil
		})
		return all, err
	})
}

// momentUnits counts units by path, label and class.
func momentUnits(rows []classRow, label func(team string) string) []unitRow {
	list, counts := make([]unitRow, len(rows)), make([]int32, len(rows))
	for i, r := range rows {
		counts[i] = int32(r.n)
		list[i] = unitRow{r.path, label(r.team), r.class, counts[i : i+1]}
	}
	slices.SortFunc(list, func(a, b unitRow) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.label, b.label)) })
	return list
}

// teamRow are the units of a team on a path, by period.
type teamRow struct {
	path, team string
	units      []teamUnits
}

// momentTeams calls team for each team and path, with what its units are. What no team owns is left out.
func momentTeams(rows []classRow, team func(*teamRow)) {
	var units [1]teamUnits
	for i, r := range rows { // those of one follow one another
		if r.team == "" {
			continue
		}
		units[0].add(r.class, r.n)
		if i+1 == len(rows) || rows[i+1].path != r.path || rows[i+1].team != r.team {
			team(&teamRow{r.path, r.team, units[:]})
			units[0] = teamUnits{}
		}
	}
}

// add counts units of a class.
func (u *teamUnits) add(class uint16, n int64) {
	count := func(sum *int64, is bool) {
		if is {
			*sum += n
		}
	}
	state, origin := metrics.State(class&classStates), metrics.Origin(class>>classOrigin%8)
	choice, free := class&classChoice != 0, class&(classChoice|classMandated) != 0
	count(&u.served, state.Served())
	count(&u.choice, state.Served() && choice)
	count(&u.uses, state.Using())
	count(&u.freely, class&classVoluntary != 0)
	count(&u.freeByUnknown, free && origin == metrics.UnknownOrigin)
	count(&u.eligible, state.Served() || state == metrics.Exempt)
	count(&u.unknown, state == metrics.Unknown)
	count(&u.choiceUnknown, state == metrics.Unknown && choice)
	count(&u.freeUnknown, state == metrics.Unknown && free)
}
