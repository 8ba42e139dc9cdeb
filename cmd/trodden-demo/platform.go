package main

// platformRepos are the platform team's own: what provides the paths is
// eligible for none of them.
func platformRepos() []repo {
	return []repo{
		{name: "golden-workflows", team: platformTeam, lang: "workflows", pace: 0.49, land: landSquash, papers: "codeowners", mailmap: words("oskar"),
			life: released(ciReleases(), "Reusable workflows")},
		{name: "golden-images", team: platformTeam, lang: "images", pace: 0.3, land: landSquash, papers: "codeowners",
			life: released(imageReleases(), "Base images")},
		{name: "golden-chart", team: platformTeam, lang: "chart", pace: 0.3, land: landSquash, papers: "codeowners",
			life: released(chartReleases(), "The chart")},
		{name: "service-template", team: platformTeam, lang: "template", pace: 0.33, land: landSquash, papers: "codeowners",
			life: released(templateReleases(), "The service template")},
		{name: "handbook", team: platformTeam, lang: "docs", pace: 0.38, land: landPush, life: []turn{
			{ago: 1060, ci: "own"},
		}},
	}
}

// released is the life of a provider: it begins three weeks before its first
// release, and every release is a tag.
func released(releases []release, what string) []turn {
	life := []turn{{ago: releases[0].ago + 21, say: what + ", first sketch"}}
	for _, r := range releases {
		life = append(life, turn{ago: r.ago, tag: r.version, land: landPush, say: "Release " + r.version + "\n\n" + r.note})
	}
	return life
}
