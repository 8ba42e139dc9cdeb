package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// LogRank tests whether two groups of things last equally long, over the whole of their survival curves. Chi2
// is chi-squared distributed with one degree of freedom if they do, and p is its p-value.
//
// At each time at which d of the n things still under observation end, n₁ of the n and d₁ of the d being of
// the first group, d₁ is hypergeometric if the groups do not differ, so that
//
//	χ² = (Σ d₁ − d·n₁/n)² / Σ d·(n₁/n)·(1 − n₁/n)·(n−d)/(n−1)
//
// after N. Mantel, "Evaluation of survival data and two new rank order statistics arising in its
// consideration", Cancer Chemotherapy Reports 50 (1966), and R. Peto and J. Peto (1972). Ends at the same
// time are taken together, and come before censorings. Which group is the first does not matter, nor does
// the unit of time.
//
// Ok is false, and p is 1, where nothing can be compared: a group is empty, nothing ended, or nothing ended
// while both groups were under observation and might have gone on.
func LogRank(a, b []Lifetime) (chi2, p float64, ok bool) {
	return NewLifeTable(a).LogRank(NewLifeTable(b))
}

// LogRank tests whether two groups of things last equally long: see the function LogRank.
func (t LifeTable) LogRank(other LifeTable) (chi2, p float64, ok bool) {
	n1, _ := t.Count()
	n2, _ := other.Count()
	var surplus, variance float64
	for len(t) > 0 || len(other) > 0 {
		days := math.Inf(1)
		for _, of := range []LifeTable{t, other} {
			if len(of) > 0 {
				days = min(days, of[0].Days)
			}
		}
		first, second := t.next(days), other.next(days)
		n, d := float64(n1+n2), float64(first.Ended+second.Ended)
		share := float64(n1) / n
		surplus += float64(first.Ended) - d*share
		if n > 1 {
			variance += d * share * (1 - share) * (n - d) / (n - 1)
		}
		n1 -= first.Ended + first.Censored
		n2 -= second.Ended + second.Censored
	}
	if variance == 0 {
		return 0, 1, false
	}
	chi2 = surplus * surplus / variance
	return chi2, distuv.ChiSquared{K: 1}.Survival(chi2), true
}

// next takes the first row away, if it is of those that are so long; else nobody is.
func (t *LifeTable) next(days float64) (row LifeTableRow) {
	if list := *t; len(list) > 0 && list[0].Days == days {
		row, *t = list[0], list[1:]
	}
	return row
}
