package query_test

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// templatesWorld is what repositories that were created from templates run. One is called otherwise than in the catalog.
const templatesWorld = `
-- paths --
ci latest=github.com/acme/ci
image
later since=2030-01-01
-- releases --
acme/ci v1.0.0 2024-01-01 commit=1
acme/ci v2.0.0 2024-03-01 commit=2
acme/ci v3.0.0 2024-06-01 commit=3
-- repos --
acme/a-was seen=2024-01-01
acme/a same=a-was seen=2024-02-01
acme/ci seen=2024-01-01
acme/b seen=2024-01-01
acme/c seen=2024-01-01
acme/d seen=2024-01-01
acme/idle seen=2024-01-01
acme/dark seen=2024-01-01
acme/mono seen=2024-01-01
acme/templates seen=2024-01-01
-- spans --
acme/a ci 2024-01-01.. team=web state=on version=v1.0.0
acme/b ci 2024-01-01.. team=web state=mixed version=v3.0.0
acme/b//svc ci 2024-01-01.. team=web state=on version=v3
acme/c ci 2024-01-01.. team=web state=on version=v1.0.0
acme/d ci 2024-01-01.. team=web state=off
acme/idle ci 2024-01-01.. team=web state=dormant version=v1.0.0
acme/dark ci 2024-01-01.. team=web state=unknown
acme/mono ci 2024-01-01.. team=web state=off
acme/mono//svc ci 2024-01-01.. team=web state=on version=v1.0.0
acme/mono//svc/idle ci 2024-01-01.. team=web state=dormant version=v1.0.0
acme/templates//go ci 2024-01-01.. team=web state=on version=v2.0.0
`

// made is an entity that was created from a template, and is about a place.
func made(source, name, template, repo, folder string) freshness.Record {
	return freshness.Record{Entity: metrics.Entity{
		Source: source, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Repo: "github.com/acme/" + repo, Folder: folder,
		Fields: []metrics.EntityField{filled(metrics.FieldTemplate, template)},
	}}
}

// TestCatalogTemplates asks how far behind that is which templates made, as of what is judged last.
func TestCatalogTemplates(t *testing.T) {
	db, ctx, now := openStore(t), t.Context(), at("2024-07-01")
	w := readWorld(t, txtar.Parse([]byte(templatesWorld)).Files)
	w.write(db)
	const service, gone = "template:default/go", "template:default/gone"
	template := made("backstage", "go", "", "templates", "go")
	template.Ref.Kind = "template"
	backstage := judged("backstage", now,
		made("backstage", "a", service, "a-was", ""), made("backstage", "b", service, "b", ""), made("backstage", "b-svc", service, "b", "svc"),
		made("backstage", "c", service, "c", ""), made("backstage", "d", service, "d", ""), made("backstage", "idle", service, "idle", ""),
		made("backstage", "dark", service, "dark", ""), made("backstage", "nowhere", service, "nowhere", ""), template,
		made("backstage", "old", gone, "idle", ""), component("backstage", "pay", filled(metrics.FieldOwner, "pay")),
	)
	port := judged("port", now, made("port", "c", service, "c", ""))
	folders := judged("roadie", now, // of a folder without a unit, of one that is one, in one, in one that is idle, and beside them
		made("roadie", "c", service, "c", "deploy"), made("roadie", "svc", service, "mono", "svc"), made("roadie", "below", service, "mono", "svc/a/deploy"),
		made("roadie", "idle", service, "mono", "svc/idle/deploy"), made("roadie", "beside", service, "mono", "svc2"),
	)
	if err := db.WriteJudgements(ctx, now, []clickhouse.Judgement{backstage, port, folders}, nil); err != nil {
		t.Fatal(err)
	}
	all := []string{
		"backstage template:default/go in github.com/acme/templates//go true: 8 ci: 4/5 use it, 1 unknown; 2/4 newest, 1 behind: v3 1 0, v3.0.0 1 0, v1.0.0 2 2; hands out v2.0.0, 1 behind v3.0.0",
		"backstage template:default/go in github.com/acme/templates//go true: 8 image: 0/0 use it, 0 unknown; 0/0 newest, - behind: ; hands out -, - behind -",
		"backstage template:default/gone in  false: 1 ci: 0/0 use it, 0 unknown; 0/0 newest, - behind: ; hands out -, - behind v3.0.0",
		"backstage template:default/gone in  false: 1 image: 0/0 use it, 0 unknown; 0/0 newest, - behind: ; hands out -, - behind -",
		"port template:default/go in  false: 1 ci: 1/1 use it, 0 unknown; 0/1 newest, 2 behind: v1.0.0 1 2; hands out -, - behind v3.0.0",
		"port template:default/go in  false: 1 image: 0/0 use it, 0 unknown; 0/0 newest, - behind: ; hands out -, - behind -",
		"roadie template:default/go in  false: 5 ci: 3/4 use it, 0 unknown; 0/3 newest, 2 behind: v1.0.0 3 2; hands out -, - behind v3.0.0",
		"roadie template:default/go in  false: 5 image: 0/0 use it, 0 unknown; 0/0 newest, - behind: ; hands out -, - behind -",
	}
	for _, test := range []struct {
		name string
		q    query.CatalogTemplatesQuestion
		want []string
	}{
		{"all", query.CatalogTemplatesQuestion{}, all},
		{"one catalog", query.CatalogTemplatesQuestion{Source: "port"}, all[4:6]},
		{"one template", query.CatalogTemplatesQuestion{Template: gone}, all[2:4]},
		{"one path", query.CatalogTemplatesQuestion{Path: "ci"}, []string{all[0], all[2], all[4], all[6]}},
		{"before the last release", query.CatalogTemplatesQuestion{Source: "port", Path: "ci", AsOf: at("2024-05-01")}, []string{
			"port template:default/go in  false: 1 ci: 1/1 use it, 0 unknown; 0/1 newest, 1 behind: v1.0.0 1 1; hands out -, - behind v2.0.0",
		}},
		{"no such template", query.CatalogTemplatesQuestion{Template: "template:default/x"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.q.AsOf == metrics.Beginning {
				test.q.AsOf = now
			}
			rows, err := query.CatalogTemplates(ctx, db, test.q)
			var got []string
			for _, r := range rows {
				got = append(got, templateWords(r))
			}
			if diff := gocmp.Diff(got, test.want); err != nil || diff != "" {
				t.Errorf("%v -got +want\n%s", err, diff)
			}
		})
	}
	if err := db.Write(ctx, &metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "port", At: now, Complete: true}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.PutSources(ctx, []string{"backstage"}, true, now); err != nil {
		t.Fatal(err)
	}
	if rows, err := query.CatalogTemplates(ctx, db, query.CatalogTemplatesQuestion{Source: "port", AsOf: now}); err != nil || len(rows) > 0 {
		t.Errorf("of a catalog that is not configured any more: %+v, %v", rows, err)
	}
}

// templateWords says what a row says.
func templateWords(r query.CatalogTemplateRow) string {
	var versions []string
	for _, v := range r.Versions {
		versions = append(versions, fmt.Sprintf("%s %d %s", v.Version, v.Entities, said(v.ReleasesBehind)))
	}
	return fmt.Sprintf("%s %s in %s %v: %d %s: %d/%d use it, %d unknown; %d/%d newest, %s behind: %s; hands out %s, %s behind %s",
		r.Source, r.Template, metrics.UnitName(r.Repo, r.Folder), r.There, r.Entities, r.Path, r.Using.Num, r.Using.Den, r.Unknown, r.OnNewest.Num, r.OnNewest.Den,
		said(r.ReleasesBehind.Median), strings.Join(versions, ", "), said(r.Own), said(r.OwnBehind), said(r.Latest))
}

// said is a value that may not be known.
func said[V any](v *V) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}
