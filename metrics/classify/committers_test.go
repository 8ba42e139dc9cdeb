package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

func TestCommitter(t *testing.T) {
	people := classify.NewPeople([]metrics.Identity{
		{Alias: 1, Person: 10, Kind: metrics.Human}, {Alias: 2, Person: 10, Kind: metrics.Human}, {Alias: 2, Person: 20, Kind: metrics.Human},
		{Alias: 3, Person: 30, Kind: metrics.Bot}, {Alias: 4, Person: 40, Kind: metrics.Initiator},
	}, []metrics.Membership{
		{Person: 20, Team: "pay", Period: metrics.Period{From: 100, To: 200}}, {Person: 20, Team: "pay", Period: metrics.Period{From: 150, To: 300}},
	}, nil)
	for _, test := range []struct {
		name    string
		author  metrics.AliasID
		madeFor []metrics.AliasID
		at      metrics.Instant
		person  metrics.PersonID
		ok      bool
		teams   []metrics.TeamKey
	}{
		{"a human in a team", 1, nil, 160, 10, true, []metrics.TeamKey{"pay"}},
		{"a human under another spelling", 2, nil, 160, 10, true, []metrics.TeamKey{"pay"}},
		{"a human before that", 1, nil, 99, 10, true, nil},
		{"a human together with others", 1, []metrics.AliasID{3}, 160, 10, true, []metrics.TeamKey{"pay"}},
		{"nobody knows whom", 9, nil, 160, 0, true, nil},
		{"a program", 3, []metrics.AliasID{1}, 160, 0, false, nil},
		{"a program for a human", 4, []metrics.AliasID{3, 1}, 160, 10, true, []metrics.TeamKey{"pay"}},
		{"a program for nobody", 4, []metrics.AliasID{3}, 160, 0, false, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			person, ok := people.Committer(test.author, test.madeFor, test.at)
			if person != test.person || ok != test.ok {
				t.Errorf("got %d, %v, want %d, %v", person, ok, test.person, test.ok)
			}
			if teams := people.Teams(person, test.at); !slices.Equal(teams, test.teams) {
				t.Errorf("got teams %q, want %q", teams, test.teams)
			}
		})
	}
}

func TestAliases(t *testing.T) {
	people := classify.NewPeople([]metrics.Identity{
		{Alias: 1, Person: 10}, {Alias: 2, Person: 10}, {Alias: 2, Person: 20}, {Alias: 3, Person: 30}, {Alias: 4, Person: 40},
	}, []metrics.Membership{
		{Person: 20, Team: "pay", Period: metrics.Period{From: 100, To: 200}}, {Person: 20, Team: "pay"}, {Person: 30, Team: "shop"}, {Person: 40, Team: "web"}, {Person: 50, Team: "pay"},
	}, nil)
	want := map[metrics.TeamKey][]metrics.AliasID{"pay": {1, 2}, "shop": {3}, "web": {4}}
	if diff := cmp.Diff(people.Aliases(), want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

func TestTeam(t *testing.T) {
	rules, err := classify.New(metrics.Definitions{Teams: metrics.Teams{List: []metrics.Team{{Key: "payments", Aliases: []string{"@acme/pay-devs", "https://chat.test/pay"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]metrics.TeamKey{
		"group:default/payments": "payments", "@acme/pay-devs": "payments", "group:default/shop": "shop", "unknown": "", "user:default/ana": "",
		"https://github.com/orgs/acme/teams/payments": "", "https://acme.test/shop": "", "https://chat.test/pay": "payments", // addresses are no names
		"component:shop": "", "{name: payments}": "", "[payments, shop]": "", "_user:ana": "", "Domain:default/shop": "", "group: shop": "shop", "squad:shop": "shop", // things are no teams
	} {
		if got, ok := rules.Team(ref); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", ref, got, ok, want)
		}
	}
}

// TestJoined: a person joined what began later, be it over by now.
func TestJoined(t *testing.T) {
	stay := func(team metrics.TeamKey, from, to metrics.Instant) metrics.Membership {
		return metrics.Membership{Alias: 1, Person: 1, Team: team, Period: metrics.Period{From: from, To: to}}
	}
	people := classify.NewPeople([]metrics.Identity{{Alias: 1, Person: 1}}, []metrics.Membership{
		stay("always", metrics.Beginning, metrics.Forever), stay("then", 50, 150), stay("later", 200, metrics.Forever), stay("left", 200, 300), stay("later", 400, 500), stay("never", 200, 200),
	}, nil)
	if got := people.Joined(1, 100); !slices.Equal(got, []metrics.TeamKey{"later", "left"}) {
		t.Errorf("got %v", got)
	}
	if got := people.Joined(2, 100); got != nil {
		t.Errorf("somebody else joined %v", got)
	}
}
