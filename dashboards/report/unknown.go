package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// states are the states of all units that matter to unknown things and actions, at a moment.
func (w *build) states(at metrics.Instant, state metrics.State) ([]query.StateRow, error) {
	return once(w.Builder, fmt.Sprint("states ", state, at), func() ([]query.StateRow, error) {
		return query.States(w.ctx, w.db, query.StatesQuestion{State: state, AsOf: at})
	})
}

// maxNamed is how many unknown repositories are named.
const maxNamed = 3

// unknown counts the units that are unknown, once each, by why: at both ends of the week, and by now, as the newest scan may have
// come after it.
func (w *build) unknown() error {
	before, err := w.unknownAt(w.Week.From)
	if err != nil {
		return err
	}
	newest, err := w.unknownAt(w.now)
	if err != nil {
		return err
	}
	if w.r.Unknown, err = w.unknownAt(w.asOf); err != nil {
		return err
	}
	u := &w.r.Unknown
	u.Before, u.Newest, u.NewestRepos, u.NewestReasons, u.Unowned = before.Units, newest.Units, newest.Repos, newest.Reasons, newest.Unowned
	return nil
}

// unknownAt counts the units of the scope that are unknown at a moment, and those of nobody where the scope leaves them out.
func (w *build) unknownAt(at metrics.Instant) (u Unknown, err error) {
	rows, err := w.states(at, metrics.Unknown)
	if err != nil {
		return u, err
	}
	reasons := map[metrics.Reason]int{}
	for _, row := range w.unitsOf(rows) {
		u.Units++
		reasons[row.Reason]++
		if len(u.Repos) < maxNamed {
			u.Repos = append(u.Repos, metrics.UnitName(row.Repo, row.Component))
		}
	}
	for reason, n := range reasons {
		u.Reasons = append(u.Reasons, Count{phrase.WhyUnknown(reason), n})
	}
	slices.SortFunc(u.Reasons, func(a, b Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.What, b.What)) })
	if w.Scope.Kind == OfTeam || w.Scope.Kind == OfGroup {
		u.Unowned = unowned(rows)
	}
	return u, nil
}

// unowned counts the units that are nobody's.
func unowned(rows []query.StateRow) int {
	seen := map[unitKey]bool{}
	for _, row := range rows {
		if row.Team == "" {
			seen[unitKey{repo: row.Repo, component: row.Component}] = true
		}
	}
	return len(seen)
}

// unitsOf returns the rows of the scope, one a unit.
func (w *build) unitsOf(rows []query.StateRow) (list []query.StateRow) {
	seen := map[unitKey]bool{}
	for _, row := range rows {
		key := unitKey{repo: row.Repo, component: row.Component}
		if w.inScope(row.Team) && w.has(row.Path) && !seen[key] {
			seen[key] = true
			list = append(list, row)
		}
	}
	return list
}
