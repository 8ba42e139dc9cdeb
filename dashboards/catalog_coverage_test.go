package dashboards

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestCoverageLeadsToItsRepositories follows coverage from each page that has it: the list has a row each repository of its
// denominator, of which as many have an entity as its numerator says.
func TestCoverageLeadsToItsRepositories(t *testing.T) {
	p := newTest(t, catalogStore(t))
	parts := regexp.MustCompile(`(\d+) of (\d+)`)
	for _, page := range []string{"/", "/catalog", "/explore?measure=catalog.coverage"} {
		_, root, _ := get(t, p, page)
		followed := 0
		for _, a := range elements(root, "a") {
			list := attr(a, "href")
			found := parts.FindStringSubmatch(words(a.Parent))
			if !strings.HasPrefix(list, "/catalog/repos") || strings.Contains(list, "only=") || found == nil {
				continue
			}
			if all, with := walk(t, p, list), walk(t, p, list+"&only=yes"); strconv.Itoa(all) != found[2] || strconv.Itoa(with) != found[1] {
				t.Errorf("%s: %s has %d with an entity of %d, want %s", page, list, with, all, found[0])
			}
			followed++
		}
		if followed != 2 {
			t.Errorf("%s: followed coverage of %d catalogs, want 2", page, followed)
		}
	}
	_, root, _ := get(t, p, "/catalog?source=backstage")
	for label, want := range map[string]string{"Repositories with an entity": "/catalog/repos?only=yes&source=backstage", "Dark": "/catalog/repos?only=no&source=backstage"} {
		for _, term := range elements(root, "dt") {
			if value := elements(term.Parent, "dd")[0]; words(term) == label {
				if a := elements(value, "a"); len(a) != 1 || attr(a[0], "href") != want || strconv.Itoa(walk(t, p, want)) != words(value) {
					t.Errorf("%s: %q does not lead to as many at %s", label, words(value), want)
				}
			}
		}
	}
}

// TestCoveragePage says what the list shows.
func TestCoveragePage(t *testing.T) {
	full := newTest(t, catalogStore(t))
	old := judgedCatalog("port", at("2026-06-30"), math.NaN(), entity("port", 0, metrics.FieldOwner, string(teamKey(0))))
	for i := range old.Entities {
		old.Entities[i].Covers = "" // as versions before this one judged
	}
	old.Unread = []string{repoName(1), repoName(2)}
	forgetful := judgedStore(t, old)
	check(t, forgetful.Exec(t.Context(), "ALTER TABLE catalog_judgements UPDATE unread_repos = [] WHERE 1 SETTINGS mutations_sync = 1", nil))
	older := newTest(t, forgetful)
	for name, c := range map[string]struct {
		pages  *Pages
		target string
		status int
		want   []string
	}{
		"all":                  {full, "/catalog/repos?source=backstage", 200, []string{"What catalogs should have", "github.com/acme/repo-03 backstage yes component:default/repo-03 component:default/twin team-03", "github.com/acme/repo-45 backstage no", "59 rows, by repository", "As CSV"}},
		"of a team":            {full, "/catalog/repos?source=backstage&team=team-03", 200, []string{"repo-03", "repo-15", "5 rows"}},
		"dark ones":            {full, "/catalog/repos?source=port&only=no", 200, []string{"57 rows", "repo-02"}},
		"none":                 {full, "/catalog/repos?only=unknown", 200, []string{"No repository is like that."}},
		"an earlier judgement": {full, "/catalog/repos?as_of=2026-05-02", 200, []string{"as they were judged last, on 30 Jun 2026. Of earlier judgements only figures are kept."}},
		"an older version's":   {older, "/catalog/repos", 200, []string{"Which 1 repository has an entity is known with the next scan", "58 rows"}},
		"one without names":    {older, "/catalog/repos?only=nobody", 200, []string{"Which 2 repositories are in no coverage is known with the next scan", "No repository is like that."}},
		"in no coverage":       {newTest(t, judgedStore(t, old)), "/catalog/repos?only=nobody", 200, []string{"2 rows", "repo-01", "repo-02 port not asked: nobody may work there"}},
		"no catalog":           {newTest(t, openStore(t)), "/catalog/repos", 200, []string{"No catalog was judged yet."}},
		"something else":       {full, "/catalog/repos?only=x&source=y", 400, []string{"only: \"x\" is not known", "There is no catalog \"y\"."}},
	} {
		t.Run(name, func(t *testing.T) {
			status, root, text := get(t, c.pages, c.target)
			holds(t, root, text)
			shown := words(root)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not on the page:\n%s", want, shown)
				}
			}
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
		})
	}
	w := httptest.NewRecorder()
	full.ServeHTTP(w, httptest.NewRequest("GET", "/catalog/repos?source=backstage&only=yes&format=csv", nil))
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if w.Code != http.StatusOK || lines[0] != "source,repo,has,entities,team" || len(lines) != 41 || lines[4] != "backstage,github.com/acme/repo-03,yes,component:default/repo-03;component:default/twin,team-03" {
		t.Errorf("got %d and %d lines: %q", w.Code, len(lines), lines[:min(5, len(lines))])
	}
}
