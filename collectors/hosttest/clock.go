package hosttest

import (
	"context"
	"sync"
	"time"
)

// Clock is a host's time.
type Clock interface {
	Now() time.Time
	// Sleep returns when d has passed, or with the error of ctx when that ended before.
	Sleep(ctx context.Context, d time.Duration) error
}

// Manual is a clock that stands still until somebody sleeps or moves it.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a clock that stands at now.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now returns the time at which the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock on.
func (m *Manual) Advance(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(by)
}

// Sleep moves the clock on and returns at once. It suits one sleeper at a time: the naps of several add up.
func (m *Manual) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.Advance(d)
	return nil
}

// Wall is the clock of the machine, or of the bubble where it is read in one of testing/synctest: with that
// an hour of many sleepers passes in no time.
type Wall struct{}

// Now returns the time of the machine.
func (Wall) Now() time.Time { return time.Now() }

// Sleep waits for d.
func (Wall) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
