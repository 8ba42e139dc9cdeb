package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

//go:embed fragmentation.sql
var fragmentationSQL string

// FragmentationRow says in how many ways a path's job is done at a moment, and how evenly they share it.
type FragmentationRow struct {
	Period string          `json:"period"` // the day on which a period begins, or the moment asked for
	Path   metrics.PathKey `json:"path"`
	Ways   []WayUnits      `json:"ways"`  // every way that the path defines, golden first
	Units  int             `json:"units"` // active and served: the denominator of adoption
	// Fragmentation is the entropy of Ways over its maximum: 0 where all go one way, 1 where each way has
	// as many units as every other. It is null, for Reason, where nothing is in use, and where the path defines no
	// way but its own: what cannot be split is not whole either.
	Fragmentation *float64       `json:"fragmentation"`
	Reason        metrics.Reason `json:"reason"`
}

// WayUnits counts the served units that go a way, be it the only one or one of several.
type WayUnits struct {
	Way   metrics.WayKey `json:"way"`
	Units int            `json:"units"`
}

// Fragmentation returns a row for every path that is defined, at a moment or at the first instant of each
// period: by period, then path in the order of the definitions. By, of the question, is of no matter.
func Fragmentation(ctx context.Context, db DB, q AdoptionQuestion) ([]FragmentationRow, error) {
	q.By = ByPath
	return answered(ctx, db, q, func() ([]FragmentationRow, error) {
		a, err := newAdoption(ctx, db, q, ofUnits)
		if err != nil || len(a.starts) == 0 {
			return []FragmentationRow{}, err
		}
		counts, err := a.countServedWays(ctx, db)
		if err != nil {
			return nil, err
		}
		rows := []FragmentationRow{}
		a.each(func(c cell, path PathRow) { rows = append(rows, a.fragmentation(c, path, counts)) })
		return rows, nil
	})
}

// servedWay is a way of a path.
type servedWay struct {
	path metrics.PathKey
	way  metrics.WayKey
}

// countServedWays returns how many served units go each way, in every period.
func (a *adoption) countServedWays(ctx context.Context, db DB) (map[servedWay][]int64, error) {
	rows, err := ask[struct {
		Path  string  `ch:"path"`
		Way   string  `ch:"way"`
		Units []int64 `ch:"units"`
	}](ctx, db, "for the ways of served units", fragmentationSQL, a.args)
	counts := make(map[servedWay][]int64, len(rows))
	for _, row := range rows {
		counts[servedWay{metrics.PathKey(row.Path), metrics.WayKey(row.Way)}] = row.Units
	}
	return counts, err
}

// fragmentation makes the row of a cell.
func (a *adoption) fragmentation(c cell, path PathRow, counts map[servedWay][]int64) FragmentationRow {
	states := a.of(c).states()
	row := FragmentationRow{Period: a.periods[c.period], Path: path.Key, Ways: []WayUnits{}, Units: states.Served()}
	units := make([]uint64, len(path.Ways))
	for i, way := range path.Ways {
		if n := counts[servedWay{path.Key, way}]; n != nil {
			units[i] = uint64(n[c.period])
		}
		row.Ways = append(row.Ways, WayUnits{way, int(units[i])})
	}
	switch entropy, ok := stats.Entropy(units, len(path.Ways)); {
	case a.beforeLaunch(c, path):
		row.Reason = metrics.ReasonBeforeLaunch
	case len(path.Ways) < 2:
		row.Reason = metrics.ReasonNoAlternative
	case !ok:
		row.Reason = nothing(states)
	default:
		row.Fragmentation = &entropy
	}
	return row
}
