package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// catalogs finds how fresh the catalogs are, or what the team or those of the group have in them, as the newest judgement by the
// end of the week has it. A path has none.
func (w *build) catalogs() error {
	if w.Scope.Kind == OfPath {
		return nil
	}
	now, err := w.catalogsAt(w.asOf)
	if err != nil {
		return err
	}
	newest, err := w.catalogsAt(w.now)
	if err != nil {
		return err
	}
	switch {
	case len(now) == 0 && len(newest) > 0:
		w.r.NoCatalog = fmt.Sprintf("No catalog had been judged by the end of that week. The newest judgement is of %s, and says nothing of the time before.",
			w.r.minute(metrics.At(newest[0].JudgedAt)))
		return nil
	case len(now) == 0 && w.Scope.Kind == Leadership:
		w.r.NoCatalog = "No catalog was judged yet: no scan has found one."
		return nil
	case len(now) == 0:
		return nil
	case w.Scope.Kind == Leadership:
		return w.wholeCatalogs(now)
	}
	return w.ownCatalogs(now)
}

// catalogsAt are all catalogs as they were judged by a moment.
func (w *build) catalogsAt(at metrics.Instant) ([]query.CatalogRow, error) {
	return once(w.Builder, fmt.Sprint("catalogs ", at), func() ([]query.CatalogRow, error) {
		return query.Catalog(w.ctx, w.db, query.CatalogQuestion{AsOf: at})
	})
}

func (w *build) wholeCatalogs(now []query.CatalogRow) error {
	before, err := w.catalogsAt(w.Week.From)
	if err != nil {
		return err
	}
	for _, row := range now {
		c := Catalog{Source: row.Source, Now: row.Fresh, Before: query.Undefined(metrics.ReasonEmpty), Owners: row.Owners,
			Ghosts: row.Ghosts, Dark: row.Dark, Whole: true, Judged: metrics.At(row.JudgedAt)}
		if b, ok := row.Bounds["fresh"]; ok {
			c.Bounds = &b
		}
		if b, ok := row.Bounds["owners"]; ok {
			c.OwnerBounds = &b
		}
		if i := slices.IndexFunc(before, func(r query.CatalogRow) bool { return r.Source == row.Source }); i >= 0 {
			c.Before = before[i].Fresh
		}
		w.r.Catalogs = append(w.r.Catalogs, c)
	}
	return nil
}

// ownCatalogs counts the entities that the team owns, or the teams of the group.
func (w *build) ownCatalogs(judged []query.CatalogRow) error {
	rows, err := w.entities()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return w.noEntities(judged)
	}
	type counts struct{ all, fresh, freshUnsure, right, rightUnsure, ghosts int }
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
		c.freshUnsure += one(e.Fresh == "unknown")
		c.right += one(e.Owner.Right == "yes")
		c.rightUnsure += one(e.Owner.Right == "unknown")
		c.ghosts += one(e.Ghost == "yes")
	}
	for _, s := range sources {
		c := of[s]
		catalog := Catalog{Source: s, Now: query.NewRate(c.fresh, c.all, metrics.ReasonEmpty), Ghosts: c.ghosts,
			Owners: query.NewRate(c.right, c.all, metrics.ReasonEmpty), Before: query.Undefined(metrics.ReasonEmpty), Judged: metrics.At(judged[0].JudgedAt)}
		catalog.Bounds, catalog.OwnerBounds = between(c.fresh, c.freshUnsure, c.all), between(c.right, c.rightUnsure, c.all)
		w.r.Catalogs = append(w.r.Catalogs, catalog)
	}
	return nil
}

// between is what a share can be of which some is not known; nil where all is.
func between(sure, unsure, all int) *query.Bounds {
	if unsure == 0 {
		return nil
	}
	return &query.Bounds{float64(sure) / float64(all), float64(sure+unsure) / float64(all)}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// noEntities says why there are none: what single entities came to is not kept for long.
func (w *build) noEntities(judged []query.CatalogRow) error {
	some, err := once(w.Builder, fmt.Sprint("any entity ", w.asOf), func() ([]query.CatalogEntityRow, error) {
		return query.CatalogEntities(w.ctx, w.db, query.CatalogEntitiesQuestion{Counted: true, AsOf: w.asOf, Limit: 1})
	})
	held := slices.ContainsFunc(judged, func(c query.CatalogRow) bool { return c.Entities > 0 })
	if err == nil && held && len(some) == 0 {
		w.r.NoCatalog = "The catalogs were judged by the end of that week. What each entity came to then is no longer kept: only the newest judgements have it."
	}
	return err
}

// entities are what the team, or those of the group, own in catalogs, as they were judged by the end of the week.
func (w *build) entities() ([]query.CatalogEntityRow, error) {
	if w.Scope.Kind == OfTeam && !w.many {
		return once(w.Builder, fmt.Sprint("entities of ", w.Scope, w.asOf), func() ([]query.CatalogEntityRow, error) {
			return query.CatalogEntities(w.ctx, w.db, query.CatalogEntitiesQuestion{Counted: true, Team: metrics.TeamKey(w.Scope.Key), AsOf: w.asOf})
		})
	}
	byTeam, err := once(w.Builder, fmt.Sprint("entities ", w.asOf), func() (map[metrics.TeamKey][]query.CatalogEntityRow, error) {
		rows, err := query.CatalogEntities(w.ctx, w.db, query.CatalogEntitiesQuestion{Counted: true, AsOf: w.asOf})
		of := make(map[metrics.TeamKey][]query.CatalogEntityRow)
		for _, e := range rows {
			for _, t := range e.Owner.Teams {
				of[metrics.TeamKey(t)] = append(of[metrics.TeamKey(t)], e)
			}
		}
		return of, err
	})
	if err != nil || w.Scope.Kind == OfTeam {
		return byTeam[metrics.TeamKey(w.Scope.Key)], err
	}
	var list []query.CatalogEntityRow
	seen := map[query.CatalogEntityKey]bool{}
	for _, team := range slices.Sorted(maps.Keys(byTeam)) {
		for _, e := range byTeam[team] {
			if w.inScope(team) && !seen[e.Key()] {
				seen[e.Key()] = true
				list = append(list, e)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b query.CatalogEntityRow) int { return cmp.Compare(a.Source, b.Source) })
	return list, nil
}

// catalogs puts the catalogs into words.
func (r *Report) catalogs() section {
	s := section{Title: "Catalog freshness", Empty: r.NoCatalog}
	if len(r.Catalogs) == 0 {
		return s
	}
	which := map[ScopeKind]string{OfTeam: "the entities that the team owns", OfGroup: "the entities that teams of the group own"}[r.Scope.Kind]
	s.Intro = "Of " + cmp.Or(which, "all entities") + ", those whose owner is right, and of whose fields that count none is wrong, or confirmed too long ago."
	for _, c := range r.Catalogs {
		value, _ := rate(c.Now, c.Bounds, Teams)
		f := figure{Title: clip(c.Source, 80), Value: value, Href: r.link("/catalog", "source", c.Source),
			Beside: []string{sentence(count(c.Now.Num)+" of "+plural(c.Now.Den, "entity", "entities"), interval(c.Now), "judged "+r.minute(c.Judged))}}
		if c.Whole {
			before := "A week ago it was not judged yet."
			if c.Before.Rate != nil {
				before = "A week ago: " + percent(*c.Before.Rate) + "."
			}
			f.Beside = append(f.Beside, before)
		}
		if c.Owners.Rate != nil {
			right, _ := rate(c.Owners, c.OwnerBounds, Teams)
			text := "Owners are right for " + right + "."
			if c.Ghosts > 0 {
				text += " " + plural(c.Ghosts, "entity has no living source.", "entities have no living source.")
			}
			if c.Dark > 0 {
				text += " " + plural(c.Dark, "active repository has no entity.", "active repositories have no entity.")
			}
			f.Beside = append(f.Beside, text)
		}
		s.Figures = append(s.Figures, f)
	}
	return s
}
