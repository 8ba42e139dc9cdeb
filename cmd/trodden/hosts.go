package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/quota"
)

// hosts is what all sources that ask hosts have in common.
type hosts struct {
	budget *quota.Budget  // of one run; nil is none
	spent  *quota.Counter // what is asked; may be nil
}

// spending is what was asked of hosts.
type spending struct{ requests, points int }

// total is what was asked so far.
func (h hosts) total() (sum spending) {
	for _, s := range h.spent.Spent() {
		sum.requests, sum.points = sum.requests+s.Requests, sum.points+s.Points
	}
	return sum
}

// sourceSpent adds what was asked of one resource to the figures of its source, the last of the list where it is there.
func sourceSpent(list []api.SourceFigures, row quota.Spent) []api.SourceFigures {
	if n := len(list); n == 0 || list[n-1].Source != row.Source {
		list = append(list, api.SourceFigures{Source: row.Source})
	}
	last := &list[len(list)-1]
	last.RequestsTotal, last.PointsTotal = last.RequestsTotal+row.Requests, last.PointsTotal+row.Points
	return list
}

func openGitHub(s config.Source, around surroundings) (collectors.Source, error) {
	base, err := github.API(s.GitHub.URL)
	if err != nil {
		return nil, err
	}
	credentials, err := githubCredentials(s.GitHub, around.env)
	if err != nil {
		return nil, err
	}
	family := quota.GitHub()
	if s.GitHub.URL != "" {
		family = quota.GitHubEnterprise()
	}
	pool := quota.New(quota.Config{
		Source: s.Name, Base: base, Family: family, Credentials: credentials,
		Budget: around.hosts.budget, Counter: around.hosts.spent, Log: around.log,
	})
	return github.New(github.Config{
		Name: s.Name, Org: s.GitHub.Org, User: s.GitHub.User, Repos: s.GitHub.Repos, Include: s.GitHub.Include, Exclude: s.GitHub.Exclude,
		URL: s.GitHub.URL, Client: &http.Client{Transport: pool}, Watch: around.watch, Now: around.now, Log: around.log,
	})
}

// githubCredentials reveals what a source signs in with.
func githubCredentials(g *config.GitHub, env config.Environment) ([]quota.Credential, error) {
	if g.App != nil {
		return githubApp(g, env)
	}
	var list []quota.Credential
	for i, secret := range g.Tokens {
		token, err := secret.Reveal(env)
		if err != nil {
			return nil, err
		}
		list = append(list, quota.Static(fmt.Sprintf("token %d", i+1), "Authorization", "Bearer "+token))
	}
	return list, nil
}

func githubApp(g *config.GitHub, env config.Environment) ([]quota.Credential, error) {
	key, err := g.App.Key.Reveal(env)
	if err != nil {
		return nil, err
	}
	app := github.App{ID: int64(g.App.ID), Installation: int64(g.App.Installation), Key: []byte(key), URL: g.URL}
	sign, err := app.Signer()
	return []quota.Credential{{Name: fmt.Sprintf("app %d", g.App.ID), Authorize: sign}}, err
}

// letIn fails where a source would not let anybody in, and says which.
func letIn(ctx context.Context, sources []collectors.Source) error {
	var wrong []error
	for _, source := range sources {
		if c, ok := source.(collectors.Checker); ok {
			if err := c.Check(ctx); err != nil {
				wrong = append(wrong, fmt.Errorf("source %s: %w", source.Name(), err))
			}
		}
	}
	return errors.Join(wrong...)
}
