package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed catalog_coverage.sql
var catalogCoverageSQL string

// CatalogCoverageQuestion says of which catalog and team the repositories are asked for. The zero value of a filter is no filter.
type CatalogCoverageQuestion struct {
	Source string
	Team   metrics.TeamKey // that owns them at AsOf
	Repo   string          // this one alone, by its newest name
	Has    string          // as in the rows; Nobody: those of which it is not known whether anybody works there, which no coverage counts

	AsOf  metrics.Instant
	After *CatalogCoverageKey // the rows that follow this one
	Limit int                 // at most so many; 0: all
}

// Nobody stands in the place of whether a repository has an entity, where it is not known whether it should.
const Nobody = "nobody"

// CatalogCoverageKey is what the rows of coverage are ordered by.
type CatalogCoverageKey struct {
	Source string `json:"source"`
	Repo   string `json:"repo"`
}

// CatalogCoverageRow is an active repository that a catalog should have.
type CatalogCoverageRow struct {
	Source   string          `json:"source"`
	Repo     string          `json:"repo"`
	Has      string          `json:"has"`      // whether it has an entity: yes, no or unknown; Nobody
	Entities []string        `json:"entities"` // about it
	Team     metrics.TeamKey `json:"team"`     // that owns it; "" where nobody is known to
}

// Key returns where the row stands in the order of rows.
func (r CatalogCoverageRow) Key() CatalogCoverageKey { return CatalogCoverageKey{r.Source, r.Repo} }

// CatalogCoverage returns the repositories that the coverage of each catalog counts, as they were judged last, by source and name. Of
// what was judged before that was kept, those with an entity are missing.
func CatalogCoverage(ctx context.Context, db DB, q CatalogCoverageQuestion) ([]CatalogCoverageRow, error) {
	type row struct {
		Source   string   `ch:"source"`
		Repo     string   `ch:"repo"`
		Has      string   `ch:"has"`
		Entities []string `ch:"entities"`
		Team     string   `ch:"team"`
	}
	after := CatalogCoverageKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[row](ctx, db, "which repositories catalogs should have", catalogCoverageSQL, map[string]any{
		"source": q.Source, "team": string(q.Team), "has": q.Has, "repo": q.Repo, "at": moment(q.AsOf), "continued": q.After != nil, "after_source": after.Source, "after_repo": after.Repo, "limit": limit(q.Limit),
	})
	return answers(rows, func(r *row) CatalogCoverageRow {
		return CatalogCoverageRow{r.Source, r.Repo, r.Has, texts(r.Entities), metrics.TeamKey(r.Team)}
	}), err
}
