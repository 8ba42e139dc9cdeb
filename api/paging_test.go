package api_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/api"
)

// envelope is an answer with its rows as they stand.
type envelope struct {
	Data []json.RawMessage `json:"data"`
	AsOf time.Time         `json:"as_of"`
	Next *string           `json:"next"`
}

func decode(t testing.TB, body []byte) envelope {
	t.Helper()
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return e
}

func texts(rows []json.RawMessage) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = string(r)
	}
	return list
}

// TestPages walks every list in pages and expects the rows of the whole list, for one moment, while the
// clock goes on.
func TestPages(t *testing.T) {
	db := openStore(t)
	later := clock()
	h := open(db, func(o *api.Options) {
		o.Explain, o.Scans, o.Objectives = explainer{}, nil, objectives
		o.Now = func() time.Time { later = later.Add(time.Second); return later }
	})
	for name, target := range map[string]string{
		"adoption by team": "/api/v1/adoption?by=team&as_of=2026-07-01",
		"adoption by way":  "/api/v1/adoption?by=way&as_of=2026-01-01",
		"states":           "/api/v1/states?as_of=2026-07-01",
		"events":           "/api/v1/events?path=ci&to=2026-07-01",
		"explain":          "/api/v1/explain?repo=github.com/acme/r00&as_of=2026-07-01",
		"decisions":        "/api/v1/decisions?to=2026-07-01",
		"voluntary flow":   "/api/v1/voluntary-flow?interval=quarter&as_of=2026-07-01",
		"new repositories": "/api/v1/friction?detail=units&as_of=2026-07-01",
		"pipelines":        "/api/v1/friction?measure=pipeline&detail=units&as_of=2026-07-01",
		"runs":             "/api/v1/friction?measure=pipeline&detail=runs&as_of=2026-07-01",
		"stays":            "/api/v1/retention?detail=units&as_of=2026-07-01",
		"stays that go on": "/api/v1/retention?detail=units&outcome=stays&as_of=2026-07-01",
		"what is counted":  "/api/v1/states?only=counted&as_of=2026-07-01",
		"waits":            "/api/v1/time-to-adopt?detail=units&as_of=2026-07-01",
		"flows":            "/api/v1/flows?from=2025-06-01&as_of=2026-07-01",
		"units of flows":   "/api/v1/flows?detail=units&from=2025-06-01&to=2026-01-01",
		"changes":          "/api/v1/changes?from=2025-06-01&to=2026-01-01",
		"fragmentation":    "/api/v1/fragmentation?interval=quarter&as_of=2026-07-01",
		"lag by path":      "/api/v1/lag?by=path&as_of=2026-07-01",
		"retention":        "/api/v1/retention?as_of=2026-07-01",
		"time to adopt":    "/api/v1/time-to-adopt?as_of=2026-07-01",
		"maturity":         "/api/v1/maturity?as_of=2026-07-01",
		"okrs":             "/api/v1/okrs?as_of=2026-07-01",
		"paths":            "/api/v1/paths?",
		"teams":            "/api/v1/teams?",
		"groups":           "/api/v1/groups?",
		"repos":            "/api/v1/repos?",
		"scans":            "/api/v1/scans?",
	} {
		t.Run(name, func(t *testing.T) {
			whole := decode(t, ask(t, h, "GET", target+"&limit=0").Body.Bytes())
			if whole.Next != nil || len(whole.Data) < 2 {
				t.Fatalf("all rows: got %d and next %v", len(whole.Data), whole.Next)
			}
			var got []string
			next, first := "", time.Time{}
			for range len(whole.Data) + 1 {
				page := decode(t, ask(t, h, "GET", target+"&limit=2&next="+url.QueryEscape(next)).Body.Bytes())
				got = append(got, texts(page.Data)...)
				if first.IsZero() {
					first = page.AsOf
				}
				if !page.AsOf.Equal(first) {
					t.Errorf("the moment moved from %s to %s", first, page.AsOf)
				}
				if page.Next == nil {
					break
				}
				next = *page.Next
			}
			if diff := cmp.Diff(got, texts(whole.Data)); diff != "" {
				t.Errorf("pages(-) whole(+):\n%s", diff)
			}
		})
	}
}

// TestCursorBelongsToItsQuestion carries a cursor over to another question.
func TestCursorBelongsToItsQuestion(t *testing.T) {
	h := open(openStore(t))
	page := decode(t, ask(t, h, "GET", "/api/v1/states?limit=1").Body.Bytes())
	for name, c := range map[string]struct {
		target string
		want   int
	}{
		"the same":         {"/api/v1/states?limit=1&next=", 200},
		"another size":     {"/api/v1/states?limit=3&next=", 200},
		"another format":   {"/api/v1/states?format=csv&next=", 200},
		"another path":     {"/api/v1/states?path=ci&next=", 400},
		"another resource": {"/api/v1/repos?next=", 400},
		"cut short":        {"/api/v1/states?next=a", 400},
	} {
		t.Run(name, func(t *testing.T) {
			if got := do(h, request("GET", c.target+*page.Next)).Code; got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// TestPageOfWhatChanged asks for the page that follows a row which is no longer there.
func TestPageOfWhatChanged(t *testing.T) {
	db := openStore(t)
	h := open(db)
	page := decode(t, ask(t, h, "GET", "/api/v1/adoption?by=team&path=ci&as_of=2026-07-01&limit=1").Body.Bytes())
	g, err := db.NextGeneration(t.Context())
	check(t, err)
	defs := definitions()
	defs.Teams.List = defs.Teams.List[1:]
	check(t, db.WriteDefined(t.Context(), g, &defs))
	check(t, db.Publish(t.Context(), g, 0, marks(g)))
	answer := do(h, request("GET", "/api/v1/adoption?by=team&path=ci&as_of=2026-07-01&limit=1&next="+*page.Next))
	if answer.Code != 409 {
		t.Errorf("got %d %s, want 409", answer.Code, answer.Body)
	}
}

// TestLinkLeadsToTheNextPage follows the header that formats without an envelope have.
func TestLinkLeadsToTheNextPage(t *testing.T) {
	h := open(openStore(t))
	answer := ask(t, h, "GET", "/api/v1/states?format=csv&path=ci&limit=4")
	link, ok := strings.CutSuffix(answer.Header().Get("Link"), `>; rel="next"`)
	if !ok {
		t.Fatalf("got no link to a next page: %v", answer.Header())
	}
	rest := ask(t, h, "GET", strings.TrimPrefix(link, "<")).Body.String()
	if got, want := strings.Count(rest, "\n"), 1+repos-4; got != want {
		t.Errorf("got %d lines, want %d in\n%s", got, want, rest)
	}
}
