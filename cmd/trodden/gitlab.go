package main

import (
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
	credentials, secrets, err := staticCredentials(s.GitLab.Tokens, around.env, "PRIVATE-TOKEN", "")
	if err != nil {
		return nil, err
	}
	family := quota.GitLabSelfManaged()
	if base.Hostname() == "gitlab.com" {
		family = quota.GitLab()
	}
	pool := around.hosts.pool(quota.Config{Source: s.Name, Base: base, Family: family, Credentials: credentials, Log: around.log}, secrets...)
	parts := gitlabParts(s.GitLab.Parts)
	parts.Releases = parts.Releases && !s.GitLab.History.Wanted // history has them
	host, err := gitlab.New(gitlab.Config{
		Name: s.Name, Group: s.GitLab.Group, User: s.GitLab.User, Projects: s.GitLab.Projects, Include: s.GitLab.Include, Exclude: s.GitLab.Exclude,
		URL: s.GitLab.URL, Client: &http.Client{Transport: pool}, Watch: around.watch, Now: around.now, Log: around.log,
		Parts: parts, Since: s.GitLab.Parts.Since, Providers: around.providers, Naming: around.naming, People: around.people,
	})
	if err != nil {
		return nil, err
	}
	return withHistory(cloned{host, s.GitLab.History, !s.GitLab.Parts.NoReleases, pool.Credentials(), "oauth2"}, around)
}

func gitlabParts(p config.Parts) gitlab.Parts {
	return gitlab.Parts{
		Runs: !p.NoRuns, Pulls: !p.NoPulls, Deployments: !p.NoDeployments, Teams: !p.NoTeams, Policies: !p.NoPolicies, Releases: !p.NoReleases,
	}
}
