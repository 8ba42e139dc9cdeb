package classify_test

import (
	"slices"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestEventIDs: an event keeps its id where the repository has another name, and where what came before is told differently.
func TestEventIDs(t *testing.T) {
	const workflow, golden = ".github/workflows/ci.yml", "jobs:\n  b:\n    uses: acme/golden/.github/workflows/build.yml@v1\n"
	blobs := contents{}
	commits := []landed{{midnight, 1, "Jenkinsfile", "pipeline {}"}, {midnight + 5*day, 1, "Makefile", "all:"}, {midnight + 10*day, 1, workflow, golden}, {midnight + 20*day, 1, workflow, ""}, {midnight + 30*day, 1, workflow, golden}}
	idsOf := func(defs metrics.Definitions, name string) (ids []uint64) {
		h := past(blobs, commits...)
		h.Repo.Name = name
		for _, e := range concluded(t, defs, blobs, h, anaAndBot()).Events {
			if e.Path == "ci" {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	before := idsOf(twoPaths(), "github.com/acme/pay")
	if sorted := slices.Sorted(slices.Values(before)); len(before) < 4 || len(slices.Compact(sorted)) != len(before) {
		t.Fatalf("not each event has an id of its own: %x", before)
	}
	if after := idsOf(twoPaths(), "github.com/acme/billing"); !slices.Equal(before, after) {
		t.Errorf("renamed: %x became %x", before, after)
	}
	defs := twoPaths() // with a way that nobody asked for before
	defs.Paths[0].Alternatives = append(defs.Paths[0].Alternatives, metrics.Alternative{Key: "make", Until: metrics.Forever, When: file("Makefile")})
	after := idsOf(defs, "github.com/acme/pay")
	if len(after) != len(before)+1 {
		t.Fatalf("got %d events, want one more than %d", len(after), len(before))
	}
	if after = slices.Delete(after, 1, 2); !slices.Equal(before, after) {
		t.Errorf("one found before: %x became %x", before, after)
	}
}
