package main

import "slices"

// logisticsRepos tells of help: the platform team moved services to the
// golden chart together with their teams, and little came by itself.
func logisticsRepos() []repo {
	return slices.Concat(shippingRepos(), warehouseRepos())
}

func shippingRepos() []repo {
	return []repo{
		{name: "shipping-api", team: "shipping", lang: "go", pace: 0.65, land: landRebase, pin: pinExact, papers: "both", mailmap: words("oskar"), life: []turn{
			{ago: 1090, ci: "jenkins", image: "public", deploy: "chart", catalog: "group:default/shipping"},
			{ago: 480, deploy: "golden", by: "oskar", say: "Deploy with the golden chart\n\nDone for shipping by the platform team."},
		}},
		{name: "label-printer", team: "shipping", lang: "python", pace: 0.38, land: landMerge, pin: pinExact, papers: "both", life: []turn{
			{ago: 1010, ci: "own", image: "public", deploy: "chart", catalog: "tbd"},
			massPush(660, "own"),
			{ago: 612, ci: "own", by: "olga", say: "Remove golden.yml, it builds nothing that we ship"},
			{ago: 350, deploy: "golden", by: "olga", say: "Deploy with the golden chart"},
			{ago: 300, deploy: "chart", by: "olga", say: "Return to our own chart\n\nThe golden chart has no cron jobs, and labels are printed at night."},
		}},
		{name: "carrier-adapters", team: "shipping", lang: "go", pace: 0.49, land: landSquash, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 765, ci: "own", image: "distroless"},
			{ago: 610, ci: "golden", by: "mateo", say: "Build with the golden workflow"},
			{ago: 570, ci: "own-note", by: "mateo", say: "Leave the golden workflow\n\nNo ARM builds; half of our carriers' boxes are ARM."},
		}},
		{name: "tracking", team: "shipping", lang: "node", pace: 0.65, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			born(200, "signe"),
			{ago: 140, ci: "own", by: "jan", say: "Build with our own workflow\n\nThe golden one cannot reach the carriers' test network."},
		}},
	}
}

func warehouseRepos() []repo {
	return []repo{
		{name: "wms-core", team: "warehouse", lang: "java", pace: 0.71, land: landMerge, pin: pinExact, papers: "codeowners", branch: "master", clone: cloneAside, life: []turn{
			{ago: 1091, ci: "jenkins", image: "legacy", deploy: "terraform"},
			{ago: 460, deploy: "golden", by: "birgit", with: words("oskar"), say: "Deploy with the golden chart\n\nTogether with Oskar from the platform team."},
		}},
		{name: "pick-optimizer", team: "shipping", lang: "python", pace: 0.49, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 905, ci: "circleci", image: "public"},
			{ago: 620, team: "warehouse", say: "Warehouse owns the pick optimizer now"},
			{ago: 50, ci: "golden", by: "tomas", land: landMerge, merger: "wanjiru", say: "Build with the golden workflow\n\nMoved by the platform team during its week at the warehouse."},
		}},
		{name: "stock-sync", team: "warehouse", lang: "go", pace: 0.44, land: landPush, papers: "catalog", clone: cloneBare, skewed: true, life: []turn{
			{ago: 1000, ci: "own-note", image: "public"},
		}},
		{name: "barcode", team: "warehouse", lang: "go", pace: 0.3, land: landPush, life: []turn{
			{ago: 1030},
		}},
		{name: "dock-scheduler", team: "warehouse", lang: "go", pace: 0.82, land: landSquash, papers: "both", life: []turn{
			{ago: 45, ci: "own", image: "golden", deploy: "chart", by: "piotr", say: "Start the dock scheduler"},
		}},
	}
}
