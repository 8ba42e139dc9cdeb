package stats

import "gonum.org/v1/gonum/stat/distuv"

// McNemar returns the exact two-sided p-value of a change between two dates on the same units: of those that
// differ, joined came and left went. Units that are the same at both dates say nothing and are not counted.
//
// If coming and going were equally likely, the smaller of the two counts would be binomial, so
//
//	p = min(1, 2·Σ C(n,i)/2ⁿ for i = 0 … min(joined, left))   with n = joined + left
//
// after Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
// percentages", Psychometrika 12 (1947), in the exact form of the sign test. The sum is the regularised
// incomplete beta function: nothing overflows, and p is right to seven digits for n up to a hundred million.
//
// Where nothing changed (0 and 0), and where as many came as went, p is 1.
func McNemar(joined, left uint64) float64 {
	if joined == left {
		return 1
	}
	flips := distuv.Binomial{N: float64(joined) + float64(left), P: 0.5}
	return min(1, 2*flips.CDF(float64(min(joined, left))))
}
