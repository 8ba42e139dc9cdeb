package classify

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestKnowing resolves how hosts and catalogs call teams that catalogs say to be one.
func TestKnowing(t *testing.T) {
	host := func(ref metrics.TeamKey) metrics.HostTeam { return metrics.HostTeam{Ref: ref, Source: "github"} }
	group := func(ref metrics.TeamKey, aliases ...metrics.TeamKey) metrics.HostTeam {
		return metrics.HostTeam{Ref: ref, Source: "backstage", Aliases: aliases}
	}
	configured := func(key metrics.TeamKey, aliases ...string) metrics.Team {
		return metrics.Team{Key: key, Aliases: aliases}
	}
	for _, test := range []struct {
		name  string
		teams []metrics.Team
		hosts []metrics.HostTeam
		want  map[string]metrics.TeamKey
	}{
		{"nothing is joined", nil, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "pay-devs", "group:default/pay": "pay"}},
		{"the name of the host", nil, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "pay-devs", "group:default/pay": "pay-devs", "group:pay": "pay-devs", "default/pay": "pay-devs", "Pay": "pay-devs", "group:other/pay": "pay", "@else/pay": "pay"}},
		{"no such team of a host", nil, []metrics.HostTeam{group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "pay-devs", "group:default/pay": "pay"}},
		{"another team of a host has the name", nil, []metrics.HostTeam{host("@acme/pay-devs"), host("@acme/pay"), group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay": "pay", "pay": "pay", "group:default/pay": "pay-devs"}},
		{"the configuration names that of the catalog", []metrics.Team{configured("payments", "group:default/pay")}, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "payments", "group:default/pay": "payments"}},
		{"the configuration names that of the host", []metrics.Team{configured("payments", "@acme/pay-devs")}, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "payments", "group:default/pay": "payments"}},
		{"the configuration tells them apart", []metrics.Team{configured("a", "@acme/pay-devs"), configured("b", "group:default/pay")}, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"@acme/pay-devs": "a", "group:default/pay": "b"}},
		{"by way of another catalog", []metrics.Team{configured("payments", "group:default/pay")}, []metrics.HostTeam{host("@acme/pay-devs"), group("group:default/pay", "@acme/pay-devs"), group("team:default/x", "@acme/pay-devs")},
			map[string]metrics.TeamKey{"team:default/x": "payments"}},
		{"one of a catalog is several of a host", nil, []metrics.HostTeam{host("@acme/a"), host("@acme/b"), group("group:default/pay", "@acme/b", "@acme/a")},
			map[string]metrics.TeamKey{"@acme/a": "a", "@acme/b": "a", "group:default/pay": "a"}},
		{"two catalogs disagree", nil, []metrics.HostTeam{host("@acme/a"), host("@acme/b"), group("group:default/pay", "@acme/a"), group("group:default/pay", "@acme/b")},
			map[string]metrics.TeamKey{"@acme/a": "a", "@acme/b": "b", "group:default/pay": "pay"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := New(metrics.Definitions{Teams: metrics.Teams{List: test.teams}})
			if err != nil {
				t.Fatal(err)
			}
			known := c.Knowing(test.hosts)
			got := map[string]metrics.TeamKey{}
			for ref := range test.want {
				got[ref], _ = known.Team(ref)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
			slices.Reverse(test.hosts)
			if again := c.Knowing(test.hosts); again.JoinedMark() != known.JoinedMark() {
				t.Error("the order in which teams are told matters")
			}
		})
	}
}

// TestKnowingMembers puts the members of a team of a catalog into that of the host that it is.
func TestKnowingMembers(t *testing.T) {
	c, err := New(metrics.Definitions{})
	if err != nil {
		t.Fatal(err)
	}
	hosts := []metrics.HostTeam{{Ref: "@acme/pay-devs", Source: "github"}, {Ref: "group:default/pay", Source: "backstage", Aliases: []metrics.TeamKey{"@acme/pay-devs"}}}
	known := c.Knowing(hosts)
	list := known.Memberships([]metrics.Membership{{Person: 1, Team: "group:default/pay"}, {Person: 2, Team: "@acme/pay-devs"}}, hosts...)
	for _, m := range list {
		if m.Team != "pay-devs" {
			t.Errorf("%d is in %s", m.Person, m.Team)
		}
	}
	if diff := cmp.Diff(known.Joined("pay-devs"), []string{"@acme/pay-devs", "default/pay", "group:default/pay", "group:pay", "pay"}); diff != "" || c.JoinedMark() != 0 || known.JoinedMark() == 0 {
		t.Errorf("marks are %d and %d, spellings -got +want\n%s", c.JoinedMark(), known.JoinedMark(), diff)
	}
}
