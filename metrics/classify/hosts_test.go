package classify_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

const (
	workflow = ".github/workflows/ci.yml"
	midnight = metrics.Instant(1_700_006_400) // days of runs are whole
)

// called is the golden workflow as something that ran.
func called(ref string) metrics.Use {
	return metrics.Use{Kind: metrics.UsesWorkflow, Target: "acme/golden/.github/workflows/build.yml", Ref: ref}
}

// told is what these tests look at of a span; days count from there.
type told struct {
	from      int
	state     metrics.State
	origin    metrics.Origin
	dated     bool
	voluntary bool
	version   string
}

func toldOf(r classify.Result) []told {
	var list []told
	for _, s := range r.Spans {
		if s.Path != "ci" {
			continue
		}
		next := told{int((s.From - midnight) / day), s.State, s.Origin, s.Dated, s.Voluntary, s.Version}
		if n := len(list); n > 0 {
			same := next
			if same.from = list[n-1].from; same == list[n-1] {
				continue
			}
		}
		list = append(list, next)
	}
	return list
}

func TestOriginsOfPulls(t *testing.T) {
	people := classify.NewPeople([]metrics.Identity{
		{Alias: 1, Person: 1, Kind: metrics.Human}, {Alias: 2, Person: 2, Kind: metrics.Bot},
		{Alias: 3, Person: 3, Kind: metrics.Initiator}, {Alias: 4, Person: 4, Kind: metrics.Human},
	}, nil, nil)
	const entry = metrics.OID("b") // of the second commit of past
	for _, test := range []struct {
		name string
		by   metrics.AliasID
		pull metrics.Pull
		want metrics.Origin
	}{
		{"none", 1, metrics.Pull{}, metrics.Chosen},
		{"a label of a campaign", 1, metrics.Pull{MergeCommit: entry, Labels: []string{"x", "Rollout"}}, metrics.Automated},
		{"another label", 1, metrics.Pull{MergeCommit: entry, Labels: []string{"rollout-done"}}, metrics.Chosen},
		{"a branch of a campaign", 1, metrics.Pull{MergeCommit: entry, HeadBranch: "campaign/ci"}, metrics.Automated},
		{"of a squash with a merge behind it", 1, metrics.Pull{Squash: entry, MergeCommit: "z", HeadBranch: "campaign/ci"}, metrics.Automated},
		{"another pull", 1, metrics.Pull{MergeCommit: "z", HeadBranch: "campaign/ci"}, metrics.Chosen},
		{"an agent that nobody asked", 3, metrics.Pull{MergeCommit: entry}, metrics.UnknownOrigin},
		{"an agent, assigned to somebody", 3, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{3, 2, 4}}, metrics.Chosen},
		{"an agent in a campaign", 3, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{4}, Labels: []string{"rollout"}}, metrics.Automated},
		{"a bot, assigned to somebody", 2, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{4}}, metrics.Automated},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"}, landed{midnight + 50*day, test.by, workflow, golden})
			h.Pulls = []metrics.Pull{test.pull}
			defs := twoPaths()
			defs.Campaigns = metrics.Campaigns{Labels: []string{"rollout"}, Branches: []string{"campaign/*"}}
			r := concluded(t, defs, blobs, h, people)
			if got := r.Spells[0]; got.Origin != test.want || got.Machine != (test.want == metrics.Automated) {
				t.Errorf("got %v by a machine %v, want %v", got.Origin, got.Machine, test.want)
			}
		})
	}
}

func TestOwnersByProvider(t *testing.T) {
	access := func(seen int, list ...metrics.Access) metrics.AccessList {
		return metrics.AccessList{Repo: 1, Source: "github", Seen: midnight + metrics.Instant(seen)*day, List: list}
	}
	may := func(p metrics.Permission, team metrics.TeamKey) metrics.Access {
		return metrics.Access{Team: team, Permission: p}
	}
	owned := func(team metrics.TeamKey, from, to metrics.Instant, by metrics.OwnerSource) metrics.Ownership {
		return metrics.Ownership{Unit: metrics.Unit{Repo: 1}, Team: team, Period: metrics.Period{From: from, To: to}, Source: by}
	}
	whole := func(team metrics.TeamKey) []metrics.Ownership {
		return []metrics.Ownership{owned(team, metrics.Beginning, metrics.Forever, metrics.OwnerProvider)}
	}
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	for _, test := range []struct {
		name   string
		files  []landed
		access []metrics.AccessList
		want   []metrics.Ownership
	}{
		{"nobody", nil, []metrics.AccessList{access(9)}, nil},
		{"an alias", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/pay-devs"))}, whole("payments")},
		{"a team that nobody has configured", nil, []metrics.AccessList{access(9, may(metrics.MayPush, "@acme/search"))}, whole("search")},
		{"the highest", nil, []metrics.AccessList{access(9, may(metrics.MayPush, "@acme/a"), may(metrics.MayMaintain, "@acme/b"), may(metrics.MayRead, "@acme/all"))}, whole("b")},
		{"several of the same", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a"), may(metrics.MayAdmin, "@acme/b"), may(metrics.MayPush, "@acme/c"))}, nil},
		{"two names of one team", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/pay-devs"), may(metrics.MayAdmin, "@acme/pay-ops"))}, whole("payments")},
		{"may not push", nil, []metrics.AccessList{access(9, may(metrics.MayTriage, "@acme/a"), may(metrics.MayRead, "@acme/b"))}, nil},
		{"it changed hands", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a")), access(20, may(metrics.MayAdmin, "@acme/b")), access(30)},
			[]metrics.Ownership{owned("a", metrics.Beginning, on(20), metrics.OwnerProvider), owned("b", on(20), on(30), metrics.OwnerProvider)}},
		{"after those that stand before it in the order", []landed{{on(10), 1, "CODEOWNERS", "* @acme/web\n"}, {on(15), 1, "CODEOWNERS", ""}},
			[]metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a"))}, []metrics.Ownership{
				owned("a", metrics.Beginning, on(10), metrics.OwnerProvider), owned("web", on(10), on(15), metrics.OwnerCodeowners),
				owned("a", on(15), metrics.Forever, metrics.OwnerProvider),
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.Teams = metrics.Teams{
				Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider},
				List:  []metrics.Team{{Key: "payments", Aliases: []string{"@acme/pay-*"}}},
			}
			h := past(blobs, append([]landed{{midnight, 1, "README", "x"}}, test.files...)...)
			h.Accesses = test.access
			if diff := cmp.Diff(concluded(t, defs, blobs, h, anaAndBot()).Ownership, test.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// TestMembersOfHostTeams: who is in a host's team is in the one that it stands for.
func TestMembersOfHostTeams(t *testing.T) {
	defs := twoPaths()
	defs.Teams = metrics.Teams{Platform: []metrics.TeamKey{"platform"}, List: []metrics.Team{{Key: "platform", Aliases: []string{"@acme/paved-*"}}}}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	always := metrics.Period{To: metrics.Forever}
	given := []metrics.Membership{
		{Person: 1, Team: "@acme/paved-roads", Period: always}, {Person: 2, Team: "@acme/search", Period: always}, {Person: 3, Team: "platform", Period: always},
	}
	var got []metrics.TeamKey
	for _, m := range c.Memberships(given) {
		got = append(got, m.Team)
	}
	if diff := cmp.Diff(got, []metrics.TeamKey{"platform", "search", "platform"}); diff != "" || given[0].Team != "@acme/paved-roads" {
		t.Errorf("(-got +want):\n%s, and what was given is %v", diff, given)
	}
	ana := []metrics.Identity{{Alias: 1, Person: 1, Kind: metrics.Human}}
	before, after := classify.NewPeople(ana, nil, nil), classify.NewPeople(ana, c.Memberships(given), nil)
	if before.Fingerprint("platform") == after.Fingerprint("platform") {
		t.Error("who is in the platform team makes no difference")
	}
	if before.Fingerprint("other") != after.Fingerprint("other") {
		t.Error("who is in a team that nobody asks for makes a difference")
	}
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"}, landed{midnight + 50*day, 1, workflow, golden})
	if got := c.Repo(h, after, blobs, nil).Spells[0].Origin; got != metrics.Assisted {
		t.Errorf("got %v, want assisted", got)
	}
}

// TestMembersOfCatalogGroups: who is in a group of a catalog is in the team that it stands for, and in those above it.
func TestMembersOfCatalogGroups(t *testing.T) {
	defs := twoPaths()
	defs.Teams.List = []metrics.Team{{Key: "payments", Aliases: []string{"group:default/pay"}}, {Key: "odd:named/team"}}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range c.Memberships([]metrics.Membership{
		{Person: 1, Team: "group:default/pay"}, {Person: 2, Team: "group:money/search"}, {Person: 3, Team: "odd:named/team"}, {Person: 4, Team: "plain"},
	}, metrics.HostTeam{Ref: "group:default/pay", Parent: "group:default/fin"}) {
		got = append(got, fmt.Sprint(m.Person, " ", m.Team))
	}
	if diff := cmp.Diff(got, []string{"1 payments", "2 search", "3 odd:named/team", "4 plain", "1 fin"}); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

func TestWarningsOfHosts(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "README", "x"})
	h.Warnings = []metrics.HostWarnings{{Repo: 1, Source: "github", List: []metrics.Warning{{File: "CODEOWNERS", Line: 3, Message: "Unknown owner"}}}}
	want := []metrics.Warning{{Repo: 1, File: "CODEOWNERS", Line: 3, Message: "Unknown owner"}}
	if diff := cmp.Diff(concluded(t, twoPaths(), blobs, h, anaAndBot()).Warnings, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}
