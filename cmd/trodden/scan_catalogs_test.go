package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics/query"
)

// portalServer answers as the catalog of Backstage does, with what a test wants.
type portalServer struct {
	*httptest.Server
	entities atomic.Pointer[[]string] // as JSON; nil: it lets nobody in
	asked    atomic.Int64
}

func newPortalServer(t *testing.T) *portalServer {
	p := new(portalServer)
	p.Server = httptest.NewServer(http.HandlerFunc(p.answer))
	t.Cleanup(p.Close)
	return p
}

func (p *portalServer) answer(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	entities := p.entities.Load()
	switch {
	case entities == nil:
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"error":{"name":"AuthenticationError","message":"Invalid token"}}`)
	case r.URL.Path == "/api/catalog/entities/by-query":
		fmt.Fprintf(w, `{"items":[%s],"totalItems":%d,"pageInfo":{}}`, strings.Join(*entities, ","), len(*entities))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// has says what is in the catalog: as many components of a team, the team, and who is in it.
func (p *portalServer) has(components int, more ...string) {
	list := append([]string{
		`{"kind":"Group","metadata":{"name":"payments"},"relations":[{"type":"hasMember","targetRef":"user:default/ada"}]}`,
		`{"kind":"User","metadata":{"name":"ada"},"spec":{"profile":{"displayName":"Ada Lovelace","email":"ada@acme.example"}},"relations":[{"type":"memberOf","targetRef":"group:default/payments"}]}`,
	}, more...)
	for i := range components {
		list = append(list, fmt.Sprintf(`{"kind":"Component","metadata":{"name":"c%d"},"spec":{"owner":"payments"},"relations":[{"type":"ownedBy","targetRef":"group:default/payments"}]}`, i))
	}
	p.entities.Store(&list)
}

// beside makes a place with a clone, where there is to be one, beside the catalog.
func (p *portalServer) beside(t *testing.T, clone bool) *place {
	at := newPlace(t, hostedPaths)
	text := fmt.Sprintf("sources: [{git: {dirs: [\"repos/*\"]}}, {backstage: {url: %q, token: \"${BACKSTAGE_TOKEN}\"}}]\n%s", p.URL, hostedPaths)
	if err := os.WriteFile(filepath.Join(at.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at.setenv("BACKSTAGE_TOKEN", "a-secret-token")
	if clone {
		dir := filepath.Join(at.repos(), "pay")
		w := &twin{place: at}
		w.inClone("", "init", "--quiet", "--initial-branch=main", dir)
		w.inClone(dir, "-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "commit", "--quiet", "--allow-empty", "--message", "Begin")
		w.inClone(dir, "remote", "add", "origin", "https://github.com/acme/pay")
	}
	return at
}

// catalogScan is what a test looks at of a scan.
type catalogScan struct {
	Repos, Unknown   int
	Listed, Complete bool
	Catalogs         []query.ScanCatalog
	Problems         []scanProblem
	Spent            []query.Spent
}

// TestScanReadsCatalogs scans a clone beside a catalog: one that lets nobody in fails nothing else, and then it is healed.
func TestScanReadsCatalogs(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, true)
	out, said := p.run(exitUnknown, "scan")
	if !strings.Contains(said, "not complete: source backstage: ") || !strings.Contains(said, "Backstage does not take the token") || strings.Contains(said, "a-secret-token") {
		t.Errorf("a catalog that lets nobody in is said to be so: %q", said)
	}
	if !strings.Contains(out, "catalog backstage: 0 entities, 0 changed, 0 gone, not complete") || !strings.Contains(out, "repos read                1") {
		t.Errorf("the scan prints\n%s", out)
	}
	scanned := func(when string, repos int, want query.ScanCatalog, args ...string) {
		t.Helper()
		time.Sleep(time.Second) // scans are listed by the second in which they began
		before := portal.asked.Load()
		got := ask[catalogScan](p, append([]string{"scan"}, args...)...)[0]
		want.Source, want.Complete = "backstage", true
		requests := []query.Spent{{Source: "backstage", Requests: int(portal.asked.Load() - before)}}
		if diff := cmp.Diff(got, catalogScan{Repos: repos, Complete: true, Catalogs: []query.ScanCatalog{want}, Problems: nil, Spent: requests}); diff != "" {
			t.Errorf("%s (-got +want):\n%s", when, diff)
		}
	}
	portal.has(9)
	scanned("healed", 1, query.ScanCatalog{Entities: 11, Changed: 10})
	scanned("as it was", 1, query.ScanCatalog{Entities: 11})
	scanned("in full", 1, query.ScanCatalog{Entities: 11}, "--full")
	portal.has(8)
	scanned("the catalog alone", 0, query.ScanCatalog{Entities: 10, Gone: 1}, "--source", "backstage")
	for name, args := range map[string][]string{"the clones alone": {"--source", "git"}, "the second part": {"--shard", "2/2"}} {
		if got := ask[catalogScan](p, append([]string{"scan"}, args...)...)[0]; len(got.Catalogs) > 0 || len(got.Spent) > 0 || !got.Complete {
			t.Errorf("%s: the scan came to %+v", name, got)
		}
	}
	portal.has(2)
	time.Sleep(time.Second)
	out, said = p.run(exitUnknown, "scan")
	if !strings.Contains(said, "4 entities are listed and 10 were the last time: nothing is concluded to be gone unless the next list is as short") || !strings.Contains(out, "4 entities, 0 changed, 0 gone, not complete") {
		t.Errorf("of a list that shrank it is said %q\n%s", said, out)
	}
	rows := ask[catalogScan](p, "scans")
	var lines []string
	for _, row := range rows {
		for _, c := range row.Catalogs {
			lines = append(lines, catalogWords(c))
		}
	}
	want := []string{
		"catalog backstage: 4 entities, 0 changed, 0 gone, not complete", "catalog backstage: 10 entities, 0 changed, 1 gone", "catalog backstage: 11 entities, 0 changed, 0 gone",
		"catalog backstage: 11 entities, 0 changed, 0 gone", "catalog backstage: 11 entities, 10 changed, 0 gone", "catalog backstage: 0 entities, 0 changed, 0 gone, not complete",
	}
	if diff := cmp.Diff(lines, want); diff != "" || !rows[0].Listed {
		t.Errorf("they are listed (-got +want):\n%s\n%+v", diff, rows[0])
	}
	if table, _ := p.run(exitDone, "scans", "--output", "table"); !strings.Contains(table, "backstage: 10 entities, 0 changed, 1 gone") {
		t.Errorf("the table says\n%s", table)
	}
}

// TestScanWithinBudget reads a catalog with fewer requests than it takes: what was read is kept, and it says what is missing.
func TestScanWithinBudget(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, false)
	portal.has(3, `{"kind":"System","metadata":{"name":"money"},"spec":{"owner":"nobody"}}`)
	out, said := p.run(exitUnknown, "scan", "--budget", "1", "--source", "backstage")
	if portal.asked.Load() != 1 || !strings.Contains(out, "6 entities, 5 changed") || !strings.Contains(said, "not complete: source backstage: ") {
		t.Errorf("with 1 request, %d are made and it says %q\n%s", portal.asked.Load(), said, out)
	}
}

// TestScanOfCatalogAlone scans where there is no repository, but a catalog.
func TestScanOfCatalogAlone(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, false)
	text := fmt.Sprintf("sources: [{backstage: {url: %q, token: \"${BACKSTAGE_TOKEN}\"}}]\n%s", portal.URL, hostedPaths)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(exitUnknown, "scan")
	portal.has(3)
	if out, said := p.run(exitDone, "scan"); !strings.Contains(out, "catalog backstage: 5 entities, 4 changed, 0 gone") || said != "" {
		t.Errorf("it says %q\n%s", said, out)
	}
}

// TestProgressOfCatalogs shows what a scan is at.
func TestProgressOfCatalogs(t *testing.T) {
	at := scanProgress{Catalog: "backstage", Entities: 4200}
	if what, _, _ := at.what(); what != "catalog backstage: 4200 entities" {
		t.Errorf("it shows %q", what)
	}
	at.Stale = 7
	if what, _, of := at.what(); what != "classifying" || of != 7 {
		t.Errorf("later it shows %q of %d", what, of)
	}
}
