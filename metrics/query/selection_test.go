package query

import (
	"slices"
	"testing"
)

// TestPicked finds few rows in a list that is longer than what is asked for at once, and stops where there are enough.
func TestPicked(t *testing.T) {
	const long = 2*pickChunk + 1000
	ask := func(after *int, most int) ([]int, error) {
		first := 0
		if after != nil {
			first = *after + 1
		}
		var rows []int
		for i := first; i < long && (most == 0 || len(rows) < most); i++ {
			rows = append(rows, i)
		}
		return rows, nil
	}
	every := func(n int) func(int) bool { return func(row int) bool { return row%n == 0 } }
	for name, c := range map[string]struct {
		holds func(int) bool
		most  int
		want  []int // how many rows each page has
	}{
		"everything":        {nil, 3000, []int{3000, 2000}},
		"few of many":       {every(1250), 100, []int{4}},
		"two pages":         {every(40), 100, []int{100, 25}},
		"full pages":        {every(25), 100, []int{100, 100, 0}},
		"all of them":       {every(25), 0, []int{200}},
		"nothing like that": {func(int) bool { return false }, 100, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			var from *int
			var got, seen []int
			for more := true; more; {
				rows, err := picked(from, c.most, func(row int) int { return row }, ask, c.holds)
				if err != nil {
					t.Fatal(err)
				}
				got, seen = append(got, len(rows)), append(seen, rows...)
				if more = c.most > 0 && len(rows) == c.most; more {
					from = &rows[len(rows)-1]
				}
			}
			if !slices.Equal(got, c.want) || len(slices.Compact(slices.Clone(seen))) != len(seen) || !slices.IsSorted(seen) {
				t.Errorf("got pages of %v rows, want %v", got, c.want)
			}
		})
	}
}

func TestMove(t *testing.T) {
	for name, c := range map[string]struct {
		from, to Standing
		want     string
	}{
		"came": {"off", "on", "came"}, "came beside": {"dormant", "mixed", "came"}, "left": {"mixed", "off", "left"}, "new on it": {"", "on", "born"}, "new off it": {"", "off", ""},
		"stayed": {"on", "mixed", ""}, "was not served": {"exempt", "on", ""}, "went": {"on", "", ""}, "is not served": {"on", "inactive", ""},
		"never was": {"exempt", "none", "aside"}, "new, and not served": {"", "unknown", "aside"},
	} {
		if got := (FlowsUnitRow{FromState: c.from, ToState: c.to}).move(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestUnknownSelections are refused, rather than taken for everything.
func TestUnknownSelections(t *testing.T) {
	if _, err := selected(RepoSelections(), "nope"); err == nil {
		t.Error("a selection that there is not was taken")
	}
	for _, name := range SelectionNames(RepoSelections())[1:] {
		if holds, err := selected(RepoSelections(), name); err != nil || holds == nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestParseFlowEnd(t *testing.T) {
	for key, ok := range map[string]bool{
		"off:circleci": true, "mixed:golden,circleci": true, "absent:": true, "inactive:": true, "none:": true,
		"": false, "off": false, "nosuch:": false, "nosuch": false, ":golden": false,
	} {
		e, err := ParseFlowEnd(key)
		if (err == nil) != ok || ok && e.Key() != key {
			t.Errorf("%q: got %+v, %v", key, e, err)
		}
	}
}
