package quota

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

type signingKey struct{}

// signing is for whom a credential signs.
type signing struct {
	pool   *Pool
	member *member
	stay   *time.Duration // how long a host that failed said to stay away; nil where nobody asks
}

// within returns a context in which a credential signs for the pool.
func (s signing) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, signingKey{}, s)
}

// Aside carries what a Credential asks while it signs, such as for a token. It counts as asked by the pool that it signs
// for, and against its budget, but against none of its limits: who signs has limits of its own. That one of those is
// reached is an error that the pool knows: it waits with the request that was to be signed, and with all others of the
// same account. Where it signs for no pool it is sent as it is.
type Aside struct{}

// RoundTrip implements http.RoundTripper.
func (Aside) RoundTrip(r *http.Request) (*http.Response, error) {
	s, ok := r.Context().Value(signingKey{}).(signing)
	if !ok {
		return http.DefaultTransport.RoundTrip(r)
	}
	p := s.pool
	if err := p.aside(s.member); err != nil {
		return nil, err
	}
	resp, err := p.transport.RoundTrip(r)
	spent := Spent{Requests: 1}
	if err == nil && p.config.Family.limits(resp.Header) {
		spent.Points = 1
	}
	if p.count(REST, spent); err != nil {
		return nil, err
	}
	a := p.config.Family.read(resp, false)
	if a.kind == failed && s.stay != nil {
		*s.stay = a.stay
	}
	p.left(s.member, a.told)
	if a.kind != refusedLimit {
		return resp, nil
	}
	discard(resp)
	return nil, p.keepAway(s.member, &a)
}

// aside says whether a credential may ask something while it signs, and counts it.
func (p *Pool) aside(m *member) error {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if stay := max(time.Until(m.account.blocked), time.Until(m.account.apart)); stay > 0 { // since another request was to be signed
		return &limited{stay}
	}
	if !p.budget.take(nil) { // what comes later needs it, too: it is of no share
		return p.overBudget(p.budget)
	}
	return nil
}

// left notes what is left to who signs.
func (p *Pool) left(m *member, t *told) {
	if t == nil {
		return
	}
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	m.account.apartFrom(t)
}

// keepAway notes at once that a host said to stay away, for others that want to sign meanwhile.
func (p *Pool) keepAway(m *member, a *answer) error {
	now, stay := time.Now(), a.stay
	if a.spent {
		stay = time.Minute
		if a.told != nil {
			stay = max(stay, a.told.reset.Sub(now))
		}
	}
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if until := now.Add(stay); until.After(m.account.blocked) {
		m.account.blocked = until
	}
	return &limited{stay}
}

// limited means that the host limits how often who signs asks.
type limited struct {
	stay time.Duration // as the host says; 0 where it does not
}

// Error implements error.
func (l *limited) Error() string {
	if l.stay == 0 {
		return "the host limits how often it is asked for a token"
	}
	return fmt.Sprintf("the host limits how often it is asked for a token, and allows no more for %v", l.stay.Round(time.Second))
}

// heldBack is what a request that could not be signed has to wait for; nil where err says nothing of that.
func heldBack(err error) *answer {
	var l *limited
	if !errors.As(err, &l) {
		return nil
	}
	return &answer{kind: refusedLimit, stay: l.stay}
}

// Credentials are those of the pool for who signs what is not sent through it, such as git. What they ask meanwhile counts
// as the pool's, and waits for limits as what is sent through it does.
func (p *Pool) Credentials() []Credential {
	list := slices.Clone(p.config.Credentials)
	for i, c := range list {
		list[i].Authorize = func(r *http.Request) error { return p.sign(r, c, p.members[i]) }
	}
	return list
}

// sign lets a credential sign what the pool does not send, again where the pool would send a request again.
func (p *Pool) sign(r *http.Request, c Credential, m *member) error {
	q := p.config.Family.ask(r)
	for failures, refusals := 0, 0; ; {
		begun := time.Now()
		var stay time.Duration
		err := c.Authorize(r.WithContext(signing{p, m, &stay}.within(r.Context())))
		if err == nil {
			return nil
		}
		switch a := m.unanswered(r.Context(), err, stay); {
		case a.kind == refusedLimit:
			until := p.struck(&lease{ask: q, member: m, sent: begun}, a.stay)
			if refusals++; refusals > maxRefusals {
				return &Exhausted{Source: p.config.Source, Resource: q.resource.Name, Until: until, Refused: refusals}
			}
			if err := p.await(r.Context(), q, hold{until: until, limit: true}, nil); err != nil {
				return err
			}
		case a.kind == failed && failures < maxFailures && p.pauses(r.Context(), failures, &a):
			failures++
			p.stayAway(m, a.stay)
			if p.pause(r.Context(), q, a) != nil {
				return err
			}
		default:
			return err
		}
	}
}

// struck obeys a host that said to stay away, and returns until when.
func (p *Pool) struck(l *lease, stay time.Duration) time.Time {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	return l.member.account.strike(time.Now(), l, stay)
}

// stayAway keeps all requests of an account from a host that failed and said for how long.
func (p *Pool) stayAway(m *member, stay time.Duration) {
	if stay > 0 {
		p.shared.mu.Lock()
		defer p.shared.mu.Unlock()
		m.account.away(time.Now().Add(stay))
	}
}
