package query

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// TestLastingIsBounded tries which of the stays of unknown origin were chosen, in every combination.
func TestLastingIsBounded(t *testing.T) {
	lifetime := rapid.Custom(func(r *rapid.T) stats.Lifetime {
		return stats.Lifetime{Days: rapid.SampledFrom([]float64{0, 10, 60, 89, 90, 91, 400}).Draw(r, "days"), Ended: rapid.Bool().Draw(r, "ended")}
	})
	rapid.Check(t, func(r *rapid.T) {
		chosen := rapid.SliceOfN(lifetime, 1, 6).Draw(r, "chosen")
		open := rapid.SliceOfN(lifetime, 0, 6).Draw(r, "unknown")
		of := func(times []stats.Lifetime) stays { return stays{lasted: stats.NewLifeTable(times), count: len(times)} }
		got := lasting(map[Manner]stays{ByChoice: of(chosen), ofUnknown: of(open)})
		if (got.S == nil) != (got.Reason == metrics.ReasonNotReached) {
			t.Fatalf("got %v for the reason %q", got.S, got.Reason)
		}
		for combination := range 1 << len(open) {
			some := append([]stats.Lifetime{}, chosen...)
			for i := range open {
				if combination>>i&1 == 1 {
					some = append(some, open[i])
				}
			}
			p, ok := stats.KaplanMeier(some).At(triedDays)
			if ok && (p.S < got.Bounds[0]-1e-9 || p.S > got.Bounds[1]+1e-9) {
				t.Fatalf("with %v of the unknown %v last, got bounds %v", some, p.S, *got.Bounds)
			}
		}
	})
}
