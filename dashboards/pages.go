package dashboards

import (
	"context"
)

// page is one page: an address, a template, and what fills it.
type page struct {
	address  string
	title    string // in the navigation; "" keeps the page out of it
	template string
	charts   bool // it draws some
	fill     func(ctx context.Context, p *Pages, r *request) (content, error)
}

// content is what a page fills its template with.
type content struct {
	heading string
	intro   string
	body    any
}

// pages lists all pages in the order of the navigation. A new page is a file, a template and a line here.
func pages() []page {
	return []page{
		{"/", "Overview", "overview.html", true, fillOverview},
		{"/path", "Paths", "path.html", true, fillPath},
		{"/teams", "Teams", "teams.html", false, fillTeams},
		{"/states", "Repositories", "states.html", false, fillStates},
		{"/catalog", "Catalog", "catalog.html", true, fillCatalog},
		{"/friction", "Friction", "friction.html", true, fillFriction},
		{"/okrs", "OKRs", "okrs.html", true, fillOKRs},
		{"/data", "Data", "data.html", false, fillData},
		{"/explore", "Explore", "explore.html", true, fillExplore},
		{"/team", "", "team.html", true, fillTeam},
		{"/flows", "", "units.html", false, fillFlows},
		{"/stays", "", "units.html", false, fillStays},
		{"/waits", "", "units.html", false, fillWaits},
		{"/decisions", "", "units.html", false, fillDecisions},
		{"/moved", "", "units.html", false, fillMoved},
		{"/friction/units", "", "units.html", false, fillFrictionUnits},
		{"/friction/runs", "", "units.html", false, fillFrictionRuns},
		{"/catalog/entities", "", "catalog_entities.html", false, fillCatalogEntities},
		{"/catalog/repos", "", "units.html", false, fillCatalogCoverage},
		{"/repo", "", "repo.html", false, fillRepo},
		{"/repos", "", "units.html", false, fillRepos},
	}
}
