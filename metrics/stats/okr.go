package stats

// Direction says which way a key result is to move.
type Direction uint8

// The directions.
const (
	Increase Direction = iota
	Decrease
)

// Goal is where the value of a key result was at the start, and where it is to be at the end. The two say
// which way it goes; Direction decides only where they are equal, that is for a value to be held.
type Goal struct {
	Baseline, Target float64
	Direction        Direction
}

// Score returns how much of the way has been made at the current value, between 0 and 1:
//
//	(current − baseline) / (target − baseline)
//
// cut to that range. It is the same whether the value is to rise or to fall. Of a value to be held (the
// baseline is the target) the score is 1 if it is at the target or on the good side of it, else 0. A yes or no
// has the baseline 0 and the target 1. The score of what is no number is 0.
func (g Goal) Score(current float64) float64 {
	if g.Baseline == g.Target {
		if g.Direction == Increase && current >= g.Target || g.Direction == Decrease && current <= g.Target {
			return 1
		}
		return 0
	}
	return cut((current - g.Baseline) / (g.Target - g.Baseline))
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

// atRiskFrom is the forecast score from which a key result is at risk rather than off track.
const atRiskFrom = 0.7

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
	case forecast >= atRiskFrom:
		return AtRisk
	}
	return OffTrack
}
