package stats_test

import (
	"slices"
	"testing"

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
