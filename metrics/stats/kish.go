package stats

// EffectiveSize returns how many units of equal weight tell as much as units whose weights add up to sum, and
// the squares of whose weights to squares:
//
//	(Σw)² / Σw²
//
// after L. Kish, "Survey Sampling", Wiley 1965, and "Weighting for unequal Pi", Journal of Official Statistics 8
// (1992). It is the number of units where all weights are equal, whatever they are, and at least 1: with one
// that outweighs all others, a share is as uncertain as that of one unit. Of nothing (no sum, or no squares) it
// is 0.
func EffectiveSize(sum, squares float64) float64 {
	if sum <= 0 || squares <= 0 {
		return 0
	}
	return sum * sum / squares
}
