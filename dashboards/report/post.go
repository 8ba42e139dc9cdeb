package report

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	Always  bool  // also when nothing changed
	Lacks   error // what is missing for it to be reached, such as a secret; nil for nothing
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
	Later     bool   // it was not sent, and a later sending may go well
}

// OutcomeState says how it ended.
type OutcomeState string

// How it ended. Only Failed is a failure, and Waiting is no end.
const (
	Sent      OutcomeState = "sent"
	Unchanged OutcomeState = "unchanged" // nothing changed, and nobody asked for it all the same
	Before    OutcomeState = "before"    // it was sent before
	Busy      OutcomeState = "busy"      // somebody else is sending it, and whether that goes well is not known yet
	Failed    OutcomeState = "failed"
	Waiting   OutcomeState = "waiting" // it is tried again
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
	Tell        func(Outcome)   // of each at once: of those that ended, and of those that wait
}

// Pauses are those between attempts: greylisting asks for a few minutes.
func Pauses() []time.Duration {
	return []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute}
}

// longest is the longest pause that somebody may ask for.
const longest = 10 * time.Minute

// parcel is a report on its way to a recipient.
type parcel struct {
	outcome  *Outcome
	report   *Report
	deliver  func(ctx context.Context, begin func() error) error // nothing is handed over before begin
	attempts int                                                 // that were made
	waits    int                                                 // for somebody else who was sending it
	failed   error                                               // of the last attempt
	next     time.Time                                           // attempt, not before
}

// Send sends what make makes for each recipient, and says what became of each. Whoever cannot be reached now is tried
// again after all others had their turn.
func (p *Post) Send(ctx context.Context, week Week, recipients []Recipient, make func(context.Context, Recipient) (*Report, error)) []Outcome {
	outcomes := []Outcome{}
	for _, to := range recipients {
		outcomes = append(outcomes, Outcome{Recipient: to, Week: week})
	}
	var waiting []*parcel
	for i, to := range recipients {
		parcel := &parcel{outcome: &outcomes[i]}
		err := p.pack(ctx, parcel, make)
		switch {
		case err != nil && ctx.Err() != nil:
			p.giveUp(ctx, parcel)
		case err != nil:
			parcel.outcome.Later = to.Lacks != nil || !errors.Is(err, metrics.ErrInvalid) && !errors.Is(err, metrics.ErrNotFound)
			p.end(parcel, Failed, err)
		case !parcel.report.Changed() && !to.Always:
			p.end(parcel, Unchanged, nil)
		case !p.try(ctx, parcel):
			waiting = append(waiting, parcel)
		}
	}
	for len(waiting) > 0 && rest(ctx, waiting) {
		turn := waiting
		waiting = nil
		for _, parcel := range turn {
			if parcel.next.After(time.Now()) || !p.try(ctx, parcel) {
				waiting = append(waiting, parcel)
			}
		}
	}
	for _, parcel := range waiting {
		p.giveUp(ctx, parcel)
	}
	return outcomes
}

// rest waits for the next attempt of any parcel.
func rest(ctx context.Context, waiting []*parcel) bool {
	soonest := slices.MinFunc(waiting, func(a, b *parcel) int { return a.next.Compare(b.next) })
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Until(soonest.next)):
		return ctx.Err() == nil
	}
}

// end says how it ended for a recipient.
func (p *Post) end(parcel *parcel, state OutcomeState, err error) {
	o := parcel.outcome
	o.State = state
	if err != nil {
		o.Detail = detail(err)
	}
	p.tell(*o)
}

// detail is an error in words. What steps back says why.
func detail(err error) string {
	text := metrics.Detail(err)
	for _, kind := range []error{ErrSent, ErrBusy} {
		text = strings.TrimSuffix(text, ": "+kind.Error())
	}
	return text
}

// giveUp ends what may go well later.
func (p *Post) giveUp(ctx context.Context, parcel *parcel) {
	parcel.outcome.Later = true
	switch {
	case errors.Is(parcel.failed, ErrBusy):
		p.end(parcel, Busy, parcel.failed)
		return
	case ctx.Err() != nil:
		p.end(parcel, Failed, errStopped)
		return
	}
	p.end(parcel, Failed, fmt.Errorf("given up after %s: %w", plural(parcel.attempts, "attempt", "attempts"), parcel.failed))
}

// errStopped is why what was not handed over when the program was told to stop is not sent by it.
var errStopped = errors.New("not sent: the program was told to stop first; the next one that sends reports sends it")

func (p *Post) tell(o Outcome) {
	if p.Tell != nil {
		p.Tell(o)
	}
}

// pack makes a report and what carries it.
func (p *Post) pack(ctx context.Context, parcel *parcel, make func(context.Context, Recipient) (*Report, error)) (err error) {
	to := parcel.outcome.Recipient
	if to.Lacks != nil {
		return to.Lacks
	}
	if parcel.report, err = make(ctx, to); err != nil {
		return err
	}
	if to.Address == "" {
		parcel.deliver = func(ctx context.Context, begin func() error) error { return p.slack(ctx, to, parcel.report, begin) }
		return nil
	}
	parcel.deliver = func(ctx context.Context, begin func() error) error {
		m, err := parcel.report.Message(Envelope{From: p.Mail.From, To: to.Address, Unsubscribe: p.Unsubscribe, Date: p.Now()})
		if err != nil {
			return permanent(err)
		}
		return p.Mail.deliver(ctx, m, begin)
	}
	return nil
}

// try tries once to deliver a parcel, and reports whether that was the end. Where it may go well later it waits: as long
// as it is used to, or as long as it was asked to.
func (p *Post) try(ctx context.Context, parcel *parcel) (ended bool) {
	err := p.attempt(ctx, parcel)
	tries, most := &parcel.attempts, longest
	if errors.Is(err, ErrBusy) { // who may die: then it is this one's turn, with all its attempts
		tries, most = &parcel.waits, time.Duration(metrics.SendingAbandoned)*time.Second
	}
	*tries++
	parcel.failed = err
	var failure *failure
	switch {
	case err == nil:
		p.end(parcel, Sent, nil)
	case errors.As(err, &failure) && failure.later && ctx.Err() == nil && *tries <= len(p.Pauses):
		pause := max(min(p.Pauses[*tries-1], most), min(failure.wait, longest))
		parcel.next = time.Now().Add(pause)
		waiting := *parcel.outcome
		waiting.State, waiting.Detail = Waiting, fmt.Sprintf("%s; next attempt in %s", detail(err), pause)
		p.tell(waiting)
		return false
	case failure != nil && failure.later:
		p.giveUp(ctx, parcel)
	case errors.Is(err, ErrSent):
		p.end(parcel, Before, err)
	case ctx.Err() != nil && (failure == nil || !failure.unsure) && !errors.Is(err, metrics.ErrConflict): // such as a connection that was called off
		p.giveUp(ctx, parcel)
	default:
		p.end(parcel, Failed, err)
	}
	return true
}

// attempt claims a report, delivers it, and notes how that ended.
func (p *Post) attempt(ctx context.Context, parcel *parcel) error {
	o := parcel.outcome
	key := metrics.SendingKey{Recipient: o.Recipient.String(), Scope: o.Recipient.Scope.String(), Week: o.Week.Key()}
	claim, err := newClaim(ctx, p.Ledger, p.Now, key, p.Again)
	switch {
	case errors.Is(err, ErrSent), errors.Is(err, metrics.ErrConflict):
		return err
	case err != nil:
		return temporary(err) // where the ledger cannot be read nothing is sent
	}
	kept := context.WithoutCancel(ctx) // what happened is noted, whatever becomes of this process
	stop := claim.keep(kept)
	err = parcel.deliver(ctx, func() error { return claim.begin(ctx, p.Again) })
	stop()
	var failure *failure
	switch {
	case err == nil:
		if err := claim.note(kept, metrics.SendingDone, ""); err != nil {
			o.Detail = "is not known to the ledger: " + metrics.Detail(err)
		}
		return nil
	case errors.As(err, &failure) && failure.unsure:
		return fmt.Errorf("it may have arrived or not, and is not sent again: %w", err)
	case errors.Is(err, ErrSent), errors.Is(err, ErrBusy), errors.Is(err, metrics.ErrConflict):
		return err // who stepped back has noted that
	}
	return errors.Join(err, claim.note(kept, metrics.SendingFailed, metrics.Detail(err)))
}

// failure is why a report was not delivered.
type failure struct {
	err    error
	later  bool          // it may go well later
	wait   time.Duration // not before; 0 where nobody said
	unsure bool          // it may have been delivered
}

func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns what happened.
func (f *failure) Unwrap() error { return f.err }

func permanent(err error) error { return &failure{err: err} }

func temporary(err error) error { return &failure{err: err, later: true} }

func uncertain(err error) error { return &failure{err: err, unsure: true} }
