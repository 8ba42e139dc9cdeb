package dashboards

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics/query"
)

// TestCurvesAreTables: who sees no chart reads what it draws, and the table of the section has the same share after 90 days.
func TestCurvesAreTables(t *testing.T) {
	at := func(points ...query.CurvePoint) []query.CurvePoint { return points }
	table := curveTable([]curve{
		{"chosen", at(query.CurvePoint{S: 1, Lo: 1, Hi: 1}, query.CurvePoint{Days: 40, S: 0.75, Lo: 0.5, Hi: 0.9}, query.CurvePoint{Days: 200, S: 0.5, Lo: 0.25, Hi: 0.7})},
		{"mandated", at(query.CurvePoint{S: 1, Lo: 1, Hi: 1}, query.CurvePoint{Days: 70, S: 0.2, Lo: 0.1, Hi: 0.4})},
	})
	var got []string
	for _, row := range table.Rows {
		text := ""
		for _, c := range row {
			text += strings.Join(append([]string{c.Text}, c.Sub...), " ") + "; "
		}
		got = append(got, text)
	}
	want := []string{
		"30 days; 100\u202f% 100\u202f% to 100\u202f%; 100\u202f% 100\u202f% to 100\u202f%; ",
		"60 days; 75\u202f% 50\u202f% to 90\u202f%; 100\u202f% 100\u202f% to 100\u202f%; ",
		"90 days; 75\u202f% 50\u202f% to 90\u202f%; –; ",
		"180 days; 75\u202f% 50\u202f% to 90\u202f%; –; ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, root, _ := get(t, newTest(t, moversStore(t)), "/path")
	tables := map[string]string{}
	for _, e := range elements(root, "table") {
		tables[attr(e.Parent, "aria-label")] = words(e)
	}
	for _, manner := range []string{"chosen, or born on it", "mandated"} {
		_, row, _ := strings.Cut(tables["Stays by how they began, as a table"], manner)
		_, points, ok := strings.Cut(tables["Share of stays that last longer, as a table"], "90 days ")
		cells := regexp.MustCompile(`\d+ % \d+ % to \d+ %`).FindString(row)
		if !ok || cells == "" || !strings.Contains(points, cells) {
			t.Errorf("%s: %q after 90 days is not in %q", manner, cells, points)
		}
	}
}

func TestCurveAt(t *testing.T) {
	c := curve{points: []query.CurvePoint{{Days: 0, S: 1}, {Days: 10.5, S: 0.5}, {Days: 20, S: 0.5}}}
	for name, w := range map[string]struct {
		day  int
		want float64
		ok   bool
	}{
		"at the begin":       {0, 1, true},
		"just before a step": {10, 1, true},
		"just after it":      {11, 0.5, true},
		"at the end":         {20, 0.5, true},
		"after the end":      {21, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := c.at(w.day); got.S != w.want || ok != w.ok {
				t.Errorf("got %v, %v, want %v, %v", got.S, ok, w.want, w.ok)
			}
		})
	}
}

// TestDayStep shows that a curve of any reach has the 90 days among its moments, and not too many of them.
func TestDayStep(t *testing.T) {
	for _, reach := range []float64{1, 90, 365, 1000, 3650} {
		step := dayStep(reach)
		if triedDays%step != 0 || reach/float64(step) > 200 {
			t.Errorf("%v days: got a step of %d", reach, step)
		}
	}
}
