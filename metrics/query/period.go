package query

import (
	"fmt"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Interval is the step of a series; the empty one asks for a single moment.
type Interval string

// The steps of series. Weeks begin on Monday; everything is UTC.
const (
	Week    Interval = "week"
	Month   Interval = "month"
	Quarter Interval = "quarter"
)

// Intervals lists the steps.
func Intervals() []Interval { return []Interval{Week, Month, Quarter} }

// ParseInterval reads the name of a step; "" is the empty one.
func ParseInterval(name string) (Interval, error) {
	if i := Interval(name); name == "" || slices.Contains(Intervals(), i) {
		return i, nil
	}
	return "", fmt.Errorf("%q is no interval, expected one of %v: %w", name, Intervals(), metrics.ErrInvalid)
}

// maxPeriods bounds a series: 75 years of weeks. Longer ones are refused rather than cut.
const maxPeriods = 4000

// Start returns the first instant of the period that holds t. The week that holds the beginning of time
// begins with it.
func (i Interval) Start(t metrics.Instant) metrics.Instant {
	day := t.Time().Truncate(24 * time.Hour)
	switch i {
	case Week:
		day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case Month:
		day = day.AddDate(0, 0, 1-day.Day())
	case Quarter:
		day = time.Date(day.Year(), (day.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	default:
		return t
	}
	return metrics.At(day)
}

// next returns the first instant of the period after the one that holds t.
func (i Interval) next(t metrics.Instant) metrics.Instant {
	days := map[Interval]int{Week: 7, Month: 31, Quarter: 92}[i]
	return i.Start(metrics.At(i.Start(t).Time().AddDate(0, 0, days)))
}

// Periods returns the first instants of the periods from the one that holds from to the last that begins
// before to.
func (i Interval) Periods(from, to metrics.Instant) ([]metrics.Instant, error) {
	var list []metrics.Instant
	for t := i.Start(from); t < to; {
		if len(list) == maxPeriods {
			return nil, fmt.Errorf("from %s to %s are more than %d periods of a %s: %w", from, to, maxPeriods, i, metrics.ErrInvalid)
		}
		list = append(list, t)
		following := i.next(t)
		if following <= t { // at the end of time
			break
		}
		t = following
	}
	return list, nil
}
