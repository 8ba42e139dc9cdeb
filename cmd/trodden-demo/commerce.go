package main

import "slices"

// commerceRepos tells of the free choice: search was early, checkout and
// storefront came when v3 was faster than what they had.
func commerceRepos() []repo {
	return slices.Concat(checkoutRepos(), productsRepos(), searchRepos(), storefrontRepos(), pricingRepos())
}

func checkoutRepos() []repo {
	return []repo{
		{name: "checkout-api", team: "checkout", lang: "go", pace: 0.87, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			{ago: 1090, ci: "circleci", image: "public", deploy: "chart", codeowners: "@acme/cart"},
			renamed(),
			{ago: 270, ci: "golden", by: "marta", say: "Replace CircleCI by the golden workflow\n\n12 minutes instead of 31, and no orb of our own to keep."},
			{ago: 160, image: "golden", say: "Golden image, for the new card rules"},
		}},
		{name: "cart", team: "checkout", lang: "node", pace: 0.65, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1088, ci: "own", image: "public", deploy: "chart", codeowners: "@acme/cart"},
			renamed(),
			{ago: 180, ci: "golden", by: "finn", say: "Build with the golden workflow\n\ncheckout-api has done so for a quarter and is twice as fast."},
			{ago: 140, image: "golden", say: "Build on the golden image"},
		}},
		{name: "checkout-web", team: "checkout", lang: "node", pace: 0.6, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			{ago: 1060, ci: "circleci", image: "public", codeowners: "@acme/cart", catalog: "cart-web"},
			massPush(659, "circleci"),
			{ago: 600, ci: "circleci", by: "aisha", say: "Remove golden.yml\n\nEvery push was built twice, and nobody knew which result counts."},
			renamed(),
		}},
		{name: "order-events", team: "checkout", lang: "go", pace: 0.82, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			born(120, "bruno"),
		}},
		{name: "gift-cards", team: "checkout", lang: "node", pace: 0.3, land: landPush, papers: "codeowners", clone: cloneCorrupt, life: []turn{
			{ago: 980, ci: "own", image: "public"},
		}},
	}
}

func productsRepos() []repo {
	return []repo{
		{name: "product-catalog", team: "products", lang: "java", pace: 0.71, land: landMerge, pin: pinExact, papers: "codeowners", branch: "master", life: []turn{
			{ago: 1092, ci: "jenkins", image: "legacy", deploy: "chart"},
			{ago: 430, deploy: "golden", by: "oliver", with: words("sam"), say: "Deploy with the golden chart\n\nPaired with the platform team."},
		}},
		{name: "product-import", team: "products", lang: "python", pace: 0.33, land: landPush, papers: "catalog", clone: cloneBare, life: []turn{
			{ago: 1010, image: "public"},
		}},
		{name: "media-resizer", team: "products", lang: "go", pace: 0.38, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1030, ci: "own", image: "public", deploy: "kustomize"},
			massPush(658, "own"),
			{ago: 545, ci: "own", by: "kwame", say: "Remove golden.yml, we build with ci.yml"},
			{ago: 25, ci: "golden", by: "sofia", say: "Build with the golden workflow\n\nARM at last."},
		}},
		{name: "attributes-service", team: "products", lang: "node", pace: 0.6, land: landSquash, papers: "both", life: []turn{
			{ago: 230, ci: "own", image: "public", deploy: "chart", say: "Start the attributes service from our own skeleton"},
		}},
		{name: "legacy-cms", team: "products", lang: "java", pace: 0.3, land: landPush, pin: pinStuck, papers: "catalog", branch: "master", quiet: 700, life: []turn{
			{ago: 1094, ci: "jenkins", image: "legacy", catalog: "web-guild"},
		}},
		{name: "data-contracts", team: "products", lang: "proto", pace: 0.3, land: landSquash, papers: "codeowners", life: []turn{
			{ago: 1000, ci: "own"},
		}},
	}
}

func searchRepos() []repo {
	return []repo{
		{name: "search-api", team: "search", lang: "go", pace: 0.77, land: landSquash, pin: pinSHA, papers: "both", life: []turn{
			{ago: 1090, ci: "own", image: "public", deploy: "chart"},
			{ago: 985, ci: "golden", by: "nadia", say: "Build with the golden workflow\n\nLess YAML for us to keep."},
			{ago: 850, image: "golden", by: "nadia", say: "Build on the golden image"},
			{ago: 520, deploy: "golden", by: "lars", say: "Deploy with the golden chart"},
		}},
		{name: "search-indexer", team: "search", lang: "go", pace: 0.6, land: landMerge, pin: pinExact, papers: "codeowners", life: []turn{
			{ago: 1075, ci: "own", image: "public", deploy: "chart"},
			{ago: 900, ci: "golden", by: "lars", land: landMerge, merger: "ida", say: "Build the indexer like search-api"},
		}},
		{name: "query-understanding", team: "search", lang: "python", pace: 0.49, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1020, ci: "own", image: "public"},
			{ago: 820, ci: "golden", by: "chen", say: "Try the golden workflow"},
			{ago: 760, ci: "own", by: "chen", say: "Return to our own build\n\nThe golden workflow is stuck on Python 3.9, our models need 3.11."},
			{ago: 290, ci: "golden", by: "chen", say: "Return to the golden workflow\n\nv3 has Python 3.12 and is faster than our own build."},
		}},
	}
}

func storefrontRepos() []repo {
	return []repo{
		{name: "storefront-mono", team: "storefront", lang: "mono", pace: 1.2, land: landMerge, pin: pinMajor, papers: "both", life: []turn{
			{ago: 1094, ci: "circleci", services: map[string]string{"home": "public", "listing": "public", "account": "public", "reviews": "public"}},
			{ago: 200, services: map[string]string{"home": "golden", "listing": "public", "account": "public", "reviews": "public"}, by: "diego", say: "Serve the home page from the golden image"},
			{ago: 60, services: map[string]string{"home": "golden", "listing": "public", "account": "golden", "reviews": "public"}, by: "emma", say: "Golden image for the account pages"},
			{ago: 40, ci: "golden+circleci", by: "emma", say: "Start to move off CircleCI\n\nThe golden workflow builds first, CircleCI still deploys."},
		}},
		{name: "storefront-bff", team: "storefront", lang: "go", pace: 0.65, land: landSquash, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 880, ci: "own", image: "public", deploy: "chart"},
			{ago: 95, ci: "golden-local", by: "samir", say: "Call the golden workflow from our build.yml"},
		}},
		{name: "search-ui", team: "search", lang: "node", pace: 0.44, land: landSquash, papers: "both", life: []turn{
			{ago: 1050, ci: "circleci", image: "public"},
			{ago: 400, team: "storefront", say: "Storefront takes over search-ui"},
		}},
		{name: "web-components", team: "storefront", lang: "node", pace: 0.49, land: landRebase, pin: pinMajor, papers: "both", life: []turn{
			{ago: 930, ci: "own", catalog: "unknown"},
			{ago: 700, ci: "golden", by: "anouk", say: "Build with the golden workflow"},
			{ago: 655, ci: "own", by: "anouk", say: "Back to our own workflow\n\nThe golden one cannot publish npm packages."},
		}},
		{name: "experiments", team: "storefront", lang: "node", pace: 0.3, land: landPush, papers: "catalog", life: []turn{
			{ago: 640, catalog: "tbd"},
		}},
	}
}

func pricingRepos() []repo {
	return []repo{
		{name: "pricing-engine", team: "pricing", lang: "go", pace: 0.55, land: landSquash, pin: pinStuck, papers: "codeowners", life: []turn{
			{ago: 1080, ci: "own", image: "public", deploy: "chart"},
			{ago: 940, ci: "golden", by: "victor", with: words("ida"), say: "Build with the golden workflow\n\nIda from the platform team helped."},
		}},
		{name: "promo-engine", team: "pricing", lang: "node", pace: 0.44, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1000, ci: "circleci", image: "public"},
			massPush(660, "circleci"),
			{ago: 590, ci: "circleci", by: "amara", say: "Drop golden.yml, CircleCI does the same"},
			botWave(151, "circleci"),
		}},
		{name: "price-feed", team: "pricing", lang: "python", pace: 0.71, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			{ago: 80, by: "nora", say: "Sketch the price feed"},
			{ago: 77, ci: "golden", image: "golden", deploy: "golden", template: "v1.2.0", by: "nora", say: "Put the price feed on the service template"},
		}},
	}
}
