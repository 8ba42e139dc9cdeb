package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// on is the beginning of a day of these tests.
func on(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }

// between is the time from one day to another.
func between(from, to int) metrics.Period { return metrics.Period{From: on(from), To: on(to)} }

// since is all time from a day on.
func since(d int) metrics.Period { return metrics.Period{From: on(d), To: metrics.Forever} }

// portal is a portal that is read from a day on, with when all of its teams are known. It has the team others all the time.
func portal(source string, read metrics.Period, known ...metrics.Period) metrics.PortalTeams {
	return metrics.PortalTeams{Source: source, Read: read, Known: known, Teams: map[string][]metrics.Period{"others": {read}}}
}

// has adds a team.
func has(p metrics.PortalTeams, name string, there ...metrics.Period) metrics.PortalTeams {
	p.Teams[name] = there
	return p
}

// TestOwnersThatAreNoTeams: whom a catalog names owns something only while there is such a team, as far as that is known.
func TestOwnersThatAreNoTeams(t *testing.T) {
	names := func(d int, owner string) metrics.CatalogClaim {
		ref := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}
		return metrics.CatalogClaim{Source: "port", Ref: ref, Seen: on(d), Owners: []string{owner}}
	}
	lost := func(c metrics.CatalogClaim) metrics.CatalogClaim { c.Lost = c.Owners; return c }
	bare := metrics.PortalTeams{Source: "port", Read: since(5), Known: []metrics.Period{since(5)}}
	file := landed{on(2), 1, info, component("pay", "crew", "production")}
	code := landed{midnight, 1, "CODEOWNERS", "* @acme/code\n"}
	const crew = "group:default/crew"
	renamed := func() metrics.PortalTeams { return has(portal("port", since(5), since(5)), "crew2", since(7)) }
	calls := func(ref metrics.TeamKey, source string, names ...metrics.TeamKey) metrics.HostTeam {
		return metrics.HostTeam{Ref: ref, Source: source, Aliases: names}
	}
	also := []metrics.HostTeam{calls("group:default/crew2", "port", "crew")}
	for _, test := range []struct {
		name    string
		files   []landed
		claim   metrics.CatalogClaim
		hosts   []metrics.HostTeam
		portals []metrics.PortalTeams
		want    []metrics.Ownership
	}{
		{"the portal was never read", nil, names(5, crew), nil, nil, owned("crew", since(5))},
		{"it has the team", nil, names(5, crew), nil, []metrics.PortalTeams{has(portal("port", since(5), since(5)), "crew", since(5))}, owned("crew", since(5))},
		{"it has not", nil, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, nil},
		{"it has not, and the next in the order is asked", []landed{code}, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, codeowned("code", metrics.Period{From: midnight, To: metrics.Forever})},
		{"it has not, and the file says another", []landed{{on(2), 1, info, component("pay", "others", "production")}}, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, owned("others", since(2))},
		{"it has no teams at all", nil, names(5, crew), nil, []metrics.PortalTeams{bare}, owned("crew", since(5))},
		{"its teams were never all read", nil, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5))}, owned("crew", since(5))},
		{"its teams are all read later", nil, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), since(7))}, owned("crew", between(5, 7))},
		{"it had the team", nil, names(5, crew), nil, []metrics.PortalTeams{has(portal("port", since(5), since(5)), "crew", between(5, 8))}, owned("crew", between(5, 8))},
		{"it has the team again", nil, names(5, crew), nil, []metrics.PortalTeams{has(portal("port", since(5), since(5)), "crew", between(5, 8), since(9))}, append(owned("crew", between(5, 8)), owned("crew", since(9))...)},
		{"it gets the team", nil, names(5, crew), nil, []metrics.PortalTeams{has(portal("port", since(5), since(5)), "crew", since(7))}, owned("crew", since(7))},
		{"a list that broke off changes nothing", nil, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), between(5, 7))}, nil},
		{"an owner that came with a list that broke off", nil, names(8, crew), nil, []metrics.PortalTeams{portal("port", since(5), between(5, 7), since(9))}, owned("crew", between(8, 9))},
		{"another portal has it", nil, names(5, crew), nil, []metrics.PortalTeams{portal("port", since(5), since(5)), has(portal("backstage", since(3)), "crew", since(3))}, owned("crew", since(5))},
		{"a code host has it", nil, names(5, crew), []metrics.HostTeam{{Ref: "@acme/crew", Source: "github"}}, []metrics.PortalTeams{portal("port", since(5), since(5))}, owned("crew", since(5))},
		{"the configuration has it", nil, names(5, "group:default/pay-devs"), nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, owned("payments", since(5))},
		{"the portal says that it is none", nil, lost(names(5, crew)), nil, nil, nil},
		{"the portal says so of one that a code host has", nil, lost(names(5, crew)), []metrics.HostTeam{{Ref: "@acme/crew", Source: "github"}}, nil, owned("crew", since(5))},

		{"a file beside no portal", []landed{file}, metrics.CatalogClaim{}, nil, nil, owned("crew", since(2))},
		{"a file beside a portal that has not the team", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, owned("crew", between(2, 5))},
		{"a file beside a portal that has it", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{has(portal("port", since(5), since(5)), "crew", since(5))}, owned("crew", since(2))},
		{"a file beside a portal without teams", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{bare}, owned("crew", since(2))},
		{"a file beside a portal that was read in part", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", since(5))}, owned("crew", since(2))},
		{"a file beside two of which one was read in part", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", since(5), since(5)), portal("backstage", since(4))}, owned("crew", since(2))},
		{"a file beside two that come one after the other", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", since(5), since(5)), portal("backstage", since(4), since(8))}, owned("crew", between(2, 8))},
		{"a file beside a portal that is taken out", []landed{file}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", between(5, 9), between(5, 9))}, append(owned("crew", between(2, 5)), owned("crew", since(9))...)},
		{"a file by another name of a team that a portal has", []landed{file}, metrics.CatalogClaim{}, also, []metrics.PortalTeams{renamed()},
			append(owned("crew", between(2, 5)), owned("crew2", since(7))...)},
		{"a file by what was its own name", []landed{file}, metrics.CatalogClaim{}, also, []metrics.PortalTeams{has(renamed(), "crew", between(5, 7))},
			append(owned("crew", between(2, 7)), owned("crew2", since(7))...)},
		{"a file by another name of a team that is configured", []landed{file}, metrics.CatalogClaim{}, []metrics.HostTeam{calls("group:default/pay-devs", "port", "crew")},
			[]metrics.PortalTeams{has(portal("port", since(5), since(5)), "pay-devs", since(7))}, append(owned("crew", between(2, 5)), owned("payments", since(7))...)},
		{"a file by another name that was given on", []landed{file}, metrics.CatalogClaim{}, append(also, calls("group:default/crew3", "port", "crew")),
			[]metrics.PortalTeams{has(has(portal("port", since(5), since(5)), "crew2", between(7, 9)), "crew3", since(9))}, append(append(owned("crew", between(2, 5)), owned("crew2", between(7, 9))...), owned("crew3", since(9))...)},
		{"a file by another name of two teams", []landed{file}, metrics.CatalogClaim{}, append(also, calls("group:default/crew3", "port", "crew")),
			[]metrics.PortalTeams{has(has(portal("port", since(5), since(5)), "crew2", since(5)), "crew3", since(5))}, owned("crew", between(2, 5))},
		{"a file by another name of a team that is not there any more, beside lists that broke off", []landed{file}, metrics.CatalogClaim{}, also,
			[]metrics.PortalTeams{has(portal("port", since(5), between(5, 8)), "crew2", between(7, 9))}, append(owned("crew", between(2, 5)), owned("crew2", between(7, 9))...)},
		{"a portal by another name of its team", nil, names(5, crew), also, []metrics.PortalTeams{renamed()}, owned("crew2", since(7))},
		{"a portal by another name of a team of another one", nil, names(5, crew), []metrics.HostTeam{calls("group:default/crew2", "backstage", "crew")},
			[]metrics.PortalTeams{portal("port", since(5), since(5)), has(portal("backstage", since(5), since(5)), "crew2", since(5))}, nil},
		{"a portal that says that it is none, by another name of its team", nil, lost(names(5, crew)), also, []metrics.PortalTeams{renamed()}, nil},
		{"code owners are asked of no portal", []landed{code}, metrics.CatalogClaim{}, nil, []metrics.PortalTeams{portal("port", since(5), since(5))}, codeowned("code", metrics.Period{From: midnight, To: metrics.Forever})},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs, c := contents{}, ownersFirst(t)
			h := past(blobs, append([]landed{{midnight, 1, "README", "x"}}, test.files...)...)
			if test.claim.Source != "" {
				h.CatalogClaims = []metrics.CatalogClaim{test.claim}
			}
			got := c.Knowing(test.hosts, test.portals...).Repo(h, anaAndBot(), blobs, nil)
			if diff := cmp.Diff(got.Ownership, test.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// ownersFirst is a classifier that asks catalogs for owners before all else, and knows the team payments.
func ownersFirst(t *testing.T) *classify.Classifier {
	t.Helper()
	defs := twoPaths()
	defs.Teams = metrics.Teams{
		Order: []metrics.OwnerSource{metrics.OwnerCatalog, metrics.OwnerCodeowners},
		List:  []metrics.Team{{Key: "payments", Aliases: []string{"pay-*"}}},
	}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func owned(team metrics.TeamKey, p metrics.Period) []metrics.Ownership {
	return []metrics.Ownership{{Unit: metrics.Unit{Repo: 1}, Team: team, Period: p, Source: metrics.OwnerCatalog}}
}

func codeowned(team metrics.TeamKey, p metrics.Period) []metrics.Ownership {
	list := owned(team, p)
	list[0].Source = metrics.OwnerCodeowners
	return list
}

// TestTeamsMark: what portals tell of teams counts for those alone whose owners are named so, and might be no teams.
func TestTeamsMark(t *testing.T) {
	c, blobs := ownersFirst(t), contents{}
	h := past(blobs, landed{midnight, 1, info, component("pay", "crew", "production")})
	h.CatalogClaims = []metrics.CatalogClaim{{
		Source: "port", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, Seen: on(5),
		Owners: []string{"group:default/pay-devs", "group:default/left"}, Lost: []string{"group:default/left"},
	}}
	named := c.Repo(h, anaAndBot(), blobs, nil).Named
	if diff := cmp.Diff(named, []string{"-port/left", "files/crew", "port/left"}); diff != "" {
		t.Fatalf("named (-got +want):\n%s", diff)
	}
	of := func(named []string, hosts []metrics.HostTeam, portals ...metrics.PortalTeams) uint64 {
		return c.Knowing(hosts, portals...).TeamsMark(named)
	}
	crew := []string{"files/crew"}
	without, with := portal("port", since(5), since(5)), has(portal("port", since(5), since(5)), "crew", since(5))
	came := has(portal("port", since(5), since(5)), "crew", since(6))
	renamed := has(portal("port", since(5), since(5)), "crew2", since(7))
	also := []metrics.HostTeam{{Ref: "group:default/crew2", Source: "port", Aliases: []metrics.TeamKey{"crew"}}}
	for name, same := range map[string]bool{
		"nothing is known":                  of(crew, nil) == 0,
		"the team is there all the time":    of(crew, nil, with) == 0,
		"it is not":                         of(crew, nil, without) != 0,
		"it came":                           of(crew, nil, came) != of(crew, nil, without) && of(crew, nil, came) != 0,
		"another came":                      of(crew, nil, without) == of(crew, nil, has(portal("port", since(5), since(5)), "new", since(6))),
		"it is another name of a team":      of(crew, also, renamed) != of(crew, nil, renamed),
		"a code host has it":                of(crew, []metrics.HostTeam{{Ref: "@acme/crew", Source: "github"}}, without) == 0,
		"one that the portal calls no team": of([]string{"-port/left"}, nil) != of([]string{"-port/left"}, []metrics.HostTeam{{Ref: "@acme/left", Source: "github"}}),
	} {
		if !same {
			t.Errorf("%s: the mark says otherwise", name)
		}
	}
}

// TestKnowingRetired: what a catalog said of which teams are one holds until it is not configured any more.
func TestKnowingRetired(t *testing.T) {
	hosts := []metrics.HostTeam{
		{Ref: "@acme/pay-devs", Source: "github"},
		{Ref: "group:default/cash", Source: "backstage", Aliases: []metrics.TeamKey{"@acme/pay-devs"}, Parent: "group:default/money", Retired: on(9)},
		{Ref: "group:default/money", Source: "backstage", Retired: on(9)},
	}
	c, err := classify.New(metrics.Definitions{Teams: metrics.Teams{Order: []metrics.OwnerSource{metrics.OwnerCatalog}}, Paths: twoPaths().Paths})
	if err != nil {
		t.Fatal(err)
	}
	blobs := contents{}
	h := past(blobs, landed{on(2), 1, info, component("pay", "cash", "production")})
	known := c.Knowing(hosts)
	got := known.Repo(h, anaAndBot(), blobs, nil).Ownership
	if diff := cmp.Diff(got, append(owned("pay-devs", between(2, 9)), owned("cash", since(9))...)); diff != "" {
		t.Errorf("owners (-got +want):\n%s", diff)
	}
	if team, _ := known.Team("group:default/cash"); team != "cash" || len(known.Joined("pay-devs")) > 0 {
		t.Errorf("by now it is called %s, and the host's is called %q", team, known.Joined("pay-devs"))
	}
	members := known.Memberships([]metrics.Membership{{Person: 1, Team: "group:default/cash", Period: between(0, 9)}}, hosts...)
	want := []metrics.Membership{{Person: 1, Team: "pay-devs", Period: between(0, 9)}, {Person: 1, Team: "money", Period: between(0, 9)}}
	if diff := cmp.Diff(members, want); diff != "" {
		t.Errorf("members (-got +want):\n%s", diff)
	}
	if groups := known.Grouped(hosts); len(groups.Groups) > 0 || len(groups.List) > 0 {
		t.Errorf("there are groups by now: %+v", groups)
	}
}
