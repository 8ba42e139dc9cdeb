package stats_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestMaturity(t *testing.T) {
	tests := []struct {
		name string
		of   stats.Uptake
		want string
	}{
		{"most were made to come", stats.Uptake{Pull: 0.49, NetFlow: 9, D90: 1, Outside: 1}, "extrinsic_push"},
		{"all were made to come and left", stats.Uptake{NetFlow: -9}, "extrinsic_push"},
		{"half came by choice and stay", stats.Uptake{Pull: 0.5, NetFlow: 1, D90: 0.8}, "intrinsic_pull"},
		{"nine of ten stay, then eight of nine", stats.Uptake{Pull: 1, NetFlow: 1, D90: 0.9 * (8.0 / 9)}, "intrinsic_pull"},
		{"as many leave as come", stats.Uptake{Pull: 1, D90: 1, Outside: 1}, "erratic"},
		{"they try it and leave", stats.Uptake{Pull: 1, NetFlow: 9, D90: 0.79, Outside: 1}, "erratic"},
		{"hardly anybody contributes", stats.Uptake{Pull: 1, NetFlow: 9, D90: 1, Outside: 0.19}, "intrinsic_pull"},
		{"they contribute", stats.Uptake{Pull: 0.5, NetFlow: 1, D90: 0.8, Outside: 0.2}, "participatory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.of.Maturity().String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// uptake draws numbers of which many lie at a threshold, or beside it.
func uptake(r *rapid.T) stats.Uptake {
	share := func(name string, threshold float64) float64 {
		return rapid.OneOf(rapid.SampledFrom([]float64{0, threshold - 0.01, threshold, 1}), rapid.Float64Range(0, 1)).Draw(r, name)
	}
	return stats.Uptake{
		Pull: share("pull", stats.MaturePull), NetFlow: float64(rapid.IntRange(-3, 3).Draw(r, "net flow")),
		D90: share("d90", stats.MatureD90), Outside: share("outside", stats.MatureOutside),
	}
}

// TestMaturityNeverFalls improves numbers. A higher pull is left out where people do not stay: that they come on
// their own, and not because they must, is what tells erratic from extrinsic push.
func TestMaturityNeverFalls(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := uptake(r), uptake(r)
		better := stats.Uptake{Pull: a.Pull, NetFlow: max(a.NetFlow, b.NetFlow), D90: max(a.D90, b.D90), Outside: max(a.Outside, b.Outside)}
		if got, before := better.Maturity(), a.Maturity(); got < before {
			t.Fatalf("%+v is %v, and %+v only %v", a, before, better, got)
		}
		if better.NetFlow <= 0 || better.D90 < stats.MatureD90 {
			return
		}
		pulled := better
		pulled.Pull = max(a.Pull, b.Pull)
		if got, before := pulled.Maturity(), better.Maturity(); got < before {
			t.Fatalf("%+v is %v, and %+v only %v", better, before, pulled, got)
		}
	})
}

// TestMaturityBetween holds the lowest and the highest level to every combination of numbers in between.
func TestMaturityBetween(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b, c := uptake(r), uptake(r), uptake(r)
		low := stats.Uptake{Pull: min(a.Pull, b.Pull), NetFlow: min(a.NetFlow, b.NetFlow), D90: min(a.D90, b.D90), Outside: min(a.Outside, b.Outside)}
		high := stats.Uptake{Pull: max(a.Pull, b.Pull), NetFlow: max(a.NetFlow, b.NetFlow), D90: max(a.D90, b.D90), Outside: max(a.Outside, b.Outside)}
		between := func(lo, x, hi float64) float64 { return min(max(lo, x), hi) }
		lowest, highest := stats.MaturityBetween(low, high)
		some := stats.Uptake{
			Pull: between(low.Pull, c.Pull, high.Pull), NetFlow: between(low.NetFlow, c.NetFlow, high.NetFlow),
			D90: between(low.D90, c.D90, high.D90), Outside: between(low.Outside, c.Outside, high.Outside),
		}
		if got := some.Maturity(); got < lowest || got > highest {
			t.Fatalf("%+v is %v, which is not between %v and %v", some, got, lowest, highest)
		}
		for _, end := range []stats.Maturity{lowest, highest} {
			if !reachable(low, high, end) {
				t.Fatalf("nothing between %+v and %+v is %v", low, high, end)
			}
		}
	})
}

// reachable says by brute force whether a level lies between two uptakes.
func reachable(low, high stats.Uptake, want stats.Maturity) bool {
	for _, pull := range []float64{low.Pull, high.Pull} {
		for _, flow := range []float64{low.NetFlow, high.NetFlow} {
			for _, d90 := range []float64{low.D90, high.D90} {
				for _, outside := range []float64{low.Outside, high.Outside} {
					if (stats.Uptake{Pull: pull, NetFlow: flow, D90: d90, Outside: outside}).Maturity() == want {
						return true
					}
				}
			}
		}
	}
	return false
}
