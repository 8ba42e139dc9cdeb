package githubtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		failure githubtest.Failure
		status  int
		kind    string
	}{
		{githubtest.BadToken, 401, "application/json; charset=utf-8"},
		{githubtest.Forbidden, 403, "application/json; charset=utf-8"},
		{githubtest.Secondary, 403, "application/json; charset=utf-8"},
		{githubtest.Missing, 404, "application/json; charset=utf-8"},
		{githubtest.Empty, 409, "application/json; charset=utf-8"},
		{githubtest.Gone, 410, "application/json; charset=utf-8"},
		{githubtest.Unprocessable, 422, "application/json; charset=utf-8"},
		{githubtest.TooMany, 429, "application/json; charset=utf-8"},
		{githubtest.Blocked, 451, "application/json; charset=utf-8"},
		{githubtest.Internal, 500, "application/json; charset=utf-8"},
		{githubtest.BadGateway, 502, "text/html; charset=utf-8"},
		{githubtest.Unavailable, 503, "application/json; charset=utf-8"},
		{githubtest.GatewayTimeout, 504, "application/json; charset=utf-8"},
		{githubtest.HTML, 200, "text/html; charset=utf-8"},
	} {
		t.Run(string(test.failure), func(t *testing.T) {
			for _, path := range []string{"/repos/acme/app", "/graphql"} {
				p := acme(t, githubtest.Config{Limits: githubtest.Limits{Pause: time.Nanosecond}})
				p.Fail(githubtest.Fault{Failure: test.failure, Path: path})
				req, err := http.NewRequest(map[bool]string{true: "POST", false: "GET"}[path == "/graphql"], p.URL+path, strings.NewReader(`{"query":"{ rateLimit { cost } }"}`))
				check(t, err)
				req.Header.Set("Authorization", "token "+githubtest.Secret)
				resp, err := p.Client().Do(req)
				check(t, err)
				resp.Body.Close()
				if resp.StatusCode != test.status || resp.Header.Get("Content-Type") != test.kind {
					t.Errorf("%s: got %d %s, want %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"), test.status, test.kind)
				}
				p.Advance(time.Minute)
				if got := get(t, p, "/repos/acme/app").StatusCode; got != 200 {
					t.Errorf("got %d after the fault, want 200", got)
				}
			}
		})
	}
}

func TestNulls(t *testing.T) {
	p := acme(t, githubtest.Config{})
	p.Fail(githubtest.Fault{Failure: githubtest.Nulls, Times: 2})
	r, _, err := client(t, p, githubtest.Secret).Repositories.Get(ctx, "acme", "app")
	check(t, err)
	if r.Description != nil || r.PushedAt != nil || r.TemplateRepository != nil || r.GetName() != "app" {
		t.Errorf("got %v, want null where it is allowed and nowhere else", r)
	}
	runs, _, err := client(t, p, githubtest.Secret).Actions.ListRepositoryWorkflowRuns(ctx, "acme", "app", nil)
	check(t, err)
	if x := runs.WorkflowRuns[0]; x.HeadBranch != nil || x.HeadCommit != nil || x.ReferencedWorkflows != nil || x.GetHeadSHA() == "" {
		t.Errorf("got %v, want null where it is allowed and nowhere else", x)
	}
}

func TestGraphQLFaults(t *testing.T) {
	one := `{ organization(login: "acme") { repositories(first: 4) { nodes { name } } } repository(owner: "acme", name: "app") { name pushedAt defaultBranchRef { name } object(expression: "HEAD:README.md") { ... on Blob { oid text } } } }`
	for _, test := range []struct {
		name   string
		fault  githubtest.Fault
		want   string
		errors int
	}{
		{"null wherever it is allowed", githubtest.Fault{Failure: githubtest.Nulls},
			`{"organization":{"repositories":{"nodes":[{"name":"scaffold"},{"name":"app"},{"name":"empty"},{"name":"old"}]}},"repository":{"defaultBranchRef":null,"name":"app","object":null,"pushedAt":null}}`, 0},
		{"null in one type", githubtest.Fault{Failure: githubtest.Nulls, Type: "Blob"},
			`{"organization":{"repositories":{"nodes":[{"name":"scaffold"},{"name":"app"},{"name":"empty"},{"name":"old"}]}},"repository":{"defaultBranchRef":{"name":"main"},"name":"app","object":{"oid":"` + objects.BlobID("# app\n") + `","text":null},"pushedAt":"2026-05-31T12:00:00Z"}}`, 0},
		{"nodes that are null", githubtest.Fault{Failure: githubtest.NullNodes},
			`{"organization":{"repositories":{"nodes":[{"name":"scaffold"},null,{"name":"empty"},null]}},"repository":{"defaultBranchRef":{"name":"main"},"name":"app","object":{"oid":"` + objects.BlobID("# app\n") + `","text":"# app\n"},"pushedAt":"2026-05-31T12:00:00Z"}}`, 0},
		{"data in part", githubtest.Fault{Failure: githubtest.Partial},
			`{"organization":{"repositories":{"nodes":[{"name":"scaffold"},{"name":"app"},{"name":"empty"},{"name":"old"}]}},"repository":null}`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, githubtest.Config{})
			p.Fail(test.fault)
			got, _ := query(t, p, one, nil)
			if diff := cmp.Diff(compact(t, got.Data), test.want); diff != "" || len(got.Errors) != test.errors {
				t.Errorf("%d errors, want %d; got (-), want (+):\n%s", len(got.Errors), test.errors, diff)
			}
		})
	}
}

func TestFaultOfOneRepository(t *testing.T) {
	p := acme(t, githubtest.Config{})
	p.Fail(githubtest.Fault{Failure: githubtest.Forbidden, Repo: "acme/app", Times: -1})
	got, _ := query(t, p, `{ a: repository(owner: "acme", name: "app") { name } b: repository(owner: "acme", name: "old") { name } }`, nil)
	if len(got.Errors) != 1 || got.Errors[0].Type != "FORBIDDEN" || compact(t, got.Data) != `{"a":null,"b":{"name":"old"}}` {
		t.Errorf("got %v, %v, want that one is forbidden and the other is there", got.Data, got.Errors)
	}
	for path, want := range map[string]int{"/repos/acme/app/git/trees/main": 403, "/repos/acme/old/git/trees/main": 200, "/orgs/acme/repos": 200} {
		if got := get(t, p, path).StatusCode; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}

func TestScopesOfGraphQL(t *testing.T) {
	p := acme(t, githubtest.Config{Tokens: []githubtest.Token{{Value: githubtest.Secret, Login: "robot", Scopes: []string{"repo"}}}})
	got, _ := query(t, p, `{ organization(login: "acme") { login teams(first: 1) { totalCount } } }`, nil)
	if len(got.Errors) != 1 || got.Errors[0].Type != "INSUFFICIENT_SCOPES" {
		t.Errorf("got %v, want that a scope is missing", got.Errors)
	}
}

func TestTokens(t *testing.T) {
	p := acme(t, githubtest.Config{Tokens: []githubtest.Token{
		{Value: githubtest.Secret, Login: "robot"}, {Value: "narrow", Login: "bob", Scopes: []string{"repo"}}, {Value: "public", Login: "eve", Scopes: []string{}},
		{Value: "short", Login: "ana", Expires: at(1)}}})
	teams := func(c *github.Client) error { _, _, err := c.Teams.ListTeams(ctx, "acme", nil); return err }
	private := func(c *github.Client) error { _, _, err := c.Repositories.Get(ctx, "acme", "app"); return err }
	public := func(c *github.Client) error { _, _, err := c.Repositories.Get(ctx, "acme", "scaffold"); return err }
	for _, test := range []struct {
		name, token string
		ask         func(*github.Client) error
		want        int
	}{
		{"no such token", "nonsense", public, 401},
		{"a token without the scope of teams", "narrow", teams, 403},
		{"it sees what is private", "narrow", private, 200},
		{"a token without scopes", "public", private, 404},
		{"it sees what is public", "public", public, 200},
		{"a token that expires", "short", private, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := status(t, test.ask(client(t, p, test.token))); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	resp := get(t, p, "/orgs/acme/teams", "Authorization", "token narrow")
	if has, wants := resp.Header.Get("X-OAuth-Scopes"), resp.Header.Get("X-Accepted-OAuth-Scopes"); has != "repo" || !strings.Contains(wants, "read:org") {
		t.Errorf("got scopes %q, accepted %q, want repo and read:org among others", has, wants)
	}
	p.Advance(time.Hour)
	if got := status(t, private(client(t, p, "short"))); got != 401 {
		t.Errorf("got %d for a token that expired, want 401", got)
	}
	p.Revoke("narrow")
	if got := status(t, private(client(t, p, "narrow"))); got != 401 {
		t.Errorf("got %d for a token that was revoked, want 401", got)
	}
}
