package quota

import "time"

// slack is how far two answers may be apart in what they tell of the same reset: the host's clock has whole
// seconds, and there is more than one.
const slack = 2 * time.Second

// told is what an answer tells of an allowance.
type told struct {
	allowance string
	limit     int
	remaining int
	reset     time.Time // on the clock of this machine
}

// allowance is what an account may still ask of a resource, until it is reset.
//
// What it was told may be older than other answers that are on their way, so it holds to the least, and takes
// every request under way for one that the host has not counted yet. While nothing is known one request goes
// ahead alone.
type allowance struct {
	known     bool
	unlimited bool // the host tells of none
	limit     int
	told      int // least that the headers said remains
	left      int // the same, less what was sent without an answer that told
	reset     time.Time

	flying   int       // what requests under way are taken to cost
	sent     time.Time // the newest request
	minute   meter     // what was sent, for the present pace
	answered int
	points   int // that they cost
}

// cost is what one more request is taken to cost.
func (a *allowance) cost() int {
	if a.answered == 0 {
		return 1
	}
	return max(1, (a.points+a.answered-1)/a.answered)
}

// avail is what may be sent at least, and whether that is known.
func (a *allowance) avail(now time.Time) (points int, known bool) {
	if a.known && !a.unlimited && !now.Before(a.reset) {
		a.known = false
	}
	return a.left - a.flying, a.known && !a.unlimited
}

// hold says what a request has to wait for, if anything.
func (a *allowance) hold(now time.Time, p plan) hold {
	avail, known := a.avail(now)
	switch {
	case a.unlimited:
		return hold{}
	case !known:
		return hold{change: a.flying > 0}
	case a.left <= 0:
		return hold{until: a.reset, limit: true}
	case avail < a.cost() && a.flying > 0:
		return hold{change: true}
	}
	return a.spaced(now, avail, p)
}

// plan says how what is still to come compares with what all accounts have left.
type plan int

const (
	unplanned plan = iota
	fits
	beyond
)

// spaced holds a request back where what is left would not last until the reset: because it is known that more
// is to come, or, where nobody planned, at the pace of the last minute. Without a plan the first half of an
// allowance may be spent at any pace.
func (a *allowance) spaced(now time.Time, avail int, p plan) hold {
	rest := a.reset.Sub(now)
	lasts := 2*a.left > a.limit || a.minute.within(now, time.Minute)*int64(rest/time.Second) <= int64(avail)*60
	if p == fits || p == unplanned && lasts || avail <= 0 {
		return hold{}
	}
	until := a.sent.Add(rest * time.Duration(a.cost()) / time.Duration(avail+1))
	if !until.After(now) {
		return hold{}
	}
	return hold{until: until, spread: a.reset}
}

// send counts a request that begins, and returns what it is taken to cost.
func (a *allowance) send(now time.Time) int {
	cost := a.cost()
	a.flying += cost
	a.sent = now
	a.minute.add(now, int64(cost))
	return cost
}

// observe takes what an answer tells, and returns how much less remains than the answer before said. What others
// spent is in it; so of the first answer, before which they may have spent much, it is what the answer itself says that it
// cost, or 1 where it does not.
func (a *allowance) observe(t told, cost int) (less int) {
	switch {
	case a.limit == 0:
		less = max(1, cost)
		a.begin(t)
	case t.reset.After(a.reset.Add(slack)):
		less = t.limit - t.remaining
		a.begin(t)
	case t.reset.Before(a.reset.Add(-slack)): // the one before
	default:
		less = max(0, a.told-t.remaining)
		a.told = min(a.told, t.remaining)
		a.left = min(a.left, a.told)
	}
	return less
}

func (a *allowance) begin(t told) {
	a.known, a.unlimited = true, false
	a.limit, a.told, a.left, a.reset = t.limit, t.remaining, t.remaining, t.reset
}

// silent takes an answer that tells nothing, or none: it may have cost something. Where the host answers well
// and tells of nothing, nothing is limited.
func (a *allowance) silent(cost int, well bool) {
	if !a.known && well {
		a.known, a.unlimited = true, true
	}
	a.left -= cost
}

// exhaust ends an allowance that the host says is used up.
func (a *allowance) exhaust(until time.Time) {
	a.known, a.unlimited = true, false
	a.left, a.told = 0, 0
	a.limit = max(1, a.limit)
	if until.After(a.reset) {
		a.reset = until
	}
}
