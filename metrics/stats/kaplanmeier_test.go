package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// ended and going return lifetimes that ended, and that were last seen going on.
func ended(days ...float64) []stats.Lifetime { return lifetimes(true, days) }
func going(days ...float64) []stats.Lifetime { return lifetimes(false, days) }

func lifetimes(ended bool, days []float64) (list []stats.Lifetime) {
	for _, d := range days {
		list = append(list, stats.Lifetime{Days: d, Ended: ended})
	}
	return list
}

var (
	// eight is a small set with ties of an end and a censoring.
	eight = append(ended(3, 6, 7, 10, 12), going(5, 8, 12)...)
	// mercaptopurine and placebo are the weeks of remission of E. J. Freireich and others, "The effect of
	// 6-mercaptopurine on the duration of steroid-induced remissions in acute leukemia", Blood 21 (1963).
	mercaptopurine = append(ended(6, 6, 6, 7, 10, 13, 16, 22, 23),
		going(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)...)
	placebo = ended(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)

func TestKaplanMeier(t *testing.T) {
	for _, c := range []struct {
		name      string
		lifetimes []stats.Lifetime
		want      []stats.Point
		within    float64
	}{
		{"ends, censorings and a tie of both", eight, []stats.Point{
			{0, 1, .675592, 1, 0, 8}, // 8/(8+z²)
			{3, .875, .387000, .981393, .116927, 8},
			{6, .729167, .276390, .925353, .164976, 6},
			{7, .583333, .180189, .844069, .185561, 5},
			{10, .388889, .063003, .724223, .201269, 3},
			{12, .194444, .009335, .563398, .170387, 2},
		}, 5e-7},
		{"remissions under 6-MP", mercaptopurine, []stats.Point{
			{0, 1, .8454, 1, 0, 21},
			{6, .8571, .6197, .9516, .0764, 21},
			{7, .8067, .5631, .9228, .0869, 17},
			{10, .7529, .5032, .8894, .0963, 15},
			{13, .6902, .4316, .8491, .1068, 12},
			{16, .6275, .3675, .8049, .1141, 11},
			{22, .5378, .2678, .7468, .1282, 7},
			{23, .4482, .1881, .6801, .1346, 6},
			{35, .4482, .1881, .6801, .1346, 1},
		}, 5e-5},
		{"nothing ended", going(5, 9), []stats.Point{{0, 1, .342380, 1, 0, 2}, {9, 1, .206549, 1, 0, 1}}, 5e-7},
		{"everything ended at once", ended(4, 4), []stats.Point{{0, 1, .342380, 1, 0, 2}, {4, 0, 0, .657620, 0, 2}}, 5e-7},
		{"the last one ended", ended(1, 2), []stats.Point{
			{0, 1, .342380, 1, 0, 2}, {1, .5, .005983, .910410, .353553, 2}, {2, 0, 0, .7223655, 0, 1}, // .910410·z²/(1+z²)
		}, 5e-7},
		{"one ended at its beginning", append(ended(0), going(4)...), []stats.Point{
			{0, .5, .005983, .910410, .353553, 2}, {4, .5, .005983, .910410, .353553, 1},
		}, 5e-7},
		{"one censored at its beginning", going(0), []stats.Point{{0, 1, .206549, 1, 0, 1}}, 5e-7},
		{"nothing at all", nil, nil, 0},
		{"what is no lifetime", append(ended(-1, notNumber, infinite), going(-1, notNumber, infinite)...), nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := stats.KaplanMeier(c.lifetimes).Points()
			almost := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= c.within })
			if diff := cmp.Diff(got, c.want, almost); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestCurveAt(t *testing.T) {
	for _, c := range []struct {
		name      string
		lifetimes []stats.Lifetime
		days      float64
		s         float64
		atRisk    int
		ok        bool
	}{
		{"the beginning", eight, 0, 1, 8, true},
		{"before the first end", eight, 2.9, 1, 8, true},
		{"on the day of an end that one is at risk", eight, 3, .875, 8, true},
		{"after it no longer", eight, 3.1, .875, 7, true},
		{"on the day of a censoring that one is at risk", eight, 5, .875, 7, true},
		{"after it no longer either", eight, 5.1, .875, 6, true},
		{"the longest", eight, 12, .1944444, 2, true},
		{"beyond the longest, which goes on, nothing is known", eight, 12.1, 0, 0, false},
		{"beyond the last end none is left", ended(1, 2), 90, 0, 0, true},
		{"before the beginning", eight, -1, 0, 0, false},
		{"at no time", eight, notNumber, 0, 0, false},
		{"at the end of time", ended(1), infinite, 0, 0, true},
		{"of nothing", nil, 0, 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.KaplanMeier(c.lifetimes).At(c.days)
			near(t, "S", got.S, c.s, 5e-7)
			if n := float64(got.AtRisk); got.S == 1 {
				near(t, "lowest S", got.Lo, n/(n+stats.Z95*stats.Z95), 5e-7)
			}
			if got.AtRisk != c.atRisk || ok != c.ok {
				t.Errorf("got %d at risk, %v; want %d, %v", got.AtRisk, ok, c.atRisk, c.ok)
			}
			if ok && got.Days != c.days {
				t.Errorf("got the point of %v, want that of %v", got.Days, c.days)
			}
		})
	}
}

func TestCurveQuantile(t *testing.T) {
	ten := ended(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	for _, c := range []struct {
		name      string
		lifetimes []stats.Lifetime
		q, want   float64
		ok        bool
	}{
		{"median of eight", eight, .5, 10, true},
		{"median remission under 6-MP", mercaptopurine, .5, 23, true},
		{"median remission under placebo", placebo, .5, 8, true},
		{"half is enough, whatever rounding makes of it", ten, .5, 5, true},
		{"nine tenths", ten, .9, 9, true},
		{"all", ten, 1, 10, true},
		{"none", ten, 0, 0, true},
		{"fewer than half ended", append(ended(1), going(2, 3)...), .5, 0, false},
		{"nine tenths of fewer", mercaptopurine, .9, 0, false},
		{"nothing", nil, .5, 0, false},
		{"more than all", ten, 1.1, 0, false},
		{"less than none", ten, -.1, 0, false},
		{"no share", ten, notNumber, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			curve := stats.KaplanMeier(c.lifetimes)
			if got, ok := curve.Quantile(c.q); got != c.want || ok != c.ok {
				t.Errorf("got %v, %v; want %v, %v", got, ok, c.want, c.ok)
			}
			if got, ok := curve.Median(); c.q == .5 && (got != c.want || ok != c.ok) {
				t.Errorf("median: got %v, %v; want %v, %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestCurvesFallWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawLifetimes(t, "lifetimes")
		curve := stats.KaplanMeier(list)
		before := 1.0
		for i, p := range curve.Points() {
			if !(0 <= p.Lo && p.Lo <= p.S && p.S <= p.Hi && p.Hi <= 1) || p.S > before || !(p.StdErr >= 0) {
				t.Fatalf("got %+v after S %v", p, before)
			}
			if i > 0 && p.Days <= curve.Points()[i-1].Days {
				t.Fatalf("got a point at %v after %v", p.Days, curve.Points()[i-1].Days)
			}
			if at, ok := curve.At(p.Days); !ok || at != p {
				t.Fatalf("at %v: got %+v, %v; want %+v", p.Days, at, ok, p)
			}
			before = p.S
		}
		shuffled := rapid.Permutation(list).Draw(t, "shuffled")
		if diff := cmp.Diff(stats.KaplanMeier(shuffled).Points(), curve.Points()); diff != "" {
			t.Fatalf("in another order: got (-), want (+):\n%s", diff)
		}
	})
}

// S is the product over single days, each counted anew, and what At says between the points is no different.
func TestCurveIsTheProductOfDailyShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawLifetimes(t, "lifetimes")
		curve, want := stats.KaplanMeier(list), 1.0
		for day := 0.0; day <= 20; day++ {
			reach, end := 0, 0
			for _, l := range list {
				if l.Days >= day {
					reach++
				}
				if l.Days == day && l.Ended {
					end++
				}
			}
			if reach > 0 {
				want *= 1 - float64(end)/float64(reach)
			}
			got, ok := curve.At(day)
			if known := reach > 0 || want < 1e-12; ok != known {
				t.Fatalf("day %v: got known %v, want %v", day, ok, known)
			}
			if ok {
				near(t, "S", got.S, want, 1e-9)
				near(t, "at risk", float64(got.AtRisk), float64(reach), 0)
			}
		}
	})
}

// Without censoring S is the share that is left, and Greenwood's variance that of a proportion.
func TestCurveWithoutCensoringIsAProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Map(rapid.IntRange(0, 20), func(d int) float64 { return float64(d) })
		days := rapid.SliceOfN(whole, 1, 40).Draw(t, "days")
		for _, p := range stats.KaplanMeier(ended(days...)).Points() {
			left := 0
			for _, d := range days {
				left += pick(d > p.Days, 1, 0)
			}
			n := float64(len(days))
			share := float64(left) / n
			near(t, "S", p.S, share, 1e-9)
			near(t, "standard error", p.StdErr, math.Sqrt(share*(1-share)/n), 1e-9)
		}
		middle := slices.Sorted(slices.Values(days))[(len(days)-1)/2]
		if got, ok := stats.KaplanMeier(ended(days...)).Median(); !ok || got != middle {
			t.Fatalf("median: got %v, %v; want %v", got, ok, middle)
		}
	})
}

// drawLifetimes draws whole days, so that there are ties.
func drawLifetimes(t *rapid.T, name string) []stats.Lifetime {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Lifetime {
		return stats.Lifetime{Days: float64(rapid.IntRange(0, 15).Draw(t, "days")), Ended: rapid.Bool().Draw(t, "ended")}
	}), 0, 40).Draw(t, name)
}
