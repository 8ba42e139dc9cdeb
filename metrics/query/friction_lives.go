package query

import (
	"context"
	_ "embed"
	"math"
	"slices"

	"github.com/trodden/trodden/metrics"
)

//go:embed friction_spans.sql
var frictionSpansSQL string

// lives say what became of units on paths, as could be told at a moment. All times are seconds since 1970.
type lives struct {
	units    []*life
	teams    []metrics.TeamKey
	wanted   []bool            // by team: whether it is asked about
	followed map[uint64]uint32 // until when each repository was there, whatever its path
}

// life is what became of a unit on a path.
type life struct {
	repo      uint64
	component string
	place     int // of the path among those that are asked about
	spans     []lived
}

// lived is a span of a life.
type lived struct {
	begins, ends uint32
	team         int32 // its place among the teams
	state        metrics.State
	seen, active bool // whether the begin is one; whether the unit was active
}

// askLives asks what became of all units on the paths that are asked about.
func (f *friction) askLives(ctx context.Context, db DB) (*lives, error) {
	l := &lives{followed: make(map[uint64]uint32)}
	if len(f.paths) == 0 {
		return l, nil
	}
	wanted, err := f.wantedTeams(ctx, db)
	if err != nil {
		return nil, err
	}
	type key struct {
		repo      uint64
		component string
		place     uint16
	}
	var (
		row, last key
		unit      *life
		team      string
		state     uint8
		one       lived
		found     = make(map[key]*life)
		teams     = make(map[string]int32)
		lastTeam  string
		number    int32
	)
	into := []any{&row.repo, &row.component, &row.place, &team, &state, &one.begins, &one.ends, &one.seen, &one.active}
	err = askEach(ctx, db, "what became of units", frictionSpansSQL, f.pathArgs(f.paths), into, func() error {
		if row.component == "" && metrics.State(state) != metrics.Ineligible {
			l.followed[row.repo] = max(l.followed[row.repo], one.ends)
		}
		if row.place == 0 {
			return nil
		}
		if row != last || unit == nil { // most rows of one follow one another
			if unit = found[row]; unit == nil {
				unit = &life{repo: row.repo, component: row.component, place: int(row.place) - 1, spans: make([]lived, 0, 8)}
				found[row], l.units = unit, append(l.units, unit)
			}
			last = row
		}
		if team != lastTeam || len(l.teams) == 0 {
			var known bool
			if number, known = teams[team]; !known {
				number = int32(len(l.teams))
				teams[team] = number
				l.teams, l.wanted = append(l.teams, metrics.TeamKey(team)), append(l.wanted, wanted(metrics.TeamKey(team)))
			}
			lastTeam = team
		}
		one.team, one.state = number, metrics.State(state)
		unit.spans = append(unit.spans, one)
		return nil
	})
	return l, err
}

// birth is the first span of a life.
func (l *life) birth() *lived {
	first := &l.spans[0]
	for i := range l.spans {
		if l.spans[i].begins < first.begins {
			first = &l.spans[i]
		}
	}
	return first
}

// followed returns until when it was there, and known.
func (l *life) followed() (until uint32) {
	for i := range l.spans {
		if s := &l.spans[i]; s.state != metrics.Unknown && s.state != metrics.Ineligible {
			until = max(until, s.ends)
		}
	}
	return until
}

// at returns the first span that ends after a moment; nil where none does.
func (l *life) at(moment uint32) (first *lived) {
	for i := range l.spans {
		if s := &l.spans[i]; s.ends > moment && (first == nil || s.begins < first.begins) {
			first = s
		}
	}
	return first
}

// fate says of a life that began with a birth whether it used the path when that was decided, as seen from a moment, or why it
// does not count; "" where the path is not meant for it, or it was excused. Created is when its host has the repository from.
func (l *life) fate(birth *lived, within, created, moment uint32) string {
	decided := min(uint64(birth.begins)+uint64(within), math.MaxUint32)
	settled := l.at(uint32(decided))
	switch {
	case l.component != "":
		return string(metrics.ReasonComponents)
	case !birth.seen:
		return string(metrics.ReasonNoHistory)
	case decided > uint64(moment) || settled == nil || uint64(settled.begins) > decided:
		return string(metrics.ReasonTooYoung)
	case uint64(created) > uint64(birth.begins)+uint64(metrics.Day):
		return string(metrics.ReasonImported)
	case settled.state.Using():
		return string(Using)
	case slices.Contains([]metrics.State{metrics.Off, metrics.None, metrics.Dormant}, settled.state):
		return string(NotUsing)
	case settled.state == metrics.Unknown:
		return string(metrics.ReasonAllUnknown)
	}
	return ""
}
