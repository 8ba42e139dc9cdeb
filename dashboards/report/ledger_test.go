package report

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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
		if s.State >= m.rows[i].State { // what came furthest counts
			m.rows[i] = s
		}
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
			if want := map[bool]error{true: ErrBusy, false: ErrSent}[test.later]; !errors.Is(err, want) || errors.As(err, &failure) != test.later {
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

// TestClaimIsKept works on a claim for an hour: nobody else gets it. Two minutes after its holder died somebody does.
func TestClaimIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ledger memory
		claimed := func() error {
			_, err := newClaim(t.Context(), &ledger, time.Now, metrics.SendingKey{}, false)
			return err
		}
		first, err := newClaim(t.Context(), &ledger, time.Now, metrics.SendingKey{}, false)
		if err != nil {
			t.Fatal(err)
		}
		died := first.keep(t.Context())
		time.Sleep(time.Hour)
		var failure *failure
		if err := claimed(); !errors.Is(err, ErrBusy) || !errors.As(err, &failure) || !failure.later {
			t.Errorf("while it is worked on: got %v, want it to be busy, and to be tried again", err)
		}
		died()
		if err := claimed(); !errors.Is(err, ErrBusy) {
			t.Errorf("at once: got %v, want it to be busy", err)
		}
		time.Sleep(2*time.Minute + 10*time.Second)
		if err := claimed(); err != nil {
			t.Errorf("two minutes after it died: got %v", err)
		}
	})
}

// TestBegunIsKept hands a report over for an hour: nobody takes the sender to have died before it did.
func TestBegunIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ledger memory
		first, err := newClaim(t.Context(), &ledger, time.Now, metrics.SendingKey{}, false)
		if err != nil {
			t.Fatal(err)
		}
		died := first.keep(t.Context())
		if err := first.begin(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		for _, want := range []error{ErrBusy, metrics.ErrConflict} {
			time.Sleep(time.Hour)
			if _, err := newClaim(t.Context(), &ledger, time.Now, metrics.SendingKey{}, false); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			died()
		}
	})
}

// TestRetryAfter asks a webhook that asks to come later: nobody comes sooner, or waits for days.
func TestRetryAfter(t *testing.T) {
	for asked, want := range map[string]time.Duration{
		"20":                            20 * time.Second,
		" 20 ":                          20 * time.Second,
		"Sat, 01 Jan 2000 00:01:30 GMT": 90 * time.Second, // where the clock begins
		"Fri, 31 Dec 1999 00:00:00 GMT": 5 * time.Second,
		"86400":                         10 * time.Minute,
		"-7":                            5 * time.Second,
		"soon":                          5 * time.Second,
		"1":                             5 * time.Second, // longer all the same
	} {
		synctest.Test(t, func(t *testing.T) {
			var came []time.Time
			hook := roundTrip(func(*http.Request) (*http.Response, error) {
				came = append(came, time.Now())
				answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}
				if len(came) == 1 {
					answer.StatusCode = http.StatusTooManyRequests
					answer.Header.Set("Retry-After", asked)
				}
				return answer, nil
			})
			told := ""
			p := &Post{Ledger: new(memory), Web: &http.Client{Transport: hook}, Now: time.Now, Pauses: []time.Duration{5 * time.Second},
				Tell: func(o Outcome) { told += o.Detail }}
			got := p.Send(t.Context(), Week{Zone: time.UTC}, []Recipient{{Webhook: "https://hooks.example/x", Name: "slack:X", Always: true}},
				func(context.Context, Recipient) (*Report, error) { return &Report{Week: Week{Zone: time.UTC}}, nil })
			if got[0].State != Sent || len(came) != 2 {
				t.Fatalf("%s: got %+v, came %v", asked, got, came)
			}
			if pause := came[1].Sub(came[0]); pause != want || !strings.HasSuffix(told, "; next attempt in "+want.String()) {
				t.Errorf("%s: came again after %s, want %s: %s", asked, pause, want, told)
			}
		})
	}
}

// roundTrip answers requests.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
