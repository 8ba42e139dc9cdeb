package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestOwnersByPortals: whom a portal names owns a repository in all answers, from the next time on that facts are judged,
// although nothing happened in the repository.
func TestOwnersByPortals(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "teams: {order: [catalog, codeowners]}\npaths: [{key: ci, golden: {file: .circleci/config.yml}, alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]}]\n")
	generate(t, p.repos(), 1, 6)
	p.run(exitDone, "scan")
	type state struct{ Repo, Team string }
	states := func() []state { return ask[state](p, "states", "--path", "ci") }
	before := states()
	if len(before) != 1 || before[0].Team == "cash" {
		t.Fatalf("got %v, want one repository that is not owned by cash", before)
	}
	for _, step := range []struct {
		owner string
		want  string
	}{{"cash", "cash"}, {"ledger", "ledger"}, {"", before[0].Team}} {
		told(t, p, before[0].Repo, step.owner)
		p.run(exitDone, "scan")
		if diff := cmp.Diff(states(), []state{{before[0].Repo, step.want}}); diff != "" {
			t.Errorf("states, told of %q (-got +want):\n%s", step.owner, diff)
		}
		if step.owner == "" {
			continue
		}
		teams := map[string]bool{}
		for _, r := range ask[struct{ Team string }](p, "adoption", "--path", "ci", "--by", "team") {
			teams[r.Team] = true
		}
		if !teams[step.want] {
			t.Errorf("adoption, told of %q: got teams %v, want %q among them", step.owner, teams, step.want)
		}
	}
}

// told writes what a portal says of who owns a repository into the store, as a scan of it would: nothing where there is no
// owner, as the entity is gone then.
func told(t *testing.T, p *place, repo, owner string) {
	t.Helper()
	db, shut := p.open()
	defer shut()
	s := metrics.Snapshot{
		Entity: metrics.Entity{Source: "portal", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, Seen: metrics.At(time.Now())},
		Gone:   owner == "",
	}
	if !s.Gone {
		s.Repo = repo
		s.Owners = []metrics.EntityOwner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: owner}}}
	}
	if err := db.Write(t.Context(), &metrics.Batch{Snapshots: []metrics.Snapshot{s}}); err != nil {
		t.Fatal(err)
	}
}
