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
func Hours(h float64, space string) string { return hoursIn(timeUnit(h), h, space) }

// HoursBetween writes a range of times in one unit, that of its end. A begin that would be next to nothing in it, but is a minute or
// more, keeps its own.
func HoursBetween(lo, hi float64, space string) string {
	unit := timeUnit(hi)
	from := hoursIn(unit, lo, space)
	if math.Round(lo*60) >= 1 && lo < hoursOf(unit)/10 {
		from = Hours(lo, space)
	}
	return from + " to " + hoursIn(unit, hi, space)
}

// timeUnit is the unit that suits a time: that in which it is one or more, as it is written.
func timeUnit(h float64) string {
	switch {
	case math.Round(h*60) < 60:
		return "min"
	case math.Round(h*10)/10 < 24:
		return "h"
	}
	return "d"
}

func hoursOf(unit string) float64 {
	return map[string]float64{"min": 1.0 / 60, "h": 1, "d": 24}[unit]
}

func hoursIn(unit string, h float64, space string) string {
	n := h / hoursOf(unit)
	switch {
	case math.IsNaN(h):
		return "–"
	case unit == "min" || unit == "d" && n >= 10:
		return Count(int64(math.Round(n)), space) + space + unit
	}
	return Amount(math.Round(n*10)/10, space) + space + unit
}
