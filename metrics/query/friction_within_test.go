package query

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestWithinCountsAsItSorts compares the times of many runs, which are counted, with those of the sorted list.
func TestWithinCountsAsItSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 9, 10, manyTimes - 1, manyTimes, manyTimes + 1, 3*manyTimes + 7} {
		list := make([]uint32, n)
		for i := range list {
			list[i] = r.Uint32N(3 * secondsListed) // also some that take longer than what is listed
		}
		some := ran{seconds: slices.Clone(list)}
		got := some.within([2]int{1, 2}, [2]int{9, 10})
		slices.Sort(list)
		for i, place := range []int{(n+1)/2 - 1, (9*n+9)/10 - 1} {
			if want := inHours(list[place]); got[i] == nil || *got[i] != want {
				t.Errorf("of %d: got %v, want %v", n, got[i], want)
			}
		}
	}
	if got := (&ran{}).within([2]int{1, 2}); got[0] != nil {
		t.Errorf("of none: got %v", *got[0])
	}
}
