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
