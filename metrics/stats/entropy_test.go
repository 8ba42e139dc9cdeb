package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestEntropy(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []uint64
		ways   int
		want   float64
		ok     bool
	}{
		{"all one way", []uint64{7, 0, 0}, 3, 0, true},
		{"every way alike", []uint64{4, 4, 4}, 3, 1, true},
		{"three quarters and one quarter", []uint64{3, 1}, 2, .8112781, true},
		{"half, a quarter, a quarter", []uint64{2, 1, 1}, 3, .9463946, true},
		{"two of four ways alike", []uint64{5, 5}, 4, .5, true},
		{"two of four ways alike, zeros given", []uint64{5, 0, 5, 0}, 4, .5, true},
		{"of the ways in use", []uint64{5, 0, 5, 0}, 0, 1, true},
		{"more in use than there are", []uint64{1, 1, 1}, 2, 1, true},
		{"one way there is", []uint64{9}, 1, 0, true},
		{"one way in use", []uint64{9}, 0, 0, true},
		{"counts that do not add up in 64 bits", []uint64{math.MaxUint64, math.MaxUint64}, 2, 1, true},
		{"nothing counted", []uint64{0, 0}, 2, 0, false},
		{"no ways", nil, 0, 0, false},
		{"fewer ways than none", []uint64{1, 1}, -1, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.Entropy(c.counts, c.ways)
			near(t, "entropy", got, c.want, 5e-8)
			if ok != c.ok {
				t.Errorf("got %v, want %v", ok, c.ok)
			}
		})
	}
}

func TestEntropySeesSharesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Uint64Range(0, 1000), 0, 9).Draw(t, "counts")
		ways := rapid.IntRange(0, 12).Draw(t, "ways")
		want, ok := stats.Entropy(counts, ways)
		if want < 0 || want > 1 {
			t.Fatalf("got %v", want)
		}
		factor := rapid.Uint64Range(1, 1000).Draw(t, "factor")
		more := rapid.Permutation(append(counts, 0)).Draw(t, "shuffled")
		for i := range more {
			more[i] *= factor
		}
		got, still := stats.Entropy(more, ways)
		near(t, "entropy", got, want, 1e-12)
		if still != ok {
			t.Fatalf("got %v, want %v", still, ok)
		}
	})
}
