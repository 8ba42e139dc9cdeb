package stats

import "math"

// Proportion is Num of Den units. A Num above Den counts as Den.
type Proportion struct{ Num, Den uint64 }

// split returns how many units count and how many do not.
func (p Proportion) split() (in, out float64) {
	num := min(p.Num, p.Den)
	return float64(num), float64(p.Den - num)
}

// value returns the proportion as a number between 0 and 1; Den must not be 0.
func (p Proportion) value() float64 { return float64(min(p.Num, p.Den)) / float64(p.Den) }

// Newcombe returns by how much after exceeds before, two proportions of different units (the births of two
// quarters, say; for the same units at two dates there is NewcombePaired). The difference and its bounds lie
// between -1 and 1; 0.3 is 30 percentage points.
//
// With d the difference, p₁ and p₂ the proportions before and after, and l and u their Wilson bounds at Z95,
// the interval is
//
//	d − √((p₂−l₂)² + (u₁−p₁)²)   to   d + √((u₂−p₂)² + (p₁−l₁)²)
//
// which is method 10, the hybrid score interval without continuity correction, of R. G. Newcombe, "Interval
// estimation for the difference between independent proportions: comparison of eleven methods", Statistics
// in Medicine 17 (1998).
//
// Ok is false where either proportion is one of nothing.
func Newcombe(before, after Proportion) (difference Estimate, ok bool) {
	if before.Den == 0 || after.Den == 0 {
		return Estimate{}, false
	}
	p1, p2 := before.value(), after.value()
	l1, u1 := Wilson(before.Num, before.Den, Z95)
	l2, u2 := Wilson(after.Num, after.Den, Z95)
	d := p2 - p1
	return Estimate{
		Value: d,
		Lo:    max(d-math.Hypot(p2-l2, u1-p1), -1),
		Hi:    min(d+math.Hypot(u2-p2, p1-l1), 1),
	}, true
}

// PooledZ tests whether two proportions of different units differ: z is by how many standard errors after
// exceeds before, p the two-sided p-value of z.
//
//	z = (p₂ − p₁) / √(q(1−q)(1/n₁ + 1/n₂))   with q = (num₁ + num₂)/(n₁ + n₂)
//
// This is the score test, the square root of Pearson's chi-squared test of the two-by-two table without
// continuity correction. With fewer than about five units on any side of the table it is a rough guide only.
//
// Where the proportions are equal, be it that both are 0, z is 0 and p is 1. Ok is false, and p is 1, where
// either proportion is one of nothing.
func PooledZ(before, after Proportion) (z, p float64, ok bool) {
	if before.Den == 0 || after.Den == 0 {
		return 0, 1, false
	}
	change := after.value() - before.value()
	if change == 0 {
		return 0, 1, true
	}
	in1, out1 := before.split()
	in2, out2 := after.split()
	n1, n2 := float64(before.Den), float64(after.Den)
	q, rest := (in1+in2)/(n1+n2), (out1+out2)/(n1+n2)
	z = change / math.Sqrt(q*rest*(1/n1+1/n2))
	return z, twoSided(z), true
}
