package gitlabtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
)

// route is one kind of request.
type route struct {
	pattern  string // as net/http understands it, below /api/v4; counts and faults go by it
	answer   func(*call) (any, error)
	params   string // parameters of the query that it knows
	listed   bool   // the answer comes in pages
	signed   bool   // only who is signed in may ask
	anyScope bool   // a token of any scope will do
	scope    string // that will do besides api and read_api
	limit    limit  // of the application, which no header tells of
}

// GraphQL is the pattern of the route by which GraphQL is asked.
const GraphQL = "POST /api/graphql"

func (rt route) scopes() []string {
	all := []string{"api", "read_api"}
	if rt.scope != "" {
		all = append(all, rt.scope)
	}
	return all
}

// known reports parameters that the route does not know: GitLab leaves them out without a word, and a test
// would believe that they were heard.
func (rt route) known(c *call) {
	allowed := strings.Fields(rt.params)
	if rt.listed {
		allowed = append(allowed, "page", "per_page")
	}
	for name := range c.Request.URL.Query() {
		if !slices.Contains(allowed, name) && rt.pattern != "unknown" {
			c.peer.Report("%s knows no parameter %s", rt.pattern, name)
		}
	}
}

// Parameters that several routes have in common.
const (
	projectParams = "archived order_by sort search simple owned starred visibility topic min_access_level with_custom_attributes statistics "
	timeParams    = "updated_after updated_before created_after created_before order_by sort "
)

func allRoutes() []route {
	return slices.Concat(ownRoutes(), groupRoutes(), repositoryRoutes(), workRoutes())
}

func ownRoutes() []route {
	return []route{
		{pattern: GraphQL, answer: answerGraph},
		{pattern: "GET /version", answer: getVersion, signed: true, scope: "read_user"},
		{pattern: "GET /metadata", answer: getMetadata, signed: true, scope: "read_user"},
		{pattern: "GET /user", answer: getSelf, signed: true, scope: "read_user"},
		{pattern: "GET /personal_access_tokens/self", answer: getToken, signed: true, anyScope: true},
		{pattern: "GET /users", answer: listUsers, signed: true, listed: true, scope: "read_user", params: "username"},
		{pattern: "GET /users/{id}", answer: getUser, scope: "read_user"},
		{pattern: "GET /users/{id}/projects", answer: listUserProjects, listed: true, params: projectParams + "pagination id_after"},
	}
}

func groupRoutes() []route {
	return []route{
		{pattern: "GET /groups/{id}", answer: hosttest.Of((*call).group, getGroup), params: "with_projects"},
		{pattern: "GET /groups/{id}/projects", answer: hosttest.Of((*call).group, listGroupProjects), listed: true, limit: groupProjectsLimit, params: projectParams + "include_subgroups with_shared"},
		{pattern: "GET /groups/{id}/subgroups", answer: listSubgroups, listed: true, params: "order_by sort all_available"},
		{pattern: "GET /groups/{id}/descendant_groups", answer: listDescendantGroups, listed: true, params: "order_by sort all_available"},
		{pattern: "GET /groups/{id}/members", answer: hosttest.Of((*call).group, listGroupMembers), signed: true, listed: true},
		{pattern: "GET /groups/{id}/members/all", answer: hosttest.Of((*call).group, listAllGroupMembers), signed: true, listed: true},
		{pattern: "GET /groups/{id}/merge_requests", answer: hosttest.Of((*call).group, listGroupMergeRequests), listed: true, params: mergeParams},
		{pattern: "GET /projects", answer: listProjects, listed: true, limit: projectsLimit,
			params: projectParams + "pagination id_after id_before last_activity_after last_activity_before updated_after updated_before membership"},
		{pattern: "GET /projects/{id}", answer: hosttest.Of((*call).project, getProject), limit: projectLimit, params: "statistics license with_custom_attributes"},
		{pattern: "GET /projects/{id}/members", answer: hosttest.Of((*call).project, listProjectMembers), signed: true, listed: true},
		{pattern: "GET /projects/{id}/members/all", answer: hosttest.Of((*call).project, listAllProjectMembers), signed: true, listed: true},
		{pattern: "GET /projects/{id}/languages", answer: hosttest.Of((*call).code, getLanguages)},
	}
}

func repositoryRoutes() []route {
	return []route{
		{pattern: "GET /projects/{id}/repository/tree", answer: hosttest.Of((*call).code, listTree), listed: true, scope: "read_repository", params: "path ref recursive pagination page_token"},
		{pattern: "GET /projects/{id}/repository/blobs/{sha}/raw", answer: hosttest.Of((*call).code, getRawBlob), scope: "read_repository", limit: rawLimit},
		{pattern: "GET /projects/{id}/repository/files/{path}", answer: getFile, scope: "read_repository", params: "ref", limit: filesLimit},
		{pattern: "GET /projects/{id}/repository/files/{path}/raw", answer: getRawFile, scope: "read_repository", params: "ref lfs", limit: filesLimit},
		{pattern: "GET /projects/{id}/repository/branches", answer: hosttest.Of((*call).code, listBranches), listed: true, params: "search"},
		{pattern: "GET /projects/{id}/repository/branches/{branch}", answer: hosttest.Of((*call).code, getBranch)},
		{pattern: "GET /projects/{id}/repository/tags", answer: hosttest.Of((*call).code, listTags), listed: true, params: "order_by sort search"},
		{pattern: "GET /projects/{id}/repository/commits", answer: hosttest.Of((*call).code, listCommits), listed: true, params: "ref_name since until path all first_parent"},
		{pattern: "GET /projects/{id}/repository/commits/{sha}", answer: hosttest.Of((*call).code, getCommit), params: "stats"},
	}
}

func workRoutes() []route {
	return []route{
		{pattern: "GET /projects/{id}/pipelines", answer: hosttest.Of((*call).project, listPipelines), listed: true, params: timeParams + "scope status source ref sha username name yaml_errors"},
		{pattern: "GET /projects/{id}/pipelines/{pipeline}", answer: getPipeline},
		{pattern: "GET /projects/{id}/pipelines/{pipeline}/jobs", answer: listPipelineJobs, listed: true, params: "include_retried scope[]"},
		{pattern: "GET /projects/{id}/pipelines/{pipeline}/bridges", answer: listPipelineBridges, listed: true, params: "scope[]"},
		{pattern: "GET /projects/{id}/ci/lint", answer: hosttest.Of((*call).code, lintProject), params: "content_ref dry_run dry_run_ref include_jobs ref sha"},
		{pattern: "GET /projects/{id}/merge_requests", answer: hosttest.Of((*call).project, listMergeRequests), listed: true, params: mergeParams},
		{pattern: "GET /projects/{id}/merge_requests/{iid}", answer: hosttest.Of((*call).project, getMergeRequest)},
		{pattern: "GET /projects/{id}/deployments", answer: hosttest.Of((*call).project, listDeployments), listed: true,
			params: "updated_after updated_before finished_after finished_before environment status order_by sort"},
		{pattern: "GET /projects/{id}/environments", answer: hosttest.Of((*call).project, listEnvironments), listed: true, params: "name search states"},
	}
}

// routes serves all routes. Whatever else is asked for is reported: a test must not take for GitLab's answer
// that the peer knows nothing.
func (p *Peer) routes() *http.ServeMux {
	mux := http.NewServeMux()
	serve := func(rt route) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { p.serve(rt, w, r) }
	}
	for _, rt := range allRoutes() {
		pattern := rt.pattern
		if method, path, _ := strings.Cut(pattern, " "); pattern != GraphQL {
			pattern = method + " /api/v4" + path
		}
		mux.HandleFunc(pattern, serve(rt))
	}
	unknown := serve(route{pattern: "unknown", answer: func(c *call) (any, error) {
		c.peer.Report("no route for %s %s", c.Request.Method, c.Request.URL)
		return nil, hosttest.Refuse(http.StatusNotFound, "404 Not Found")
	}})
	mux.HandleFunc("/", unknown)
	mux.HandleFunc("GET /api/", unknown)
	mux.HandleFunc("GET /{group...}", p.groupPage)
	return mux
}

// project returns the project of the path: by its id or by its full path. One that the caller may not see is
// not found; one that has another path by now is elsewhere.
func (c *call) project() (*project, error) {
	name := c.Path("id")
	x := c.peer.state.named(name)
	switch {
	case x == nil || !c.sees(x):
		return nil, notFound("Project")
	case name == strconv.FormatInt(x.id, 10) || strings.EqualFold(x.fullPath(), name):
		return x, nil
	}
	rest := strings.SplitN(strings.TrimPrefix(c.Request.URL.EscapedPath(), "/api/v4/projects/"), "/", 2)
	to := fmt.Sprintf("%s/api/v4/projects/%d", c.peer.URL, x.id)
	if len(rest) == 2 {
		to += "/" + rest[1]
	}
	if c.Request.URL.RawQuery != "" {
		to += "?" + c.Request.URL.RawQuery
	}
	return nil, moved(to)
}

// moved leads to another address.
func moved(to string) *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusMovedPermanently, "Moved Permanently")
	no.Header.Set("Location", to)
	no.Body = hosttest.Raw{Type: "text/plain", Text: "This resource has been moved permanently to " + to + "."}
	return no
}

// code returns the project of the path, whose files the caller may read.
func (c *call) code() (*project, error) {
	x, err := c.project()
	switch {
	case err != nil:
		return nil, err
	case !c.readsCode(x):
		return nil, hosttest.Refuse(http.StatusForbidden, "403 Forbidden")
	}
	return x, nil
}
