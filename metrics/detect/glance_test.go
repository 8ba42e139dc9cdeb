package detect_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// glanceBlobs are a few contents of which some hold what is looked for.
type glanceBlobs struct{}

// Blob implements detect.Blobs.
func (glanceBlobs) Blob(oid metrics.OID) (string, metrics.Reason) {
	switch oid {
	case "a":
		return "module a\n\nrequire acme.dev/log v1.0.0\n", ""
	case "b":
		return "module b\n\nrequire acme.dev/log v2.0.0\n", ""
	case "c":
		return "module c\n", ""
	}
	return "", metrics.ReasonMissingObjects
}

// TestGlanceAgreesWithFind changes files at random and asks one tracker by Glance, now and then by Find, and
// another always by Find.
func TestGlanceAgreesWithFind(t *testing.T) {
	signal := metrics.Signal{Kind: "go_module", Name: "acme.dev/log"}
	rapid.Check(t, func(t *rapid.T) {
		set, err := detect.Compile([]metrics.Signal{signal})
		if err != nil {
			t.Fatal(err)
		}
		watch := metrics.WatchSet{Whole: []string{"**/go.mod"}}
		lazy := set.Track("", detect.Host{}, watch, glanceBlobs{})
		whole := set.Track("", detect.Host{}, watch, glanceBlobs{})
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			path := fmt.Sprintf("m%d/go.mod", rapid.IntRange(0, 4).Draw(t, "file"))
			oid := metrics.OID(rapid.SampledFrom([]string{"", "a", "b", "c", "missing"}).Draw(t, "content"))
			lazy.Put(path, oid)
			whole.Put(path, oid)
			want := whole.Find(0)
			if rapid.IntRange(0, 4).Draw(t, "ask") == 0 {
				if diff := cmp.Diff(lazy.Find(0), want); diff != "" {
					t.Fatalf("Find after Glance, -got +want\n%s", diff)
				}
				continue
			}
			got := lazy.Glance(0)
			if got.Truth != want.Truth || got.Reason != want.Reason {
				t.Fatalf("got %v %q, want %v %q", got.Truth, got.Reason, want.Truth, want.Reason)
			}
			if want.Truth == metrics.Yes && got.Evidence[0].Version != want.Evidence[0].Version {
				t.Fatalf("got version %s, want %s", got.Evidence[0].Version, want.Evidence[0].Version)
			}
		}
	})
}
