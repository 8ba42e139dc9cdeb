package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Entropy returns how fragmented a job is, from how many units do it each way: 0 where all do it one way, 1
// where every way is as common as every other.
//
//	−Σ q·ln q / ln k   with q the share of each way
//
// where k is ways, the number of ways there are, or the number of counts above 0 if that is larger; with
// ways 0 it is thus the ways in use that are compared. It is the entropy of C. E. Shannon, "A mathematical
// theory of communication", Bell System Technical Journal 27 (1948), over its maximum; with ways 0 that is
// the evenness of E. C. Pielou (1966).
//
// Where there are fewer than two ways it is 0. Ok is false where nothing was counted.
func Entropy(counts []uint64, ways int) (entropy float64, ok bool) {
	var total float64
	used := 0
	for _, c := range counts {
		total += float64(c)
		if c > 0 {
			used++
		}
	}
	if used == 0 {
		return 0, false
	}
	k := max(ways, used)
	if k < 2 {
		return 0, true
	}
	shares := make([]float64, len(counts))
	for i, c := range counts {
		shares[i] = float64(c) / total
	}
	return cut(stat.Entropy(shares) / math.Log(float64(k))), true
}
