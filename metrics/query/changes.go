package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed changes.sql
var changesSQL string

// ChangesRow says how the adoption of a path changed between two moments, on the same units: only what counts at both
// is compared, so that whatever was born, archived or excused in between changes nothing here. FlowsUnits lists the
// units that moved.
type ChangesRow struct {
	Path metrics.PathKey `json:"path"`
	From time.Time       `json:"from"`
	To   time.Time       `json:"to"`
	// Repos are of repositories, or components of them. A team and group asked for are the owner's at To.
	Repos ChangesOf `json:"repos"`
	// Teams are of teams, each by the units that it has at either moment.
	Teams ChangesOf `json:"teams"`
	// Born counts the units that use the path at To, and were not there at From: they are not compared.
	Born int `json:"born"`
	// Unknown counts the units that are unknown at one moment and unknown or served at the other: they are not
	// compared.
	Unknown int `json:"unknown"`
}

// ChangesOf are the changes of two rates of adoption.
type ChangesOf struct {
	Using     Change `json:"using"`     // of the served ones; teams: those that are on
	Voluntary Change `json:"voluntary"` // of those that have a choice at both moments
}

// Change is that of a proportion of the same units between two moments.
type Change struct {
	Both    int  `json:"both"`
	Left    int  `json:"left"`   // at the first moment only
	Joined  int  `json:"joined"` // at the second only
	Neither int  `json:"neither"`
	From    Rate `json:"from"`
	To      Rate `json:"to"`
	// Difference is To less From, with its 95 % interval: stats.NewcombePaired.
	Difference *float64       `json:"difference"`
	Lo         *float64       `json:"lo"`
	Hi         *float64       `json:"hi"`
	P          *float64       `json:"p"`       // exact, two-sided: stats.McNemar
	Verdict    *Finding       `json:"verdict"` // null where there is nothing to compare, for Reason
	Small      bool           `json:"small"`   // fewer than 5 units
	Reason     metrics.Reason `json:"reason"`
}

// Finding says what is known of a change.
type Finding string

// The findings. NoDifference is no proof that nothing changed: chance alone may make as much.
const (
	More         Finding = "more"
	Fewer        Finding = "fewer"
	NoDifference Finding = "no_difference"
)

// countedUnits are units of a path that count for the same at both moments, or one that does at one of them.
type countedUnits struct {
	path, team string // their team then
	class      uint16
	from, to   bool   // the moments
	unit       uint64 // 0 for those of both
	wanted     bool   // whether the team is asked about
	n          uint64
}

// state is the one of a class.
func (u *countedUnits) state() metrics.State { return metrics.State(u.class & classStates) }

// changed adds the changes of a path up.
type changed struct {
	repos, teams  struct{ using, voluntary stats.Pairs }
	born, unknown uint64
}

// moved is what a unit counts for at one moment and at the other.
type moved struct {
	from, to uint16 // 0 where it is not there
	was, is  bool   // whether it is
	wanted   bool   // by its team at the second, or at the first where it is not there any more
}

// teamAt is how many units a team has at a moment.
type teamAt struct{ served, choice, using, free uint64 }

func (t *teamAt) add(u *countedUnits) {
	if state := u.state(); state.Served() {
		t.served += u.n
		if u.class&classChoice != 0 {
			t.choice += u.n
		}
		if state.Using() {
			t.using += u.n
		}
	}
	if u.class&classVoluntary != 0 {
		t.free += u.n
	}
}

// on reports whether a team is on a path, as in adoption, and whether it is so freely.
func (t *teamAt) on(at float64) (on, freely bool) {
	on = t.using > 0 && float64(t.using)/float64(t.served) >= at
	return on, on && 2*t.free >= t.using
}

// pair counts what is so at one moment, at the other, at both, or at neither.
func pair(p *stats.Pairs, before, after bool, n uint64) {
	switch {
	case before && after:
		p.Both += n
	case before:
		p.Left += n
	case after:
		p.Joined += n
	default:
		p.Neither += n
	}
}

// add adds what units count for at the moments.
func (c *changed) add(from, to uint16, n uint64) {
	before, after := metrics.State(from&classStates), metrics.State(to&classStates)
	known := func(s metrics.State) bool { return s == metrics.Unknown || s.Served() }
	switch {
	case before.Served() && after.Served():
		pair(&c.repos.using, before.Using(), after.Using(), n)
		if from&to&classChoice != 0 {
			pair(&c.repos.voluntary, from&classVoluntary != 0, to&classVoluntary != 0, n)
		}
	case known(before) && known(after):
		c.unknown += n
	}
}

// askChanges asks how the adoption of each path changed.
//
// A unit or team is compared where it is in the denominator at both moments: it is served, or has a choice. A team is judged as in
// adoption, by the units that it has at each moment. What is unknown at either moment counts as unknown alone; what uses the
// path at the second and was not there at the first, as born.
func (q FlowsQuestion) askChanges(ctx context.Context, db DB, paths []PathRow) (map[metrics.PathKey]*changed, error) {
	type unitOn struct {
		path string
		unit uint64
	}
	type teamOn struct{ path, team string }
	type teamAtBoth struct{ from, to teamAt }
	all, units, teams := make(map[metrics.PathKey]*changed), make(map[unitOn]moved), make(map[teamOn]*teamAtBoth)
	at := make(map[metrics.PathKey]float64)
	for _, path := range paths {
		all[path.Key], at[path.Key] = &changed{}, path.TeamOnAt
	}
	var u countedUnits
	into := []any{&u.path, &u.team, &u.class, &u.from, &u.to, &u.unit, &u.wanted, &u.n}
	err := askEach(ctx, db, "for changes", changesSQL, q.args(), into, func() error {
		c := all[metrics.PathKey(u.path)]
		if c == nil {
			return nil
		}
		if u.from && u.to && u.wanted {
			c.add(u.class, u.class, u.n)
		} else if u.from != u.to {
			m := units[unitOn{u.path, u.unit}]
			if u.to || !m.is {
				m.wanted = u.wanted
			}
			if u.from {
				m.from, m.was = u.class, true
			} else {
				m.to, m.is = u.class, true
			}
			units[unitOn{u.path, u.unit}] = m
		}
		if u.team == "" || !u.wanted {
			return nil
		}
		t := teams[teamOn{u.path, u.team}]
		if t == nil {
			t = &teamAtBoth{}
			teams[teamOn{u.path, u.team}] = t
		}
		if u.from {
			t.from.add(&u)
		}
		if u.to {
			t.to.add(&u)
		}
		return nil
	})
	for of, m := range units {
		c := all[metrics.PathKey(of.path)]
		if !m.wanted {
			continue
		}
		c.add(m.from, m.to, 1)
		if !m.was && metrics.State(m.to&classStates).Using() {
			c.born++
		}
	}
	for of, t := range teams {
		c, need := all[metrics.PathKey(of.path)], at[metrics.PathKey(of.path)]
		before, beforeFreely := t.from.on(need)
		after, afterFreely := t.to.on(need)
		if t.from.served > 0 && t.to.served > 0 {
			pair(&c.teams.using, before, after, 1)
		}
		if t.from.choice > 0 && t.to.choice > 0 {
			pair(&c.teams.voluntary, beforeFreely, afterFreely, 1)
		}
	}
	return all, err
}

// Changes returns a row for each path, in the order of the definitions.
func Changes(ctx context.Context, db DB, q FlowsQuestion) ([]ChangesRow, error) {
	return answered(ctx, db, q, func() ([]ChangesRow, error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		found, err := q.askChanges(ctx, db, paths)
		if err != nil {
			return nil, err
		}
		rows := []ChangesRow{}
		for _, path := range paths {
			if q.Path == "" || path.Key == q.Path {
				rows = append(rows, q.changes(path, found[path.Key]))
			}
		}
		return rows, nil
	})
}

// changes makes the row of a path.
func (q FlowsQuestion) changes(path PathRow, c *changed) ChangesRow {
	row := ChangesRow{Path: path.Key, From: moment(q.From), To: moment(q.To), Born: int(c.born), Unknown: int(c.unknown)}
	if !path.launched(min(q.From, q.To)) {
		none := change(stats.Pairs{}, metrics.ReasonBeforeLaunch)
		row.Repos, row.Teams = ChangesOf{none, none}, ChangesOf{none, none}
		return row
	}
	nothing, unowned, forced := metrics.ReasonEmpty, metrics.ReasonNoTeam, metrics.ReasonNoAlternative
	if row.Unknown > 0 {
		nothing = metrics.ReasonAllUnknown
	}
	if c.repos.using.Units() == 0 {
		unowned, forced = nothing, nothing
	}
	row.Repos = ChangesOf{change(c.repos.using, nothing), change(c.repos.voluntary, forced)}
	if c.teams.using.Units() == 0 {
		forced = unowned
	}
	row.Teams = ChangesOf{change(c.teams.using, unowned), change(c.teams.voluntary, forced)}
	return row
}

// change tells what units say, or why there are none.
func change(p stats.Pairs, why metrics.Reason) Change {
	n := int(p.Units())
	c := Change{
		Both: int(p.Both), Left: int(p.Left), Joined: int(p.Joined), Neither: int(p.Neither), Small: n < smallBelow,
		From: NewRate(int(p.Both+p.Left), n, why), To: NewRate(int(p.Both+p.Joined), n, why),
	}
	difference, ok := stats.NewcombePaired(p)
	if !ok {
		c.Reason = why
		return c
	}
	value, found := stats.McNemar(p.Joined, p.Left), NoDifference
	switch {
	case value >= significant:
	case p.Joined > p.Left:
		found = More
	default:
		found = Fewer
	}
	c.Difference, c.Lo, c.Hi, c.P, c.Verdict = &difference.Value, &difference.Lo, &difference.Hi, &value, &found
	return c
}
