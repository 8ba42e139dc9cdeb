package stats

import "math"

// Z95 is the standard normal quantile of a two-sided 95 % interval, as precise as answers promise it.
const Z95 = 1.959964

// Wilson returns the score interval of a proportion: num of den units, at the normal quantile z (Z95 for
// 95 %). Both bounds are proportions between 0 and 1, and the proportion itself lies between them.
//
// The interval is
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)   with p = num/den, n = den
//
// after E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
// the American Statistical Association 22 (1927), recommended for small n by Brown, Cai and DasGupta,
// "Interval estimation for a binomial proportion", Statistical Science 16 (2001). It has no continuity
// correction. Of a census of teams it does not say how far the count is off, for the count is exact; it
// says how much of it may be chance.
//
// Of nothing (den is 0) nothing is known: the bounds are 0 and 1. With none of den the lower bound is
// exactly 0, with all of them the upper one exactly 1. A num above den counts as den, a z below 0 as 0.
func Wilson(num, den uint64, z float64) (lo, hi float64) {
	if den == 0 {
		return 0, 1
	}
	return WilsonShare(float64(min(num, den))/float64(den), float64(den), z)
}

// WilsonShare returns the same interval of a share p of n units, where n need not be whole: an effective number
// of units, such as EffectiveSize gives. A p outside of 0 and 1 counts as the nearer of them, no n at all (0 or
// less) as nothing.
func WilsonShare(p, n, z float64) (lo, hi float64) {
	if n <= 0 {
		return 0, 1
	}
	p, z = min(max(p, 0), 1), max(z, 0)
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	lo, hi = min(max((middle-half)/scale, 0), p), max(min((middle+half)/scale, 1), p)
	if p == 0 {
		lo = 0
	}
	if p == 1 {
		hi = 1
	}
	return lo, hi
}
