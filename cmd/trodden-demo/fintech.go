package main

import "slices"

// fintechRepos tells of the mandate: an audit made golden images compulsory
// for a year. When it was over some stayed, and some left.
func fintechRepos() []repo {
	return slices.Concat(paymentsRepos(), ledgerRepos(), riskRepos())
}

func paymentsRepos() []repo {
	return []repo{
		{name: "payments-api", team: "payments", lang: "go", pace: 0.82, land: landMerge, pin: pinSHA, papers: "both", mailmap: words("jonas"), life: []turn{
			{ago: 1090, ci: "jenkins", image: "public", deploy: "chart"},
			{ago: 690, image: "golden", say: "Build on the golden image\n\nThe audit asks for it from now on."},
			{ago: 300, ci: "golden+jenkins", by: "mira", say: "Try the golden workflow beside Jenkins\n\nv3 is green in 11 minutes here, Jenkins needs 48."},
			{ago: 274, ci: "golden", by: "mira", say: "Drop the Jenkinsfile\n\nFour weeks side by side, nobody looked at Jenkins any more."},
			{ago: 198, deploy: "golden", by: "omar", say: "Deploy with the golden chart"},
		}},
		{name: "payments-gateway", team: "payments", lang: "go", pace: 0.49, land: landSquash, papers: "codeowners", life: []turn{
			{ago: 1080, ci: "circleci", image: "public", deploy: "chart"},
			{ago: 680, image: "golden", say: "Build on the golden image\n\nNeeded for the audit."},
			{ago: 385, image: "public", by: "omar", say: "Go back to alpine\n\nThe audit is over, and the golden image has no FIPS openssl, which the card networks want."},
		}},
		{name: "payouts", team: "payments", lang: "go", pace: 0.87, land: landSquash, pin: pinMajor, papers: "both", life: []turn{
			born(250, "mira"),
		}},
		{name: "payments-sandbox", team: "payments", lang: "node", pace: 0.3, land: landPush, pin: pinStuck, papers: "both", quiet: 400, life: []turn{
			{ago: 900, ci: "own", image: "public", catalog: "growth"},
			{ago: 655, image: "golden", say: "Use the golden image\n\nFor the audit."},
		}},
	}
}

func ledgerRepos() []repo {
	return []repo{
		{name: "ledger-core", team: "ledger", lang: "java", pace: 0.6, land: landMerge, papers: "both", branch: "master", life: []turn{
			{ago: 1085, ci: "jenkins", image: "legacy", deploy: "terraform"},
			{ago: 670, image: "golden", say: "Move to the golden Java image\n\nThe audit needs patched base images."},
		}},
		{name: "ledger-export", team: "ledger", lang: "python", pace: 0.38, land: landRebase, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1000, ci: "own", image: "public"},
			{ago: 695, image: "golden", say: "Use the golden Python image\n\nRequired since Monday."},
			{ago: 560, ci: "golden", by: "tariq", say: "Build with the golden workflow"},
			{ago: 515, ci: "own", by: "tariq", say: "Go back to our own build\n\nThe golden workflow cannot start a database for the integration tests. We would love to return when it can."},
			{ago: 210, ci: "golden", by: "hanna", say: "Return to the golden workflow\n\nv3.1 brings the integration-test database that we left for."},
		}},
		{name: "reconciliation", team: "ledger", lang: "go", pace: 0.44, land: landPush, papers: "catalog", clone: cloneBare, life: []turn{
			{ago: 960, ci: "gitlab", image: "public", deploy: "kustomize"},
			{ago: 665, image: "golden", say: "Golden base image, as the audit asks"},
			{ago: 372, image: "distroless", by: "stefan", say: "Switch to distroless\n\nSmaller than the golden image, and nobody asks for it since the audit."},
		}},
	}
}

func riskRepos() []repo {
	return []repo{
		{name: "fraud-scoring", team: "risk", lang: "python", pace: 0.65, land: landMerge, pin: pinMajor, papers: "codeowners", life: []turn{
			{ago: 1070, ci: "own", image: "public", deploy: "kustomize"},
			{ago: 640, image: "golden", say: "Golden image for the audit"},
			{ago: 390, image: "public", by: "priya", say: "Back to python:3.12-slim\n\nThe golden image lags behind by two Python versions."},
			botWave(150, "own"),
			{ago: 118, ci: "own", by: "callum", say: "Remove golden.yml again\n\nIt ran beside our build for a month and had no GPU."},
		}},
		{name: "risk-rules", team: "risk", lang: "go", pace: 0.44, land: landSquash, papers: "catalog", clone: cloneBare, life: []turn{
			{ago: 1040, ci: "circleci", image: "public", deploy: "chart"},
			{ago: 705, image: "golden", say: "Move to the golden image before the deadline"},
			{ago: 350, image: "public", by: "dmitri", say: "Go back to alpine, the audit is over"},
		}},
		{name: "kyc-service", team: "risk", lang: "go", pace: 0.55, land: landMerge, papers: "both", life: []turn{
			{ago: 520, ci: "own", image: "golden", deploy: "chart"},
		}},
	}
}
