package query_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// component is an entity of a catalog in a repository of its own name.
func component(source, name string, fields ...metrics.EntityField) freshness.Record {
	slices.SortFunc(fields, func(a, b metrics.EntityField) int { return strings.Compare(a.Name, b.Name) })
	return freshness.Record{Entity: metrics.Entity{
		Source: source, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Repo: "github.com/acme/" + name,
		Descriptor: metrics.Place{Repo: "github.com/acme/" + name, Path: "catalog-info.yaml"}, Fields: fields,
	}}
}

func filled(name string, values ...string) metrics.EntityField {
	return metrics.EntityField{Name: name, Values: values}
}

// estate is a world of teams and repositories for catalogs.
func estate(now metrics.Instant) freshness.World {
	at := func(team metrics.TeamKey, n int) freshness.Work {
		return freshness.Work{Known: true, All: freshness.Count{In90: n, In180: n}, Teams: []freshness.TeamWork{{Team: team, Count: freshness.Count{In90: n, In180: n}, Last: now}}}
	}
	always := []metrics.Period{{From: metrics.Beginning, To: metrics.Forever}}
	return freshness.World{
		Now: now, TeamsKnown: true, Complete: true,
		Teams: []freshness.Team{{Key: "pay", Known: true, Members: always}, {Key: "shop", Known: true, Members: always}, {Key: "empty", Known: true}},
		Repos: []freshness.Repo{
			{Name: "github.com/acme/pay", Work: at("pay", 3), LastHuman: now}, {Name: "github.com/acme/cart", Work: at("shop", 9), LastHuman: now, Topics: []string{"go"}},
			{Name: "github.com/acme/old", Archived: true, ArchivedAt: now - 40*metrics.Day, Work: freshness.Work{Known: true}},
			{Name: "github.com/acme/unlit", Work: at("pay", 1), LastHuman: now},
		},
	}
}

// judged judges a catalog as trodden does.
func judged(source string, now metrics.Instant, records ...freshness.Record) clickhouse.Judgement {
	m := metrics.DefaultMeasure()
	for i := range records {
		if owner := slices.IndexFunc(records[i].Fields, func(f metrics.EntityField) bool { return f.Name == metrics.FieldOwner }); records[i].Ref.Name == "cart" && records[i].Lines == nil {
			records[i].Lines = make([]int, len(records[i].Fields))
			records[i].Lines[owner] = 9
		}
	}
	j := freshness.Judge(records, estate(now), m)
	audit := j.Audit()
	return clickhouse.Judgement{
		Source: source, Judgement: j, Audit: audit, FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: math.NaN(),
	}
}

// TestCatalog asks all questions about two catalogs that were judged twice: only the last judgement counts, but for a
// moment in the past.
func TestCatalog(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	backstage := func(owner string) clickhouse.Judgement {
		return judged("backstage", now,
			component("backstage", "pay", filled(metrics.FieldOwner, "pay"), filled(metrics.FieldLifecycle, "production")),
			component("backstage", "cart", filled(metrics.FieldOwner, owner), filled(metrics.FieldLifecycle, "production")),
			component("backstage", "old", filled(metrics.FieldOwner, "pay"), filled(metrics.FieldLifecycle, "production"), filled(metrics.FieldTier, "1")))
	}
	port := judged("port", now, component("port", "cart", filled(metrics.FieldOwner, "shop")))
	if err := db.WriteJudgements(ctx, now-100, []clickhouse.Judgement{backstage("nowhere")}, nil); err != nil {
		t.Fatal(err)
	}
	second := backstage("pay")
	second.Entities[0].Record.Problems = []string{"no type", "no lifecycle"}
	odds := freshness.Disagreements(second.Judgement, port.Judgement)
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{second, port}, odds); err != nil {
		t.Fatal(err)
	}
	lists := []metrics.CatalogList{{Source: "backstage", At: now - 5, Complete: true}, {Source: "backstage", At: now - 1, Detail: "429"}}
	if err := db.Write(ctx, &metrics.Batch{CatalogLists: lists}); err != nil {
		t.Fatal(err)
	}

	rows, err := query.Catalog(ctx, db, query.CatalogQuestion{AsOf: now})
	if err != nil || len(rows) != 2 {
		t.Fatalf("catalogs are %+v, %v", rows, err)
	}
	b := rows[0]
	got := fmt.Sprintln(b.Source, b.Entities, b.Fresh.Num, b.Fresh.Den, b.Owners.Num, b.Coverage.Num, b.Coverage.Den, b.Ghosts, b.Dark, b.Ladder.O2.Num, b.Ladder.O4.Num, b.Ladder.O5.Num,
		b.Complete, b.Detail, b.HalfLifeDays == nil, rows[1].ReadAt == nil, rows[1].Complete, rows[1].Dark, *b.Problems, *rows[1].Problems)
	if want := "backstage 3 1 3 2 2 3 1 1 3 1 1 false 429 true true true 2 1 0\n"; got != want {
		t.Errorf("catalogs are\n%s, want\n%s\n%+v", got, want, b)
	}
	if rows, err = query.Catalog(ctx, db, query.CatalogQuestion{AsOf: now - 50}); err != nil || len(rows) != 1 || rows[0].Owners.Num != 2 {
		t.Errorf("as of then catalogs are %+v, %v", rows, err)
	}
	if rows, err = query.Catalog(ctx, db, query.CatalogQuestion{AsOf: now - 500}); err != nil || len(rows) != 0 {
		t.Errorf("before the first judgement catalogs are %+v, %v", rows, err)
	}

	fields, err := query.CatalogFields(ctx, db, query.CatalogFieldsQuestion{Source: "backstage"})
	if err != nil || len(fields) != len(second.Audit) {
		t.Fatalf("fields are %+v, %v", fields, err)
	}
	for i, f := range fields {
		a := second.Audit[i]
		if f.Field != a.Field || f.Wrong.Num != a.Wrong.Num || f.Filled.Den != a.Filled.Den || f.Advice != string(a.Advice) || f.Why != a.Why || f.Truth != a.Truth || f.Distinct != a.Distinct {
			t.Errorf("field %+v, want %+v", f, a)
		}
	}

	wrong, err := query.CatalogEntities(ctx, db, query.CatalogEntitiesQuestion{Verdict: "wrong", Field: metrics.FieldOwner})
	if err != nil || len(wrong) != 1 || wrong[0].Entity != "component:default/cart" || len(wrong[0].Fields) != 1 || *wrong[0].Fields[0].Line != 9 ||
		wrong[0].Fields[0].Cause != "others_commit" || len(wrong[0].Fields[0].Evidence) == 0 || *wrong[0].Owner.Actual != "shop" || wrong[0].File.Path != "catalog-info.yaml" {
		t.Errorf("wrong owners are %+v, %v", wrong, err)
	}
	var paged []string
	for after := (*query.CatalogEntityKey)(nil); ; {
		page, err := query.CatalogEntities(ctx, db, query.CatalogEntitiesQuestion{After: after, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		key := page[0].Key()
		paged, after = append(paged, page[0].Source+" "+page[0].Entity), &key
	}
	if want := []string{"backstage component:default/cart", "backstage component:default/old", "backstage component:default/pay", "port component:default/cart"}; !slices.Equal(paged, want) {
		t.Errorf("page by page entities are %q, want %q", paged, want)
	}
	for filter, want := range map[query.CatalogEntitiesQuestion]string{
		{Source: "backstage", Fillable: "yes"}:                             "cart.owner(commits) old.lifecycle(archival and deployments) pay.owner(commits)",
		{Source: "backstage", Fillable: "yes", Field: "owner"}:             "cart.owner(commits) pay.owner(commits)",
		{Source: "backstage", Fillable: "yes", Verdict: "wrong"}:           "cart.owner(commits) old.lifecycle(archival and deployments)",
		{Source: "backstage", Fillable: "no", Field: "tier"}:               "cart.tier() old.tier() pay.tier()",
		{Source: "backstage", Fillable: "no", Field: "tier", Filled: "no"}: "cart.tier() pay.tier()",
		{Source: "backstage", Fillable: "no", Filled: "no"}:                "",
		{Fillable: "no", Field: "tier", Filled: "yes"}:                     "old.tier()",
	} {
		rows, err := query.CatalogEntities(ctx, db, filter)
		var got []string
		for _, r := range rows {
			for _, f := range r.Fields {
				got = append(got, fmt.Sprintf("%s.%s(%s)", strings.TrimPrefix(r.Entity, "component:default/"), f.Field, *f.Truth))
			}
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%+v: %q, %v, want %q", filter, got, err, want)
		}
	}
	for filter, want := range map[query.CatalogEntitiesQuestion]int{
		{Ghost: "yes"}: 1, {Fresh: "yes"}: 2, {Team: "shop"}: 1, {Repo: "github.com/acme/cart"}: 2, {Entity: "component:default/pay"}: 1, {Entity: "default/cart"}: 2, {Entity: "api:default/pay"}: 0, {Entity: "other/pay"}: 0, {Kind: "api"}: 0, {Source: "port", Counted: true}: 1,
	} {
		if rows, err := query.CatalogEntities(ctx, db, filter); err != nil || len(rows) != want {
			t.Errorf("%+v: %d entities, %v, want %d", filter, len(rows), err, want)
		}
	}

	for asOf, want := range map[metrics.Instant]int{now: 3, now - 50: 0, now - 500: 0} {
		teams, err := query.CatalogByTeam(ctx, db, query.CatalogQuestion{Source: "backstage", AsOf: asOf})
		got := 0
		for _, r := range teams {
			if owners, err := query.CatalogEntities(ctx, db, query.CatalogEntitiesQuestion{Source: "backstage", Team: r.Team, Right: "yes", Counted: true, AsOf: asOf}); err != nil || r.Owners.Num != len(owners) {
				t.Errorf("as of %s %d owners of %s are right, %v, want %d", asOf, r.Owners.Num, r.Team, err, len(owners))
			}
			got += r.Entities
		}
		if err != nil || got != want {
			t.Errorf("as of %s the teams have %d entities, %v, want %d", asOf, got, err, want)
		}
	}

	for what, want := range map[query.CatalogWord]string{
		query.CatalogKind: "component", query.CatalogField: "lifecycle owner tier", query.CatalogRepo: "github.com/acme/cart github.com/acme/old github.com/acme/pay",
		query.CatalogEntity: "component:default/cart component:default/old component:default/pay",
	} {
		if words, err := query.CatalogWords(ctx, db, what, "backstage"); err != nil || strings.Join(words, " ") != want {
			t.Errorf("%ss are %q, %v, want %s", what, words, err, want)
		}
	}
	if words, err := query.CatalogWords(ctx, db, query.CatalogRepo, "port"); err != nil || len(words) != 1 {
		t.Errorf("port has %q, %v", words, err)
	}
	for asOf, want := range map[metrics.Instant]metrics.Instant{now + 9: now, now - 50: now - 100, now - 500: 0} {
		if at, err := query.CatalogJudged(ctx, db, asOf); err != nil || (at == nil) != (want == 0) || at != nil && metrics.At(*at) != want {
			t.Errorf("as of %s they were judged at %v, %v, want %s", asOf, at, err, want)
		}
	}

	dark, err := query.CatalogDark(ctx, db, "backstage", "", now)
	if err != nil || !slices.Equal(dark, []query.CatalogDarkRow{{Source: "backstage", Repo: "github.com/acme/unlit"}}) {
		t.Errorf("dark are %+v, %v", dark, err)
	}
	apart, err := query.CatalogDisagreements(ctx, db, metrics.FieldOwner)
	want := []query.CatalogDisagreementRow{{
		Place: "github.com/acme/cart", Field: metrics.FieldOwner, A: query.CatalogSide{Source: "backstage", Entity: "component:default/cart", Values: []string{"pay"}},
		B: query.CatalogSide{Source: "port", Entity: "component:default/cart", Values: []string{"shop"}},
	}}
	if diff := gocmp.Diff(apart, want); err != nil || diff != "" {
		t.Errorf("%v, disagreements -got +want\n%s", err, diff)
	}
}

// TestCatalogDuplicates asks what several entities claim.
func TestCatalogDuplicates(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	twin := component("files", "pay", filled(metrics.FieldOwner, "pay"))
	twin.Ref.Name = "pay-too"
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{judged("files", now, component("files", "pay", filled(metrics.FieldOwner, "pay")), twin)}, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := query.CatalogDuplicates(ctx, db, "")
	want := []query.CatalogDuplicateRow{{Source: "files", What: "place", Claims: "github.com/acme/pay", Entities: []string{"component:default/pay", "component:default/pay-too"}, Places: []string{"github.com/acme/pay", "github.com/acme/pay"}}}
	if diff := gocmp.Diff(rows, want); err != nil || diff != "" {
		t.Errorf("%v, -got +want\n%s", err, diff)
	}
}

// TestCatalogDuplicatesByName asks where the entities are that have one name: references alone do not tell those in files apart.
func TestCatalogDuplicatesByName(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	named := func(source, namespace, repo, folder string) freshness.Record {
		r := component(source, repo, filled(metrics.FieldOwner, "pay"))
		r.Ref.Namespace, r.Ref.Name, r.Folder = namespace, "same", folder
		return r
	}
	all := []clickhouse.Judgement{
		judged("files", now, named("files", "default", "pay", ""), named("files", "default", "cart", "api"), named("files", "a", "old", "")),
		judged("port", now, named("port", "default", "pay", "")),
	}
	if err := db.WriteJudgements(ctx, now, all, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := query.CatalogDuplicates(ctx, db, "")
	want := []query.CatalogDuplicateRow{{
		Source: "files", What: "name", Claims: "component:same", Entities: []string{"component:a/same", "component:default/same", "component:default/same"},
		Places: []string{"github.com/acme/old", "github.com/acme/cart//api", "github.com/acme/pay"},
	}}
	if diff := gocmp.Diff(rows, want); err != nil || diff != "" {
		t.Errorf("%v, -got +want\n%s", err, diff)
	}
}

// TestCatalogGone asks for what portals had and have not: what came back is there, and so is what was only seen otherwise.
func TestCatalogGone(t *testing.T) {
	db, ctx, day := openStore(t), t.Context(), at("2026-07-01")
	seen := func(kind, name string, at metrics.Instant, gone bool) metrics.Snapshot {
		return metrics.Snapshot{Gone: gone, Entity: metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: kind, Namespace: "default", Name: name}, Seen: at}}
	}
	if err := db.Write(ctx, &metrics.Batch{Snapshots: []metrics.Snapshot{
		seen("component", "left", day, false), seen("component", "left", day+9, true), seen("api", "left", day, false), seen("api", "left", day+20, true),
		seen("component", "back", day, false), seen("component", "back", day+9, true), seen("component", "back", day+10, false), seen("component", "there", day, false),
	}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ source, entity, want string }{
		{"", "default/left", "backstage api:default/left 20, backstage component:default/left 9"},
		{"backstage", "component:default/left", "backstage component:default/left 9"},
		{"port", "default/left", ""}, {"", "other/left", ""}, {"", "default/back", ""}, {"", "default/there", ""}, {"", "default/never", ""},
	} {
		rows, err := query.CatalogGone(ctx, db, test.source, test.entity)
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%s %s %d", r.Source, r.Entity, metrics.At(r.At)-day))
		}
		if strings.Join(got, ", ") != test.want || err != nil {
			t.Errorf("%s of %q: got %q, %v, want %q", test.entity, test.source, got, err, test.want)
		}
	}
}

// TestCatalogWithout holds what the store makes of catalogs without some fields to what is judged, for many of both.
func TestCatalogWithout(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var all []clickhouse.Judgement
	for i := range 60 {
		all = append(all, judged(fmt.Sprintf("catalog-%02d", i), now, drawnCatalog(r)...))
	}
	if err := db.WriteJudgements(ctx, now, all, nil); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		killed := []string{}
		for _, field := range []string{metrics.FieldOwner, metrics.FieldLifecycle, metrics.FieldSystem, metrics.FieldSource, metrics.FieldTier} {
			if r.IntN(3) == 0 {
				killed = append(killed, field)
			}
		}
		rows, err := query.CatalogWithout(ctx, db, "", killed, now)
		if err != nil || len(rows) != len(all) {
			t.Fatalf("%+v, %v", rows, err)
		}
		for i, row := range rows {
			want := all[i].Without(killed...)
			if row.Fresh.Num != want.Num || row.Fresh.Den != want.Den || row.Now.Num != all[i].Fresh.Num {
				t.Errorf("%s without %q: %+v, want %+v", row.Source, killed, row.Fresh, want)
			}
			if lo, hi := want.Bounds(); (row.Bounds != nil) != (want.Unknown > 0) || row.Bounds != nil && *row.Bounds != (query.Bounds{lo, hi}) {
				t.Errorf("%s without %q: between %v, want %v to %v", row.Source, killed, row.Bounds, lo, hi)
			}
		}
	}
}

// drawnCatalog is a catalog of some entities.
func drawnCatalog(r *rand.Rand) (records []freshness.Record) {
	any := func(list ...string) string { return list[r.IntN(len(list))] }
	for i := range r.IntN(7) {
		var fields []metrics.EntityField
		add := func(name string, values ...string) {
			if r.IntN(2) == 0 {
				fields = append(fields, filled(name, any(values...)))
			}
		}
		add(metrics.FieldOwner, "pay", "shop", "empty", "nowhere", "")
		add(metrics.FieldLifecycle, "production", "deprecated", "tbd")
		add(metrics.FieldSystem, "there", "nowhere")
		add(metrics.FieldTier, "1")
		add(metrics.FieldTags, "go")
		e := component("backstage", any("pay", "cart", "old", "gone"), fields...)
		e.Ref.Name = fmt.Sprint("e", i)
		records = append(records, e)
	}
	return records
}

// TestCatalogDescribedTwice: what files describe in several places is listed once for each, page by page as well, with the
// line of its own file.
func TestCatalogDescribedTwice(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	described := func(repo, path string, line int) freshness.Record {
		r := component(metrics.DescribedSource, "cart", filled(metrics.FieldLifecycle, "production"), filled(metrics.FieldOwner, "shop"), filled(metrics.FieldTitle))
		r.Descriptor = metrics.Place{Repo: "github.com/acme/" + repo, Path: path}
		r.Lines = []int{line, line + 1, 0} // no title
		return r
	}
	err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{judged(metrics.DescribedSource, now,
		described("cart", "catalog-info.yaml", 5), described("cart", "catalog-info.yaml", 25), described("cart", "old/catalog-info.yaml", 5), described("attic", "catalog-info.yaml", 5),
	)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"github.com/acme/attic/catalog-info.yaml:6", "github.com/acme/cart/catalog-info.yaml:6", "github.com/acme/cart/catalog-info.yaml:26", "github.com/acme/cart/old/catalog-info.yaml:6"}
	for limit := range 4 {
		var got []string
		for after := (*query.CatalogEntityKey)(nil); ; {
			page, err := query.CatalogEntities(ctx, db, query.CatalogEntitiesQuestion{Field: metrics.FieldOwner, After: after, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				got = append(got, fmt.Sprintf("%s/%s:%d", e.File.Repo, e.File.Path, *e.Fields[0].Line))
			}
			if limit == 0 || len(page) == 0 {
				break
			}
			key := page[len(page)-1].Key()
			after = &key
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %d: got %q, want %q", limit, got, want)
		}
	}
}
