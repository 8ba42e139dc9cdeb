package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestClassOfTitle(t *testing.T) {
	for _, test := range []struct {
		title   string
		routine bool
		want    metrics.PullClass
	}{
		{"feat: pay by card", false, "feat"},
		{"Fix(api)!: refuse nulls", false, "fix"},
		{" docs(readme): say how", false, "docs"},
		{"chore(deps): bump x from 1 to 2", true, metrics.PullRoutine},
		{"Bump x from 1 to 2", true, metrics.PullRoutine},
		{"Pay by card", false, ""},
		{"Payments: no type", false, ""},
		{"Hotfix: the cart", false, "fix"},
		{"Draft: perf(cart): sort once", false, "perf"},
		{"Draft: sort once", false, ""},
		{"Revert \"feat: pay by card\"", false, "revert"},
		{"revert to paper", false, ""},
		{"feat:without a blank", false, ""},
		{"http://acme.dev: down", false, ""},
		{"two words: no type", false, ""},
		{"", false, ""},
	} {
		if got := metrics.ClassOfTitle(test.title, test.routine); got != test.want {
			t.Errorf("%q: got %q, want %q", test.title, got, test.want)
		}
	}
}
