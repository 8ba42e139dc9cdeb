package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

const (
	openapiPath  = "/api/v1/openapi.json"
	webhooksPath = "/webhooks/"
)

// route is one address with a method.
type route struct {
	method string
	path   string
	role   Role // what it takes; Nobody: anybody, even by a strange Host
	answer echo.HandlerFunc
}

// routes lists every route of the API. Whatever takes GET takes HEAD, and OPTIONS says so.
func (s *Server) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/api/v1/adoption", Viewer, s.getAdoption},
		{get, "/api/v1/states", Viewer, s.getStates},
		{get, "/api/v1/explain", Viewer, s.getExplain},
		{get, "/api/v1/events", Viewer, s.getEvents},
		{get, "/api/v1/decisions", Viewer, s.getDecisions},
		{get, "/api/v1/voluntary-flow", Viewer, s.getVoluntaryFlow},
		{get, "/api/v1/flows", Viewer, s.getFlows},
		{get, "/api/v1/changes", Viewer, s.getChanges},
		{get, "/api/v1/fragmentation", Viewer, s.getFragmentation},
		{get, "/api/v1/okrs", Viewer, s.getOKRs},
		{get, "/api/v1/lag", Viewer, s.getLag},
		{get, "/api/v1/retention", Viewer, s.getRetention},
		{get, "/api/v1/time-to-adopt", Viewer, s.getTimeToAdopt},
		{get, "/api/v1/maturity", Viewer, s.getMaturity},
		{get, "/api/v1/friction", Viewer, s.getFriction},
		{get, "/api/v1/catalog", Viewer, s.getCatalog},
		{get, "/api/v1/catalog/fields", Viewer, s.getCatalogFields},
		{get, "/api/v1/catalog/without", Viewer, s.getCatalogWithout},
		{get, "/api/v1/catalog/entities", Viewer, s.getCatalogEntities},
		{get, "/api/v1/catalog/owners", Viewer, s.getCatalogOwners},
		{get, "/api/v1/catalog/templates", Viewer, s.getCatalogTemplates},
		{get, "/api/v1/catalog/dark", Viewer, s.getCatalogDark},
		{get, "/api/v1/catalog/duplicates", Viewer, s.getCatalogDuplicates},
		{get, "/api/v1/catalog/disagreements", Viewer, s.getCatalogDisagreements},
		{get, "/api/v1/catalog/patches", Editor, s.getCatalogPatches},
		{get, "/api/v1/backstage/facts", Viewer, s.getBackstageFacts},
		{get, "/api/v1/paths", Viewer, s.getPaths},
		{get, "/api/v1/teams", Viewer, s.getTeams},
		{get, "/api/v1/groups", Viewer, s.getGroups},
		{get, "/api/v1/repos", Viewer, s.getRepos},
		{get, "/api/v1/scans", Viewer, s.getScans},
		{post, "/api/v1/scans", Editor, s.postScans},
		{get, "/api/v1/scans/:id", Viewer, s.getScan},
		{get, "/api/v1/exemptions", Viewer, s.getExemptions},
		{post, "/api/v1/exemptions", Editor, s.postExemptions},
		{post, "/api/v1/exemptions/end", Editor, s.postExemptionsEnd},
		{get, "/api/v1/reports", Editor, s.getReports},
		{post, "/api/v1/reports", Editor, s.postReports},
		{get, openapiPath, Viewer, s.getOpenAPI},
		{post, webhooksPath + "github", Nobody, s.postWebhooksGitHub},
		{post, webhooksPath + "gitlab", Nobody, s.postWebhooksGitLab},
		{get, "/metrics", Viewer, s.getMetrics},
		{get, "/healthz", Nobody, s.getHealthz},
		{get, "/readyz", Nobody, s.getReadyz},
	}
}

// router puts routes, pages and what stands before them together.
func (s *Server) router(pages http.Handler) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.Use(requestID, s.accessLog(), s.meters.measure, s.recovering(), middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
		Limit: bodyLimit, Skipper: func(c echo.Context) bool { return strings.HasPrefix(c.Path(), webhooksPath) },
	}))
	for _, r := range s.routes() {
		chain := []echo.MiddlewareFunc{apiHeaders}
		if r.role > Nobody {
			chain = append(chain, s.allow(r.role))
		}
		if !safe(r.method) && r.role > Nobody { // what is open to anybody knows by itself who is right
			chain = append(chain, guardWrite)
		}
		e.Add(r.method, r.path, r.answer, chain...)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, r.answer, append(chain, withoutBody)...)
		}
	}
	if pages != nil {
		e.Match([]string{http.MethodGet, http.MethodHead}, "/*", echo.WrapHandler(pages), s.allow(Viewer))
		e.Match([]string{http.MethodGet, http.MethodHead}, "/api/*", echo.NotFoundHandler)
		for _, host := range []string{"github", "gitlab"} { // the pages would answer what only takes deliveries
			e.Match([]string{http.MethodGet, http.MethodHead}, webhooksPath+host, onlyPost)
		}
		e.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, webhooksPath+"*", echo.NotFoundHandler)
	}
	return e
}

// onlyPost refuses everything else.
func onlyPost(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderAllow, "OPTIONS, POST")
	return echo.ErrMethodNotAllowed
}

// Routes lists method and path of every route, in order; openapi.yaml describes the same.
func (s *Server) Routes() []string {
	var list []string
	for _, r := range s.routes() {
		list = append(list, r.method+" "+r.path)
	}
	slices.Sort(list)
	return list
}
