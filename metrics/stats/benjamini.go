package stats

import (
	"cmp"
	"slices"
)

// BenjaminiHochberg returns the p-values of many tests (one a team, say) adjusted for their number, in the
// order given: of all that is called real because its adjusted value is up to 0.05, at most 5 % is expected to
// be chance. Without the adjustment every twentieth test of nothing is called real.
//
// With the m p-values in ascending order, that of rank i becomes
//
//	min(1, p₍ⱼ₎·m/j) for the j >= i where that is least
//
// after Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate: a practical and powerful approach
// to multiple testing", Journal of the Royal Statistical Society B 57 (1995). It holds for tests that are
// independent or vary together.
//
// A p-value below 0 counts as 0, one above 1 or that is no number as 1. Of no p-values there are none.
func BenjaminiHochberg(ps []float64) []float64 {
	order := make([]int, len(ps))
	adjusted := make([]float64, len(ps))
	for i, p := range ps {
		order[i] = i
		adjusted[i] = 1
		if p < 1 {
			adjusted[i] = max(p, 0)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(adjusted[a], adjusted[b]) })
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, adjusted[i]*(float64(len(ps))/float64(rank)))
		adjusted[i] = least
	}
	return adjusted
}
