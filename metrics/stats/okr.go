package stats

import "math"

// Direction says which way a key result is to move.
type Direction uint8

// The directions.
const (
	Increase Direction = iota
	Decrease
)

// Goal is where the value of a key result was at the start, where it is to be at the end, and which way that is.
// The direction is not taken from the two: a start that lies beyond the target would turn it round.
type Goal struct {
	Baseline, Target float64
	Direction        Direction
}

// Reached reports whether a value is at the target or beyond it. What is no number never is.
func (g Goal) Reached(value float64) bool {
	if !finite(value, g.Target) {
		return false
	}
	if g.Direction == Decrease {
		return value <= g.Target
	}
	return value >= g.Target
}

// Score returns how much of the way has been made at the current value, between 0 and 1:
//
//	(current − baseline) / (target − baseline)
//
// cut to that range; it is 1 exactly where the target is reached. There is no way where the baseline is at the
// target or beyond it: the score is then 1 as long as the target is held, else 0. A yes or no has the baseline 0
// and the target 1. The score of what is no number is 0.
func (g Goal) Score(current float64) float64 {
	switch {
	case g.Reached(current):
		return 1
	case g.Reached(g.Baseline):
		return 0
	}
	return min(cut((current-g.Baseline)/(g.Target-g.Baseline)), math.Nextafter(1, 0))
}

// cut returns a share between 0 and 1; what is no number is 0.
func cut(share float64) float64 {
	if !(share > 0) {
		return 0
	}
	return min(share, 1)
}

// Pace returns the score as a multiple of what it would be by now on a straight line from baseline to target,
// with elapsed the part of the time that is over, between 0 and 1: above 1 it is ahead, below 1 behind. It
// is also the score at the end if all goes on as since the start. Ok is false before the start, and so early
// after it that the pace is no finite number.
func Pace(score, elapsed float64) (pace float64, ok bool) {
	if !(elapsed > 0) {
		return 0, false
	}
	pace = score / min(elapsed, 1)
	if !finite(pace) {
		return 0, false
	}
	return pace, true
}

// Weighted is the score of a key result and how much it weighs in its objective, in any unit.
type Weighted struct{ Score, Weight float64 }

// Objective returns the score of an objective: the mean of its key results' scores, each counted by its weight.
// What weighs nothing or less is not counted. Ok is false where nothing is left to count.
func Objective(results []Weighted) (score float64, ok bool) {
	var sum, weights float64
	for _, r := range results {
		if r.Weight > 0 && finite(r.Weight, r.Score) {
			sum += r.Weight * r.Score
			weights += r.Weight
		}
	}
	if weights == 0 || !finite(sum, weights) {
		return 0, false
	}
	return sum / weights, true
}

// Status says how a key result stands.
type Status string

// The statuses, in the order in which they are tried.
const (
	NotStarted Status = "not_started" // its time has not begun
	Met        Status = "met"         // the target is reached
	OnTrack    Status = "on_track"    // the target will be reached
	AtRisk     Status = "at_risk"     // most of the way will be made
	OffTrack   Status = "off_track"   // all else
)

// AtRiskFrom is the forecast score from which a key result is at risk rather than off track.
const AtRiskFrom = 0.7

// Judge returns how a key result stands, by its score, by the score that is forecast for the end, and by the
// part of the time that is over, between 0 and 1. Where no forecast can be made yet, the pace stands in for
// it. At the end and after, nothing more is to come: the score is the forecast, whatever was forecast.
func Judge(score, forecast, elapsed float64) Status {
	if elapsed >= 1 {
		forecast = score
	}
	switch {
	case !(elapsed > 0):
		return NotStarted
	case score >= 1:
		return Met
	case forecast >= 1:
		return OnTrack
	case forecast >= AtRiskFrom:
		return AtRisk
	}
	return OffTrack
}
