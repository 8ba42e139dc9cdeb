package dashboards

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
)

// ownersExplained knows where owners stand.
type ownersExplained []metrics.OwnerEvidence

func (list ownersExplained) Explain(context.Context, metrics.RepoID, string, metrics.PathKey, metrics.Instant) (metrics.Explanation, error) {
	return metrics.Explanation{Commit: "01234567890123456789", Owners: list}, nil
}

// sectionOf is the part of a page under a heading.
func sectionOf(t *testing.T, root *html.Node, heading string) *html.Node {
	t.Helper()
	for _, n := range elements(root, "section") {
		if attr(n, "aria-labelledby") == heading {
			return n
		}
	}
	t.Fatalf("the page has no section %s", heading)
	return nil
}

// TestOwnership says who owned a repository, since when, by which source, and where that stands.
func TestOwnership(t *testing.T) {
	db := catalogStore(t)
	ownBy(t, db,
		ownership(1, teamKey(2), metrics.OwnerCodeowners, "2024-05-01", at("2025-03-01")),
		ownership(1, teamKey(1), metrics.OwnerCodeowners, "2025-03-01", metrics.Forever),
		ownership(2, teamKey(2), metrics.OwnerConfig, "1970-01-01", metrics.Forever),
		ownership(7, teamKey(7), metrics.OwnerCatalog, "2024-05-01", metrics.Forever),
		ownership(8, teamKey(8), metrics.OwnerCatalog, "2024-05-01", metrics.Forever),
		ownership(9, teamKey(9), metrics.OwnerProvider, "2024-05-01", metrics.Forever),
	)
	p := newTest(t, db)
	p.Explain = ownersExplained{
		{Source: metrics.OwnerConfig, Team: teamKey(2), Text: "github.com/acme/repo-0*"},
		{Source: metrics.OwnerCodeowners, Team: teamKey(1), File: ".github/CODEOWNERS", Line: 3, Text: "* @acme/one"},
		{Source: metrics.OwnerCatalog, Team: teamKey(8), File: "catalog-info.yaml", Line: 9, Text: "owner: team-08"},
	}
	const host = "https://github.com/acme/"
	commit := metrics.OID("01234567890123456789").String()
	for name, c := range map[string]struct {
		target, want, href string
	}{
		"the line of CODEOWNERS, and who it was before": {"/repo?repo=repo-01", "2 owners, the newest first Team Since Until Said by Where " +
			"Team 1 1 Mar 2025 still CODEOWNERS .github/CODEOWNERS:3 * @acme/one Team 2 1 May 2024 1 Mar 2025 CODEOWNERS –", host + "repo-01/blob/" + commit + "/.github/CODEOWNERS#L3"},
		"who it was at an earlier moment":         {"/repo?repo=repo-01&as_of=2025-01-01", "1 owner, the newest first Team Since Until Said by Where Team 2 1 May 2024 still CODEOWNERS –", ""},
		"the glob of the configuration":           {"/repo?repo=repo-02", "Team 2 always still teams in trodden.yaml github.com/acme/repo-0*", "/team?team=team-02"},
		"the entry of a portal":                   {"/repo?repo=repo-07", "Team 7 1 May 2024 still catalog component:default/orphan in backstage", "/catalog/entities?entity=component%3Adefault%2Forphan&source=backstage"},
		"the line of a catalog file":              {"/repo?repo=repo-08", "Team 8 1 May 2024 still catalog catalog-info.yaml:9 owner: team-08", host + "repo-08/blob/" + commit + "/catalog-info.yaml#L9"},
		"what a code host says has no such place": {"/repo?repo=repo-09", "Team 9 1 May 2024 still rights on the code host –", "/team?team=team-09"},
		"nobody, and what to do":                  {"/repo?repo=repo-03", "No source names an owner. Name one in CODEOWNERS", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, root, _ := get(t, p, c.target)
			got := sectionOf(t, root, "ownership")
			if text := words(got); !strings.Contains(text, c.want) {
				t.Errorf("%s says %q, want %q", c.target, text, c.want)
			}
			var links []string
			for _, a := range elements(got, "a") {
				links = append(links, attr(a, "href"))
			}
			if all := strings.Join(links, " "); !strings.Contains(all, c.href) {
				t.Errorf("%s leads to %s, want %s", c.target, all, c.href)
			}
		})
	}
}

// TestEntriesOfARepository lead to what was found out about them, and say what keeps them from being fresh.
func TestEntriesOfARepository(t *testing.T) {
	db := catalogStore(t)
	_, err := db.PutDefinitions(t.Context(), definitions(), at("2023-01-01"))
	check(t, err)
	p := newTest(t, db)
	for target, want := range map[string]string{
		"/repo?repo=repo-09": "wrong team-10 no owner wrong system wrong owner: ",
		"/repo?repo=repo-08": "right team-08 no system wrong system: ",
		"/team?team=team-08": "right team-08 no system wrong system: ",
	} {
		_, root, _ := get(t, p, target)
		got := sectionOf(t, root, "entries")
		if text := words(got); !strings.Contains(text, want) {
			t.Errorf("%s says %q, want %q", target, text, want)
		}
		if href := attr(elements(got, "a")[0], "href"); !strings.HasPrefix(href, "/catalog/entities?entity=component%3Adefault%2Frepo-") {
			t.Errorf("%s leads to %s", target, href)
		}
	}
}
