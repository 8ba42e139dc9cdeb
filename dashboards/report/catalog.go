package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// catalogs finds how fresh the catalogs are, or what the team has in them. A path has none.
func (w *build) catalogs() error {
	switch w.Scope.Kind {
	case Leadership:
		return w.wholeCatalogs()
	case OfTeam:
		return w.ownCatalogs()
	}
	return nil
}

// catalogsAt are all catalogs as they were judged by a moment.
func (w *build) catalogsAt(at metrics.Instant) ([]query.CatalogRow, error) {
	return once(w.Builder, fmt.Sprint("catalogs ", at), func() ([]query.CatalogRow, error) {
		return query.Catalog(w.ctx, w.db, query.CatalogQuestion{AsOf: at})
	})
}

func (w *build) wholeCatalogs() error {
	now, err := w.catalogsAt(w.asOf)
	if err != nil {
		return err
	}
	before, err := w.catalogsAt(w.Week.From)
	if err != nil {
		return err
	}
	for _, row := range now {
		c := Catalog{Source: row.Source, Now: row.Fresh, Before: query.Undefined(metrics.ReasonEmpty), Owners: row.Owners,
			Ghosts: row.Ghosts, Dark: row.Dark, Whole: true}
		if b, ok := row.Bounds["fresh"]; ok {
			c.Bounds = &b
		}
		if i := slices.IndexFunc(before, func(r query.CatalogRow) bool { return r.Source == row.Source }); i >= 0 {
			c.Before = before[i].Fresh
		}
		w.r.Catalogs = append(w.r.Catalogs, c)
	}
	return nil
}

// ownCatalogs counts the entities that the team owns, as they are judged now.
func (w *build) ownCatalogs() error {
	rows, err := w.entities()
	if err != nil {
		return err
	}
	type counts struct{ all, fresh, unsure, right, ghosts int }
	of := map[string]*counts{}
	var sources []string
	for _, e := range rows {
		c := of[e.Source]
		if c == nil {
			c = new(counts)
			of[e.Source], sources = c, append(sources, e.Source)
		}
		c.all++
		c.fresh += one(e.Fresh == "yes")
		c.unsure += one(e.Fresh == "unknown")
		c.right += one(e.Owner.Right == "yes")
		c.ghosts += one(e.Ghost == "yes")
	}
	for _, s := range sources {
		c := of[s]
		catalog := Catalog{Source: s, Now: query.NewRate(c.fresh, c.all, metrics.ReasonEmpty), Ghosts: c.ghosts,
			Owners: query.NewRate(c.right, c.all, metrics.ReasonEmpty), Before: query.Undefined(metrics.ReasonEmpty)}
		if c.unsure > 0 {
			catalog.Bounds = &query.Bounds{float64(c.fresh) / float64(c.all), float64(c.fresh+c.unsure) / float64(c.all)}
		}
		w.r.Catalogs = append(w.r.Catalogs, catalog)
	}
	return nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// entities are what the team owns in catalogs.
func (w *build) entities() ([]query.CatalogEntityRow, error) {
	team := metrics.TeamKey(w.Scope.Key)
	ask := query.CatalogEntitiesQuestion{Counted: true, Team: team, AsOf: w.asOf}
	if !w.many {
		return query.CatalogEntities(w.ctx, w.db, ask)
	}
	all, err := once(w.Builder, "entities", func() (map[string][]query.CatalogEntityRow, error) {
		rows, err := query.CatalogEntities(w.ctx, w.db, query.CatalogEntitiesQuestion{Counted: true, AsOf: w.asOf})
		byTeam := make(map[string][]query.CatalogEntityRow)
		for _, e := range rows {
			for _, t := range e.Owner.Teams {
				byTeam[t] = append(byTeam[t], e)
			}
		}
		return byTeam, err
	})
	return all[string(team)], err
}

// states are the states of all units that matter to unknown things and actions, at a moment.
func (w *build) states(at metrics.Instant, state metrics.State) ([]query.StateRow, error) {
	return once(w.Builder, fmt.Sprint("states ", state, at), func() ([]query.StateRow, error) {
		return query.States(w.ctx, w.db, query.StatesQuestion{State: state, AsOf: at})
	})
}

// maxNamed is how many unknown repositories are named.
const maxNamed = 3

// unknown counts the units that are unknown, once each, by why.
func (w *build) unknown() error {
	now, err := w.states(w.asOf, metrics.Unknown)
	if err != nil {
		return err
	}
	before, err := w.states(w.Week.From, metrics.Unknown)
	if err != nil {
		return err
	}
	newest, err := w.states(w.now, metrics.Unknown)
	if err != nil {
		return err
	}
	u := &w.r.Unknown
	u.Before, u.Newest = len(w.unitsOf(before)), len(w.unitsOf(newest))
	reasons := map[metrics.Reason]int{}
	for _, row := range w.unitsOf(now) {
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
	return nil
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
