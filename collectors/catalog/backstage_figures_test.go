package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/catalog"
)

// largeBackstage is a catalog of so many APIs whose definitions have 5 kB each, none of which is in memory. Every tenth
// is of a team that left, the others are of the last one.
type largeBackstage struct {
	apis     int
	requests int
}

// ServeHTTP implements http.Handler.
func (l *largeBackstage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.requests++
	switch at := strings.TrimPrefix(r.URL.Path, "/api/catalog/entities"); at {
	case "/by-query":
		l.page(w, r)
	case "/by-refs":
		io.WriteString(w, `{"items":[null]}`)
	case "/unprocessed/pending", "/unprocessed/failed":
		io.WriteString(w, `{"entities":[]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (l *largeBackstage) page(w http.ResponseWriter, r *http.Request) {
	begin, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	end := min(begin+limit, l.apis+1)
	definition := strings.Repeat("x", 5_000)
	io.WriteString(w, `{"items":[`)
	for i := begin; i < end; i++ {
		owner := "payments"
		if i%10 == 0 {
			owner = "left"
		}
		if i == l.apis {
			io.WriteString(w, group("payments"))
			break
		}
		fmt.Fprintf(w, `{"kind":"API","metadata":{"name":"a%d"},"spec":{"owner":%q,"definition":%q},"relations":[{"type":"ownedBy","targetRef":"group:default/%s"}]}`, i, owner, definition, owner)
		if i < end-1 {
			io.WriteString(w, ",")
		}
	}
	next := ""
	if end <= l.apis {
		next = fmt.Sprintf(`"nextCursor":"%d"`, end)
	}
	fmt.Fprintf(w, `],"totalItems":%d,"pageInfo":{%s}}`, l.apis+1, next)
}

// TestBackstageFigures reads 10,000 entities, the worst way: the team of them is the last thing told.
func TestBackstageFigures(t *testing.T) {
	l := &largeBackstage{apis: 9_999}
	server := httptest.NewServer(l)
	defer server.Close()
	b, err := catalog.NewBackstage(catalog.BackstageConfig{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	before, most := heap(), uint64(0)
	items, gone := 0, 0
	for item, err := range b.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items++
		if len(item.Owners) > 0 && item.Owners[0].Gone {
			gone++
		}
		if items%2_500 == 1 {
			most = max(most, heap())
		}
	}
	if items != 10_000 || gone != 1_000 {
		t.Errorf("got %d items, %d of which have an owner who is gone", items, gone)
	}
	if b.Requests() > 12 || b.Requests() != l.requests {
		t.Errorf("%d requests are counted of %d, want 12 at most", b.Requests(), l.requests)
	}
	if most > before+25<<20 {
		t.Errorf("%d MB are held on the way, want 25 at most for 50 MB of answers", (most-before)>>20)
	}
}

// heap is how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestBackstageProducts says where each product is asked, by what it is called, and of which token it speaks.
func TestBackstageProducts(t *testing.T) {
	for name, c := range map[string]struct {
		config catalog.BackstageConfig
		at     string
		said   []string
	}{
		"Backstage":                 {catalog.BackstageConfig{URL: "https://b.test"}, "https://b.test/api/catalog/entities/by-query", []string{"Backstage answers 403", "backend.auth.externalAccess"}},
		"below a path":              {catalog.BackstageConfig{URL: "https://b.test/portal/"}, "https://b.test/portal/api/catalog/entities/by-query", []string{"Backstage answers 403"}},
		"with the path of catalogs": {catalog.BackstageConfig{URL: "https://b.test/api/catalog/"}, "https://b.test/api/catalog/entities/by-query", []string{"Backstage answers 403"}},
		"with the path of entities": {catalog.BackstageConfig{URL: "https://b.test/api/catalog/entities"}, "https://b.test/api/catalog/entities/by-query", []string{"Backstage answers 403"}},
		"Roadie":                    {catalog.BackstageConfig{Kind: catalog.Roadie}, "https://api.roadie.so/api/catalog/entities/by-query", []string{"Roadie answers 403", "a service token or a user token"}},
		"Spotify Portal":            {catalog.BackstageConfig{Kind: catalog.SpotifyPortal, URL: "https://acme.test"}, "https://acme.test/api/catalog/entities/by-query", []string{"Spotify Portal answers 403", "External access"}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := ""
			f := &fakeBackstage{meddle: func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, _ int) bool {
				if asked == "" {
					asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
				}
				if got := r.Header.Get("Authorization"); got != "Bearer a-secret-token" {
					t.Errorf("it signs with %q", got)
				}
				refuseBackstage(w, http.StatusForbidden, "NotAllowedError", "no")
				return true
			}}
			b := f.portal(t, func(to *catalog.BackstageConfig) { to.URL, to.Kind = c.config.URL, c.config.Kind })
			_, err := byRef(b.Items(t.Context()))
			if asked != c.at {
				t.Errorf("it asks %s first, want %s", asked, c.at)
			}
			for _, text := range c.said {
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("the error is %v, want one that says %q", err, text)
				}
			}
		})
	}
	for _, address := range []string{"", "b.test", "ftp://b.test", "https://user:password@b.test"} {
		if _, err := catalog.NewBackstage(catalog.BackstageConfig{URL: address}); err == nil || strings.Contains(err.Error(), "password") {
			t.Errorf("of the url %q it says %v", address, err)
		}
	}
}

// TestBackstageTellsOnce reads a catalog twice that has neither queries nor the module: that is said once, and queries are
// tried once.
func TestBackstageTellsOnce(t *testing.T) {
	var log bytes.Buffer
	f := &fakeBackstage{entities: components(2), lacks: []string{"/entities/by-query"}}
	b := f.portal(t, func(c *catalog.BackstageConfig) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for range 2 {
		if items, err := byRef(b.Items(t.Context())); err != nil || len(items) != 3 {
			t.Fatalf("got %d items and %v", len(items), err)
		}
	}
	for _, text := range []string{"the catalog has no queries", "the catalog does not tell what it could not process"} {
		if n := strings.Count(log.String(), text); n != 1 {
			t.Errorf("it says %d times that %s:\n%s", n, text, log.String())
		}
	}
	if want := 1 + 2*3; b.Requests() != want {
		t.Errorf("%d requests, want %d: %q", b.Requests(), want, f.asked)
	}
}

// TestBackstageCancelled ends the context in the middle of a list, which says no more than that.
func TestBackstageCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeBackstage{entities: components(4), most: 2, meddle: func(_ *fakeBackstage, _ http.ResponseWriter, _ *http.Request, nth int) bool {
		if nth == 2 {
			cancel()
		}
		return false
	}}
	if _, err := byRef(f.portal(t, nil).Items(ctx)); !errors.Is(err, context.Canceled) || len(f.asked) != 2 {
		t.Errorf("got %v after %q", err, f.asked)
	}
}

// FuzzBackstage takes any text for the answer of a catalog: each thing in it is told once, with a name, or there is an error.
func FuzzBackstage(f *testing.F) {
	for _, seed := range []string{
		`{"items":[` + component("pay", "payments") + `,` + group("payments") + `],"totalItems":2,"pageInfo":{}}`,
		`{"items":[{"kind":"User","metadata":{"name":"ada","annotations":{"github.com/user-login":"ada"}},"spec":{"memberOf":["a",{"$text":"b"}],"profile":[]}}]}`,
		`{"items":[{"kind":"Group","metadata":{"name":"g","links":[{"url":"x"}],"tags":"a"},"spec":{"owner":["a",["b"],1,null],"parent":{"$yaml":"x"}},"status":{"items":[null]}}]}`,
		`{"items":[{"kind":"API","metadata":{"name":"a","annotations":{"backstage.io/source-location":"url:https://h/o/r/tree/main/x","gitlab.com/project-slug":"a/b"}},"relations":[null,{}]}]}`,
		`{"items":{},"pageInfo":null}`, `[]`, `null`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		fake := &fakeBackstage{meddle: func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, _ int) bool {
			if !strings.HasSuffix(r.URL.Path, "/by-query") {
				return false
			}
			io.WriteString(w, body)
			return true
		}}
		items, err := byRef(fake.portal(t, nil).Items(t.Context()))
		if err != nil && strings.Contains(err.Error(), "handed on twice") {
			t.Error(err)
		}
		for ref, item := range items {
			if item.Entity.Ref.Kind == "" || item.Entity.Ref.Name == "" {
				t.Errorf("%q has no name", ref)
			}
		}
	})
}
