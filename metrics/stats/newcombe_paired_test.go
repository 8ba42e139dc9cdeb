package stats_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

func TestNewcombePaired(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs stats.Pairs
		want  stats.Estimate
		ok    bool
	}{
		// M. W. Fagerland, S. Lydersen and P. Laake, "Recommended tests and confidence intervals for paired binomial
		// proportions", Statistics in Medicine 33 (2014).
		{"airways of 21 children", stats.Pairs{Both: 1, Left: 7, Joined: 1, Neither: 12}, stats.Estimate{-.285714, -.507, -.026}, true},
		{"hardly anybody moves", stats.Pairs{Both: 36, Left: 12, Joined: 2}, stats.Estimate{-.2, -.3404, -.0569}, true},
		{"one joins", stats.Pairs{Both: 29, Joined: 1}, stats.Estimate{.033333, -.0834, .1667}, true},
		{"all join", stats.Pairs{Joined: 3}, stats.Estimate{1, .2059, 1}, true},
		{"nobody moves", stats.Pairs{Both: 10, Neither: 10}, stats.Estimate{0, -.0898, .0898}, true},
		{"nobody", stats.Pairs{}, stats.Estimate{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.NewcombePaired(c.pairs)
			near(t, "difference", got.Value, c.want.Value, 5e-6)
			near(t, "lower bound", got.Lo, c.want.Lo, 5e-4)
			near(t, "upper bound", got.Hi, c.want.Hi, 5e-4)
			if ok != c.ok {
				t.Errorf("got %v, want %v", ok, c.ok)
			}
		})
	}
}

func TestNewcombePairedHoldsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 200)
		p := stats.Pairs{Both: n.Draw(t, "both"), Left: n.Draw(t, "left"), Joined: n.Draw(t, "joined"), Neither: n.Draw(t, "neither") + 1}
		got, _ := stats.NewcombePaired(p)
		if !(got.Lo >= -1 && got.Lo <= got.Value && got.Value <= got.Hi && got.Hi <= 1) {
			t.Fatalf("got %+v", got)
		}
		back, _ := stats.NewcombePaired(stats.Pairs{Both: p.Both, Left: p.Joined, Joined: p.Left, Neither: p.Neither})
		if diff := max(back.Value+got.Value, back.Lo+got.Hi, back.Hi+got.Lo); diff > 1e-12 {
			t.Fatalf("the other way round: got %+v, want the mirror of %+v", back, got)
		}
		apart, _ := stats.Newcombe(stats.Proportion{Num: p.Both + p.Left, Den: p.Both + p.Left + p.Joined + p.Neither},
			stats.Proportion{Num: p.Both + p.Joined, Den: p.Both + p.Left + p.Joined + p.Neither})
		if p.Both*p.Neither >= p.Left*p.Joined && got.Hi-got.Lo > apart.Hi-apart.Lo+1e-12 {
			t.Fatalf("pairs that hang together: got %+v, wider than that of different units, %+v", got, apart)
		}
	})
}
