package stats

import "slices"

// QuantileInterval returns the 95 % interval of Quantile(q): the times at which the interval of the curve holds 1 − q,
// after R. Brookmeyer and J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982), with
// the intervals that the points have. Where the curve's lower bound never falls that far, the quantile lies beyond
// what is known: lo is the longest time. Bounded is false, and hi without meaning, where the upper bound never does.
// Of a curve without points, and for a q that is not between 0 and 1, both are false.
func (c Curve) QuantileInterval(q float64) (lo, hi float64, ok, bounded bool) {
	if len(c.Points) == 0 || !(q >= 0 && q <= 1) {
		return 0, 0, false, false
	}
	reaches := func(bound func(Point) float64) int {
		return slices.IndexFunc(c.Points, func(p Point) bool { return bound(p) <= 1-q+slack })
	}
	lo = c.all[len(c.all)-1]
	if i := reaches(func(p Point) float64 { return p.Lo }); i >= 0 {
		lo = c.Points[i].Days
	}
	if i := reaches(func(p Point) float64 { return p.Hi }); i >= 0 {
		return lo, c.Points[i].Days, true, true
	}
	return lo, 0, true, false
}
