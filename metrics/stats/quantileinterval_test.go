package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// remission are the weeks in remission of the 42 patients of Freireich and others, "The effect of 6-mercaptopurine on
// the duration of steroid-induced remissions in acute leukemia", Blood 21 (1963), that are in every textbook.
func remission() (treated, untreated []stats.Lifetime) {
	for _, weeks := range []float64{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		treated = append(treated, stats.Lifetime{Days: weeks, Ended: true})
	}
	for _, weeks := range []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		treated = append(treated, stats.Lifetime{Days: weeks})
	}
	for _, weeks := range []float64{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23} {
		untreated = append(untreated, stats.Lifetime{Days: weeks, Ended: true})
	}
	return treated, untreated
}

func TestQuantileInterval(t *testing.T) {
	treated, untreated := remission()
	type interval struct {
		lo, hi      float64
		ok, bounded bool
	}
	for _, c := range []struct {
		name  string
		times []stats.Lifetime
		q     float64
		want  interval
	}{
		{"median of the treated has no upper bound", treated, 0.5, interval{13, 0, true, false}},
		{"quarter of the treated", treated, 0.25, interval{6, 22, true, true}},
		{"median of the untreated", untreated, 0.5, interval{4, 11, true, true}},
		{"quarter of the untreated", untreated, 0.25, interval{1, 5, true, true}},
		{"three quarters of the untreated", untreated, 0.75, interval{8, 22, true, true}},
		{"nothing", nil, 0.5, interval{}},
		{"no quantile", untreated, 1.5, interval{}},
		{"one that ended at once", []stats.Lifetime{{Days: 0, Ended: true}}, 0.5, interval{0, 0, true, false}},
		{"many that did not end", ongoing(20, 9), 0.5, interval{9, 0, true, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got interval
			got.lo, got.hi, got.ok, got.bounded = stats.KaplanMeier(c.times).QuantileInterval(c.q)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// ongoing are some that go on.
func ongoing(n int, days float64) []stats.Lifetime {
	return slices.Repeat([]stats.Lifetime{{Days: days}}, n)
}

// TestQuantileIntervalOfMany looks at every point of long curves, as the definition says it.
func TestQuantileIntervalOfMany(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		table := make(stats.LifeTable, rapid.IntRange(1, 3000).Draw(r, "lengths"))
		ends := rapid.Float64Range(0, 1).Draw(r, "how likely one ends")
		most := rapid.IntRange(1, 20).Draw(r, "at once")
		for i := range table {
			table[i] = stats.LifeTableRow{Days: float64(i), Ended: 1 + dice.IntN(most)}
			if dice.Float64() >= ends {
				table[i] = stats.LifeTableRow{Days: float64(i), Censored: 1 + dice.IntN(most)}
			}
		}
		curve := table.KaplanMeier()
		q := rapid.Float64Range(0, 1).Draw(r, "q")
		lo, hi, bounded := table[len(table)-1].Days, 0.0, false
		points := curve.Points()
		if i := slices.IndexFunc(points, func(p stats.Point) bool { return p.Lo <= 1-q+1e-9 }); i >= 0 {
			lo = points[i].Days
		}
		if i := slices.IndexFunc(points, func(p stats.Point) bool { return p.Hi <= 1-q+1e-9 }); i >= 0 {
			hi, bounded = points[i].Days, true
		}
		gotLo, gotHi, ok, gotBounded := curve.QuantileInterval(q)
		if !ok || gotLo != lo || gotBounded != bounded || bounded && gotHi != hi {
			r.Fatalf("got %v to %v, %v; want %v to %v, %v", gotLo, gotHi, gotBounded, lo, hi, bounded)
		}
	})
}

// BenchmarkCurves asks for the quartiles of a million times that are all different, and compares them with others: a multiple of
// the time that it takes to add up as many logarithms.
func BenchmarkCurves(b *testing.B) {
	tables := make([]stats.LifeTable, 2)
	for i := range tables {
		tables[i] = make(stats.LifeTable, 500_000)
		for j := range tables[i] {
			tables[i][j] = stats.LifeTableRow{Days: float64(2*j + i + 1), Ended: 1}
		}
	}
	var took, floor time.Duration
	for b.Loop() {
		begun := time.Now()
		for _, t := range tables {
			curve := t.KaplanMeier()
			for _, q := range []float64{0.25, 0.5, 0.75} {
				if _, _, ok, _ := curve.QuantileInterval(q); !ok {
					b.Fatal("no interval")
				}
			}
		}
		tables[0].LogRank(tables[1])
		took += time.Since(begun)
		begun = time.Now()
		sum := 0.0
		for i := range 1_000_000 {
			sum += math.Log(float64(i + 1))
		}
		floor += time.Since(begun)
		if sum <= 0 {
			b.Fatal(sum)
		}
	}
	b.ReportMetric(took.Seconds()/floor.Seconds(), "x-logs")
}
