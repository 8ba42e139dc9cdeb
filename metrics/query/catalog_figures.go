package query

import (
	"context"
	"math"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Portals are the rows of catalogs that people look into: those of files alone only where there is no other.
func Portals(rows []CatalogRow) []CatalogRow {
	others := slices.DeleteFunc(slices.Clone(rows), func(r CatalogRow) bool { return !metrics.AsksFor(metrics.Portals, r.Source) })
	if len(others) == 0 {
		return rows
	}
	return others
}

// catalogued is a measure of catalogs. Those of several portals are put together; teams and paths have none of their own.
func catalogued(figure func([]CatalogRow) measured) measure {
	return each(func(ctx context.Context, db DB, k metrics.KeyResult, at metrics.Instant) (measured, error) {
		if k.Team != "" || k.Group != "" || k.Path != "" {
			return unmeasured(metrics.ReasonNotMeasured), nil
		}
		rows, err := Catalog(ctx, db, CatalogQuestion{AsOf: at})
		if err != nil || len(rows) == 0 {
			return unmeasured(metrics.ReasonNotMeasured), err
		}
		return figure(Portals(rows)), nil
	})
}

// catalogRate puts the rates of several catalogs together.
func catalogRate(name string, pick func(CatalogRow) Rate) func([]CatalogRow) measured {
	return unlessUnknown(name, pick, func(rows []CatalogRow) measured { return measuredRate(pooled(rows, pick)) })
}

// unlessUnknown is a figure that has no value where nothing is known of what the rates of catalogs count: then they are 0, as
// what is not known counts as not so, and could be 1 as well.
func unlessUnknown(name string, pick func(CatalogRow) Rate, figure func([]CatalogRow) measured) func([]CatalogRow) measured {
	return func(rows []CatalogRow) measured {
		unknown := false
		for _, r := range rows {
			if pick(r).Den == 0 {
				continue
			}
			if unknown = r.Bounds[name] == (Bounds{0, 1}); !unknown {
				break
			}
		}
		if unknown {
			return unmeasured(metrics.ReasonAllUnknown)
		}
		return figure(rows)
	}
}

// catalogBest is the highest of the rates of several catalogs. Each of them is asked for the same repositories: put together,
// every repository would count as often as there are portals, and a second portal that has less would make what the first
// has look worse. A repository that only a lesser one has does not count, so this is a lower bound.
func catalogBest(name string, pick func(CatalogRow) Rate) func([]CatalogRow) measured {
	return unlessUnknown(name, pick, func(rows []CatalogRow) measured {
		best := pick(rows[0])
		for _, row := range rows[1:] {
			if r := pick(row); r.Rate != nil && (best.Rate == nil || *r.Rate > *best.Rate) {
				best = r
			}
		}
		return measuredRate(best)
	})
}

// catalogDark is the lowest of the counts of dark repositories of several catalogs, for the same reason. It has no value where
// no active repository is known.
func catalogDark(rows []CatalogRow) measured {
	fewest, most, unread := math.Inf(1), math.Inf(1), 0
	for _, r := range rows {
		if unread = max(unread, r.Unread); r.Coverage.Den > 0 {
			fewest, most = min(fewest, float64(r.Dark)), min(most, float64(r.Coverage.Den-r.Coverage.Num+r.Unread))
		}
	}
	switch {
	case !math.IsInf(fewest, 1):
		return atMost(fewest, most)
	case unread > 0:
		return unmeasured(metrics.ReasonAllUnknown)
	}
	return unmeasured(metrics.ReasonEmpty)
}

// catalogGhosts adds up the ghosts of several catalogs. It has no value where of nothing in them it is known whether it is one.
func catalogGhosts(rows []CatalogRow) measured {
	sum, most, all := 0., 0., 0.
	for _, r := range rows {
		unknown := 0.
		if b, ok := r.Bounds["ghosts"]; ok {
			unknown = b[1] - b[0]
		}
		sum, most, all = sum+float64(r.Ghosts), most+float64(r.Ghosts)+unknown, all+float64(r.Entities)
	}
	if all > 0 && sum == 0 && most == all {
		return unmeasured(metrics.ReasonAllUnknown)
	}
	return atMost(sum, most)
}

// atMost is a count that could be higher.
func atMost(value, most float64) measured {
	m := measured{Value: &value}
	if most > value {
		m.Most = &most
	}
	return m
}

// catalogHalfLife is the shortest half-life of several catalogs.
func catalogHalfLife(rows []CatalogRow) measured {
	shortest := math.Inf(1)
	for _, r := range rows {
		if r.HalfLifeDays != nil {
			shortest = min(shortest, *r.HalfLifeDays)
		}
	}
	if math.IsInf(shortest, 1) {
		return unmeasured(metrics.ReasonNotReached)
	}
	return measured{Value: &shortest}
}
