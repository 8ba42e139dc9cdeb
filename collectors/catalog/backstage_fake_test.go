package catalog_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

func groupRef(name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: "group", Namespace: "default", Name: name}
}

func userRef(name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: "user", Namespace: "default", Name: name}
}

// byRef reads a list to its end. A thing that is in it twice is an error.
func byRef(list iter.Seq2[catalog.Item, error]) (map[string]catalog.Item, error) {
	items := map[string]catalog.Item{}
	for item, err := range list {
		if err != nil {
			return items, err
		}
		ref := item.Entity.Ref.String()
		if _, again := items[ref]; again {
			return items, fmt.Errorf("%s is handed on twice", ref)
		}
		items[ref] = item
	}
	return items, nil
}

// answered sends a request and decodes what is answered; into may be nil.
func answered(req *http.Request, into any) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	return err
}

// fakeBackstage answers as the catalog of Backstage does, in memory.
type fakeBackstage struct {
	entities []string // as JSON
	pending  []string // rows of what was never valid; nil: the module is not there
	most     int      // entities on a page, whatever is asked for; 0 is no limit
	lacks    []string // ends of addresses that it does not have
	linkless bool     // its plain list does not say where it goes on

	// meddle may answer in its place; nth counts the requests of the same address from 1.
	meddle func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) (done bool)

	asked []string // addresses below /api/catalog
}

// RoundTrip implements http.RoundTripper. Nothing leaves the process, so that tests may have a clock of their own.
func (f *fakeBackstage) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp, r.Context().Err()
}

// ServeHTTP implements http.Handler.
func (f *fakeBackstage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := strings.TrimPrefix(r.URL.Path, "/api/catalog")
	f.asked = append(f.asked, at)
	nth := 0
	for _, before := range f.asked {
		if before == at {
			nth++
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch {
	case f.meddle != nil && f.meddle(f, w, r, nth):
	case slices.Contains(f.lacks, at):
		w.WriteHeader(http.StatusNotFound)
	case at == "/entities/by-query":
		f.query(w, r)
	case at == "/entities":
		f.plain(w, r)
	case at == "/entities/by-refs":
		f.byRefs(w, r)
	case at == "/entities/unprocessed/pending" && f.pending != nil:
		fmt.Fprintf(w, `{"type":"pending","entities":[%s]}`, strings.Join(f.pending, ","))
	case at == "/entities/unprocessed/failed" && f.pending != nil:
		fmt.Fprint(w, `{"type":"failed","entities":[]}`)
	case at == "/entity-facets":
		fmt.Fprintf(w, `{"facets":{"kind":[{"value":"Component","count":%d}]}}`, len(f.entities))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// cursor is what the catalog keeps in one, as text nobody needs to understand.
type cursor struct{ After, Total int }

func (f *fakeBackstage) query(w http.ResponseWriter, r *http.Request) {
	c := cursor{0, len(f.entities)}
	if text := r.URL.Query().Get("cursor"); text != "" {
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil || json.Unmarshal(decoded, &c) != nil {
			refuseBackstage(w, http.StatusBadRequest, "InputError", "Malformed cursor")
			return
		}
	}
	end, next := f.end(r, c.After), ""
	if end < len(f.entities) {
		text, _ := json.Marshal(cursor{end, c.Total})
		next = fmt.Sprintf(`"nextCursor":%q`, base64.StdEncoding.EncodeToString(text))
	}
	fmt.Fprintf(w, `{"items":[%s],"totalItems":%d,"pageInfo":{%s}}`, strings.Join(f.entities[min(c.After, end):end], ","), c.Total, next)
}

// end is where the page ends that a request asks for.
func (f *fakeBackstage) end(r *http.Request, begin int) int {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 20
	}
	if f.most > 0 {
		limit = min(limit, f.most)
	}
	return min(begin+limit, len(f.entities))
}

func (f *fakeBackstage) plain(w http.ResponseWriter, r *http.Request) {
	begin, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	if after, err := strconv.Atoi(r.URL.Query().Get("after")); err == nil {
		begin = after
	}
	end := f.end(r, begin)
	if end < len(f.entities) && !f.linkless {
		w.Header().Set("Link", fmt.Sprintf(`</entities?limit=%s&after=%d>; rel="next"`, r.URL.Query().Get("limit"), end))
	}
	fmt.Fprintf(w, "[%s]", strings.Join(f.entities[min(begin, end):end], ","))
}

func (f *fakeBackstage) byRefs(w http.ResponseWriter, r *http.Request) {
	var asked struct{ EntityRefs []string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		refuseBackstage(w, http.StatusBadRequest, "InputError", err.Error())
		return
	}
	there := map[string]string{}
	for _, text := range f.entities {
		var e struct{ Kind, Metadata any }
		if json.Unmarshal([]byte(text), &e) == nil {
			if m, ok := e.Metadata.(map[string]any); ok {
				there[strings.ToLower(fmt.Sprintf("%v:default/%v", e.Kind, m["name"]))] = text
			}
		}
	}
	items := make([]string, len(asked.EntityRefs))
	for i, ref := range asked.EntityRefs {
		if items[i] = there[ref]; items[i] == "" {
			items[i] = "null"
		}
	}
	fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(items, ","))
}

func refuseBackstage(w http.ResponseWriter, status int, name, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"name":%q,"message":%q},"request":{},"response":{"statusCode":%d}}`, name, message, status)
}

// portal reads the fake.
func (f *fakeBackstage) portal(t testing.TB, change func(*catalog.BackstageConfig)) *catalog.Backstage {
	t.Helper()
	c := catalog.BackstageConfig{URL: "https://backstage.test/api/catalog/", Token: "a-secret-token", HTTP: &http.Client{Transport: f}}
	if change != nil {
		change(&c)
	}
	b, err := catalog.NewBackstage(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// component is one of an owner.
func component(name, owner string) string {
	return fmt.Sprintf(`{"kind":"Component","metadata":{"name":%q},"spec":{"owner":%q},"relations":[{"type":"ownedBy","targetRef":"group:default/%s"}]}`, name, owner, owner)
}

func group(name string) string {
	return fmt.Sprintf(`{"kind":"Group","metadata":{"name":%q},"relations":[]}`, name)
}

// components are so many of them, and the group that owns them at the end.
func components(n int) (list []string) {
	for i := range n {
		list = append(list, component(fmt.Sprintf("c%d", i), "payments"))
	}
	return append(list, group("payments"))
}
