package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// taker answers as Cortex does (operations "List entities", "Add custom data in bulk" and "Delete custom data by key for entity" of
// its OpenAPI document, shown at https://docs.cortex.io/api): it lists a catalog of two services, and takes custom data.
type taker struct {
	*httptest.Server
	mu     sync.Mutex
	custom map[string]map[string]any // by tag and key
	status int                       // of what writes are answered with; 0 where they are taken
	sick   bool                      // the catalog cannot be read
	bare   string                    // the tag of one that is about no repository
	after  int                       // how many writes are taken before status counts
	writes int
	lists  int
}

func newTaker(t *testing.T) *taker {
	k := &taker{custom: map[string]map[string]any{"Pay": {}, "cart": {}}}
	k.Server = httptest.NewServer(k)
	t.Cleanup(k.Close)
	return k
}

// ServeHTTP implements http.Handler.
func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("Authorization") != "Bearer s3cr3t":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPut && r.URL.Path == "/api/v1/catalog/custom-data":
		k.write(w, r)
	case r.Method == http.MethodDelete && r.URL.Path == "/api/v1/catalog/custom-data":
		k.delete(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/api/v1/catalog" && !k.sick:
		k.lists++
		fmt.Fprintf(w, `{"entities":[%s,%s],"page":0,"total":2,"totalPages":1}`, k.entity("Pay"), k.entity("cart"))
	case k.sick:
		w.WriteHeader(http.StatusForbidden)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (k *taker) entity(tag string) string {
	data := []map[string]any{{"key": "lifecycle", "value": "production"}}
	for key, value := range k.custom[tag] {
		data = append(data, map[string]any{"key": key, "value": value})
	}
	text, _ := json.Marshal(data)
	if tag == k.bare {
		return fmt.Sprintf(`{"tag":%q,"name":%q,"type":"service","metadata":%s}`, tag, tag, text)
	}
	return fmt.Sprintf(`{"tag":%q,"name":%q,"type":"service","git":{"provider":"github","repository":"acme/%s"},"metadata":%s}`, tag, tag, strings.ToLower(tag), text)
}

// refuses answers a write as it is set to, and reports whether that is no success.
func (k *taker) refuses(w http.ResponseWriter) bool {
	if k.writes++; k.status == 0 || k.writes <= k.after {
		return false
	}
	w.WriteHeader(k.status)
	return true
}

func (k *taker) delete(w http.ResponseWriter, r *http.Request) {
	data, known := k.custom[r.URL.Query().Get("tag")]
	switch key := r.URL.Query().Get("key"); {
	case k.refuses(w):
	case !known || data[key] == nil:
		w.WriteHeader(http.StatusNotFound)
	default:
		delete(data, key)
	}
}

func (k *taker) write(w http.ResponseWriter, r *http.Request) {
	if k.refuses(w) {
		return
	}
	var got struct {
		Values map[string][]struct {
			Key   string
			Value any
		}
	}
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &got) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for tag, list := range got.Values {
		for _, v := range list {
			k.custom[tag][v.Key] = v.Value
		}
	}
}

// at sets how it answers from now on, and returns how often it was written to before.
func (k *taker) at(status int, sick bool) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.status, k.sick = status, sick
	return k.writes
}

// beside makes a place with a clone of each of the two, beside the catalog.
func (k *taker) beside(t *testing.T) *place {
	p := newPlace(t, "")
	k.configure(p, false)
	p.setenv("CORTEX", "s3cr3t")
	for _, name := range []string{"pay", "cart"} {
		dir := filepath.Join(p.repos(), name)
		w := &twin{place: p}
		w.inClone("", "init", "--quiet", "--initial-branch=main", dir)
		w.inClone(dir, "remote", "add", "origin", "https://github.com/acme/"+name)
		k.commit(p, name, "README.md")
	}
	k.commit(p, "pay", "go.mod")
	return p
}

// commit adds a file to a clone.
func (k *taker) commit(p *place, repo, file string) {
	p.Helper()
	w, dir := &twin{place: p}, filepath.Join(p.repos(), repo)
	if err := os.WriteFile(filepath.Join(dir, file), []byte("module m\n"), 0o600); err != nil {
		p.Fatal(err)
	}
	w.inClone(dir, "add", file)
	w.inClone(dir, "-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "commit", "--quiet", "--message", "Add "+file)
}

func (k *taker) configure(p *place, push bool) {
	p.write(fmt.Sprintf("sources: [{git: {dirs: [\"repos/*\"]}}, {cortex: {url: %q, key: \"${CORTEX}\", push: %t}}]\npaths: [{key: go, golden: {file: go.mod}}]\n", k.URL, push))
}

// pushedRow is a row of what push prints.
type pushedRow struct {
	Source, Entity, Key, Old, New string
	Given                         bool
}

// rows prints what push did, with some arguments, without when something began.
func rows(p *place, args ...string) (list []string) {
	for _, r := range ask[pushedRow](p, append([]string{"catalog", "push"}, args...)...) {
		if strings.HasSuffix(r.Key, "_since") {
			r.New = "then"
		}
		list = append(list, fmt.Sprintf("%s %s %q %q %t", r.Entity, r.Key, r.Old, r.New, r.Given))
	}
	return list
}

// TestPush shows what would be told without telling it, refuses to tell what is not configured to be, tells it once, and again
// only what changed; scans do the same by themselves where that is configured, and not where they are not complete.
func TestPush(t *testing.T) {
	t.Parallel()
	k := newTaker(t)
	p := k.beside(t)
	scan := func(status int, want string) {
		t.Helper()
		out, _ := p.run(status, "scan")
		if i := strings.Index(out, "catalog cortex: "); i < 0 || !strings.HasPrefix(out[i:], "catalog cortex: "+want+"\n") {
			t.Errorf("the scan prints\n%s, want %q", out, want)
		}
	}
	scan(exitDone, "2 entities, 2 changed, 0 gone")
	offered := func(given bool) []string {
		list := []string{}
		for _, of := range []struct{ name, state, origin, voluntary, since string }{{"cart", "off", "", "", "then"}, {"pay", "on", "born", "false", "then"}} {
			list = append(list, fmt.Sprintf(`service:default/%s trodden_fresh "" "no" %t`, of.name, given))
			for _, fact := range [][2]string{{"state", of.state}, {"origin", of.origin}, {"voluntary", of.voluntary}, {"since", of.since}} {
				if fact[1] != "" {
					list = append(list, fmt.Sprintf(`service:default/%s trodden_go_%s "" %q %t`, of.name, fact[0], fact[1], given))
				}
			}
		}
		return list
	}
	if diff := cmp.Diff(rows(p), offered(false)); diff != "" {
		t.Errorf("would be told (-got +want):\n%s", diff)
	}
	if out, said := p.run(exitDone, "catalog", "push", "--source", "cortex", "--output", "table"); !strings.Contains(out, "\ncortex   service:default/pay   trodden_go_state      on\n") || said != "cortex: 8 values of 2 entities would be written; nothing is without --yes\n" {
		t.Errorf("it prints\n%s%s", out, said)
	}
	for _, args := range [][]string{{"--yes"}, {"--yes", "--source", "cortex"}} {
		if _, said := p.run(exitUsage, append([]string{"catalog", "push"}, args...)...); !strings.Contains(said, "has push in the configuration") && !strings.Contains(said, "has no push in the configuration") {
			t.Errorf("%q: it says %q", args, said)
		}
	}
	scan(exitDone, "2 entities, 0 changed, 0 gone")
	if n := k.at(0, false); n > 0 {
		t.Fatalf("it was written to %d times before it was to be", n)
	}

	k.configure(p, true)
	if diff := cmp.Diff(rows(p, "--yes"), offered(true)); diff != "" {
		t.Errorf("it is told (-got +want):\n%s", diff)
	}
	lists := k.lists
	if got := rows(p, "--yes"); len(got) > 0 || k.lists != lists {
		t.Errorf("told again it is %q, and the catalog was listed %d times", got, k.lists-lists)
	}
	scan(exitDone, "2 entities, 0 changed, 0 gone")
	if n := k.at(http.StatusServiceUnavailable, false); n != 1 {
		t.Errorf("it was written to %d times, want once", n)
	}

	k.commit(p, "cart", "go.mod")
	scan(exitDone, "2 entities, 0 changed, 0 gone, not told all: write custom data to Cortex: Cortex answers 503: Service Unavailable; try again when the host is well")
	k.at(0, true)
	scan(exitUnknown, "0 entities, 0 changed, 0 gone, not complete, not told all: the scan is not complete")
	k.at(0, false)
	scan(exitDone, "2 entities, 0 changed, 0 gone, told about 1")
	if got := k.custom["cart"]["trodden_go_state"]; got != "on" {
		t.Errorf("then cart is %v", got)
	}
	var told []int
	for _, row := range ask[catalogScan](p, "scans") {
		told = append(told, row.Catalogs[0].Given)
	}
	if !slices.Equal(told, []int{1, 0, 0, 0, 0, 0}) {
		t.Errorf("scans say that they told about %d", told)
	}
}

// TestPushFails tells what a portal refuses, and that what has no use is refused before anything is asked.
func TestPushFails(t *testing.T) {
	t.Parallel()
	k := newTaker(t)
	p := k.beside(t)
	k.configure(p, true)
	k.at(http.StatusForbidden, false)
	scanned, _ := p.run(exitDone, "scan")
	if !strings.Contains(scanned, "not told all: write custom data to Cortex: Cortex answers 403") {
		t.Errorf("the scan prints\n%s", scanned)
	}
	out, said := p.run(exitFailed, "catalog", "push", "--yes", "--output", "table")
	if !strings.Contains(said, "the API key needs the permission Edit entities") || !strings.Contains(said, "cortex: told about 0 entities") || strings.Contains(out+said, "s3cr3t") {
		t.Errorf("it prints\n%s%s", out, said)
	}
	stop := p.serve()
	if _, said := p.run(exitFailed, "catalog", "push"); !strings.Contains(said, "has the store: its scans tell portals") {
		t.Errorf("beside a server it says %q", said)
	}
	stop()
	p.write("sources: [{git: {dirs: [\"repos/*\"]}}, {backstage: {url: \"http://127.0.0.1:1\"}}]\npaths: [{key: go, golden: {file: go.mod}}]\n")
	for source, want := range map[string]string{
		"backstage": "a fact retriever of backstage reads /api/v1/backstage/facts", "git": "is no software catalog", "nobody": "nobody", "": "no source is a catalog that can be told something",
	} {
		args := []string{"catalog", "push"}
		if source != "" {
			args = append(args, "--source", source)
		}
		if _, said := p.run(exitUsage, args...); !strings.Contains(said, want) {
			t.Errorf("--source %s: it says %q", source, said)
		}
	}
}
