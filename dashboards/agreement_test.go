package dashboards

import (
	"math"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestDarkIsWhatTheListSays: the page of a repository calls it dark where the list of dark ones has it, and only there.
func TestDarkIsWhatTheListSays(t *testing.T) {
	db := judgedStore(t, judgedCatalog("port", at("2026-06-30"), math.NaN(), entity("port", 0, metrics.FieldOwner, string(teamKey(0)))))
	p := newTest(t, db)
	dark, err := query.CatalogDark(t.Context(), db, "", "", at(now))
	check(t, err)
	listed := make(map[string]bool)
	for _, r := range dark {
		listed[r.Repo] = true
	}
	if len(listed) == 0 || len(listed) > repos-2 {
		t.Fatalf("%d of %d repositories are dark", len(listed), repos)
	}
	for i := range repos {
		_, root, _ := get(t, p, "/repo?repo="+repoName(i))
		if got := strings.Contains(words(root), "it is dark"); got != listed[repoName(i)] {
			t.Errorf("%s: called dark %v, the list says %v", repoName(i), got, !got)
		}
	}
	_, root, _ := get(t, newTest(t, openStore(t)), "/repo?repo="+repoName(0))
	if shown := words(root); !strings.Contains(shown, "No catalog was judged yet.") {
		t.Errorf("without a catalog it says %q", shown)
	}
}

// TestUnknownIsNotInactive: of what could not be read nobody knows whether it is active.
func TestUnknownIsNotInactive(t *testing.T) {
	db, c := openStore(t), conclusions()
	for i := range c.Spans {
		c.Spans[i].Active = c.Spans[i].Active && c.Spans[i].State != metrics.Unknown
	}
	conclude(t, db, c)
	p := newTest(t, db)
	rows, err := query.States(t.Context(), db, query.StatesQuestion{Path: "ci", State: metrics.Unknown, AsOf: at(now)})
	check(t, err)
	if len(rows) == 0 {
		t.Fatal("nothing is unknown")
	}
	_, list, _ := get(t, p, "/states?path=ci&state=unknown")
	for _, body := range elements(list, "tbody") {
		if strings.Contains(words(body), "inactive") {
			t.Errorf("the list calls it inactive: %s", words(body))
		}
	}
	_, root, _ := get(t, p, "/repo?path=ci&repo="+rows[0].Repo)
	if shown := words(root); strings.Contains(shown, "Active no ") {
		t.Errorf("its page says %q", shown)
	}
}

// TestDecisionsLeadToTheChange rather than to the merge that landed it, as stays do.
func TestDecisionsLeadToTheChange(t *testing.T) {
	db, c := openStore(t), conclusions()
	c.Decisions = []metrics.Decision{{Unit: metrics.Unit{Repo: metrics.NewRepoID(repoName(0))}, Path: "ci", At: at("2026-06-01"), Told: at("2026-06-01"), Kind: metrics.Entry,
		For: true, Choice: true, Free: true, Origin: metrics.Chosen, Team: teamKey(0), Commit: "11111111111111111111", Change: "22222222222222222222"}}
	conclude(t, db, c)
	_, root, _ := get(t, newTest(t, db), "/decisions?path=ci")
	change := metrics.OID("22222222222222222222").String()
	if !leadsTo(root, "https://"+repoName(0)+"/commit/"+change) {
		t.Errorf("it does not lead to %s: %s", change, words(root))
	}
}

// TestFilesLeadToTheCommitThatWasRead, so that the line is there when the file goes on.
func TestFilesLeadToTheCommitThatWasRead(t *testing.T) {
	db := judgedStore(t, judgedCatalog(metrics.DescribedSource, at("2026-06-30"), math.NaN(), entity(metrics.DescribedSource, 0, metrics.FieldOwner, string(teamKey(0)))))
	head := metrics.OID("33333333333333333333")
	check(t, db.Write(t.Context(), &metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(repoName(0)), Name: repoName(0), Source: "git", Seen: at("2026-07-01"), Head: head}}}))
	_, root, _ := get(t, newTest(t, db), "/catalog/entities")
	if want := "https://" + repoName(0) + "/blob/" + head.String() + "/catalog-info.yaml#L8"; !leadsTo(root, want) {
		t.Errorf("no line leads to %s", want)
	}
}

// TestObjectivesKeepTheirMoment where the overview leads to them.
func TestObjectivesKeepTheirMoment(t *testing.T) {
	p, err := New(Options{DB: openStore(t), Objectives: objectives, Now: clock})
	check(t, err)
	_, root, _ := get(t, p, "/?as_of=2026-05-01")
	if !leadsTo(root, "/okrs?as_of=2026-05-01") || leadsTo(sectionOf(t, root, "okrs"), "/okrs") {
		t.Error("the heading of objectives leads to those of now")
	}
}

// TestFlowSaysOfWhichTime its free decisions are.
func TestFlowSaysOfWhichTime(t *testing.T) {
	p := newTest(t, decisionsStore(t))
	for target, want := range map[string]string{
		"/explore?measure=flow.voluntary&path=ci":                               "Here from 2 Jul 2023 to 1 Jul 2026.",
		"/explore?measure=flow.voluntary&path=ci&from=2026-01-01&to=2026-03-01": "Here from 1 Jan 2026 to 1 Mar 2026.",
	} {
		if _, root, _ := get(t, p, target); !strings.Contains(words(root), want) {
			t.Errorf("%s does not say %q: %s", target, want, words(root))
		}
	}
}
