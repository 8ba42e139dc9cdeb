package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSearchNeedles(t *testing.T) {
	for _, c := range []struct {
		expr string
		want []string
	}{
		{"build", []string{"build"}},
		{"^(make|go|npm) (build|test)", []string{"build", "test"}},
		{"(?i)build", nil},
		{"a*", nil},
		{"(abc)+", []string{"abc"}},
		{"x{2,3}long", []string{"long"}},
		{"(abc|d?)", nil},
		{"[ab]", nil},
		{"docker\\s+build", []string{"docker"}},
		{"", nil},
	} {
		if diff := cmp.Diff(newSearch(c.expr).needles, c.want); diff != "" {
			t.Errorf("%s: -got +want:\n%s", c.expr, diff)
		}
	}
}

// What the needles rule out, the expression does not match.
func TestSearchMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr := rapid.StringMatching(`(a|b|ab|\(a\|b\)|\(ab\)\+|a\*|b\?|\[ab\]|\(a\|bc\)\{1,2\}|c| ){1,5}`).Draw(t, "expr")
		text := rapid.StringMatching(`[abc \n]{0,8}`).Draw(t, "text")
		s := newSearch(expr)
		if s.regex.MatchString(text) && !s.possible(text) {
			t.Fatalf("%q matches %q, which holds none of %q", expr, text, s.needles)
		}
	})
}
