package clickhouse_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
)

// TestRunCounts says which runs are counted, and which of them are CI.
func TestRunCounts(t *testing.T) {
	const day = metrics.Day
	run := func(id uint64, at metrics.Instant, change ...func(*metrics.Run)) metrics.Run {
		r := metrics.Run{Repo: 1, ID: id, Attempt: 1, Workflow: "ci.yml", Event: "push", Default: true, Outcome: metrics.RunSucceeded, Created: at, Seen: 1}
		for _, c := range change {
			c(&r)
		}
		return r
	}
	event := func(name string) func(*metrics.Run) { return func(r *metrics.Run) { r.Event = name } }
	outcome := func(o metrics.RunResult, seen metrics.Instant) func(*metrics.Run) {
		return func(r *metrics.Run) { r.Outcome, r.Seen = o, seen }
	}
	count := func(d metrics.Instant, runs, ci uint32) metrics.RunCount {
		return metrics.RunCount{Repo: 1, Workflow: "ci.yml", Day: d * day, Runs: runs, CI: ci}
	}
	for _, c := range []struct {
		name string
		runs []metrics.Run
		want []metrics.RunCount
	}{
		{"by day", []metrics.Run{run(1, 10*day), run(2, 11*day-1), run(3, 11*day), run(4, 20*day)}, []metrics.RunCount{count(10, 2, 2), count(11, 1, 1), count(20, 1, 1)}},
		{"by workflow", []metrics.Run{run(1, 10*day), run(2, 10*day, func(r *metrics.Run) { r.Workflow = "own.yml" })}, []metrics.RunCount{
			count(10, 1, 1), {Repo: 1, Workflow: "own.yml", Day: 10 * day, Runs: 1, CI: 1},
		}},
		{"by the clock, and for what is no code", []metrics.Run{run(1, 10*day, event("schedule")), run(2, 10*day, event("issue_comment")), run(3, 10*day, event("workflow_dispatch"))},
			[]metrics.RunCount{count(10, 3, 1)}},
		{"attempts of one run", []metrics.Run{run(1, 10*day, outcome(metrics.RunFailed, 1)), run(1, 10*day, func(r *metrics.Run) { r.Attempt = 2 })}, []metrics.RunCount{count(10, 1, 1)}},
		{"what ended later", []metrics.Run{run(1, 10*day, outcome(metrics.RunUnderWay, 1)), run(1, 10*day, outcome(metrics.RunFailed, 2))}, []metrics.RunCount{count(10, 1, 1)}},
		{"what did not end, or was ended", []metrics.Run{run(1, 10*day, outcome(metrics.RunUnderWay, 1)), run(2, 10*day, outcome(metrics.RunCancelled, 1))}, nil},
		{"beside the default branch, and by a policy", []metrics.Run{
			run(1, 10*day, func(r *metrics.Run) { r.Default = false }), run(2, 10*day, func(r *metrics.Run) { r.Imposed = true }),
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1}}, Runs: c.runs})
			check := func(told string) {
				t.Helper()
				if diff := cmp.Diff(histories(t, db, 1)[0].RunCounts, c.want, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s, -got +want\n%s", told, diff)
				}
			}
			check("once")
			before := marks(t, db)
			for _, r := range slices.Backward(c.runs) {
				write(t, db, metrics.Batch{Runs: []metrics.Run{r}})
			}
			check("again, one by one, the last first")
			if diff := cmp.Diff(marks(t, db), before); diff != "" {
				t.Error("marks, -got +want\n" + diff)
			}
		})
	}
}

// TestOneRunMoreMatters: one run more on a day that had some makes what was concluded stale.
func TestOneRunMoreMatters(t *testing.T) {
	db := openStore(t)
	run := metrics.Run{Repo: 1, ID: 1, Attempt: 1, Workflow: "ci.yml", Event: "push", Default: true, Outcome: metrics.RunSucceeded, Created: metrics.Day, Seen: 1}
	write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1}}, Runs: []metrics.Run{run}})
	before := marks(t, db)
	run.ID = 2
	write(t, db, metrics.Batch{Runs: []metrics.Run{run}})
	if cmp.Equal(marks(t, db), before) {
		t.Error("it makes no difference to the mark")
	}
}
