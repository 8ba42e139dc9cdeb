package stats

import (
	"cmp"
	"math"
	"slices"
)

// Sample is the value Y of a series at the time X, in units of the caller's choice.
type Sample struct{ X, Y float64 }

// Trend says whether a series rises or falls.
type Trend struct {
	S   int     // pairs of samples that rise less pairs that fall
	Var float64 // the variance of S in a series without trend
	Z   float64 // S in standard errors, with continuity correction: above 0 it rises
	P   float64 // the two-sided p-value of Z
	Tau float64 // S as a part of what it could be, between -1 and 1
}

// MannKendall tests whether the values of a series tend to rise or to fall as time goes on, be it in a straight
// line or not.
//
//	S = Σ sgn(xⱼ−xᵢ)·sgn(yⱼ−yᵢ) over all pairs   and   Z = (S − sgn S)/√Var S
//
// after H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945), and M. G. Kendall, "Rank
// correlation methods" (1975). Without ties Var S = n(n−1)(2n+5)/18; equal values, and equal times, lower it
// as Kendall says. It takes time proportional to n².
//
// The p-value rests on the normal approximation, which wants 10 samples or more, and on samples that do not
// hang together: a stock does (this week's is last week's and a little), its net flow much less.
//
// Tau is Kendall's τ_b = S/√((N−X)(N−Y)) with N the number of pairs, X and Y those of equal times and of equal
// values (M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945); 0 where all are equal.
//
// Samples that are no finite numbers are left out. Where as many pairs rise as fall, be it that there are none,
// nothing hints at a trend: Z is 0 and P is 1.
func MannKendall(samples []Sample) Trend {
	samples = usable(samples)
	s, variance := kendall(samples)
	t := Trend{S: s, Var: variance, P: 1}
	if most := mostPairs(samples); most > 0 {
		t.Tau = min(max(float64(s)/most, -1), 1)
	}
	if s != 0 && variance > 0 {
		t.Z = float64(s-cmp.Compare(s, 0)) / math.Sqrt(variance)
		t.P = twoSided(t.Z)
	}
	return t
}

// usable returns the samples that are finite numbers, in order of time.
func usable(samples []Sample) []Sample {
	kept := make([]Sample, 0, len(samples))
	for _, s := range samples {
		if finite(s.X, s.Y) {
			kept = append(kept, s)
		}
	}
	slices.SortStableFunc(kept, func(a, b Sample) int { return cmp.Compare(a.X, b.X) })
	return kept
}

// kendall returns the score S of the samples, which are in order of time, and its variance over all orders in
// which the same values could have come at the same times: Kendall (1975), with ties in both.
func kendall(samples []Sample) (s int, variance float64) {
	xs, ys := make([]float64, len(samples)), make([]float64, len(samples))
	for i, a := range samples {
		xs[i], ys[i] = a.X, a.Y
		for _, b := range samples[:i] {
			s += cmp.Compare(a.X, b.X) * cmp.Compare(a.Y, b.Y)
		}
	}
	all, x, y := tie(len(samples)), tiesOf(xs), tiesOf(ys)
	variance = (all.score - x.score - y.score) / 18
	if all.pairs > 0 {
		variance += x.pairs * y.pairs / (2 * all.pairs)
	}
	if all.triples > 0 {
		variance += x.triples * y.triples / (9 * all.triples)
	}
	return s, max(variance, 0)
}

// mostPairs returns √((N−X)(N−Y)), what S cannot exceed.
func mostPairs(samples []Sample) float64 {
	xs, ys := make([]float64, len(samples)), make([]float64, len(samples))
	for i, a := range samples {
		xs[i], ys[i] = a.X, a.Y
	}
	all := tie(len(samples)).pairs
	return math.Sqrt((all-tiesOf(xs).pairs)*(all-tiesOf(ys).pairs)) / 2
}

// ties are the sums over groups of t equal values that the variance of S is made of: score t(t−1)(2t+5),
// pairs t(t−1), triples t(t−1)(t−2).
type ties struct{ score, pairs, triples float64 }

// tie returns the sums of one group.
func tie(size int) ties {
	t := float64(size)
	return ties{t * (t - 1) * (2*t + 5), t * (t - 1), t * (t - 1) * (t - 2)}
}

// tiesOf returns the sums of the groups of equal values; it sorts them.
func tiesOf(values []float64) ties {
	slices.Sort(values)
	var sum ties
	for begin := 0; begin < len(values); {
		end := begin
		for end < len(values) && values[end] == values[begin] {
			end++
		}
		t := tie(end - begin)
		sum.score, sum.pairs, sum.triples = sum.score+t.score, sum.pairs+t.pairs, sum.triples+t.triples
		begin = end
	}
	return sum
}
