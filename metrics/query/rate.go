package query

import (
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// smallBelow is the number of units below which a rate is called small.
const smallBelow = 5

// Rate is a proportion with its Wilson 95 % interval. Where there is nothing to count all but Reason are
// empty: the numerator and denominator 0, the others null.
type Rate struct {
	Num    int            `json:"num"`
	Den    int            `json:"den"`
	Rate   *float64       `json:"rate"`
	Lo     *float64       `json:"lo"`
	Hi     *float64       `json:"hi"`
	Small  bool           `json:"small"` // fewer than 5 units
	Reason metrics.Reason `json:"reason,omitempty"`
}

// NewRate returns the rate of num among den units, or one without value for the given reason where den is 0.
func NewRate(num, den int, reason metrics.Reason) Rate {
	if den <= 0 {
		return Undefined(reason)
	}
	rate := float64(num) / float64(den)
	lo, hi := stats.Wilson(uint64(max(num, 0)), uint64(den), stats.Z95)
	return Rate{Num: num, Den: den, Rate: &rate, Lo: &lo, Hi: &hi, Small: den < smallBelow}
}

// Undefined returns a rate without value.
func Undefined(reason metrics.Reason) Rate { return Rate{Small: true, Reason: reason} }

// Bounds are the lowest and the highest value that a rate could have if everything unknown were known.
type Bounds [2]float64
