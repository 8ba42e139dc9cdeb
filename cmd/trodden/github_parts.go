package main

import (
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github"
)

// githubParts is what a source reads beside files. What GitHub finds wrong with CODEOWNERS comes with the teams.
func githubParts(p config.Parts) github.Parts {
	return github.Parts{
		Runs: !p.NoRuns, Reruns: !p.NoReruns, Pulls: !p.NoPulls, Deployments: !p.NoDeployments, Teams: !p.NoTeams, Policies: !p.NoPolicies, Releases: !p.NoReleases,
		Codeowners: !p.NoTeams,
	}
}
