package query_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// TestCatalogFiguresOpenLists: behind every figure of a catalog there is a list with as many rows, whatever the catalog is.
func TestCatalogFiguresOpenLists(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var all []clickhouse.Judgement
	for i := range 12 {
		records := drawnCatalog(r)
		for k := range records {
			if records[k].Orphan = r.IntN(3) == 0; r.IntN(3) == 0 {
				records[k].Problems = []string{"no type"}
			}
		}
		group := freshness.Record{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "pay"}, Orphan: true}}
		all = append(all, judged(fmt.Sprintf("catalog-%02d", i), now, append(records, group)...))
	}
	if err := db.WriteJudgements(ctx, now, all, nil); err != nil {
		t.Fatal(err)
	}
	catalogs, err := query.Catalog(ctx, db, query.CatalogQuestion{AsOf: now})
	if err != nil || len(catalogs) != len(all) {
		t.Fatalf("%d catalogs, %v", len(catalogs), err)
	}
	for i, c := range catalogs {
		owners := func(q query.CatalogEntitiesQuestion) int {
			q.Source = c.Source
			rows, err := query.CatalogOwners(ctx, db, q)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		entities := func(q query.CatalogEntitiesQuestion) int {
			q.Source = c.Source
			rows, err := query.CatalogEntities(ctx, db, q)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		dark, err := query.CatalogDark(ctx, db, c.Source, "", now)
		if err != nil {
			t.Fatal(err)
		}
		coverage := map[string]int{}
		for after := (*query.CatalogCoverageKey)(nil); ; {
			rows, err := query.CatalogCoverage(ctx, db, query.CatalogCoverageQuestion{Source: c.Source, AsOf: now, After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				coverage[r.Has]++
				coverage["all"]++
				key := r.Key()
				after = &key
			}
			if len(rows) < 2 {
				break
			}
		}
		nobody, err := query.CatalogCoverage(ctx, db, query.CatalogCoverageQuestion{Source: c.Source, Has: query.Nobody, AsOf: now})
		if err != nil {
			t.Fatal(err)
		}
		every, unknown := owners(query.CatalogEntitiesQuestion{}), all[i].Owners.Unknown
		for name, pair := range map[string][2]int{
			"entities":                {c.Entities, every},
			"fresh":                   {c.Fresh.Num, entities(query.CatalogEntitiesQuestion{Fresh: "yes"})},
			"fresh, of":               {c.Fresh.Den, every},
			"fresh, unknown":          {all[i].Fresh.Unknown, entities(query.CatalogEntitiesQuestion{Fresh: "unknown"})},
			"owners":                  {c.Owners.Num, owners(query.CatalogEntitiesQuestion{Right: "yes"})},
			"owners, of":              {c.Owners.Den, every},
			"owners, unknown":         {unknown, owners(query.CatalogEntitiesQuestion{Right: "unknown"})},
			"owners that are not":     {c.Owners.Den - c.Owners.Num - unknown, owners(query.CatalogEntitiesQuestion{Right: "no"})},
			"O1":                      {c.Ladder.O1.Num, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O1: "yes"}})},
			"O2":                      {c.Ladder.O2.Num, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O2: "yes"}})},
			"O3":                      {c.Ladder.O3.Num, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O3: "yes"}})},
			"O4":                      {c.Ladder.O4.Num, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O4: "yes"}})},
			"O5":                      {c.Ladder.O5.Num, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O5: "yes"}})},
			"O4, of":                  {c.Ladder.O4.Den, every},
			"O4, unknown":             {all[i].Ladder[3].Unknown, owners(query.CatalogEntitiesQuestion{Steps: query.OwnerSteps{O4: "unknown"}})},
			"ghosts":                  {c.Ghosts, entities(query.CatalogEntitiesQuestion{Ghost: "yes"})},
			"ghosts, unknown":         {int(c.Bounds["ghosts"][1] - c.Bounds["ghosts"][0]), entities(query.CatalogEntitiesQuestion{Ghost: "unknown"})},
			"dark":                    {c.Dark, len(dark)},
			"active repositories":     {c.Coverage.Den - all[i].Coverage.Unknown, c.Coverage.Num + len(dark)},
			"covered":                 {c.Coverage.Num, coverage["yes"]},
			"covered, of":             {c.Coverage.Den, coverage["all"]},
			"covered, unknown":        {all[i].Coverage.Unknown, coverage["unknown"]},
			"not covered":             {c.Dark, coverage["no"]},
			"in no coverage":          {c.Unread, len(nobody)},
			"orphans":                 {c.Orphans, entities(query.CatalogEntitiesQuestion{Orphan: "yes"})},
			"problems":                {*c.Problems, entities(query.CatalogEntitiesQuestion{Found: "yes"})},
			"no problems, and groups": {every + 1 - *c.Problems, entities(query.CatalogEntitiesQuestion{Found: "no"})},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %d, and its list has %d rows", c.Source, name, pair[0], pair[1])
			}
		}
		fieldsOpenLists(t, db, c.Source, now)
	}
}

// fieldsOpenLists holds the figures of the fields of a catalog, and of what it is without them, to their lists.
func fieldsOpenLists(t *testing.T, db query.DB, source string, now metrics.Instant) {
	t.Helper()
	list := func(q query.CatalogEntitiesQuestion) (rows int) {
		q.Source = source
		entities, err := query.CatalogEntities(t.Context(), db, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entities {
			rows += len(e.Fields)
		}
		return rows
	}
	fields, err := query.CatalogFields(t.Context(), db, query.CatalogFieldsQuestion{Source: source})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		verdict := func(v string) int {
			return list(query.CatalogEntitiesQuestion{Field: f.Field, Verdict: v, Counted: true})
		}
		without := func(then string) int {
			return list(query.CatalogEntitiesQuestion{Field: metrics.FieldOwner, Without: f.Field, Then: then})
		}
		followed := func(then string) int { // the advice
			q := query.CatalogEntitiesQuestion{Field: metrics.FieldOwner, Then: then}
			switch f.Advice {
			case "automate":
				q.Automated = f.Field
			case "kill":
				q.Without = f.Field
			}
			return list(q)
		}
		fillable := func(filled, fillable string) int {
			return list(query.CatalogEntitiesQuestion{Field: f.Field, Filled: filled, Fillable: fillable})
		}
		killed, err := query.CatalogWithout(t.Context(), db, source, []string{f.Field}, now)
		if err != nil {
			t.Fatal(err)
		}
		fresh, advised := killed[0], 0
		if f.IfFollowed != nil {
			advised = int(math.Round(*f.IfFollowed * float64(followed("yes")+followed("no")+followed("unknown"))))
		}
		for name, pair := range map[string][2]int{
			"filled":       {f.Filled.Num, list(query.CatalogEntitiesQuestion{Field: f.Field, Filled: "yes", Counted: true})},
			"not filled":   {f.Filled.Den - f.Filled.Num, list(query.CatalogEntitiesQuestion{Field: f.Field, Filled: "no"})},
			"fillable":     {f.Fillable.Num, fillable("", "yes")},
			"and filled":   {f.Fillable.Num, fillable("yes", "yes") + fillable("no", "yes")},
			"fillable not": {f.Fillable.Den - f.Fillable.Num, fillable("", "no")},
			"nor filled":   {f.Fillable.Den - f.Fillable.Num, fillable("yes", "no") + fillable("no", "no")},
			"right":        {f.Right.Num, verdict("right")},
			"unverified":   {f.Unverified.Num, verdict("unverified")},
			"all parts":    {f.Filled.Num, f.Right.Num + f.Wrong.Num + f.Aged.Num + f.Unverified.Num},
			"without it":   {fresh.Fresh.Num, without("yes")},
			"as advised":   {advised, followed("yes")},
			"gained":       {fresh.Fresh.Num - fresh.Now.Num, without("gained")},
			"of":           {fresh.Fresh.Den, without("yes") + without("no") + without("unknown")},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s of %s is %d, and its list has %d rows", source, name, f.Field, pair[0], pair[1])
			}
		}
	}
}
