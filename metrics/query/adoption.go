package query

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed adoption_ways.sql
	adoptionWaysSQL string
	//go:embed first.sql
	firstSQL string
)

// By says what adoption is given for: a row a path, or a row a path and one of these.
type By string

// What adoption is given for.
const (
	ByPath   By = "path"
	ByTeam   By = "team"
	ByGroup  By = "group"
	ByOrigin By = "origin"
	ByWay    By = "way"
)

// Bys lists them.
func Bys() []By { return []By{ByPath, ByTeam, ByGroup, ByOrigin, ByWay} }

// ParseBy reads the name of one; "" is ByPath.
func ParseBy(name string) (By, error) {
	if name == "" {
		return ByPath, nil
	}
	if b := By(name); slices.Contains(Bys(), b) {
		return b, nil
	}
	return "", fmt.Errorf("%q is nothing to give adoption by, expected one of %v: %w", name, Bys(), metrics.ErrInvalid)
}

// AdoptionQuestion says which adoption is asked for. The zero value of a filter is no filter.
type AdoptionQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey
	Group string // with all groups below it
	By    By     // of Adoption: ByPath (also when empty), ByTeam or ByGroup

	AsOf     metrics.Instant // the moment, where there is no Interval
	Interval Interval
	From, To metrics.Instant // of a series: from the first event when 0, to AsOf when 0
}

// series are the moments that a question is about.
type series struct {
	unit    string // of time between them
	starts  []metrics.Instant
	periods []string // as answers name them
}

// series finds the moments.
func (q AdoptionQuestion) series(ctx context.Context, db DB) (series, error) {
	if q.Interval == "" {
		return series{"second", []metrics.Instant{q.AsOf}, []string{moment(q.AsOf).Format(time.RFC3339)}}, nil
	}
	from, to := q.From, cmp.Or(q.To, q.AsOf)
	if from == metrics.Beginning {
		var err error
		if from, err = q.first(ctx, db, to); err != nil {
			return series{}, err
		}
	}
	starts, err := q.Interval.Periods(from, to)
	if err != nil {
		return series{}, err
	}
	s := series{unit: string(q.Interval), starts: starts}
	for _, t := range starts {
		s.periods = append(s.periods, moment(t).Format(time.DateOnly))
	}
	return s, nil
}

// first returns the moment of the first event, or that of the last period where there is none.
func (q AdoptionQuestion) first(ctx context.Context, db DB, to metrics.Instant) (metrics.Instant, error) {
	rows, err := ask[struct {
		At int64 `ch:"at"`
	}](ctx, db, "for the first event", firstSQL, map[string]any{"path": string(q.Path)})
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return max(to-1, metrics.Beginning), nil
	}
	return metrics.Instant(rows[0].At), nil
}

// args are the parameters that the questions of adoption share.
func (q AdoptionQuestion) args(s series, paths []PathRow) map[string]any {
	named := make([]string, len(paths))
	for i, p := range paths {
		named[i] = string(p.Key)
	}
	return map[string]any{
		"path": string(q.Path), "paths": named, "team": string(q.Team), "group": q.Group,
		"unit": s.unit, "first": moment(s.starts[0]), "last": moment(s.starts[len(s.starts)-1]), "periods": len(s.starts),
	}
}

// Adoption returns the rates of each path, or of each path and team or group, at a moment or at the first
// instant of each period: by period, then path in the order of the definitions, then team or group. There is
// a row for every path that is defined, and with ByTeam for every team that is defined and no platform team,
// whether or not it has anything; other teams, and units of none, have rows for the moments at which there are any
// units of theirs. So it is with ByGroup: a group counts the teams of all groups below it, too, and so a team
// counts in each group above it.
func Adoption(ctx context.Context, db DB, q AdoptionQuestion) ([]AdoptionRow, error) {
	if err := q.ofTeamsAtMost(); err != nil {
		return nil, err
	}
	return answered(ctx, db, q, func() ([]AdoptionRow, error) {
		rows := []AdoptionRow{}
		a, err := newAdoption(ctx, db, q, judgingTeams)
		if err != nil {
			return nil, err
		}
		if err := a.countTeams(ctx, db); err != nil {
			return nil, err
		}
		a.each(func(c cell, path PathRow) { rows = append(rows, a.row(c, path)) })
		return rows, nil
	})
}

// ofTeamsAtMost refuses what has rows of its own.
func (q AdoptionQuestion) ofTeamsAtMost() error {
	switch q.By {
	case "", ByPath, ByTeam, ByGroup:
		return nil
	}
	return fmt.Errorf("adoption by %s has rows of its own: %w", q.By, metrics.ErrInvalid)
}

// attempts is how often an answer made of several statements is asked for anew when a new generation was
// published in its middle.
const attempts = 3

// consistent gives the answer of statements that must see the same generation.
func consistent[A any](ctx context.Context, db DB, answer func() (A, error)) (a A, err error) {
	var before, after uint64
	for range attempts {
		if before, err = Generation(ctx, db); err != nil {
			return a, err
		}
		if a, err = answer(); err != nil {
			return a, err
		}
		if after, err = Generation(ctx, db); err != nil || before == after {
			return a, err
		}
	}
	return a, fmt.Errorf("new generations were published %d times while the answer was put together: %w", attempts, metrics.ErrUnavailable)
}
