package catalog_test

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

//go:embed testdata/opslevel.graphql
var opsLevelSchema string

// opsLevelFake answers as OpsLevel does, as far as trodden asks it: by the schema in testdata, which says where its names
// come from. A query that the schema does not allow is refused. Cursors are those that the tests of OpsLevel's own client
// show: places, in base64. What is in it is constructed.
type opsLevelFake struct {
	mu      sync.Mutex
	server  *graph.Server
	account map[string]any
	most    int // nodes of a page where nobody says how many
	asked   int
}

const opsLevelToken = "s3cr3t-of-opslevel"

func newOpsLevelFake() *opsLevelFake {
	f := &opsLevelFake{account: map[string]any{"users": []any{}, "teams": []any{}, "repositories": []any{}, "services": []any{}}, most: 100}
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "opslevel.graphql", Input: opsLevelSchema})
	types := map[string]graph.Fields{
		"Connection": {"totalCount": graph.Of(func(c *graph.Connection) any { return c.Total })},
		"Edge":       {"serviceRepositories": graph.Of(func(e graph.Edge) any { return e.Extra["serviceRepositories"] })},
	}
	for name, def := range schema.Types {
		if def.Kind != ast.Object || strings.HasPrefix(name, "__") || strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || name == "PageInfo" {
			continue
		}
		types[name] = graph.Fields{}
		for _, field := range def.Fields {
			types[name][field.Name] = f.field(field)
		}
	}
	f.server = &graph.Server{Schema: schema, Types: graph.Connections(types), Report: func(string, ...any) {}}
	return f
}

// field finds a value of an object that is decoded JSON: a list page by page, what has an id by that, all else by name.
func (f *opsLevelFake) field(def *ast.FieldDefinition) graph.Field {
	return func(_, from any, args graph.Arguments) (any, error) {
		object, _ := from.(map[string]any)
		switch {
		case def.Name == "account":
			return f.account, nil
		case strings.HasSuffix(def.Type.Name(), "Connection"):
			return f.page(object[def.Name], args)
		case def.Arguments.ForName("id") != nil:
			for _, one := range f.account[def.Name+"s"].([]any) {
				if one.(map[string]any)["id"] == args.Text("id") {
					return one, nil
				}
			}
			return nil, nil
		}
		return object[def.Name], nil
	}
}

func (f *opsLevelFake) page(of any, args graph.Arguments) (any, error) {
	list, ok := of.([]any)
	if !ok {
		return nil, nil
	}
	first, given := args.Number("first")
	if !given {
		first = f.most
	}
	text, err := base64.RawStdEncoding.DecodeString(args.Text("after"))
	begin, wrong := strconv.Atoi("0" + string(text))
	if err != nil || wrong != nil {
		return nil, graph.Errorf("", "invalid cursor")
	}
	end := min(begin+first, len(list))
	c := &graph.Connection{Total: len(list), HasNext: end < len(list), HasPrevious: begin > 0}
	for i := begin; i < end; i++ {
		edge := graph.Edge{Node: list[i], Cursor: base64.RawStdEncoding.EncodeToString([]byte(strconv.Itoa(i + 1)))}
		if repo, ok := list[i].(map[string]any); ok && repo["serviceRepositories"] != nil {
			edge.Extra = repo
		}
		c.Edges = append(c.Edges, edge)
	}
	return c, nil
}

func (f *opsLevelFake) rented() *rented {
	return &rented{
		handler: f, secrets: []string{opsLevelToken}, shows: true,
		listed: func(_ *http.Request, body string) bool { return strings.Contains(body, "query Services") },
		open: func(url string, client *http.Client, log *slog.Logger, budget *quota.Budget) (catalog.Portal, error) {
			return catalog.NewOpsLevel(catalog.OpsLevelConfig{URL: url, Token: opsLevelToken, HTTP: client, Log: log, Budget: budget})
		},
		grow: func(n int) {
			services := []any{}
			for i := range n {
				services = append(services, map[string]any{"id": fmt.Sprint("id", i), "name": "A service", "aliases": []any{fmt.Sprintf("service_%05d", i)}, "repos": []any{}, "tags": []any{}, "tools": []any{}})
			}
			f.account["services"] = services
		},
		shrink: func() { f.account["services"] = f.account["services"].([]any)[1:] },
	}
}

// ServeHTTP implements http.Handler.
func (f *opsLevelFake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if r.Header.Get("Authorization") != "Bearer "+opsLevelToken || r.URL.Path != "/graphql" || r.Method != http.MethodPost {
		status(401, `{"errors":[{"message":"unauthorized"}]}`)(w, r)
		return
	}
	asked, _, err := graph.Decode(r.Body)
	if err != nil {
		status(400, `{"errors":[{"message":"no query"}]}`)(w, r)
		return
	}
	query, refused := f.server.Prepare(asked[0])
	if refused != nil {
		show(w, map[string]any{"errors": refused})
		return
	}
	show(w, query.Run(f))
}

// opsLevelCatalog is what a small organisation has in OpsLevel.
func opsLevelCatalog(t testing.TB) *opsLevelFake {
	f := newOpsLevelFake()
	f.account = decoded[map[string]any](t, `{
"users": [{"id": "u1", "name": "Ana A", "email": "ana@acme.dev"}, {"id": "u2", "name": "Bob B", "email": "Bob@acme.dev"}],
"teams": [
 {"id": "t1", "alias": "money", "aliases": ["money"], "name": "Money", "memberships": []},
 {"id": "t2", "alias": "payments", "aliases": ["payments", "pay_devs"], "name": "Payments", "responsibilities": "Takes money", "parentTeam": {"alias": "money"},
  "memberships": [{"user": {"name": "Ana A", "email": "ana@acme.dev"}}, {"user": {"name": "Carl C", "email": "carl@acme.dev"}}, {"user": null}, {"user": {"name": "Bob B", "email": "bob@acme.dev"}}]}],
"repositories": [
 {"defaultAlias": "github.com:acme/mono", "url": "https://github.com/acme/mono", "owner": {"alias": "payments"}, "ownerAlias": "payments"},
 {"defaultAlias": "github.com:acme/audit", "url": "https://github.com/acme/audit", "owner": null, "ownerAlias": "team_that_left"},
 {"defaultAlias": "vault", "url": "https://git.acme.dev/ops/vault", "owner": null, "ownerAlias": null}],
"services": [
 {"id": "s1", "name": "Payments API", "aliases": ["payments_api", "pay"], "description": "Takes money", "product": "shop", "framework": "", "language": "Go",
  "type": {"aliases": ["service"]}, "lifecycle": {"alias": "generally_available"}, "tier": {"alias": "tier_1"}, "owner": {"alias": "payments"}, "parent": {"aliases": ["ledger"]}, "configErrors": [],
  "repos": [{"defaultAlias": "github.com:acme/mono", "serviceRepositories": [{"baseDirectory": "/services/pay"}]}],
  "tags": [{"key": "env", "value": "prod"}, {"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "c", "value": "3"}, {"key": "d", "value": "4"}],
  "tools": [{"url": "https://grafana.acme.dev/pay"}, {"url": null}]},
 {"id": "s2", "name": "Audit", "aliases": ["audit"], "type": {"aliases": ["library"]}, "owner": null, "configErrors": [{"message": "unknown owner", "sourceFilename": "opslevel.yml"}, {"message": "no tier"}],
  "repos": [{"defaultAlias": "github.com:acme/audit", "serviceRepositories": []}], "tags": [], "tools": []},
 {"id": "s3", "name": "Vault", "aliases": [], "owner": null, "repos": [{"defaultAlias": "vault", "serviceRepositories": null}], "tags": null, "tools": null}]}`)
	return f
}

// TestOpsLevel reads a catalog that is constructed after OpsLevel's schema, as opsLevelFake says. What services and teams
// have many of comes two at a time.
func TestOpsLevel(t *testing.T) {
	f := opsLevelCatalog(t)
	f.most = 2
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	portal, err := catalog.NewOpsLevel(catalog.OpsLevelConfig{URL: server.URL + "/graphql", Token: opsLevelToken})
	if err != nil {
		t.Fatal(err)
	}
	items, err := everything(t.Context(), portal)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"description", "lifecycle", "links", "owner", "property.framework", "property.language", "property.product", "source", "system", "tags", "tier", "title", "type"}
	ana, bob := collectors.Spelling{Name: "Ana A", Email: "ana@acme.dev"}, collectors.Spelling{Name: "Bob B", Email: "Bob@acme.dev"}
	member := bob
	member.Email = "bob@acme.dev"
	want := []catalog.Item{
		{Entity: metrics.Entity{Ref: ref("user", "ana@acme.dev")}, Spelled: []collectors.Spelling{ana}},
		{Entity: metrics.Entity{Ref: ref("user", "bob@acme.dev")}, Spelled: []collectors.Spelling{bob}},
		{Entity: metrics.Entity{Ref: ref("group", "money"), Fields: filled([]string{"description", "title"}, "title", "Money")}, Team: &catalog.Team{Title: "Money", Known: true, Aliases: []string{"money"}}},
		{Entity: metrics.Entity{Ref: ref("group", "payments"), Fields: filled([]string{"description", "title"}, "title", "Payments", "description", "Takes money")},
			Team: &catalog.Team{Title: "Payments", Parent: ref("group", "money"), Known: true, Aliases: []string{"payments", "pay_devs"}, Members: []collectors.Spelling{ana, member}}},
		{Entity: metrics.Entity{Ref: ref("service", "payments_api"), Repo: "github.com/acme/mono", Folder: "services/pay",
			Fields: filled(names, "title", "Payments API", "description", "Takes money", "lifecycle", "generally_available", "tier", "tier_1", "owner", "payments", "type", "service", "links", "https://grafana.acme.dev/pay",
				"property.language", "Go", "property.product", "shop", "source", "github.com:acme/mono//services/pay", "system", "system:default/ledger", "tags", "env:prod", "tags", "a:1", "tags", "b:2", "tags", "c:3", "tags", "d:4")},
			Owners: []catalog.Owner{{Ref: ref("group", "payments")}}},
		{Entity: metrics.Entity{Ref: ref("library", "audit"), Repo: "github.com/acme/audit", Problems: []string{"opslevel.yml: unknown owner", "no tier"},
			Fields: filled(names, "title", "Audit", "type", "library", "owner", "team_that_left", "source", "github.com:acme/audit")}, Owners: []catalog.Owner{{Gone: true}}},
		{Entity: metrics.Entity{Ref: ref("service", "s3"), Repo: "git.acme.dev/ops/vault", Fields: filled(names, "title", "Vault", "type", "service", "source", "vault")}},
	}
	if diff := cmp.Diff(items, want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if got := portal.Requests(); got != 6 {
		t.Errorf("got %d requests, want 6: four lists, and the rest of the members and the tags", got)
	}
}

// TestOpsLevelErrors: an error in an answer that is good otherwise ends the list, after what could be had.
func TestOpsLevelErrors(t *testing.T) {
	one := `"nodes":[{"id":"s1","name":"One","aliases":["one"]}],"pageInfo":{"hasNextPage":false,"endCursor":null}`
	for _, test := range []struct {
		name, answer string
		want         int // services
		err          string
	}{
		{"some of the data", `{"data":{"account":{"services":{` + one + `}}},"errors":[{"message":"timeout in tags","path":["account","services"]}]}`, 1, "OpsLevel answers: timeout in tags"},
		{"none of the list", `{"data":{"account":{"services":null}},"errors":[{"message":"not allowed"}]}`, 0, "OpsLevel answers: not allowed"},
		{"no data", `{"data":null,"errors":[{"message":"unauthorized for ` + opsLevelToken + `"}]}`, 0, "OpsLevel answers: unauthorized for …"},
		{"no list and no error", `{"data":{"account":{}}}`, 0, "the answer is none of OpsLevel's"},
		{"a null in the list", `{"data":{"account":{"services":{"nodes":[null],"pageInfo":{"hasNextPage":false}}}}}`, 0, "1 things are told twice or without a name"},
		{"fewer than there are", `{"data":{"account":{"services":{"totalCount":3,` + one + `}}}}`, 1, "the list moved while it was read, or is not whole: there are 3 now"},
		{"more, but nowhere", `{"data":{"account":{"services":{"nodes":[{"id":"s1","name":"One"}],"pageInfo":{"hasNextPage":true,"endCursor":""}}}}}`, 1, "a cursor that leads nowhere"},
		{"the same cursor for good", `{"data":{"account":{"services":{"nodes":[{"id":"s1","name":"One"}],"pageInfo":{"hasNextPage":true,"endCursor":"MQ"}}}}}`, 1, "OpsLevel goes on behind a page that tells nothing new"},
		{"an invalid cursor", `{"errors":[{"message":"Invalid cursor: MQ"}]}`, 0, "OpsLevel answers: Invalid cursor: MQ"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newOpsLevelFake().rented()
			items, _, err := p.read(t, &faulty{rented: p, times: -1, fail: status(200, test.answer)})
			if err == nil || !strings.HasSuffix(err.Error(), test.err) && !strings.Contains(err.Error(), test.err) || len(items) != test.want {
				t.Errorf("got %d items, %v, want %d, %s", len(items), err, test.want, test.err)
			}
		})
	}
}

// TestOpsLevelOlder does without fields that a server does not have.
func TestOpsLevelOlder(t *testing.T) {
	for _, message := range []string{"Field 'configErrors' doesn't exist on type 'Service'", `Cannot query field "totalCount" on type "ServiceConnection".`} {
		t.Run(message, func(t *testing.T) {
			f := opsLevelCatalog(t)
			p := f.rented()
			answer := fmt.Sprintf(`{"errors":[{"message":%q}]}`, message)
			items, log, err := p.read(t, &faulty{rented: p, times: 1, fail: status(200, answer)})
			if err != nil || len(entitiesIn(items)) != 3 || strings.Count(log, "level=WARN") != 1 {
				t.Errorf("got %d services, %v, with the log %s", len(entitiesIn(items)), err, log)
			}
		})
	}
}

// TestOpsLevelRest fails in what one service has many of.
func TestOpsLevelRest(t *testing.T) {
	f := opsLevelCatalog(t)
	f.most = 2
	p := f.rented()
	p.listed = func(_ *http.Request, body string) bool { return strings.Contains(body, "query Rest") }
	items, _, err := p.read(t, &faulty{rented: p, after: 1, times: -1, fail: status(500, "")})
	if err == nil || !strings.HasPrefix(err.Error(), "list the services of OpsLevel: service Payments API: OpsLevel answers 500") || len(entitiesIn(items)) != 0 {
		t.Errorf("got %d services, %v, want an error of the service", len(entitiesIn(items)), err)
	}
}

// TestOpsLevelLong keeps the beginning of what is 5 MB long.
func TestOpsLevelLong(t *testing.T) {
	f := opsLevelCatalog(t)
	f.account["services"].([]any)[0].(map[string]any)["description"] = strings.Repeat("x", 5<<20)
	items, _, err := f.rented().read(t, f)
	item := entitiesIn(items)["payments_api"]
	if err != nil || len(values(item, "description")) != 1 || len(values(item, "description")[0]) != 64<<10 || len(item.Entity.Problems) != 1 || values(item, "lifecycle") == nil {
		t.Errorf("got %v, problems %v", err, item.Entity.Problems)
	}
}
