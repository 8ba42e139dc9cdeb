package stats

import (
	"math"
	"slices"
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

// study is a set of lifetimes prepared for counting: all of them and the ended ones, in ascending order.
type study struct{ all, ended []float64 }

func newStudy(lifetimes []Lifetime) study {
	ended, going := make([]float64, 0, len(lifetimes)), []float64(nil)
	for _, l := range lifetimes {
		switch {
		case l.Days < 0 || !finite(l.Days):
		case l.Ended:
			ended = append(ended, l.Days)
		default:
			going = append(going, l.Days)
		}
	}
	return study{merged(ended, going), ended}
}

// merged returns two lists as one in ascending order, into which it puts each of them. Hundreds of thousands come in
// order already, and are not sorted again.
func merged(a, b []float64) []float64 {
	for _, list := range [][]float64{a, b} {
		if !slices.IsSorted(list) {
			slices.Sort(list)
		}
	}
	all := make([]float64, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		first := &a
		if b[0] < a[0] {
			first = &b
		}
		all, *first = append(all, (*first)[0]), (*first)[1:]
	}
	return append(append(all, a...), b...)
}

// pass goes on to a later moment, and returns how many lasted days or longer, and how many of them ended then. What was
// censored on that day is among the first: where both happen at once, ends come before censorings.
func (s *study) pass(days float64) (atRisk, ended int) {
	s.all, s.ended = reached(s.all, days), reached(s.ended, days)
	for ended < len(s.ended) && s.ended[ended] == days {
		ended++
	}
	return len(s.all), ended
}

// reached returns those of the sorted lifetimes that are days or longer.
func reached(lifetimes []float64, days float64) []float64 {
	i := 0
	for i < len(lifetimes) && lifetimes[i] < days {
		i++
	}
	return lifetimes[i:]
}

// reaching returns how many of the sorted lifetimes are days or longer.
func reaching(lifetimes []float64, days float64) int {
	return len(lifetimes) - sort.SearchFloat64s(lifetimes, days)
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
	Points []Point
	all    []float64 // all lifetimes, in ascending order
}

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
func KaplanMeier(lifetimes []Lifetime) Curve {
	s := newStudy(lifetimes)
	if len(s.all) == 0 {
		return Curve{}
	}
	c := Curve{Points: []Point{untouched(0, len(s.all))}, all: s.all}
	longest := s.all[len(s.all)-1]
	survival, greenwood := 1.0, 0.0
	for _, days := range slices.Compact(slices.Clone(s.ended)) {
		n, d := s.pass(days)
		survival *= float64(n-d) / float64(n)
		if n > d {
			greenwood += float64(d) / float64(n) / float64(n-d)
		}
		c.add(c.point(days, n, survival, greenwood))
	}
	if n, _ := s.pass(longest); survival > 0 {
		c.add(c.point(longest, n, survival, greenwood))
	}
	return c
}

// add appends a point, in place of the last one if that is of the same moment.
func (c *Curve) add(p Point) {
	if last := len(c.Points) - 1; c.Points[last].Days == p.Days {
		c.Points = c.Points[:last]
	}
	c.Points = append(c.Points, p)
}

// untouched is a point that is reached by some, of which none has ended yet.
func untouched(days float64, atRisk int) Point {
	lo, _ := Wilson(uint64(atRisk), uint64(atRisk), Z95)
	return Point{Days: days, S: 1, Lo: lo, Hi: 1, AtRisk: atRisk}
}

// point is the one that follows those which the curve has.
func (c *Curve) point(days float64, atRisk int, survival, greenwood float64) Point {
	switch {
	case survival >= 1:
		return untouched(days, atRisk)
	case survival <= 0:
		_, hi := Wilson(0, uint64(atRisk), Z95)
		return Point{Days: days, Hi: hi * c.Points[len(c.Points)-1].Hi, AtRisk: atRisk}
	}
	spread := math.Exp(Z95 * math.Sqrt(greenwood) / -math.Log(survival))
	return Point{
		Days: days, S: survival, Lo: math.Pow(survival, spread), Hi: math.Pow(survival, 1/spread),
		StdErr: survival * math.Sqrt(greenwood), AtRisk: atRisk,
	}
}

// At returns the curve's value at a time, and how many lifetimes are known to reach it. Ok is false where
// nothing is known: before 0, and beyond the longest lifetime, unless none is left by then (S is 0).
func (c Curve) At(days float64) (p Point, ok bool) {
	next := sort.Search(len(c.Points), func(i int) bool { return !(c.Points[i].Days <= days) })
	if next == 0 {
		return Point{}, false
	}
	p = c.Points[next-1]
	if days > c.all[len(c.all)-1] && p.S > 0 {
		return Point{}, false
	}
	if p.S == 1 {
		return untouched(days, reaching(c.all, days)), true
	}
	p.Days, p.AtRisk = days, reaching(c.all, days)
	return p, true
}

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
	i := slices.IndexFunc(c.Points, func(p Point) bool { return p.S <= 1-q+slack })
	if i < 0 {
		return 0, false
	}
	return c.Points[i].Days, true
}
