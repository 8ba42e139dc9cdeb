package quota

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// How often one request is sent again.
const (
	maxFailures = 2 // after the network or the host failed it
	maxRefusals = 5 // after the host said that a limit is reached
)

// RoundTrip sends a request when it may be sent, and again when it was held back by a limit, by a credential
// that is no good, or by a failure that may pass. Requests that change something are not sent again after
// failures, and neither are queries that took too long.
//
// The answer has none of the headers that tell of limits: they are those of one credential of several, and
// clients would stop asking because of them.
func (p *Pool) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := rewinder(req)
	if err != nil {
		return nil, err
	}
	if !p.ours(req.URL) {
		return p.forward(req, body)
	}
	q := p.config.Family.ask(req)
	q.share = shareOf(req.Context())
	begun := time.Now()
	refused := map[*member]bool{}
	for failures, refusals := 0, 0; ; {
		l, err := p.admit(req.Context(), q)
		if err != nil {
			return nil, err
		}
		l.again = refused[l.member]
		resp, a, err := p.send(l, req, body)
		p.fare(l, &a, err)
		if resp != nil && q.safe && p.outranked(l.member, resp.Header) {
			discard(resp)
			continue
		}
		switch {
		case a.kind == refusedCredential:
			refused[l.member] = true
		case a.kind == refusedLimit && refusals < maxRefusals && !p.impatient(refusals, begun, a.until):
			refusals++
		case a.kind == refusedLimit:
			return nil, &Exhausted{Source: p.config.Source, Resource: q.resource.Name, Until: a.until, Refused: refusals + 1}
		case !q.again(a, err) || failures == maxFailures || Late(err) && p.tired(q) || !p.pauses(req.Context(), failures, &a):
			p.hear(q, l.sent, err)
			return resp, err
		default:
			discard(resp)
			if err := p.pause(req.Context(), q, a); err != nil {
				return nil, err
			}
			failures++
		}
	}
}

// impatient reports whether a request that was refused before, and now again, would be sent too late.
func (p *Pool) impatient(before int, begun, until time.Time) bool {
	return p.config.Patience > 0 && before > 0 && until.Sub(begun) > p.config.Patience
}

// admit waits until a request may be sent, unless it was in vain to ask for the same of others.
func (p *Pool) admit(ctx context.Context, q ask) (*lease, error) {
	if err := cmp.Or(p.silent(q), p.out(q)); err != nil {
		return nil, err
	}
	return p.acquire(ctx, q)
}

// ours says whether an address is the host's. No other one is ever sent a credential.
func (p *Pool) ours(to *url.URL) bool {
	base := p.config.Base
	return base != nil && strings.EqualFold(base.Scheme, to.Scheme) && strings.EqualFold(base.Hostname(), to.Hostname()) && port(base) == port(to)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
}

// forward sends a request to another host, as a redirection may want: unsigned and unlimited.
func (p *Pool) forward(req *http.Request, body func() io.ReadCloser) (*http.Response, error) {
	p.shared.mu.Lock()
	budget := p.budget
	p.shared.mu.Unlock()
	if !budget.take(shareOf(req.Context())) {
		return nil, p.overBudget(budget)
	}
	p.count("elsewhere", Spent{Requests: 1})
	again := req.Clone(req.Context())
	again.Body = body()
	return p.transport.RoundTrip(again)
}

// rewinder reads the body of a request, so that it can be sent more than once.
func rewinder(req *http.Request) (func() io.ReadCloser, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return func() io.ReadCloser { return http.NoBody }, nil
	}
	defer req.Body.Close()
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("read the body of a request: %w", err)
	}
	return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }, nil
}

// send signs and sends a request once. Answers that the pool deals with itself are read and gone.
func (p *Pool) send(l *lease, req *http.Request, body func() io.ReadCloser) (*http.Response, answer, error) {
	defer p.listen(req, l.ask)()
	ctx, cancel := context.WithTimeout(req.Context(), p.timeout)
	var stay time.Duration
	signed := req.Clone(signing{p, l.member, &stay}.within(ctx))
	signed.Body = body()
	resp, began, err := p.exchange(l, signed)
	if err != nil {
		err = p.explain(req, ctx, err)
		cancel()
		a := l.member.unanswered(req.Context(), err, stay)
		p.settle(l, &a)
		p.release(l)
		return nil, a, err
	}
	took := time.Since(began)
	resp.Request = req // not the one that is signed
	resp.Body = &reading{ReadCloser: resp.Body, explain: func(err error) error { return p.explain(req, ctx, err) }, done: func() { cancel(); p.release(l) }}
	a := p.config.Family.read(resp, l.resource.Queries)
	a.took = took
	if a.kind == refusedCredential && l.member.Refused != nil {
		l.member.Refused(signed, *a.said)
	}
	p.settle(l, &a)
	if a.kind == refusedCredential || a.kind == refusedLimit {
		discard(resp)
		return nil, a, nil
	}
	if err := keep(resp); err != nil {
		if a.kind != failed {
			p.count(l.resource.Name, Spent{Failures: 1})
		}
		a.kind = failed
		return nil, a, err
	}
	resp.Body = something(resp)
	return resp, a, nil
}

// unanswered says what is meant by an error that came in place of an answer, of a host that said to stay away so long, or 0.
func (m *member) unanswered(ctx context.Context, err error, stay time.Duration) answer {
	switch held := heldBack(err); {
	case held != nil:
		return *held
	case errors.Is(err, ErrRefused):
		a := answer{kind: refusedCredential, final: m.Refused == nil}
		if said, ok := Refused(err); ok {
			a.said = &said
		}
		return a
	case ctx.Err() != nil, errors.Is(err, ErrBudget):
		return answer{kind: abandoned}
	}
	return answer{kind: failed, stay: stay}
}

// exchange signs a request, sends it, and says when it went out.
func (p *Pool) exchange(l *lease, signed *http.Request) (*http.Response, time.Time, error) {
	if err := l.member.Authorize(signed); err != nil {
		p.unsent()
		return nil, time.Now(), fmt.Errorf("%s: sign a request with %s: %w", p.config.Source, l.member.Name, err)
	}
	p.count(l.resource.Name, Spent{Requests: 1})
	began := time.Now()
	resp, err := p.transport.RoundTrip(signed)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // as the network has it: a transport may wrap it to say that an answer is none
		err = hungUp{err}
	}
	return resp, began, err
}

// unsent gives back what a request took of the budget that could not be signed.
func (p *Pool) unsent() {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	p.budget.giveBack()
}

// again says whether a request that failed may be sent again.
func (q ask) again(a answer, err error) bool {
	switch {
	case a.kind != failed || !q.safe:
		return false
	case q.resource.Queries:
		return err != nil && !errors.Is(err, context.DeadlineExceeded)
	}
	return true
}

// pauses says until when a failed request waits before it is sent again: a second, then twice as long, or as
// long as the host said. It reports whether that makes sense.
func (p *Pool) pauses(ctx context.Context, failures int, a *answer) bool {
	backoff := time.Second << failures
	backoff += time.Duration(rand.Int64N(int64(backoff) / 2))
	a.until = time.Now().Add(max(backoff, a.stay))
	deadline, bound := ctx.Deadline()
	return ctx.Err() == nil && (p.config.Wait == 0 || a.stay <= p.config.Wait) && (!bound || a.until.Before(deadline))
}

func (p *Pool) pause(ctx context.Context, q ask, a answer) error {
	p.count(q.resource.Name, Spent{Retries: 1})
	return p.await(ctx, q, hold{until: a.until}, nil)
}

// release ends what an answer counted as on its way.
func (p *Pool) release(l *lease) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	l.member.account.open--
	p.change()
}
