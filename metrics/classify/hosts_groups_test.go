package classify_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// TestGrouped says which groups the teams of hosts are in, written as a path from the team upwards.
func TestGrouped(t *testing.T) {
	github := []metrics.HostTeam{
		{Ref: "@acme/engineering", Name: "Engineering"}, {Ref: "@acme/fin", Parent: "@acme/engineering", Name: "Finance"},
		{Ref: "@acme/pay", Parent: "@acme/fin", Name: "Pay"}, {Ref: "@acme/search"},
	}
	for _, c := range []struct {
		name  string
		teams metrics.Teams
		hosts []metrics.HostTeam
		want  []string
	}{
		{"none", metrics.Teams{}, nil, nil},
		{"teams of GitHub", metrics.Teams{}, github, []string{"engineering: [engineering]", "fin: [fin engineering]", "pay: [fin engineering]"}},
		{"groups of GitLab", metrics.Teams{}, []metrics.HostTeam{
			{Ref: "@acme"}, {Ref: "@acme/fin", Parent: "@acme"}, {Ref: "@acme/fin/pay", Parent: "@acme/fin"},
		}, []string{"fin: [fin acme]", "pay: [fin acme]"}}, // the root is no team that could own anything
		{"one that is configured", metrics.Teams{List: []metrics.Team{{Key: "payments", Aliases: []string{"@acme/pay"}}}}, github,
			[]string{"payments: [fin engineering]", "engineering: [engineering]", "fin: [fin engineering]"}},
		{"one that is configured in a group", metrics.Teams{List: []metrics.Team{{Key: "payments", Aliases: []string{"@acme/pay"}, Group: "money"}}}, github,
			[]string{"payments: [money]", "engineering: [engineering]", "fin: [fin engineering]"}},
		{"a group that is configured", metrics.Teams{Groups: []metrics.Group{{Key: "fin", Title: "Money", Parent: "firm"}}}, github,
			[]string{"engineering: [engineering]", "fin: [fin firm]", "pay: [fin firm]"}},
		{"a parent that is configured in a group", metrics.Teams{List: []metrics.Team{{Key: "finance", Aliases: []string{"@acme/fin"}, Group: "firm"}}}, github,
			[]string{"finance: [firm]", "engineering: [engineering]", "pay: [finance firm]"}},
		{"the same name in two groups", metrics.Teams{}, []metrics.HostTeam{
			{Ref: "@acme/a"}, {Ref: "@acme/a/web", Parent: "@acme/a"}, {Ref: "@acme/b"}, {Ref: "@acme/b/web", Parent: "@acme/b"},
		}, []string{"a: [a]", "b: [b]"}},
		{"the same name above and below", metrics.Teams{}, []metrics.HostTeam{
			{Ref: "@acme/web"}, {Ref: "@acme/web/web", Parent: "@acme/web"}, {Ref: "@acme/web/web/app", Parent: "@acme/web/web"},
		}, []string{"web: [web]", "app: [web]"}},
		{"groups of a catalog", metrics.Teams{List: []metrics.Team{{Key: "payments", Aliases: []string{"group:default/pay"}}}}, []metrics.HostTeam{
			{Ref: "group:default/fin"}, {Ref: "group:default/pay", Parent: "group:default/fin"}, {Ref: "group:default/ops"},
		}, []string{"payments: [fin]", "fin: [fin]"}},
		{"a circle", metrics.Teams{}, []metrics.HostTeam{{Ref: "@acme/a", Parent: "@acme/b"}, {Ref: "@acme/b", Parent: "@acme/a"}},
			[]string{"a: [a b]", "b: [b]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defs := twoPaths()
			defs.Teams = c.teams
			rules, err := classify.New(defs)
			if err != nil {
				t.Fatal(err)
			}
			before := fmt.Sprint(defs.Teams)
			slices.Reverse(c.hosts) // whatever their order
			all := rules.Grouped(c.hosts)
			slices.Reverse(c.hosts)
			var got []string
			for _, team := range all.List {
				got = append(got, fmt.Sprintf("%s: %v", team.Key, all.Upwards(team.Group)))
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if after := fmt.Sprint(rules.Definitions().Teams); after != before {
				t.Errorf("the definitions are %s, and were %s", after, before)
			}
		})
	}
}

// TestMembersAbove: who is in a team of GitHub is in those above it, and who is in a group of GitLab is not.
func TestMembersAbove(t *testing.T) {
	rules, err := classify.New(twoPaths())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []metrics.HostTeam{
		{Ref: "@acme/all"}, {Ref: "@acme/fin", Parent: "@acme/all"}, {Ref: "@acme/pay", Parent: "@acme/fin"},
		{Ref: "@firm"}, {Ref: "@firm/sub", Parent: "@firm"}, {Ref: "@firm/sub/pay", Parent: "@firm/sub"},
	}
	var got []string
	for _, m := range rules.Memberships([]metrics.Membership{{Person: 1, Team: "@acme/pay"}, {Person: 2, Team: "@firm/sub/pay"}, {Person: 3, Team: "@acme/fin"}, {Person: 4, Team: "mine"}}, hosts...) {
		got = append(got, fmt.Sprint(m.Person, " ", m.Team))
	}
	slices.Sort(got)
	if diff := cmp.Diff(got, []string{"1 all", "1 fin", "1 pay", "2 pay", "3 all", "3 fin", "4 mine"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestCreators: who created a repository stands for a scaffolder that says nothing of who asked it.
func TestCreators(t *testing.T) {
	const scaffolder, ana, robot, unknown = 7, 8, 9, 10
	people := classify.NewPeople([]metrics.Identity{
		{Alias: scaffolder, Person: 17, Kind: metrics.Initiator}, {Alias: ana, Person: 18, Kind: metrics.Human}, {Alias: robot, Person: 19, Kind: metrics.Bot},
	}, nil, nil)
	for _, c := range []struct {
		name    string
		creator metrics.AliasID
		want    metrics.Origin
	}{
		{"a human", ana, metrics.Born}, {"a bot", robot, metrics.UnknownOrigin}, {"the scaffolder itself", scaffolder, metrics.UnknownOrigin},
		{"somebody whom nobody knows", unknown, metrics.UnknownOrigin}, {"not told", 0, metrics.UnknownOrigin},
	} {
		t.Run(c.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, landed{midnight, scaffolder, workflow, golden})
			h.Repo.Creator = c.creator
			r := concluded(t, twoPaths(), blobs, h, people)
			if got := r.Spells[0].Origin; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if active := r.Spans[0].Active; active != (c.want == metrics.Born) {
				t.Errorf("on its first day it is active: %v", active)
			}
		})
	}
}
