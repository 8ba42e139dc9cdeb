package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed catalog_fields.sql
	catalogFieldsSQL string
	//go:embed catalog_without.sql
	catalogWithoutSQL string
)

// CatalogFieldsQuestion says which fields of catalogs are asked for.
type CatalogFieldsQuestion struct {
	Source string // of one catalog; "" for all
	Advice string // automate, keep or kill; "" for any
}

// CatalogFieldRow says what a field of a catalog is worth.
type CatalogFieldRow struct {
	Source     string   `json:"source"`
	Field      string   `json:"field"`
	Filled     Rate     `json:"filled"` // of the entities of kinds that have the field
	Right      Rate     `json:"right"`  // of the filled, as are the next four
	Wrong      Rate     `json:"wrong"`
	Aged       Rate     `json:"aged"`
	Unverified Rate     `json:"unverified"` // none of these
	Machine    Rate     `json:"machine"`    // that a program wrote
	Distinct   int      `json:"distinct"`
	AgeDays    *float64 `json:"age_days"` // since the last confirmation, the median; null where none is known

	Truth      string   `json:"source_of_truth"` // what could fill it; "" for nothing
	Fillable   Rate     `json:"fillable"`        // of the entities of kinds that have the field, those that it could be filled for
	Advice     string   `json:"advice"`          // automate, keep or kill
	Why        string   `json:"why"`
	IfFollowed *float64 `json:"freshness_if_followed"` // what catalog freshness would be then
}

// CatalogFields returns what fields of catalogs are worth, by source and name.
func CatalogFields(ctx context.Context, db DB, q CatalogFieldsQuestion) ([]CatalogFieldRow, error) {
	type row struct {
		Source   string   `ch:"source"`
		Field    string   `ch:"field"`
		Filled   []uint32 `ch:"filled"`
		Right    []uint32 `ch:"right"`
		Wrong    []uint32 `ch:"wrong"`
		Aged     []uint32 `ch:"aged"`
		Machine  []uint32 `ch:"machine"`
		Fillable []uint32 `ch:"fillable"`
		Followed []uint32 `ch:"followed"`
		Distinct uint32   `ch:"distinct"`
		Age      *float64 `ch:"age"`
		Truth    string   `ch:"truth"`
		Advice   string   `ch:"advice"`
		Why      string   `ch:"why"`
	}
	rows, err := ask[row](ctx, db, "for fields of catalogs", catalogFieldsSQL, map[string]any{"source": q.Source, "advice": q.Advice})
	return answers(rows, func(r *row) CatalogFieldRow {
		rest := portion{r.Filled[0] - r.Right[0] - r.Wrong[0] - r.Aged[0], r.Filled[0]}
		return CatalogFieldRow{
			Source: r.Source, Field: r.Field, Filled: portion(r.Filled).rate(), Right: portion(r.Right).rate(), Wrong: portion(r.Wrong).rate(),
			Aged: portion(r.Aged).rate(), Unverified: rest.rate(), Machine: portion(r.Machine).rate(), Distinct: int(r.Distinct), AgeDays: r.Age, Truth: r.Truth,
			Fillable: portion(r.Fillable).rate(), Advice: r.Advice, Why: r.Why, IfFollowed: portion(r.Followed).value(),
		}
	}), err
}

// CatalogWithoutRow says how fresh a catalog would be without some of its fields.
type CatalogWithoutRow struct {
	Source  string   `json:"source"`
	Without []string `json:"without"`
	Now     Rate     `json:"now"` // how fresh it is
	Fresh   Rate     `json:"fresh"`
	Bounds  *Bounds  `json:"bounds"` // of Fresh; null where all is known
}

// CatalogWithout returns how fresh catalogs would be if nobody asked for some of their fields, by source. Where nothing is
// left that makes an entity fresh, there is nothing to count.
func CatalogWithout(ctx context.Context, db DB, source string, fields []string, asOf metrics.Instant) ([]CatalogWithoutRow, error) {
	type row struct {
		Source  string `ch:"source"`
		Num     uint32 `ch:"num"`
		Den     uint32 `ch:"den"`
		Unknown uint32 `ch:"unknown"`
	}
	now, err := Catalog(ctx, db, CatalogQuestion{Source: source, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	rows, err := ask[row](ctx, db, "for catalogs without fields", catalogWithoutSQL, map[string]any{"source": source, "fields": append([]string{""}, fields...), "automated": []string{""}})
	left := map[string]portion{}
	for _, r := range rows {
		left[r.Source] = portion{r.Num, r.Den, r.Unknown}
	}
	return answers(now, func(c *CatalogRow) CatalogWithoutRow {
		out := CatalogWithoutRow{Source: c.Source, Without: fields, Now: c.Fresh, Fresh: Undefined(metrics.ReasonEmpty)}
		if p, counted := left[c.Source]; counted {
			out.Fresh = p.rate()
			if p[2] > 0 {
				lo, hi := p.share().Bounds()
				out.Bounds = &Bounds{lo, hi}
			}
		}
		return out
	}), err
}
