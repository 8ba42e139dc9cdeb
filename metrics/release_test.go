package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestSplitTag(t *testing.T) {
	for _, c := range []struct {
		tag, family, version string
		whole                bool
	}{
		{"v1.2.3", "", "v1.2.3", true},
		{"1.2.3", "", "1.2.3", true},
		{"v1.2.3-rc.1", "", "v1.2.3-rc.1", true},
		{"v1.2.3+build.7", "", "v1.2.3+build.7", true},
		{"2024.05.1", "", "2024.05.1", true},
		{"build-workflow/v1.2.3", "build-workflow/", "v1.2.3", true},
		{"a/b/v1.2.3", "a/b/", "v1.2.3", true},
		{"v1.2.3/notes", "v1.2.3/", "notes", false},
		{"v3", "", "v3", false},
		{"v3.1", "", "v3.1", false},
		{"build-workflow/v3", "build-workflow/", "v3", false},
		{"main", "", "main", false},
		{"release-1.2.3", "", "release-1.2.3", false},
		{"^1.2.3", "", "^1.2.3", false},
		{"1.2.3.4", "", "1.2.3.4", false},
		{"v1.2.3 ", "", "v1.2.3 ", false},
		{"v1.2.3\n", "", "v1.2.3\n", false},
		{"/", "/", "", false},
		{"", "", "", false},
	} {
		family, version, whole := metrics.SplitTag(c.tag)
		if family != c.family || version != c.version || whole != c.whole {
			t.Errorf("%q: got %q, %q, %v, want %q, %q, %v", c.tag, family, version, whole, c.family, c.version, c.whole)
		}
	}
}
