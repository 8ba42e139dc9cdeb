package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Ledger keeps which reports were sent. All senders share one; what one writes is seen by whoever reads after that.
type Ledger interface {
	// WriteSending notes how a sending stands.
	WriteSending(ctx context.Context, s metrics.Sending) error
	// Sendings returns how the sendings of a report to a recipient stand.
	Sendings(ctx context.Context, key metrics.SendingKey) ([]metrics.Sending, error)
}

// A sender that lives says so every renewal; it is taken to have died when it said nothing for so long that it is
// metrics.SendingAbandoned. Clocks that differ by more do no harm: whoever begins looks again.
const renewal = 10 * time.Second

// How long a sender waits for another that began at the same time, to see which of them goes on.
const (
	tiePause = 200 * time.Millisecond
	tieTries = 25
)

// claim is the right to send a report to a recipient.
//
// The store has no transactions. So every sender writes first and reads then: of two that do, at least one sees the
// other. One that reads that another is about to send, or has sent, steps back; should two step back for one another,
// nobody sends, and the next attempt does. At most one goes on.
type claim struct {
	ledger Ledger
	now    func() time.Time

	mu sync.Mutex // of what follows: the claim is renewed while it is worked on
	metrics.Sending
}

// newClaim claims a report. It fails with ErrSent where it was sent, with ErrBusy where somebody else is sending it, and
// with metrics.ErrConflict where it may have been sent by somebody who died. Again sends whatever was.
func newClaim(ctx context.Context, ledger Ledger, now func() time.Time, key metrics.SendingKey, again bool) (*claim, error) {
	c := &claim{ledger: ledger, now: now, Sending: metrics.Sending{SendingKey: key, ID: rand.Uint64()}}
	if err := c.note(ctx, metrics.SendingClaimed, ""); err != nil {
		return nil, err
	}
	if again {
		return c, nil
	}
	for try := 0; ; try++ {
		rival, err := c.rival(ctx)
		switch {
		case err != nil:
			return nil, err
		case rival == nil:
			return c, nil
		case rival.State != metrics.SendingClaimed || rival.ID < c.ID || try == tieTries:
			return nil, c.yield(ctx, rival)
		}
		select {
		case <-ctx.Done():
			return nil, c.yield(context.WithoutCancel(ctx), rival)
		case <-time.After(tiePause):
		}
	}
}

// keep renews the claim until stop is called, so that nobody takes its holder to have died. Where the store cannot be
// reached the claim grows old: whoever takes it over then is seen by begin.
func (c *claim) keep(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(renewal)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				c.renew(ctx)
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// renew says that the sender lives, unless it said how it ended.
func (c *claim) renew(ctx context.Context) {
	c.mu.Lock()
	s := c.Sending
	c.mu.Unlock()
	if s.State == metrics.SendingClaimed || s.State == metrics.SendingBegun {
		s.At = metrics.At(c.now())
		_ = c.ledger.WriteSending(ctx, s) // the next time tells, too
	}
}

// begin says that the report is about to be handed over. From now on nobody can be certain that it was not sent.
func (c *claim) begin(ctx context.Context, again bool) error {
	if err := c.note(ctx, metrics.SendingBegun, ""); err != nil {
		return err
	}
	if again {
		return nil
	}
	rival, err := c.rival(ctx)
	if err != nil {
		return err
	}
	if rival == nil || rival.State == metrics.SendingClaimed {
		return nil
	}
	return c.yield(ctx, rival)
}

// rival returns the sending of somebody else that forbids this one: of several the one that came furthest. One that was
// only claimed forbids nothing once its sender is taken to have died, for it sent nothing.
func (c *claim) rival(ctx context.Context) (*metrics.Sending, error) {
	rows, err := c.ledger.Sendings(ctx, c.SendingKey)
	if err != nil {
		return nil, fmt.Errorf("look up what was sent: %w", err)
	}
	var found *metrics.Sending
	for i, s := range rows {
		old := metrics.At(c.now())-s.At > metrics.SendingAbandoned
		if s.ID == c.ID || s.State == metrics.SendingFailed || s.State == metrics.SendingClaimed && old {
			continue
		}
		if found == nil || cmp.Or(cmp.Compare(rank(s.State), rank(found.State)), cmp.Compare(found.ID, s.ID)) > 0 {
			found = &rows[i]
		}
	}
	return found, nil
}

func rank(s metrics.SendingState) int {
	return map[metrics.SendingState]int{metrics.SendingClaimed: 1, metrics.SendingBegun: 2, metrics.SendingDone: 3}[s]
}

// yield steps back for somebody else, and says why. One that is alive may step back likewise, or fail: a later look tells.
func (c *claim) yield(ctx context.Context, rival *metrics.Sending) error {
	if err := c.note(ctx, metrics.SendingFailed, "another sender was first"); err != nil {
		return err
	}
	when := rival.At.Time().Format("2 Jan 2006, 15:04 UTC")
	switch {
	case rival.State == metrics.SendingDone:
		return fmt.Errorf("was sent on %s; --again sends it once more: %w", when, ErrSent)
	case metrics.At(c.now())-rival.At <= metrics.SendingAbandoned:
		return temporary(fmt.Errorf("somebody else is sending it, and last said so on %s: %w", when, ErrBusy))
	}
	return fmt.Errorf("may have been sent on %s: whoever did has not said how it ended; look whether it came, and if not, --again sends it: %w", when, metrics.ErrConflict)
}

// note writes how the sending stands.
func (c *claim) note(ctx context.Context, state metrics.SendingState, detail string) error {
	c.mu.Lock()
	c.State, c.At, c.Detail = state, metrics.At(c.now()), clip(detail, 500)
	s := c.Sending
	c.mu.Unlock()
	if err := c.ledger.WriteSending(ctx, s); err != nil {
		return fmt.Errorf("note what is sent: %w", err)
	}
	return nil
}

// Why somebody steps back.
var (
	ErrSent = errors.New("sent before")             // there is nothing left to do
	ErrBusy = errors.New("somebody else sends now") // and whether that goes well is not known yet
)
