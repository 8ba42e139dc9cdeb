package phrase

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Unit is what a figure is counted in.
type Unit int

// The units.
const (
	Numbers Unit = iota
	Shares
	InDays
	InHours
)

// UnitOf returns the unit of a figure of key results.
func UnitOf(f metrics.Figure) Unit {
	times := []string{".median", ".p90", ".recovery"}
	switch {
	case f.Share:
		return Shares
	case strings.HasSuffix(f.Name, "_days") || f.Name == "lag.days_behind" || f.Name == "catalog.half_life":
		return InDays
	case strings.HasPrefix(f.Name, "friction.") && slices.ContainsFunc(times, func(end string) bool { return strings.HasSuffix(f.Name, end) }):
		return InHours
	}
	return Numbers
}

// Value writes a value of a figure of key results in its unit.
func Value(f metrics.Figure, v float64, space string) string {
	switch UnitOf(f) {
	case Shares:
		return Percent(v, space)
	case InDays:
		return Days(v, space)
	case InHours:
		return Hours(v, space)
	}
	return Amount(v, space)
}

// Goal writes a target, which is as somebody chose it, also where values are written in whole days.
func Goal(f metrics.Figure, v float64, space string) string {
	if UnitOf(f) == InDays && v != math.Trunc(v) {
		return Amount(v, space) + " days"
	}
	return Value(f, v, space)
}

// Amount writes a number that is no count, with one decimal where it needs one, or with two where it is below 1.
func Amount(v float64, space string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	decimals := 1
	if math.Abs(v) < 1 {
		decimals = 2
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	whole, part, _ := strings.Cut(text, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && (n > 999 || n < -999) {
		text = Count(n, space)
		if part != "" {
			text += "." + part
		}
	}
	return text
}

// Days writes a number of days, in whole ones.
func Days(d float64, space string) string {
	if n := int64(math.Round(d)); n != 1 {
		return Count(n, space) + " days"
	}
	return "1 day"
}

// Hours writes a time that is given in hours in the unit that suits it: from a day on in days, and from ten on in whole ones.
func Hours(h float64, space string) string {
	tenths := math.Round(h*10) / 10
	switch {
	case math.IsNaN(h):
		return "–"
	case math.Round(h*60) < 60:
		return Amount(math.Round(h*60), space) + space + "min"
	case tenths < 24:
		return Amount(tenths, space) + space + "h"
	case h < 240:
		return Amount(h/24, space) + space + "d"
	}
	return Count(int64(math.Round(h/24)), space) + space + "d"
}
