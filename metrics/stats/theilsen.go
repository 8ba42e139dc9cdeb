package stats

import (
	"math"
	"slices"
)

// Line is a straight line through a series.
type Line struct {
	Slope     Estimate // in units of Y per unit of X
	Intercept float64  // Y where X is 0
	last      Sample
}

// TheilSen fits a line to a series that a few wild values do not bend. The samples may come in any order and
// at unequal distances.
//
// The slope is the median of the slopes (yⱼ−yᵢ)/(xⱼ−xᵢ) of all pairs with different x, the intercept the median
// of y − slope·x. Of the N slopes in ascending order, the bounds of the 95 % interval are those of the ranks
//
//	(N − C)/2   and   (N + C)/2 + 1   with C = Z95·√Var S
//
// each rounded to the nearest rank, where Var S is the variance of MannKendall: H. Theil (1950); P. K. Sen,
// "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
// Association 63 (1968); R. O. Gilbert, "Statistical methods for environmental pollution monitoring" (1987).
// It takes time and memory proportional to the square of the number of samples.
//
// Ranks outside the slopes, as they are with fewer than five samples, count as the first and the last: the
// bounds are then the least and the greatest slope, and promise less than 95 %. As with MannKendall, samples
// that hang together make the interval too narrow.
//
// Samples that are no finite numbers are left out. Ok is false where fewer than two different x are left, and
// where the numbers are too large to calculate with.
func TheilSen(samples []Sample) (line Line, ok bool) {
	samples = usable(samples)
	slopes := pairwise(samples)
	if len(slopes) == 0 {
		return Line{}, false
	}
	_, variance := kendall(samples)
	n, spread := float64(len(slopes)), Z95*math.Sqrt(variance)
	line = Line{
		Slope: Estimate{
			Value: median(slopes),
			Lo:    ranked(slopes, math.Round((n-spread)/2)),
			Hi:    ranked(slopes, math.Round((n+spread)/2)+1),
		},
		last: samples[len(samples)-1],
	}
	rests := make([]float64, len(samples))
	for i, s := range samples {
		rests[i] = s.Y - line.Slope.Value*s.X
	}
	slices.Sort(rests)
	line.Intercept = median(rests)
	if !finite(line.Slope.Value, line.Slope.Lo, line.Slope.Hi, line.Intercept) {
		return Line{}, false
	}
	return line, true
}

// Forecast returns what Y will be at x if it goes on from the last sample as the line does: the last Y plus the
// slope, or either of its bounds, times the distance. The interval is therefore that of the slope alone; at
// the last sample it has no width. Where several samples share the largest x, the one given last counts.
//
// Nothing is known of the limits of Y, so that the caller cuts a share to 0 and 1. Ok is false where x is no
// finite number or the result is too large for one.
func (l Line) Forecast(x float64) (y Estimate, ok bool) {
	ahead := x - l.last.X
	y = Estimate{
		Value: l.last.Y + l.Slope.Value*ahead,
		Lo:    l.last.Y + l.Slope.Lo*ahead,
		Hi:    l.last.Y + l.Slope.Hi*ahead,
	}
	if ahead < 0 {
		y.Lo, y.Hi = y.Hi, y.Lo
	}
	if !finite(y.Value, y.Lo, y.Hi) {
		return Estimate{}, false
	}
	return y, true
}

// pairwise returns the slopes between all pairs of samples with different x, in ascending order. The samples
// are in order of x.
func pairwise(samples []Sample) []float64 {
	var slopes []float64
	for i, b := range samples {
		for _, a := range samples[:i] {
			if a.X < b.X {
				slopes = append(slopes, (b.Y-a.Y)/(b.X-a.X))
			}
		}
	}
	slices.Sort(slopes)
	return slopes
}

// median returns the middle of sorted values, or half-way between the two middle ones.
func median(sorted []float64) float64 {
	upper := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[upper]
	}
	return sorted[upper-1]/2 + sorted[upper]/2
}

// ranked returns the value of a rank, counted from 1, or the nearest there is.
func ranked(sorted []float64, rank float64) float64 {
	return sorted[int(min(max(rank, 1), float64(len(sorted))))-1]
}
