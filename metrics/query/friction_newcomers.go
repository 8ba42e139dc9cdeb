package query

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_newcomers.sql
	frictionNewcomersSQL string
)

// fewPeople is the number of people below which nothing is said of them.
const fewPeople = 5

// tenth is which merged change shows that somebody has arrived.
const tenth = 10

// newcomersRow is a row of friction_newcomers.sql.
type newcomersRow struct {
	Alias      uint64   `ch:"alias"`
	At         uint32   `ch:"at"`
	Repo       uint64   `ch:"repo"`
	Team       string   `ch:"team"`
	PullsKnown bool     `ch:"pulls_known"`
	Merged     []uint32 `ch:"merged"` // the first ten
	Routine    uint64   `ch:"routine"`
	Other      uint64   `ch:"other"`
	Program    bool     `ch:"program"`
}

// newcomer is somebody with their first contribution.
type newcomer struct {
	newcomersRow
	started bool
}

// with adds another account of the same person.
func (n newcomer) with(r newcomersRow) newcomer {
	sum := n
	if !n.started || r.At < n.At || r.At == n.At && r.Repo < n.Repo {
		sum.newcomersRow, sum.started = r, true
	}
	sum.Merged = slices.Concat(n.Merged, r.Merged)
	sum.Routine, sum.Other, sum.Program = n.Routine+r.Routine, n.Other+r.Other, n.Program || r.Program
	return sum
}

// isProgram reports whether it is one by its accounts, or by all that it ever committed.
func (n newcomer) isProgram() bool {
	return n.Program || n.Routine >= metrics.HabitAfter && n.Other == 0
}

// askNewcomers returns the rows of the times to the tenth merged change.
func (f *friction) askNewcomers(ctx context.Context, db DB) (list []FrictionRow, err error) {
	people, err := f.newcomers(ctx, db)
	if err != nil {
		return nil, err
	}
	uses, err := f.askTeamUses(people)
	if err != nil {
		return nil, err
	}
	for i, path := range f.paths {
		list = append(list, f.compareNewcomers(path, people, func(n int) teamUse { return uses[n][i] })...)
	}
	return list, err
}

// newcomers returns everybody who began in the time asked about, in a team asked about.
func (f *friction) newcomers(ctx context.Context, db DB) ([]newcomer, error) {
	rows, err := f.askEverybody(ctx, db)
	if err != nil {
		return nil, err
	}
	who, err := askAccounts(ctx, db)
	if err != nil {
		return nil, err
	}
	wanted, err := f.wantedTeams(ctx, db)
	if err != nil {
		return nil, err
	}
	found := make(map[someone]newcomer)
	for _, r := range rows {
		r.Program = r.Program || who.program(r.Alias)
		one := who.of(r.Alias)
		found[one] = found[one].with(r)
	}
	var list []newcomer
	for _, n := range found {
		at := metrics.Instant(n.At)
		if at >= f.From && (f.To == 0 || at < f.To) && wanted(metrics.TeamKey(n.Team)) {
			list = append(list, n)
		}
	}
	return list, nil
}

// askEverybody asks for the first contributions of all accounts, whatever the team: as of the newest facts all questions share them.
func (f *friction) askEverybody(ctx context.Context, db DB) ([]newcomersRow, error) {
	work := func(db DB) ([]newcomersRow, error) {
		return ask[newcomersRow](ctx, db, "for newcomers", frictionNewcomersSQL, map[string]any{"at": moment(f.AsOf)})
	}
	if !f.isNewest() {
		return work(db)
	}
	return Kept(ctx, db, fmt.Sprint("newcomers ", f.AsOf), func() ([]newcomersRow, error) {
		s, err := newShelving(ctx, db)
		if err != nil || s == nil {
			return work(db)
		}
		return shelved(ctx, s, "newcomers", f.AsOf, func() ([]newcomersRow, error) { return work(s.DB) })
	})
}

// wantedTeams returns a function that tells whether a team is asked about.
func (f *friction) wantedTeams(ctx context.Context, db DB) (func(metrics.TeamKey) bool, error) {
	teams, err := Teams(ctx, db)
	groups := make(map[metrics.TeamKey][]string, len(teams))
	for _, team := range teams {
		groups[team.Key] = team.Groups
	}
	return func(team metrics.TeamKey) bool {
		return (f.Team == "" || team == f.Team) && (f.Group == "" || slices.Contains(groups[team], f.Group))
	}, err
}

// compareNewcomers makes the rows of a path. Of few people nothing is said.
func (f *friction) compareNewcomers(path PathRow, people []newcomer, use func(n int) teamUse) []FrictionRow {
	var ended, goOn [2][]uint32
	left := make(map[metrics.Reason]int)
	for i, n := range people {
		side, reason := n.joined(path, use(i))
		if reason != "" {
			left[reason]++
			continue
		}
		if after, arrived := f.arrival(n); arrived {
			ended[side] = append(ended[side], after)
		} else {
			goOn[side] = append(goOn[side], after)
		}
	}
	unknown := left[metrics.ReasonNotMeasured]
	known := f.known.Pulls > 0 && (unknown == 0 || unknown < len(people))
	rows := f.compare(TenthPull, path, [2]FrictionGroup{Using, NotUsing}, [2]took{newTook(ended[0], goOn[0]), newTook(ended[1], goOn[1])}, known, leftOut(left))
	withhold(rows)
	return rows
}

// joined returns whether the team that somebody joined used the path then (0) or not (1), or why they do not count.
func (n newcomer) joined(path PathRow, use teamUse) (side int, reason metrics.Reason) {
	switch {
	case n.isProgram():
		return 0, metrics.ReasonProgram
	case !n.PullsKnown:
		return 0, metrics.ReasonNotMeasured
	case n.Team == "":
		return 0, metrics.ReasonNoTeam
	case use.served == 0:
		return 0, metrics.ReasonEmpty
	case float64(use.using)/float64(use.served) >= path.TeamOnAt:
		return 0, ""
	}
	return 1, ""
}

// arrival returns in how many seconds somebody arrived, or for how long they have not.
func (f *friction) arrival(n newcomer) (after uint32, arrived bool) {
	slices.Sort(n.Merged)
	if len(n.Merged) >= tenth {
		return max(n.Merged[tenth-1], n.At) - n.At, true
	}
	until := f.AsOf
	if read := metrics.At(f.known.ReadAt); read > 0 {
		until = min(until, read)
	}
	return max(uint32(until), n.At) - n.At, false
}

// withhold takes away what rows say of fewer than five people.
func withhold(rows []FrictionRow) {
	few := func(n *int) bool { return n != nil && *n > 0 && *n < fewPeople }
	hidden := false
	for i := range rows {
		r := &rows[i]
		for j := range r.LeftOut {
			if few(r.LeftOut[j].N) {
				r.LeftOut[j].N = nil
			}
		}
		if few(r.N) {
			*r = FrictionRow{Measure: r.Measure, Path: r.Path, Group: r.Group, LeftOut: r.LeftOut, Association: true, Reason: metrics.ReasonSmallGroup}
			hidden = true
		}
	}
	for i := range rows {
		if hidden {
			rows[i].RatioToOther, rows[i].LogRankP = nil, nil
		}
	}
}

// teamUses says of the team that somebody joined how it used each path then.
type teamUses []teamUse

// teamUse is how many repositories of a team a path served at a moment, and how many of them used it.
type teamUse struct{ served, using int }

// askTeamUses returns how the team that each of some people joined used each path then.
func (f *friction) askTeamUses(people []newcomer) ([]teamUses, error) {
	if len(people) == 0 {
		return nil, nil
	}
	lives, err := f.lives()
	if err != nil {
		return nil, err
	}
	uses, came := make([]teamUses, len(people)), make(map[metrics.TeamKey][]int)
	for i, n := range people {
		uses[i] = make(teamUses, len(f.paths))
		came[metrics.TeamKey(n.Team)] = append(came[metrics.TeamKey(n.Team)], i)
	}
	joined := make([][]int, len(lives.teams)) // by the number of the team
	for i, team := range lives.teams {
		if joined[i] = came[team]; team == "" {
			joined[i] = nil
		}
		slices.SortFunc(joined[i], func(a, b int) int { return cmp.Compare(people[a].At, people[b].At) })
	}
	for _, unit := range lives.units {
		for i := range unit.spans {
			s := &unit.spans[i]
			if !s.active || !s.state.Served() {
				continue
			}
			list := joined[s.team]
			from, _ := slices.BinarySearchFunc(list, s.begins, func(i int, at uint32) int { return cmp.Compare(people[i].At, at) })
			for _, i := range list[from:] {
				if people[i].At >= s.ends {
					break
				}
				use := &uses[i][unit.place]
				use.served++
				if s.state.Using() {
					use.using++
				}
			}
		}
	}
	return uses, nil
}
