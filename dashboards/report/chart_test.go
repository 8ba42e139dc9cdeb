package report

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// weekly are points a week apart, up to the Monday that ends a week, of so many teams of ten each; -1 where nothing is known.
func weekly(end string, teams ...int) (points []Point) {
	last, err := metrics.ParseInstant(end)
	if err != nil {
		panic(err)
	}
	for i, n := range teams {
		rate := query.NewRate(n, 10, "")
		if n < 0 {
			rate = query.Undefined(metrics.ReasonEmpty)
		}
		points = append(points, Point{last - metrics.Instant(len(teams)-1-i)*7*metrics.Day, rate})
	}
	return points
}

// TestFlatSeries draws what moved, whoever reads it, and has a sentence for what did not.
func TestFlatSeries(t *testing.T) {
	for _, test := range []struct {
		name   string
		teams  []int
		drawn  bool
		steady int
		since  string
	}{
		{"moved", []int{3, 3, 4}, true, 0, "a week ago"},
		{"flat", []int{4, 4, 4}, false, 2, "in all of the last 2 weeks"},
		{"flat, with a gap", []int{4, -1, 4}, false, 0, "a week ago"},
		{"one week", []int{4, 4}, false, 1, "a week ago"},
		{"one point", []int{4}, false, 0, "a week ago"},
	} {
		for _, units := range []Units{Teams, Repos} {
			p := Path{Key: "ci", Title: "CI", Units: units, Series: weekly("2026-07-06", test.teams...)}
			r := &Report{Week: LastWeek(p.Series[len(p.Series)-1].At, time.UTC)}
			if got := r.picture(p) != nil; got != test.drawn {
				t.Errorf("%s, of %s: drawn is %t, want %t", test.name, units, got, test.drawn)
			}
			if p.steady() != test.steady || p.since() != test.since {
				t.Errorf("%s: steady for %d weeks, %q, want %d, %q", test.name, p.steady(), p.since(), test.steady, test.since)
			}
		}
	}
}

// TestMonthTicks keeps names of months off the corner where the lowest percentage stands, at any end of a chart of half a year.
func TestMonthTicks(t *testing.T) {
	end := metrics.Instant(1_767_225_600) // 1 Jan 2026
	for i := range 60 {
		to := float64(end + metrics.Instant(i)*metrics.Day)
		from := to - float64(seriesReach)
		ticks := monthTicks{time.UTC}.Ticks(from, to)
		if len(ticks) < 5 {
			t.Errorf("half a year to day %d has %d months", i, len(ticks))
		}
		for _, tick := range ticks {
			if tick.Value < from+(to-from)*0.05 || tick.Value > to || len(tick.Label) != 3 {
				t.Errorf("half a year to day %d: %q stands at %.2f of the width", i, tick.Label, (tick.Value-from)/(to-from))
			}
		}
	}
}

// TestPercentTicks names no more than phones can show.
func TestPercentTicks(t *testing.T) {
	var named []string
	lines := percentTicks{}.Ticks(0, 100)
	for _, tick := range lines {
		if tick.Label != "" {
			named = append(named, tick.Label)
		}
	}
	if len(lines) != 5 || len(named) != 3 || named[0] != "0 %" || named[1] != "50 %" || named[2] != "100 %" {
		t.Errorf("there are %d lines, of which %q have names", len(lines), named)
	}
}

// TestApart has each line named, wherever the series ends: no two names on one another, none outside, in the order of the lines.
func TestApart(t *testing.T) {
	for end := 0.0; end <= 100; end += 0.5 {
		labels := []label{{y: end, text: "end", size: 17}}
		for _, r := range references {
			labels = append(labels, label{y: r.at, text: r.name, size: small})
		}
		got := apart(labels)
		if len(got) != 3 {
			t.Fatalf("%.1f: there are %d names", end, len(got))
		}
		at := map[string]float64{}
		for i, l := range got {
			at[l.text] = l.y
			if l.y < 0 || l.y > 100 || i > 0 && l.y-got[i-1].y < labelGap-0.1 {
				t.Errorf("%.1f: names stand at %+v", end, got)
			}
		}
		for _, r := range references {
			if end > r.at && at["end"] < at[r.name] || end < r.at && at["end"] > at[r.name] {
				t.Errorf("%.1f: the end stands at %.1f, %q at %.1f", end, at["end"], r.name, at[r.name])
			}
		}
	}
}

// TestReferencesAreNoOtherColour looks at the dots of a picture: references have the colour of the pages, and nothing is brown, which
// means something else there.
func TestReferencesAreNoOtherColour(t *testing.T) {
	p := Path{Key: "ci", Title: "CI", Units: Teams, Series: weekly("2026-07-06", 0, 0, 0, 0, 0, 0, 0, 8)}
	picture := (&Report{Week: LastWeek(p.Series[0].At, time.UTC)}).picture(p)
	if picture == nil {
		t.Fatal("there is no picture")
	}
	img, err := png.Decode(bytes.NewReader(picture.PNG))
	if err != nil {
		t.Fatal(err)
	}
	rows, brown := map[int]bool{}, 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			if [3]uint32{r >> 8, g >> 8, b >> 8} == [3]uint32{uint32(reference.R), uint32(reference.G), uint32(reference.B)} {
				rows[y] = true
			}
			if r > b+0x4000 {
				brown++
			}
		}
	}
	if len(rows) < len(references) || brown > 0 {
		t.Errorf("%d rows have the colour of references, %d dots are brown", len(rows), brown)
	}
}
