package phrase

import (
	"math"
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0_%", 0.004: "<1_%", 0.425: "43_%", 0.996: ">99_%", 1: "100_%", math.Inf(1): "–"} {
		if share > 1 {
			share = math.NaN()
		}
		if got := Percent(share, "_"); got != want {
			t.Errorf("%v is %q, want %q", share, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1_000", 1234567: "1_234_567", -100: "-100", -1000: "-1_000"} {
		if got := Count(n, "_"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// TestWhy has words for reasons, and no underscores for those without.
func TestWhy(t *testing.T) {
	for got, want := range map[string]string{
		WhyNot(metrics.ReasonNoAlternative): "nobody here had a choice", WhyUnknown(metrics.ReasonForbidden): "no permission to read it; give the token of the scan leave",
		WhyNot("some_reason"): "some reason", WhyUnknown(""): "no reason is known",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestValue writes values of figures of key results in their units.
func TestValue(t *testing.T) {
	for _, c := range []struct {
		figure string
		v      float64
		want   string
	}{
		{"adoption.teams.voluntary", 0.425, "43_%"}, {"time_to_adopt.median_days", 557.3, "557 days"}, {"time_to_adopt.median_days", 1, "1 day"},
		{"lag.days_behind", 1234, "1_234 days"}, {"catalog.half_life", 41, "41 days"}, {"friction.scaffold.median", 0.25, "15_min"},
		{"friction.pipeline.recovery", 72, "3_d"}, {"friction.pipeline.p90", 1.5, "1.5_h"}, {"friction.scaffold.ratio", 0.456, "0.46"},
		{"catalog.ghosts", 3, "3"}, {"exemptions", 12345.5, "12_345.5"}, {"catalog.dark", -1234, "-1_234"},
	} {
		f, _ := metrics.FindFigure(c.figure)
		if got := Value(f, c.v, "_"); got != c.want {
			t.Errorf("%s of %v: got %q, want %q", c.figure, c.v, got, c.want)
		}
	}
	f, _ := metrics.FindFigure("time_to_adopt.median_days")
	if got := Goal(f, 10.5, "_"); got != "10.5 days" {
		t.Errorf("got %q", got)
	}
}

// TestHours writes each time in one way.
func TestHours(t *testing.T) {
	for h, want := range map[float64]string{0: "0 min", 0.25: "15 min", 0.99: "59 min", 0.995: "1 h", 1.5: "1.5 h", 23.94: "23.9 h", 23.97: "1 d", 24: "1 d", 36: "1.5 d", 239: "10 d",
		240: "10 d", 1307: "54 d", 30000: "1 250 d", math.NaN(): "–"} {
		if got := Hours(h, " "); got != want {
			t.Errorf("%v hours are %q, want %q", h, got, want)
		}
	}
}

// TestHoursBetween writes both ends of a range in one unit.
func TestHoursBetween(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{{0, 0.25, "0 min to 15 min"}, {0.5, 3, "0.5 h to 3 h"}, {0.05, 3, "3 min to 3 h"}, {0.05, 0.5, "3 min to 30 min"}, {20, 24, "0.8 d to 1 d"}, {20, 60, "0.8 d to 2.5 d"}, {24, 120, "1 d to 5 d"}, {2, 120, "2 h to 5 d"}, {36, 1307, "1.5 d to 54 d"}, {0, 48, "0 d to 2 d"}} {
		if got := HoursBetween(c.lo, c.hi, " "); got != c.want {
			t.Errorf("from %v to %v is %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}
