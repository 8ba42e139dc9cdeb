package report

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// space does not break: it stands between thousands and before a percent sign. Mail programs know it.
const space = "\u00a0"

// percent writes a share from 0 to 1 in whole percent.
func percent(share float64) string { return phrase.Percent(share, space) }

// count writes a number with its thousands apart.
func count(n int) string { return phrase.Count(int64(n), space) }

// clip shortens a text to at most so many characters as people see them, and takes out what no line can show: line
// breaks, control characters and those that turn the direction of the text around.
func clip(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
			return -1
		case unicode.IsControl(r), r == 0x2028, r == 0x2029:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if uniseg.GraphemeClusterCount(s) <= most {
		return s
	}
	var b strings.Builder
	for g, n := uniseg.NewGraphemes(s), 0; n < most-1 && g.Next(); n++ {
		b.WriteString(g.Str())
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// rate writes a rate with its parts, or why there is none.
func rate(r query.Rate, b *query.Bounds, units Units) (text, parts string) {
	if r.Rate == nil {
		return "–", whyNot(r.Reason, units)
	}
	text = percent(*r.Rate)
	if b != nil {
		if lo, hi := percent(b[0]), percent(b[1]); lo != hi {
			text = lo + " to " + hi
		}
	}
	return text, count(r.Num) + " of " + units.count(r.Den)
}

// count writes how many units there are.
func (u Units) count(n int) string {
	if u == Repos {
		return plural(n, "repository", "repositories")
	}
	return plural(n, "team", "teams")
}

// interval writes what a rate may be by chance: its 95 % interval.
func interval(r query.Rate) string {
	if r.Rate == nil {
		return ""
	}
	return "95" + space + "% interval " + percent(*r.Lo) + " to " + percent(*r.Hi)
}

// chance says what an exact p-value means.
func chance(p float64) string {
	switch {
	case p < 0.01:
		return "chance alone would hardly do that (" + pValue(p) + ")"
	case p < 0.05:
		return "chance alone would rarely do that (" + pValue(p) + ")"
	}
	return "chance alone may do as much (" + pValue(p) + ")"
}

// pValue writes how often chance alone makes as much of a difference, as the pages do: p = 0.031.
func pValue(p float64) string {
	switch {
	case p < 0.001:
		return "p" + space + "<" + space + "0.001"
	case p < 0.1:
		return "p" + space + "=" + space + strconv.FormatFloat(p, 'f', 3, 64)
	}
	return "p" + space + "=" + space + strconv.FormatFloat(p, 'f', 2, 64)
}

// whyNot says in words why there is no figure. In the report of a team the figures are of its repositories.
func whyNot(reason metrics.Reason, units Units) string {
	if units == Repos && reason == metrics.ReasonNoAlternative {
		return "none of your repositories had another way to choose"
	}
	if reason == metrics.ReasonBeforeLaunch {
		return "not launched by then"
	}
	return phrase.WhyNot(reason)
}
