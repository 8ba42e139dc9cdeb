package dashboards

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestPercent(t *testing.T) {
	for name, c := range map[string]struct {
		share float64
		want  string
	}{
		"none":              {0, "0\u202f%"},
		"nearly none":       {0.001, "<1\u202f%"},
		"half":              {0.5, "50\u202f%"},
		"rounded":           {0.416, "42\u202f%"},
		"nearly all":        {0.999, ">99\u202f%"},
		"all":               {1, "100\u202f%"},
		"a third is no sum": {1.0 / 3, "33\u202f%"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := percent(c.share); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	for want, n := range map[string]int{"0": 0, "999": 999, "1\u202f000": 1000, "12\u202f345\u202f678": 12345678} {
		if got := count(n); got != want {
			t.Errorf("count(%d): got %q, want %q", n, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	now := metrics.Instant(1_800_000_000)
	for name, c := range map[string]struct {
		ago  metrics.Instant
		want string
	}{
		"this minute":  {40, "just now"},
		"a clock skew": {-30, "just now"},
		"minutes":      {12 * 60, "12 minutes ago"},
		"an hour":      {112 * 60, "an hour ago"},
		"hours":        {5 * 3600, "5 hours ago"},
		"days":         {3 * metrics.Day, "3 days ago"},
		"years":        {1200 * metrics.Day, "1\u202f200 days ago"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := age(now-c.ago, now); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	at, _ := metrics.ParseInstant("2024-02-03T10:05:59Z")
	if got, want := day(at), "3 Feb 2024"; got != want {
		t.Errorf("day: got %q, want %q", got, want)
	}
	if got, want := minute(at), "3 Feb 2024, 10:05 UTC"; got != want {
		t.Errorf("minute: got %q, want %q", got, want)
	}
	if got, want := day(metrics.Forever), "–"; got != want {
		t.Errorf("day of what never ends: got %q, want %q", got, want)
	}
}
