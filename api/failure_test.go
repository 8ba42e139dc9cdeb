package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// dbFunc is a store made of a function.
type dbFunc func(ctx context.Context, dest any, sql string, args map[string]any) error

func (f dbFunc) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	return f(ctx, dest, sql, args)
}

func (f dbFunc) Each(ctx context.Context, sql string, args map[string]any, _ []any, _ func() error) error {
	return f(ctx, nil, sql, args)
}

// TestFailures says what becomes of a question when the store fails.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		db     dbFunc
		target string
		want   int
	}{
		"something is wrong":    {func(context.Context, any, string, map[string]any) error { return errors.New("disk on fire at /srv") }, "/api/v1/states", 500},
		"a programming mistake": {func(context.Context, any, string, map[string]any) error { panic("disk on fire at /srv") }, "/api/v1/states", 500},
		"it does not answer":    {func(ctx context.Context, _ any, _ string, _ map[string]any) error { <-ctx.Done(); return ctx.Err() }, "/api/v1/states", 503},
		"it is away": {func(context.Context, any, string, map[string]any) error {
			return fmt.Errorf("dial /srv: %w", metrics.ErrUnavailable)
		}, "/api/v1/paths", 503},
		"it is away for a probe": {func(context.Context, any, string, map[string]any) error { return errors.New("disk on fire at /srv") }, "/readyz", 503},
		"it has nothing":         {func(context.Context, any, string, map[string]any) error { return nil }, "/api/v1/adoption", 200},
		"nothing for a health":   {nil, "/healthz", 200},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := open(c.db, func(o *api.Options) {
				o.DB, o.Log = query.Bounded(o.DB, 10*time.Millisecond), slog.New(slog.NewTextHandler(&log, nil))
			})
			answer := do(h, request("GET", c.target))
			if answer.Code != c.want {
				t.Errorf("got %d %s, want %d", answer.Code, answer.Body, c.want)
			}
			if strings.Contains(answer.Body.String(), "/srv") {
				t.Errorf("the answer tells of the inside: %s", answer.Body)
			}
			if id := answer.Header().Get("X-Request-Id"); answer.Code >= 500 && !strings.Contains(log.String(), id) {
				t.Errorf("the log does not have request %s:\n%s", id, log.String())
			}
		})
	}
}

// TestNotHere asks for what this server was not given.
func TestNotHere(t *testing.T) {
	h := open(nil)
	for _, target := range []string{"/api/v1/scans", "/api/v1/exemptions", "/api/v1/exemptions/end", "/api/v1/reports"} {
		if answer := do(h, request("POST", target, "{}")); answer.Code != http.StatusNotImplemented {
			t.Errorf("POST %s: got %d %s, want 501", target, answer.Code, answer.Body)
		}
	}
}

// TestLargeBody sends more than is read.
func TestLargeBody(t *testing.T) {
	h := open(nil, func(o *api.Options) { o.Scans = newScanner() })
	large := `{"source":"` + strings.Repeat("x", 1<<17) + `"}`
	if answer := do(h, request("POST", "/api/v1/scans", large)); answer.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %s, want 413", answer.Code, answer.Body)
	}
	r := request("POST", "/api/v1/scans", large)
	r.ContentLength = -1 // it does not say how long it is
	if answer := do(h, r); answer.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("of unknown length: got %d %s, want 413", answer.Code, answer.Body)
	}
}

// TestTexts exempts for reasons, and by names, that are long or no text.
func TestTexts(t *testing.T) {
	h := open(openStore(t), func(o *api.Options) { o.Exemptions = &exempter{} })
	for name, c := range map[string]struct {
		by, reason string
		want       int
		says       string
	}{
		"as long as may be": {strings.Repeat("é", 200), strings.Repeat("é", 1000), 201, ""},
		"a long reason":     {"ana", strings.Repeat("x", 1001), 400, "reason: 1001 characters long, expected at most 1000"},
		"a long name":       {strings.Repeat("x", 5000), "audit", 400, "by: 5000 characters long, expected at most 200"},
		"Latin 1":           {"ana", "caf\xe9", 400, "the body cannot be read: not UTF-8"},
		"a bell":            {"ana\\u0007", "audit", 400, "by: not plain text"},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"repo":"` + repoName(0) + `","path":"ci","until":"2027-01-01","by":"` + c.by + `","reason":"` + c.reason + `"}`
			answer := do(h, request("POST", "/api/v1/exemptions", body))
			if answer.Code != c.want || !strings.Contains(answer.Body.String(), c.says) {
				t.Errorf("got %d %s, want %d and %q", answer.Code, answer.Body, c.want, c.says)
			}
		})
	}
}

// TestMethods asks what addresses take.
func TestMethods(t *testing.T) {
	h := open(openStore(t), func(o *api.Options) { o.Pages = blankPage() })
	for _, c := range []struct {
		method, target string
		want           int
		allow          string
	}{
		{"HEAD", "/api/v1/states", 200, ""},
		{"HEAD", "/api/v1/states?path=nope", 404, ""},
		{"HEAD", "/healthz", 200, ""},
		{"OPTIONS", "/api/v1/states", 204, "OPTIONS, GET, HEAD"},
		{"OPTIONS", "/api/v1/scans", 204, "OPTIONS, GET, HEAD, POST"},
		{"DELETE", "/api/v1/scans", 405, "OPTIONS, GET, HEAD, POST"},
		{"GET", "/", 200, ""},
		{"GET", "/api/v1/nope", 404, ""},
		{"GET", "/api/nope", 404, ""},
		{"POST", "/", 405, "OPTIONS, GET, HEAD"},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			answer := do(h, request(c.method, c.target))
			if answer.Code != c.want || answer.Header().Get("Allow") != c.allow {
				t.Errorf("got %d, Allow %q; want %d, %q", answer.Code, answer.Header().Get("Allow"), c.want, c.allow)
			}
			if c.method == "HEAD" && answer.Code == 200 && (answer.Body.Len() > 0 || answer.Header().Get("Content-Type") == "") {
				t.Errorf("HEAD: got %q of type %q", answer.Body, answer.Header().Get("Content-Type"))
			}
		})
	}
}

// many fills a store with more repositories than are asked for at once.
func many(t testing.TB, n int) *clickhouse.DB {
	t.Helper()
	db := openStore(t)
	var c clickhouse.Conclusions
	var facts metrics.Batch
	var list []clickhouse.Mark
	g, err := db.NextGeneration(t.Context())
	check(t, err)
	for i := range n {
		id := metrics.RepoID(i + 1)
		facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: fmt.Sprintf("github.com/many/%05d", i), Source: "git", Seen: at("2026-01-01")})
		s := span(0, "ci", at("2025-01-01"), metrics.Forever, metrics.On)
		s.Repo = id
		c.Spans = append(c.Spans, s)
		list = append(list, clickhouse.Mark{Repo: id, Generation: g})
	}
	defs := definitions()
	check(t, db.Write(t.Context(), &facts))
	check(t, db.WriteDefined(t.Context(), g, &defs))
	check(t, db.WriteConclusions(t.Context(), g, &c))
	check(t, db.Publish(t.Context(), g, 0, list))
	return db
}

// TestStream asks for all of a list that is longer than what is asked for at once, and then from a store
// that breaks in the middle: what was sent must not look whole.
func TestStream(t *testing.T) {
	const n = 12_000
	db := many(t, n)
	whole := ask(t, open(db), "GET", "/api/v1/states?format=ndjson&limit=0&path=ci").Body.String()
	if got, want := strings.Count(whole, "\n"), n+repos; got != want {
		t.Errorf("got %d rows, want %d", got, want)
	}
	breaks := dbFunc(func(ctx context.Context, dest any, sql string, args map[string]any) error {
		if args["continued"] == true {
			return errors.New("the store went away")
		}
		return db.Select(ctx, dest, sql, args)
	})
	for _, format := range []string{"json", "csv", "ndjson"} {
		server := httptest.NewServer(open(breaks))
		answer, err := http.Get(server.URL + "/api/v1/states?limit=0&format=" + format)
		check(t, err)
		var b bytes.Buffer
		if _, err := b.ReadFrom(answer.Body); err == nil {
			t.Errorf("%s: half an answer of %d bytes looks whole", format, b.Len())
		}
		answer.Body.Close()
		server.Close()
	}
}

// TestStoreThatFailsBeforeAnything has no half answer to break off.
func TestStoreThatFailsBeforeAnything(t *testing.T) {
	db := openStore(t)
	fails := dbFunc(func(ctx context.Context, dest any, sql string, args map[string]any) error {
		if strings.HasPrefix(sql, "-- states") {
			return errors.New("the store went away")
		}
		return db.Select(ctx, dest, sql, args)
	})
	for _, limit := range []string{"0", "5"} {
		answer := do(open(query.DB(fails)), request("GET", "/api/v1/states?format=csv&limit="+limit))
		if got := answer.Header().Get("Content-Type"); answer.Code != 500 || got != "application/problem+json" {
			t.Errorf("limit %s: got %d %s", limit, answer.Code, got)
		}
	}
}
