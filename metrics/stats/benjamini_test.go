package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestBenjaminiHochberg(t *testing.T) {
	for _, c := range []struct {
		name     string
		ps, want []float64
	}{
		// The fifteen p-values of the example in Benjamini and Hochberg (1995), of which four are below 0.05.
		{"the example of 1995", []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262,
			.5719, .6528, .7590, 1},
			[]float64{.0015, .003, .0095, .035625, .0603, .063857, .063857, .0645, .0765, .486, .581182,
				.714875, .753231, .813214, 1}},
		{"in the order given", []float64{.04, .01, .03, .02}, []float64{.04, .04, .04, .04}},
		{"each keeps its place", []float64{.5, .001, .2}, []float64{.5, .003, .3}},
		{"equal ones", []float64{.02, .02}, []float64{.02, .02}},
		{"one", []float64{.03}, []float64{.03}},
		{"never above 1", []float64{.9, .95}, []float64{.95, .95}},
		{"what is no p-value", []float64{-1, 2, notNumber, infinite}, []float64{0, 1, 1, 1}},
		{"none", nil, []float64{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := stats.BenjaminiHochberg(c.ps)
			almost := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 5e-7 })
			if diff := cmp.Diff(got, c.want, almost); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

// Calling all whose adjusted p-value is up to a level is the step-up rule: with k the largest rank whose p is
// up to k/m of the level, the k smallest are called.
func TestBenjaminiHochbergIsTheStepUpRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hundredths := rapid.Map(rapid.IntRange(0, 100), func(p int) float64 { return float64(p) / 100 })
		ps := rapid.SliceOfN(hundredths, 1, 20).Draw(t, "ps")
		given := slices.Clone(ps)
		adjusted := stats.BenjaminiHochberg(ps)
		if !slices.Equal(ps, given) {
			t.Fatalf("got the argument changed to %v, want %v", ps, given)
		}
		level := rapid.Float64Range(.001, .999).Draw(t, "level")
		sorted, limit := slices.Sorted(slices.Values(ps)), -1.0
		for i, p := range sorted {
			if p*(float64(len(ps))/float64(i+1)) <= level {
				limit = p
			}
		}
		for i, p := range ps {
			if got, want := adjusted[i] <= level, p <= limit; got != want {
				t.Fatalf("%v adjusted to %v at level %v: got called %v, want %v", p, adjusted[i], level, got, want)
			}
			if adjusted[i] < p || adjusted[i] > 1 {
				t.Fatalf("%v: got %v", p, adjusted[i])
			}
		}
	})
}
