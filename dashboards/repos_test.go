package dashboards

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestReposAreThoseThatAreCounted follows what the page of the data says of repositories to its lists, which are longer than a page.
func TestReposAreThoseThatAreCounted(t *testing.T) {
	db := emptyStore(t)
	var facts metrics.Batch
	for i := range 250 {
		name := repoName(i)
		facts.Repos = append(facts.Repos, metrics.Repo{ID: metrics.NewRepoID(name), Name: name, Source: "git", DefaultBranch: "main", Archived: i%5 == 0, Shallow: i%7 == 0, Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: metrics.NewRepoID(name), At: at("2026-06-30"), Complete: i%3 > 0, Reason: metrics.ReasonForbidden, Detail: "refused"})
	}
	check(t, db.Write(t.Context(), &facts))
	check(t, db.WriteScan(t.Context(), clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Repos: 250}))
	p := newTest(t, db)
	_, root, _ := get(t, p, "/data")
	counted := map[string]int{}
	for _, a := range elements(root, "a") {
		if list, err := url.Parse(attr(a, "href")); err == nil && list.Path == "/repos" {
			want, err := strconv.Atoi(words(a))
			check(t, err)
			if got := walk(t, p, list.String()); got != want {
				t.Errorf("%s has %d repositories, want %d", list, got, want)
			}
			counted[list.Query().Get("only")] = want
		}
	}
	if counted[""] != 250 || counted["whole"] != 166 || counted["unread"] != 84 || counted["archived"] != 50 || counted["shallow"] != 36 {
		t.Errorf("the page counts %v", counted)
	}
	_, root, text := get(t, p, "/repos?only=shallow")
	holds(t, root, text)
	if shown := words(root); !strings.Contains(shown, "refused main archived, a shallow clone") || !strings.Contains(shown, "36 rows, by repository") {
		t.Errorf("the list says %s", shown)
	}
	for target, want := range map[string]int{"/repos?only=nope": 400, "/repos?next=bm9uc2Vuc2U": 200} {
		if status, _, _ := get(t, p, target); status != want {
			t.Errorf("%s: got %d, want %d", target, status, want)
		}
	}
}

// TestScanLeadsToItsRepositories: the newest scan leads to what it read, where that is what is known now, and no scan to anything else.
func TestScanLeadsToItsRepositories(t *testing.T) {
	for name, c := range map[string]struct {
		scans []clickhouse.Scan
		want  []string // where the numbers of the newest lead, as far as they do
	}{
		"of all":           {[]clickhouse.Scan{{ID: 1, Ended: at("2026-07-01"), Repos: 3, Unknown: 1}}, []string{"/repos", "/repos?only=unread"}},
		"of fewer":         {[]clickhouse.Scan{{ID: 1, Ended: at("2026-07-01"), Repos: 2, Unknown: 1}}, []string{"/repos?only=unread"}},
		"of a source":      {[]clickhouse.Scan{{ID: 1, Ended: at("2026-07-01"), Repos: 3, Unknown: 1, Source: "git"}}, nil},
		"not at an end":    {[]clickhouse.Scan{{ID: 1, Ended: at("2026-07-01"), State: "failed", Repos: 3, Unknown: 1}}, nil},
		"followed by some": {[]clickhouse.Scan{{ID: 1, Ended: at("2026-06-30"), Repos: 3, Unknown: 1}, {ID: 2, Began: at("2026-06-30") + 9, Ended: at("2026-07-01"), Repos: 1}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			db := emptyStore(t)
			var facts metrics.Batch
			for i := range 3 {
				id := metrics.NewRepoID(repoName(i))
				facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: repoName(i), Source: "git", Seen: at("2026-06-30")})
				facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: id, At: at("2026-06-30"), Complete: i > 0, Reason: metrics.ReasonForbidden})
			}
			check(t, db.Write(t.Context(), &facts))
			for _, scan := range c.scans {
				if scan.Began == 0 {
					scan.Began = at("2026-06-30") - 9
				}
				check(t, db.WriteScan(t.Context(), scan))
			}
			_, root, _ := get(t, newTest(t, db), "/data")
			var got []string
			for _, td := range elements(root, "td") {
				if label := attr(td, "data-label"); label == "Repositories" || label == "Unknown" || label == "Changes" {
					for _, a := range elements(td, "a") {
						got = append(got, attr(a, "href"))
					}
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestAbsenceIsSaidOnce: a signal that is merely absent has a dash for its evidence, since the signal stands beside it. Other reasons stay.
func TestAbsenceIsSaidOnce(t *testing.T) {
	p := newTest(t, emptyStore(t))
	file := metrics.Signal{Kind: "file", Path: "Jenkinsfile"}
	for name, c := range map[string]struct {
		finding metrics.SignalFinding
		want    string
	}{
		"absent":         {metrics.SignalFinding{Signal: file, Absence: "nothing in the watched files meets " + file.String()}, nothing},
		"another reason": {metrics.SignalFinding{Signal: file, Absence: "no file has that name"}, "no file has that name"},
		"not known":      {metrics.SignalFinding{Signal: file, Finding: metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}}, phrase.WhyUnknown(metrics.ReasonNotRead)},
	} {
		if got := p.newSignalRow("github.com/acme/a", "", c.finding).Absence; got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
