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
		r.settle(stats.Erratic)
		r.Between = &[2]int{int(stats.Erratic), int(stats.Erratic)}
	default:
		low, high := r.extremes()
		lowest, highest := stats.MaturityBetween(low, high)
		if r.Pull.Den == 0 && r.Pull.Unseen > 0 { // perhaps nobody came
			lowest = stats.Erratic
		}
		r.Between = &[2]int{int(lowest), int(highest)}
		r.level(low, high)
	}
}

// extremes are the lowest and the highest numbers that there can be. What is not known at all may be anything.
func (r *MaturityRow) extremes() (low, high stats.Uptake) {
	within := func(b *Bounds) (lo, hi float64) {
		if b == nil {
			return 0, 1
		}
		return b[0], b[1]
	}
	low.Pull, high.Pull = within(r.Pull.Bounds)
	low.D90, high.D90 = within(r.D90.Bounds)
	if r.Outside.Reason != metrics.ReasonEmpty { // where nothing changed, nobody contributed
		low.Outside, high.Outside = within(r.Outside.Bounds)
	}
	low.NetFlow, high.NetFlow = float64(r.NetFlow.Bounds[0]), float64(r.NetFlow.Bounds[1])
	return low, high
}

// level sets the level by the figures as they are. Level 4 has to be shown: without a share from outside it is 3.
// Where the level hangs on how long stays last, and that is not known yet, there is none.
func (r *MaturityRow) level(low, high stats.Uptake) {
	if r.Pull.Rate.Rate == nil {
		return
	}
	worst := stats.Uptake{Pull: *r.Pull.Rate.Rate, NetFlow: float64(*r.NetFlow.Value), D90: low.D90}
	best := worst
	best.D90 = high.D90
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
}

// explain says of each figure whether it is what a level asks for.
func (r *MaturityRow) explain() {
	r.Why = []string{r.explainPull(), r.explainFlow(), r.explainD90(), r.explainOutside()}
}

func (r *MaturityRow) explainPull() string {
	if r.Pull.Reason == metrics.ReasonEmpty {
		return fmt.Sprintf("not met: nobody came in %d weeks", maturityWeeks)
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
	return fmt.Sprintf("%s: %s (asked: %s)", met(stats.Reaches(*share, asked)), sentence(percent(*share)), percent(asked))
}

func met(yes bool) string {
	if yes {
		return "met"
	}
	return "not met"
}

// percent shows a share with one digit after the point, rounded down, so that what is below a threshold never looks
// as if it were there.
func percent(share float64) string {
	return strconv.FormatFloat(math.Floor(share*1000+1e-9)/10, 'f', -1, 64) + " %"
}

// plainly is a reason in words.
func plainly(why metrics.Reason) string { return strings.ReplaceAll(string(why), "_", " ") }
