package detect

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

// TestConcurrentTrackers replays one history in several trackers of one set at once, with a cache so small
// that blobs are judged again all the time, and compares what they find. It is of most use with -race.
func TestConcurrentTrackers(t *testing.T) {
	signals := append(benchSignals(), metrics.Signal{Kind: "cel", Expr: `"go.mod" in files && files["go.mod"].contains("v1.7")`})
	for name, bytes := range map[string]int{"roomy": cacheBytes, "tight": 1 << 12} {
		t.Run(name, func(t *testing.T) {
			set, err := Compile(signals)
			if err != nil {
				t.Fatal(err)
			}
			set.blobs = newCache(bytes)
			blobs := newBlobs()
			paths, oids := benchHistory(blobs, 1500)
			found := make([][]string, 4)
			var wait sync.WaitGroup
			for g := range found {
				wait.Go(func() { found[g] = replayBrief(set, signals, blobs, paths, oids) })
			}
			wait.Wait()
			for g := 1; g < len(found); g++ {
				if diff := cmp.Diff(found[g], found[0]); diff != "" {
					t.Errorf("tracker %d differs from the first:\n%s", g, diff)
				}
			}
		})
	}
}

// replayBrief returns what every signal finds at some moments of a history.
func replayBrief(set *Set, signals []metrics.Signal, blobs Blobs, paths []string, oids []metrics.OID) (out []string) {
	tr := set.Track("", Host{}, watchAll("", signals), blobs)
	for i := range paths {
		tr.Put(paths[i], oids[i])
		for s := range signals {
			if f := tr.Find(s); i%25 == 0 {
				out = append(out, brief(f))
			}
		}
	}
	for _, w := range tr.Warnings() {
		out = append(out, w.File+w.Message)
	}
	return out
}
