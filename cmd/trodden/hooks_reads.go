package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// reads reports whether any source reads what a hint is about, as far as names tell: of names that changed a source
// knows itself.
func (s *services) reads(h metrics.Hint) bool {
	return slices.ContainsFunc(sourcesOf(s.held.Load().Config, h.Host), func(source config.Source) bool { return covers(source, h.Repo) })
}

// covers reports whether a repository is below one of the names that a source of a code host reads. One without a name,
// as of a list that has changed, may be.
func covers(s config.Source, repo string) bool {
	if repo == "" {
		return true
	}
	host, names, choice := "", []string{}, collectors.Choice{}
	switch {
	case s.GitHub != nil:
		host, names = hostOf(s.GitHub.URL, "https://github.com"), append(names, s.GitHub.Repos...)
		names, choice.Include, choice.Exclude = append(names, s.GitHub.Org, s.GitHub.User), s.GitHub.Include, s.GitHub.Exclude
	case s.GitLab != nil:
		host, names = hostOf(s.GitLab.URL, "https://gitlab.com"), append(names, s.GitLab.Projects...)
		names, choice.Include, choice.Exclude = append(names, s.GitLab.Group, s.GitLab.User), s.GitLab.Include, s.GitLab.Exclude
	}
	if !choice.Takes(strings.TrimPrefix(repo, host+"/")) {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		at := strings.ToLower(host + "/" + name)
		return name != "" && (repo == at || strings.HasPrefix(repo, at+"/"))
	})
}

// hostOf is what the names of the repositories at an address begin with.
func hostOf(address, otherwise string) string {
	at, err := url.Parse(address)
	if err != nil || address == "" {
		at, _ = url.Parse(otherwise)
	}
	path := strings.TrimRight(at.Path, "/")
	for _, api := range []string{"/api/v3", "/api/v4"} {
		path = strings.TrimSuffix(path, api)
	}
	return strings.TrimPrefix(at.Hostname(), "api.") + path
}
