package quota

import (
	"math/rand/v2"
	"time"
)

// hold is what a request has to wait for: a time, or a change, when another request comes back. The zero hold
// is nothing.
type hold struct {
	until  time.Time
	change bool
	limit  bool      // of until: an allowance is used up, or the host said to stay away
	spread time.Time // of until, where little is left: when there is more
}

func (h hold) free() bool { return h.until.IsZero() && !h.change }

// sooner returns the one of two holds that may end first.
func (h hold) sooner(other hold) hold {
	if h.change || !other.change && h.until.Before(other.until) {
		return h
	}
	return other
}

// account is what a host knows as one user, with its limits. The lock of the Accounts guards it.
type account struct {
	family     *Family
	allowances map[string]*allowance
	meters     map[string]*meter
	takes      map[string]time.Duration // how long an answer is taken to take, by resource
	flying     map[*lease]bool          // unanswered
	open       int                      // with those whose answer is still being read

	blocked time.Time // the host said to stay away until then
	apart   time.Time // who signs has nothing left until then
	struck  time.Time // when it said so
	strikes int       // since an answer was good
}

func newAccount(f *Family) *account {
	return &account{family: f, allowances: map[string]*allowance{}, meters: map[string]*meter{}, takes: map[string]time.Duration{}, flying: map[*lease]bool{}}
}

// lease is the right to send one request.
type lease struct {
	ask
	member *member
	sent   time.Time
	cost   int
	takes  time.Duration
	number int  // of those that its credential signed
	again  bool // the host refused the same request of this credential before
}

// allowance returns the one of this name. What costs nothing has none, which is nil.
func (a *account) allowance(name string) *allowance {
	if name == "" {
		return nil
	}
	if a.allowances[name] == nil {
		a.allowances[name] = &allowance{}
	}
	return a.allowances[name]
}

// hold says what a request has to wait for. After the host said to stay away, one request goes ahead alone.
func (a *account) hold(now time.Time, q ask, p plan) hold {
	switch {
	case now.Before(a.blocked):
		return hold{until: a.blocked, limit: true}
	case q.resource.Apart && now.Before(a.apart):
		return hold{until: a.apart, limit: true}
	case a.open >= a.family.AtOnce, a.strikes > 0 && len(a.flying) > 0:
		return hold{change: true}
	}
	if h := a.rated(now, q); !h.free() {
		return h
	}
	if al := a.allowance(q.resource.Allowance); al != nil {
		return al.hold(now, p)
	}
	return hold{}
}

// rated says what a request has to wait for because of the rates that it counts against.
func (a *account) rated(now time.Time, q ask) hold {
	for _, c := range q.charges {
		m, more, under := a.meter(c.key), a.amount(c.rate, q), a.underWay(now, c)
		limit := c.rate.limit() - more - under
		if m.within(now, c.rate.Per) <= max(0, limit) && (limit >= 0 || under == 0) {
			continue
		}
		until := m.below(c.rate.Per, max(0, limit))
		return hold{until: until, change: until.IsZero() || limit < 0}
	}
	return hold{}
}

func (a *account) meter(key string) *meter {
	if a.meters[key] == nil {
		a.meters[key] = &meter{}
	}
	return a.meters[key]
}

// amount is what a request is taken to use of a rate.
func (a *account) amount(r *Rate, q ask) int64 {
	if r.Busy > 0 {
		return int64(a.typical(q.resource))
	}
	return int64(q.points)
}

func (a *account) typical(r *Resource) time.Duration {
	if d, ok := a.takes[r.Name]; ok {
		return d
	}
	return r.Takes
}

// underWay is what unanswered requests are taken to use of a rate.
func (a *account) underWay(now time.Time, to charge) (sum int64) {
	for l := range a.flying {
		for _, c := range l.charges {
			switch {
			case c.key != to.key:
			case c.rate.Busy > 0:
				sum += int64(max(l.takes, now.Sub(l.sent)))
			default:
				sum += int64(l.points)
			}
		}
	}
	return sum
}

// send counts a request that begins.
func (a *account) send(now time.Time, m *member, q ask) *lease {
	l := &lease{ask: q, member: m, sent: now, takes: a.typical(q.resource)}
	if al := a.allowance(q.resource.Allowance); al != nil {
		l.cost = al.send(now)
	}
	a.flying[l] = true
	a.open++
	return l
}

// answered counts a request whose answer began after a time. One without an answer is taken to have used what
// others use.
func (a *account) answered(now time.Time, l *lease, got *answer) {
	delete(a.flying, l)
	took := l.takes
	if got.status > 0 {
		took = a.learn(l.resource.Name, got.took)
	}
	if al := a.allowance(l.resource.Allowance); al != nil {
		al.flying -= l.cost
		al.answered++
	}
	for _, c := range l.charges {
		amount := int64(l.points)
		if c.rate.Busy > 0 {
			amount = int64(took)
		}
		a.meter(c.key).add(now, amount)
	}
	a.learn(l.resource.Name, took)
}

// learn returns what an answer took of the host's time, and holds to the longest of the last ones: what is
// estimated too low would be found out by the host.
func (a *account) learn(resource string, took time.Duration) time.Duration {
	if longest := a.family.Longest; longest > 0 {
		took = min(took, longest)
	}
	a.takes[resource] = max(took, (7*a.takes[resource]+took)/8)
	return took
}

// strike obeys a host that said to stay away, for a time or, where stay is 0, for an unknown one. Requests that were under
// way already are no disobedience; else the time doubles, from a minute on: at once where the host names none, from the
// second time on where it does. It returns the end.
func (a *account) strike(now time.Time, l *lease, stay time.Duration) time.Time {
	if !l.sent.Before(a.struck) {
		a.strikes++
		a.struck = now
		again := min(a.strikes, maxStrikes) - 1
		if stay > 0 {
			again--
		}
		if again >= 0 {
			stay = max(stay, time.Minute<<again)
		}
		a.blocked = now.Add(stay + time.Duration(rand.Int64N(int64(stay)/10)))
	}
	if end := now.Add(stay); end.After(a.blocked) {
		a.blocked = end
	}
	return a.blocked
}

// away lets nobody ask before a moment, as a host wants that is not well.
func (a *account) away(until time.Time) {
	if until.After(a.blocked) {
		a.blocked = until
	}
}

// apartFrom takes in what is left to who signs.
func (a *account) apartFrom(t *told) {
	if t.remaining <= 0 && t.reset.After(a.apart) {
		a.apart = t.reset
	}
}

// maxStrikes is where waiting grows no longer: half an hour.
const maxStrikes = 6

// well forgets the strikes of an account that was answered.
func (a *account) well(l *lease) {
	if !l.sent.Before(a.struck) {
		a.strikes = 0
	}
}
