package dashboards

import (
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// coveragePage is the list behind the coverage of catalogs: a row a repository that one should have.
type coveragePage struct {
	unitsPage
	rows []query.CatalogCoverageRow // of a file
}

// coverageSelections lists what coverage counts, and parts of it, by whether there is an entity.
func coverageSelections() []option {
	return []option{{Text: "All that are active"}, {Value: "yes", Text: "With an entity"}, {Value: "no", Text: "Dark, without one"}, {Value: "unknown", Text: "With one or not, not known"}, {Value: query.Nobody, Text: "In no coverage: active or not, not known"}}
}

// coverageLink is the address of the list of repositories that a catalog should have, or of some of them.
func (c catalogs) coverageLink(q *request, source, only string) string {
	if c.past() {
		return ""
	}
	return q.link("/catalog/repos", nil, "source", source, "only", only)
}

func fillCatalogCoverage(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	catalogs, err := p.catalogs(ctx, q)
	if err != nil {
		return content{}, err
	}
	only := field{Name: "only", Label: "Show", Value: q.oneOf("only", values(coverageSelections())...), Options: coverageSelections()}.choose()
	page := coveragePage{unitsPage: unitsPage{Empty: catalogs.empty(q, known), Filters: known.filters(q, "team"), Table: table{Label: "Repositories that catalogs should have",
		Columns: texts("Repository", "Catalog", "Has an entity", "Entity", "Team"), Next: "No repository is like that. Take a filter away."}}}
	page.Filters.prepend(q, catalogs.field(q), only)
	intro := "The list behind coverage: active repositories, those that deploy where deployments are known, and whether the catalog has an entity for each."
	if page.Empty == nil {
		ask := query.CatalogCoverageQuestion{Source: q.values["source"], Team: known.team(q), Has: only.Value, AsOf: q.asOf}
		if err := p.fillCoverageRows(ctx, q, ask, &page); err != nil {
			return content{}, err
		}
		kept, err := p.coverageKept(ctx, q, catalogs, only.Value)
		if err != nil {
			return content{}, err
		}
		intro += kept
	}
	page.Mistakes = q.mistakes
	return content{heading: "What catalogs should have", body: &page, intro: intro}, nil
}

// coverageKept says what of the list was not kept: that of earlier judgements, and of one by an older version what has an entity, or
// of what nobody knows whether it should.
func (p *Pages) coverageKept(ctx context.Context, q *request, c catalogs, only string) (string, error) {
	if c.past() {
		return fmt.Sprintf(" Repositories are listed as they were judged last, on %s. Of earlier judgements only figures are kept.", day(metrics.At(*c.last))), nil
	}
	covered, nobody := 0, 0
	for _, r := range c.rows {
		covered, nobody = covered+r.Coverage.Num, nobody+r.Unread
	}
	counted, has, words := covered, "yes", plural(covered, "repository has", "repositories have")+" an entity"
	if only == query.Nobody {
		counted, has, words = nobody, query.Nobody, plural(nobody, "repository is", "repositories are")+" in no coverage"
	}
	if counted == 0 {
		return "", nil
	}
	rows, err := query.CatalogCoverage(ctx, p.DB, query.CatalogCoverageQuestion{Source: q.values["source"], Has: has, AsOf: q.asOf, Limit: 1})
	if err == nil && len(rows) == 0 {
		return " Which " + words + " is known with the next scan: this judgement did not keep it.", nil
	}
	return "", err
}

// fillCoverageRows takes the rows of one page, or all for a file.
func (p *Pages) fillCoverageRows(ctx context.Context, q *request, ask query.CatalogCoverageQuestion, page *coveragePage) (err error) {
	if q.oneOf("format", "", formatCSV) == formatCSV {
		page.rows, err = query.CatalogCoverage(ctx, p.DB, ask)
		return err
	}
	ask.After, ask.Limit = after[query.CatalogCoverageKey](q), unitsPerPage+1
	found, err := query.CatalogCoverage(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask which repositories catalogs should have: %w", err)
	}
	rows, more := onPage(found)
	var last query.CatalogCoverageKey
	for _, r := range rows {
		page.Table.Rows = append(page.Table.Rows, []cell{lead(r.Repo, q.link("/repo", nil, "repo", r.Repo)), say(r.Source), say(hasWords(r.Has)), coveredBy(q, r), team(q, r.Team)})
		last = r.Key()
	}
	kept := []string{"source", "team", "only"}
	page.links(q, kept, more, last)
	page.CSV = q.link(q.address, kept, "format", formatCSV)
	return nil
}

// hasWords says whether a catalog has something.
func hasWords(has string) string {
	switch has {
	case "unknown":
		return "not known"
	case query.Nobody:
		return "not asked: nobody may work there"
	}
	return has
}

// coveredBy names the entities about a repository.
func coveredBy(q *request, r query.CatalogCoverageRow) cell {
	const most = 3
	if len(r.Entities) == 0 {
		return say("")
	}
	c := lead(clipped(r.Entities[0]), q.link("/catalog/entities", nil, "source", r.Source, "entity", r.Entities[0]))
	for i, ref := range r.Entities[1:] {
		if i == most {
			c.Sub = append(c.Sub, fmt.Sprintf("and %s more", count(len(r.Entities)-1-most)))
			break
		}
		c.Sub = append(c.Sub, clipped(ref))
	}
	return c
}

// records are the rows of the list, as a file.
func (page *coveragePage) records() [][]string {
	list := [][]string{{"source", "repo", "has", "entities", "team"}}
	for _, r := range page.rows {
		list = append(list, []string{query.Cell(r.Source), query.Cell(r.Repo), r.Has, query.Cell(strings.Join(r.Entities, ";")), query.Cell(string(r.Team))})
	}
	return list
}
