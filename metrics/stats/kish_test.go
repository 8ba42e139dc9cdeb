package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// effectiveSize adds the weights up.
func effectiveSize(weights []float64) float64 {
	var sum, squares float64
	for _, w := range weights {
		sum, squares = sum+w, squares+w*w
	}
	return stats.EffectiveSize(sum, squares)
}

func TestEffectiveSize(t *testing.T) {
	for _, c := range []struct {
		name    string
		weights []float64
		want    float64
	}{
		{"nothing", nil, 0},
		{"one unit, whatever its weight", []float64{40}, 1},
		{"equal weights are as many units", []float64{3, 3, 3, 3}, 4},
		{"1 and 2", []float64{1, 2}, 1.8},
		{"3, 4 and 5", []float64{3, 4, 5}, 2.88},
		{"one outweighs all others", []float64{1000, 1, 1, 1}, 1.006006},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := effectiveSize(c.weights); math.Abs(got-c.want) > 5e-7 {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A weight is relative, and weights that differ tell less than as many equal ones.
func TestEffectiveSizeIsBetweenOneAndTheNumberOfUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0.001, 1e6), 1, 50).Draw(t, "weights")
		got, n := effectiveSize(weights), float64(len(weights))
		if got < 1-1e-9 || got > n+1e-9 {
			t.Fatalf("got %v for %v units", got, n)
		}
		scaled := make([]float64, len(weights))
		for i, w := range weights {
			scaled[i] = w / 4
		}
		if other := effectiveSize(scaled); math.Abs(other-got) > 1e-9*got {
			t.Fatalf("got %v for a quarter of the weights, want %v", other, got)
		}
	})
}

func TestWilsonShare(t *testing.T) {
	for _, c := range []struct {
		name   string
		p, n   float64
		lo, hi float64
	}{
		{"two fifths of 10 are 4 of 10", .4, 10, .168180, .687326},
		{"no whole number of units", .4, 7.2, .143742, .725840},
		{"less than one unit", .5, .5, .029673, .970327},
		{"none", 0, 20, 0, .161125},
		{"all", 1, 20, .838875, 1},
		{"more than all", 1.5, 20, .838875, 1},
		{"of nothing", .5, 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			lo, hi := stats.WilsonShare(c.p, c.n, stats.Z95)
			if math.Abs(lo-c.lo) > 5e-7 || math.Abs(hi-c.hi) > 5e-7 {
				t.Errorf("got %.6f to %.6f, want %.6f to %.6f", lo, hi, c.lo, c.hi)
			}
		})
	}
}
