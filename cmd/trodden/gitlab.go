package main

import (
	"fmt"
	"net/http"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/quota"
)

func openGitLab(s config.Source, around surroundings) (collectors.Source, error) {
	base, err := gitlab.API(s.GitLab.URL)
	if err != nil {
		return nil, err
	}
	var credentials []quota.Credential
	for i, secret := range s.GitLab.Tokens {
		token, err := secret.Reveal(around.env)
		if err != nil {
			return nil, err
		}
		credentials = append(credentials, quota.Static(fmt.Sprintf("token %d", i+1), "PRIVATE-TOKEN", token))
	}
	family := quota.GitLabSelfManaged()
	if base.Hostname() == "gitlab.com" {
		family = quota.GitLab()
	}
	pool := quota.New(quota.Config{
		Source: s.Name, Base: base, Family: family, Credentials: credentials,
		Budget: around.hosts.budget, Counter: around.hosts.spent, Log: around.log,
	})
	return gitlab.New(gitlab.Config{
		Name: s.Name, Group: s.GitLab.Group, User: s.GitLab.User, Projects: s.GitLab.Projects, Include: s.GitLab.Include, Exclude: s.GitLab.Exclude,
		URL: s.GitLab.URL, Client: &http.Client{Transport: pool}, Watch: around.watch, Now: around.now, Log: around.log,
	})
}
