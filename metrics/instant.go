package metrics

import (
	"fmt"
	"time"
)

// Instant is a moment in whole seconds since the Unix epoch, UTC. Whole seconds are what git keeps and
// what answers carry.
type Instant int64

const (
	// Beginning is the earliest moment there is: what is known "since ever" begins here. It also stands
	// for "no date given" in definitions.
	Beginning Instant = 0
	// Forever is the end of what has not ended. It is the largest moment the store can keep.
	Forever Instant = 1<<32 - 1
)

// Day is the number of seconds in a day.
const Day Instant = 24 * 60 * 60

// At returns the instant of t, cut to whole seconds and kept between Beginning and Forever.
func At(t time.Time) Instant {
	return Clamp(t.Unix())
}

// Clamp returns the instant of Unix time sec, kept between Beginning and Forever.
func Clamp(sec int64) Instant {
	return min(max(Instant(sec), Beginning), Forever)
}

// Time returns the instant as a time in UTC.
func (i Instant) Time() time.Time { return time.Unix(int64(i), 0).UTC() }

// Add returns the instant d later, cut to whole seconds; Forever stays Forever.
func (i Instant) Add(d time.Duration) Instant {
	if i == Forever {
		return Forever
	}
	return Clamp(int64(i) + int64(d/time.Second))
}

// String returns the instant as RFC 3339 in UTC, or "" where there is none.
func (i Instant) String() string {
	if i == Beginning || i == Forever {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}

// ParseInstant reads a date (2026-07-01: the first instant of that day, UTC) or a time in RFC 3339.
func ParseInstant(s string) (Instant, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return At(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no date: write 2026-07-01 or 2026-07-01T10:00:00Z: %w", s, ErrInvalid)
}

// Period is the half-open interval [From, To).
type Period struct{ From, To Instant }

// Contains reports whether t lies in the period.
func (p Period) Contains(t Instant) bool { return p.From <= t && t < p.To }

// Empty reports whether the period holds no instant.
func (p Period) Empty() bool { return p.From >= p.To }

// Overlap returns the part that p and q share; it may be empty.
func (p Period) Overlap(q Period) Period {
	return Period{max(p.From, q.From), min(p.To, q.To)}
}
