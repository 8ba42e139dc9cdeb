package dashboards

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func (e *exploring) freshness(ctx context.Context) ([]explored, error) {
	return e.catalogRates(ctx, "fresh", func(r query.CatalogRow) query.Rate { return r.Fresh }, func(r query.CatalogTeamRow) (query.Rate, *query.Bounds) { return r.Fresh, r.FreshBounds })
}

func (e *exploring) owners(ctx context.Context) ([]explored, error) {
	return e.catalogRates(ctx, "owners", func(r query.CatalogRow) query.Rate { return r.Owners }, func(r query.CatalogTeamRow) (query.Rate, *query.Bounds) { return r.Owners, r.OwnersBounds })
}

func (e *exploring) coverage(ctx context.Context) ([]explored, error) {
	return e.catalogRates(ctx, "coverage", func(r query.CatalogRow) query.Rate { return r.Coverage }, nil)
}

// catalogRates tells a rate of each catalog, or of the entities in it that each team owns. Its lists have the entities that are
// so, or that are counted where none is, which are known of the last judgement.
func (e *exploring) catalogRates(ctx context.Context, name string, whole func(query.CatalogRow) query.Rate, ofTeam func(query.CatalogTeamRow) (query.Rate, *query.Bounds)) (list []explored, err error) {
	c, err := e.catalogs(ctx, e.q)
	if err != nil {
		return nil, err
	}
	switch {
	case len(c.rows) == 0 && c.last != nil:
		e.cut = fmt.Sprintf("No catalog was judged by %s. The last judgement is of %s.", day(e.q.asOf), day(metrics.At(*c.last)))
	case c.past():
		e.cut = fmt.Sprintf("Catalogs were judged on %s by then. Of that judgement figures of whole catalogs alone are kept; the last one is of %s.", day(metrics.At(c.rows[0].JudgedAt)), day(metrics.At(*c.last)))
	}
	so := map[string]string{"fresh": "fresh", "owners": "right"}[name]
	entities := func(source string, rate query.Rate, pairs ...string) string {
		show := so
		if show == "" || rate.Den == 0 || c.past() {
			return ""
		}
		if rate.Num == 0 {
			show = "counted"
		}
		return e.q.link("/catalog/entities", nil, append([]string{"source", source, "field", metrics.FieldOwner, "show", show}, pairs...)...)
	}
	if e.by == byCatalog {
		for _, row := range c.rows {
			f := c.within(row, whole(row), name).to(entities(row.Source, whole(row)))
			if name == "coverage" {
				f.Href = c.coverageLink(e.q, row.Source, "")
			}
			list = append(list, explored{e.q.asOf, row.Source, f})
		}
		return list, nil
	}
	teams, err := query.CatalogByTeam(ctx, e.DB, query.CatalogQuestion{AsOf: e.q.asOf})
	for _, row := range teams {
		part := string(row.Team)
		if c.several() {
			part += ", " + row.Source
		}
		rate, bounds := ofTeam(row)
		f := newFigure(rate).within(bounds).to(entities(row.Source, rate, "team", string(row.Team)))
		list = append(list, explored{e.q.asOf, part, f})
	}
	return list, err
}
