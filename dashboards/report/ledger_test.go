package report

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
)

// memory is a ledger that forgets when the test ends.
type memory struct {
	mu   sync.Mutex
	rows []metrics.Sending
}

func (m *memory) WriteSending(_ context.Context, s metrics.Sending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.IndexFunc(m.rows, func(r metrics.Sending) bool { return r.ID == s.ID }); i >= 0 {
		m.rows[i] = s
	} else {
		m.rows = append(m.rows, s)
	}
	return nil
}

func (m *memory) Sendings(context.Context, metrics.SendingKey) ([]metrics.Sending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.rows), nil
}

// TestSenderComesBack lets a sender sleep for two hours between its claim and its mail. Another takes over; whoever is
// later to begin does not send.
func TestSenderComesBack(t *testing.T) {
	for _, test := range []struct {
		name  string
		after func(t *testing.T, other *claim) // what the other has done by the time
		later bool                             // the first may try again
	}{
		{"the other sent it", func(t *testing.T, other *claim) {
			if err := errors.Join(other.begin(t.Context(), false), other.note(t.Context(), metrics.SendingDone, "")); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"the other is sending it", func(t *testing.T, other *claim) {
			if err := other.begin(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ledger memory
			clock := time.Unix(1_800_000_000, 0)
			now := func() time.Time { return clock }
			first, err := newClaim(t.Context(), &ledger, now, metrics.SendingKey{}, false)
			if err != nil {
				t.Fatal(err)
			}
			clock = clock.Add(2 * time.Hour)
			other, err := newClaim(t.Context(), &ledger, now, metrics.SendingKey{}, false)
			if err != nil {
				t.Fatalf("an abandoned claim is not taken over: %v", err)
			}
			test.after(t, other)
			var failure *failure
			err = first.begin(t.Context(), false)
			if !errors.Is(err, ErrSent) || errors.As(err, &failure) != test.later {
				t.Errorf("got %v, want it to step back, and to try again: %t", err, test.later)
			}
		})
	}
}

// TestTie lets many claim at the same time: at most one begins.
func TestTie(t *testing.T) {
	for range 50 {
		var ledger memory
		var wg sync.WaitGroup
		var mu sync.Mutex
		begun := 0
		for range 8 {
			wg.Go(func() {
				c, err := newClaim(t.Context(), &ledger, time.Now, metrics.SendingKey{}, false)
				if err != nil || c.begin(t.Context(), false) != nil {
					return
				}
				mu.Lock()
				begun++
				mu.Unlock()
			})
		}
		wg.Wait()
		if begun > 1 {
			t.Fatalf("%d senders began", begun)
		}
	}
}
