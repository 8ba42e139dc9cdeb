package githubtest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest/graph"
)

func (a *account) GraphType() string { return a.kind() }

func ownerFields() graph.Fields {
	return graph.Fields{
		"id":           graph.Of(func(a *account) any { return a.nodeID() }),
		"databaseId":   graph.Of(func(a *account) any { return a.id }),
		"login":        graph.Of(func(a *account) any { return a.login }),
		"name":         graph.Of(func(a *account) any { return a.login }),
		"createdAt":    graph.Of(func(a *account) any { return stamp(a.created) }),
		"url":          graph.With(func(x *execution, a *account, _ graph.Arguments) (any, error) { return x.peer.URL + "/" + a.login, nil }),
		"repositories": graph.With(ownerRepos),
		"repository": graph.With(func(x *execution, a *account, args graph.Arguments) (any, error) {
			args.Values["owner"] = a.login
			return x.repository(args)
		}),
		"teams": graph.With(ownerTeams),
		"team": graph.With(func(_ *execution, a *account, args graph.Arguments) (any, error) {
			return graph.Opt(a.team(args.Text("slug"))), nil
		}),
		"membersWithRole": graph.With(func(x *execution, a *account, args graph.Arguments) (any, error) { return x.members(a.members, args) }),
	}
}

// ownerRepos lists the repositories of an account.
func ownerRepos(x *execution, a *account, args graph.Arguments) (any, error) {
	by, descending := order(args)
	var all []ranked
	for _, r := range x.peer.state.owned(a) {
		if x.call.sees(r) && r.wanted(args) {
			all = append(all, ranked{key: r.graphKey(by), id: r.id, node: r})
		}
	}
	return connect(args, all, descending)
}

// wanted says whether the arguments of a list let a repository through. Affiliations do not narrow the
// list: it has the repositories that the account owns and no others.
func (r *repository) wanted(args graph.Arguments) bool {
	is := func(name string, has bool) bool {
		return args.Flag(name, has) == has
	}
	visibility := args.Text("visibility")
	privacy := args.Text("privacy")
	affiliations := args.Words("ownerAffiliations")
	return is("isArchived", r.Archived) && is("isFork", r.Fork) &&
		(visibility == "" || strings.EqualFold(visibility, r.Visibility)) &&
		(privacy == "" || (privacy == "PRIVATE") == r.private()) &&
		(affiliations == nil || slices.Contains(affiliations, "OWNER"))
}

// graphKey is what a repository is ordered by, as text that sorts.
func (r *repository) graphKey(by string) string {
	const sortable = "20060102150405"
	switch by {
	case "PUSHED_AT":
		return r.Pushed.UTC().Format(sortable)
	case "UPDATED_AT":
		return r.updated.UTC().Format(sortable)
	case "CREATED_AT":
		return r.Created.UTC().Format(sortable)
	case "NAME":
		return r.Name
	}
	return ""
}

// needs refuses a field whose scope the caller lacks.
func (x *execution) needs(scope string, args graph.Arguments) error {
	if x.call.has(scope) {
		return nil
	}
	return graph.Errorf("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes to execute this query. The '%s' field requires one of the following scopes: ['%s'], but your token has only been granted the: %q scopes.",
		args.Field.Name, scope, x.call.token.Scopes)
}

func ownerTeams(x *execution, a *account, args graph.Arguments) (any, error) {
	if err := x.needs("read:org", args); err != nil {
		return nil, err
	}
	roots := args.Flag("rootTeamsOnly", false)
	var all []ranked
	for _, t := range a.teams {
		if !roots || t.parent == nil {
			all = append(all, ranked{key: t.slug, id: t.id, node: t})
		}
	}
	return connect(args, all, false)
}

func (x *execution) members(list []Member, args graph.Arguments) (any, error) {
	if err := x.needs("read:org", args); err != nil {
		return nil, err
	}
	var all []ranked
	for _, m := range list {
		a := x.peer.state.accounts[strings.ToLower(m.Login)]
		all = append(all, ranked{key: m.Login, id: a.id, node: a, edge: map[string]any{"role": strings.ToUpper(m.Role)}})
	}
	return connect(args, all, false)
}

func teamFields() graph.Fields {
	return graph.Fields{
		"id":           graph.Of(func(t *team) any { return t.nodeID() }),
		"databaseId":   graph.Of(func(t *team) any { return t.id }),
		"name":         graph.Of(func(t *team) any { return t.name }),
		"slug":         graph.Of(func(t *team) any { return t.slug }),
		"combinedSlug": graph.Of(func(t *team) any { return t.org.login + "/" + t.slug }),
		"organization": graph.Of(func(t *team) any { return t.org }),
		"parentTeam":   graph.Of(func(t *team) any { return graph.Opt(t.parent) }),
		"description":  graph.Of(func(*team) any { return nil }),
		"privacy": graph.Of(func(t *team) any {
			return cmp.Or(map[bool]string{true: "SECRET"}[t.secret], "VISIBLE")
		}),
		"members":      graph.With(teamMembers),
		"repositories": graph.With(teamRepos),
		"childTeams": graph.With(func(_ *execution, t *team, args graph.Arguments) (any, error) {
			var all []ranked
			for _, child := range t.org.children(t) {
				all = append(all, ranked{key: child.slug, id: child.id, node: child})
			}
			return connect(args, all, false)
		}),
	}
}

// teamMembers lists the members of a team; those of teams below too, unless only the immediate are asked for.
func teamMembers(x *execution, t *team, args graph.Arguments) (any, error) {
	if args.Text("membership") == "IMMEDIATE" {
		return x.members(t.members, args)
	}
	return x.members(t.withChildren(), args)
}

func teamRepos(x *execution, t *team, args graph.Arguments) (any, error) {
	by, descending := order(args)
	var all []ranked
	for _, g := range x.peer.state.seen(t.grants, x.call) {
		r := x.peer.state.repos[g.repo]
		edge := map[string]any{"permission": strings.ToUpper(roleName(g.permission))}
		all = append(all, ranked{key: r.graphKey(by), id: r.id, node: r, edge: edge})
	}
	return connect(args, all, descending)
}
