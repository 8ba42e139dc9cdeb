package stats_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// The values of the table are those of R's quantile(x, p).
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		name   string
		sorted []float64
		p      float64
		want   float64
		ok     bool
	}{
		{"of one", []float64{7}, 0.9, 7, true},
		{"median of an odd number", []float64{1, 2, 10}, 0.5, 2, true},
		{"median of an even number", []float64{1, 2, 10, 20}, 0.5, 6, true},
		{"p90 between two", []float64{0, 10, 20, 30, 40}, 0.9, 36, true},
		{"p90 of eleven", []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9, 9, true},
		{"the least", []float64{3, 4}, 0, 3, true},
		{"the greatest", []float64{3, 4}, 1, 4, true},
		{"of equal ones", []float64{5, 5, 5}, 0.9, 5, true},
		{"of none", nil, 0.5, 0, false},
		{"beyond", []float64{1}, 1.1, 0, false},
		{"before", []float64{1}, -0.1, 0, false},
		{"no share", []float64{1}, math.NaN(), 0, false},
		{"no number", []float64{1, math.NaN()}, 0.5, 0, false},
		{"without end", []float64{1, math.Inf(1)}, 0.5, 0, false},
	} {
		got, ok := stats.Quantile(c.sorted, c.p)
		if ok != c.ok || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, %v, want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestQuantileGrowsWithItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sorted := slices.Sorted(slices.Values(rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 30).Draw(t, "values")))
		p, q := rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, 1).Draw(t, "q")
		low, _ := stats.Quantile(sorted, min(p, q))
		high, _ := stats.Quantile(sorted, max(p, q))
		const rounding = 1e-9
		if low > high+rounding || low < sorted[0]-rounding || high > sorted[len(sorted)-1]+rounding {
			t.Fatalf("%v of %v: %v and %v", []float64{p, q}, sorted, low, high)
		}
	})
}
