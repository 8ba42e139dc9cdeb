package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		name     string
		num, den uint64
		z        float64
		lo, hi   float64
	}{
		{"4 of 10", 4, 10, stats.Z95, .168180, .687326},
		{"12 of 30", 12, 30, stats.Z95, .245906, .576796},
		{"none of 20", 0, 20, stats.Z95, 0, .161125},
		{"all of 20", 20, 20, stats.Z95, .838875, 1},
		{"40 of 100", 40, 100, stats.Z95, .309401, .497997},
		{"7 of 50", 7, 50, stats.Z95, .069508, .261862},
		{"none of one", 0, 1, stats.Z95, 0, .793451},
		{"none of none", 0, 0, stats.Z95, 0, 1},
		{"more than there are", 21, 20, stats.Z95, .838875, 1},
		{"no quantile is the proportion itself", 4, 10, 0, .4, .4},
		{"a quantile below 0", 4, 10, -1, .4, .4},
	} {
		t.Run(c.name, func(t *testing.T) {
			lo, hi := stats.Wilson(c.num, c.den, c.z)
			if math.Abs(lo-c.lo) > 5e-7 || math.Abs(hi-c.hi) > 5e-7 {
				t.Errorf("got %.6f to %.6f, want %.6f to %.6f", lo, hi, c.lo, c.hi)
			}
		})
	}
}

// With few teams the interval is wide: a weekly move of 2 points among 30 of them is noise.
func TestWilsonWidthAtTwoFifths(t *testing.T) {
	for _, c := range []struct {
		teams uint64
		want  float64 // percentage points
	}{
		{10, 52}, {20, 39}, {30, 33}, {50, 26}, {100, 19},
	} {
		lo, hi := stats.Wilson(c.teams*2/5, c.teams, stats.Z95)
		if got := math.Round(100 * (hi - lo)); got != c.want {
			t.Errorf("%d teams: got %v points, want %v", c.teams, got, c.want)
		}
	}
}

// The bounds solve |p − x| = z·√(x(1−x)/n), which is where the formula comes from.
func TestWilsonBoundsAreWhereTheScoreTestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Uint64Range(1, 1_000_000).Draw(t, "den")
		num := rapid.Uint64Range(0, den).Draw(t, "num")
		lo, hi := stats.Wilson(num, den, stats.Z95)
		p, n := float64(num)/float64(den), float64(den)
		if lo < 0 || lo > p || hi < p || hi > 1 {
			t.Fatalf("got %v to %v around %v", lo, hi, p)
		}
		for _, x := range []float64{lo, hi} {
			if x == 0 || x == 1 {
				continue
			}
			if got, want := math.Abs(p-x), stats.Z95*math.Sqrt(x*(1-x)/n); math.Abs(got-want) > 1e-9 {
				t.Fatalf("bound %v of %d/%d: got distance %v, want %v", x, num, den, got, want)
			}
		}
	})
}
