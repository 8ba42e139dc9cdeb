package main

import "slices"

// customerRepos tells of identity's early choice, and of what campaigns
// leave behind at loyalty and care.
func customerRepos() []repo {
	return slices.Concat(identityRepos(), notificationsRepos(), loyaltyRepos(), careRepos())
}

func identityRepos() []repo {
	return []repo{
		{name: "identity-provider", team: "identity", lang: "go", pace: 0.82, land: landMerge, pin: pinExact, papers: "both", life: []turn{
			{ago: 1090, ci: "own", image: "public", deploy: "chart"},
			{ago: 870, ci: "golden", by: "ewan", say: "Build with the golden workflow"},
			{ago: 800, image: "golden-arg", by: "leila", say: "Build on the golden image\n\nIt gets its patches without us."},
		}},
		{name: "session-store", team: "identity", lang: "go", pace: 0.49, land: landRebase, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1045, ci: "own", image: "distroless", deploy: "kustomize"},
			{ago: 780, ci: "golden", by: "marek", land: landRebase, say: "Build with the golden workflow, as identity-provider does"},
		}},
		{name: "login-ui", team: "identity", lang: "node", pace: 0.49, land: landSquash, papers: "codeowners", life: []turn{
			{ago: 1020, ci: "circleci", image: "public"},
			botWave(149, "circleci"),
			{ago: 120, ci: "circleci", by: "zoe", say: "Revert \"Add the golden workflow\"\n\nOur end-to-end tests need browsers, it has none."},
		}},
		{name: "scim-bridge", team: "identity", lang: "go", pace: 0.71, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			bornRequested(165, "leila"),
		}},
	}
}

func notificationsRepos() []repo {
	return []repo{
		{name: "notify-api", team: "notifications", lang: "go", pace: 0.6, land: landMerge, pin: pinExact, papers: "both", life: []turn{
			{ago: 1085, ci: "jenkins", image: "public", deploy: "chart"},
			massPush(661, "jenkins"),
			{ago: 592, ci: "jenkins", by: "petra", say: "Delete golden.yml\n\nNobody asked for it and it is red since its second week."},
			{ago: 500, deploy: "golden", by: "henrik", with: words("mei"), say: "Deploy with the golden chart\n\nWith Mei from the platform team."},
		}},
		{name: "email-renderer", team: "notifications", lang: "node", pace: 0.49, land: landSquash, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 720, ci: "own", image: "public"},
			{ago: 300, ci: "golden", by: "carla", say: "Try the golden workflow v3"},
			{ago: 262, ci: "own", by: "carla", say: "Go back to our own workflow\n\nFast, but no screenshot tests, and an e-mail that looks broken is broken."},
			{ago: 70, ci: "golden", by: "idris", say: "Return to the golden workflow\n\nv3.3 has screenshot tests."},
		}},
		{name: "push-relay", team: "notifications", lang: "go", pace: 0.44, land: landMerge, pin: pinSHA, papers: "codeowners", life: []turn{
			{ago: 950, ci: "own", image: "public", deploy: "kustomize"},
			{ago: 130, ci: "golden", by: "idris", land: landMerge, merger: "ida", say: "Build with the golden workflow\n\nIt took an afternoon."},
		}},
		{name: "sms-adapter", team: "notifications", lang: "python", pace: 0.33, land: landPush, papers: "both", quiet: 300, life: []turn{
			{ago: 1000, ci: "own", image: "public", catalog: "messaging"},
		}},
	}
}

func loyaltyRepos() []repo {
	return []repo{
		{name: "loyalty-api", team: "loyalty", lang: "node", pace: 0.65, land: landMerge, pin: pinMajor, papers: "both", life: []turn{
			{ago: 1060, ci: "circleci", image: "public", deploy: "chart"},
			botWave(150, "circleci"),
		}},
		{name: "points-ledger", team: "payments", lang: "go", pace: 0.44, land: landSquash, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 990, ci: "own", image: "distroless"},
			massPush(657, "own"),
			{ago: 640, team: "loyalty", say: "Hand points-ledger over to the loyalty team"},
			{ago: 575, ci: "own", by: "ravi", say: "Remove golden.yml\n\nIt came with the repository and failed from the first day."},
			botWave(149, "own"),
			{ago: 90, ci: "golden-auto", by: "astrid", say: "Remove our own build, the golden one does it all"},
		}},
		{name: "rewards", team: "loyalty", lang: "node", pace: 0.77, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			born(60, "luca"),
		}},
		{name: "coupon-scan", team: "loyalty", lang: "go", pace: 0.44, land: landSquash, pin: pinMajor, papers: "both", quiet: 260, life: []turn{
			{ago: 331, ci: "golden", image: "golden", deploy: "golden", template: "v1.0.0", by: "gwen", catalog: "growth", say: "Start the coupon scanner on the service template"},
		}},
		{name: "loyalty-app", team: "loyalty", lang: "node", clone: cloneEmpty},
	}
}

func careRepos() []repo {
	return []repo{
		{name: "care-desk", team: "care", lang: "node", pace: 0.71, land: landSquash, papers: "codeowners", clone: cloneShallow, life: []turn{
			{ago: 1065, ci: "own", image: "public", deploy: "chart"},
		}},
		{name: "care-macros", team: "care", lang: "node", pace: 0.3, land: landPush, papers: "catalog", life: []turn{
			{ago: 870},
		}},
		{name: "chat-bridge", team: "care", lang: "go", pace: 0.44, land: landPush, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 705, ci: "gitlab", image: "public"},
			botWave(148, "gitlab"),
			{ago: 100, ci: "gitlab", by: "tim", say: "Remove the golden workflow\n\nOur runners are in GitLab, it only ever failed."},
		}},
		{name: "runbooks", team: "care", lang: "docs", pace: 0.33, land: landPush, papers: "codeowners", life: []turn{
			{ago: 1000, ci: "own"},
		}},
	}
}
