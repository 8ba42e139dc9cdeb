package query

import (
	"context"

	"github.com/trodden/trodden/metrics"
)

// OriginRow is the share of a path's served units that use it and came so.
type OriginRow struct {
	Period string          `json:"period"`
	Path   metrics.PathKey `json:"path"`
	Origin metrics.Origin  `json:"origin"`
	Rate   Rate            `json:"rate"`
}

// WayRow is the share of a path's served units that use it and go this way, be it the only one or one of
// several.
type WayRow struct {
	Period string          `json:"period"`
	Path   metrics.PathKey `json:"path"`
	Way    metrics.WayKey  `json:"way"`
	Rate   Rate            `json:"rate"`
}

// ShareRow is the share of the served units of a path that use it, or of those of a team or group.
type ShareRow struct {
	Period string          `json:"period"`
	Path   metrics.PathKey `json:"path"`
	Label  string          `json:"label"` // the key of the team or group; "" for what no team owns, or is of no group, or by path
	Total  Rate            `json:"total"`
}

// Shares returns the rates of units alone that Adoption has, in the same order: thousands of teams over months take a tenth of the
// time so.
func Shares(ctx context.Context, db DB, q AdoptionQuestion) ([]ShareRow, error) {
	if err := q.ofTeamsAtMost(); err != nil {
		return nil, err
	}
	type shares AdoptionQuestion // an answer of its own
	return answered(ctx, db, shares(q), func() ([]ShareRow, error) {
		a, err := newAdoption(ctx, db, q, ofUnits)
		if err != nil {
			return nil, err
		}
		rows := []ShareRow{}
		a.each(func(c cell, path PathRow) {
			states := a.of(c).states()
			rows = append(rows, ShareRow{a.periods[c.period], c.path, c.label, a.share(c, path, states.Using())})
		})
		return rows, nil
	})
}

// AdoptionByOrigin splits the using units of each path by origin: a row for every origin.
func AdoptionByOrigin(ctx context.Context, db DB, q AdoptionQuestion) ([]OriginRow, error) {
	q.By = ByPath
	return answered(ctx, db, q, func() ([]OriginRow, error) {
		a, err := newAdoption(ctx, db, q, ofUnits)
		if err != nil {
			return nil, err
		}
		rows := []OriginRow{}
		a.each(func(c cell, path PathRow) {
			units := a.of(c)
			for _, o := range units.origins().list() {
				rows = append(rows, OriginRow{a.periods[c.period], c.path, o.origin, a.share(c, path, o.count)})
			}
		})
		return rows, nil
	})
}

// AdoptionByWay counts the using units of each path by the ways they go: a row for every way that the path
// defines, golden first. A unit that goes several is counted in each.
func AdoptionByWay(ctx context.Context, db DB, q AdoptionQuestion) ([]WayRow, error) {
	q.By = ByPath
	return answered(ctx, db, q, func() ([]WayRow, error) {
		a, err := newAdoption(ctx, db, q, ofUnits)
		if err != nil || len(a.starts) == 0 {
			return []WayRow{}, err
		}
		counts, err := a.countWays(ctx, db)
		if err != nil {
			return nil, err
		}
		rows := []WayRow{}
		a.each(func(c cell, path PathRow) {
			for _, way := range path.Ways {
				count := counts[cell{c.period, c.path, string(way)}]
				rows = append(rows, WayRow{a.periods[c.period], c.path, way, a.share(c, path, count)})
			}
		})
		return rows, nil
	})
}

// countWays returns the using units by period, path and way.
func (a *adoption) countWays(ctx context.Context, db DB) (map[cell]int, error) {
	rows, err := ask[struct {
		Path   string `ch:"path"`
		Way    string `ch:"way"`
		Period uint32 `ch:"period"`
		Uses   int64  `ch:"uses"`
	}](ctx, db, "for the ways of units", adoptionWaysSQL, a.args)
	counts := make(map[cell]int, len(rows))
	for _, row := range rows {
		counts[cell{int(row.Period), metrics.PathKey(row.Path), row.Way}] = int(row.Uses)
	}
	return counts, err
}

// share is the rate of some of the served units of a cell.
func (a *adoption) share(c cell, path PathRow, count int) Rate {
	if a.beforeLaunch(c, path) {
		return Undefined(metrics.ReasonBeforeLaunch)
	}
	units := a.of(c)
	states := units.states()
	return NewRate(count, states.Served(), nothing(states))
}
