package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed catalog_words.sql
	catalogWordsSQL string
	//go:embed catalog_judged.sql
	catalogJudgedSQL string
	//go:embed catalog_gone.sql
	catalogGoneSQL string
)

// CatalogWord is what entities of catalogs have many of, by which they can be asked for.
type CatalogWord string

// What entities can be asked for by.
const (
	CatalogKind   CatalogWord = "kind"
	CatalogField  CatalogWord = "field"
	CatalogRepo   CatalogWord = "repo"   // identities, as catalogs name them
	CatalogEntity CatalogWord = "entity" // kind:namespace/name
)

// CatalogWords returns the words of a sort that the entities of a catalog have, or those of all catalogs where source is "".
func CatalogWords(ctx context.Context, db DB, what CatalogWord, source string) ([]string, error) {
	type row struct {
		Word string `ch:"word"`
	}
	rows, err := ask[row](ctx, db, "what entities of catalogs have", catalogWordsSQL, map[string]any{"what": string(what), "source": source})
	return answers(rows, func(r *row) string { return r.Word }), err
}

// CatalogGoneRow is an entity that a catalog had and does not have any more.
type CatalogGoneRow struct {
	Source string
	Entity string    // kind:namespace/name
	At     time.Time // of the first whole list without it
}

// CatalogGone returns the entities of a name that portals had and have not, what went last first. The name is one as in
// CatalogEntitiesQuestion; the empty source is all of them. Catalog files leave no trace of what they described.
func CatalogGone(ctx context.Context, db DB, source, entity string) ([]CatalogGoneRow, error) {
	type row struct {
		Source string    `ch:"source"`
		Entity string    `ch:"entity"`
		At     time.Time `ch:"at"`
	}
	rows, err := ask[row](ctx, db, "what catalogs had", catalogGoneSQL, map[string]any{"source": source, "entity": entity})
	return answers(rows, func(r *row) CatalogGoneRow { return CatalogGoneRow{r.Source, r.Entity, r.At} }), err
}

// CatalogJudged returns when catalogs were judged last, as of a moment; nil where none was by then.
func CatalogJudged(ctx context.Context, db DB, asOf metrics.Instant) (*time.Time, error) {
	type row struct {
		At *time.Time `ch:"at"`
	}
	rows, err := ask[row](ctx, db, "when catalogs were judged", catalogJudgedSQL, map[string]any{"at": moment(asOf)})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].At, nil
}
