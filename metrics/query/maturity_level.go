package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// judge finds the level that the figures of a row stand for, those that unknowns allow, and what is missing.
func (r *MaturityRow) judge() {
	r.Missing = []string{}
	for _, f := range []struct {
		name string
		has  bool
	}{{"pull", r.Pull.Rate.Rate != nil}, {"net_flow", r.NetFlow.Value != nil}, {"d90", r.D90.S != nil}, {"outside", r.Outside.Rate.Rate != nil}} {
		if !f.has {
			r.Missing = append(r.Missing, f.name)
		}
	}
	switch r.Reason = r.Pull.Reason; r.Reason {
	case metrics.ReasonBeforeLaunch, metrics.ReasonNoAlternative:
	case metrics.ReasonEmpty:
		if r.NetFlow.Exits == 0 { // nobody came or left: that is so on a path that all use, and on one that nobody does
			return
		}
		r.Reason = ""
		r.settle(stats.Erratic)
		r.span()
	default:
		r.span()
		r.level()
	}
}

// span finds the levels that are possible.
func (r *MaturityRow) span() {
	low, high := r.extremes()
	lowest, highest := stats.MaturityBetween(low, high)
	if r.Pull.Den == 0 && r.Pull.Unseen > 0 { // perhaps nobody came
		lowest = stats.Erratic
	}
	r.Between = &[2]int{int(lowest), int(highest)}
}

// extremes are the lowest and the highest numbers that there can be: with every unknown against the path and for it,
// and then the 95 % interval. What is not known at all may be anything.
func (r *MaturityRow) extremes() (low, high stats.Uptake) {
	low.Pull, high.Pull = sure(r.Pull.Bounds, r.Pull.Den+r.Pull.Unseen)
	low.D90, high.D90 = within(r.D90.Bounds)
	if r.D90.Lo != nil && r.D90.Hi != nil {
		low.D90, high.D90 = min(low.D90, *r.D90.Lo), max(high.D90, *r.D90.Hi)
	}
	if r.Outside.Reason != metrics.ReasonEmpty { // where nothing changed, nobody contributed
		low.Outside, high.Outside = sure(r.Outside.Bounds, r.Outside.Den+r.Outside.Unknown)
	}
	low.NetFlow, high.NetFlow = r.NetFlow.sure()
	return low, high
}

// within returns bounds; nothing is known where there are none.
func within(b *Bounds) (lo, hi float64) {
	if b == nil {
		return 0, 1
	}
	return b[0], b[1]
}

// sure returns bounds of a share of n with the interval that each of them has: Wilson's.
func sure(b *Bounds, n int) (lo, hi float64) {
	lo, hi = within(b)
	lo, _ = stats.WilsonShare(lo, float64(n), stats.Z95)
	_, hi = stats.WilsonShare(hi, float64(n), stats.Z95)
	return lo, hi
}

// sure returns the least and the greatest net flow, with the interval that either has: of n free decisions those that
// join are a share s, and the net flow is (2s−1)·n, which is above 0 where s is above a half. The interval of s is
// Wilson's.
func (f NetFlow) sure() (lo, hi float64) {
	against, favour := *f.Value-f.Bounds[0], f.Bounds[1]-*f.Value
	share := func(joins, exits int, bound func(lo, hi float64) float64) float64 {
		n := joins + exits
		return (2*bound(stats.Wilson(uint64(joins), uint64(n), stats.Z95)) - 1) * float64(n)
	}
	lo = share(f.Joins, f.Exits+against, func(lo, _ float64) float64 { return lo })
	hi = share(f.Joins+favour, f.Exits, func(_, hi float64) float64 { return hi })
	return lo, hi
}

// level sets the level by the figures as they are. Level 4 has to be shown: without a share from outside it is 3.
func (r *MaturityRow) level() {
	if r.Pull.Rate.Rate == nil {
		return
	}
	worst := stats.Uptake{Pull: *r.Pull.Rate.Rate, NetFlow: float64(*r.NetFlow.Value)}
	best := worst
	worst.D90, best.D90 = within(r.D90.Bounds)
	if r.D90.S != nil {
		worst.D90, best.D90 = *r.D90.S, *r.D90.S
	}
	if worst.Maturity() != best.Maturity() {
		r.Reason = r.D90.Reason
		return
	}
	if r.Outside.Rate.Rate != nil {
		worst.Outside = *r.Outside.Rate.Rate
	}
	r.settle(worst.Maturity())
}

func (r *MaturityRow) settle(m stats.Maturity) {
	level := int(m)
	r.Level, r.Name = &level, &m
	r.Small = r.hangsOnFew(m)
}

// hangsOnFew reports whether any figure that a level is made of is one of fewer than 5: the entries (where nobody
// came, the exits), the stays where people come by choice, and the changes where the path pulls.
func (r *MaturityRow) hangsOnFew(m stats.Maturity) bool {
	switch {
	case r.Pull.Den == 0:
		return r.NetFlow.Exits < smallBelow
	case r.Pull.Den < smallBelow:
		return true
	case m != stats.ExtrinsicPush && r.D90.S != nil && r.D90.Spells < smallBelow:
		return true
	}
	return m >= stats.IntrinsicPull && r.Outside.Rate.Rate != nil && r.Outside.Den < smallBelow
}

// explain says of each figure whether it is what a level asks for.
func (r *MaturityRow) explain() {
	r.Why = []string{r.explainPull(), r.explainFlow(), r.explainD90(), r.explainOutside()}
}

func (r *MaturityRow) explainPull() string {
	if r.Pull.Reason == metrics.ReasonEmpty {
		return fmt.Sprintf("not known: how many came by choice (nobody came in %d weeks)", maturityWeeks)
	}
	return judged(r.Pull.Rate.Rate, stats.MaturePull, r.Pull.Reason, "how many came by choice", func(share string) string {
		return fmt.Sprintf("%d of %d entries in %d weeks were by choice, %s", r.Pull.Num, r.Pull.Den, maturityWeeks, share)
	})
}

func (r *MaturityRow) explainFlow() string {
	if r.NetFlow.Value == nil {
		return "not known: how many came and left freely (" + plainly(r.NetFlow.Reason) + ")"
	}
	return fmt.Sprintf("%s: %d came and %d left freely in %d weeks, %+d (asked: more come than leave)",
		met(*r.NetFlow.Value > 0), r.NetFlow.Joins, r.NetFlow.Exits, maturityWeeks, *r.NetFlow.Value)
}

func (r *MaturityRow) explainD90() string {
	what := fmt.Sprintf("chosen stays last %d days", triedDays)
	return judged(r.D90.S, stats.MatureD90, r.D90.Reason, "how many "+what, func(share string) string {
		return fmt.Sprintf("%s of %d %s", share, r.D90.Spells, what)
	})
}

func (r *MaturityRow) explainOutside() string {
	const what = "changes to the path came from outside the platform teams"
	return judged(r.Outside.Rate.Rate, stats.MatureOutside, r.Outside.Reason, "how many "+what, func(share string) string {
		return fmt.Sprintf("%d of %d %s, %s", r.Outside.Num, r.Outside.Den, what, share)
	})
}

// judged is the sentence about a share: whether it is what is asked for, or what is not known and why.
func judged(share *float64, asked float64, why metrics.Reason, unknown string, sentence func(share string) string) string {
	if share == nil {
		return "not known: " + unknown + " (" + plainly(why) + ")"
	}
	return fmt.Sprintf("%s: %s (asked: %s)", met(stats.Reaches(*share, asked)), sentence(percent(*share, asked)), percent(asked, asked))
}

func met(yes bool) string {
	if yes {
		return "met"
	}
	return "not met"
}

// percent shows a share as tables do, without digits after the point, but for one that would only look as large as
// what is asked: that has one digit, rounded down.
func percent(share, asked float64) string {
	whole := math.Round(share * 100)
	if !stats.Reaches(share, asked) && whole >= math.Round(asked*100) {
		return strconv.FormatFloat(math.Floor(share*1000)/10, 'f', -1, 64) + " %"
	}
	return strconv.FormatFloat(whole, 'f', -1, 64) + " %"
}

// plainly is a reason in words.
func plainly(why metrics.Reason) string { return strings.ReplaceAll(string(why), "_", " ") }
