package catalog_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestBackstageOwners lists one entity beside a team and a person, and says whom its owners are taken for.
func TestBackstageOwners(t *testing.T) {
	ada := collectors.Spelling{Name: "Ada", Email: "ada@acme.example"}
	for name, c := range map[string]struct {
		typed, related string // spec.owner and relations as JSON
		want           []catalog.Owner
		field          []string
	}{
		"a team":                          {`"payments"`, `[{"type":"ownedBy","targetRef":"group:default/payments"}]`, []catalog.Owner{{Ref: groupRef("payments")}}, []string{"payments"}},
		"a person":                        {`"user:ada"`, `[{"type":"ownedBy","targetRef":"user:default/ada"}]`, []catalog.Owner{{Ref: userRef("ada"), Person: &ada}}, []string{"user:ada"}},
		"in capitals":                     {`"Payments"`, `[{"type":"ownedBy","targetRef":"Group:Default/Payments"}]`, []catalog.Owner{{Ref: groupRef("payments")}}, []string{"Payments"}},
		"as old servers tell it":          {`"payments"`, `[{"type":"ownedBy","target":{"kind":"group","namespace":"default","name":"payments"}}]`, []catalog.Owner{{Ref: groupRef("payments")}}, []string{"payments"}},
		"without relations":               {`"group:default/payments"`, `null`, []catalog.Owner{{Ref: groupRef("payments")}}, []string{"group:default/payments"}},
		"nobody the catalog knows":        {`"tbd"`, `[{"type":"ownedBy","targetRef":"group:default/tbd"}]`, []catalog.Owner{{Ref: groupRef("tbd"), Gone: true}}, []string{"tbd"}},
		"an address of a person":          {`"Ada@acme.example"`, `[{"type":"ownedBy","targetRef":"group:default/ada@acme.example"}]`, []catalog.Owner{{Ref: userRef("ada"), Person: &collectors.Spelling{Email: "ada@acme.example"}}}, []string{"Ada@acme.example"}},
		"a person by name":                {`"Ada"`, `[{"type":"ownedBy","targetRef":"group:default/ada"}]`, []catalog.Owner{{Ref: userRef("ada"), Person: &ada}}, []string{"Ada"}},
		"a person of the usual namespace": {`"other/ada"`, `[]`, []catalog.Owner{{Ref: userRef("ada"), Person: &ada}}, []string{"other/ada"}},
		"an address of nobody":            {`"eve@acme.example"`, `[]`, []catalog.Owner{{Person: &collectors.Spelling{Email: "eve@acme.example"}}}, []string{"eve@acme.example"}},
		"a list":                          {`["payments","user:ada"]`, `null`, []catalog.Owner{{Ref: groupRef("payments")}, {Ref: userRef("ada"), Person: &ada}}, []string{"payments", "user:ada"}},
		"empty":                           {`""`, `[]`, nil, nil},
		"null":                            {`null`, `[]`, nil, nil},
		"no name":                         {`"the payments team"`, `[]`, nil, []string{"the payments team"}},
		"a placeholder":                   {`{"$text":"./owner.txt"}`, `[]`, nil, []string{"$text: ./owner.txt"}},
		"relations of a wrong type":       {`"payments"`, `"none"`, []catalog.Owner{{Ref: groupRef("payments")}}, []string{"payments"}},
		"a number":                        {`7`, `[]`, []catalog.Owner{{Ref: groupRef("7"), Gone: true}}, []string{"7"}},
		"of a namespace, listed by name":  {`"other/payments"`, `[]`, []catalog.Owner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "other", Name: "payments"}, Gone: true}}, []string{"other/payments"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeBackstage{entities: []string{
				fmt.Sprintf(`{"kind":"Component","metadata":{"name":"pay"},"spec":{"owner":%s},"relations":%s}`, c.typed, c.related),
				group("payments"),
				`{"kind":"User","metadata":{"name":"ada"},"spec":{"profile":{"displayName":"Ada","email":"ada@acme.example"}}}`,
			}}
			items, err := byRef(f.portal(t, nil).Items(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			pay := items["component:default/pay"]
			if diff := cmp.Diff(pay.Owners, c.want); diff != "" {
				t.Errorf("owners (-got +want):\n%s", diff)
			}
			want := []metrics.EntityField{{Name: "owner", Values: c.field, Unresolved: strings.HasPrefix(c.typed, "{")}}
			if diff := cmp.Diff(pay.Entity.Fields, want); diff != "" {
				t.Errorf("fields (-got +want):\n%s", diff)
			}
		})
	}
}

// TestBackstageSources says which repository, folder and file an entity is of.
func TestBackstageSources(t *testing.T) {
	const managed = "backstage.io/managed-by-location"
	const source = "backstage.io/source-location"
	for name, c := range map[string]struct {
		kind        string
		annotations map[string]any
		repo        string // with the folder
		descriptor  metrics.Place
		named       bool
	}{
		"slug of GitHub":      {"Component", map[string]any{"github.com/project-slug": "Acme/Pay"}, "github.com/acme/pay", metrics.Place{}, true},
		"slug of GitLab":      {"Component", map[string]any{"gitlab.com/project-slug": "acme/fin/pay"}, "gitlab.com/acme/fin/pay", metrics.Place{}, true},
		"GitLab of one's own": {"Component", map[string]any{"gitlab.com/project-slug": "acme/pay", "gitlab.com/instance": "git.acme.example"}, "git.acme.example/acme/pay", metrics.Place{}, true},
		"slug with the host of the file": {"API", map[string]any{"github.com/project-slug": "acme/pay", managed: "url:https://ghe.acme.example/acme/pay/blob/main/server/catalog-info.yaml"},
			"ghe.acme.example/acme/pay//server", metrics.Place{Repo: "ghe.acme.example/acme/pay", Path: "server/catalog-info.yaml"}, true},
		"slug of another repository": {"Component", map[string]any{"github.com/project-slug": "acme/pay", managed: "url:https://github.com/acme/catalog/tree/main/pay/catalog-info.yaml"},
			"github.com/acme/pay", metrics.Place{Repo: "github.com/acme/catalog", Path: "pay/catalog-info.yaml"}, true},
		"source location":      {"Resource", map[string]any{source: "url:https://github.com/acme/mono/tree/main/Services/pay/"}, "github.com/acme/mono//Services/pay", metrics.Place{}, true},
		"before there was url": {"Component", map[string]any{source: "github:https://github.com/acme/pay"}, "github.com/acme/pay", metrics.Place{}, true},
		"a folder of GitLab":   {"Component", map[string]any{source: "url:https://gitlab.com/acme/fin/pay/-/tree/main/api"}, "gitlab.com/acme/fin/pay//api", metrics.Place{}, true},
		"nothing but the file": {"Component", map[string]any{managed: "url:https://github.com/acme/pay/blob/main/catalog-info.yaml"}, "github.com/acme/pay", metrics.Place{Repo: "github.com/acme/pay", Path: "catalog-info.yaml"}, false},
		"a file of a collection": {"Component", map[string]any{managed: "url:https://github.com/acme/pay/blob/main/.backstage/all.yaml", source: "url:https://github.com/acme/pay/tree/main/.backstage/"},
			"github.com/acme/pay", metrics.Place{Repo: "github.com/acme/pay", Path: ".backstage/all.yaml"}, true},
		"a page of a file":          {"Component", map[string]any{source: "url:https://github.com/acme/mono/blob/main/catalog-info.yaml"}, "github.com/acme/mono", metrics.Place{}, true},
		"a page of a file below":    {"Component", map[string]any{source: "url:https://gitlab.com/acme/mono/-/blob/main/svc/go.mod"}, "gitlab.com/acme/mono//svc", metrics.Place{}, true},
		"a page of a file or not":   {"Component", map[string]any{source: "url:https://bitbucket.org/acme/mono/src/main/svc/a.yml"}, "bitbucket.org/acme/mono//svc", metrics.Place{}, true},
		"a folder named as a file":  {"Component", map[string]any{source: "url:https://github.com/acme/mono/blob/main/svc"}, "github.com/acme/mono//svc", metrics.Place{}, true},
		"a folder with a dot":       {"Component", map[string]any{source: "url:https://github.com/acme/mono/tree/main/v1.2"}, "github.com/acme/mono//v1.2", metrics.Place{}, true},
		"a remote of git":           {"Component", map[string]any{source: "url:git@github.com:acme/mono.git"}, "github.com/acme/mono", metrics.Place{}, true},
		"a folder of the backend":   {"Component", map[string]any{source: "dir:/x/y"}, "", metrics.Place{}, false},
		"a group":                   {"Group", map[string]any{managed: "url:https://github.com/acme/org/blob/main/org.yaml", source: "url:https://github.com/acme/org/tree/main/"}, "", metrics.Place{Repo: "github.com/acme/org", Path: "org.yaml"}, false},
		"a file of the backend":     {"Component", map[string]any{managed: "file:/srv/catalog/all.yaml"}, "", metrics.Place{}, false},
		"a slug that is none":       {"Component", map[string]any{"github.com/project-slug": "pay"}, "", metrics.Place{}, false},
		"a slug that is a list":     {"Component", map[string]any{"github.com/project-slug": []string{"acme/pay", "acme/web"}}, "github.com/acme/pay", metrics.Place{}, true},
		"a slug that is no text":    {"Component", map[string]any{"github.com/project-slug": 12}, "", metrics.Place{}, false},
		"a location without target": {"Component", map[string]any{source: "url:", managed: "nonsense"}, "", metrics.Place{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(map[string]any{"kind": c.kind, "metadata": map[string]any{"name": "pay", "annotations": c.annotations}})
			if err != nil {
				t.Fatal(err)
			}
			f := &fakeBackstage{entities: []string{string(text)}}
			items, err := byRef(f.portal(t, nil).Items(t.Context()))
			got := items[strings.ToLower(c.kind)+":default/pay"].Entity
			if name := metrics.UnitName(got.Repo, got.Folder); err != nil || name != c.repo || got.Descriptor != c.descriptor {
				t.Errorf("got %q described by %+v (%v), want %q by %+v", name, got.Descriptor, err, c.repo, c.descriptor)
			}
			at := slices.IndexFunc(got.Fields, func(f metrics.EntityField) bool { return f.Name == metrics.FieldSource })
			if c.named != (at >= 0) || at >= 0 && got.Fields[at].Values[0] != c.repo {
				t.Errorf("the fields are %+v, want one for the source: %t", got.Fields, c.named)
			}
		})
	}
}

// TestBackstageOddEntities lists entities that no catalog ought to have, each beside a good one, which is read all the same.
func TestBackstageOddEntities(t *testing.T) {
	const good = `{"kind":"Domain","metadata":{"name":"good"}}`
	const unnamed = "1 of 2 entities have no kind or no name"
	for name, c := range map[string]struct {
		raw      string
		want     string // what is told of it, as JSON
		problem  string
		complete string // error at the end
	}{
		"null":                {raw: `null`, complete: unnamed},
		"a text":              {raw: `"pay"`, complete: unnamed},
		"no metadata":         {raw: `{"kind":"Component","spec":{"owner":"payments"}}`, complete: unnamed},
		"metadata is null":    {raw: `{"kind":"Component","metadata":null}`, complete: unnamed},
		"metadata is a list":  {raw: `{"kind":"Component","metadata":["pay"]}`, complete: unnamed},
		"no kind":             {raw: `{"metadata":{"name":"pay"}}`, complete: unnamed},
		"labels are a list":   {raw: `{"kind":"Component","metadata":{"name":"pay","labels":["a"],"links":"none","annotations":7},"spec":"none"}`, want: "component:default/pay []"},
		"listed twice":        {raw: good, complete: "1 entities are listed twice"},
		"a name that is none": {raw: `{"kind":"Component","metadata":{"name":7,"namespace":null}}`, want: "component:default/7 []"},
		"5 MB":                {raw: `{"kind":"API","metadata":{"name":"pay"},"spec":{"definition":"` + strings.Repeat("x", 5<<20) + `"}}`, want: "api:default/pay []", problem: "nothing but the name of the entity is read: it has 5242945 bytes"},
		"a document":          {raw: `{"kind":"API","metadata":{"name":"pay"},"spec":{"definition":"` + strings.Repeat("x", 500<<10) + `"}}`, want: fmt.Sprintf("api:default/pay [{property.definition [sha256:%x] false}]", sha256.Sum256(bytes.Repeat([]byte("x"), 500<<10)))},
		"an orphan with errors": {raw: `{"kind":"Component","metadata":{"name":"pay","annotations":{"backstage.io/orphan":"true"}},"status":{"items":[
			{"type":"backstage.io/catalog-processing","level":"error","message":"no lifecycle"},{"level":"error","message":"no lifecycle"},{"level":"info","message":"fine"}]}}`,
			want: "component:default/pay [] orphan", problem: "no lifecycle"},
		"a template's text": {raw: `{"kind":"Component","metadata":{"name":"pay"},"spec":{"lifecycle":"${{ values.lifecycle }}","dependsOn":["api:a","x y"],"implements":{"a":[1]}}}`,
			want: "component:default/pay [{depends_on [api:default/a x y] false} {lifecycle [${{ values.lifecycle }}] true} {property.implements [{\"a\":[1]}] false}]"},
		"a location in a circle": {raw: `{"kind":"Location","metadata":{"name":"a"},"spec":{"target":"./a.yaml"}}`, want: "location:default/a [{property.target [./a.yaml] false}]"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeBackstage{entities: []string{good, c.raw}}
			items, err := byRef(f.portal(t, nil).Items(t.Context()))
			if c.complete == "" && err != nil || c.complete != "" && (err == nil || !strings.Contains(err.Error(), c.complete)) {
				t.Errorf("the list ends with %v, want %q", err, c.complete)
			}
			if _, there := items["domain:default/good"]; !there {
				t.Error("the good one is not told")
			}
			delete(items, "domain:default/good")
			got := ""
			for ref, item := range items {
				got = fmt.Sprint(ref, " ", item.Entity.Fields)
				if item.Entity.Orphan {
					got += " orphan"
				}
				if len(item.Entity.Problems) > 1 || !strings.HasPrefix(strings.Join(item.Entity.Problems, ""), c.problem) || (c.problem == "") != (len(item.Entity.Problems) == 0) {
					t.Errorf("its problems are %q, want one that begins with %q", item.Entity.Problems, c.problem)
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestBackstageNeverValid reads what the catalog could not process: what has errors is told once, with them.
func TestBackstageNeverValid(t *testing.T) {
	row := func(name, errors string) string {
		return fmt.Sprintf(`{"entity_id":null,"unprocessed_entity":{"kind":"Component","metadata":{"name":%q},"spec":{"owner":"left"}},"errors":%s}`, name, errors)
	}
	f := &fakeBackstage{entities: []string{component("pay", "payments"), group("payments")}, pending: []string{
		row("bad", `[{"name":"InputError","message":"no type"},{"message":"no lifecycle"}]`), row("pay", `[{"message":"once"}]`), row("waits", `null`),
		`{"unprocessed_entity":{"kind":"Component"},"errors":[{"message":"no name"}]}`, `null`,
	}}
	items, err := byRef(f.portal(t, nil).Items(t.Context()))
	if err != nil || len(items) != 3 {
		t.Fatalf("got %d items and %v: %+v", len(items), err, items)
	}
	want := catalog.Item{
		Entity: metrics.Entity{
			Ref:      metrics.EntityRef{Kind: "component", Namespace: "default", Name: "bad"},
			Fields:   []metrics.EntityField{{Name: "owner", Values: []string{"left"}}},
			Problems: []string{"no type", "no lifecycle"},
		},
		Owners: []catalog.Owner{{Ref: groupRef("left"), Gone: true}},
	}
	if diff := cmp.Diff(items["component:default/bad"], want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// plainly lets nothing be meddled with but the plain list.
func plainly(meddle func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
	return func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		return strings.HasSuffix(r.URL.Path, "/entities") && meddle(f, w, r, nth)
	}
}

// TestBackstageFaults lists three things by pages of two from servers that fail.
func TestBackstageFaults(t *testing.T) {
	refusing := func(at string, from, status int, message string, header ...string) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
		return func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			if !strings.HasSuffix(r.URL.Path, at) || nth < from {
				return false
			}
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			refuseBackstage(w, status, "Error", message)
			return true
		}
	}
	once := func(meddle func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
		done := false
		return func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			did := !done && meddle(f, w, r, nth)
			done = done || did
			return did
		}
	}
	saying := func(at string, from int, body string) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
		return func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			if !strings.HasSuffix(r.URL.Path, at) || nth < from {
				return false
			}
			fmt.Fprint(w, body)
			return true
		}
	}
	// leave takes the first entity out of the catalog once the first page was told.
	leave := func(f *fakeBackstage, _ http.ResponseWriter, r *http.Request, nth int) bool {
		if nth == 2 && !strings.HasSuffix(r.URL.Path, "by-refs") {
			f.entities = f.entities[1:]
		}
		return false
	}
	// more tells of one more entity each time, and goes on at the same place.
	more := func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		switch one := group(fmt.Sprintf("g%d", nth)); {
		case strings.HasSuffix(r.URL.Path, "by-query"):
			fmt.Fprintf(w, `{"items":[%s],"pageInfo":{"nextCursor":"x"}}`, one)
		case strings.HasSuffix(r.URL.Path, "/entities"):
			w.Header().Set("Link", `</entities?after=x>; rel="next"`)
			fmt.Fprintf(w, "[%s]", one)
		default:
			return false
		}
		return true
	}
	// linked answers the plain list with a link to a page that is another one each time.
	linked := func(body string) func(*fakeBackstage, http.ResponseWriter, *http.Request, int) bool {
		return func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			w.Header().Set("Link", fmt.Sprintf(`</entities?after=%d>; rel="next"`, nth))
			return saying("/entities", 1, body)(nil, w, r, nth)
		}
	}
	const need = "has to be allowed the plugin catalog, to read"
	for name, c := range map[string]struct {
		fake  fakeBackstage
		items int
		want  string // of the error; "" where the list is complete
		took  time.Duration
	}{
		"nothing":                    {items: 3},
		"unauthorised":               {fakeBackstage{meddle: refusing("by-query", 1, 401, "Illegal token")}, 0, need, 0},
		"unauthorised in the middle": {fakeBackstage{meddle: refusing("by-query", 2, 401, "Illegal token")}, 2, need, 0},
		"forbidden":                  {fakeBackstage{meddle: refusing("", 1, 403, "restricted, a-secret-token")}, 0, "Backstage answers 403: restricted, …; the token (an entry of type static below backend.auth.externalAccess) " + need, 0},
		"limited":                    {fakeBackstage{meddle: once(refusing("by-query", 2, 429, "Too many requests", "Retry-After", "51"))}, 3, "", 51 * time.Second},
		"limited for ever":           {fakeBackstage{meddle: refusing("by-query", 2, 429, "Too many requests", "Retry-After", "1")}, 2, "Backstage refuses one request 4 times in a row and allows no more requests before", 150 * time.Second},
		"limited for ten minutes":    {fakeBackstage{meddle: once(refusing("by-query", 2, 429, "Too many requests", "Retry-After", "600"))}, 3, "", 10 * time.Minute},
		"limited for a day":          {fakeBackstage{meddle: refusing("by-query", 2, 429, "Too many requests", "Retry-After", "86400")}, 2, "allows no more requests before", 0},
		"broken for a moment":        {fakeBackstage{meddle: once(refusing("by-query", 2, 500, "sorry"))}, 3, "", time.Second},
		"broken":                     {fakeBackstage{meddle: refusing("by-query", 2, 500, "sorry")}, 2, "Backstage answers 500: sorry", time.Second},
		"a page for people":          {fakeBackstage{meddle: saying("by-query", 1, "<!doctype html><title>Sign in</title>")}, 0, "whether a proxy or a login page stands before it", 0},
		"another object":             {fakeBackstage{meddle: saying("by-query", 1, `{"ok":true}`)}, 0, "the answer is none of Backstage's", 0},
		"null":                       {fakeBackstage{meddle: saying("by-query", 1, `null`)}, 0, "the answer is none of Backstage's", 0},
		"a cut answer":               {fakeBackstage{meddle: saying("by-query", 2, `{"items":[`+component("c9", "payments")+`,{"kind":`)}, 3, "the answer is none of Backstage's", 0},
		"a cut end":                  {fakeBackstage{meddle: saying("by-query", 2, `{"items":[`+group("payments")+`]`)}, 3, "the answer is none of Backstage's", 0},
		"a refused cursor":           {fakeBackstage{meddle: once(refusing("by-query", 2, 400, "Malformed cursor"))}, 3, "", 0},
		"a cursor refused twice":     {fakeBackstage{meddle: refusing("by-query", 2, 400, "Malformed cursor")}, 2, "Backstage answers 400: Malformed cursor", 0},
		"a page without entities":    {fakeBackstage{meddle: saying("by-query", 1, `{"items":[],"pageInfo":{"nextCursor":"x"}}`)}, 0, "a page without entities is not the last one", 0},
		"pages in a circle":          {fakeBackstage{meddle: saying("by-query", 1, `{"items":[`+group("payments")+`],"pageInfo":{"nextCursor":"x"}}`)}, 1, "1 entities are listed twice", 0},
		"a plain list in a circle": {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: func(f *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
			if r.URL.Path != "/api/catalog/entities" {
				return false
			}
			w.Header().Set("Link", `</entities?after=x>; rel="next"`)
			fmt.Fprintf(w, "[%s]", group("payments"))
			return true
		}}, 1, "1 entities are listed twice", 0},
		"pages of nothing":             {fakeBackstage{meddle: saying("by-query", 1, `{"items":[null],"pageInfo":{"nextCursor":"x"}}`)}, 0, "a page that tells nothing new is not the last one", 0},
		"one cursor for ever":          {fakeBackstage{meddle: more}, 2, "the list goes on at a page that was read before", 0},
		"one link for ever":            {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: plainly(more)}, 2, "the list goes on at a page that was read before", 0},
		"links to nothing":             {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: linked(`[null]`)}, 0, "a page that tells nothing new is not the last one", 0},
		"links to empty pages":         {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: linked(`[]`)}, 0, "a page without entities is not the last one", 0},
		"queries are forbidden":        {fakeBackstage{meddle: refusing("by-query", 1, 403, "no such route")}, 3, "", 0},
		"without a plain list, too":    {fakeBackstage{lacks: []string{"/entities", "/entity-facets"}, meddle: refusing("by-query", 1, 403, "restricted")}, 0, "Backstage answers 403: restricted", 0},
		"facets are forbidden":         {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: refusing("facets", 1, 403, "no such route")}, 3, "", 0},
		"facets fail":                  {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: refusing("facets", 1, 500, "sorry")}, 3, "", time.Second},
		"facets of a token that ended": {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: refusing("facets", 1, 401, "Illegal token")}, 0, need, 0},
		"one that leaves meanwhile":    {fakeBackstage{meddle: leave}, 2, "2 entities are listed where there were to be 3", 0},
		"one leaves, in a plain list":  {fakeBackstage{lacks: []string{"/entities/by-query"}, meddle: leave}, 2, "2 entities are listed where there were to be 3", 0},
		"a plain list":                 {fakeBackstage{lacks: []string{"/entities/by-query"}}, 3, "", 0},
		"a plain list without links":   {fakeBackstage{lacks: []string{"/entities/by-query", "/entity-facets"}, linkless: true, most: 5000, entities: components(1249 + 1250)}, 2500, "", 0},
		"no look-ups":                  {fakeBackstage{lacks: []string{"/entities/by-refs"}}, 3, "", 0},
		"no catalog":                   {fakeBackstage{lacks: []string{"/entities/by-query", "/entities", "/entity-facets"}}, 0, "see whether the url is that of the backend", 0},
		"look-ups that say too little": {fakeBackstage{entities: []string{component("pay", "left")}, meddle: saying("by-refs", 1, `{"items":[]}`)}, 1, "0 entities are told of where 1 were asked for", 0},
		"the module forbids":           {fakeBackstage{meddle: refusing("pending", 1, 403, "Unauthorized")}, 3, "", 0},
		"the module fails":             {fakeBackstage{meddle: refusing("pending", 1, 500, "sorry")}, 3, "list what Backstage has not processed: Backstage answers 500: sorry", time.Second},
		"a page of 40 MB":              {fakeBackstage{most: 5, entities: slices.Repeat([]string{`{"kind":"API","metadata":{"name":"pay"},"spec":{"definition":"` + strings.Repeat("x", 8<<20) + `"}}`}, 5)}, 1, "4 entities are listed twice", 0},
		"an entity without end":        {fakeBackstage{meddle: saying("by-query", 1, `{"items":["`+strings.Repeat("x", 33<<20)+`"]}`)}, 0, "one entity has more than 32 MB", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &c.fake
				if f.entities == nil {
					f.entities = components(2)
				}
				f.most = max(f.most, 2)
				begun := time.Now()
				items, err := byRef(f.portal(t, nil).Items(t.Context()))
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("the list ends with %v, want %q", err, c.want)
				}
				if err != nil && strings.Contains(err.Error(), "a-secret-token") {
					t.Errorf("the token is in %v", err)
				}
				if len(items) != c.items {
					t.Errorf("got %d items, want %d", len(items), c.items)
				}
				if took := time.Since(begun); took < c.took || took > c.took*5+time.Second {
					t.Errorf("it took %v, want about %v", took, c.took)
				}
			})
		})
	}
}

// TestBackstageStops ends a list in the middle: nothing more is asked.
func TestBackstageStops(t *testing.T) {
	f := &fakeBackstage{entities: components(4), most: 2}
	b := f.portal(t, nil)
	for range b.Items(t.Context()) {
		break
	}
	if len(f.asked) != 3 { // the owner of all is on the third page
		t.Errorf("it asked %q", f.asked)
	}
}

// TestTrack reads the status of a track of Soundcheck.
func TestTrack(t *testing.T) {
	const body = `{"id":"basics","numberOfEntities":9,"statusByLevel":[{"ordinal":1,"passed":5,"failed":3,"cumulativelyPassed":5,"cumulativelyFailed":3,"notReported":1}]}`
	want := catalog.Track{ID: "basics", Entities: 9, Levels: []catalog.TrackLevel{{1, 5, 3, 5, 3, 1}}}
	for name, c := range map[string]struct {
		status int
		body   string
		want   catalog.Track
		err    error
		said   string
	}{
		"told":         {200, body, want, nil, ""},
		"not there":    {404, `{}`, catalog.Track{}, metrics.ErrNotFound, "Spotify Portal answers 404"},
		"forbidden":    {403, `{}`, catalog.Track{}, metrics.ErrUnavailable, "has to be allowed the plugin soundcheck"},
		"unauthorised": {401, `{}`, catalog.Track{}, metrics.ErrUnavailable, "has to be allowed the plugin soundcheck"},
		"another one":  {200, `{"id":"other"}`, catalog.Track{}, nil, "the answer is none"},
		"too many":     {200, `{"id":"basics","numberOfEntities":9,"statusByLevel":[{"ordinal":1,"cumulativelyPassed":99999999999}]}`, catalog.Track{}, nil, "it counts 99999999999 entities, more than there can be"},
		"the most":     {200, `{"id":"basics","numberOfEntities":4294967295}`, catalog.Track{ID: "basics", Entities: 4294967295}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeBackstage{meddle: func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, _ int) bool {
				if r.URL.Path != "/api/soundcheck/tracks/basics/status" || r.Header.Get("Authorization") != "Bearer a-secret-token" {
					t.Errorf("it asks for %s", r.URL.Path)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
				return true
			}}
			b := f.portal(t, func(c *catalog.BackstageConfig) { c.URL, c.Kind = "https://portal.test", catalog.SpotifyPortal })
			got, err := b.Track(t.Context(), "basics")
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if c.err != nil && !errors.Is(err, c.err) || (c.said == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.said) {
				t.Errorf("got the error %v, want %v that says %q", err, c.err, c.said)
			}
		})
	}
}
