package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestLogRank(t *testing.T) {
	for _, c := range []struct {
		name    string
		a, b    []stats.Lifetime
		chi2, p float64
		ok      bool
	}{
		// Published as 16.79 with p 4.17e-5; the further digits are those of exact fractions.
		{"6-MP and placebo", mercaptopurine, placebo, 16.792941, 4.168809e-5, true},
		// Day 1: d₁ − E = 1 − 1/2, variance 1/4. Day 2: 0 − 1/3, 2/9. Day 3: 1 − 1/2, 1/4. Day 4: nothing.
		{"by hand: 1 and 3 against 2 and 4", ended(1, 3), ended(2, 4), .6153846, .4327676, true},
		// One day: d₁ − E = 2 − 3·2/4, variance 3·(1/2)·(1/2)·(4−3)/(4−1).
		{"by hand: a tie within and between", ended(5, 5), append(ended(5), going(5)...), 1, .3173105, true},
		{"the same group twice", eight, eight, 0, 1, true},
		{"the first is empty", nil, eight, 0, 1, false},
		{"the second is empty", eight, nil, 0, 1, false},
		{"nothing ended", going(1, 2), going(3), 0, 1, false},
		{"one group ended only after the other was gone", going(1, 1), ended(2, 3), 0, 1, false},
		{"all ended at once", ended(2, 2), ended(2), 0, 1, false},
		{"a group of what is no lifetime", ended(-1, notNumber, infinite), eight, 0, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			chi2, p, ok := stats.LogRank(c.a, c.b)
			near(t, "chi-squared", chi2, c.chi2, 5e-7)
			near(t, "p", p, c.p, 1e-6*c.p)
			if ok != c.ok {
				t.Errorf("got %v, want %v", ok, c.ok)
			}
		})
	}
}

func TestLogRankComparesOrdersAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawLifetimes(t, "a"), drawLifetimes(t, "b")
		chi2, p, ok := stats.LogRank(a, b)
		if !(chi2 >= 0 && p >= 0 && p <= 1) || math.IsInf(chi2, 0) {
			t.Fatalf("got chi-squared %v, p %v", chi2, p)
		}
		same := func(what string, a, b []stats.Lifetime) {
			chi, q, still := stats.LogRank(a, b)
			near(t, what+": chi-squared", chi, chi2, 1e-9*(1+chi2))
			near(t, what+": p", q, p, 1e-9)
			if still != ok {
				t.Fatalf("%s: got %v, want %v", what, still, ok)
			}
		}
		same("groups exchanged", b, a)
		same("in another order", rapid.Permutation(a).Draw(t, "shuffled"), b)
		same("on another scale", stretched(a), stretched(b))
	})
}

// stretched returns the lifetimes on a scale that keeps their order and nothing else.
func stretched(list []stats.Lifetime) (out []stats.Lifetime) {
	for _, l := range list {
		out = append(out, stats.Lifetime{Days: math.Expm1(l.Days), Ended: l.Ended})
	}
	return out
}
