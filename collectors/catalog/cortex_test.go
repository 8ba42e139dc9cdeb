package catalog_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// cortexFake answers as Cortex does, as far as trodden asks it. Paths, parameters and answers are those of the OpenAPI
// document that Cortex shows piece by piece at https://docs.cortex.io/api (list entities, teams, relationships of teams,
// retrieve gitops logs) and those that its command line (github.com/cortexapps/cli) asks for and shows (discovery audit,
// verifications). The names within the entity of a file of the gitops log are constructed.
type cortexFake struct {
	mu       sync.Mutex
	entities []any
	teams    []any
	edges    []any
	lists    map[string][]any // events, verifications, logs by the path
	denied   map[string]int   // statuses of paths
	most     int              // entries of a page
	asked    []string
}

const cortexKey = "s3cr3t-of-cortex"

func newCortexFake() *cortexFake {
	return &cortexFake{entities: []any{}, teams: []any{}, edges: []any{}, lists: map[string][]any{}, denied: map[string]int{}, most: 1000}
}

func (f *cortexFake) rented() *rented {
	return &rented{
		handler: f, secrets: []string{cortexKey}, shows: true, retries: true,
		listed: func(r *http.Request, _ string) bool { return r.URL.Path == "/api/v1/catalog" },
		open: func(url string, client *http.Client, log *slog.Logger, budget *quota.Budget) (catalog.Portal, error) {
			return catalog.NewCortex(catalog.CortexConfig{URL: url, Key: cortexKey, HTTP: client, Log: log, Budget: budget})
		},
		grow: func(n int) {
			f.entities = nil
			for i := range n {
				f.entities = append(f.entities, map[string]any{"tag": fmt.Sprintf("service-%05d", i), "name": "A service", "type": "service", "groups": []any{}, "links": []any{}, "hierarchy": map[string]any{"parents": []any{}}})
			}
		},
		shrink: func() { f.entities = f.entities[1:] },
	}
}

// ServeHTTP implements http.Handler.
func (f *cortexFake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path, known := strings.CutPrefix(r.URL.Path, "/api/v1/")
	f.asked = append(f.asked, path)
	switch status := f.denied[path]; {
	case r.Header.Get("Authorization") != "Bearer "+cortexKey:
		cortexRefusal(w, 401, "UNAUTHORIZED")
	case status != 0:
		cortexRefusal(w, status, "FORBIDDEN")
	case !known || r.Method != http.MethodGet:
		cortexRefusal(w, 404, "NOT_FOUND")
	default:
		f.answer(w, path, r.URL.Query())
	}
}

func cortexRefusal(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	show(w, map[string]any{"type": kind, "message": "the key may not do that", "details": "", "httpStatus": status, "requestId": "1"})
}

func (f *cortexFake) answer(w http.ResponseWriter, path string, query url.Values) {
	switch path {
	case "catalog":
		f.page(w, query, "entities", f.entities)
	case "discovery-audit":
		f.page(w, query, "events", f.lists[path])
	case "verifications":
		f.page(w, query, "verifications", f.lists[path])
	case "gitops-logs":
		f.page(w, query, "logs", f.lists[path])
	case "teams":
		show(w, map[string]any{"teams": f.teams})
	case "teams/relationships":
		show(w, map[string]any{"edges": f.edges})
	default:
		cortexRefusal(w, 404, "NOT_FOUND")
	}
}

// page answers a page of a list, of entries that have the type that was asked for.
func (f *cortexFake) page(w http.ResponseWriter, query url.Values, name string, list []any) {
	number, err1 := strconv.Atoi(query.Get("page"))
	size, err2 := strconv.Atoi(query.Get("pageSize"))
	if err1 != nil || err2 != nil || size > f.most {
		w.WriteHeader(400)
		show(w, map[string]any{"violations": []any{map[string]any{"title": "Invalid page size", "description": fmt.Sprintf("must be %d at most", f.most), "violationType": "BASIC"}}})
		return
	}
	some := []any{}
	for _, entry := range list {
		e := entry.(map[string]any)
		if kinds := query["types"]; len(kinds) > 0 && !slices.Contains(kinds, fmt.Sprint(e["type"])) {
			continue
		}
		if kind := query.Get("type"); kind == "" || e["type"] == kind {
			some = append(some, entry)
		}
	}
	begin, end := min(number*size, len(some)), min((number+1)*size, len(some))
	show(w, map[string]any{name: some[begin:end], "page": number, "total": len(some), "totalPages": (len(some) + size - 1) / size})
}

// cortexCatalog is what a small organisation has in Cortex.
func cortexCatalog(t testing.TB) *cortexFake {
	f := newCortexFake()
	f.teams = decoded[[]any](t, `[
 {"teamTag": "money", "catalogEntityTag": "money", "type": "CORTEX", "isArchived": false, "metadata": {"name": "Money", "description": "All that pays"}, "links": [], "slackChannels": [], "cortexTeam": {"members": []}},
 {"teamTag": "payments", "type": "CORTEX", "isArchived": false, "metadata": {"name": "Payments"}, "cortexTeam": {"members": [{"name": "Ana A", "email": "ana@acme.dev", "roleTag": "lead"}, {"name": "", "email": ""}]}},
 {"teamTag": "ops", "type": "IDP", "isArchived": false, "metadata": {"name": "Ops"}, "idpGroup": {"group": "acme/ops", "provider": "GITHUB", "members": [{"name": "Bob B", "email": "bob@acme.dev"}]}},
 {"teamTag": "legacy", "type": "CORTEX", "isArchived": true, "metadata": {"name": "Legacy"}, "idpGroup": {"group": "Old-Hands", "provider": "OKTA", "members": []}}]`)
	f.edges = decoded[[]any](t, `[{"parentTeamTag": "money", "childTeamTag": "payments", "provider": "CORTEX"}]`)
	f.entities = decoded[[]any](t, `[
 {"id": "en1", "tag": "payments-api", "name": "Payments API", "type": "service", "description": "Takes money", "groups": ["tier-1", "go"], "isArchived": false, "lastUpdated": "2026-05-31T08:11:00Z",
  "git": {"provider": "github", "repository": "acme/mono", "repositoryUrl": "https://github.com/Acme/Mono", "basepath": "services/pay", "alias": null},
  "owners": {"teams": [{"tag": "payments", "name": "Payments", "provider": "CORTEX", "inheritance": "NONE", "isArchived": false}], "individuals": []},
  "links": [{"name": "Runbook", "type": "runbook", "url": "https://wiki.acme.dev/pay"}],
  "metadata": [{"key": "lifecycle", "value": "production"}, {"key": "Tier", "value": 1}, {"key": "costs", "value": {"center": 7}}, {"key": "empty", "value": null}],
  "hierarchy": {"parents": [{"tag": "money", "type": "domain", "name": "Money"}], "children": []}, "slackChannels": []},
 {"id": "en2", "tag": "audit", "name": "Audit", "type": "service", "groups": [], "isArchived": true, "git": {"provider": "gitlab", "repository": "ops/audit", "repositoryUrl": "", "basepath": null},
  "owners": {"teams": [{"tag": "legacy", "isArchived": true}, {"tag": "left", "isArchived": false}], "individuals": [{"email": "ana@acme.dev", "description": null}]}, "links": [], "metadata": [], "hierarchy": {"parents": []}},
 {"id": "en3", "tag": "acme/bare", "name": "", "type": "data-store", "groups": null, "git": null, "owners": null, "links": null, "metadata": null, "hierarchy": {"parents": null}}]`)
	f.lists = decoded[map[string][]any](t, `{
"discovery-audit": [
 {"type": "REPOSITORY_DELETED", "source": "GITLAB", "mappingKey": "ops/audit", "isIgnored": false, "entity": {"tag": "audit", "name": "Audit", "type": "service"}},
 {"type": "REPOSITORY_ARCHIVED", "source": "GITHUB", "mappingKey": "acme/mono", "isIgnored": true, "entity": {"tag": "payments-api"}},
 {"type": "NEW_REPOSITORY", "source": "GITHUB", "mappingKey": "acme/new", "isIgnored": false, "entity": null}],
"verifications": [
 {"entity": {"tag": "payments-api"}, "period": {"cid": "vp1"}, "status": "VERIFIED_CORRECT", "verifiedAt": "2026-03-01T10:00:00Z"},
 {"entity": {"tag": "audit"}, "period": {"cid": "vp1"}, "status": "PENDING", "verifiedAt": null}],
"gitops-logs": [
 {"commit": "c3", "dateCreated": "2026-05-03T10:00:00Z", "repository": {"provider": "GITHUB", "repositoryName": "acme/mono"}, "files": [
  {"fileName": "services/pay/cortex.yaml", "isPackageFile": false, "entity": {"tag": "payments-api", "operation": "NO_CHANGE"}},
  {"fileName": "broken/cortex.yaml", "isPackageFile": false, "error": {"message": "no tag"}, "entity": {"tag": "acme/bare", "operation": "UPDATED"}},
  {"fileName": "scorecard.yaml", "isPackageFile": false, "scorecard": {"tag": "ready"}}]},
 {"commit": "c2", "dateCreated": "2026-04-02T10:00:00Z", "repository": {"provider": "GITHUB", "repositoryName": "acme/mono"}, "files": [{"fileName": "cortex.yaml", "isPackageFile": false, "entity": {"tag": "payments-api", "operation": "UPDATED"}}]}]}`)
	return f
}

// TestCortex reads a catalog that is constructed after Cortex's schema, as cortexFake says.
func TestCortex(t *testing.T) {
	f := cortexCatalog(t)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	portal, err := catalog.NewCortex(catalog.CortexConfig{URL: server.URL + "/", Key: cortexKey})
	if err != nil {
		t.Fatal(err)
	}
	items, err := everything(t.Context(), portal)
	if err != nil {
		t.Fatal(err)
	}
	team := []string{"description", "title"}
	some := []string{"description", "lifecycle", "links", "owner", "parent", "source", "tags", "tier", "title", "type"}
	archived := []string{"it is archived in Cortex"}
	want := []catalog.Item{
		{Entity: metrics.Entity{Ref: ref("group", "money"), Fields: filled(team, "title", "Money", "description", "All that pays")}, Team: &catalog.Team{Title: "Money", Known: true}},
		{Entity: metrics.Entity{Ref: ref("group", "payments"), Fields: filled(team, "title", "Payments")},
			Team: &catalog.Team{Title: "Payments", Parent: ref("group", "money"), Known: true, Members: []collectors.Spelling{{Name: "Ana A", Email: "ana@acme.dev"}}}},
		{Entity: metrics.Entity{Ref: ref("group", "ops"), Fields: filled(team, "title", "Ops")},
			Team: &catalog.Team{Title: "Ops", Known: true, Aliases: []string{"@acme/ops"}, Members: []collectors.Spelling{{Name: "Bob B", Email: "bob@acme.dev"}}}},
		{Entity: metrics.Entity{Ref: ref("group", "legacy"), Fields: filled(team, "title", "Legacy"), Orphan: true, Problems: archived}, Team: &catalog.Team{Title: "Legacy", Known: true, Aliases: []string{"Old-Hands"}}},
		{Entity: metrics.Entity{Ref: ref("service", "payments-api"), Repo: "github.com/acme/mono", Folder: "services/pay", Edited: day("2026-04-02T10:00:00Z"), Verified: day("2026-03-01T10:00:00Z"),
			Descriptor: metrics.Place{Repo: "github.com/acme/mono", Path: "services/pay/cortex.yaml"},
			Fields: filled([]string{"description", "domain", "lifecycle", "links", "owner", "parent", "property.costs", "property.empty", "source", "tags", "tier", "title", "type"},
				"title", "Payments API", "description", "Takes money", "domain", "domain:default/money", "lifecycle", "production", "tier", "1", "links", "https://wiki.acme.dev/pay", "owner", "payments",
				"property.costs", `{"center":7}`, "source", "https://github.com/Acme/Mono//services/pay", "tags", "tier-1", "tags", "go", "type", "service")},
			Owners: []catalog.Owner{{Ref: ref("group", "payments")}}},
		{Entity: metrics.Entity{Ref: ref("service", "audit"), Repo: "gitlab.com/ops/audit", Orphan: true,
			Fields:   filled(some, "title", "Audit", "type", "service", "source", "ops/audit", "owner", "legacy", "owner", "left", "owner", "ana@acme.dev"),
			Problems: append([]string{"its repository ops/audit is deleted, as Cortex finds"}, archived...)},
			Owners: []catalog.Owner{{Ref: ref("group", "legacy"), Gone: true}, {}, {Person: &collectors.Spelling{Email: "ana@acme.dev"}}}},
		{Entity: metrics.Entity{Ref: ref("data-store", "acme/bare"), Fields: filled(some, "type", "data-store")}},
	}
	if diff := cmp.Diff(items, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if got := portal.Requests(); got != 7 {
		t.Errorf("got %d requests, want 7: %v", got, f.asked)
	}
}

// TestCortexWithout leaves out what the key may not read, with one warning.
func TestCortexWithout(t *testing.T) {
	f := cortexCatalog(t)
	for _, path := range []string{"teams", "discovery-audit", "verifications", "gitops-logs"} {
		f.denied[path] = 403
	}
	items, log, err := f.rented().read(t, f)
	if err != nil || len(items) != 3 {
		t.Fatalf("got %d items, %v, want 3", len(items), err)
	}
	want := []catalog.Owner{{Ref: ref("group", "payments"), Unlisted: true}}
	if diff := cmp.Diff(entitiesIn(items)["payments-api"].Owners, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if strings.Count(log, "level=WARN") != 1 || !strings.Contains(log, `parts="teams, discovery audit, verifications, gitops logs"`) {
		t.Errorf("got the log %s, want one warning", log)
	}
	f = cortexCatalog(t)
	f.denied["teams/relationships"] = 403
	if items, _, err := f.rented().read(t, f); err != nil || len(items) != 7 || items[1].Team.Parent != (metrics.EntityRef{}) {
		t.Errorf("got %d items, %v, want 7 without parents", len(items), err)
	}
	f.denied["verifications"] = 400
	if _, _, err := f.rented().read(t, f); err == nil || !strings.HasPrefix(err.Error(), "verifications: Cortex answers 400") {
		t.Errorf("got %v, want that what fails otherwise ends the list", err)
	}
}

// TestCortexConfig reads custom data under other names, other types and other hosts, and smaller pages where those are.
func TestCortexConfig(t *testing.T) {
	f := cortexCatalog(t)
	f.most = 250
	url, client := answering(t, f)
	portal, err := catalog.NewCortex(catalog.CortexConfig{URL: url, Key: cortexKey, HTTP: client, Types: []string{"service"}, Fields: map[string]string{"tier": "Costs"}, Hosts: map[string]string{"GitLab": "gitlab.acme.dev"}})
	if err != nil {
		t.Fatal(err)
	}
	items, err := everything(t.Context(), portal)
	if err != nil {
		t.Fatal(err)
	}
	found := entitiesIn(items)
	if diff := cmp.Diff(values(found["payments-api"], "tier"), []string{`{"center":7}`}); diff != "" || len(found) != 2 {
		t.Errorf("%d entities, tier: got (-), want (+):\n%s", len(found), diff)
	}
	if got := found["audit"].Entity.Repo; got != "gitlab.acme.dev/ops/audit" {
		t.Errorf("got the repository %s", got)
	}
}

// TestCortexOddEntities reads what nobody ought to have filled in like that.
func TestCortexOddEntities(t *testing.T) {
	long := strings.Repeat("x", 5<<20)
	for _, test := range []struct {
		name, entities string
		field          string
		want           []string
		err            string
	}{
		{"5 MB", `[{"tag": "x", "type": "service", "metadata": [{"key": "k", "value": "` + long + `"}]}]`, "property.k", []string{long[:64<<10]}, ""},
		{"empty owners", `[{"tag": "x", "owners": {"teams": [{"tag": " "}], "individuals": [{"email": ""}, null]}}]`, "owner", nil, ""},
		{"placeholders", `[{"tag": "x", "owners": {"teams": [{"tag": "tbd"}, {"tag": "unknown"}]}}]`, "owner", []string{"tbd", "unknown"}, ""},
		{"no tag", `[{"name": "x"}]`, "", nil, "0 entities of 1 are told"},
		{"null", `[null]`, "", nil, "0 entities of 1 are told"},
		{"one twice", `[{"tag": "x"}, {"tag": "x"}]`, "", nil, "1 entities of 2 are told"},
		{"owners that are a list", `[{"tag": "x", "owners": ["payments"]}]`, "", nil, "the answer is none of Cortex's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newCortexFake()
			p := f.rented()
			total := len(decoded[[]any](t, test.entities))
			items, _, err := p.read(t, &faulty{rented: p, times: -1, fail: status(200, fmt.Sprintf(`{"entities":%s,"page":0,"total":%d,"totalPages":1}`, test.entities, total))})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(values(entitiesIn(items)["x"], test.field), test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%.2000s", diff)
			}
		})
	}
}
