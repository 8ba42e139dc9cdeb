package stats

import "math"

// QuantileInterval returns the 95 % interval of Quantile(q): the times at which the interval of the curve holds 1 − q,
// after R. Brookmeyer and J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982), with
// the intervals that the points have. Where the curve's lower bound never falls that far, the quantile lies beyond
// what is known: lo is the longest time. Bounded is false, and hi without meaning, where the upper bound never does.
// Of a curve without points, and for a q that is not between 0 and 1, both are false.
func (c Curve) QuantileInterval(q float64) (lo, hi float64, ok, bounded bool) {
	if len(c.steps) == 0 || !(q >= 0 && q <= 1) {
		return 0, 0, false, false
	}
	lo = c.longest()
	if i := c.reaches(0, 1-q+slack, lower); i < len(c.steps) {
		lo = c.steps[i].days
	}
	if i := c.reaches(c.falls(1-q+slack), 1-q+slack, upper); i < len(c.steps) { // it is never below the curve
		return lo, c.steps[i].days, true, true
	}
	return lo, 0, true, false
}

// bound is one end of the intervals of points. With S = exp(−L), and h being the spread, it is exp(−L·exp(±h/L)).
type bound struct {
	of     func(Point) float64
	lowest func(first, last *step) float64 // that it can be from one point to another
}

var (
	// L·exp(h/L) falls as long as L is below h, and rises from there on: it is largest at an end of L, for the largest h.
	lower = bound{func(p Point) float64 { return p.Lo }, func(first, last *step) float64 {
		h := last.spread()
		of := func(l float64) float64 { return l * math.Exp(h/l) }
		return math.Exp(-max(of(-math.Log(first.survival)), of(-math.Log(last.survival))))
	}}
	// L·exp(−h/L) rises: it is largest for the largest L and the smallest h.
	upper = bound{func(p Point) float64 { return p.Hi }, func(first, last *step) float64 {
		l := -math.Log(last.survival)
		return math.Exp(-l * math.Exp(-first.spread()/l))
	}}
)

// pointsAtOnce is of how many points the lowest bound is worked out before that of each.
const pointsAtOnce = 64

// reaches returns the number of the first point, from one on, whose bound is no higher than a share.
func (c Curve) reaches(from int, share float64, b bound) int {
	for i := from; i < len(c.steps); i++ {
		if last := i + pointsAtOnce; last < len(c.steps) && c.steps[i].survival < 1 && c.steps[last].survival > 0 &&
			b.lowest(&c.steps[i], &c.steps[last]) > share+slack {
			i = last
			continue
		}
		if b.of(c.point(i)) <= share {
			return i
		}
	}
	return len(c.steps)
}
