package query_test

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// fileOf is what a file says of the owner of a component.
func fileOf(name, owner string) metrics.Blob {
	text := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  owner: " + owner + "\n"
	return metrics.Blob{OID: metrics.OID(name + strings.Repeat("\x00", 20-len(name))), Status: metrics.BlobRead, Size: uint64(len(text)), Home: metrics.NewRepoID("github.com/acme/" + name), Content: text}
}

// describedIn is a component as a file of the repository of its name describes it, with its owner on line 6.
func describedIn(name, owner string) metrics.Described {
	r := component(metrics.DescribedSource, name, filled(metrics.FieldOwner, owner))
	return metrics.Described{
		Repo: metrics.NewRepoID(r.Repo), Entity: r.Entity, Blob: fileOf(name, owner).OID, Line: 1, Lines: []int{6}, Confirmed: []metrics.Instant{metrics.Beginning},
	}
}

// TestCatalogPatches asks for corrections of what three catalogs say of four repositories.
func TestCatalogPatches(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	owned := func(source, name, owner string) freshness.Record {
		return component(source, name, filled(metrics.FieldOwner, owner))
	}
	var facts metrics.Batch
	for _, name := range []string{"pay", "cart", "old", "unlit"} {
		facts.Repos = append(facts.Repos, metrics.Repo{ID: metrics.NewRepoID("github.com/acme/" + name), Name: "github.com/acme/" + name, Seen: now})
	}
	facts.Repos = append(facts.Repos, metrics.Repo{ID: facts.Repos[3].ID, Name: "github.com/acme/dark", Seen: now - 1})
	facts.Blobs = []metrics.Blob{fileOf("cart", "group:default/pay"), fileOf("pay", "group:default/pay")}
	if err := db.Write(ctx, &facts); err != nil {
		t.Fatal(err)
	}
	former := owned("port", "unlit", "shop")
	former.Descriptor.Repo = "github.com/acme/dark"
	publish(t, db, 1, metrics.Definitions{}, clickhouse.Conclusions{
		Described: []metrics.Described{describedIn("cart", "group:default/pay"), describedIn("pay", "group:default/pay"), describedIn("old", "empty")},
		Beside:    []metrics.Beside{{Unit: metrics.Unit{Repo: facts.Repos[2].ID}, Team: "shop", Source: metrics.OwnerCodeowners}, {Unit: metrics.Unit{Repo: facts.Repos[2].ID, Component: "svc"}, Team: "pay", Source: metrics.OwnerConfig}},
	})
	err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{
		judged("backstage", now, owned("backstage", "cart", "group:default/pay"), owned("backstage", "pay", "shop")),
		judged("files", now, owned("files", "cart", "group:default/pay"), owned("files", "pay", "group:default/pay"), owned("files", "old", "empty")),
		judged("port", now, former),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.CatalogPatches(ctx, db, query.CatalogPatchesQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	idle := func(team string) string {
		return "nobody of the team committed here for 180 days, while " + team + " has most of the commits"
	}
	key := func(team metrics.TeamKey) *metrics.TeamKey { return &team }
	six := 6
	patch := "--- a/catalog-info.yaml\n+++ b/catalog-info.yaml\n@@ -3,4 +3,4 @@\n metadata:\n   name: cart\n spec:\n-  owner: group:default/pay\n+  owner: group:default/shop\n"
	const cart, file = "component:default/cart", "catalog-info.yaml"
	want := []query.CatalogPatchRow{
		{Source: "backstage", Entity: cart, Repo: "github.com/acme/cart", File: file, Line: &six, From: "group:default/pay", To: "group:default/shop", Team: key("shop"), Because: "commits", Rests: &query.ActualCommits{Team: 9, All: 9}, Wrong: idle("shop"), Patch: &patch},
		{Source: "files", Entity: cart, Repo: "github.com/acme/cart", File: file, Line: &six, From: "group:default/pay", To: "group:default/shop", Team: key("shop"), Because: "commits", Rests: &query.ActualCommits{Team: 9, All: 9}, Wrong: idle("shop")},
		{Source: "files", Entity: "component:default/old", Repo: "github.com/acme/old", File: file, Line: &six, From: "empty", Team: key("shop"), Because: "codeowners", Wrong: "the team has no active member", Reason: "what is in the file is not known"},
		{Source: "backstage", Entity: "component:default/pay", Repo: "github.com/acme/pay", File: file, Line: &six, From: "shop", Team: key("pay"), Because: "commits", Rests: &query.ActualCommits{Team: 3, All: 3}, Wrong: idle("pay"), Reason: "the file names another owner by now"},
		{Source: "port", Entity: "component:default/unlit", Repo: "github.com/acme/unlit", From: "shop", Team: key("pay"), Because: "commits", Rests: &query.ActualCommits{Team: 1, All: 1}, Wrong: idle("pay"), Reason: "no file was read that describes it"},
	}
	if diff := gocmp.Diff(rows, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	for q, want := range map[query.CatalogPatchesQuestion]int{
		{Source: "backstage"}: 2, {Source: metrics.Portals}: 3, {Repo: "github.com/acme/cart"}: 2, {Team: "pay"}: 4, {Team: "shop"}: 5, {Source: "port", Team: "empty"}: 0, {Team: "empty"}: 1,
	} {
		if rows, err := query.CatalogPatches(ctx, db, q); err != nil || len(rows) != want {
			t.Errorf("%+v: %d rows, %v, want %d", q, len(rows), err, want)
		}
	}
}

// TestCatalogPatchesOfOneTwice corrects both descriptions of an entity in a file, each on its line, be their owner the same or
// not; a judgement that came before lines were moved is of the first.
func TestCatalogPatchesOfOneTwice(t *testing.T) {
	const repo = "github.com/acme/cart"
	for _, test := range []struct {
		name   string
		owners [2]string
		judged [2]int // on which lines
		want   []int  // lines that are changed
	}{
		{"of one owner", [2]string{"pay", "pay"}, [2]int{6, 13}, []int{6, 13}},
		{"of two", [2]string{"pay", "empty"}, [2]int{6, 13}, []int{6, 13}},
		{"moved since", [2]string{"pay", "empty"}, [2]int{5, 13}, []int{6, 13}},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
			first, second := fileOf("cart", test.owners[0]), fileOf("cart", test.owners[1])
			first.Content += "---\n" + second.Content
			first.Size = uint64(len(first.Content))
			if err := db.Write(ctx, &metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(repo), Name: repo, Seen: now}}, Blobs: []metrics.Blob{first}}); err != nil {
				t.Fatal(err)
			}
			shop := component(metrics.DescribedSource, "shop")
			shop.Ref.Kind = "group"
			described, records := make([]metrics.Described, 2), []freshness.Record{{}, {}, shop}
			for i, line := range []int{6, 13} {
				described[i] = describedIn("cart", test.owners[i])
				described[i].Line, described[i].Lines = 1+7*i, []int{line}
				records[i] = component(metrics.DescribedSource, "cart", filled(metrics.FieldOwner, test.owners[i]))
				records[i].Lines = []int{test.judged[i]}
			}
			publish(t, db, 1, metrics.Definitions{}, clickhouse.Conclusions{Described: described})
			if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{judged(metrics.DescribedSource, now, records...)}, nil); err != nil {
				t.Fatal(err)
			}
			rows, err := query.CatalogPatches(ctx, db, query.CatalogPatchesQuestion{})
			if err != nil || len(rows) != len(test.want) || rows[0].Patch == nil {
				t.Fatalf("got %+v, %v, want rows of lines %d", rows, err, test.want)
			}
			if got := strings.Count(*rows[0].Patch, "\n+  owner: shop"); got != len(test.want) {
				t.Errorf("%d lines are changed, want %d:\n%s", got, len(test.want), *rows[0].Patch)
			}
			keys := map[query.CatalogPatchKey]bool{}
			for i, row := range rows {
				if keys[row.Key()] = true; row.Line == nil || *row.Line != test.want[i] || row.Reason != "" {
					t.Errorf("row %d is %+v, want one of line %d that is corrected", i, row, test.want[i])
				}
			}
			if len(keys) != len(rows) {
				t.Errorf("%d keys of %d rows", len(keys), len(rows))
			}
		})
	}
}

// TestCatalogPatchesAmongMany finds a wrong owner among many things and teams, of which teams have no owner to look at.
func TestCatalogPatchesAmongMany(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
	team := func(i int) freshness.Record {
		r := component(metrics.DescribedSource, fmt.Sprint("team", i), filled(metrics.FieldTitle, "Team"))
		r.Ref.Kind, r.Repo, r.Descriptor.Repo = "group", "", "github.com/acme/cart"
		return r
	}
	records := []freshness.Record{component(metrics.DescribedSource, "cart", filled(metrics.FieldOwner, "pay"))}
	cart := records[0].Repo
	if err := db.Write(ctx, &metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(cart), Name: cart, Seen: now}}}); err != nil {
		t.Fatal(err)
	}
	publish(t, db, 1, metrics.Definitions{}, clickhouse.Conclusions{Described: []metrics.Described{describedIn("cart", "pay")}})
	for i := range 12_000 {
		r := component(metrics.DescribedSource, fmt.Sprint("c", i), filled(metrics.FieldOwner, "shop"))
		r.Repo, r.Descriptor.Repo = cart, cart
		records = append(records, r)
	}
	for i := range 8 {
		records = append(records, team(i))
	}
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{judged(metrics.DescribedSource, now, records...)}, nil); err != nil {
		t.Fatal(err)
	}
	if rows, err := query.CatalogPatches(ctx, db, query.CatalogPatchesQuestion{}); err != nil || len(rows) != 1 || rows[0].Entity != "component:default/cart" {
		t.Errorf("got %d rows, %v, want one", len(rows), err)
	}
}

// TestCatalogPatchesToGroups hands what others own to a team that is a group of another namespace, in a portal or in files: the
// owner refers to that group.
func TestCatalogPatchesToGroups(t *testing.T) {
	const repo = "github.com/acme/cart"
	for _, source := range []string{metrics.DescribedSource, "backstage"} {
		t.Run(source, func(t *testing.T) {
			db, ctx, now := openStore(t), t.Context(), at("2026-07-01")
			file := fileOf("cart", "group:team-a/pay")
			if err := db.Write(ctx, &metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(repo), Name: repo, Seen: now}}, Blobs: []metrics.Blob{file}}); err != nil {
				t.Fatal(err)
			}
			publish(t, db, 1, metrics.Definitions{}, clickhouse.Conclusions{Described: []metrics.Described{describedIn("cart", "group:team-a/pay")}})
			shop := component(source, "shop")
			shop.Ref.Kind, shop.Ref.Namespace, shop.Repo = "group", "teams", ""
			records := map[string][]freshness.Record{metrics.DescribedSource: {component(metrics.DescribedSource, "cart", filled(metrics.FieldOwner, "group:team-a/pay"))}}
			records[source] = append(records[source], shop)
			var all []clickhouse.Judgement
			for name, list := range records {
				all = append(all, judged(name, now, list...))
			}
			if err := db.WriteJudgements(ctx, now, all, nil); err != nil {
				t.Fatal(err)
			}
			rows, err := query.CatalogPatches(ctx, db, query.CatalogPatchesQuestion{})
			if err != nil || len(rows) != 1 || rows[0].To != "group:teams/shop" || rows[0].Patch == nil || !strings.Contains(*rows[0].Patch, "\n+  owner: group:teams/shop\n") {
				t.Errorf("got %+v, %v", rows, err)
			}
		})
	}
}
