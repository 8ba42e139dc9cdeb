package stats_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// TestLifeTablesAreTheSameHoweverTheyAreCounted counts the same lifetimes one by one, in parts of days, and in two heaps.
func TestLifeTablesAreTheSameHoweverTheyAreCounted(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var all []stats.Lifetime
		var heaps [2][2][]uint32
		for range rapid.IntRange(0, 30).Draw(r, "lifetimes") {
			hours := rapid.Uint32Range(0, 60).Draw(r, "hours")
			ended, heap := rapid.IntRange(0, 1).Draw(r, "ended"), rapid.IntRange(0, 1).Draw(r, "heap")
			all = append(all, stats.Lifetime{Days: float64(hours) / 24, Ended: ended == 1})
			heaps[heap][ended] = append(heaps[heap][ended], hours)
		}
		a, b := stats.CountLifetimes(heaps[0][1], heaps[0][0], 24), stats.CountLifetimes(heaps[1][1], heaps[1][0], 24)
		if diff := cmp.Diff(a.And(b), stats.NewLifeTable(all), cmpopts.EquateEmpty()); diff != "" {
			r.Fatalf("-in two heaps +one by one\n%s", diff)
		}
	})
}
