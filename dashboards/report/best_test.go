package report

import (
	"strings"
	"testing"
)

// TestBestOf picks three of many: what moves a key result that is behind is among them, kinds differ where they can, those that
// court the same teams are not both there, and the order is that of points.
func TestBestOf(t *testing.T) {
	win, more := Action{Kind: Win, Path: "a", What: "win a"}, Action{Kind: Win, Path: "b", What: "win b"}
	ease, other := Action{Kind: Ease, Path: "a", What: "ease a"}, Action{Kind: Ease, Path: "b", What: "ease b"}
	read, tend, kept := Action{Kind: Read, What: "read"}, Action{Kind: Tend, What: "tend"}, Action{Kind: Stay, Path: "a", What: "stay", For: "o/k"}
	for _, test := range []struct {
		name string
		all  []Action // by points
		want string
	}{
		{"none", nil, ""},
		{"two", []Action{win, more}, "win a, win b"},
		{"of one kind", []Action{win, more, win, more}, "win a, win b, win a"},
		{"of several kinds", []Action{win, more, read, tend}, "win a, read, tend"},
		{"for a key result", []Action{win, more, read, tend, kept}, "win a, read, stay"},
		{"for several", []Action{kept, win, kept}, "stay, win a, stay"},
		{"about the same teams", []Action{win, ease, read, other}, "win a, read, ease b"},
		{"about the same teams, and nothing else", []Action{win, ease, more}, "win a, ease a, win b"},
	} {
		var got []string
		for _, a := range bestOf(test.all) {
			got = append(got, a.What)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
