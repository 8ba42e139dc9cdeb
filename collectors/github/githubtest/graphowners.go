package githubtest

import (
	"cmp"
	"slices"
	"strings"
)

func (a *account) graphType() string { return a.kind() }

func ownerFields() resolvers {
	return resolvers{
		"id":           of(func(a *account) any { return a.nodeID() }),
		"databaseId":   of(func(a *account) any { return a.id }),
		"login":        of(func(a *account) any { return a.login }),
		"name":         of(func(a *account) any { return a.login }),
		"createdAt":    of(func(a *account) any { return stamp(a.created) }),
		"url":          with(func(x *execution, a *account, _ arguments) (any, error) { return x.peer.URL + "/" + a.login, nil }),
		"repositories": with(ownerRepos),
		"repository": with(func(x *execution, a *account, args arguments) (any, error) {
			args.values["owner"] = a.login
			return x.repository(args)
		}),
		"teams": with(ownerTeams),
		"team": with(func(_ *execution, a *account, args arguments) (any, error) {
			return opt(a.team(args.text("slug"))), nil
		}),
		"membersWithRole": with(func(x *execution, a *account, args arguments) (any, error) { return x.members(a.members, args) }),
	}
}

// ownerRepos lists the repositories of an account.
func ownerRepos(x *execution, a *account, args arguments) (any, error) {
	by, descending := args.order()
	var all []ranked
	for _, r := range x.peer.state.owned(a) {
		if x.call.sees(r) && r.wanted(args) {
			all = append(all, ranked{key: r.graphKey(by), id: r.id, node: r})
		}
	}
	return args.connect(all, descending)
}

// wanted says whether the arguments of a list let a repository through. Affiliations do not narrow the
// list: it has the repositories that the account owns and no others.
func (r *repository) wanted(args arguments) bool {
	is := func(name string, has bool) bool {
		value, given := args.flag(name)
		return !given || value == has
	}
	visibility := args.text("visibility")
	privacy := args.text("privacy")
	affiliations := args.words("ownerAffiliations")
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
func (x *execution) needs(scope string, args arguments) error {
	if x.call.has(scope) {
		return nil
	}
	return graphFail("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes to execute this query. The '%s' field requires one of the following scopes: ['%s'], but your token has only been granted the: %q scopes.",
		args.field.Name, scope, x.call.token.Scopes)
}

func ownerTeams(x *execution, a *account, args arguments) (any, error) {
	if err := x.needs("read:org", args); err != nil {
		return nil, err
	}
	roots, _ := args.flag("rootTeamsOnly")
	var all []ranked
	for _, t := range a.teams {
		if !roots || t.parent == nil {
			all = append(all, ranked{key: t.slug, id: t.id, node: t})
		}
	}
	return args.connect(all, false)
}

func (x *execution) members(list []Member, args arguments) (any, error) {
	if err := x.needs("read:org", args); err != nil {
		return nil, err
	}
	var all []ranked
	for _, m := range list {
		a := x.peer.state.accounts[strings.ToLower(m.Login)]
		all = append(all, ranked{key: m.Login, id: a.id, node: a, edge: map[string]any{"role": strings.ToUpper(m.Role)}})
	}
	return args.connect(all, false)
}

func teamFields() resolvers {
	return resolvers{
		"id":           of(func(t *team) any { return t.nodeID() }),
		"databaseId":   of(func(t *team) any { return t.id }),
		"name":         of(func(t *team) any { return t.name }),
		"slug":         of(func(t *team) any { return t.slug }),
		"combinedSlug": of(func(t *team) any { return t.org.login + "/" + t.slug }),
		"organization": of(func(t *team) any { return t.org }),
		"parentTeam":   of(func(t *team) any { return opt(t.parent) }),
		"description":  of(func(*team) any { return nil }),
		"privacy": of(func(t *team) any {
			return cmp.Or(map[bool]string{true: "SECRET"}[t.secret], "VISIBLE")
		}),
		"members":      with(teamMembers),
		"repositories": with(teamRepos),
		"childTeams": with(func(_ *execution, t *team, args arguments) (any, error) {
			var all []ranked
			for _, child := range t.org.children(t) {
				all = append(all, ranked{key: child.slug, id: child.id, node: child})
			}
			return args.connect(all, false)
		}),
	}
}

// teamMembers lists the members of a team; those of teams below too, unless only the immediate are asked for.
func teamMembers(x *execution, t *team, args arguments) (any, error) {
	if args.text("membership") == "IMMEDIATE" {
		return x.members(t.members, args)
	}
	return x.members(t.withChildren(), args)
}

func teamRepos(x *execution, t *team, args arguments) (any, error) {
	by, descending := args.order()
	var all []ranked
	for _, g := range x.peer.state.seen(t.grants, x.call) {
		r := x.peer.state.repos[g.repo]
		edge := map[string]any{"permission": strings.ToUpper(roleName(g.permission))}
		all = append(all, ranked{key: r.graphKey(by), id: r.id, node: r, edge: edge})
	}
	return args.connect(all, descending)
}
