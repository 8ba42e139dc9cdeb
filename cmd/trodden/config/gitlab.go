package config

import (
	"errors"
	"slices"
	"strings"
)

// GitLab is what is read of gitlab.com or another GitLab. One of Group, User and Projects is set.
type GitLab struct {
	Name     string
	Group    string // full path; what is in the groups below it is read too
	User     string
	Projects []string // full paths
	Include  []string // globs of names
	Exclude  []string
	Tokens   []Secret
	URL      string
	Parts    Parts
	History  History
}

func gitlabShape() shape[GitLab] {
	names := list("globs", glob("a glob of names such as pay-* or acme/pay-*"))
	return object("a gitlab source", append([]field[GitLab]{
		key("name", nameDoc, sourceName(), func(g *GitLab) *string { return &g.Name }),
		key("group", "The group with those below it; or user, or projects.", account("a group"), func(g *GitLab) *string { return &g.Group }),
		key("user", "The user, instead of a group.", account("a user"), func(g *GitLab) *string { return &g.User }),
		key("projects", "Projects as group/name, instead of all that a group has.",
			nonEmpty(list("projects", project()), "project"), func(g *GitLab) *[]string { return &g.Projects }),
		key("include", "Globs of the names of projects to read, of the full path where there is a / in them; default: all.", names, func(g *GitLab) *[]string { return &g.Include }),
		key("exclude", "Likewise of projects not to read.", names, func(g *GitLab) *[]string { return &g.Exclude }),
		key("token", "A personal, group or project access token with the scope read_api.", onlySecret(), func(g *GitLab) *[]Secret { return &g.Tokens }),
		key("tokens", "Several tokens, which share the requests.", list("tokens", secret()), func(g *GitLab) *[]Secret { return &g.Tokens }),
		key("url", "Of the GitLab; default: https://gitlab.com.", address(), func(g *GitLab) *string { return &g.URL }),
	}, slices.Concat(
		partKeys(func(g *GitLab) *Parts { return &g.Parts }), historyKeys(func(g *GitLab) *History { return &g.History }),
	)...), oneOfGitLab)
}

// project is a project as its host names it.
func project() shape[string] {
	return narrow(text(), func(s string) (string, error) {
		if !strings.Contains(s, "/") || strings.Contains("/"+s+"/", "//") || strings.Contains(s, " ") {
			return "", errors.New(quote(s) + " is no project, expected its full path such as acme/pay/gateway")
		}
		return s, nil
	})
}

// oneOfGitLab refuses a source that does not say what to read, or says something twice.
func oneOfGitLab(d *decoder, m mapping, _ *GitLab) {
	given := ""
	for _, e := range m.entries {
		switch e.key {
		case "group", "user", "projects":
			if given != "" {
				d.problemf(e.at, "%s beside %s, expected one of the two", e.key, given)
			}
			given = e.key
		}
	}
	if given == "" {
		d.problemAt(firstKey(m.node), "no projects in a gitlab source, expected one of the keys group, user and projects")
	}
	if m.find("token") != nil && m.find("tokens") != nil {
		d.problem(d.value(m.find("tokens")), "tokens beside a token, expected one of the two")
	}
}
