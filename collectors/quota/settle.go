package quota

import (
	"net/http"
	"time"
)

// settle takes what came of a request into account, and wakes who waits for it.
func (p *Pool) settle(l *lease, a *answer) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	defer p.change()
	now, owner := time.Now(), l.member.account
	owner.answered(now, l, a)
	l.member.flying--
	spent := Spent{Points: owner.observe(l, a)}
	switch a.kind {
	case refusedCredential:
		p.doubt(l, a)
		spent.Refusals = 1
	case refusedLimit:
		a.until = p.obey(now, l, a)
		spent.Refusals = 1
	case failed:
		spent.Failures = 1
		if a.stay > 0 {
			owner.away(now.Add(a.stay))
		}
	case given:
		owner.well(l)
		l.member.well(l)
	}
	p.count(l.resource.Name, spent)
}

// observe takes what an answer tells of allowances, and returns what was spent. Only of queries it is not known
// what they cost: that shows in what is left.
func (a *account) observe(l *lease, got *answer) int {
	if l.resource.Apart && got.told != nil {
		a.apartFrom(got.told)
		return 1
	}
	own := a.allowance(l.resource.Allowance)
	if got.told == nil {
		if own != nil && got.kind != refusedCredential {
			own.silent(l.cost, got.kind == given)
		}
		return 0
	}
	about := own
	if got.told.allowance != "" && got.told.allowance != l.resource.Allowance {
		about = a.allowance(got.told.allowance)
		if own != nil {
			own.silent(0, got.kind == given)
		}
	}
	if about == nil {
		return 0
	}
	points := about.observe(*got.told, got.cost)
	switch {
	case own == nil || got.status == http.StatusNotModified:
		points = 0
	case !l.resource.Queries:
		points = 1
	}
	about.points += points
	return points
}

// obey does what a host wants that says a limit is reached, and returns when it may be asked again.
func (p *Pool) obey(now time.Time, l *lease, a *answer) time.Time {
	owner := l.member.account
	if al := owner.allowance(l.resource.Allowance); a.spent && al != nil {
		until := now.Add(time.Minute)
		if a.told != nil && a.told.reset.After(now) {
			until = a.told.reset
		}
		al.exhaust(until)
		return al.reset
	}
	until := owner.strike(now, l, a.stay)
	p.log.Info("the host says to ask more slowly", "source", p.config.Source, "credential", l.member.Name,
		"resource", l.resource.Name, "until", until.UTC().Truncate(time.Second))
	return until
}
