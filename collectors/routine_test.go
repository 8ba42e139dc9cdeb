package collectors_test

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors"
)

func TestRoutine(t *testing.T) {
	tests := []struct {
		title string
		want  bool
	}{
		{"Bump golang.org/x/net from 0.1.0 to 0.2.0", true},
		{"Bump the actions group across 1 directory with 3 updates", true},
		{"build(deps): bump actions/checkout from 3 to 4 (#12)", true},
		{"chore(deps-dev): update eslint", true},
		{"Update dependency left-pad to v2", true},
		{"Update module github.com/acme/lib to v1.2.3 [SECURITY]", true},
		{"Update actions/checkout digest to 1a2b3c4", true},
		{"Update sphinx requirement from <5 to <6", true},
		{"fix: upgrade lodash from 4.17.20 to 4.17.21", true},
		{"[Snyk] Security upgrade node from 18 to 20", true},
		{"[pre-commit.ci] pre-commit autoupdate", true},
		{"Lock file maintenance", true},
		{"🔄 Synced file(s) with acme/templates", true},
		{"chore: sync workflows with acme/golden", true},
		{"chore(release): 1.2.3 [skip ci]", true},
		{"chore(main): release 1.2.3", true},
		{"Release v1.2.3", true},
		{"Version Packages", true},
		{"v1.2.3", true},
		{"Automated update of the golden pipeline", true},
		{"Bump version to 1.3", true},

		{"Update README to mention the golden pipeline", false},
		{"Update the docs", false},
		{"Bump into a wall less often", false},
		{"Pin the map to the wall", false},
		{"Add the golden pipeline", false},
		{"feat(api): answer with 404 to unknown keys", false},
		{"ci: use the golden pipeline", false},
		{"Release the lock before waiting", false},
		{"2 workers are enough", false},
		{"Fix sync of deps: wait for all", false},
		{"decade of code", false},
		{"Synchronized access to the map", false},
		{"", false},
		{"\xff\xfe", false},
		{"Add a file\n\nBump x from 1 to 2", false},
		{strings.Repeat("a", 300) + " [skip ci]", false},
	}
	for _, test := range tests {
		if got := collectors.Routine([]byte(test.title)); got != test.want {
			t.Errorf("%q: got %v, want %v", test.title, got, test.want)
		}
	}
}
