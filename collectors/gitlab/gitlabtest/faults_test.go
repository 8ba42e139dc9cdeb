package gitlabtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/xanzy/go-gitlab"
)

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		failure gitlabtest.Failure
		status  int
		kind    string
		says    string
	}{
		{gitlabtest.BadToken, 401, "application/json", `"error":"invalid_token"`},
		{gitlabtest.Scope, 403, "application/json", `"scope":"api read_api"`},
		{gitlabtest.Forbidden, 403, "application/json", "403 Forbidden"},
		{gitlabtest.Missing, 404, "application/json", "404 Project Not Found"},
		{gitlabtest.Gone, 410, "application/json", "410"},
		{gitlabtest.Unprocessable, 422, "application/json", "422"},
		{gitlabtest.TooMany, 429, "text/plain", "Retry later"},
		{gitlabtest.TooOften, 429, "application/json", "too many times"},
		{gitlabtest.Blocked, 451, "application/json", "451"},
		{gitlabtest.Internal, 500, "application/json", "500"},
		{gitlabtest.BadGateway, 502, "text/html; charset=utf-8", "<html>"},
		{gitlabtest.Unavailable, 503, "text/html; charset=utf-8", "<html>"},
		{gitlabtest.GatewayTimeout, 504, "text/html; charset=utf-8", "<html>"},
		{gitlabtest.HTML, 200, "text/html; charset=utf-8", "<html>"},
	} {
		t.Run(string(test.failure), func(t *testing.T) {
			p := acme(t, gitlabtest.Config{})
			p.Fail(gitlabtest.Fault{Failure: test.failure, Times: 2})
			for range 2 {
				resp := get(t, p, "/api/v4/projects/acme%2Fapp")
				if text := body(t, resp); resp.StatusCode != test.status || resp.Header.Get("Content-Type") != test.kind || !strings.Contains(text, test.says) {
					t.Errorf("got %d %s %s, want %d %s with %s", resp.StatusCode, resp.Header.Get("Content-Type"), text, test.status, test.kind, test.says)
				}
			}
			if got := get(t, p, "/api/v4/projects/acme%2Fapp").StatusCode; got != 200 {
				t.Errorf("got %d after the fault, want 200", got)
			}
		})
	}
}

func TestNulls(t *testing.T) {
	p := acme(t, gitlabtest.Config{})
	p.Fail(gitlabtest.Fault{Failure: gitlabtest.Nulls, Times: 3})
	c := client(t, p, gitlabtest.Secret)
	x, _, err := c.Projects.GetProject("acme/app", nil)
	check(t, err)
	if x.Description != "" || x.LastActivityAt != nil || x.Topics != nil || x.Path != "app" {
		t.Errorf("got %v, want null where it is allowed and nowhere else", x)
	}
	list, _, err := c.Pipelines.ListProjectPipelines("acme/app", nil)
	check(t, err)
	if y := list[0]; y.UpdatedAt != nil || y.SHA == "" {
		t.Errorf("got %v, want null where it is allowed and nowhere else", y)
	}
	got := query(t, p, `{ projects(first: 1) { nodes { id fullPath archived repository { rootRef } } } }`, nil)
	if !strings.Contains(got, `"archived":null`) || !strings.Contains(got, `"fullPath":"robot/dotfiles"`) {
		t.Errorf("got %s, want null where it is allowed and nowhere else", got)
	}
}

func TestGraphQLFaults(t *testing.T) {
	const all = `{ projects(sort: "id_asc") { nodes { fullPath repository { rootRef } } } }`
	for _, test := range []struct {
		name  string
		fault gitlabtest.Fault
		want  []string
	}{
		{"in part", gitlabtest.Fault{Failure: gitlabtest.Partial}, []string{`{"fullPath":"acme/app","repository":null}`, `{"fullPath":"acme/empty","repository":{"rootRef":null}}`, `Timeout on Project.repository`}},
		{"one that may not be seen", gitlabtest.Fault{Failure: gitlabtest.Forbidden, Repo: "acme/old", Times: -1},
			[]string{`{"data":{"projects":{"nodes":[{"fullPath":"acme/platform/ci/golden","repository":{"rootRef":"main"}},{"fullPath":"acme/app","repository":{"rootRef":"main"}},{"fullPath":"acme/empty","repository":{"rootRef":null}},{"fullPath":"robot/dotfiles","repository":{"rootRef":"main"}}]}}}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, gitlabtest.Config{})
			p.Fail(test.fault)
			got := query(t, p, all, nil)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %s, want something of %s", got, want)
				}
			}
		})
	}
	p := acme(t, gitlabtest.Config{})
	p.Fail(gitlabtest.Fault{Failure: gitlabtest.Internal, Repo: "acme/old", Times: -1})
	got := query(t, p, `{ a: project(fullPath: "acme/old") { id } b: project(fullPath: "acme/app") { fullPath } }`, nil)
	if !strings.Contains(got, "Internal server error") || !strings.Contains(got, `"a":null,"b":{"fullPath":"acme/app"}`) {
		t.Errorf("got %s, want an error for one and the other", got)
	}
}

func TestTokens(t *testing.T) {
	p := acme(t, gitlabtest.Config{Tokens: []gitlabtest.Token{
		{Value: gitlabtest.Secret, User: "robot"}, {Value: "reader", User: "robot", Scopes: []string{"read_api"}}, {Value: "files", User: "robot", Scopes: []string{"read_repository"}},
		{Value: "guest", User: "gus", Member: true}, {Value: "cyd", User: "cyd", Member: true}, {Value: "short", User: "ana", Expires: at(1)}}})
	p.AddMember("acme/app", gitlabtest.Member{User: "gus", Access: gitlabtest.Guest})
	project := func(path string) func(*gitlab.Client) error {
		return func(c *gitlab.Client) error { _, _, err := c.Projects.GetProject(path, nil); return err }
	}
	group := func(path string) func(*gitlab.Client) error {
		return func(c *gitlab.Client) error { _, _, err := c.Groups.GetGroup(path, nil); return err }
	}
	tree := func(c *gitlab.Client) error { _, _, err := c.Repositories.ListTree("acme/app", nil); return err }
	self := func(c *gitlab.Client) error {
		_, _, err := c.PersonalAccessTokens.GetSinglePersonalAccessToken()
		return err
	}
	for _, test := range []struct {
		name, token string
		ask         func(*gitlab.Client) error
		want        int
	}{
		{"no such token", "nonsense", project("robot/dotfiles"), 401},
		{"nobody", "", project("robot/dotfiles"), 200},
		{"nobody for what is private", "", project("acme/app"), 404},
		{"nobody for themselves", "", self, 401},
		{"one that may read", "reader", project("acme/app"), 200},
		{"one that may read files only", "files", project("acme/app"), 403},
		{"it reads files", "files", tree, 200},
		{"it says who it is", "files", self, 200},
		{"a guest knows of the project", "guest", project("acme/app"), 200},
		{"and of its group", "guest", group("acme"), 200},
		{"but not of its files", "guest", tree, 403},
		{"nor of others", "guest", project("acme/old"), 404},
		{"a reporter reads files", "cyd", tree, 200},
		{"a token that expires", "short", project("acme/app"), 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := status(t, test.ask(client(t, p, test.token))); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	if got := body(t, post(t, p, map[string]any{"query": `{ project(fullPath: "acme/app") { path repository { rootRef } } }`}, "Private-Token", "guest")); got != `{"data":{"project":{"path":"app","repository":null}}}` {
		t.Errorf("got %s, want no repository for a guest", got)
	}
	p.Advance(time.Hour)
	p.Revoke("reader")
	for token, want := range map[string]string{"short": "Token is expired.", "reader": "Token was revoked."} {
		resp := get(t, p, "/api/v4/user", "Private-Token", token)
		if text := body(t, resp); resp.StatusCode != 401 || !strings.Contains(text, want) {
			t.Errorf("%s: got %d %s, want 401 %s", token, resp.StatusCode, text, want)
		}
	}
	if got := get(t, p, "/api/v4/user", "Private-Token", "", "Authorization", "Bearer "+gitlabtest.Secret).StatusCode; got != 200 {
		t.Errorf("got %d for a bearer, want 200", got)
	}
}
