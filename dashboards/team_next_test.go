package dashboards

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestNextSteps says what a team is told to do next: with the names of the repositories where they are few, else with their list.
func TestNextSteps(t *testing.T) {
	unit := func(names ...string) []more {
		var list []more
		for _, name := range names {
			list = append(list, more{name, "/repo?repo=" + name})
		}
		return list
	}
	for name, c := range map[string]struct {
		states query.StateCounts
		repos  standing
		want   string
	}{
		"one is left":              {query.StateCounts{On: 3, Off: 1}, standing{metrics.Off: unit("github.com/acme/web")}, "Move the last repository: web"},
		"two are left":             {query.StateCounts{On: 3, Off: 2}, standing{metrics.Off: unit("github.com/acme/web", "github.com/acme/mono//api")}, "Move the last 2 repositories: web, api"},
		"two of one name":          {query.StateCounts{On: 3, Off: 2}, standing{metrics.Off: unit("github.com/acme/web", "github.com/other/web")}, "Move the last 2 repositories: github.com/acme/web, github.com/other/web"},
		"many are left":            {query.StateCounts{On: 9, Off: 4}, standing{metrics.Off: unit("a", "b", "c", "d")}, "Move the last 4 repositories -> off"},
		"not all are listed":       {query.StateCounts{On: 3, Off: 2}, standing{metrics.Off: unit("a")}, "Move the last 2 repositories -> off"},
		"all that go another way":  {query.StateCounts{On: 1, Off: 2, Dormant: 1}, standing{metrics.Off: unit("a")}, "To be on the path, move 1 of 2 repositories -> off"},
		"some of few":              {query.StateCounts{On: 1, Off: 3}, standing{metrics.Off: unit("a", "b", "c")}, "To be on the path, move 1 of a, b, c"},
		"some of many":             {query.StateCounts{On: 1, Off: 9}, standing{}, "To be on the path, move 4 of 9 repositories -> off"},
		"two ways":                 {query.StateCounts{On: 1, Mixed: 1, Off: 1}, standing{metrics.Mixed: unit("a/b")}, "Take the other way out of b"},
		"two ways in many":         {query.StateCounts{Mixed: 5}, standing{}, "Take the other way out of 5 repositories -> mixed"},
		"a pipeline does not run":  {query.StateCounts{On: 3, Dormant: 1}, standing{metrics.Dormant: unit("a/b")}, "Let the golden pipeline run again in b"},
		"no pipeline runs":         {query.StateCounts{Dormant: 2}, standing{}, "Let the golden pipeline run again in 2 repositories -> dormant"},
		"nothing could be read":    {query.StateCounts{Unknown: 2}, standing{}, "Make 2 repositories readable, and scan again -> unknown"},
		"one could not be read":    {query.StateCounts{Unknown: 1}, standing{metrics.Unknown: unit("a/b")}, "Scan again once these can be read: b"},
		"all use it":               {query.StateCounts{On: 3}, standing{}, "Nothing: all of them use the path"},
		"all use it, some unknown": {query.StateCounts{On: 3, Unknown: 1}, standing{}, "Nothing: all of them use the path"},
	} {
		row := query.AdoptionRow{States: c.states}
		row.Repos.Total = query.Rate{Num: int(c.states.On + c.states.Mixed), Den: int(c.states.On + c.states.Mixed + c.states.Off + c.states.Dormant)}
		s := stepOf(row, 0.5, c.repos, func(state metrics.State) string { return state.String() })
		got, names := s.Text, []string{}
		if s.Href != "" {
			got += " -> " + s.Href
		}
		for _, repo := range s.Repos {
			names = append(names, repo.Text)
			if !strings.HasSuffix(repo.Href, repo.Text) {
				t.Errorf("%s: %s leads to %s", name, repo.Text, repo.Href)
			}
		}
		if got = strings.TrimSpace(got + " " + strings.Join(names, ", ")); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.want)
		}
	}
}

// TestLaunchSteps: of a path that is not launched at a moment a team is told when there is something to do, or to see.
func TestLaunchSteps(t *testing.T) {
	soon, past := at("2030-01-01").Time(), at("2026-02-01").Time()
	k := &known{paths: []query.PathRow{{Key: "soon", Since: &soon}, {Key: "past", Since: &past}}}
	q := &request{address: "/team", clock: at("2026-07-01"), values: map[string]string{"team": "a"}}
	for path, want := range map[metrics.PathKey]string{"soon": "Nothing before it is launched, on 1 Jan 2030 ", "past": "Look at the day of its launch, 1 Feb 2026 /team?as_of=2026-02-01&team=a"} {
		s := k.launchStep(q, path)
		if got := fmt.Sprint(s.Text, " ", s.Href); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
