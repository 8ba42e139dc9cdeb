package report

import (
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Week is a week from Monday to Monday in a time zone.
type Week struct {
	From, To metrics.Instant // the first instant of each Monday there
	Zone     *time.Location
}

// WeekOf returns the week that holds a moment.
func WeekOf(t metrics.Instant, zone *time.Location) Week {
	local := t.Time().In(zone)
	back := (int(local.Weekday()) + 6) % 7
	monday := time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, zone)
	return Week{metrics.At(monday), metrics.At(monday.AddDate(0, 0, 7)), zone}
}

// LastWeek returns the last week that is over.
func LastWeek(now metrics.Instant, zone *time.Location) Week {
	return WeekOf(WeekOf(now, zone).From-1, zone)
}

// ParseWeek returns the week that holds a day, such as 2026-07-01, in a time zone. One that has not begun is
// refused.
func ParseWeek(day string, now metrics.Instant, zone *time.Location) (Week, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil || metrics.At(t) <= metrics.Beginning+8*metrics.Day || metrics.At(t) >= metrics.Forever-8*metrics.Day {
		return Week{}, fmt.Errorf("%q is no day, expected one such as 2026-07-01: %w", day, metrics.ErrInvalid)
	}
	w := WeekOf(metrics.At(t), zone)
	if w.From >= now {
		return Week{}, fmt.Errorf("the week of %s has not begun: %w", day, metrics.ErrInvalid)
	}
	return w, nil
}

// Key names the week: the day on which it begins.
func (w Week) Key() string { return w.From.Time().In(w.Zone).Format(time.DateOnly) }

// String says which days the week has: 29 Jun to 5 Jul 2026.
func (w Week) String() string {
	from, last := w.From.Time().In(w.Zone), (w.To - 1).Time().In(w.Zone)
	if from.Year() != last.Year() {
		return from.Format("2 Jan 2006") + " to " + last.Format("2 Jan 2006")
	}
	return from.Format("2 Jan") + " to " + last.Format("2 Jan 2006")
}
