package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// The rows called (a) to (h) are those of table II of Newcombe (1998), which gives four decimals.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after stats.Proportion
		want          stats.Estimate
	}{
		{"3 of 30 to 12 of 30", stats.Proportion{3, 30}, stats.Proportion{12, 30}, stats.Estimate{.300, .0806, .4885}},
		{"(a) 56/70 - 48/80", stats.Proportion{48, 80}, stats.Proportion{56, 70}, stats.Estimate{.2, .0524, .3339}},
		{"(b) 9/10 - 3/10", stats.Proportion{3, 10}, stats.Proportion{9, 10}, stats.Estimate{.6, .1705, .8090}},
		{"(c) 6/7 - 2/7", stats.Proportion{2, 7}, stats.Proportion{6, 7}, stats.Estimate{4. / 7, .0582, .8062}},
		{"(d) 5/56 - 0/29", stats.Proportion{0, 29}, stats.Proportion{5, 56}, stats.Estimate{5. / 56, -.0381, .1926}},
		{"(e) 0/10 - 0/20", stats.Proportion{0, 20}, stats.Proportion{0, 10}, stats.Estimate{0, -.1611, .2775}},
		{"(f) 0/10 - 0/10", stats.Proportion{0, 10}, stats.Proportion{0, 10}, stats.Estimate{0, -.2775, .2775}},
		{"(g) 10/10 - 0/20", stats.Proportion{0, 20}, stats.Proportion{10, 10}, stats.Estimate{1, .6791, 1}},
		{"(h) 10/10 - 0/10", stats.Proportion{0, 10}, stats.Proportion{10, 10}, stats.Estimate{1, .6075, 1}},
		{"more than there are", stats.Proportion{0, 10}, stats.Proportion{11, 10}, stats.Estimate{1, .6075, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.Newcombe(c.before, c.after)
			if !ok {
				t.Fatal("got nothing")
			}
			near(t, "difference", got.Value, c.want.Value, 5e-5)
			near(t, "lower bound", got.Lo, c.want.Lo, 5e-5)
			near(t, "upper bound", got.Hi, c.want.Hi, 5e-5)
		})
	}
}

func TestPooledZ(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after stats.Proportion
		z, p          float64
	}{
		{"3 of 30 to 12 of 30", stats.Proportion{3, 30}, stats.Proportion{12, 30}, 2.683, .00729},
		{"and back", stats.Proportion{12, 30}, stats.Proportion{3, 30}, -2.683, .00729},
		{"the same share of more", stats.Proportion{3, 30}, stats.Proportion{30, 300}, 0, 1},
		{"none and none", stats.Proportion{0, 30}, stats.Proportion{0, 20}, 0, 1},
		{"all and all", stats.Proportion{30, 30}, stats.Proportion{20, 20}, 0, 1},
		{"more than there are", stats.Proportion{30, 30}, stats.Proportion{21, 20}, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, p, ok := stats.PooledZ(c.before, c.after)
			if !ok {
				t.Fatal("got nothing")
			}
			near(t, "z", z, c.z, 5e-4)
			near(t, "p", p, c.p, 5e-6)
		})
	}
}

// In far tails 1 − Φ(z) is 0; the p-value is not. 2·(1 − Φ(20)) is 5.507e-89.
func TestPooledZKeepsFarTails(t *testing.T) {
	z, p, ok := stats.PooledZ(stats.Proportion{0, 200}, stats.Proportion{200, 200})
	if !ok || math.Abs(z-20) > 1e-12 || math.Abs(p/5.507248e-89-1) > 1e-6 {
		t.Errorf("got z %v, p %v, %v; want 20 and 5.507e-89", z, p, ok)
	}
}

func TestDifferenceOfNothing(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after stats.Proportion
	}{
		{"nothing before", stats.Proportion{0, 0}, stats.Proportion{1, 2}},
		{"nothing after", stats.Proportion{1, 2}, stats.Proportion{0, 0}},
		{"some of nothing", stats.Proportion{1, 0}, stats.Proportion{1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := stats.Newcombe(c.before, c.after); ok || got != (stats.Estimate{}) {
				t.Errorf("Newcombe: got %v, %v; want nothing", got, ok)
			}
			if z, p, ok := stats.PooledZ(c.before, c.after); ok || z != 0 || p != 1 {
				t.Errorf("PooledZ: got z %v, p %v, %v; want 0, 1, false", z, p, ok)
			}
		})
	}
}

func TestDifferencesTurnRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawProportion(t, "before"), drawProportion(t, "after")
		there, _ := stats.Newcombe(before, after)
		back, _ := stats.Newcombe(after, before)
		if there.Lo < -1 || there.Lo > there.Value || there.Hi < there.Value || there.Hi > 1 {
			t.Fatalf("got %v, want the difference within its bounds, and these between -1 and 1", there)
		}
		near(t, "difference back", back.Value, -there.Value, 1e-12)
		near(t, "lower bound back", back.Lo, -there.Hi, 1e-12)
		near(t, "upper bound back", back.Hi, -there.Lo, 1e-12)

		z, p, _ := stats.PooledZ(before, after)
		zBack, pBack, _ := stats.PooledZ(after, before)
		near(t, "z back", zBack, -z, 1e-9*(1+math.Abs(z)))
		near(t, "p back", pBack, p, 1e-9)
		if math.IsNaN(z) || math.IsInf(z, 0) || p < 0 || p > 1 {
			t.Fatalf("got z %v, p %v", z, p)
		}
	})
}

func drawProportion(t *rapid.T, name string) stats.Proportion {
	den := rapid.OneOf(rapid.Uint64Range(1, 50), rapid.Uint64Min(1)).Draw(t, name+" den")
	num := rapid.OneOf(rapid.Uint64Range(0, den), rapid.Just(den), rapid.Just(den-1)).Draw(t, name+" num")
	return stats.Proportion{Num: num, Den: den}
}
