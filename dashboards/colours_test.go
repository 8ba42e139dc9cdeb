package dashboards

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sights turn linear red, green and blue into those that people with a kind of sight see (Machado, Oliveira and Fernandes 2009, at full
// severity).
var sights = map[string][3][3]float64{
	"all cones":      {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no long cones":  {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no mid cones":   {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no short cones": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// together are colours that stand beside each other in a chart.
var together = map[string][]string{
	"lines":    {"line-1", "line-2", "line-3", "line-4", "line-5", "line-6", "line-7", "line-8"},
	"states":   {"on", "mixed", "dormant", "off", "none", "exempt", "ineligible", "unknown"},
	"origins":  {"origin-chosen", "origin-born", "origin-assisted", "origin-automated", "origin-mandated", "origin-enforced", "origin-unknown"},
	"ways":     {"on", "way-a", "way-b", "way-c", "way-d", "way-e", "outside"},
	"verdicts": {"on", "unknown", "dormant", "off", "none"},
	"adoption": {"voluntary", "total", "reference"},
	"work":     {"upkeep", "improvement"},
}

// leastDifference is how far apart colours are that stand together, in steps of CIE 1976 of which one can just be seen side by side.
const leastDifference = 12

// TestColoursToldApart: colours that stand together differ for everybody, by day, by night and on paper.
func TestColoursToldApart(t *testing.T) {
	for scheme, colours := range schemes(t) {
		for group, names := range together {
			for sight, see := range sights {
				for i, a := range names {
					for _, b := range names[i+1:] {
						if d := difference(lab(colours[a], see), lab(colours[b], see)); d < leastDifference {
							t.Errorf("%s, %s, %s: %s %s and %s %s are %.1f apart, want %v", scheme, group, sight, a, colours[a], b, colours[b], d, leastDifference)
						}
					}
				}
			}
		}
	}
}

// schemes are the colours of the style sheet by day, by night and on paper, where it is day.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	b, err := os.ReadFile("assets/style.css")
	check(t, err)
	day, rest, some := strings.Cut(string(b), "@media (prefers-color-scheme: dark)")
	night, rest, closed := strings.Cut(rest, "\n}\n")
	_, paper, printed := strings.Cut(rest, "@media print")
	if !some || !closed || !printed {
		t.Fatal("the style sheet has no night or no paper")
	}
	list := map[string]map[string]string{"day": {}, "night": {}, "day on paper": {}, "night on paper": {}}
	for _, part := range []struct{ css, schemes string }{{day, "day,night,day on paper,night on paper"}, {night, "night,night on paper"}, {paper, "day on paper,night on paper"}} {
		for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(part.css, -1) {
			for scheme := range strings.SplitSeq(part.schemes, ",") {
				list[scheme][m[1]] = m[2]
			}
		}
	}
	for _, names := range together {
		for _, name := range names {
			if day, night := list["day on paper"][name], list["night on paper"][name]; day != night || day == "" {
				t.Errorf("on paper %s is %q by day and %q by night", name, day, night)
			}
		}
	}
	return list
}

// lab is a colour in the space of CIE 1976 under daylight (D65), as a kind of sight has it.
func lab(hex string, see [3][3]float64) (of [3]float64) {
	n, _ := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	var rgb, seen, xyz [3]float64
	for i := range rgb {
		c := float64(n>>(16-8*i)&255) / 255
		if rgb[i] = c / 12.92; c > 0.04045 {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	for i, row := range see {
		seen[i] = min(1, max(0, row[0]*rgb[0]+row[1]*rgb[1]+row[2]*rgb[2]))
	}
	for i, row := range [3][3]float64{{0.4339, 0.3762, 0.1899}, {0.2126729, 0.7151522, 0.0721750}, {0.0178, 0.1095, 0.8727}} { // to X, Y and Z as parts of white
		c := row[0]*seen[0] + row[1]*seen[1] + row[2]*seen[2]
		if xyz[i] = (24389.0/27*c + 16) / 116; c > 216.0/24389 {
			xyz[i] = math.Cbrt(c)
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// TestManyLinesDifferInKind: of more than four lines not all are solid.
func TestManyLinesDifferInKind(t *testing.T) {
	parts := []string{"a", "f", "b", "c", "d", "e"}
	b, err := json.Marshal(rateLines("l", inShares, nil, parts, nil, nil).JSON())
	check(t, err)
	for kind, want := range map[string]int{"solid": 4, "dashed": 2} {
		if got := strings.Count(string(b), `"type":"`+kind+`"`); got != want {
			t.Errorf("got %d %s lines, want %d", got, kind, want)
		}
	}
}

func difference(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}
