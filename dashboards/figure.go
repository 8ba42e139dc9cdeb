package dashboards

import (
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// figure is a rate as pages show it: never without its parts, and where there is none, with the reason.
type figure struct {
	Href     string // the list behind it
	Text     string // 42 %, or 0 % to 60 % where unknown things make it a range
	Range    bool   // it is one
	Parts    string // 5 of 12
	Interval string // 19 % to 68 %
	Words    string
	Why      string // why there is no figure; "" where there is one
	Next     string // what to do then
	Small    bool   // fewer than 5 units
	Lo, Hi   float64
	Left     float64 // of the mark that shows the rate, one unit wide

	known  bool
	share  float64       // percent
	rate   query.Rate    // that it is, if it is one
	exact  exact         // where it is known
	bounds *query.Bounds // that unknown things put to it; nil where all is known
}

// exact is a value with its interval, as it was measured: shares are from 0 to 1.
type exact struct {
	value  float64
	lo, hi *float64 // nil where it has none
}

// ownersCome says what to do where no team owns anything.
const ownersCome = "Ownership comes from the configuration, CODEOWNERS and catalog files: see teams in trodden.yaml."

func newFigure(r query.Rate) figure {
	f := figure{Parts: partsOf(r), Small: r.Small, rate: r}
	if r.Rate == nil {
		f.Text, f.Interval, f.Why = nothing, nothing, phrase.WhyNot(r.Reason)
		if r.Reason == metrics.ReasonNoTeam {
			f.Next = ownersCome
		}
		return f
	}
	f.known, f.share, f.exact = true, *r.Rate*100, exact{*r.Rate, r.Lo, r.Hi}
	f.Text, f.Interval = percent(*r.Rate), percent(*r.Lo)+" to "+percent(*r.Hi)
	f.Lo, f.Hi, f.Left = *r.Lo*100, *r.Hi*100, min(max(f.share-0.5, 0), 99)
	return f
}

// within returns the figure as what it can be, where bounds tell that unknown things make it a range. Its parts and its
// interval stay those of what is known, so that the interval, which need not cover the range, says of which parts it is.
func (f figure) within(b *query.Bounds) figure {
	if !f.known || b == nil {
		return f
	}
	f.bounds = b
	if lo, hi := percent(b[0]), percent(b[1]); lo != hi {
		f.Text, f.Range = lo+" to "+hi, true
		f.Interval += " (for " + f.Parts + ")"
	}
	return f
}

// idle returns the figure with a better reason, where there is none because nothing in the row is active.
func (f figure) idle(row query.AdoptionRow) figure {
	nobody := f.rate.Reason == metrics.ReasonEmpty || f.rate.Reason == metrics.ReasonAllUnknown
	if f.known || !nobody || !idle(row) {
		return f
	}
	f.Why = idleWords(row)
	return f
}

// idle reports whether there is nothing active in a row that could be counted.
func idle(row query.AdoptionRow) bool {
	return row.Inactive > 0 && row.States.Served()+row.States.None+row.States.Exempt == 0
}

// idleWords says that nothing in a row is active.
func idleWords(row query.AdoptionRow) string {
	why := "nothing here is active: " + plural(row.Inactive, "repository is", "repositories are") + " inactive"
	if n := row.States.Unknown; n > 0 {
		why += ", and of " + count(n) + " nothing is known"
	}
	return why
}

// to returns the figure with the address of the list behind it.
func (f figure) to(href string) figure {
	f.Href = href
	return f
}

// value is the figure as a chart takes it, in percent.
func (f figure) value() any {
	if !f.known {
		return blank
	}
	return f.share
}

// tip is what the tooltip of a chart says.
func (f figure) tip() string {
	if !f.known {
		return "no figure: " + f.Why
	}
	var more []string
	if f.Parts != "" {
		more = append(more, f.Parts)
	}
	if f.Interval != "" {
		more = append(more, "95\u202f%: "+f.Interval)
	}
	if len(more) == 0 {
		return f.Text
	}
	return f.Text + " (" + strings.Join(more, ", ") + ")"
}

// partsOf writes numerator and denominator.
func partsOf(r query.Rate) string { return count(r.Num) + " of " + count(r.Den) }
