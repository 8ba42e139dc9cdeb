package dashboards

import (
	"strings"
	"testing"
)

// TestStatesSayAChoiceWhereThereIsOne reads the list of one path: a choice is told of repositories that the path serves, days do not
// break, and the path is not repeated in each row.
func TestStatesSayAChoiceWhereThereIsOne(t *testing.T) {
	p, err := New(Options{DB: openStore(t), Now: clock})
	check(t, err)
	_, root, _ := get(t, p, "/states?path=ci")
	served, others := 0, 0
	for _, row := range elements(root, "tr") {
		said := map[string]string{}
		for _, cell := range elements(row, "td") {
			said[attr(cell, "data-label")] = words(cell)
			if title := attr(cell, "data-label"); (title == "Read" || title == "Since") && !strings.Contains(attr(cell, "class"), "nowrap") {
				t.Fatalf("%s is of class %q: its day may break", title, attr(cell, "class"))
			}
		}
		if len(said) == 0 {
			continue
		}
		if path, is := said["Path"]; is {
			t.Fatalf("a row says its path, %s, which is that of all", path)
		}
		state, _, _ := strings.Cut(said["State"], " ")
		switch choice := said["Choice"]; state {
		case "on", "mixed", "off", "dormant":
			served++
			if choice != "yes" && choice != "no" {
				t.Errorf("%s has the choice %q, want yes or no", state, choice)
			}
		default:
			others++
			if choice != nothing {
				t.Errorf("%s has the choice %q, want %s", state, choice, nothing)
			}
		}
	}
	if served == 0 || others == 0 {
		t.Errorf("%d served rows and %d others: nothing was compared", served, others)
	}
}
