package stats_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestMcNemar(t *testing.T) {
	for _, c := range []struct {
		name         string
		joined, left uint64
		want, within float64
	}{
		{"10 came and 1 went", 10, 1, .01171875, 1e-15},
		{"1 came and 10 went", 1, 10, .01171875, 1e-15},
		{"nothing changed", 0, 0, 1, 0},
		{"one came", 1, 0, 1, 1e-15},
		{"five came and none went", 5, 0, .0625, 1e-15},
		{"six came and none went is the least that is significant", 6, 0, .03125, 1e-15},
		{"as many came as went", 7, 7, 1, 0},
		{"one more came than went", 8, 7, 1, 1e-12},
		{"2000 apart in a million", 500_000, 498_000, .045392120, 1e-8},
		{"10,000 apart in 30 million", 15_000_000, 14_990_000, .067870807, 1e-8},
		{"all of millions came", 3_000_000, 0, 0, 0},
		{"the largest counts there are", math.MaxUint64, math.MaxUint64, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			near(t, "p", stats.McNemar(c.joined, c.left), c.want, c.within)
		})
	}
}

func TestMcNemarIsTheSumOfBinomialCoefficients(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		joined := rapid.Uint64Range(0, 400).Draw(t, "joined")
		left := rapid.Uint64Range(0, 400).Draw(t, "left")
		n := int64(joined + left)
		sum := new(big.Int)
		for i := int64(0); i <= int64(min(joined, left)); i++ {
			sum.Add(sum, new(big.Int).Binomial(n, i))
		}
		twice := new(big.Float).SetMantExp(new(big.Float).SetInt(sum), int(1-n))
		want, _ := twice.Float64()
		got := stats.McNemar(joined, left)
		near(t, "p", got, min(want, 1), 1e-11*want)
		if other := stats.McNemar(left, joined); other != got {
			t.Fatalf("the other way round: got %v, want %v", other, got)
		}
	})
}

// The further apart the two counts are of the same number, the smaller is p.
func TestMcNemarFallsWithTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(2, 1_000_000).Draw(t, "n")
		fewer := rapid.Uint64Range(1, n/2).Draw(t, "fewer")
		nearer, further := stats.McNemar(n-fewer, fewer), stats.McNemar(n-fewer+1, fewer-1)
		if further > nearer || further < 0 || nearer > 1 {
			t.Fatalf("got %v for %d of %d and %v for one less", nearer, fewer, n, further)
		}
	})
}
