package catalog

import (
	"slices"
	"testing"
)

// TestRosterOwner: the own name of a team is never that of another which is called so, whichever is listed first. Which
// of several is called so nobody can tell.
func TestRosterOwner(t *testing.T) {
	type known struct {
		name   string
		called []string
	}
	teams := []known{{"old-payments", []string{"payments"}}, {"payments", []string{"Payments"}}, {"core", []string{"Platform", "Same"}}, {"base", []string{"same"}}}
	for range 2 {
		r := newRoster()
		for _, k := range teams {
			r.team(refOf(kindGroup, k.name), k.called...)
		}
		r.known = true
		for typed, want := range map[string]string{"payments": "payments", " Payments ": "payments", "old-payments": "old-payments", "platform": "core", "nobody": "", "same": "same"} {
			if got := r.owner(typed).Ref.Name; got != want {
				t.Errorf("%q with %v is the team %q, want %q", typed, teams, got, want)
			}
			if got := r.owner(typed).Unlisted; got != (typed == "same") {
				t.Errorf("whether %q is a team that is not listed: %t", typed, got)
			}
		}
		slices.Reverse(teams)
	}
}
