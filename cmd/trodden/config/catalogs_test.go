package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
)

func TestCatalogs(t *testing.T) {
	c := load(t, filepath.Join("testdata", "forms.yaml"))
	env := func(name string) config.Secret { return config.Secret{Env: name} }
	file := func(name string) config.Secret { return config.Secret{File: "/etc/trodden/" + name} }
	want := []config.Source{
		{Kind: "backstage", Name: "backstage", Catalog: &config.Catalog{URL: "https://backstage.acme.dev/api/catalog"}},
		{Kind: "roadie", Name: "roadie", Catalog: &config.Catalog{Token: env("ROADIE")}},
		{Kind: "spotify-portal", Name: "spotify-portal", Catalog: &config.Catalog{URL: "https://portal.acme.dev", Token: file("portal"), Tracks: []string{"basics", "7"}}},
		{Kind: "port", Name: "port", Catalog: &config.Catalog{URL: "https://api.us.port.io", ClientID: config.Secret{Open: "abc"}, Token: env("PORT_SECRET"), Host: "git.acme.dev",
			Blueprints: []config.Blueprint{
				{Blueprint: "service", Kind: "component", Fields: map[string]string{"owner": "$team", "source": "repo", "property.docs": "docs"}},
				{Blueprint: "system"},
			}}},
		{Kind: "port", Name: "spare", Catalog: &config.Catalog{Name: "spare", ClientID: env("PORT_ID"), Token: file("port")}},
		{Kind: "cortex", Name: "cortex", Catalog: &config.Catalog{Token: env("CORTEX"), Types: []string{"service"},
			Fields: map[string]string{"lifecycle": "stage"}, Hosts: map[string]string{"github": "git.acme.dev"}, Push: true}},
		{Kind: "cortex", Name: "cortex-2", Catalog: &config.Catalog{Token: env("CORTEX")}},
		{Kind: "opslevel", Name: "opslevel", Catalog: &config.Catalog{Token: env("OPSLEVEL"), Push: true, PushURL: env("OPSLEVEL_EVENTS")}},
	}
	var got []config.Source
	for _, s := range c.Sources {
		if s.IsCatalog() {
			s.At, s.Catalog.Token.At, s.Catalog.ClientID.At, s.Catalog.PushURL.At = config.Problem{}, config.Problem{}, config.Problem{}, config.Problem{}
			got = append(got, s)
		}
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("catalogs (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(c.Catalog, config.CatalogOptions{Files: []string{"catalog/*.yaml", ".backstage/**"}, CheckLinks: true}); diff != "" {
		t.Errorf("options (-got +want):\n%s", diff)
	}
}

// TestSecretsOfCatalogs shows that what lets in is asked for before anything is read, an id in the configuration included.
func TestSecretsOfCatalogs(t *testing.T) {
	c := load(t, filepath.Join("testdata", "forms.yaml"))
	port := c.Sources[7]
	env := surroundings(map[string]string{"PORT_SECRET": "s", "TRODDEN_KEY": "0123456789012345"})
	if err := c.CheckSecrets(env, []config.Source{port}); err != nil {
		t.Errorf("got %v, want no mistake", err)
	}
	if id, err := port.Catalog.ClientID.Token(env); id != "abc" || err != nil {
		t.Errorf("client id: got %q, %v, want abc", id, err)
	}
	want := "/etc/trodden/t.yaml:20:36: the environment variable PORT_ID is not set\n/etc/trodden/t.yaml:20:65: read the secret: /etc/trodden/port: no such file"
	if err := c.CheckSecrets(env, []config.Source{c.Sources[8]}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestPush refuses what cannot be told to a portal: Backstage asks by itself, and a URL that lets in is a secret.
func TestPush(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`backstage: {url: "https://b.acme.dev", push: true}`, `unknown key "push" in a backstage source`},
		{`cortex: {key: "${K}", push: sometimes}`, "expected true or false"},
		{`opslevel: {token: "${K}", push: true}`, "expected a mapping (push), found true or false"},
		{`opslevel: {token: "${K}", push: {}}`, `the key "url" is missing`},
		{`opslevel: {token: "${K}", push: {url: "https://app.opslevel.com/integrations/custom_event/1"}}`, "a secret does not stand in the configuration itself"},
	} {
		_, err := config.Parse("t.yaml", "sources: [{"+test.source+"}]\npaths: [{key: ci, golden: {file: go.mod}}]\n", surroundings(nil))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "custom_event/1") {
			t.Errorf("%s: got %v, want an error that says %q", test.source, err, test.want)
		}
	}
}
