package githubtest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// at is so many hours after the peer's clock began.
func at(hours int) time.Time { return githubtest.Start.Add(time.Duration(hours) * time.Hour) }

// acme starts a peer with an organisation that has something of everything.
func acme(t testing.TB, config githubtest.Config) *githubtest.Peer {
	t.Helper()
	p := githubtest.New(t, config)
	p.AddOrganization("acme")
	p.AddUser("robot")
	p.AddMember("acme", githubtest.Member{Login: "ana", Role: "admin"})
	p.AddMember("acme", githubtest.Member{Login: "bob"})
	p.AddRepo("acme", githubtest.Repo{Name: "scaffold", Template: true, Visibility: "public", Created: at(-300), Files: map[string]string{"README.md": "# scaffold\n"}})
	p.AddRepo("acme", githubtest.Repo{Name: "app", Description: "The app", TemplateOf: "acme/scaffold", Created: at(-200), Topics: []string{"go", "web"},
		Languages: map[string]int{"Go": 900, "Shell": 100}, Properties: map[string]string{"tier": "1"},
		Files: map[string]string{
			"README.md": "# app\n", ".github/workflows/ci.yml": "on: push\n", ".github/CODEOWNERS": "* @nobody\n",
			"bin/logo.png": "\x89PNG\x00", "link": "README.md",
		}, Modes: map[string]string{"link": "120000"}})
	p.AddRepo("acme", githubtest.Repo{Name: "empty", Created: at(-100)})
	p.AddRepo("acme", githubtest.Repo{Name: "old", Archived: true, Fork: true, Created: at(-400), Files: map[string]string{"README.md": "# old\n"}})
	p.AddRepo("robot", githubtest.Repo{Name: "dotfiles", Created: at(-500), Files: map[string]string{".profile": ""}})
	work(p)
	return p
}

// work adds what happens in repositories.
func work(p *githubtest.Peer) {
	p.Tag("acme/app", "v1.0.0", "")
	p.Push("acme/app", githubtest.Push{Files: map[string]string{"main.go": "package main\n"}, Author: "ana", Message: "Add main\n\nWith a body.", At: at(-20)})
	p.Annotate("acme/app", "v1.1.0", "", at(-19))
	p.AddTeam("acme", githubtest.Team{Slug: "platform", Name: "Platform", Members: []githubtest.Member{{Login: "ana", Role: "maintainer"}}})
	p.AddTeam("acme", githubtest.Team{Slug: "build", Parent: "platform", Secret: true, Members: []githubtest.Member{{Login: "bob"}}, Repos: map[string]string{"acme/app": "push"}})
	p.AddRun("acme/app", githubtest.Run{Name: "ci", Path: ".github/workflows/ci.yml", Created: at(-18), Updated: at(-17),
		Referenced: []githubtest.Referenced{{Path: "acme/scaffold/.github/workflows/ci.yml@v1", SHA: p.Head("acme/scaffold"), Ref: "refs/tags/v1"}}})
	p.AddRun("acme/app", githubtest.Run{Name: "ci", Path: ".github/workflows/ci.yml", Event: "schedule", Status: "in_progress", Created: at(-2)})
	p.AddPull("acme/app", githubtest.Pull{Title: "Add main", Author: "ana", Head: "main-go", Labels: []string{"feature"}, Created: at(-30), Merged: at(-20), Merge: p.Head("acme/app")})
	p.AddPull("acme/app", githubtest.Pull{Title: "Bump", Author: "renovate[bot]", Head: "renovate/all", Created: at(-10)})
	p.AddRuleset("acme", githubtest.Ruleset{Name: "golden", Branches: []string{"~DEFAULT_BRANCH"},
		Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/scaffold", Path: ".github/workflows/ci.yml", Ref: "refs/heads/main"}}})
	p.AddRuleset("acme/app", githubtest.Ruleset{Name: "keep", Branches: []string{"refs/heads/main"}, Deletion: true})
	p.SetCodeownersErrors("acme/app", githubtest.CodeownersError{Line: 1, Column: 3, Kind: "Unknown owner", Source: "* @nobody\n", Message: "Unknown owner on line 1", Path: ".github/CODEOWNERS"})
	p.AddDeployment("acme/app", githubtest.Deployment{Environment: "production", Created: at(-16), Statuses: []githubtest.DeploymentStatus{{State: "in_progress", At: at(-16)}, {State: "success", At: at(-15)}}})
}

// signed carries a token with each request.
type signed struct {
	next  http.RoundTripper
	token string
}

func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.token)
	return s.next.RoundTrip(r)
}

// client is a client of github.com that reaches the peer with a token.
func client(t testing.TB, p *githubtest.Peer, token string) *github.Client {
	t.Helper()
	return clientAt(t, p, token, p.URL+"/")
}

// enterprise is a client of an Enterprise server that reaches the peer.
func enterprise(t testing.TB, p *githubtest.Peer) *github.Client {
	t.Helper()
	return clientAt(t, p, githubtest.Secret, p.Enterprise())
}

func clientAt(t testing.TB, p *githubtest.Peer, token, base string) *github.Client {
	t.Helper()
	c := github.NewClient(&http.Client{Transport: signed{p.Transport(), token}})
	at, err := c.BaseURL.Parse(base)
	check(t, err)
	c.BaseURL = at
	return c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var ctx = context.Background()
