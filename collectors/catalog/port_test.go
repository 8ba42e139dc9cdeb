package catalog_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// openPort returns a portal that reads a fake by the network.
func openPort(t *testing.T, f *portFake, mapping ...catalog.PortBlueprint) *catalog.Port {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	portal, err := catalog.NewPort(catalog.PortConfig{URL: server.URL, ClientID: "id", ClientSecret: portSecret, Mapping: mapping})
	if err != nil {
		t.Fatal(err)
	}
	return portal
}

func day(text string) metrics.Instant {
	at, err := metrics.ParseInstant(text)
	if err != nil {
		panic(err)
	}
	return at
}

// TestPort reads a catalog that is constructed after Port's schema, as portFake says.
func TestPort(t *testing.T) {
	portal := openPort(t, portCatalog(t))
	items, err := everything(t.Context(), portal)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"lifecycle", "owner", "property.docs", "property.language", "property.on_call", "property.uses", "source", "system", "tier", "title"}
	want := []catalog.Item{
		{Entity: metrics.Entity{Ref: ref("group", "money"), Fields: []metrics.EntityField{{Name: "description", Values: []string{"All that pays"}}, {Name: "property.parent_team"}, {Name: "title", Values: []string{"Money"}}}}, Team: &catalog.Team{Title: "Money", Aliases: []string{"Money"}}},
		{Entity: metrics.Entity{Ref: ref("group", "payments"), Fields: []metrics.EntityField{{Name: "description"}, {Name: "property.parent_team", Values: []string{"group:default/money"}}, {Name: "title", Values: []string{"Payments Team"}}}}, Team: &catalog.Team{Title: "Payments Team", Aliases: []string{"Payments Team"}, Parent: ref("group", "money")}},
		{Entity: metrics.Entity{Ref: ref("user", "ana@acme.dev")}, Spelled: []collectors.Spelling{{Name: "Ana A", Email: "ana@acme.dev"}}, In: []metrics.EntityRef{ref("group", "payments")}},
		{Entity: metrics.Entity{Ref: ref("user", "bob@acme.dev")}, Spelled: []collectors.Spelling{{Name: "Bob B", Email: "bob@acme.dev"}}},
		{Entity: metrics.Entity{Ref: ref("component", "payments-api"), Repo: "github.com/acme/mono", Folder: "services/pay", Edited: day("2026-04-02T08:00:00Z"),
			Fields: filled(names, "title", "Payments API", "owner", "payments", "lifecycle", "Production", "tier", "1", "source", "https://github.com/Acme/Mono/tree/main/services/pay",
				"property.language", "Go", "property.on_call", "ana@acme.dev", "system", "system:default/ledger", "property.uses", "component:default/billing", "property.uses", "component:default/acme/audit")},
			Owners: []catalog.Owner{{Ref: ref("group", "payments")}}},
		{Entity: metrics.Entity{Ref: ref("component", "acme/audit"), Repo: "gitlab.acme.dev/ops/audit", Edited: day("2026-05-21T10:00:00Z"),
			Fields: filled(names, "title", "Audit", "owner", "Payments Team", "source", "git@gitlab.acme.dev:ops/audit.git")}, Owners: []catalog.Owner{{Ref: ref("group", "payments")}}},
		{Entity: metrics.Entity{Ref: ref("component", "billing"), Fields: filled(names, "title", "Billing", "source", "tbd")}},
		{Entity: metrics.Entity{Ref: ref("component", "gone"), Fields: filled(names, "title", "Gone", "owner", "team-that-left", "owner", "ana@acme.dev", "owner", "carl@acme.dev", "owner", "tbd")},
			Owners: []catalog.Owner{{}, {Ref: ref("user", "ana@acme.dev"), Person: &collectors.Spelling{Email: "ana@acme.dev"}}, {Person: &collectors.Spelling{Email: "carl@acme.dev"}}, {}}},
	}
	if diff := cmp.Diff(items, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if got := portal.Requests(); got != 7 {
		t.Errorf("got %d requests, want 7: the token, blueprints, users, audit log and three searches", got)
	}
}

// TestPortMapping reads what a mapping says, and refuses one of what does not exist.
func TestPortMapping(t *testing.T) {
	for _, test := range []struct {
		name    string
		mapping catalog.PortBlueprint
		want    map[string][]string // fields of payments-api
		err     string
	}{
		{"a relation as another field", catalog.PortBlueprint{Blueprint: "service", Kind: "service", Fields: map[string]string{"depends_on": "uses", "type": "language"}},
			map[string][]string{"depends_on": {"service:default/billing", "service:default/acme/audit"}, "type": {"Go"}, "property.language": nil}, ""},
		{"an owner by a property", catalog.PortBlueprint{Blueprint: "service", Fields: map[string]string{"owner": "on_call"}}, map[string][]string{"owner": {"ana@acme.dev"}, "property.on_call": nil}, ""},
		{"what Port calculates", catalog.PortBlueprint{Blueprint: "service", Fields: map[string]string{"property.score": "score"}}, map[string][]string{"property.score": {"7"}}, ""},
		{"the identifier", catalog.PortBlueprint{Blueprint: "service", Fields: map[string]string{"label.id": "$identifier"}}, map[string][]string{"label.id": {"Payments-API"}}, ""},
		{"no such blueprint", catalog.PortBlueprint{Blueprint: "servce"}, nil, `Port has no blueprint "servce", there is service, _user, system, _team`},
		{"no such property", catalog.PortBlueprint{Blueprint: "service", Fields: map[string]string{"lifecycle": "life_cycle"}}, nil, `field lifecycle of blueprint "service": it has no property or relation "life_cycle", the nearest are lifecycle, `},
	} {
		t.Run(test.name, func(t *testing.T) {
			items, err := everything(t.Context(), openPort(t, portCatalog(t), test.mapping))
			if test.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.err) || len(items) > 0 {
					t.Errorf("got %v after %d items, want %s", err, len(items), test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for field, want := range test.want {
				if diff := cmp.Diff(values(entitiesIn(items)["payments-api"], field), want); diff != "" {
					t.Errorf("%s: got (-), want (+):\n%s", field, diff)
				}
			}
		})
	}
}

// TestPortNames tells entities of two blueprints of one kind from each other.
func TestPortNames(t *testing.T) {
	f := portCatalog(t)
	f.entities["system"] = []map[string]any{{"identifier": "Billing"}, {"identifier": "ledger"}}
	mapping := []catalog.PortBlueprint{{Blueprint: "service", Kind: "component"}, {Blueprint: "system", Kind: "component"}}
	items, err := everything(t.Context(), openPort(t, f, mapping...))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range items[4:] {
		got = append(got, item.Entity.Ref.String())
	}
	want := []string{"component:default/payments-api", "component:default/acme/audit", "component:default/billing", "component:default/gone", "component:system/billing", "component:default/ledger"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

// TestPortTokens renews tokens shortly before they end, and once where one is refused.
func TestPortTokens(t *testing.T) {
	for _, test := range []struct {
		name   string
		lasts  int
		passes time.Duration // between two readings
		refuse bool          // the token of the first reading, before the second
		want   int           // tokens
	}{
		{"one lasts", 10800, time.Hour, false, 1},
		{"one ends soon", 10800, 179 * time.Minute, false, 2},
		{"one is over", 600, time.Hour, false, 2},
		{"one is refused", 10800, time.Minute, true, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := portCatalog(t)
				f.lasts = test.lasts
				url, client := answering(t, f)
				portal, err := f.rented().open(url, client, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 2 {
					if items, err := everything(t.Context(), portal); err != nil || len(items) != 8 {
						t.Fatalf("reading %d: got %d items, %v, want 8", i+1, len(items), err)
					}
					if i == 0 {
						time.Sleep(test.passes)
						if test.refuse {
							f.refused = f.tokens
						}
					}
				}
				if f.tokens != test.want {
					t.Errorf("got %d tokens, want %d", f.tokens, test.want)
				}
			})
		})
	}
}

// TestPortSecret: a secret that is no good is told once, and is in no error.
func TestPortSecret(t *testing.T) {
	f := portCatalog(t)
	url, client := answering(t, f)
	portal, err := catalog.NewPort(catalog.PortConfig{URL: url, ClientID: "id", ClientSecret: "wr0ng", HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	_, err = everything(t.Context(), portal)
	if want := "list the blueprints of Port: Port refuses the credentials (client id and secret): they may be wrong, expired or revoked"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if len(f.asked) != 2 { // one refusal may be a mistake of the host's
		t.Errorf("got %v, want that a token is asked for twice and nothing else", f.asked)
	}
}

// TestPortLimits waits when the headers say that nothing is left.
func TestPortLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newPortFake()
		p := f.rented()
		p.grow(6000)
		f.limit = 3
		begun := time.Now()
		items, _, err := p.read(t, f)
		if err != nil || len(items) != 6000 {
			t.Errorf("got %d items, %v, want 6000", len(items), err)
		}
		if took := time.Since(begun); took < time.Minute || took > 10*time.Minute {
			t.Errorf("8 searches of 3 a minute took %s", took)
		}
	})
}

// TestPortWithout leaves out what may not be read.
func TestPortWithout(t *testing.T) {
	for _, test := range []struct {
		name  string
		deny  map[string]int
		want  int // items
		owner catalog.Owner
		parts string
	}{
		{"audit log and users", map[string]int{"/audit-log": 403, "/v1/users": 403}, 8, catalog.Owner{Ref: ref("group", "payments")}, `parts="ids of users, audit log"`},
		{"teams", map[string]int{"_team/entities/search": 403}, 6, catalog.Owner{Ref: ref("group", "payments team"), Unlisted: true}, "parts=teams"},
		{"persons", map[string]int{"_user/entities/search": 404}, 6, catalog.Owner{Ref: ref("group", "payments")}, "parts=users"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := portCatalog(t)
			f.denied = test.deny
			items, log, err := f.rented().read(t, f)
			if err != nil || len(items) != test.want {
				t.Fatalf("got %d items, %v, want %d", len(items), err, test.want)
			}
			if diff := cmp.Diff(entitiesIn(items)["acme/audit"].Owners, []catalog.Owner{test.owner}); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if strings.Count(log, "level=WARN") != 1 || !strings.Contains(log, test.parts) {
				t.Errorf("got the log %s, want one warning of %s", log, test.parts)
			}
		})
	}
}

// TestPortOddEntities reads what nobody ought to have filled in like that.
func TestPortOddEntities(t *testing.T) {
	long := strings.Repeat("ä", 5<<19)
	for _, test := range []struct {
		name, entities string
		field          string
		want           []string
		problems       []string
		err            string
	}{
		{"5 MB", `[{"identifier": "x", "properties": {"docs": "` + long + `"}}]`, "property.docs", []string{long[:64<<10]}, []string{"property.docs is too long: 5177344 bytes of it are left out"}, ""},
		{"values of all kinds", `[{"identifier": "x", "properties": {"docs": [1, true, null, "a", {"b": [ 2 ]}, {}, ["c"], " "]}}]`, "property.docs", []string{"1", "true", "a", `{"b":[2]}`, "c"}, nil, ""},
		{"nothing in it", `[{"identifier": "x"}, {"identifier": "y", "title": null, "team": null, "properties": null, "relations": null}]`, "owner", nil, nil, ""},
		{"an owner that is an object", `[{"identifier": "x", "team": {"name": "payments"}}]`, "owner", []string{`{"name":"payments"}`}, nil, ""},
		{"no identifier", `[{"title": "x"}]`, "", nil, nil, "1 entities are told twice or without an identifier"},
		{"null", `[null, {"identifier": "x"}]`, "title", nil, nil, "1 entities are told twice or without an identifier"},
		{"one twice", `[{"identifier": "x"}, {"identifier": "x"}]`, "", nil, nil, "1 entities are told twice or without an identifier"},
		{"properties that are none", `[{"identifier": "x", "properties": [1]}]`, "", nil, nil, "the answer is none of Port's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newPortFake()
			p := f.rented()
			answer := status(200, `{"ok":true,"entities":`+test.entities+`}`)
			items, _, err := p.read(t, &faulty{rented: p, times: -1, fail: answer})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			item := entitiesIn(items)["x"]
			if err != nil || item.Entity.Ref.Name != "x" {
				t.Fatalf("got %d items, %v", len(items), err)
			}
			if diff := cmp.Diff(values(item, test.field), test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%.2000s", diff)
			}
			if diff := cmp.Diff(item.Entity.Problems, test.problems); diff != "" {
				t.Errorf("problems: got (-), want (+):\n%s", diff)
			}
		})
	}
}

// TestPortCursors ends where Port says that there is more, but not where.
func TestPortCursors(t *testing.T) {
	f := newPortFake()
	p := f.rented()
	p.grow(2500)
	for name, test := range map[string]struct{ answer, want string }{
		"a cursor that is invalid": {`{"ok":false,"error":"invalid_from","message":"the cursor is invalid"}`, "answers 422: the cursor is invalid"},
		"the same cursor for good": {`{"ok":true,"entities":[],"next":"again"}`, "Port goes on behind a page that tells nothing new"},
	} {
		t.Run(name, func(t *testing.T) {
			code := 200
			if strings.Contains(test.answer, "false") {
				code = 422
			}
			items, _, err := p.read(t, &faulty{rented: p, after: 1, times: -1, fail: status(code, test.answer)})
			if err == nil || !strings.Contains(err.Error(), test.want) || len(items) != 1000 {
				t.Errorf("got %d items, %v, want 1000 and %s", len(items), err, test.want)
			}
		})
	}
}

// TestPortAudits goes back in the audit log as far as it is told to, and no longer than makes sense.
func TestPortAudits(t *testing.T) {
	audits := func(n int, step time.Duration) (list []any) {
		for i := range n {
			at := time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(i) * step)
			list = append(list, map[string]any{"trigger": map[string]any{"origin": "UI", "at": at.Format("2006-01-02T15:04:05.000Z")}, "context": map[string]any{"blueprint": "service", "entity": fmt.Sprint("s", i)}})
		}
		return list
	}
	for _, test := range []struct {
		name   string
		audits []any
		since  string
		want   int // requests of the audit log
	}{
		{"none", nil, "", 1},
		{"some pages", audits(2500, time.Minute), "", 3},
		{"all at one time", audits(3000, 0), "", 2},
		{"more than makes sense", audits(30_000, time.Minute), "", 20},
		{"since a day", audits(30_000, time.Minute), "2026-05-31", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newPortFake()
			f.audits = append([]any{}, test.audits...)
			url, client := answering(t, f)
			since, _ := metrics.ParseInstant(test.since)
			portal, err := catalog.NewPort(catalog.PortConfig{URL: url, ClientID: "id", ClientSecret: portSecret, HTTP: client, Since: since})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := everything(t.Context(), portal); err != nil {
				t.Fatal(err)
			}
			got := 0
			for _, asked := range f.asked {
				if asked == "GET /v1/audit-log" {
					got++
				}
			}
			if got != test.want {
				t.Errorf("got %d requests, want %d", got, test.want)
			}
		})
	}
}

// TestPortTokenAnswers: where Port gives no token, that is what is told.
func TestPortTokenAnswers(t *testing.T) {
	for _, test := range []struct {
		name string
		code int
		body string
		want string
	}{
		{"the ids are none", 422, `{"ok":false,"error":"invalid_request","message":"clientId must be a string"}`, "Port answers 422: clientId must be a string"},
		{"an empty token", 200, `{"ok":true,"accessToken":"","expiresIn":1}`, "the answer is none of Port's"},
		{"a page for people", 200, `<html></html>`, "the answer is none of Port's"},
		{"the host fails", 503, ``, "Port answers 503"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPortFake().rented()
				p.listed = func(r *http.Request, _ string) bool { return r.URL.Path == "/v1/auth/access_token" }
				_, _, err := p.read(t, &faulty{rented: p, times: -1, fail: status(test.code, test.body)})
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
			})
		})
	}
}

// TestPortOlder reads a Port that keeps teams and persons elsewhere.
func TestPortOlder(t *testing.T) {
	f := portCatalog(t)
	f.blueprints = f.blueprints[:2]
	items, log, err := f.rented().read(t, f)
	if err != nil || len(items) != 4 || !strings.Contains(log, `parts="teams, users"`) {
		t.Errorf("got %d items, %v, with the log %s", len(items), err, log)
	}
}
