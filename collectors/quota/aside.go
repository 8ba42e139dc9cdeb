package quota

import (
	"context"
	"net/http"
	"slices"
)

type signingKey struct{}

// signing returns a context in which credentials sign for the pool.
func (p *Pool) signing(ctx context.Context) context.Context {
	return context.WithValue(ctx, signingKey{}, p)
}

// Aside carries what a Credential asks while it signs, such as for a token. It counts as asked by the pool that it signs
// for, and against its budget, but against none of its limits: who signs has limits of its own. Where it signs for no
// pool it is sent as it is.
type Aside struct{}

// RoundTrip implements http.RoundTripper.
func (Aside) RoundTrip(r *http.Request) (*http.Response, error) {
	p, ok := r.Context().Value(signingKey{}).(*Pool)
	if !ok {
		return http.DefaultTransport.RoundTrip(r)
	}
	p.shared.mu.Lock()
	budget := p.budget
	p.shared.mu.Unlock()
	if !budget.take(shareOf(r.Context())) {
		return nil, p.overBudget(budget)
	}
	resp, err := p.transport.RoundTrip(r)
	spent := Spent{Requests: 1}
	if err == nil && p.config.Family.limits(resp.Header) {
		spent.Points = 1
	}
	p.count(REST, spent)
	return resp, err
}

// Credentials are those of the pool for who signs what is not sent through it, such as git. What they ask meanwhile counts
// as the pool's.
func (p *Pool) Credentials() []Credential {
	list := slices.Clone(p.config.Credentials)
	for i, c := range list {
		list[i].Authorize = func(r *http.Request) error { return c.Authorize(r.WithContext(p.signing(r.Context()))) }
	}
	return list
}
