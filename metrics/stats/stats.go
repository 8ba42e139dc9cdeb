// Package stats holds the statistics behind the figures: pure functions from counts, lifetimes and series to
// estimates with their intervals, tests with their p-values, and the scores of goals, each with its source.
// None of them rounds, and none returns what is no number: where nothing can be said, ok is false.
package stats

import "math"

// Estimate is a value with its 95 % interval, in the unit of what is estimated: Lo <= Value <= Hi.
type Estimate struct{ Value, Lo, Hi float64 }

// finite reports whether all values are numbers, and none of them infinite.
func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// twoSided returns the probability that a standard normal variable lies as far from 0 as z, on either side.
// The complementary error function keeps the precision of far tails, which 1 − Φ loses.
func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
