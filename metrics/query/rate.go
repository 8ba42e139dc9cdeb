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

// WeightedRate is a proportion of units of which each counts with its weight, with the Wilson 95 % interval of as
// many units of equal weight as tell as much. Where there is nothing to count it is like a Rate without value.
type WeightedRate struct {
	Num       float64        `json:"num"` // weights added up
	Den       float64        `json:"den"`
	Rate      *float64       `json:"rate"`
	Lo        *float64       `json:"lo"`
	Hi        *float64       `json:"hi"`
	Small     bool           `json:"small"`     // Effective is less than 5
	Effective float64        `json:"effective"` // Kish's effective number of units
	Reason    metrics.Reason `json:"reason,omitempty"`
}

// newWeightedRate returns the rate of num among den, both weights added up, as the squares of those in den are, or
// one without value for the given reason where den is 0.
func newWeightedRate(num, den, squares float64, reason metrics.Reason) WeightedRate {
	if den <= 0 {
		return WeightedRate{Small: true, Reason: reason}
	}
	rate, effective := num/den, stats.EffectiveSize(den, squares)
	lo, hi := stats.WilsonShare(rate, effective, stats.Z95)
	return WeightedRate{Num: num, Den: den, Rate: &rate, Lo: &lo, Hi: &hi, Small: effective < smallBelow, Effective: effective}
}

// squares are those of the weights in the denominator, added up.
func (r WeightedRate) squares() float64 {
	if r.Effective == 0 {
		return 0
	}
	return r.Den * r.Den / r.Effective
}

// Bounds are the lowest and the highest value that a rate could have if everything unknown were known.
type Bounds [2]float64
