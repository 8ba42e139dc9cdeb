package dashboards

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestDefinitionsAreMarked changes a definition: charts of the path mark that, and the page of the data lists it.
func TestDefinitionsAreMarked(t *testing.T) {
	db, defs := openStore(t), definitions()
	put := func(day string) {
		t.Helper()
		changed, err := db.PutDefinitions(t.Context(), defs, at(day))
		check(t, err)
		if !changed {
			t.Fatalf("on %s nothing changed", day)
		}
	}
	put("2026-01-01")
	defs.Paths[0].Golden = metrics.Rule{Signal: &metrics.Signal{Kind: "file", Path: "ci.yml"}}
	put("2026-03-10")
	defs.Teams.List = defs.Teams.List[1:]
	put("2026-05-05")
	defs.Paths[1].Eligible = &metrics.Rule{Not: &metrics.Rule{Any: []metrics.Rule{{Signal: &metrics.Signal{Kind: "file", Path: "a"}}, {Signal: &metrics.Signal{Kind: "file", Path: "<b>"}}}}}
	defs.Paths[1].Mandates = []metrics.Mandate{{Teams: []metrics.TeamKey{"team-03"}, From: at("2026-01-01"), Until: metrics.Forever, Why: "audit"}}
	put("2026-06-01")
	p := newTest(t, db)
	const said = "Defined anew on 10 Mar 2026, 00:00 UTC (golden rule): the whole series is by the definition of now."
	for target, c := range map[string]struct {
		marks int
		words []string
	}{
		"/":                            {1, []string{said}},
		"/?path=image":                 {0, []string{"Defined anew on 1 Jun 2026, 00:00 UTC (who is eligible, mandates)"}},
		"/?as_of=2026-03-01":           {0, nil},
		"/path?path=ci":                {3, []string{said, "A stay is left when the path was not used for 14 days."}},
		"/repo?repo=repo-00":           {0, []string{"A stay is left when the path was not used for 14 days."}},
		"/path?path=image":             {0, []string{"Defined anew on 1 Jun 2026, 00:00 UTC (who is eligible, mandates)"}},
		"/team?team=team-03":           {1, []string{said}},
		"/?from=2026-04-01":            {0, []string{"Defined anew on 1 Jun 2026, 00:00 UTC (who is eligible, mandates)"}},
		"/data":                        {0, []string{"Golden file: ci.yml", "For not any of (file: a; file: <b>)", "Mandated team-03, from 1 Jan 2026 on: audit", "In force since 1 Jun 2026", "Changes of definitions.", "5 May 2026, 00:00 UTC everything teams", "10 Mar 2026, 00:00 UTC Build & test <a> service golden rule"}},
		"/data?as_of=2026-05-10":       {0, []string{"In force since 5 May 2026"}},
		"/?embed=chart-adoption-ci":    {1, nil},
		"/?embed=chart-adoption-image": {0, nil},
	} {
		status, root, text := get(t, p, target)
		if marks := strings.Count(text, `"xAxis":"2026-03-10T00:00:00Z"`); status != 200 || marks != c.marks {
			t.Errorf("%s: got %d with %d marks, want %d", target, status, marks, c.marks)
		}
		for _, want := range c.words {
			if !strings.Contains(words(root), want) {
				t.Errorf("%s: no %q in\n%s", target, want, words(root))
			}
		}
		if len(c.words) == 0 && strings.Contains(words(root), "Defined anew") {
			t.Errorf("%s tells of changes that it does not show", target)
		}
	}
	if _, root, _ := get(t, newTest(t, openStore(t)), "/data"); !strings.Contains(words(root), "Definitions are what they were at the first scan.") {
		t.Error("the page of the data does not say that no definition changed")
	}
}
