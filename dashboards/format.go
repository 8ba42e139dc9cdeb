package dashboards

import (
	"fmt"
	"strconv"
	"time"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
)

// Numbers and dates are written in one way on all pages. Spaces inside a figure do not break.
const (
	thinSpace = "\u202f" // between thousands, before a percent sign
	nothing   = "–"
)

// percent writes a share from 0 to 1 in whole percent.
func percent(share float64) string { return phrase.Percent(share, thinSpace) }

// count writes a number with its thousands apart.
func count[N ~int | ~int64 | ~uint32 | ~uint64](n N) string { return phrase.Count(int64(n), thinSpace) }

// amount writes a number that is no count, with one decimal where it needs one, or with two where it is below 1.
func amount(v float64) string { return phrase.Amount(v, thinSpace) }

// plural writes a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// day writes a date: 3 Feb 2024.
func day(t metrics.Instant) string {
	if t == metrics.Beginning || t == metrics.Forever {
		return nothing
	}
	return t.Time().Format("2 Jan 2006")
}

// monthOf writes the month of a moment: Feb 2024.
func monthOf(t metrics.Instant) string { return t.Time().Format("Jan 2006") }

// days writes a time in whole days.
func days(d float64) string { return phrase.Days(d, thinSpace) }

// pValue writes how often chance alone makes as much of a difference: 0.040.
func pValue(p float64) string {
	switch {
	case p < 0.001:
		return "<\u00a00.001"
	case p < 0.1:
		return strconv.FormatFloat(p, 'f', 3, 64)
	}
	return strconv.FormatFloat(p, 'f', 2, 64)
}

// pEquals is the same in a sentence: p = 0.040.
func pEquals(p float64) string {
	if p < 0.001 {
		return "p\u00a0" + pValue(p)
	}
	return "p\u00a0=\u00a0" + pValue(p)
}

// minute writes a time: 3 Feb 2024, 10:00 UTC.
func minute(t metrics.Instant) string {
	if t == metrics.Beginning || t == metrics.Forever {
		return nothing
	}
	return t.Time().Format("2 Jan 2006, 15:04 UTC")
}

// age says in words how long ago something was.
func age(then, now metrics.Instant) string {
	d := time.Duration(now-then) * time.Second
	switch {
	case d < 2*time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d minutes ago", int(d.Minutes()))
	case d < 2*time.Hour:
		return "an hour ago"
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return fmt.Sprintf("%s days ago", count(int(d.Hours()/24)))
}
