package quota

import (
	"context"
	"slices"
	"time"
)

// acquire waits until a request may be sent, by the credential that has most left.
func (p *Pool) acquire(ctx context.Context, q ask) (*lease, error) {
	var begun time.Time
	for {
		l, h, changed, err := p.try(q)
		if l != nil || err != nil {
			p.waited(q, begun)
			return l, err
		}
		if begun.IsZero() && !h.until.IsZero() {
			begun = time.Now()
		}
		if err := p.await(ctx, q, h, changed); err != nil {
			p.waited(q, begun)
			return nil, err
		}
	}
}

// waited counts the wait of a request that was held back by a limit.
func (p *Pool) waited(q ask, begun time.Time) {
	if !begun.IsZero() {
		p.count(q.resource.Name, Spent{Waits: 1, Waited: time.Since(begun)})
	}
}

// try returns a lease, or what it has to wait for.
func (p *Pool) try(q ask) (*lease, hold, <-chan struct{}, error) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	m, h, err := p.choose(time.Now(), q)
	switch {
	case err != nil:
		return nil, hold{}, nil, err
	case p.budget.over(q.share):
		return nil, hold{}, nil, p.overBudget(p.budget)
	case m == nil:
		return nil, h, p.shared.awaited(), nil
	case !p.budget.take(q.share):
		return nil, hold{}, nil, p.overBudget(p.budget)
	}
	if left, ok := p.plan[q.resource.Name]; ok && left > 0 {
		p.plan[q.resource.Name] = left - 1
	}
	return m.send(time.Now(), q), hold{}, nil, nil
}

func (p *Pool) overBudget(b *Budget) error {
	return &overBudget{p.config.Source, b.size}
}

// choose returns the credential that may send and has most left, or what to wait for. One of which nothing is
// known yet comes first.
func (p *Pool) choose(now time.Time, q ask) (*member, hold, error) {
	live := slices.DeleteFunc(slices.Clone(p.members), func(m *member) bool { return !m.live() })
	if len(live) == 0 {
		return nil, hold{}, p.turnAway()
	}
	planned := p.planned(now, q, live)
	var best *member
	var most int
	held := hold{until: now.AddDate(100, 0, 0)}
	for _, m := range live {
		h := m.hold(now, q, planned)
		if !h.free() {
			held = held.sooner(h)
			continue
		}
		left := m.left(now, q)
		if !m.heard && p.config.Family.Rights != nil {
			left = plenty + 1 // to hear what it may do
		}
		if best == nil || left > most {
			best, most = m, left
		}
	}
	return best, held, nil
}

// left orders credentials by what they have left; among those that nothing is known of, or that have no limit,
// by how little they are used.
func (m *member) left(now time.Time, q ask) int {
	if al := m.account.allowance(q.resource.Allowance); al != nil {
		if avail, known := al.avail(now); known {
			return avail
		}
	}
	return plenty - m.account.open
}

// plenty is more than any allowance.
const plenty = 1 << 30

// planned compares the plan of a resource with what all credentials have left.
func (p *Pool) planned(now time.Time, q ask, live []*member) plan {
	requests, ok := p.shared.plan(q.resource.Name, p)
	if !ok {
		return unplanned
	}
	seen := map[*account]bool{}
	for _, m := range live {
		al := m.account.allowance(q.resource.Allowance)
		if seen[m.account] || al == nil {
			continue
		}
		seen[m.account] = true
		avail, known := al.avail(now)
		if !known {
			return fits
		}
		requests -= avail / al.cost()
	}
	if requests > 0 {
		return beyond
	}
	return fits
}

// await waits for what a request is held back by, or for anything that may have changed that. Where it would
// be too long for the pool or for ctx, it fails at once.
func (p *Pool) await(ctx context.Context, q ask, h hold, changed <-chan struct{}) error {
	var timer <-chan time.Time
	if !h.until.IsZero() {
		if err := p.worth(ctx, q, h); err != nil {
			return err
		}
		t := time.NewTimer(time.Until(h.until))
		defer t.Stop()
		timer = t.C
	}
	if !h.spread.IsZero() { // one that is let go at once when something changes was not held back
		defer time.AfterFunc(long, func() {
			p.note(q, h.spread, "little is left of what the host allows: requests are spread until it allows more")
		}).Stop()
	}
	select {
	case <-timer:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// worth says whether it makes sense to wait so long.
func (p *Pool) worth(ctx context.Context, q ask, h hold) error {
	wait := time.Until(h.until)
	deadline, bound := ctx.Deadline()
	if h.limit && p.config.Wait > 0 && wait > p.config.Wait || bound && h.until.After(deadline) {
		return &Exhausted{Source: p.config.Source, Resource: q.resource.Name, Until: h.until}
	}
	if h.limit && wait >= long {
		p.note(q, h.until, "waiting until the host allows more requests: what is read by now is kept")
	}
	return nil
}

// long is how long a request is held back before somebody is told.
const long = 10 * time.Second

// note tells the log of a long wait, once.
func (p *Pool) note(q ask, until time.Time, why string) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if until.Equal(p.noted) {
		return
	}
	p.noted = until
	log := p.log.Info
	if time.Until(until) > time.Minute { // who looks on would think that nothing happens any more
		log = p.log.Warn
	}
	log(why, "source", p.config.Source, "host", p.config.Base.Host, "resource", q.resource.Name, "until", until.UTC().Truncate(time.Second),
		"wait", time.Until(until).Round(time.Second))
}

// change wakes those who wait for a change.
func (p *Pool) change() { p.shared.change() }
