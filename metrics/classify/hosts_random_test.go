package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
)

// hosted makes up what hosts tell of the repositories of a firm.
func (f *firm) hosted(r *rapid.T) {
	f.defs.Paths[0].ActiveWithin = (20 * day).Time().Sub(metrics.Beginning.Time())
	f.defs.Campaigns = metrics.Campaigns{Labels: []string{"rollout"}}
	moment := func(name string) metrics.Instant {
		return firmBegin + metrics.Instant(rapid.IntRange(-20, 250).Draw(r, name))*day
	}
	for i := range f.histories {
		h := &f.histories[i]
		for range rapid.IntRange(0, 2).Draw(r, "windows") {
			from := moment("known from")
			h.RunWindows = append(h.RunWindows, metrics.RunWindow{Repo: h.Repo.ID, Period: metrics.Period{From: from, To: from + 90*day}})
		}
		for range rapid.IntRange(0, 3).Draw(r, "runs") {
			from := moment("ran") / day * day
			used := rapid.SampledFrom([]metrics.Use{{}, called("v1"), {Kind: metrics.UsesWorkflow, Target: "a/b"}}).Draw(r, "used")
			h.Runs = append(h.Runs, metrics.RunDays{
				Repo: h.Repo.ID, Workflow: rapid.SampledFrom([]string{workflow, "other.yml"}).Draw(r, "workflow"), Used: used,
				Imposed: rapid.IntRange(0, 3).Draw(r, "imposed") == 0, Days: []metrics.Period{{From: from, To: from + 3*day}},
			})
		}
		for d := range rapid.IntRange(0, 30).Draw(r, "days") {
			runs := uint32(rapid.IntRange(1, 5).Draw(r, "ended"))
			h.RunCounts = append(h.RunCounts, metrics.RunCount{
				Repo: h.Repo.ID, Workflow: rapid.SampledFrom([]string{workflow, "other.yml"}).Draw(r, "workflow"), Day: (firmBegin/day + metrics.Instant(d*7)) * day,
				Runs: runs, CI: runs - uint32(rapid.IntRange(0, 1).Draw(r, "by the clock")),
			})
		}
		at := firmBegin
		if rapid.IntRange(0, 3).Draw(r, "unread") == 0 {
			h.Policies = append(h.Policies, metrics.PolicyList{Repo: h.Repo.ID, Source: "github", Seen: moment("unread"), Missed: true, Unread: []metrics.UseKind{metrics.UsesWorkflow}})
			at = h.Policies[0].Seen
		}
		for range rapid.IntRange(0, 3).Draw(r, "lists") {
			at += metrics.Instant(rapid.IntRange(1, 60).Draw(r, "seen")) * day
			list := metrics.PolicyList{Repo: h.Repo.ID, Source: "github", Seen: at}
			for range rapid.IntRange(0, 2).Draw(r, "policies") {
				list.List = append(list.List, metrics.Policy{
					ID: rapid.SampledFrom([]string{"1", "2"}).Draw(r, "id"), Since: max(moment("since"), 0),
					Runs: called(rapid.SampledFrom([]string{"v1", "v2"}).Draw(r, "ref")),
				})
			}
			h.Policies = append(h.Policies, list)
		}
		for _, c := range h.Commits {
			if rapid.IntRange(0, 3).Draw(r, "pull") == 0 {
				h.Pulls = append(h.Pulls, metrics.Pull{MergeCommit: c.OID, Labels: []string{rapid.SampledFrom([]string{"rollout", "x"}).Draw(r, "label")}})
			}
		}
	}
}

// TestWhatHostsTellHoldsTogether adds policies, runs and pulls to a firm: its units are still in exactly one state at
// any time, and neither the order of facts nor telling them twice changes anything.
func TestWhatHostsTellHoldsTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFirm(r)
		f.hosted(r)
		once := f.conclude(r)
		checkPartition(r, f, once.Spans)
		for _, e := range once.Events {
			if e.Kind == metrics.Entered && e.Origin == metrics.Enforced && e.Commit != "" {
				r.Fatalf("a commit entered what was enforced: %+v", e)
			}
		}
		for i := range f.histories {
			h := &f.histories[i]
			h.Runs = rapid.Permutation(append(h.Runs, h.Runs...)).Draw(r, "runs again")
			h.RunWindows = rapid.Permutation(append(h.RunWindows, h.RunWindows...)).Draw(r, "windows again")
			slices.Reverse(h.Pulls)
			for j := range h.Policies {
				h.Policies[j].List = rapid.Permutation(h.Policies[j].List).Draw(r, "policies again")
			}
		}
		if diff := cmp.Diff(f.conclude(r), once, cmpopts.EquateEmpty()); diff != "" {
			r.Fatalf("told again in another order (-got +want):\n%s", diff)
		}
	})
}
