package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

var (
	rising = weekly(10, 10, 12, 13, 13, 15, 18, 20, 21, 25, 28, 30)
	steady = weekly(20, 21, 19, 20, 22, 20, 19, 21)
)

// weekly returns samples a week apart.
func weekly(values ...float64) []stats.Sample {
	samples := make([]stats.Sample, len(values))
	for i, v := range values {
		samples[i] = stats.Sample{X: float64(i + 1), Y: v}
	}
	return samples
}

func TestMannKendall(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []stats.Sample
		want    stats.Trend
	}{
		{"a rise with two ties", rising, stats.Trend{S: 64, Var: 210.6667, Z: 4.34053, P: 1.42e-5, Tau: .98473}},
		{"no trend", steady, stats.Trend{S: 1, Var: 59.6667, Z: 0, P: 1, Tau: .03941}},
		{"all equal", weekly(3, 3, 3, 3), stats.Trend{P: 1}},
		{"as much up as down", weekly(1, 3, 1), stats.Trend{S: 0, Var: 2.6667, P: 1}},
		{"two", weekly(1, 2), stats.Trend{S: 1, Var: 1, P: 1, Tau: 1}},
		{"three", weekly(3, 2, 1), stats.Trend{S: -3, Var: 3.6667, Z: -1.04447, P: .29627, Tau: -1}},
		{"one", weekly(1), stats.Trend{P: 1}},
		{"none", nil, stats.Trend{P: 1}},
		{"all at one time", []stats.Sample{{1, 1}, {1, 2}, {1, 3}}, stats.Trend{P: 1}},
		{"weeks without a value", append(weekly(notNumber, infinite), rising...),
			stats.Trend{S: 64, Var: 210.6667, Z: 4.34053, P: 1.42e-5, Tau: .98473}},
		{"a week without a time", append([]stats.Sample{{notNumber, 1}, {-infinite, 1}}, steady...),
			stats.Trend{S: 1, Var: 59.6667, Z: 0, P: 1, Tau: .03941}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := stats.MannKendall(c.samples)
			if got.S != c.want.S {
				t.Errorf("S: got %v, want %v", got.S, c.want.S)
			}
			near(t, "variance", got.Var, c.want.Var, 5e-5)
			near(t, "Z", got.Z, c.want.Z, 5e-6)
			near(t, "p", got.P, c.want.P, 5e-3*c.want.P)
			near(t, "tau", got.Tau, c.want.Tau, 5e-6)
		})
	}
}

// The variance, ties and all, is that of S over all orders in which the values could have come.
func TestMannKendallVarianceIsThatOfAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SliceOfN(rapid.IntRange(0, 3), 2, 6)
		xs := few.Draw(t, "xs")
		ys := rapid.SliceOfN(rapid.IntRange(0, 3), len(xs), len(xs)).Draw(t, "ys")
		var sum, squares, orders float64
		permute(len(ys), func(order []int) {
			s := float64(stats.MannKendall(paired(xs, ys, order)).S)
			sum, squares, orders = sum+s, squares+s*s, orders+1
		})
		got := stats.MannKendall(paired(xs, ys, nil)).Var
		near(t, "mean of S", sum/orders, 0, 1e-9)
		near(t, "variance", got, squares/orders, 1e-9)
	})
}

// paired returns the samples (x, y), the ys in the given order.
func paired(xs, ys, order []int) []stats.Sample {
	samples := make([]stats.Sample, len(xs))
	for i := range xs {
		y := ys[i]
		if order != nil {
			y = ys[order[i]]
		}
		samples[i] = stats.Sample{X: float64(xs[i]), Y: float64(y)}
	}
	return samples
}

// permute calls visit with every order of n things.
func permute(n int, visit func([]int)) {
	order := make([]int, 0, n)
	var extend func(used int)
	extend = func(used int) {
		if len(order) == n {
			visit(order)
		}
		for i := range n {
			if used&(1<<i) == 0 {
				order = append(order, i)
				extend(used | 1<<i)
				order = order[:len(order)-1]
			}
		}
	}
	extend(0)
}

func TestMannKendallSeesOrderAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		want := stats.MannKendall(samples)
		if !(want.P >= 0 && want.P <= 1 && want.Var >= 0) || math.IsNaN(want.Z) || math.IsInf(want.Z, 0) || !(math.Abs(want.Tau) <= 1) {
			t.Fatalf("got %+v", want)
		}
		if got := stats.MannKendall(rapid.Permutation(samples).Draw(t, "shuffled")); got != want {
			t.Fatalf("in another order: got %+v, want %+v", got, want)
		}
		bent, fallen := make([]stats.Sample, len(samples)), make([]stats.Sample, len(samples))
		for i, s := range samples {
			bent[i] = stats.Sample{X: s.X * s.X * s.X, Y: math.Atan(s.Y)}
			fallen[i] = stats.Sample{X: s.X, Y: -s.Y}
		}
		if got := stats.MannKendall(bent); got != want {
			t.Fatalf("on other scales: got %+v, want %+v", got, want)
		}
		want.S, want.Z, want.Tau = -want.S, -want.Z, -want.Tau
		if got := stats.MannKendall(fallen); got != want {
			t.Fatalf("upside down: got %+v, want %+v", got, want)
		}
	})
}

// drawSamples draws small whole numbers, so that there are ties in both.
func drawSamples(t *rapid.T) []stats.Sample {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Sample {
		x, y := rapid.IntRange(-20, 20).Draw(t, "x"), rapid.IntRange(-9, 9).Draw(t, "y")
		return stats.Sample{X: float64(x), Y: float64(y)}
	}), 0, 15).Draw(t, "samples")
}
