package query

import (
	"context"
	_ "embed"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_newcomers.sql
	frictionNewcomersSQL string
	//go:embed friction_teams.sql
	frictionTeamsSQL string
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
	var verdicts teamUses
	if len(people) > 0 {
		verdicts, err = askTeamUses(ctx, db, f.args())
	}
	for _, path := range f.paths {
		list = append(list, f.compareNewcomers(path, people, verdicts)...)
	}
	return list, err
}

// newcomers returns everybody who began in the time asked about, in a team asked about.
func (f *friction) newcomers(ctx context.Context, db DB) ([]newcomer, error) {
	rows, err := ask[newcomersRow](ctx, db, "for newcomers", frictionNewcomersSQL, f.args())
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
func (f *friction) compareNewcomers(path PathRow, people []newcomer, verdicts teamUses) []FrictionRow {
	var of [2]took
	left := make(map[metrics.Reason]int)
	for _, n := range people {
		side, reason := f.joined(path, n, verdicts)
		if reason != "" {
			left[reason]++
			continue
		}
		of[side].times = append(of[side].times, newTook(f.arrival(n)).times...)
	}
	unknown := left[metrics.ReasonNotMeasured]
	known := f.known.Pulls > 0 && (unknown == 0 || unknown < len(people))
	rows := f.compare(TenthPull, path, [2]FrictionGroup{Using, NotUsing}, of, known, leftOut(left))
	withhold(rows)
	return rows
}

// joined returns whether the team that somebody joined used the path then (0) or not (1), or why they do not count.
func (f *friction) joined(path PathRow, n newcomer, verdicts teamUses) (side int, reason metrics.Reason) {
	switch {
	case n.isProgram():
		return 0, metrics.ReasonProgram
	case !n.PullsKnown:
		return 0, metrics.ReasonNotMeasured
	case n.Team == "":
		return 0, metrics.ReasonNoTeam
	}
	switch share, ok := verdicts.share(path.Key, metrics.TeamKey(n.Team), n.At); {
	case !ok:
		return 0, metrics.ReasonEmpty
	case share >= path.TeamOnAt:
		return 0, ""
	}
	return 1, ""
}

// arrival returns in how many seconds somebody arrived, or for how long they have not.
func (f *friction) arrival(n newcomer) (ended, goesOn []uint32) {
	slices.Sort(n.Merged)
	if len(n.Merged) >= tenth {
		return []uint32{max(n.Merged[tenth-1], n.At) - n.At}, nil
	}
	until := f.AsOf
	if read := metrics.At(f.known.ReadAt); read > 0 {
		until = min(until, read)
	}
	return nil, []uint32{max(uint32(until), n.At) - n.At}
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

// teamUses says when which repositories of each team used each path.
type teamUses map[teamPath]teamUsesRow

type teamPath struct {
	path metrics.PathKey
	team metrics.TeamKey
}

// teamUsesRow is a row of friction_teams.sql.
type teamUsesRow struct {
	Path   string   `ch:"path"`
	Team   string   `ch:"team"`
	Begins []uint32 `ch:"begins"`
	Ends   []uint32 `ch:"ends"`
	Uses   []uint8  `ch:"uses"`
}

func askTeamUses(ctx context.Context, db DB, args map[string]any) (teamUses, error) {
	rows, err := ask[teamUsesRow](ctx, db, "what teams use", frictionTeamsSQL, args)
	uses := make(teamUses, len(rows))
	for _, r := range rows {
		uses[teamPath{metrics.PathKey(r.Path), metrics.TeamKey(r.Team)}] = r
	}
	return uses, err
}

// share is that of the repositories of a team which use a path at a moment, of those that it serves.
func (u teamUses) share(path metrics.PathKey, team metrics.TeamKey, at uint32) (share float64, ok bool) {
	r := u[teamPath{path, team}]
	using, served := 0, 0
	for i := range r.Begins {
		if r.Begins[i] <= at && at < r.Ends[i] {
			served++
			using += int(r.Uses[i])
		}
	}
	if served == 0 {
		return 0, false
	}
	return float64(using) / float64(served), true
}
