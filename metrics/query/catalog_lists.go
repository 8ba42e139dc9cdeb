package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed catalog_dark.sql
	catalogDarkSQL string
	//go:embed catalog_duplicates.sql
	catalogDuplicatesSQL string
	//go:embed catalog_disagreements.sql
	catalogDisagreementsSQL string
)

// CatalogDarkRow is an active repository that has no entity in a catalog.
type CatalogDarkRow struct {
	Source string          `json:"source"`
	Repo   string          `json:"repo"`
	Team   metrics.TeamKey `json:"team"` // that owns it now; "" where nobody is known to
}

// CatalogDark returns the active repositories that catalogs do not have, by source and name: those of a team, where one is
// given.
func CatalogDark(ctx context.Context, db DB, source string, team metrics.TeamKey, at metrics.Instant) ([]CatalogDarkRow, error) {
	type row struct {
		Source string `ch:"source"`
		Repo   string `ch:"repo"`
		Team   string `ch:"team"`
	}
	rows, err := ask[row](ctx, db, "for dark repositories", catalogDarkSQL, map[string]any{"source": source, "team": string(team), "at": moment(at)})
	return answers(rows, func(r *row) CatalogDarkRow { return CatalogDarkRow{r.Source, r.Repo, metrics.TeamKey(r.Team)} }), err
}

// CatalogDuplicateRow is something that several entities of a catalog claim.
type CatalogDuplicateRow struct {
	Source   string   `json:"source"`
	What     string   `json:"what"`   // place or name
	Claims   string   `json:"claims"` // the repository or the folder in it, or kind:name, whose entities lie in different repositories
	Entities []string `json:"entities"`
	Places   []string `json:"places"` // of each entity: the repository, or the folder in it, as metrics.UnitName has it
}

// CatalogDuplicates returns what several entities claim, by source, places first.
func CatalogDuplicates(ctx context.Context, db DB, source string) ([]CatalogDuplicateRow, error) {
	type row struct {
		Source string   `ch:"source"`
		Claims string   `ch:"claims"`
		Place  bool     `ch:"place"`
		Refs   []string `ch:"refs"`
		Places []string `ch:"places"`
	}
	rows, err := ask[row](ctx, db, "for duplicates in catalogs", catalogDuplicatesSQL, map[string]any{"source": source})
	return answers(rows, func(r *row) CatalogDuplicateRow {
		what := "name"
		if r.Place {
			what = "place"
		}
		return CatalogDuplicateRow{r.Source, what, r.Claims, texts(r.Refs), texts(r.Places)}
	}), err
}

// CatalogDisagreementRow is a field on which two catalogs say different things of one place.
type CatalogDisagreementRow struct {
	Place string      `json:"place"`
	Field string      `json:"field"`
	A     CatalogSide `json:"a"`
	B     CatalogSide `json:"b"`
}

// CatalogSide is what one catalog says.
type CatalogSide struct {
	Source string   `json:"source"`
	Entity string   `json:"entity"`
	Values []string `json:"values"` // as they were typed
}

// CatalogDisagreements returns where catalogs disagree, by place and field: on one field, where one is given.
func CatalogDisagreements(ctx context.Context, db DB, field string) ([]CatalogDisagreementRow, error) {
	type row struct {
		Place   string   `ch:"place"`
		Field   string   `ch:"field"`
		ASource string   `ch:"a_source"`
		ARef    string   `ch:"a_ref"`
		AValues []string `ch:"a_values"`
		BSource string   `ch:"b_source"`
		BRef    string   `ch:"b_ref"`
		BValues []string `ch:"b_values"`
	}
	rows, err := ask[row](ctx, db, "on what catalogs disagree", catalogDisagreementsSQL, map[string]any{"field": field})
	return answers(rows, func(r *row) CatalogDisagreementRow {
		return CatalogDisagreementRow{
			Place: r.Place, Field: r.Field,
			A: CatalogSide{r.ASource, r.ARef, texts(r.AValues)}, B: CatalogSide{r.BSource, r.BRef, texts(r.BValues)},
		}
	}), err
}
