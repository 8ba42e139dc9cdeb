package githubtest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
)

// api is the address at which REST answers something of a repository.
func (p *Peer) api(r *repository, format string, args ...any) string {
	return p.URL + "/repos/" + r.fullName() + fmt.Sprintf(format, args...)
}

// html is the address of something of a repository for people.
func (p *Peer) html(r *repository, format string, args ...any) string {
	return p.URL + "/" + r.fullName() + fmt.Sprintf(format, args...)
}

// listOrgRepos answers GET /orgs/{org}/repos.
func listOrgRepos(c *call, org *account) (any, error) {
	return c.repos(func(r *repository) bool { return r.owner == org }), nil
}

// listUserRepos answers GET /users/{user}/repos: those that everybody sees, whoever asks.
func listUserRepos(c *call) (any, error) {
	user := c.peer.state.accounts[strings.ToLower(c.Path("user"))]
	if user == nil {
		return nil, notFound()
	}
	return c.repos(func(r *repository) bool { return r.owner == user && !r.private() }), nil
}

// listOwnRepos answers GET /user/repos: those of the caller, and those of organisations that the caller is a
// member of.
func listOwnRepos(c *call) (any, error) {
	if c.token == nil || c.token.installation != nil {
		return nil, hosttest.Refuse(http.StatusUnauthorized, "Requires authentication")
	}
	wanted := strings.Split(cmp.Or(c.Request.URL.Query().Get("affiliation"), "owner,collaborator,organization_member"), ",")
	return c.repos(func(r *repository) bool {
		own := strings.EqualFold(r.owner.login, c.token.Login)
		within := member(r.owner.members, c.token.Login) >= 0
		return own && slices.Contains(wanted, "owner") || within && slices.Contains(wanted, "organization_member")
	}), nil
}

// repos lists those of some repositories that the caller sees and asks for.
func (c *call) repos(among func(*repository) bool) []any {
	query := c.Request.URL.Query()
	list := slices.DeleteFunc(slices.Clone(c.peer.state.listed), func(r *repository) bool {
		return !among(r) || !c.sees(r) || !r.isType(query.Get("type"))
	})
	by := query.Get("sort")
	direction := cmp.Or(query.Get("direction"), map[bool]string{true: "asc", false: "desc"}[by == "full_name"])
	order := repoOrder(by)
	slices.SortFunc(list, func(a, b *repository) int {
		if direction == "desc" {
			a, b = b, a
		}
		return cmp.Or(order(a, b), cmp.Compare(a.id, b.id))
	})
	return paged(c, list, func(r *repository) any { return r.minimal(c.peer) })
}

func (r *repository) isType(kind string) bool {
	switch kind {
	case "public":
		return !r.private()
	case "private":
		return r.private()
	case "internal":
		return r.Visibility == "internal"
	case "forks":
		return r.Fork
	case "sources":
		return !r.Fork
	}
	return true
}

func repoOrder(by string) func(a, b *repository) int {
	switch by {
	case "pushed":
		return func(a, b *repository) int { return a.Pushed.Compare(b.Pushed) }
	case "updated":
		return func(a, b *repository) int { return a.updated.Compare(b.updated) }
	case "full_name":
		return func(a, b *repository) int { return strings.Compare(a.fullName(), b.fullName()) }
	}
	return func(a, b *repository) int { return a.Created.Compare(b.Created) }
}

// getRepo answers GET /repos/{owner}/{repo}.
func getRepo(c *call, r *repository) (any, error) {
	full := r.minimal(c.peer)
	full["template_repository"] = nil
	if from := c.peer.state.repos[r.templateOf]; from != nil {
		full["template_repository"] = from.minimal(c.peer)
	}
	return full, nil
}

// minimal is a repository as lists show it.
func (r *repository) minimal(p *Peer) object {
	return object{
		"id": r.id, "node_id": r.nodeID(), "name": r.Name, "full_name": r.fullName(), "owner": r.owner.simple(p),
		"description": hosttest.OrNull(r.Description), "private": r.private(), "visibility": r.Visibility, "fork": r.Fork,
		"archived": r.Archived, "disabled": false, "is_template": r.Template, "default_branch": r.Branch, "language": hosttest.OrNull(r.language()),
		"topics": hosttest.List(r.Topics), "custom_properties": r.properties(), "homepage": nil, "license": nil, "mirror_url": nil, "size": r.size(),
		"created_at": stamp(r.Created), "updated_at": stamp(r.updated), "pushed_at": stamp(r.Pushed),
		"url": p.api(r, ""), "html_url": p.html(r, ""), "clone_url": p.html(r, ".git"),
		"forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "open_issues_count": 0, "has_issues": true, "has_wiki": false,
	}
}

func (r *repository) properties() object {
	all := object{}
	for name, value := range r.Properties {
		all[name] = value
	}
	return all
}

// language is the one of which there is most.
func (r *repository) language() string {
	most := ""
	for _, name := range slices.Sorted(maps.Keys(r.Languages)) {
		if most == "" || r.Languages[name] > r.Languages[most] {
			most = name
		}
	}
	return most
}

// size is that of the default branch in KiB; 0 in an empty repository.
func (r *repository) size() int {
	head, size := r.head(), 0
	if head == nil {
		return 0
	}
	for _, e := range head.Tree.Walk("") {
		if e.Blob != nil {
			size += len(e.Blob.Content)
		}
	}
	return 1 + size/1024
}

// listTopics answers GET /repos/{owner}/{repo}/topics.
func listTopics(c *call, r *repository) (any, error) {
	return object{"names": hosttest.List(r.Topics)}, nil
}

// listLanguages answers GET /repos/{owner}/{repo}/languages.
func listLanguages(c *call, r *repository) (any, error) {
	all := object{}
	for name, bytes := range r.Languages {
		all[name] = bytes
	}
	return all, nil
}

// listRepoProperties answers GET /repos/{owner}/{repo}/properties/values.
func listRepoProperties(c *call, r *repository) (any, error) {
	return r.propertyValues(), nil
}

func (r *repository) propertyValues() []any {
	return hosttest.Each(slices.Sorted(maps.Keys(r.Properties)), func(name string) any {
		return object{"property_name": name, "value": r.Properties[name]}
	})
}

// listOrgPropertyNames answers GET /orgs/{org}/properties/schema: what any repository has a value of is defined.
func listOrgPropertyNames(c *call, org *account) (any, error) {
	names := map[string]bool{}
	for _, r := range c.peer.state.owned(org) {
		for name := range r.Properties {
			names[name] = true
		}
	}
	return hosttest.Each(slices.Sorted(maps.Keys(names)), func(name string) any {
		return object{"property_name": name, "value_type": "string", "required": false, "values_editable_by": "org_actors"}
	}), nil
}

// listOrgProperties answers GET /orgs/{org}/properties/values.
func listOrgProperties(c *call, org *account) (any, error) {
	return paged(c, c.peer.state.owned(org), func(r *repository) any {
		return object{"repository_id": r.id, "repository_name": r.Name, "repository_full_name": r.fullName(), "properties": r.propertyValues()}
	}), nil
}

// listInstallationRepos answers GET /installation/repositories.
func listInstallationRepos(c *call) (any, error) {
	if c.token == nil || c.token.installation == nil {
		return nil, hosttest.Refuse(http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
	}
	list := slices.DeleteFunc(slices.Clone(c.peer.state.listed), func(r *repository) bool { return !c.token.installation.has(r) })
	return object{"total_count": len(list), "repository_selection": c.token.installation.selection(),
		"repositories": paged(c, list, func(r *repository) any { return r.minimal(c.peer) })}, nil
}
