package catalog

import (
	"slices"
	"testing"
)

// TestRosterOwner: the own name of a team is never that of another which is called so, whichever is listed first.
func TestRosterOwner(t *testing.T) {
	type known struct {
		name   string
		called []string
	}
	teams := []known{{"old-payments", []string{"payments"}}, {"payments", []string{"Payments"}}, {"core", []string{"Platform"}}}
	for range 2 {
		r := newRoster()
		for _, k := range teams {
			r.team(refOf(kindGroup, k.name), k.called...)
		}
		r.known = true
		for typed, want := range map[string]string{"payments": "payments", " Payments ": "payments", "old-payments": "old-payments", "platform": "core", "nobody": ""} {
			if got := r.owner(typed).Ref.Name; got != want {
				t.Errorf("%q with %v is the team %q, want %q", typed, teams, got, want)
			}
		}
		slices.Reverse(teams)
	}
}
