package dashboards

import (
	"github.com/trodden/trodden/dashboards/phrase"
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
	Small    bool   // fewer than 5 units
	Lo, Hi   float64
	Left     float64 // of the mark that shows the rate, one unit wide

	known bool
	share float64 // percent
}

func newFigure(r query.Rate) figure {
	f := figure{Parts: partsOf(r), Small: r.Small}
	if r.Rate == nil {
		f.Text, f.Interval, f.Why = nothing, nothing, phrase.WhyNot(r.Reason)
		return f
	}
	f.known, f.share = true, *r.Rate*100
	f.Text, f.Interval = percent(*r.Rate), percent(*r.Lo)+" to "+percent(*r.Hi)
	f.Lo, f.Hi, f.Left = *r.Lo*100, *r.Hi*100, min(max(f.share-0.5, 0), 99)
	return f
}

// within returns the figure as what it can be, where bounds tell that unknown things make it a range. Its parts and its
// interval stay those of what is known.
func (f figure) within(b *query.Bounds) figure {
	if !f.known || b == nil {
		return f
	}
	if lo, hi := percent(b[0]), percent(b[1]); lo != hi {
		f.Text, f.Range = lo+" to "+hi, true
	}
	return f
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
	return f.Text + " (" + f.Parts + ", 95\u202f%: " + f.Interval + ")"
}

// partsOf writes numerator and denominator.
func partsOf(r query.Rate) string { return count(r.Num) + " of " + count(r.Den) }
