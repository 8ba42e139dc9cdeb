package githubtest

import (
	"net/http"
	"strings"
)

// route is one kind of request.
type route struct {
	pattern string // as net/http understands it; counts and faults go by it
	answer  func(*call) (any, error)
	scope   string // that a token needs, besides those for repositories
	app     bool   // asked by the App itself, with a signed claim in place of a token
	free    bool   // costs nothing of the hour's requests
	created bool   // answers 201
}

// GraphQL is the pattern of the route by which GraphQL is asked.
const GraphQL = "POST /graphql"

func allRoutes() []route {
	return []route{
		{pattern: GraphQL, answer: answerGraph},
		{pattern: "GET /rate_limit", answer: rateLimit, free: true},
		{pattern: "GET /user", answer: getUser},
		{pattern: "GET /user/repos", answer: listOwnRepos},
		{pattern: "GET /users/{user}", answer: getAccount},
		{pattern: "GET /users/{user}/repos", answer: listUserRepos},
		{pattern: "GET /orgs/{org}", answer: getOrg},
		{pattern: "GET /orgs/{org}/repos", answer: listOrgRepos},
		{pattern: "GET /orgs/{org}/members", answer: listMembers, scope: "read:org"},
		{pattern: "GET /orgs/{org}/properties/values", answer: listOrgProperties, scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams", answer: listTeams, scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}", answer: getTeam, scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/members", answer: listTeamMembers, scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/repos", answer: listTeamRepos, scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/teams", answer: listChildTeams, scope: "read:org"},
		{pattern: "GET /orgs/{org}/rulesets", answer: listOrgRulesets, scope: "admin:org"},
		{pattern: "GET /orgs/{org}/rulesets/{id}", answer: getOrgRuleset, scope: "admin:org"},
		{pattern: "GET /orgs/{org}/installation", answer: getOrgInstallation, app: true},
		{pattern: "GET /repos/{owner}/{repo}", answer: getRepo},
		{pattern: "GET /repos/{owner}/{repo}/topics", answer: listTopics},
		{pattern: "GET /repos/{owner}/{repo}/languages", answer: listLanguages},
		{pattern: "GET /repos/{owner}/{repo}/properties/values", answer: listRepoProperties},
		{pattern: "GET /repos/{owner}/{repo}/teams", answer: listRepoTeams},
		{pattern: "GET /repos/{owner}/{repo}/branches", answer: listBranches},
		{pattern: "GET /repos/{owner}/{repo}/tags", answer: listTags},
		{pattern: "GET /repos/{owner}/{repo}/git/matching-refs/{ref...}", answer: listMatchingRefs},
		{pattern: "GET /repos/{owner}/{repo}/git/trees/{sha...}", answer: getTree},
		{pattern: "GET /repos/{owner}/{repo}/git/blobs/{sha}", answer: getBlob},
		{pattern: "GET /repos/{owner}/{repo}/contents/{path...}", answer: getContents},
		{pattern: "GET /repos/{owner}/{repo}/commits", answer: listCommits},
		{pattern: "GET /repos/{owner}/{repo}/commits/{ref...}", answer: getCommit},
		{pattern: "GET /repos/{owner}/{repo}/actions/runs", answer: listRuns},
		{pattern: "GET /repos/{owner}/{repo}/actions/runs/{id}", answer: getRun},
		{pattern: "GET /repos/{owner}/{repo}/actions/workflows", answer: listWorkflows},
		{pattern: "GET /repos/{owner}/{repo}/pulls", answer: listPulls},
		{pattern: "GET /repos/{owner}/{repo}/pulls/{number}", answer: getPull},
		{pattern: "GET /repos/{owner}/{repo}/rulesets", answer: listRepoRulesets},
		{pattern: "GET /repos/{owner}/{repo}/rulesets/{id}", answer: getRepoRuleset},
		{pattern: "GET /repos/{owner}/{repo}/rules/branches/{branch...}", answer: listBranchRules},
		{pattern: "GET /repos/{owner}/{repo}/codeowners/errors", answer: listCodeownersErrors},
		{pattern: "GET /repos/{owner}/{repo}/environments", answer: listEnvironments},
		{pattern: "GET /repos/{owner}/{repo}/deployments", answer: listDeployments},
		{pattern: "GET /repos/{owner}/{repo}/deployments/{id}/statuses", answer: listDeploymentStatuses},
		{pattern: "GET /installation/repositories", answer: listInstallationRepos},
		{pattern: "GET /app", answer: getApp, app: true},
		{pattern: "GET /app/installations", answer: listInstallations, app: true},
		{pattern: "POST /app/installations/{id}/access_tokens", answer: createInstallationToken, app: true, created: true},
	}
}

// routes serves all routes, and those below the id of a repository as if below its name. Whatever else is
// asked for is reported: a test must not take for GitHub's answer that the peer knows nothing.
func (p *Peer) routes() *http.ServeMux {
	mux := http.NewServeMux()
	serve := func(rt route) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { p.serve(rt, w, r) }
	}
	for _, rt := range allRoutes() {
		mux.HandleFunc(rt.pattern, serve(rt))
	}
	mux.HandleFunc("GET /repositories/{id}", p.byID)
	mux.HandleFunc("GET /repositories/{id}/{rest...}", p.byID)
	mux.HandleFunc("/", serve(route{pattern: "unknown", answer: func(c *call) (any, error) {
		c.peer.report("no route for %s %s", c.request.Method, c.request.URL)
		return nil, notFound()
	}}))
	return mux
}

// byID answers what is asked of a repository by its id.
func (p *Peer) byID(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	rest = strings.TrimPrefix(rest, id)
	p.state.mu.RLock()
	name := ""
	for _, repo := range p.state.listed {
		if decimal(repo.id) == id {
			name = repo.fullName()
		}
	}
	p.state.mu.RUnlock()
	if name == "" {
		missing := func(*call) (any, error) { return nil, notFound() }
		p.serve(route{pattern: "GET /repositories/{id}", answer: missing}, w, r)
		return
	}
	p.mux.ServeHTTP(w, redirected(r, "/repos/"+name+rest))
}

// repo returns the repository of the path. One that the caller may not see is not found; one that has
// another name by now is elsewhere.
func (c *call) repo() (*repository, error) {
	name := c.path("owner") + "/" + c.path("repo")
	r := c.peer.state.repo(name)
	switch {
	case r == nil || !c.sees(r):
		return nil, notFound()
	case strings.EqualFold(r.fullName(), name):
		return r, nil
	}
	rest := strings.SplitN(c.request.URL.EscapedPath(), "/", 5)
	to := c.base + "/repositories/" + decimal(r.id)
	if len(rest) > 4 {
		to += "/" + rest[4]
	}
	if c.request.URL.RawQuery != "" {
		to += "?" + c.request.URL.RawQuery
	}
	moved := refuse(http.StatusMovedPermanently, "Moved Permanently")
	moved.header.Set("Location", to)
	moved.body = object{"message": "Moved Permanently", "url": to, "documentation_url": "https://docs.github.com/rest"}
	return nil, moved
}

// org returns the organisation of the path.
func (c *call) org() (*account, error) {
	a := c.peer.state.accounts[strings.ToLower(c.path("org"))]
	if a == nil || !a.org {
		return nil, notFound()
	}
	return a, nil
}

// team returns the team of the path.
func (c *call) team() (*team, error) {
	org, err := c.org()
	if err != nil {
		return nil, err
	}
	if t := org.team(c.path("team")); t != nil {
		return t, nil
	}
	return nil, notFound()
}
