package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// nowFunc tells the peer's time.
type nowFunc func() time.Time

// simple is an account as other answers show it.
func (a *account) simple(p *Peer) object {
	return object{"id": a.id, "node_id": a.nodeID(), "login": a.login, "type": a.kind(), "site_admin": false,
		"url": p.URL + "/users/" + a.login, "html_url": p.URL + "/" + a.login, "avatar_url": "", "gravatar_id": ""}
}

// simpleUser is somebody as answers show who did something. Somebody who is nobody's account is a ghost.
func simpleUser(p *Peer, login string) any {
	if a := p.state.accounts[strings.ToLower(login)]; a != nil {
		return a.simple(p)
	}
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return object{"id": 1, "node_id": nodeID("U", 1), "login": login, "type": kind, "site_admin": false}
}

// getUser answers GET /user.
func getUser(c *call) (any, error) {
	switch {
	case c.token == nil:
		return nil, hosttest.Refuse(http.StatusUnauthorized, "Requires authentication")
	case c.token.installation != nil:
		return nil, hosttest.Refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	return simpleUser(c.peer, c.token.Login), nil
}

// getAccount answers GET /users/{user}.
func getAccount(c *call) (any, error) {
	if a := c.peer.state.accounts[strings.ToLower(c.Path("user"))]; a != nil {
		return a.full(c.peer), nil
	}
	return nil, notFound()
}

// getOrg answers GET /orgs/{org}.
func getOrg(c *call, org *account) (any, error) {
	full := org.full(c.peer)
	if c.token != nil && c.token.installation == nil && c.has("admin:org") {
		full["total_private_repos"] = len(c.peer.state.owned(org)) - org.public(c.peer)
	}
	return full, nil
}

// public is how many repositories of an account anybody sees.
func (a *account) public(p *Peer) int {
	return len(slices.DeleteFunc(slices.Clone(p.state.owned(a)), (*repository).private))
}

func (a *account) full(p *Peer) object {
	full := a.simple(p)
	full["name"], full["created_at"], full["updated_at"] = a.login, stamp(a.created), stamp(a.created)
	full["public_repos"] = a.public(p)
	return full
}

// listMembers answers GET /orgs/{org}/members.
func listMembers(c *call, org *account) (any, error) {
	return paged(c, c.withRole(org.members), func(m Member) any { return simpleUser(c.peer, m.Login) }), nil
}

// withRole leaves those members who have the role that is asked for.
func (c *call) withRole(members []Member) []Member {
	role := c.Request.URL.Query().Get("role")
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool {
		return role != "" && role != "all" && role != m.Role
	})
}

// listTeams answers GET /orgs/{org}/teams: all teams, those below others too.
func listTeams(c *call, org *account) (any, error) {
	return paged(c, org.teams, func(t *team) any { return t.object(c.peer) }), nil
}

// getTeam answers GET /orgs/{org}/teams/{team}.
func getTeam(c *call, t *team) (any, error) {
	return t.object(c.peer), nil
}

// listChildTeams answers GET /orgs/{org}/teams/{team}/teams.
func listChildTeams(c *call, t *team) (any, error) {
	return paged(c, t.org.children(t), func(t *team) any { return t.object(c.peer) }), nil
}

// listTeamMembers answers GET /orgs/{org}/teams/{team}/members, with those of the teams below.
func listTeamMembers(c *call, t *team) (any, error) {
	return paged(c, c.withRole(t.withChildren()), func(m Member) any { return simpleUser(c.peer, m.Login) }), nil
}

// listTeamRepos answers GET /orgs/{org}/teams/{team}/repos.
func listTeamRepos(c *call, t *team) (any, error) {
	return paged(c, c.peer.state.seen(t.grants, c), func(g grant) any {
		shown := c.peer.state.repos[g.repo].minimal(c.peer)
		shown["permissions"], shown["role_name"] = permissions(g.permission), roleName(g.permission)
		return shown
	}), nil
}

// seen leaves those grants whose repository is still there and seen by the caller.
func (s *state) seen(grants []grant, c *call) []grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return s.repos[g.repo] == nil || !c.sees(s.repos[g.repo]) })
}

// listRepoTeams answers GET /repos/{owner}/{repo}/teams.
func listRepoTeams(c *call, r *repository) (any, error) {
	var shown []object
	for _, t := range r.owner.teams {
		for _, g := range t.grants {
			if g.repo == r.id {
				o := t.object(c.peer)
				o["permission"], o["permissions"] = g.permission, permissions(g.permission)
				shown = append(shown, o)
			}
		}
	}
	return paged(c, shown, func(o object) any { return o }), nil
}

// levels of what one may do in a repository, from the lowest.
func levels() []string { return []string{"pull", "triage", "push", "maintain", "admin"} }

// permissions says of every level whether it is reached.
func permissions(level string) object {
	all := object{}
	for i, name := range levels() {
		all[name] = i <= slices.Index(levels(), level)
	}
	return all
}

func roleName(level string) string {
	switch level {
	case "pull":
		return "read"
	case "push":
		return "write"
	}
	return level
}

func (t *team) object(p *Peer) object {
	shown := t.simple(p)
	shown["parent"] = nil
	if t.parent != nil {
		shown["parent"] = t.parent.simple(p)
	}
	return shown
}

func (t *team) simple(p *Peer) object {
	privacy := "closed"
	if t.secret {
		privacy = "secret"
	}
	return object{"id": t.id, "node_id": t.nodeID(), "slug": t.slug, "name": t.name, "privacy": privacy, "permission": "pull", "description": nil,
		"notification_setting": "notifications_enabled", "url": p.URL + "/organizations/" + strconv.FormatInt(t.org.id, 10) + "/team/" + strconv.FormatInt(t.id, 10)}
}
