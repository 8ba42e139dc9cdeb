package githubtest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
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
		{pattern: "GET /meta", answer: func(*call) (any, error) { return object{"verifiable_password_authentication": false}, nil }},
		{pattern: "GET /user", answer: getUser},
		{pattern: "GET /user/repos", answer: listOwnRepos},
		{pattern: "GET /users/{user}", answer: getAccount},
		{pattern: "GET /users/{user}/repos", answer: listUserRepos},
		{pattern: "GET /orgs/{org}", answer: hosttest.Of((*call).org, getOrg)},
		{pattern: "GET /orgs/{org}/repos", answer: hosttest.Of((*call).org, listOrgRepos)},
		{pattern: "GET /orgs/{org}/members", answer: hosttest.Of((*call).org, listMembers), scope: "read:org"},
		{pattern: "GET /orgs/{org}/properties/schema", answer: hosttest.Of((*call).org, listOrgPropertyNames), scope: "read:org"},
		{pattern: "GET /orgs/{org}/properties/values", answer: hosttest.Of((*call).org, listOrgProperties), scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams", answer: hosttest.Of((*call).org, listTeams), scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}", answer: hosttest.Of((*call).team, getTeam), scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/members", answer: hosttest.Of((*call).team, listTeamMembers), scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/repos", answer: hosttest.Of((*call).team, listTeamRepos), scope: "read:org"},
		{pattern: "GET /orgs/{org}/teams/{team}/teams", answer: hosttest.Of((*call).team, listChildTeams), scope: "read:org"},
		{pattern: "GET /orgs/{org}/rulesets", answer: hosttest.Of((*call).org, listOrgRulesets), scope: "admin:org"},
		{pattern: "GET /orgs/{org}/rulesets/{id}", answer: hosttest.Of((*call).org, getOrgRuleset), scope: "admin:org"},
		{pattern: "GET /orgs/{org}/installation", answer: hosttest.Of((*call).org, getOrgInstallation), app: true},
		{pattern: "GET /repos/{owner}/{repo}", answer: hosttest.Of((*call).repo, getRepo)},
		{pattern: "GET /repos/{owner}/{repo}/topics", answer: hosttest.Of((*call).repo, listTopics)},
		{pattern: "GET /repos/{owner}/{repo}/languages", answer: hosttest.Of((*call).repo, listLanguages)},
		{pattern: "GET /repos/{owner}/{repo}/properties/values", answer: hosttest.Of((*call).repo, listRepoProperties)},
		{pattern: "GET /repos/{owner}/{repo}/teams", answer: hosttest.Of((*call).repo, listRepoTeams)},
		{pattern: "GET /repos/{owner}/{repo}/branches", answer: hosttest.Of((*call).repo, listBranches)},
		{pattern: "GET /repos/{owner}/{repo}/tags", answer: hosttest.Of((*call).repo, listTags)},
		{pattern: "GET /repos/{owner}/{repo}/git/ref/{ref...}", answer: hosttest.Of((*call).code, getRef)},
		{pattern: "GET /repos/{owner}/{repo}/git/matching-refs/{ref...}", answer: hosttest.Of((*call).code, listMatchingRefs)},
		{pattern: "GET /repos/{owner}/{repo}/git/trees/{sha...}", answer: hosttest.Of((*call).code, getTree)},
		{pattern: "GET /repos/{owner}/{repo}/git/blobs/{sha}", answer: hosttest.Of((*call).code, getBlob)},
		{pattern: "GET /repos/{owner}/{repo}/contents/{path...}", answer: hosttest.Of((*call).repo, getContents)},
		{pattern: "GET /repos/{owner}/{repo}/commits", answer: hosttest.Of((*call).code, listCommits)},
		{pattern: "GET /repos/{owner}/{repo}/commits/{ref...}", answer: hosttest.Of((*call).code, getCommit)},
		{pattern: "GET /repos/{owner}/{repo}/actions/runs", answer: hosttest.Of((*call).repo, listRuns)},
		{pattern: "GET /repos/{owner}/{repo}/actions/runs/{id}", answer: hosttest.Of((*call).repo, getRun)},
		{pattern: "GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}", answer: hosttest.Of((*call).repo, getAttempt)},
		{pattern: "GET /repos/{owner}/{repo}/actions/workflows", answer: hosttest.Of((*call).repo, listWorkflows)},
		{pattern: "GET /repos/{owner}/{repo}/pulls", answer: hosttest.Of((*call).repo, listPulls)},
		{pattern: "GET /repos/{owner}/{repo}/pulls/{number}", answer: hosttest.Of((*call).repo, getPull)},
		{pattern: "GET /repos/{owner}/{repo}/rulesets", answer: hosttest.Of((*call).repo, listRepoRulesets)},
		{pattern: "GET /repos/{owner}/{repo}/rulesets/{id}", answer: hosttest.Of((*call).repo, getRepoRuleset)},
		{pattern: "GET /repos/{owner}/{repo}/rules/branches/{branch...}", answer: hosttest.Of((*call).repo, listBranchRules)},
		{pattern: "GET /repos/{owner}/{repo}/codeowners/errors", answer: hosttest.Of((*call).repo, listCodeownersErrors)},
		{pattern: "GET /repos/{owner}/{repo}/environments", answer: hosttest.Of((*call).repo, listEnvironments)},
		{pattern: "GET /repos/{owner}/{repo}/deployments", answer: hosttest.Of((*call).repo, listDeployments)},
		{pattern: "GET /repos/{owner}/{repo}/deployments/{id}/statuses", answer: hosttest.Of((*call).repo, listDeploymentStatuses)},
		{pattern: "GET /installation/repositories", answer: listInstallationRepos},
		{pattern: "GET /app", answer: getApp, app: true},
		{pattern: "GET /app/installations", answer: listInstallations, app: true},
		{pattern: "GET /app/installations/{id}", answer: getInstallation, app: true},
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
		if p.config.RESTOnly && rt.pattern == GraphQL {
			rt.answer = func(*call) (any, error) { return nil, notFound() }
		}
		mux.HandleFunc(rt.pattern, serve(rt))
	}
	mux.HandleFunc("GET /repositories/{id}", p.byID)
	mux.HandleFunc("GET /repositories/{id}/{rest...}", p.byID)
	mux.HandleFunc("/", serve(route{pattern: "unknown", answer: func(c *call) (any, error) {
		c.peer.Report("no route for %s %s", c.Request.Method, c.Request.URL)
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
		if strconv.FormatInt(repo.id, 10) == id {
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
	name := c.Path("owner") + "/" + c.Path("repo")
	r := c.peer.state.repo(name)
	switch {
	case r == nil || !c.sees(r):
		return nil, notFound()
	case strings.EqualFold(r.fullName(), name):
		return r, nil
	}
	rest := strings.SplitN(c.Request.URL.EscapedPath(), "/", 5)
	to := c.base + "/repositories/" + strconv.FormatInt(r.id, 10)
	if len(rest) > 4 {
		to += "/" + rest[4]
	}
	if c.Request.URL.RawQuery != "" {
		to += "?" + c.Request.URL.RawQuery
	}
	moved := hosttest.Refuse(http.StatusMovedPermanently, "Moved Permanently")
	moved.Header.Set("Location", to)
	moved.Body = object{"message": "Moved Permanently", "url": to, "documentation_url": "https://docs.github.com/rest"}
	return nil, moved
}

// code returns the repository of the path, which is not empty.
func (c *call) code() (*repository, error) {
	r, err := c.repo()
	if err == nil && r.head() == nil {
		return nil, hosttest.Refuse(http.StatusConflict, "Git Repository is empty.")
	}
	return r, err
}

// org returns the organisation of the path.
func (c *call) org() (*account, error) {
	a := c.peer.state.accounts[strings.ToLower(c.Path("org"))]
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
	if t := org.team(c.Path("team")); t != nil {
		return t, nil
	}
	return nil, notFound()
}
