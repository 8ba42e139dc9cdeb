package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// sixPortals answers a first look as the six do, each below a folder of its own, to who has the secret of all.
func sixPortals(w http.ResponseWriter, r *http.Request) {
	folder, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	w.Header().Set("Content-Type", "application/json")
	if body, _ := io.ReadAll(r.Body); r.Header.Get("Authorization") != "Bearer s3cr3t" && !strings.Contains(string(body), `{"clientId":"us","clientSecret":"s3cr3t"}`) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message":"no"}`)
		return
	}
	answer, known := map[string]string{
		"backstage/api/catalog/entities/by-query": `{"items":[],"totalItems":12,"pageInfo":{}}`,
		"roadie/api/catalog/entity-facets":        `{"facets":{"kind":[{"value":"API","count":3},{"value":"Component","count":4}]}}`,
		"portal/api/catalog/entities":             `[]`,
		"port/v1/auth/access_token":               `{"accessToken":"s3cr3t","expiresIn":3600}`,
		"port/v1/blueprints":                      `{"blueprints":[{"identifier":"service","schema":{"properties":{"stage":{}}}}]}`,
		"cortex/api/v1/catalog":                   `{"entities":[{}],"total":1,"totalPages":1}`,
		"opslevel/graphql":                        `{"data":{"account":{"services":{"totalCount":12345,"nodes":[{"id":"1"}]}}}}`,
	}[folder+"/"+path]
	if !known {
		w.WriteHeader(http.StatusNotFound)
		answer = `{"message":"no such route"}`
	}
	fmt.Fprint(w, answer)
}

// catalogsAt is a configuration with a catalog of each kind. The lifecycle of services of Port is in a property.
func catalogsAt(url, property string) string {
	return strings.NewReplacer("URL", url, "PROPERTY", property).Replace(`
sources:
  - git: {dirs: ["repos/*"]}
  - backstage: {url: URL/backstage/api/catalog, token: "${T}"}
  - roadie: {url: URL/roadie, token: "${T}"}
  - spotify-portal: {name: portal, url: URL/portal, token: "${T}"}
  - port: {url: URL/port, client_id: us, client_secret: "${T}", blueprints: [{blueprint: service, fields: {lifecycle: PROPERTY}}]}
  - cortex: {url: URL/cortex, key: "${T}", types: [service], fields: {lifecycle: stage}, hosts: {github: git.acme.dev}}
  - opslevel: {url: URL/opslevel/graphql, token: "${T}"}
paths: [{key: ci, golden: {file: go.mod}}]
`)
}

func TestOpenCatalogs(t *testing.T) {
	host := httptest.NewServer(http.HandlerFunc(sixPortals))
	defer host.Close()
	env := config.Environment{Lookup: func(name string) (string, bool) { return "s3cr3t", name == "T" }}
	c, err := config.Parse("t.yaml", catalogsAt(host.URL, "stage"), env)
	if err != nil {
		t.Fatal(err)
	}
	budget := quota.NewBudget(11)
	around := surroundings{env: env, hosts: hosts{budget: budget}, now: func() metrics.Instant { return 0 }}
	list, err := openCatalogs(c, "", around)
	if err != nil || len(list) != 6 {
		t.Fatalf("got %d catalogs, %v, want 6", len(list), err)
	}
	if asked := askedOf(list); asked.total().Requests != 0 {
		t.Errorf("opening them asked %v", asked)
	}
	for _, o := range list {
		if _, _, err := o.portal.Check(t.Context()); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
	}
	want := spending{
		query.Spent{Source: "backstage", Requests: 1}, query.Spent{Source: "cortex", Requests: 1}, query.Spent{Source: "opslevel", Requests: 1},
		query.Spent{Source: "port", Requests: 2}, query.Spent{Source: "portal", Requests: 3}, query.Spent{Source: "roadie", Requests: 2},
	}
	if diff := cmp.Diff(askedOf(list), want); diff != "" {
		t.Errorf("asked (-got +want):\n%s", diff)
	}
	if _, _, err := list[0].portal.Check(t.Context()); err != nil {
		t.Errorf("within the budget of all: %v", err)
	}
	if _, _, err := list[4].portal.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "the budget of 11 requests is spent") {
		t.Errorf("got %v, want the budget of all to be spent", err)
	}
}

func TestOpenCatalogsNamed(t *testing.T) {
	env := config.Environment{Lookup: func(string) (string, bool) { return "s3cr3t", true }}
	c, err := config.Parse("t.yaml", catalogsAt("http://127.0.0.1:1", "stage"), env)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		want []string
	}{
		{"portal", []string{"portal"}}, {"cortex", []string{"cortex"}}, {"git", nil}, {"nobody", nil},
	} {
		list, err := openCatalogs(c, test.name, surroundings{env: env})
		var got []string
		for _, o := range list {
			got = append(got, o.source.Name)
		}
		if diff := cmp.Diff(got, test.want); err != nil || diff != "" {
			t.Errorf("%s: %v (-got +want):\n%s", test.name, err, diff)
		}
		if err := knowsSource(c, test.name); (err != nil) != (test.name == "nobody") {
			t.Errorf("--source %s: %v", test.name, err)
		}
	}
	if got := sourcesNamed(c, ""); len(got) != 1 || got[0].Name != "git" {
		t.Errorf("got %d sources with repositories, want git", len(got))
	}
}

// TestEachCatalogHasItsKind: what the configuration takes for a catalog is opened by this build.
func TestEachCatalogHasItsKind(t *testing.T) {
	env := config.Environment{Lookup: func(string) (string, bool) { return "", false }}
	c, err := config.Parse("t.yaml", catalogsAt("http://127.0.0.1:1", "stage"), env)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range catalogsNamed(c, "") {
		if _, err := openCatalog(s, surroundings{env: env}); err == nil || !strings.Contains(err.Error(), "the environment variable T is not set") {
			t.Errorf("%s: got %v, want that its secret is not set", s.Kind, err)
		}
	}
}

// TestCheckOfCatalogs compares the whole lines in which check says what it found.
func TestCheckOfCatalogs(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.HandlerFunc(sixPortals))
	defer host.Close()
	p := newPlace(t, "")
	lines := func(status int) string {
		out, said := p.run(status, "check")
		if said != "" {
			t.Errorf("it says %s", said)
		}
		var found []string
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "source ") && !strings.HasPrefix(line, "source git:") {
				found = append(found, strings.ReplaceAll(line, host.URL, "URL"))
			}
		}
		return strings.Join(found, "")
	}
	p.write(strings.Replace(catalogsAt(host.URL, "stage"), `  - git: {dirs: ["repos/*"]}`+"\n", "", 1))
	for _, test := range []struct {
		name, secret string
		status       int
		want         string
	}{
		{"well", "s3cr3t", exitDone, `source backstage: 12 entities that it has processed
source roadie: 7 entities that it has processed
source portal: lets in; how many entities it has is told when it is read
source port: lets in; how many entities it has is told when it is read
source cortex: 1 entity
source opslevel: 12345 entities
`},
		{"another secret", "an0ther", exitUnknown, `source backstage: not to be read: Backstage does not take the token: it may be wrong, expired or revoked; the token (an entry of type static below backend.auth.externalAccess) has to be allowed the plugin catalog, to read
source roadie: not to be read: Roadie does not take the token: it may be wrong, expired or revoked; the token (a service token or a user token, made below Administration) has to be allowed the plugin catalog, to read
source portal: not to be read: Spotify Portal does not take the token: it may be wrong, expired or revoked; the token (one of External access in the settings of the app) has to be allowed the plugin catalog, to read
source port: not to be read: list the blueprints of Port: Port refuses the credentials (client id and secret): they may be wrong, expired or revoked; the client id and the secret are those that Port shows below Credentials
source cortex: not to be read: Cortex refuses the credentials (API key): they may be wrong, expired or revoked; the API key is one that Cortex made in its settings, and has to be allowed to view entities
source opslevel: not to be read: OpsLevel refuses the credentials (API token): they may be wrong, expired or revoked; the API token is one that OpsLevel made in its settings, and has to be allowed to read
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.setenv("T", test.secret)
			if diff := cmp.Diff(lines(test.status), test.want); diff != "" {
				t.Errorf("check says (-got +want):\n%s", diff)
			}
		})
	}
	p.setenv("T", "s3cr3t")
	p.write(strings.Replace(catalogsAt(host.URL, "stag"), `  - git: {dirs: ["repos/*"]}`+"\n", "", 1))
	if said := lines(exitUnknown); !strings.Contains(said, `source port: not to be read: field lifecycle of blueprint "service": it has no property or relation "stag", there is stage,`) {
		t.Errorf("of a property that Port does not have it says\n%s", said)
	}
}

// TestCheckOfAStoreOfCatalogs says what a scan would read where catalogs alone are configured: first there is no store, then
// one that has them, then a source of repositories is new beside them.
func TestCheckOfAStoreOfCatalogs(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	p := portal.beside(t, false)
	portal.has(1)
	const catalogs = "sources: [{backstage: {url: %q, token: \"${BACKSTAGE_TOKEN}\"}}%s]\n%s"
	says := func(status int, want string) {
		t.Helper()
		if out, _ := p.run(status, "check", "--output", "table"); !strings.Contains(out, "\nstore ") || !strings.Contains(out, ": "+want+"\n") {
			t.Errorf("check says\n%s\nwant %s", out, want)
		}
	}
	p.write(fmt.Sprintf(catalogs, portal.URL, "", hostedPaths))
	says(exitDone, "not there yet, a scan reads everything")
	p.run(exitDone, "scan")
	says(exitDone, "a scan reads all that the catalogs have, as every scan does")
	generate(t, p.repos(), 1, 1)
	p.write(fmt.Sprintf(catalogs, portal.URL, ", {git: {dirs: [repos/*]}}", hostedPaths))
	says(exitDone, "a scan reads everything: it has nothing of the sources yet")
}
