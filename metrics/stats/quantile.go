package stats

// Quantile returns the value that the share p of the values does not exceed, interpolated between neighbours: the
// median for 0.5. Values are sorted, p lies between 0 and 1. It is type 7 of Hyndman and Fan, "Sample quantiles in
// statistical packages", The American Statistician 50 (1996), the default of R and of NumPy. ok is false where there
// is no value, and where anything is not finite.
func Quantile(sorted []float64, p float64) (value float64, ok bool) {
	if len(sorted) == 0 || !finite(append([]float64{p}, sorted...)...) || p < 0 || p > 1 {
		return 0, false
	}
	at := p * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below]), true
}
