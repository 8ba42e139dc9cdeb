package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// seriesReach is how far back the chart of a path goes: 26 weeks.
const seriesReach = 26 * 7 * metrics.Day

// Build finds the facts of one report.
func Build(ctx context.Context, db query.DB, now metrics.Instant, q Question) (*Report, error) {
	return NewBuilder(db, now).Build(ctx, q)
}

// Builder makes several reports of a week. What they have in common is asked once.
type Builder struct {
	db   query.DB
	now  metrics.Instant
	kept map[string]any // answers, by what was asked
	many bool           // of teams: what each needs is asked for all of them
}

// NewBuilder returns a builder of reports at a moment.
func NewBuilder(db query.DB, now metrics.Instant) *Builder {
	return &Builder{db: db, now: now, kept: make(map[string]any)}
}

// Expect says for how many teams there will be reports: for many, all of them are asked about at once.
func (b *Builder) Expect(teams int) { b.many = teams > 5 }

// once returns an answer that is kept, or asks for it.
func once[A any](b *Builder, key string, ask func() (A, error)) (A, error) {
	if kept, ok := b.kept[key]; ok {
		return kept.(A), nil
	}
	answer, err := ask()
	if err != nil {
		var none A
		return none, err
	}
	b.kept[key] = answer
	return answer, nil
}

// build is a report that is being made.
type build struct {
	*Builder
	Question
	ctx   context.Context
	asOf  metrics.Instant
	paths []query.PathRow
	teams map[metrics.TeamKey]query.TeamRow
	r     *Report
}

// Build finds the facts of a report. A path, team or group that is not known is metrics.ErrNotFound.
func (b *Builder) Build(ctx context.Context, q Question) (*Report, error) {
	asOf := min(q.Week.To, b.now)
	w := &build{Builder: b, Question: q, ctx: ctx, asOf: asOf,
		r: &Report{Org: q.Org, Base: q.Base, Scope: q.Scope, Week: q.Week, AsOf: asOf}}
	for _, part := range []func() error{
		w.names, w.freshness, w.results, w.adoption, w.moves, w.catalogs, w.unknown, w.actions,
	} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("report for %s: %w", q.Scope, err)
		}
	}
	return w.r, nil
}

// names looks up the paths and teams, and what the report is called.
func (w *build) names() error {
	paths, err := once(w.Builder, "paths", func() ([]query.PathRow, error) { return query.Paths(w.ctx, w.db) })
	if err != nil {
		return err
	}
	for _, p := range paths {
		if w.Scope.Kind == OfPath && string(p.Key) != w.Scope.Key {
			continue
		}
		w.paths = append(w.paths, p)
	}
	w.teams, err = once(w.Builder, "teams", func() (map[metrics.TeamKey]query.TeamRow, error) {
		rows, err := query.Teams(w.ctx, w.db)
		byKey := make(map[metrics.TeamKey]query.TeamRow, len(rows))
		for _, t := range rows {
			byKey[t.Key] = t
		}
		return byKey, err
	})
	if err != nil {
		return err
	}
	return w.title()
}

// title finds out what the scope is called, and that it is there.
func (w *build) title() error {
	known := true
	switch w.Scope.Kind {
	case OfPath:
		if known = len(w.paths) > 0; known {
			w.r.Title = titleOf(w.paths[0])
		}
	case OfTeam:
		var t query.TeamRow
		t, known = w.teams[metrics.TeamKey(w.Scope.Key)]
		w.r.Title = t.Title
	case OfGroup:
		groups, err := once(w.Builder, "groups", func() ([]query.GroupRow, error) { return query.Groups(w.ctx, w.db) })
		if err != nil {
			return err
		}
		i := slices.IndexFunc(groups, func(g query.GroupRow) bool { return g.Key == w.Scope.Key })
		if known = i >= 0; known {
			w.r.Title = groups[i].Title
		}
	}
	if !known {
		return fmt.Errorf("the data know no %s %q; a scan may have to come first: %w", w.Scope.Kind, w.Scope.Key, metrics.ErrNotFound)
	}
	return nil
}

func (w *build) freshness() (err error) {
	w.r.Fresh, err = once(w.Builder, fmt.Sprint("fresh ", w.asOf), func() (query.Freshness, error) {
		return query.Fresh(w.ctx, w.db, w.asOf)
	})
	return err
}

// results evaluates the key results that are about the scope, now and a week ago.
func (w *build) results() error {
	objectives := w.objectives()
	if len(objectives) == 0 {
		return nil
	}
	ask := func(at metrics.Instant) ([]query.OKRRow, error) {
		return once(w.Builder, fmt.Sprint("okrs ", w.Scope, at), func() ([]query.OKRRow, error) {
			return query.OKRs(w.ctx, w.db, objectives, at)
		})
	}
	rows, err := ask(w.asOf)
	if err != nil {
		return err
	}
	before, err := ask(w.Week.From)
	if err != nil {
		return err
	}
	for i, row := range rows {
		w.r.Results = append(w.r.Results, Result{OKRRow: row, Before: before[i]})
	}
	return nil
}

// objectives are those of the configuration, with only the key results that are about the scope.
func (w *build) objectives() (list []metrics.Objective) {
	for _, o := range w.Objectives {
		own := o
		own.Results = nil
		for _, k := range o.Results {
			if w.concerns(k) {
				own.Results = append(own.Results, k)
			}
		}
		if len(own.Results) > 0 {
			list = append(list, own)
		}
	}
	return list
}

// concerns reports whether a key result is about the scope: leadership has them all.
func (w *build) concerns(k metrics.KeyResult) bool {
	switch w.Scope.Kind {
	case OfPath:
		return string(k.Path) == w.Scope.Key && k.Team == ""
	case OfTeam:
		return string(k.Team) == w.Scope.Key
	case OfGroup:
		return k.Group == w.Scope.Key && k.Team == ""
	}
	return true
}

// inScope reports whether something of a team is in the report.
func (w *build) inScope(team metrics.TeamKey) bool {
	switch w.Scope.Kind {
	case OfTeam:
		return string(team) == w.Scope.Key
	case OfGroup:
		return slices.Contains(w.teams[team].Groups, w.Scope.Key)
	}
	return true
}

// group is the group that questions are narrowed to.
func (w *build) group() string {
	if w.Scope.Kind == OfGroup {
		return w.Scope.Key
	}
	return ""
}

// onePath is the path that questions are narrowed to.
func (w *build) onePath() metrics.PathKey {
	if w.Scope.Kind == OfPath {
		return metrics.PathKey(w.Scope.Key)
	}
	return ""
}

// has reports whether the report is about a path.
func (w *build) has(key metrics.PathKey) bool {
	return slices.ContainsFunc(w.paths, func(p query.PathRow) bool { return p.Key == key })
}

// path returns what the data know of a path.
func (w *build) path(key metrics.PathKey) query.PathRow {
	for _, p := range w.paths {
		if p.Key == key {
			return p
		}
	}
	return query.PathRow{Key: key}
}

func titleOf(p query.PathRow) string {
	if p.Title != "" {
		return p.Title
	}
	return string(p.Key)
}

// teamTitle is what a team is called.
func (w *build) teamTitle(key metrics.TeamKey) string {
	if t := w.teams[key].Title; t != "" {
		return t
	}
	return string(key)
}
