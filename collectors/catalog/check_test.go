package catalog_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/trodden/trodden/collectors/catalog"
)

// checker is a portal that says whether it lets in.
type checker interface {
	catalog.Portal
	Check(ctx context.Context) (entities int, told bool, err error)
}

// look is what a look at a portal showed, in a line.
func look(t *testing.T, portal checker) string {
	t.Helper()
	entities, told, err := portal.Check(t.Context())
	switch {
	case err != nil:
		return err.Error()
	case !told:
		return fmt.Sprintf("%d requests", portal.Requests())
	}
	return fmt.Sprintf("%d entities, %d requests", entities, portal.Requests())
}

func TestCheckBackstage(t *testing.T) {
	const need = "the token (an entry of type static below backend.auth.externalAccess) has to be allowed the plugin catalog, to read"
	queryless := []string{"/entities/by-query"}
	for _, test := range []struct {
		name   string
		lacks  []string
		answer http.HandlerFunc
		want   string
	}{
		{"queries", nil, nil, "8 entities, 1 requests"},
		{"no queries", queryless, nil, "8 entities, 2 requests"},
		{"nothing is counted", append(queryless, "/entity-facets"), nil, "3 requests"},
		{"nothing at all", append(queryless, "/entity-facets", "/entities"), nil, "Backstage has no catalog there (Backstage answers 404: Not Found): see whether the url is that of the backend"},
		{"a refused token", nil, func(w http.ResponseWriter, _ *http.Request) {
			refuseBackstage(w, 401, "AuthenticationError", "Illegal token")
		}, "Backstage does not take the token: it may be wrong, expired or revoked; " + need},
		{"another plugin", nil, func(w http.ResponseWriter, _ *http.Request) {
			refuseBackstage(w, 403, "NotAllowedError", "This token's access is restricted to plugin(s) 'scaffolder'")
		}, "Backstage answers 403: This token's access is restricted to plugin(s) 'scaffolder'; " + need},
		{"null", nil, status(200, `null`), "the answer is none of Backstage's: it is cut, or a page for people; see whether the url is right, and whether a proxy or a login page stands before it"},
		{"an object", nil, status(200, `{"hello":"world"}`), "the answer is none of Backstage's: it is cut, or a page for people; see whether the url is right, and whether a proxy or a login page stands before it"},
		{"GitHub", nil, status(404, `{"message":"Not Found","documentation_url":"https://docs.github.com/rest"}`),
			"https://backstage.test answers, but not as Backstage does (404, as GitHub does): is it a GitHub host? then it is to be configured as github and not as backstage"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fakeBackstage{entities: components(7), lacks: test.lacks}
			if test.answer != nil {
				f.meddle = func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, _ int) bool {
					test.answer(w, r)
					return true
				}
			}
			if got := look(t, f.portal(t, nil)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestCheckBackstageBehindGateway looks at a catalog that is let through to without its queries.
func TestCheckBackstageBehindGateway(t *testing.T) {
	f := &fakeBackstage{entities: components(7), meddle: refusingAt("by-query", 1, 403)}
	if got, want := look(t, f.portal(t, nil)), "8 entities, 2 requests"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCheckRoadie: a product that answers as Backstage does is not taken for one that is configured wrongly.
func TestCheckRoadie(t *testing.T) {
	f := &fakeBackstage{meddle: func(_ *fakeBackstage, w http.ResponseWriter, _ *http.Request, _ int) bool {
		refuseBackstage(w, 401, "AuthenticationError", "Illegal token")
		return true
	}}
	got := look(t, f.portal(t, func(c *catalog.BackstageConfig) { c.Kind = catalog.Roadie }))
	if want := "Roadie does not take the token: it may be wrong, expired or revoked; the token (a service token or a user token, made below Administration) has to be allowed the plugin catalog, to read"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCheckRented(t *testing.T) {
	keys := map[string]string{
		"port":     "; the client id and the secret are those that Port shows below Credentials",
		"cortex":   "; the API key is one that Cortex made in its settings, and has to be allowed to view entities",
		"opslevel": "; the API token is one that OpsLevel made in its settings, and has to be allowed to read",
	}
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc // nil for the portal's own
		want   map[string]string
		says   string // of all, before what the key of each is; where want is nil
	}{
		{"well", nil, map[string]string{"port": "2 requests", "cortex": "1500 entities, 1 requests", "opslevel": "1500 entities, 1 requests"}, ""},
		{"refused", status(401, `{"error":"unauthorized"}`), nil, "refuses the credentials"},
		{"not allowed", status(403, `{"message":"missing permission"}`), nil, "answers 403: missing permission; see what the token is allowed"},
		{"not there", status(404, `{"message":"no such route"}`), map[string]string{
			"port":     "list the blueprints of Port: Port answers 404: no such route: see whether the url is that of its API",
			"cortex":   "Cortex answers 404: no such route: see whether the url is that of its API",
			"opslevel": "OpsLevel answers 404: no such route: see whether the url is that of its API",
		}, ""},
		{"Backstage", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			refuseBackstage(w, 401, "AuthenticationError", "Illegal token")
		}, map[string]string{
			"port":     "URL answers, but not as Port does (401, as Backstage does): is it a Backstage host? then it is to be configured as backstage and not as port",
			"cortex":   "URL answers, but not as Cortex does (401, as Backstage does): is it a Backstage host? then it is to be configured as backstage and not as cortex",
			"opslevel": "URL answers, but not as OpsLevel does (401, as Backstage does): is it a Backstage host? then it is to be configured as backstage and not as opslevel",
		}, ""},
	} {
		for name := range rentedPortals() {
			t.Run(test.name+" of "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := rentedPortals()[name]
					p.grow(1500)
					handler := p.handler
					if test.answer != nil {
						handler = test.answer
					}
					url, client := answering(t, handler)
					portal, err := p.open(url, client, nil, nil)
					if err != nil {
						t.Fatal(err)
					}
					got := strings.ReplaceAll(look(t, portal.(checker)), url, "URL")
					if want := test.want[name]; want != "" && got != want {
						t.Errorf("got  %s\nwant %s", got, want)
					}
					if test.says != "" && (!strings.Contains(got, test.says) || !strings.HasSuffix(got, keys[name])) {
						t.Errorf("got  %s\nwant …%s…%s", got, test.says, keys[name])
					}
					if slices.ContainsFunc(p.secrets, func(secret string) bool { return strings.Contains(got, secret) }) {
						t.Errorf("a secret is in %s", got)
					}
				})
			})
		}
	}
}

// TestCheckMapping: a blueprint or a property that Port does not have is told before anything is read.
func TestCheckMapping(t *testing.T) {
	for _, test := range []struct {
		mapping catalog.PortBlueprint
		want    string
	}{
		{catalog.PortBlueprint{Blueprint: "servcie"}, `Port has no blueprint "servcie", there is service, _user, system, _team`},
		{catalog.PortBlueprint{Blueprint: "service", Fields: map[string]string{"lifecycle": "lifecyle"}}, `field lifecycle of blueprint "service": it has no property or relation "lifecyle"`},
	} {
		if got := look(t, openPort(t, portCatalog(t), test.mapping)); !strings.Contains(got, test.want) {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// TestCheckOlderOpsLevel: one that does not tell how many services it has is asked for one of them.
func TestCheckOlderOpsLevel(t *testing.T) {
	f := opsLevelCatalog(t)
	asked := 0
	url, client := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			status(200, `{"errors":[{"message":"Field 'totalCount' doesn't exist on type 'ServiceConnection'"}]}`)(w, r)
			return
		}
		f.ServeHTTP(w, r)
	}))
	portal, err := f.rented().open(url, client, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := look(t, portal.(checker)); got != "2 requests" {
		t.Errorf("got %s, want 2 requests", got)
	}
}
