package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// TestGone ends everything that is told of a repository when it is not there any more, and nothing before: it did not
// leave the path.
func TestGone(t *testing.T) {
	blobs := contents{}
	day := metrics.Day
	h := past(blobs, landed{10 * day, 1, "README", "x"}, landed{20 * day, 1, ".github/workflows/ci.yml", golden}, landed{90 * day, 1, "Jenkinsfile", "node {}"})
	h.Gone = 60 * day
	defs := twoPaths()
	defs.Paths = defs.Paths[:1]
	defs.Teams = metrics.Teams{Order: []metrics.OwnerSource{metrics.OwnerConfig}, List: []metrics.Team{{Key: "pay", Repos: []string{"github.com/acme/pay"}}}}
	r := concluded(t, defs, blobs, h, classify.NewPeople(nil, nil, nil))
	last := r.Spans[len(r.Spans)-1]
	if last.To != h.Gone || last.State != metrics.On {
		t.Errorf("got a last span %s until %s, want on until %s", last.State, last.To, h.Gone)
	}
	spell := r.Spells[len(r.Spells)-1]
	if spell.To != h.Gone || spell.Outcome != metrics.Censored {
		t.Errorf("got a spell until %s with outcome %d, want it censored at %s", spell.To, spell.Outcome, h.Gone)
	}
	if end := r.Ownership[len(r.Ownership)-1].To; end != h.Gone {
		t.Errorf("got an owner until %s, want %s", end, h.Gone)
	}
	event := r.Events[len(r.Events)-1]
	got := []any{event.Kind, event.At, event.From, event.Commit}
	if diff := cmp.Diff(got, []any{metrics.Removed, h.Gone, metrics.On, metrics.OID("")}); diff != "" {
		t.Errorf("last event, -got +want:\n%s", diff)
	}
	for _, d := range r.Decisions {
		if d.Kind == metrics.Exit {
			t.Errorf("got a decision against the path at %s, want none", d.At)
		}
	}
}
