package stats_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics/stats"
)

// sen is the example of P. K. Sen (1968), at unequal distances.
var sen = []stats.Sample{{1, 9}, {2, 15}, {3, 19}, {4, 20}, {10, 45}, {12, 55}, {18, 78}}

func TestTheilSen(t *testing.T) {
	for _, c := range []struct {
		name      string
		samples   []stats.Sample
		slope     stats.Estimate
		intercept float64
	}{
		// N = 21, C = 1.96·√(133/3) = 13.05: ranks 4 and 18. The R package deming has the same values.
		{"Sen's example", sen, stats.Estimate{4, 26. / 7, 35. / 8}, 6},
		// N = 66, C = 28.45: ranks 19 and 48.
		{"a rise with two ties", rising, stats.Estimate{2, 1.5, 2.4}, 5},
		{"no trend", steady, stats.Estimate{0, -.5, .5}, 20},
		{"all equal", weekly(3, 3, 3, 3), stats.Estimate{0, 0, 0}, 3},
		{"a straight line", weekly(5, 3, 1, -1, -3, -5), stats.Estimate{-2, -2, -2}, 7},
		{"one wild value", weekly(1, 2, 3, 400, 5, 6, 7, 8, 9), stats.Estimate{1, 1, 1}, 0},
		{"two samples have one slope", weekly(1, 3), stats.Estimate{2, 2, 2}, -1},
		{"three samples have bounds of all slopes", weekly(0, 1, 1), stats.Estimate{.5, 0, 1}, -.5},
		{"several at one time", []stats.Sample{{0, 0}, {0, 2}, {1, 3}}, stats.Estimate{2, 1, 3}, 1},
		{"weeks without a value", append(weekly(notNumber, infinite), sen...), stats.Estimate{4, 26. / 7, 35. / 8}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := stats.TheilSen(c.samples)
			if !ok {
				t.Fatal("got nothing")
			}
			near(t, "slope", got.Slope.Value, c.slope.Value, 1e-7)
			near(t, "lower bound", got.Slope.Lo, c.slope.Lo, 1e-7)
			near(t, "upper bound", got.Slope.Hi, c.slope.Hi, 1e-7)
			near(t, "intercept", got.Intercept, c.intercept, 1e-7)
		})
	}
}

func TestTheilSenOfTooLittle(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []stats.Sample
	}{
		{"nothing", nil},
		{"one sample", weekly(1)},
		{"several at one time", []stats.Sample{{1, 1}, {1, 2}, {1, 3}}},
		{"one number", []stats.Sample{{1, 1}, {2, notNumber}, {infinite, 3}}},
		{"numbers too large to calculate with", weekly(-math.MaxFloat64, math.MaxFloat64)},
		{"times too near to calculate with", []stats.Sample{{0, 0}, {math.SmallestNonzeroFloat64, 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := stats.TheilSen(c.samples); ok || got != (stats.Line{}) {
				t.Errorf("got %+v, %v; want nothing", got, ok)
			}
		})
	}
}

func TestForecast(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []stats.Sample
		x       float64
		want    stats.Estimate
	}{
		{"ahead", sen, 26, stats.Estimate{78 + 4*8, 78 + 26./7*8, 78 + 35./8*8}},
		{"at the last sample", sen, 18, stats.Estimate{78, 78, 78}},
		{"back from it", sen, 10, stats.Estimate{78 - 4*8, 78 - 35./8*8, 78 - 26./7*8}},
		{"from the last sample and not from the line", weekly(1, 2, 3, 4, 5, 9), 7, stats.Estimate{10, 10, 11.5}},
		{"samples in any order", []stats.Sample{{3, 6}, {1, 2}, {2, 4}}, 4, stats.Estimate{8, 8, 8}},
		{"several at the last time", []stats.Sample{{0, 0}, {1, 2}, {1, 1}}, 2, stats.Estimate{2.5, 2, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, _ := stats.TheilSen(c.samples)
			got, ok := line.Forecast(c.x)
			if !ok {
				t.Fatal("got nothing")
			}
			near(t, "value", got.Value, c.want.Value, 1e-12)
			near(t, "lower bound", got.Lo, c.want.Lo, 1e-12)
			near(t, "upper bound", got.Hi, c.want.Hi, 1e-12)
		})
	}
}

func TestForecastOfNoTime(t *testing.T) {
	line, _ := stats.TheilSen(sen)
	for _, x := range []float64{notNumber, infinite, -infinite, math.MaxFloat64} {
		if got, ok := line.Forecast(x); ok || got != (stats.Estimate{}) {
			t.Errorf("at %v: got %v, %v; want nothing", x, got, ok)
		}
	}
}

func TestTheilSenSlopeLiesWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		var slopes []float64
		for i, a := range samples {
			for _, b := range samples[i+1:] {
				if a.X != b.X {
					slopes = append(slopes, (a.Y-b.Y)/(a.X-b.X))
				}
			}
		}
		line, ok := stats.TheilSen(samples)
		if ok != (len(slopes) > 0) {
			t.Fatalf("got %v with %d slopes", ok, len(slopes))
		}
		if !ok {
			return
		}
		slices.Sort(slopes)
		near(t, "slope", line.Slope.Value, (slopes[(len(slopes)-1)/2]+slopes[len(slopes)/2])/2, 1e-12)
		if s := line.Slope; s.Lo > s.Value || s.Hi < s.Value || s.Lo < slopes[0] || s.Hi > slopes[len(slopes)-1] {
			t.Fatalf("got %v of slopes %v", s, slopes)
		}
	})
}

// The slope is 0 within its bounds exactly where the trend is not significant, but for the rounding of ranks
// and the correction for continuity: never does one clearly see a trend that the other clearly does not.
func TestTheilSenAgreesWithMannKendall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.Permutation([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}).Draw(t, "values")
		line, _ := stats.TheilSen(weekly(values...))
		z := math.Abs(stats.MannKendall(weekly(values...)).Z)
		straddles := line.Slope.Lo <= 0 && line.Slope.Hi >= 0
		if z > 2.2 && straddles || z < 1.7 && !straddles {
			t.Fatalf("got slope %v with Z %v", line.Slope, z)
		}
	})
}

// A line through a·y + b·x + c has the slope a times as steep, plus b, and so has its forecast.
func TestTheilSenFollowsItsSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		line, ok := stats.TheilSen(samples)
		if !ok {
			return
		}
		scale := float64(rapid.IntRange(-5, 5).Draw(t, "scale"))
		tilt := float64(rapid.IntRange(-5, 5).Draw(t, "tilt"))
		shift := float64(rapid.IntRange(-50, 50).Draw(t, "shift"))
		moved := make([]stats.Sample, len(samples))
		for i, s := range samples {
			moved[i] = stats.Sample{X: s.X, Y: scale*s.Y + tilt*s.X + shift}
		}
		got, _ := stats.TheilSen(moved)
		near(t, "slope", got.Slope.Value, scale*line.Slope.Value+tilt, 1e-9)
		near(t, "intercept", got.Intercept, scale*line.Intercept+shift, 1e-9)
		x := float64(rapid.IntRange(-50, 50).Draw(t, "x"))
		before, _ := line.Forecast(x)
		after, _ := got.Forecast(x)
		near(t, "forecast", after.Value, scale*before.Value+tilt*x+shift, 1e-9)
		if after.Lo > after.Value || after.Hi < after.Value {
			t.Fatalf("got forecast %v", after)
		}
	})
}
