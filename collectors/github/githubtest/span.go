package githubtest

import (
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// span says whether a time is one that was asked for.
type span func(time.Time) bool

// parseSpan reads GitHub's syntax of a range of dates: FROM..TO, either of which may be *, >=X, >X, <=X, <X,
// or a day. A bare date ends with its day.
func parseSpan(text string) (span, error) {
	from, to, ranged := strings.Cut(text, "..")
	switch {
	case text == "":
		return func(time.Time) bool { return true }, nil
	case ranged:
		return between(from, to)
	case strings.HasPrefix(text, ">="):
		return between(text[2:], "*")
	case strings.HasPrefix(text, "<="):
		return between("*", text[2:])
	case strings.HasPrefix(text, ">"):
		upTo, err := between("*", text[1:])
		return func(at time.Time) bool { return !upTo(at) }, err
	case strings.HasPrefix(text, "<"):
		since, err := between(text[1:], "*")
		return func(at time.Time) bool { return !since(at) }, err
	}
	return between(text, text)
}

// between is the span from the beginning of one date to the end of another.
func between(from, to string) (span, error) {
	begin, end := time.Time{}, time.Unix(1<<40, 0)
	var err error
	if from != "*" {
		if begin, _, err = parseDate(from); err != nil {
			return nil, err
		}
	}
	if to != "*" {
		if _, end, err = parseDate(to); err != nil {
			return nil, err
		}
	}
	return func(at time.Time) bool { return !at.Before(begin) && !at.After(end) }, nil
}

// parseDate reads a date or a time, and says when it begins and ends.
func parseDate(text string) (begin, end time.Time, err error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, day.Add(24*time.Hour - time.Second), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, at, nil
		}
	}
	return begin, end, hosttest.Refuse(422, "%q is not a date", text)
}
