package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// factsWorld is what is known of paths. A repository was renamed, and another one has its old name since.
const factsWorld = `
-- paths --
ci
it's.odd
-- repos --
acme/pay seen=2024-01-01
acme/payments same=pay seen=2024-02-01
acme/cart seen=2024-01-01
acme/basket same=cart seen=2024-02-01
acme/cart seen=2024-03-01
acme/mono seen=2024-01-01
-- spans --
acme/payments ci 2024-01-01..2024-03-01 state=off since=2024-01-01 dated
acme/payments ci 2024-03-01.. team=payments state=on origin=chosen choice voluntary dated ways=golden version=v3 since=2024-03-01 spell=2024-03-01
acme/payments it's.odd 2024-01-01.. state=dormant origin=mandated since=2024-01-01
acme/mono ci 2024-01-01.. state=unknown reason=forbidden
acme/mono//services/a ci 2024-01-01.. state=mixed origin=enforced since=2024-02-01
`

// factual is an entity of a catalog that is about a folder of a repository.
func factual(source, kind, name, repo, folder string) freshness.Record {
	return freshness.Record{Entity: metrics.Entity{
		Source: source, Ref: metrics.EntityRef{Kind: kind, Namespace: "default", Name: name}, Repo: repo, Folder: folder,
		Descriptor: metrics.Place{Repo: repo, Path: "catalog-info.yaml"},
		Fields:     []metrics.EntityField{filled(metrics.FieldLifecycle, "production"), filled(metrics.FieldOwner, "pay")},
	}}
}

// tidings is what a portal is told about an entity, in a line.
func tidings(r query.CatalogFactsRow) string {
	parts := []string{r.Source, r.Ref.String()}
	for _, f := range r.Facts {
		if f.Value != "" {
			parts = append(parts, strings.TrimPrefix(f.Name(), "trodden.")+"="+f.Value)
		}
	}
	return strings.Join(parts, " ")
}

// TestCatalogFacts asks what portals are told about entities whose repositories are named as they are or were called, about
// folders that are units and others, about what is not known, and not about teams, people, and what is nowhere.
func TestCatalogFacts(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2024-06-01")
	world := readWorld(t, txtar.Parse([]byte(factsWorld)).Files)
	world.write(db)
	backstage := judged("backstage", now,
		factual("backstage", "component", "a", "github.com/acme/mono", "services/a"), factual("backstage", "component", "b", "github.com/acme/mono", "services/b"),
		factual("backstage", "component", "c", "github.com/acme/mono", "services/a/deploy"),
		factual("backstage", "component", "cart", "github.com/acme/cart", ""), factual("backstage", "component", "mono", "github.com/acme/mono", ""),
		factual("backstage", "component", "nowhere", "", ""), factual("backstage", "component", "old", "github.com/acme/pay", ""),
		factual("backstage", "group", "pay", "github.com/acme/payments", ""), factual("backstage", "resource", "strange", "github.com/else/where", ""),
	)
	port := judged("port", now, factual("port", "service", "pay", "github.com/acme/payments", ""))
	files := judged(metrics.DescribedSource, now, factual("files", "component", "pay", "github.com/acme/payments", ""))
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{backstage, port, files}, nil); err != nil {
		t.Fatal(err)
	}
	const paid = "ci.state=on ci.origin=chosen ci.voluntary=true ci.since=2024-03-01T00:00:00Z ci.version=v3 it's.odd.state=dormant it's.odd.origin=mandated it's.odd.voluntary=false"
	all := []string{
		"backstage component:default/a fresh=unknown ci.state=mixed ci.origin=enforced ci.voluntary=false ci.since=2024-02-01T00:00:00Z",
		"backstage component:default/b fresh=unknown ci.state=unknown", "backstage component:default/c fresh=unknown ci.state=mixed ci.origin=enforced ci.voluntary=false ci.since=2024-02-01T00:00:00Z", "backstage component:default/cart fresh=no", "backstage component:default/mono fresh=unknown ci.state=unknown",
		"backstage component:default/old fresh=yes " + paid, "backstage resource:default/strange fresh=unknown",
		"port service:default/pay fresh=unknown " + paid,
	}
	for _, test := range []struct {
		name string
		q    query.CatalogFactsQuestion
		want []string
	}{
		{"all portals", query.CatalogFactsQuestion{}, all},
		{"one portal", query.CatalogFactsQuestion{Source: "port"}, all[7:]},
		{"files", query.CatalogFactsQuestion{Source: "files"}, []string{"files component:default/pay fresh=unknown " + paid}},
		{"one entity", query.CatalogFactsQuestion{Entity: "component:default/mono"}, all[4:5]},
		{"what follows", query.CatalogFactsQuestion{After: &query.CatalogEntityKey{Source: "backstage", Kind: "component", Namespace: "default", Name: "mono"}, Limit: 2}, all[5:7]},
		{"before", query.CatalogFactsQuestion{Source: "port", AsOf: at("2024-02-15")}, []string{"port service:default/pay fresh=unknown ci.state=off ci.since=2024-01-01T00:00:00Z it's.odd.state=dormant it's.odd.origin=mandated it's.odd.voluntary=false"}},
		{"a hostile name", query.CatalogFactsQuestion{Entity: `x:'/; DROP TABLE catalog_verdicts --`}, []string{}},
	} {
		if test.q.AsOf == 0 {
			test.q.AsOf = now
		}
		rows, err := query.CatalogFacts(ctx, db, test.q)
		got := []string{}
		for _, r := range rows {
			got = append(got, tidings(r))
		}
		if diff := gocmp.Diff(got, test.want); err != nil || diff != "" {
			t.Errorf("%s: %v, -got +want\n%s", test.name, err, diff)
		}
	}
}

// TestCatalogFactsAgree holds the facts to the states that are asked for alone.
func TestCatalogFactsAgree(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2024-06-01")
	world := readWorld(t, txtar.Parse([]byte(factsWorld)).Files)
	world.write(db)
	states, err := query.States(ctx, db, query.StatesQuestion{AsOf: now})
	if err != nil {
		t.Fatal(err)
	}
	var records []freshness.Record
	want := []string{}
	for _, s := range states {
		name := fmt.Sprintf("%s-%s", s.Repo, s.Component)
		if len(records) == 0 || records[len(records)-1].Ref.Name != name {
			records = append(records, factual("backstage", "component", name, s.Repo, s.Component))
		}
		want = append(want, fmt.Sprintf("%s %s: %s%s%s", name, s.Path, s.State, s.Origin, s.Version))
	}
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{judged("backstage", now, records...)}, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := query.CatalogFacts(ctx, db, query.CatalogFactsQuestion{AsOf: now})
	got := []string{}
	for _, r := range rows {
		for path := range slices.Chunk(r.Facts[1:], 5) {
			got = append(got, fmt.Sprint(r.Ref.Name, " ", path[0].Path, ": ", path[0].Value, path[1].Value, path[4].Value))
		}
	}
	if diff := gocmp.Diff(got, want); err != nil || diff != "" {
		t.Errorf("%v, -facts +states\n%s", err, diff)
	}
}
