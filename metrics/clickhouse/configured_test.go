package clickhouse_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// retire says that all sources of tests are configured but one.
func retire(t testing.TB, db *clickhouse.DB, source string) {
	t.Helper()
	if source == "" {
		return
	}
	list := slices.DeleteFunc([]string{"git", "git2", "github"}, func(name string) bool { return name == source })
	if _, err := db.PutSources(t.Context(), list, true, 1000); err != nil {
		t.Fatal(err)
	}
}

func TestPutSources(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1, Source: "git"}, {ID: 1, Source: "github"}}})
	for _, step := range []struct {
		name    string
		sources []string
		all     bool
		changed bool
		want    string
	}{
		{"one alone says nothing of others", []string{"github"}, false, false, "[]"},
		{"all", []string{"github", "git"}, true, true, "[]"},
		{"the same", []string{"git", "github"}, true, false, "[]"},
		{"one is taken out, in the same second", []string{"github"}, true, true, "[git]"},
		{"the one that is left alone", []string{"github"}, false, false, "[git]"},
		{"the one that is back alone", []string{"git"}, false, true, "[]"},
		{"none", nil, true, false, "[]"},
		{"others", []string{"gitlab"}, true, true, "[git github]"},
	} {
		changed, err := db.PutSources(t.Context(), step.sources, step.all, 100)
		if err != nil {
			t.Fatal(err)
		}
		retired, err := db.Retired(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(slices.Sorted(maps.Keys(retired))); got != step.want || changed != step.changed {
			t.Errorf("%s: got %s retired, changed %v; want %s, %v", step.name, got, changed, step.want, step.changed)
		}
	}
}

// TestRetiredSourcesAreNotHeard reads a repository by a host, and by clones from later on, and takes the host out.
func TestRetiredSourcesAreNotHeard(t *testing.T) {
	const open = metrics.Forever
	imposed, owned := []metrics.Policy{{ID: "1", Kind: metrics.Ruleset}}, []metrics.Access{{Team: "@acme/pay", Permission: metrics.MayPush}}
	told := func(scanned, read metrics.Instant) metrics.Batch {
		b := metrics.Batch{
			Repos: []metrics.Repo{
				{ID: 1, Name: "a", Source: "github", Seen: 300, DefaultBranch: "main", Archived: true, HostID: "github.com#1"},
				{ID: 1, Name: "b", Source: "git", Seen: read, DefaultBranch: "trunk"},
			},
			Readings:     []metrics.Reading{sees("github", 100, "a"), sees("github", 300, "b"), sees("git", read, "c")},
			Policies:     []metrics.PolicyList{{Repo: 1, Source: "github", Seen: 100, List: imposed}},
			Accesses:     []metrics.AccessList{{Repo: 1, Source: "github", Seen: 100, List: owned}},
			HostWarnings: []metrics.HostWarnings{{Repo: 1, Source: "github", Seen: 300, List: []metrics.Warning{{File: "CODEOWNERS", Message: "no"}}}},

			RunWindows: []metrics.RunWindow{{Repo: 1, Source: "github", Period: metrics.Period{From: 50, To: open}, Seen: 100}},
		}
		if read == 0 {
			b.Repos, b.Readings = b.Repos[:1], b.Readings[:2]
		}
		return b
	}
	for _, c := range []struct {
		name          string
		scanned, read metrics.Instant // when clones were read first, and when the scan that did began
		without       string
		want          string
	}{
		{"none is taken out", 200, 200, "", "readings 100 200 300, policies 100:1, accesses 100:1, warnings 1, runs to the end, a of main"},
		{"nobody else has it", 0, 0, "github", "readings 100 300, policies 100:1, accesses 100:1, warnings 1, runs to 300, a of main"},
		{"others have it since", 200, 200, "github", "readings 100 200, policies 100:1 200:0, accesses 100:1 200:0, warnings 0, runs to 300, b of trunk"},
		{"others had it from the beginning", 100, 100, "github", "readings 100, policies , accesses , warnings 0, runs to 300, b of trunk"},
		{"and read it a little later in one scan", 95, 105, "github", "readings 105, policies , accesses , warnings 0, runs to 300, b of trunk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, told(c.scanned, c.read))
			for _, began := range []metrics.Instant{c.scanned, 500} {
				if err := db.WriteScan(t.Context(), clickhouse.Scan{ID: uint64(began), Began: began, Ended: began + 50}); err != nil {
					t.Fatal(err)
				}
			}
			before := marks(t, db)
			retire(t, db, c.without)
			if anew := marks(t, db)[0].Facts != before[0].Facts; anew != (c.without != "") {
				t.Errorf("it is judged anew: %v", anew)
			}
			if diff := cmp.Diff(heard(histories(t, db, 1)[0]), c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// heard tells what counts of a history.
func heard(h metrics.History) (text string) {
	text = "readings"
	for _, r := range h.Readings {
		text += fmt.Sprint(" ", int64(r.At))
	}
	var policies, accesses []string
	for _, l := range h.Policies {
		policies = append(policies, fmt.Sprint(int64(l.Seen), ":", len(l.List)))
	}
	for _, l := range h.Accesses {
		accesses = append(accesses, fmt.Sprint(int64(l.Seen), ":", len(l.List)))
	}
	text += fmt.Sprintf(", policies %s, accesses %s, warnings %d", strings.Join(policies, " "), strings.Join(accesses, " "), len(h.Warnings))
	if end := h.RunWindows[0].To; end == metrics.Forever {
		text += ", runs to the end"
	} else {
		text += fmt.Sprintf(", runs to %d", end)
	}
	return text + fmt.Sprintf(", %s of %s", h.Repo.Name, h.Repo.DefaultBranch)
}
