package freshness_test

import (
	"fmt"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestWhatWasFoundWrongBeforeALapse keeps what was found wrong while a reading fails, and takes it back where anything else
// makes it unknown.
func TestWhatWasFoundWrongBeforeALapse(t *testing.T) {
	const gone = "github.com/acme/gone"
	found := func(cause freshness.Cause, dated bool) freshness.Confirmation {
		return freshness.Confirmation{At: ago(30), Wrong: ago(9), Cause: cause, Dated: dated}
	}
	listed := func(w *freshness.World) { w.Lapsed.Entities, w.Lapsed.Teams = true, true }
	hidden := func(w *freshness.World) { w.Repos[0].Work.Known = false }
	same := func(*freshness.World) {}
	const held, taken = "9 days", "unverified unchecked"
	tests := []struct {
		name  string
		field string
		found freshness.Confirmation
		world func(*freshness.World)
		want  string
	}{
		{"a reference", "system=lost", found(freshness.CauseDangling, false), listed, "wrong dangling " + held},
		{"one that was dated", "system=lost", found(freshness.CauseDangling, true), listed, "wrong dangling " + held + ", dated"},
		{"one that is there by now", "system=money", found(freshness.CauseDangling, false), listed, "right there"},
		{"one of which nobody knew", "system=lost", freshness.Confirmation{At: ago(30)}, listed, taken},
		{"one that was wrong for another cause", "parent=lost", found(freshness.CauseSelf, false), listed, taken},
		{"one of another configuration", "system=lost", found(freshness.CauseDangling, true), same, taken},
		{"one of files", "system=lost", found(freshness.CauseDangling, false), func(w *freshness.World) { w.Part, w.Lapsed.Entities = true, true }, "wrong dangling " + held},
		{"one of files, of repositories that were not listed", "system=lost", found(freshness.CauseDangling, false), func(w *freshness.World) {
			w.Complete, w.Part, w.Lapsed.Owners = true, true, w.Listed
			w.Listed = nil
		}, "wrong dangling " + held},
		{"one of files, beside a portal that is new", "system=lost", found(freshness.CauseDangling, false), func(w *freshness.World) { w.Part, w.Others, w.Lapsed.Entities = true, true, true }, taken},
		{"no team", "owner=ghosts", found(freshness.CauseNoTeam, false), listed, "wrong no_team " + held},
		{"a team that is there by now", "owner=payments", found(freshness.CauseNoTeam, false), listed, "right commits"},
		{"no team, of another configuration", "owner=ghosts", found(freshness.CauseNoTeam, false), same, taken},
		{"no member", "owner=hidden", found(freshness.CauseNoMember, true), listed, "wrong no_member " + held + ", dated"},
		{"a member by now", "owner=payments", found(freshness.CauseNoMember, true), listed, "right commits"},
		{"no member, as nobody looked up before", "owner=hidden", found(freshness.CauseNoTeam, true), listed, taken},
		{"an owner that is idle", "owner=checkout", found(freshness.CauseIdle, false), func(w *freshness.World) { hidden(w); w.Repos[0].Work.Lapsed = true }, "wrong others_commit " + held},
		{"one that is not any more", "owner=payments", found(freshness.CauseIdle, false), func(w *freshness.World) { hidden(w); w.Repos[0].Work.Lapsed = true }, "right commits"},
		{"one whose repository is not read any more", "owner=checkout", found(freshness.CauseIdle, false), hidden, taken},
		{"a repository", "source=https://" + gone, found(freshness.CauseGone, false), func(w *freshness.World) { w.Listed, w.Lapsed.Owners = nil, w.Listed }, "wrong repo_gone " + held},
		{"one that is not listed any more", "source=https://" + gone, found(freshness.CauseGone, false), func(w *freshness.World) { w.Listed = nil }, taken},
		{"one that is there by now", "source=https://" + pay, found(freshness.CauseGone, false), func(w *freshness.World) { w.Listed, w.Lapsed.Owners = nil, w.Listed }, "right there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", pay, test.field)
			r.Confirmed[0] = test.found
			w := world(ours(pay))
			w.Complete, w.TeamsKnown = false, false
			test.world(&w)
			money := entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, "")
			out := judge(w, r, money)
			f, _ := out.Entities[0].Field(r.Fields[0].Name)
			got := said(*f)
			if f.Verdict == freshness.Wrong {
				got += " " + days(f.Since)
			}
			if f.Dated {
				got += ", dated"
			}
			diff(t, got, test.want)
			if withdrawn := out.Episodes()[0].Withdrawn; withdrawn != (test.want == taken && test.found.Wrong != metrics.Beginning) {
				t.Errorf("withdrawn is %v", withdrawn)
			}
		})
	}
}

// days says how long ago a moment was.
func days(at metrics.Instant) string { return fmt.Sprintf("%d days", (now-at)/metrics.Day) }

// TestLadderInALapse counts an owner that was found to be none as one, while nobody can look that up.
func TestLadderInALapse(t *testing.T) {
	r := component("pay", pay, "owner=ghosts")
	r.Confirmed[0].Wrong, r.Confirmed[0].Cause = ago(9), freshness.CauseNoTeam
	w := world(ours(pay))
	w.TeamsKnown, w.Lapsed.Teams = false, true
	out := judge(w, r)
	if got := out.Entities[0].Owner; steps(got) != "ynnnn n" || out.Fresh != (freshness.Share{Den: 1}) {
		t.Errorf("got %s, fresh %+v", steps(got), out.Fresh)
	}
}
