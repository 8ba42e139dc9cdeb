package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// near fails unless got is within a distance of want.
func near(t rapid.TB, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %v, want %v (within %v)", what, got, want, within)
	}
}

// pick returns a where yes holds, else b.
func pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

var (
	notNumber = math.NaN()
	infinite  = math.Inf(1)
)

// Whatever comes in, what comes out is a number.
func TestNothingReturnsWhatIsNoNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-2, 2), rapid.SampledFrom([]float64{
			notNumber, infinite, -infinite, 0, 1, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64,
		}))
		numbers := func(what string, values ...float64) {
			for _, v := range values {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s: got %v", what, values)
				}
			}
		}
		a, b, c := number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")
		goal := stats.Goal{Baseline: a, Target: b}
		numbers("score", goal.Score(c))
		pace, _ := stats.Pace(a, b)
		objective, _ := stats.Objective([]stats.Weighted{{Score: a, Weight: b}, {Score: b, Weight: c}})
		numbers("pace and objective", pace, objective)

		line, _ := stats.TheilSen([]stats.Sample{{X: a, Y: b}, {X: b, Y: c}, {X: c, Y: a}, {X: 1, Y: a}})
		y, _ := line.Forecast(c)
		numbers("line", line.Slope.Value, line.Slope.Lo, line.Slope.Hi, line.Intercept, y.Value, y.Lo, y.Hi)
		trend := stats.MannKendall([]stats.Sample{{X: a, Y: b}, {X: b, Y: c}, {X: c, Y: a}, {X: 1, Y: a}})
		numbers("trend", trend.Var, trend.Z, trend.P)
		numbers("adjusted", stats.BenjaminiHochberg([]float64{a, b, c})...)

		lives := append(ended(a, b, b, 1), going(c, 1)...)
		curve := stats.KaplanMeier(lives)
		for _, p := range curve.Points() {
			numbers("point", p.Days, p.S, p.Lo, p.Hi, p.StdErr)
		}
		quantile, _ := curve.Quantile(c)
		chi2, p, _ := stats.LogRank(lives, ended(c, 2))
		numbers("quantile and log-rank", quantile, chi2, p)
	})
}
