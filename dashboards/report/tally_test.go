package report

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// TestTallyCountsRepositoriesOnce has a repository that did the same on several paths: the headline counts it once.
func TestTallyCountsRepositoriesOnce(t *testing.T) {
	came := func(origin metrics.Origin, units ...string) Crossing {
		return Crossing{Origin: origin, Repos: len(units), Teams: 1, units: units}
	}
	paths := []Path{
		{Key: "a", Came: []Crossing{came(metrics.Born, "x", "y"), came(metrics.Automated, "z")}, Gone: []Crossing{came(metrics.NoOrigin, "w")}},
		{Key: "b", Came: []Crossing{came(metrics.Born, "x"), came(metrics.Chosen, "y")}, Gone: []Crossing{came(metrics.NoOrigin, "w")}},
		{Key: "c", Came: []Crossing{came(metrics.Born, "x"), came(metrics.Automated, "z")}},
	}
	for kind, want := range map[ScopeKind]string{
		Leadership: "no team chose or left a path, 1 repository came by a bot or a campaign, 2 repositories were born on one, 1 repository came by choice, 1 repository left",
		OfTeam:     "2 repositories chose a path, 1 left one, 1 repository came by a bot or a campaign",
	} {
		r := Report{Scope: Scope{Kind: kind}, Paths: paths}
		if got := r.happened(); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
	if text := (&Report{}).happened(); !strings.Contains(text, "nothing changed") {
		t.Errorf("of nothing it says %q", text)
	}
}
