package query_test

import (
	"testing"

	"github.com/trodden/trodden/metrics/query"
)

// TestCell neutralises what a spreadsheet would work out, also a name that looks like a number.
func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "payments": "payments", "3": "3", "a-2": "a-2", "=1+1": "'=1+1", "+1": "'+1", "-2": "'-2", "-1e5": "'-1e5", "@acme": "'@acme",
		"-Inf": "'-Inf", "\tx": "'\tx", "\rx": "'\rx",
	} {
		if got := query.Cell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
