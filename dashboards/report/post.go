package report

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Recipient is who gets a report.
type Recipient struct {
	Address string // of mail; "" where it goes to Slack
	Webhook string // of Slack; secret, never shown
	Name    string // of a Slack recipient, as logs and the ledger show it
	Scope   Scope
	Always  bool // also when nothing changed
}

// String is what a recipient is called.
func (r Recipient) String() string {
	if r.Address != "" {
		return r.Address
	}
	return r.Name
}

// Outcome says what became of a report for a recipient.
type Outcome struct {
	Recipient Recipient
	Week      Week
	State     OutcomeState
	Detail    string // why, in words; "" where it was sent
}

// OutcomeState says how it ended.
type OutcomeState string

// How it ended. Only Failed is a failure.
const (
	Sent      OutcomeState = "sent"
	Unchanged OutcomeState = "unchanged" // nothing changed, and nobody asked for it all the same
	Before    OutcomeState = "before"    // it was sent before, or somebody else is sending it
	Failed    OutcomeState = "failed"
)

// Post carries reports to their recipients.
type Post struct {
	Ledger      Ledger
	Mail        Mail
	Unsubscribe string // https URL of one-click unsubscription; "" for none
	Web         *http.Client
	Now         func() time.Time
	Pauses      []time.Duration // before each further attempt, where one failed that may go well later
	Again       bool            // send what was sent
	Tell        func(format string, args ...any)
}

// Pauses are those between attempts: greylisting asks for a few minutes.
func Pauses() []time.Duration {
	return []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute}
}

// parcel is a report on its way to a recipient.
type parcel struct {
	to      Recipient
	report  *Report
	deliver func(ctx context.Context, begin func() error) error // nothing is handed over before begin
	failed  error                                               // of the last attempt
}

// Send sends what make makes for each recipient, and says what became of each. Whoever cannot be reached now is tried
// again after all others had their turn.
func (p *Post) Send(ctx context.Context, week Week, recipients []Recipient, make func(context.Context, Recipient) (*Report, error)) []Outcome {
	outcomes := map[int]Outcome{}
	end := func(i int, state OutcomeState, err error) {
		o := Outcome{Recipient: recipients[i], Week: week, State: state}
		if err != nil {
			o.Detail = strings.TrimSuffix(metrics.Detail(err), ": "+ErrSent.Error())
		}
		outcomes[i] = o
	}
	waiting := map[int]*parcel{}
	for i, to := range recipients {
		parcel, err := p.pack(ctx, to, make)
		switch {
		case err != nil:
			end(i, Failed, err)
		case !parcel.report.Changed() && !to.Always:
			end(i, Unchanged, nil)
		default:
			waiting[i] = parcel
		}
		if parcel := waiting[i]; parcel != nil {
			p.round(ctx, week, waiting, i, end)
		}
	}
	for _, pause := range p.Pauses {
		if len(waiting) == 0 || !p.wait(ctx, pause, waiting) {
			break
		}
		for i := range recipients {
			if waiting[i] != nil {
				p.round(ctx, week, waiting, i, end)
			}
		}
	}
	for i, parcel := range waiting {
		end(i, Failed, fmt.Errorf("given up after %d attempts: %w", len(p.Pauses)+1, parcel.failed))
	}
	list := []Outcome{}
	for i := range recipients {
		list = append(list, outcomes[i])
	}
	return list
}

// wait waits before the next attempts, and says for whom.
func (p *Post) wait(ctx context.Context, pause time.Duration, waiting map[int]*parcel) bool {
	for _, parcel := range waiting {
		p.tell("%s: %s; next attempt in %s", parcel.to, metrics.Detail(parcel.failed), pause)
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

func (p *Post) tell(format string, args ...any) {
	if p.Tell != nil {
		p.Tell(format, args...)
	}
}

// pack makes a report and what carries it.
func (p *Post) pack(ctx context.Context, to Recipient, make func(context.Context, Recipient) (*Report, error)) (*parcel, error) {
	r, err := make(ctx, to)
	if err != nil {
		return nil, err
	}
	out := &parcel{to: to, report: r}
	if to.Address == "" {
		out.deliver = func(ctx context.Context, begin func() error) error { return p.slack(ctx, to, r, begin) }
		return out, nil
	}
	out.deliver = func(ctx context.Context, begin func() error) error {
		m, err := r.Message(Envelope{From: p.Mail.From, To: to.Address, Unsubscribe: p.Unsubscribe, Date: p.Now()})
		if err != nil {
			return permanent(err)
		}
		return p.Mail.deliver(ctx, m, begin)
	}
	return out, nil
}

// round tries once to deliver a parcel. It stays among those that wait where that may go well later.
func (p *Post) round(ctx context.Context, week Week, waiting map[int]*parcel, i int, end func(int, OutcomeState, error)) {
	parcel := waiting[i]
	err := p.attempt(ctx, week, parcel)
	var failure *failure
	switch {
	case err == nil:
		end(i, Sent, nil)
	case errors.As(err, &failure) && failure.later && ctx.Err() == nil:
		parcel.failed = err
		return
	case errors.Is(err, ErrSent):
		end(i, Before, err)
	default:
		end(i, Failed, err)
	}
	delete(waiting, i)
}

// attempt claims a report, delivers it, and notes how that ended.
func (p *Post) attempt(ctx context.Context, week Week, parcel *parcel) error {
	key := metrics.SendingKey{Recipient: parcel.to.String(), Scope: parcel.to.Scope.String(), Week: week.Key()}
	claim, err := newClaim(ctx, p.Ledger, p.Now, key, p.Again)
	if err != nil {
		return err
	}
	err = parcel.deliver(ctx, func() error { return claim.begin(ctx, p.Again) })
	kept := context.WithoutCancel(ctx) // what happened is noted, whatever becomes of this process
	var failure *failure
	switch {
	case err == nil:
		if err := claim.note(kept, metrics.SendingDone, ""); err != nil {
			p.tell("%s: sent, but that could not be kept: %s", parcel.to, metrics.Detail(err))
		}
		return nil
	case errors.As(err, &failure) && failure.unsure:
		return fmt.Errorf("it may have arrived or not, and is not sent again: %w", err)
	case errors.Is(err, ErrSent), errors.Is(err, metrics.ErrConflict):
		return err // who stepped back has noted that
	}
	return errors.Join(err, claim.note(kept, metrics.SendingFailed, metrics.Detail(err)))
}

// failure is why a report was not delivered.
type failure struct {
	err    error
	later  bool // it may go well later
	unsure bool // it may have been delivered
}

func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns what happened.
func (f *failure) Unwrap() error { return f.err }

func permanent(err error) error { return &failure{err: err} }

func temporary(err error) error { return &failure{err: err, later: true} }

func uncertain(err error) error { return &failure{err: err, unsure: true} }
