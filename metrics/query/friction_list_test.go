package query_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// listed is what a list behind friction is compared by: how much stands in it for a repository on a side, and all times.
type listed struct {
	Runs, Successes int
	Hours           []float64
}

// listedBy are the lists of all repositories and sides.
type listedBy map[[3]string]*listed

func (l listedBy) add(repo string, path metrics.PathKey, group query.FrictionGroup, n, ok int, hours ...*float64) {
	key := [3]string{repo, string(path), string(group)}
	if l[key] == nil {
		l[key] = &listed{}
	}
	one := l[key]
	one.Runs, one.Successes = one.Runs+n, one.Successes+ok
	for _, h := range hours {
		if h != nil {
			one.Hours = append(one.Hours, *h)
		}
	}
	slices.Sort(one.Hours)
}

// compareLists compares one of the lists behind pipelines and recoveries with the reference, read in pages of some rows: that of
// repositories, that of runs, or that of failures.
func (o workshop) compareLists(r *rapid.T, t *testing.T, db *clickhouse.DB, of query.FrictionQuestion) {
	q := query.FrictionListQuestion{FrictionQuestion: of}
	q.Side = rapid.SampledFrom([]query.FrictionGroup{"", "", query.Using, query.NotUsing, query.BeforeJoin, query.AfterJoin}).Draw(r, "side")
	if rapid.IntRange(0, 3).Draw(r, "one repository") == 0 {
		q.Repo = rapid.SampledFrom(o.facts.Repos).Draw(r, "repository").ID
	}
	most := rapid.SampledFrom([]int{0, 0, 5}).Draw(r, "rows a page")
	runs, reds := o.frictionLists(q)
	var got, want listedBy
	switch rapid.IntRange(0, 2).Draw(r, "list") {
	case 0:
		got, want = pipelineUnits(t, db, q, most), runs.withoutHours()
	case 1:
		got, want = singleRuns(t, db, q, most), runs
	case 2:
		got, want = failures(t, db, q, most), reds
	}
	if diff := cmp.Diff(got, want, cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateEmpty()); diff != "" {
		r.Fatalf("%+v of %+v with %+v\n-got +want\n%s", q, o.lives, o.facts, diff)
	}
}

// withoutHours are the same lists without the single times.
func (l listedBy) withoutHours() listedBy {
	out := make(listedBy)
	for key, one := range l {
		out[key] = &listed{Runs: one.Runs, Successes: one.Successes}
	}
	return out
}

// frictionLists goes through what ran and what failed, one by one.
func (o workshop) frictionLists(q query.FrictionListQuestion) (runs, reds listedBy) {
	runs, reds = make(listedBy), make(listedBy)
	q.FrictionQuestion = o.told(q.FrictionQuestion)
	wanted := func(repo metrics.RepoID, group query.FrictionGroup) bool {
		return (q.Side == "" || group == q.Side) && (q.Repo == 0 || repo == q.Repo)
	}
	for _, path := range o.defs.Paths {
		if q.Path != "" && q.Path != path.Key {
			continue
		}
		o.eachRun(q.FrictionQuestion, path, func(r metrics.Run, group query.FrictionGroup) {
			if wanted(r.Repo, group) {
				ok := 0
				if r.Outcome == metrics.RunSucceeded {
					ok = 1
				}
				runs.add(o.name(r.Repo), path.Key, group, 1, ok, ranFor(r))
			}
		})
		o.eachRed(q.FrictionQuestion, path, func(r red, t observed, group query.FrictionGroup) {
			if wanted(r.repo, group) {
				ok := 0
				if t.ended {
					ok = 1
				}
				reds.add(o.name(r.repo), path.Key, group, 1, ok, &t.days)
			}
		})
	}
	return runs, reds
}

func (o workshop) name(repo metrics.RepoID) string {
	return o.facts.Repos[slices.IndexFunc(o.facts.Repos, func(r metrics.Repo) bool { return r.ID == repo })].Name
}

func pipelineUnits(t *testing.T, db *clickhouse.DB, q query.FrictionListQuestion, most int) listedBy {
	t.Helper()
	rows, err := pages(most, query.PipelineRow.Key, func(after *query.FrictionKey, most int) ([]query.PipelineRow, error) {
		return query.PipelineUnits(t.Context(), db, q, after, most)
	})
	if err != nil {
		t.Fatal(err)
	}
	l := make(listedBy)
	for _, r := range rows {
		l.add(r.Repo, r.Path, r.Group, r.N, r.Success.Num)
	}
	return l
}

func singleRuns(t *testing.T, db *clickhouse.DB, q query.FrictionListQuestion, most int) listedBy {
	t.Helper()
	rows, err := pages(most, query.RunRow.Key, func(after *query.FrictionKey, most int) ([]query.RunRow, error) {
		return query.Runs(t.Context(), db, q, after, most)
	})
	if err != nil {
		t.Fatal(err)
	}
	l := make(listedBy)
	for _, r := range rows {
		ok := 0
		if r.Success {
			ok = 1
		}
		l.add(r.Repo, r.Path, r.Group, 1, ok, r.Hours)
	}
	return l
}

func failures(t *testing.T, db *clickhouse.DB, q query.FrictionListQuestion, most int) listedBy {
	t.Helper()
	rows, err := pages(most, query.RedRow.Key, func(after *query.FrictionKey, most int) ([]query.RedRow, error) {
		return query.Reds(t.Context(), db, q, after, most)
	})
	if err != nil {
		t.Fatal(err)
	}
	l := make(listedBy)
	for _, r := range rows {
		ok := 0
		if r.Ended {
			ok = 1
		}
		if r.Ended != (r.Green != nil) {
			t.Fatalf("got %+v", r)
		}
		l.add(r.Repo, r.Path, r.Group, 1, ok, &r.Hours)
	}
	return l
}
