package catalog_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/collectors/quota"
)

// portFake answers as Port does, as far as trodden asks it. Paths, bodies, parameters and the envelopes of answers are those
// of Port's OpenAPI document (https://docs.port.io/openapi.yaml): what it does not allow is refused. What the document
// leaves open follows the examples of events in Port's guide (identifiers and times of entities, trigger and context of
// changes); the list of changes being called audits is constructed.
type portFake struct {
	mu         sync.Mutex
	blueprints []any
	entities   map[string][]map[string]any
	users      []any
	audits     []any
	denied     map[string]int // statuses of paths, by their end
	lasts      int            // seconds of a token
	tokens     int            // given so far
	refused    int            // tokens up to this one are good no more
	limit      int            // searches a minute that headers tell of; 0 where they do not
	searches   int
	asked      []string
}

const (
	portSecret = "s3cr3t-of-port"
	portToken  = "t0ken-of-port-"
)

func newPortFake() *portFake {
	f := &portFake{entities: map[string][]map[string]any{}, users: []any{}, audits: []any{}, denied: map[string]int{}, lasts: 10800}
	f.blueprints = []any{
		map[string]any{
			"identifier": "service", "title": "Service",
			"schema":                map[string]any{"properties": map[string]any{"lifecycle": map[string]any{"type": "string"}, "tier": map[string]any{"type": "string"}, "url": map[string]any{"type": "string"}, "language": map[string]any{"type": "string"}, "on_call": map[string]any{"type": "string"}, "docs": map[string]any{"type": "string"}}},
			"relations":             map[string]any{"system": map[string]any{"target": "system", "many": false}, "uses": map[string]any{"target": "service", "many": true}},
			"calculationProperties": map[string]any{"score": map[string]any{"type": "number"}}, "mirrorProperties": map[string]any{"system_owner": map[string]any{"path": "system.$team"}},
		},
		map[string]any{"identifier": "system", "schema": map[string]any{"properties": map[string]any{}}, "relations": map[string]any{}},
		map[string]any{"identifier": "_team", "schema": map[string]any{"properties": map[string]any{"description": map[string]any{"type": "string"}}}, "relations": map[string]any{"parent_team": map[string]any{"target": "_team", "many": false}}},
		map[string]any{"identifier": "_user", "schema": map[string]any{"properties": map[string]any{"status": map[string]any{"type": "string"}}}, "relations": map[string]any{}},
	}
	return f
}

func (f *portFake) rented() *rented {
	return &rented{
		handler: f, secrets: []string{portSecret, portToken},
		listed: func(r *http.Request, _ string) bool { return strings.HasSuffix(r.URL.Path, "/service/entities/search") },
		open: func(url string, client *http.Client, log *slog.Logger, budget *quota.Budget) (catalog.Portal, error) {
			return catalog.NewPort(catalog.PortConfig{URL: url, ClientID: "id", ClientSecret: portSecret, HTTP: client, Log: log, Budget: budget})
		},
		grow: func(n int) {
			f.entities["service"] = nil
			for i := range n {
				f.entities["service"] = append(f.entities["service"], map[string]any{"identifier": fmt.Sprintf("service-%05d", i), "title": "A service", "blueprint": "service",
					"team": []any{"payments"}, "properties": map[string]any{"lifecycle": "production", "url": fmt.Sprintf("https://github.com/acme/service-%05d", i)}, "relations": map[string]any{}})
			}
		},
		shrink: func() { f.entities["service"] = f.entities["service"][1:] },
	}
}

// ServeHTTP implements http.Handler.
func (f *portFake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	if r.URL.Path == "/v1/auth/access_token" {
		f.exchange(w, r)
		return
	}
	token, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "+portToken))
	if err != nil || token <= f.refused || token > f.tokens {
		portRefusal(w, 401, "unauthorized")
		return
	}
	for end, status := range f.denied {
		if status != 0 && strings.HasSuffix(r.URL.Path, end) {
			portRefusal(w, status, "denied")
			return
		}
	}
	f.answer(w, r)
}

func (f *portFake) answer(w http.ResponseWriter, r *http.Request) {
	blueprint, search := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v1/blueprints/"), "/entities/search")
	switch {
	case search && r.Method == http.MethodPost:
		f.search(w, r, blueprint)
	case r.Method != http.MethodGet:
		portRefusal(w, 404, "not_found")
	case r.URL.Path == "/v1/blueprints":
		show(w, map[string]any{"ok": true, "blueprints": f.blueprints})
	case r.URL.Path == "/v1/users":
		show(w, map[string]any{"ok": true, "users": f.users})
	case r.URL.Path == "/v1/audit-log":
		f.audit(w, r.URL.Query())
	default:
		portRefusal(w, 404, "not_found")
	}
}

func portRefusal(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	show(w, map[string]any{"ok": false, "error": reason, "message": "the request is " + reason})
}

func (f *portFake) exchange(w http.ResponseWriter, r *http.Request) {
	var given struct{ ClientID, ClientSecret string }
	if err := json.NewDecoder(r.Body).Decode(&given); err != nil || given.ClientID != "id" || given.ClientSecret != portSecret {
		portRefusal(w, 401, "unauthorized: "+given.ClientSecret)
		return
	}
	f.tokens++
	show(w, map[string]any{"ok": true, "accessToken": portToken + strconv.Itoa(f.tokens), "expiresIn": f.lasts, "tokenType": "Bearer"})
}

// search answers a page of a blueprint, with what is included alone. The next page begins behind the last entity of this one.
func (f *portFake) search(w http.ResponseWriter, r *http.Request, blueprint string) {
	var body struct {
		Limit   int      `json:"limit"`
		From    string   `json:"from"`
		Include []string `json:"include"`
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil || body.Limit < 1 || body.Limit > 1000 {
		portRefusal(w, 422, "invalid_request")
		return
	}
	after, err := base64.URLEncoding.DecodeString(body.From)
	if err != nil {
		portRefusal(w, 422, "invalid_from")
		return
	}
	f.quota(w)
	answer := map[string]any{"ok": true}
	page := []any{}
	for _, e := range f.entities[blueprint] {
		if id := fmt.Sprint(e["identifier"]); body.From != "" && id <= string(after) {
			continue
		}
		if len(page) == body.Limit {
			answer["next"] = base64.URLEncoding.EncodeToString([]byte(fmt.Sprint(page[len(page)-1].(map[string]any)["identifier"])))
			break
		}
		page = append(page, included(e, body.Include))
	}
	answer["entities"] = page
	show(w, answer)
}

// quota tells in headers how many searches are left of a minute.
func (f *portFake) quota(w http.ResponseWriter) {
	if f.limit == 0 {
		return
	}
	f.searches++
	minute := time.Now().Truncate(time.Minute).Add(time.Minute)
	for name, value := range map[string]int{"period": 60, "limit": f.limit, "remaining": max(0, f.limit-f.searches), "reset": int(minute.Unix())} {
		w.Header().Set("x-ratelimit-"+name, strconv.Itoa(value))
	}
	if f.searches >= f.limit {
		f.searches = 0
	}
}

// included are the parts of an entity that were asked for. Identifiers always are.
func included(e map[string]any, include []string) map[string]any {
	shown := map[string]any{"identifier": e["identifier"], "blueprint": e["blueprint"]}
	for name, value := range e {
		if slices.Contains(include, "$"+name) {
			shown[name] = value
		}
	}
	for _, part := range []string{"properties", "relations"} {
		all, _ := e[part].(map[string]any)
		some := maps.Clone(all)
		maps.DeleteFunc(some, func(name string, _ any) bool { return !slices.Contains(include, name) })
		shown[part] = some
	}
	return shown
}

// audit answers the newest changes before a time.
func (f *portFake) audit(w http.ResponseWriter, query url.Values) {
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || !slices.Contains(query["resources"], "entity") || !slices.Contains(query["origin"], "UI") {
		portRefusal(w, 422, "invalid_request")
		return
	}
	some := []any{}
	for _, a := range f.audits {
		at := a.(map[string]any)["trigger"].(map[string]any)["at"].(string)
		if to := query.Get("to"); (to == "" || at < to) && at >= query.Get("from") && len(some) < limit {
			some = append(some, a)
		}
	}
	show(w, map[string]any{"ok": true, "audits": some})
}

// portCatalog is what a small organisation has in Port.
func portCatalog(t testing.TB) *portFake {
	f := newPortFake()
	f.entities = decoded[map[string][]map[string]any](t, `{
"_team": [
 {"identifier": "money", "title": "Money", "properties": {"description": "All that pays"}, "relations": {}},
 {"identifier": "payments", "title": "Payments Team", "properties": {}, "relations": {"parent_team": "money"}}],
"_user": [
 {"identifier": "ana@acme.dev", "title": "Ana A", "team": ["payments"], "properties": {"status": "Active"}, "relations": {}},
 {"identifier": "bob@acme.dev", "title": "Bob B", "team": ["payments"], "properties": {"status": "Disabled"}, "relations": {}}],
"service": [
 {"identifier": "Payments-API", "title": "Payments API", "blueprint": "service", "team": ["payments"],
  "properties": {"lifecycle": "Production", "tier": 1, "url": "https://github.com/Acme/Mono/tree/main/services/pay", "language": "Go", "on_call": "ana@acme.dev", "docs": null, "score": 7},
  "relations": {"system": "ledger", "uses": ["billing", "acme/audit"]},
  "scorecards": {"ready": {"level": "Silver"}},
  "createdAt": "2024-06-09T09:57:52.931Z", "createdBy": "60EsooJt", "updatedAt": "2026-05-20T12:28:18.628Z", "updatedBy": "60EsooJt"},
 {"identifier": "acme/audit", "title": "Audit", "blueprint": "service", "team": "Payments Team", "properties": {"url": "git@gitlab.acme.dev:ops/audit.git"}, "relations": {"system": null},
  "updatedAt": "2026-05-21T10:00:00.000Z", "updatedBy": "auth0|62ce"},
 {"identifier": "billing", "title": "Billing", "blueprint": "service", "team": [], "properties": {"url": "tbd", "lifecycle": ""}, "relations": {}},
 {"identifier": "gone", "title": "Gone", "blueprint": "service", "team": ["team-that-left", "ana@acme.dev", "carl@acme.dev", "tbd"], "properties": {}, "relations": {}}]}`)
	f.users = decoded[[]any](t, `[{"id": "auth0|62ce", "email": "ana@acme.dev"}]`)
	f.audits = decoded[[]any](t, `[
 {"action": "UPDATE", "resourceType": "entity", "status": "SUCCESS", "trigger": {"by": {"orgId": "org", "userId": "auth0|62ce"}, "origin": "UI", "at": "2026-04-02T08:00:00.000Z"}, "context": {"blueprint": "service", "entity": "Payments-API"}},
 {"action": "UPDATE", "resourceType": "entity", "status": "SUCCESS", "trigger": {"by": {"userId": "auth0|62ce"}, "origin": "UI", "at": "2026-03-01T08:00:00.000Z"}, "context": {"blueprintIdentifier": "service", "entityIdentifier": "Payments-API"}}]`)
	return f
}
