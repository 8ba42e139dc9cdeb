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

// classRow is a row of adoption_moment.sql. Of one moment all is told from these, of units and of teams: series have statements
// that count in the engine.
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

// unitRows are the rows that adoption_repos.sql has of one moment, each with the label of its team.
func unitRows(rows []classRow, label func(team string) string) []unitRow {
	list := make([]unitRow, 0, 2*len(rows))
	for _, r := range rows {
		of := label(r.team)
		list = append(list,
			unitRow{r.path, of, r.class & (classStates | classMandated | classChoice), []int64{r.n}},
			unitRow{r.path, of, r.class&^classStates&(classOfOrigin-1) | classOfOrigin, []int64{r.n}})
	}
	slices.SortStableFunc(list, func(a, b unitRow) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Label, b.Label)) })
	return list
}

// teamRow are the units of a team on a path, by period.
type teamRow struct {
	path, team string
	units      []teamUnits
}

// teamRows are the rows of teams at one moment. What no team owns is left out.
func teamRows(rows []classRow) (list []teamRow) {
	for i, r := range rows { // those of one follow one another
		if r.team == "" {
			continue
		}
		if i == 0 || len(list) == 0 || list[len(list)-1].path != r.path || list[len(list)-1].team != r.team {
			list = append(list, teamRow{r.path, r.team, make([]teamUnits, 1)})
		}
		list[len(list)-1].units[0].add(r.class, r.n)
	}
	return list
}

// add counts units of a class, as adoption_teams.sql does.
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
