package stats

import (
	"math"
	"sort"
)

// slack is what rounding may add to a product of proportions. It is far below the smallest step of a curve.
const slack = 1e-9

// Lifetime is how long one thing lasted. A lifetime below 0, and one that is no finite number, is unknown and
// left out of every calculation.
type Lifetime struct {
	Days  float64 // to its end or, if it goes on, to the last moment it was seen (it is then censored)
	Ended bool
}

// Point says of a moment which share of lifetimes is longer.
type Point struct {
	Days   float64
	S      float64 // the share, between 0 and 1
	Lo, Hi float64 // its 95 % interval
	StdErr float64 // its standard error after Greenwood
	AtRisk int     // how many lifetimes are known to reach Days: the censored ones, as far as they go, included
}

// Curve is a survival curve: a step function, constant from each of its points to the next.
type Curve struct {
	steps []step
	table LifeTable
	reach []int // how many lifetimes reach each time of the table
}

// step is a point of a curve without what is worked out of it: intervals of hundreds of thousands of points take longer
// than all the rest, and few of them are looked at.
type step struct {
	days, survival, greenwood float64
	atRisk                    int
}

// KaplanMeier estimates which share of things last longer than a time, when for some it is only known that
// they have lasted so long: see LifeTable.KaplanMeier.
func KaplanMeier(lifetimes []Lifetime) Curve { return NewLifeTable(lifetimes).KaplanMeier() }

// KaplanMeier estimates which share of things last longer than a time, when for some it is only known that
// they have lasted so long. The curve has a point at 0 (where S is 1, unless something ended at once), one
// at every time at which something ended, and one at the longest lifetime, where what is known ends. Of no
// lifetimes it has no points.
//
// With d of the n lifetimes that reach a time ending then,
//
//	S(t) = Π (1 − d/n)   and   Var S(t) = S(t)²·Σ d/(n(n−d))   over the times up to t
//
// after E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the
// American Statistical Association 53 (1958), with the variance of Greenwood (1926). The interval is the
// symmetric one on the scale of ln(−ln S), which keeps it between 0 and 1:
//
//	S^exp(±z·√(Σ d/(n(n−d)))/ln S)   with z = Z95
//
// after Kalbfleisch and Prentice, "The statistical analysis of failure time data" (1980). Before the first
// end S is 1, and when the last thing under observation ends S is 0: neither has a variance (the standard
// error is 0), and still neither is certain. Before the first end the lower bound is that of Wilson for none
// of those that are known to reach t having ended. After the last one the upper bound is the one before it,
// times that of Wilson for none being left of those that reached it.
func (t LifeTable) KaplanMeier() Curve {
	if len(t) == 0 {
		return Curve{}
	}
	c := Curve{table: t, reach: t.reach()}
	c.steps = append(make([]step, 0, len(t)+1), step{survival: 1, atRisk: c.reach[0]})
	survival, greenwood := 1.0, 0.0
	for i, at := range t {
		if at.Ended == 0 && (i < len(t)-1 || survival <= 0) {
			continue
		}
		n, d := c.reach[i], at.Ended
		survival *= float64(n-d) / float64(n)
		if n > d {
			greenwood += float64(d) / float64(n) / float64(n-d)
		}
		if c.steps[len(c.steps)-1].days == at.Days {
			c.steps = c.steps[:0]
		}
		c.steps = append(c.steps, step{at.Days, survival, greenwood, n})
	}
	return c
}

// Points returns the points of a curve.
func (c Curve) Points() []Point {
	if len(c.steps) == 0 {
		return nil
	}
	list := make([]Point, len(c.steps))
	for i := range c.steps {
		list[i] = c.point(i)
	}
	return list
}

// untouched is a point that is reached by some, of which none has ended yet.
func untouched(days float64, atRisk int) Point {
	lo, _ := Wilson(uint64(atRisk), uint64(atRisk), Z95)
	return Point{Days: days, S: 1, Lo: lo, Hi: 1, AtRisk: atRisk}
}

// point is one of the curve, by its number.
func (c Curve) point(i int) Point {
	s := &c.steps[i]
	switch {
	case s.survival >= 1:
		return untouched(s.days, s.atRisk)
	case s.survival <= 0:
		_, hi := Wilson(0, uint64(s.atRisk), Z95)
		if i > 0 {
			hi *= c.point(i - 1).Hi
		}
		return Point{Days: s.days, Hi: hi, AtRisk: s.atRisk}
	}
	log := math.Log(s.survival)
	spread := math.Exp(s.spread() / -log)
	return Point{
		Days: s.days, S: s.survival, Lo: math.Exp(log * spread), Hi: math.Exp(log / spread),
		StdErr: s.survival * math.Sqrt(s.greenwood), AtRisk: s.atRisk,
	}
}

// spread is half of the interval on the scale of ln(−ln S), times −ln S.
func (s *step) spread() float64 { return Z95 * math.Sqrt(s.greenwood) }

// At returns the curve's value at a time, and how many lifetimes are known to reach it. Ok is false where
// nothing is known: before 0, and beyond the longest lifetime, unless none is left by then (S is 0).
func (c Curve) At(days float64) (p Point, ok bool) {
	next := sort.Search(len(c.steps), func(i int) bool { return !(c.steps[i].days <= days) })
	if next == 0 {
		return Point{}, false
	}
	p = c.point(next - 1)
	if days > c.longest() && p.S > 0 {
		return Point{}, false
	}
	atRisk := 0
	if i := sort.Search(len(c.table), func(i int) bool { return c.table[i].Days >= days }); i < len(c.table) {
		atRisk = c.reach[i]
	}
	if p.S == 1 {
		return untouched(days, atRisk), true
	}
	p.Days, p.AtRisk = days, atRisk
	return p, true
}

// longest is the longest lifetime.
func (c Curve) longest() float64 { return c.table[len(c.table)-1].Days }

// Median returns the time, in days, that half of the lifetimes do not exceed: the smallest t with S(t) <= 0.5.
// Ok is false where S never falls that far, as it is while most still go on.
func (c Curve) Median() (days float64, ok bool) { return c.Quantile(0.5) }

// Quantile returns the time, in days, that the share q of lifetimes does not exceed: the smallest t with
// S(t) <= 1 − q. The 90th percentile is that of 0.9. Ok is false where S never falls that far, and for a q
// that is not between 0 and 1.
func (c Curve) Quantile(q float64) (days float64, ok bool) {
	if !(q >= 0 && q <= 1) {
		return 0, false
	}
	i := c.falls(1 - q + slack)
	if i == len(c.steps) {
		return 0, false
	}
	return c.steps[i].days, true
}

// falls returns the number of the first point at which the curve is no higher than a share.
func (c Curve) falls(share float64) int {
	return sort.Search(len(c.steps), func(i int) bool { return c.steps[i].survival <= share })
}
