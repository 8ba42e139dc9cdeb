package catalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// rented is a portal that its vendor runs, and a handler that answers as it does.
type rented struct {
	handler http.Handler
	listed  func(r *http.Request, body string) bool // a request of the list of entities
	open    func(url string, client *http.Client, log *slog.Logger, budget *quota.Budget) (catalog.Portal, error)
	secrets []string
	grow    func(entities int)
	shrink  func() // deletes the first entity
	shows   bool   // that it shrank
	retries bool   // its list is asked for again after a failure of the host
}

// rentedPortals are the three, made anew.
func rentedPortals() map[string]*rented {
	port, cortex, opslevel := newPortFake(), newCortexFake(), newOpsLevelFake()
	return map[string]*rented{
		"port":     port.rented(),
		"cortex":   cortex.rented(),
		"opslevel": opslevel.rented(),
	}
}

// answering opens a handler without a network, so that it can be asked in a bubble in which waiting takes no time.
func answering(t *testing.T, handler http.Handler) (url string, client *http.Client) {
	host := hosttest.New(hosttest.Config{Name: "portal", URL: "https://portal.example", InProcess: true, Report: hosttest.Fatally(t, "portal")})
	host.Open(handler)
	t.Cleanup(host.Close)
	return host.URL, host.Client()
}

// everything reads a whole list.
func everything(ctx context.Context, portal catalog.Portal) (items []catalog.Item, err error) {
	for item, failed := range portal.Items(ctx) {
		if failed != nil {
			return items, failed
		}
		items = append(items, item)
	}
	return items, nil
}

// entitiesIn are the items that are neither teams nor persons, by name.
func entitiesIn(items []catalog.Item) map[string]catalog.Item {
	found := map[string]catalog.Item{}
	for _, item := range items {
		if item.Team == nil && item.Spelled == nil {
			found[item.Entity.Ref.Name] = item
		}
	}
	return found
}

// values are those of a field of an entity; nil where it is empty or not there.
func values(item catalog.Item, field string) []string {
	for _, f := range item.Entity.Fields {
		if f.Name == field {
			return f.Values
		}
	}
	return nil
}

// filled are fields of these names, with values that are listed behind their names.
func filled(names []string, list ...string) (all []metrics.EntityField) {
	for _, name := range names {
		field := metrics.EntityField{Name: name}
		for i := 0; i < len(list); i += 2 {
			if list[i] == name {
				field.Values = append(field.Values, list[i+1])
			}
		}
		all = append(all, field)
	}
	return all
}

// ref is a reference in the usual namespace.
func ref(kind, name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: kind, Namespace: "default", Name: name}
}

// faulty answers some requests otherwise.
type faulty struct {
	*rented
	after, times int // of the list: how many go well, and how many fail then; all that follow where negative
	fail         http.HandlerFunc

	mu sync.Mutex
}

// ServeHTTP implements http.Handler.
func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if f.listed(r, string(body)) && f.due() {
		f.fail(w, r)
		return
	}
	f.handler.ServeHTTP(w, r)
}

func (f *faulty) due() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.after > 0:
		f.after--
		return false
	case f.times == 0:
		return false
	}
	f.times--
	return true
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func busy(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", after)
		status(429, `{"message":"too many requests"}`)(w, r)
	}
}

func pageForPeople(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<!DOCTYPE html><html><title>Sign in</title></html>")
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"ok":true,"data":{"account":{"services":{"nodes":[{"id"`)
	panic(http.ErrAbortHandler)
}

// echo repeats the secret that a request came with.
func echo(w http.ResponseWriter, r *http.Request) {
	status(400, fmt.Sprintf(`{"message":"not good: %s"}`, r.Header.Get("Authorization")))(w, r)
}

// moved is a redirection to a page that wants a password.
func moved(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://login.example/", http.StatusFound)
}

// TestBadAnswers lets the list of entities fail in all ways that hosts have. An error ends it, whatever came before is
// given, and no secret is in any error or log.
func TestBadAnswers(t *testing.T) {
	always := -1
	for _, test := range []struct {
		name         string
		fail         http.HandlerFunc
		after, times int
		want         string // part of the error; none where empty
		least        time.Duration
	}{
		{"401", status(401, `{"error":"unauthorized"}`), 0, always, "refuses the credentials", 0},
		{"403", status(403, `{"message":"missing permission: view entities"}`), 0, always, "answers 403: missing permission: view entities", 0},
		{"404", status(404, `{"message":"no such route"}`), 0, always, "answers 404: no such route", 0},
		{"500", status(500, ``), 0, always, "answers 500", 0},
		{"500 after a page", status(500, `oops`), 1, always, "answers 500", 0},
		{"429 for a while", busy("30"), 1, 2, "", time.Minute},
		{"429 for good", busy("30"), 1, always, "allows no more requests before", time.Minute},
		{"429 until tomorrow", busy("86400"), 0, always, "allows no more requests before", 0},
		{"a page for people", pageForPeople, 0, always, "the answer is none of", 0},
		{"a page for people after a page", pageForPeople, 1, always, "the answer is none of", 0},
		{"cut", cutOff, 0, always, "the answer is none of", 0},
		{"nothing", status(200, ``), 0, always, "the answer is none of", 0},
		{"null", status(200, `null`), 0, always, "the answer is none of", 0},
		{"an empty object", status(200, `{}`), 0, always, "the answer is none of", 0},
		{"another shape", status(200, `[1, 2]`), 0, always, "the answer is none of", 0},
		{"a redirection", moved, 0, always, "answers 302", 0},
		{"the secret in the answer", echo, 1, always, "not good: Bearer …", 0},
	} {
		for name := range rentedPortals() {
			t.Run(test.name+" of "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := rentedPortals()[name]
					p.grow(1500)
					begun := time.Now()
					items, log, err := p.read(t, &faulty{rented: p, after: test.after, times: test.times, fail: test.fail})
					switch {
					case test.want == "" && (err != nil || len(entitiesIn(items)) != 1500):
						t.Fatalf("got %d entities, %v, want all", len(entitiesIn(items)), err)
					case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
						t.Fatalf("got %v, want an error that says %q", err, test.want)
					}
					if got := len(entitiesIn(items)); test.after == 1 && got == 0 || test.after == 0 && got > 0 {
						t.Errorf("got %d entities, want those of the %d pages before", got, test.after)
					}
					if took := time.Since(begun); took < test.least {
						t.Errorf("took %s, want %s at least", took, test.least)
					}
					if strings.Contains(test.want, "no more requests") && !errors.Is(err, collectors.ErrSpent) {
						t.Errorf("got %v, want one that is ErrSpent", err)
					}
					for _, secret := range p.secrets {
						if strings.Contains(fmt.Sprintf("%v %+v %s", err, err, log), secret) {
							t.Errorf("the secret %q is in %v or in %s", secret, err, log)
						}
					}
				})
			})
		}
	}
}

// read reads what a handler answers in place of the portal.
func (p *rented) read(t *testing.T, handler http.Handler) ([]catalog.Item, string, error) {
	t.Helper()
	var log bytes.Buffer
	url, client := answering(t, handler)
	portal, err := p.open(url, client, slog.New(slog.NewTextHandler(&log, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	items, err := everything(t.Context(), portal)
	return items, log.String(), err
}

// TestFailureThatPasses: a host that fails once is asked again where that is safe.
func TestFailureThatPasses(t *testing.T) {
	for name := range rentedPortals() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := rentedPortals()[name]
				p.grow(10)
				items, _, err := p.read(t, &faulty{rented: p, times: 1, fail: status(502, ``)})
				if got := len(entitiesIn(items)); p.retries && (err != nil || got != 10) || !p.retries && err == nil {
					t.Errorf("got %d entities, %v, want that it is asked again: %v", got, err, p.retries)
				}
			})
		})
	}
}

// TestLargeCatalogs reads 10,000 entities in few requests, each once.
func TestLargeCatalogs(t *testing.T) {
	for name, most := range map[string]int{"port": 20, "cortex": 20, "opslevel": 28} {
		t.Run(name, func(t *testing.T) {
			p := rentedPortals()[name]
			p.grow(10_000)
			url, client := answering(t, p.handler)
			portal, err := p.open(url, client, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			items, err := everything(t.Context(), portal)
			if got := len(entitiesIn(items)); err != nil || got != 10_000 {
				t.Errorf("got %d entities, %v, want 10000", got, err)
			}
			if got := portal.Requests(); got > most || got < 10 {
				t.Errorf("got %d requests, want 10 to %d", got, most)
			}
		})
	}
}

// TestShrinking deletes an entity that was read already, so that where pages are counted through another one is passed over.
func TestShrinking(t *testing.T) {
	for name := range rentedPortals() {
		t.Run(name, func(t *testing.T) {
			p := rentedPortals()[name]
			p.grow(1500)
			shrunk := &faulty{rented: p, after: 1, times: 1}
			shrunk.fail = func(w http.ResponseWriter, r *http.Request) {
				p.shrink()
				p.handler.ServeHTTP(w, r)
			}
			items, _, err := p.read(t, shrunk)
			if got := len(entitiesIn(items)); p.shows && (err == nil || !strings.Contains(err.Error(), "moved while it was read")) || !p.shows && (err != nil || got != 1500) {
				t.Errorf("got %d entities, %v, want that the list moved: %v", got, err, p.shows)
			}
		})
	}
}

// TestEnough stops in the middle.
func TestEnough(t *testing.T) {
	for name := range rentedPortals() {
		t.Run(name, func(t *testing.T) {
			p := rentedPortals()[name]
			p.grow(3)
			url, client := answering(t, p.handler)
			portal, err := p.open(url, client, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for most := range 12 {
				n := 0
				for _, err := range portal.Items(t.Context()) {
					if err != nil {
						t.Fatal(err)
					}
					if n++; n > most {
						break
					}
				}
			}
		})
	}
}

// TestGivenUp ends the context, and the budget of a run.
func TestGivenUp(t *testing.T) {
	for name := range rentedPortals() {
		t.Run(name, func(t *testing.T) {
			p := rentedPortals()[name]
			url, client := answering(t, p.handler)
			portal, err := p.open(url, client, nil, quota.NewBudget(1))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := everything(t.Context(), portal); !errors.Is(err, collectors.ErrSpent) || !strings.Contains(err.Error(), "the budget of 1 requests is spent") {
				t.Errorf("got %v, want that the budget is spent", err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if portal, err = p.open(url, client, nil, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := everything(ctx, portal); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it is cancelled", err)
			}
		})
	}
}

// TestAddresses refuses what is none.
func TestAddresses(t *testing.T) {
	for name, p := range rentedPortals() {
		for _, url := range []string{"portal.example", "ftp://portal.example", "https://", "https://ana:secret@portal.example"} {
			t.Run(name+" "+url, func(t *testing.T) {
				if _, err := p.open(url, nil, nil, nil); err == nil || strings.Contains(err.Error(), "secret") {
					t.Errorf("got %v, want an error without the password", err)
				}
			})
		}
	}
}

// TestWithoutSecrets refuses a configuration that can be let in nowhere.
func TestWithoutSecrets(t *testing.T) {
	_, port := catalog.NewPort(catalog.PortConfig{ClientID: "id"})
	_, cortex := catalog.NewCortex(catalog.CortexConfig{})
	_, opslevel := catalog.NewOpsLevel(catalog.OpsLevelConfig{})
	for _, err := range []error{port, cortex, opslevel} {
		if !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
	}
}

// TestTooLong reads no answer to its end that is longer than any catalog has.
func TestTooLong(t *testing.T) {
	p := rentedPortals()["cortex"]
	server := httptest.NewServer(&faulty{rented: p, times: -1, fail: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"entities":["`)
		for chunk := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}})
	defer server.Close()
	portal, err := p.open(server.URL, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := everything(t.Context(), portal); err == nil || !strings.HasSuffix(err.Error(), "an answer of Cortex is longer than 64 MB") {
		t.Errorf("got %v, want that the answer is too long", err)
	}
}

// decoded is a constructed answer, as what a fake keeps.
func decoded[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// show answers with JSON.
func show(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}
