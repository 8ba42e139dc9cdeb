package catalog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestReaderDoubtsHiddenGroups reads a Backstage that shows no groups for a while, neither in its list nor by name: nothing is
// concluded of them, and what was known holds. That some of them are gone is concluded, be it while others are there.
func TestReaderDoubtsHiddenGroups(t *testing.T) {
	// owns says of an owner whether it is gone, and since when.
	type owns struct {
		Gone  bool
		Since metrics.Instant
	}
	there, never := owns{}, owns{true, metrics.Beginning}
	listed := append(components(20), group("ads"), component("old", "left"), component("ad", "ads"))
	without := func(names ...string) []string {
		return slices.DeleteFunc(slices.Clone(listed), func(e string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return e == group(name) })
		})
	}
	hidden := without("payments", "ads")
	for name, c := range map[string]struct {
		entities [][]string // in each reading
		lacks    []string   // in the second
		kinds    []string   // after the second
		old, ad  []owns     // owners, after each
	}{
		"none is shown":                    {[][]string{listed, hidden, listed}, nil, []string{"component", "user"}, []owns{never, never, never}, []owns{there, there, there}},
		"none can be looked up":            {[][]string{listed, hidden, listed}, []string{"/entities/by-refs"}, []string{"component", "user"}, []owns{never, never, never}, []owns{there, there, there}},
		"one is gone":                      {[][]string{listed, without("ads"), listed}, nil, nil, []owns{never, never, never}, []owns{there, {true, 200}, there}},
		"one is gone when they come back":  {[][]string{listed, hidden, without("ads")}, nil, []string{"component", "user"}, []owns{never, never, never}, []owns{there, there, never}},
		"an owner that comes in the dark":  {[][]string{listed[:22], hidden, without("ads")}, nil, []string{"component", "user"}, []owns{there, there, never}, []owns{there, there, never}},
		"the only one of them is not told": {[][]string{without("payments"), hidden, without("payments")}, nil, []string{"component", "user"}, []owns{never, never, never}, []owns{there, there, there}},
		"none ever was":                    {[][]string{hidden, hidden, hidden}, nil, nil, []owns{there, there, there}, []owns{there, there, there}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeBackstage{}
				var l ledger
				for i, entities := range c.entities {
					if f.entities, f.lacks = entities, nil; i == 1 {
						f.lacks = c.lacks
					}
					done := l.read(t, f.portal(t, nil), metrics.Instant(100*(i+1)))
					if kinds := l.newest().Kinds; !done.Complete || i == 1 && !slices.Equal(kinds, c.kinds) || i != 1 && kinds != nil || slices.Equal(done.Hidden, []string{"group"}) != (i == 1 && kinds != nil) {
						t.Errorf("reading %d comes to %+v, with the kinds %v", i+1, done, kinds)
					}
					for name, want := range map[string]owns{"old": c.old[i], "ad": c.ad[i]} {
						var got owns
						for _, o := range l.snapshots[thing(name).Entity.Ref].Owners {
							got = owns{o.Gone, o.Since}
						}
						if got != want {
							t.Errorf("after reading %d the owner of %s is %+v, want %+v", i+1, name, got, want)
						}
					}
				}
			})
		})
	}
}

// veiled is a portal whose teams and persons can be hidden: what it lists of them is empty then, or nobody but whoever asks.
type veiled struct {
	portal         catalog.Portal
	teams, persons func(hidden bool)
}

// veiledPortals have what small organisations have in them.
func veiledPortals(t *testing.T) map[string]veiled {
	t.Helper()
	cortex, port, opsLevel := cortexCatalog(t), portCatalog(t), opsLevelCatalog(t)
	open := func(r *rented) catalog.Portal {
		url, client := answering(t, r.handler)
		portal, err := r.open(url, client, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return portal
	}
	backstage := &fakeBackstage{}
	member := `{"kind":"Group","metadata":{"name":"payments"},"relations":[{"type":"hasMember","targetRef":"user:default/ana"}]}`
	ana := `{"kind":"User","metadata":{"name":"ana"},"spec":{"profile":{"email":"ana@acme.dev"}}}`
	zed := `{"kind":"User","metadata":{"name":"zed"}}`
	shown := append(components(3)[:3], member, ana)
	backstage.entities = shown
	teams, memberless := cortex.teams, []any{}
	for _, team := range teams {
		memberless = append(memberless, with[any](with[any](team.(map[string]any), "cortexTeam", nil), "idpGroup", nil))
	}
	entities, account := port.entities, opsLevel.account
	return map[string]veiled{
		"backstage": {
			backstage.portal(t, nil),
			func(hidden bool) { backstage.entities = either(hidden, append(components(3)[:3], ana), shown) },
			func(hidden bool) { backstage.entities = either(hidden, append(shown[:4:4], zed), shown) },
		},
		"cortex": {
			open(cortex.rented()),
			func(hidden bool) { cortex.teams = either(hidden, []any{}, teams) },
			func(hidden bool) { cortex.teams = either(hidden, memberless, teams) },
		},
		"port": {
			open(port.rented()),
			func(hidden bool) {
				port.entities = either(hidden, with(entities, "_team", []map[string]any{}), entities)
			},
			func(hidden bool) {
				port.entities = either(hidden, with(entities, "_user", []map[string]any{}), entities)
			},
		},
		"opslevel": {
			open(opsLevel.rented()),
			func(hidden bool) { opsLevel.account = either(hidden, with[any](account, "teams", []any{}), account) },
			func(hidden bool) {
				opsLevel.account = either(hidden, with[any](account, "users", []any{map[string]any{"id": "u9", "name": "Zed", "email": "zed@acme.dev"}}), account)
			},
		},
	}
}

func either[T any](first bool, one, other T) T {
	if first {
		return one
	}
	return other
}

// with is a map with something else in one place.
func with[V any](all map[string]V, key string, value V) map[string]V {
	changed := maps.Clone(all)
	changed[key] = value
	return changed
}

// TestReaderDoubtsHiddenTeams reads portals that list no teams for once: neither they, nor owners, nor who is in them are
// otherwise for it.
func TestReaderDoubtsHiddenTeams(t *testing.T) {
	for name, v := range veiledPortals(t) {
		t.Run(name, func(t *testing.T) {
			var l ledger
			l.read(t, v.portal, 100)
			owners, stays := l.owners(), l.stays()
			for i, hidden := range []bool{true, true, false} { // the first one may be too short to be believed
				v.teams(hidden)
				done := l.read(t, v.portal, metrics.Instant(200+100*i))
				if kinds := l.newest().Kinds; i > 0 && !done.Complete || done.Gone != 0 || done.Complete && ((kinds != nil) != hidden || slices.Contains(kinds, "group")) {
					t.Errorf("hidden %v: it comes to %+v, with the kinds %v", hidden, done, kinds)
				}
				if diff := cmp.Diff(l.owners(), owners) + cmp.Diff(l.stays(), stays); diff != "" {
					t.Errorf("hidden %v, -got +want:\n%s", hidden, diff)
				}
			}
		})
	}
}

// TestReaderDatesNothingByTeamsThatCome reads an OpsLevel that lists its teams late: an owner that is none of them may never have
// been one.
func TestReaderDatesNothingByTeamsThatCome(t *testing.T) {
	v := veiledPortals(t)["opslevel"]
	var l ledger
	for i, hidden := range []bool{true, false} {
		v.teams(hidden)
		l.read(t, v.portal, metrics.Instant(100+100*i))
		ref := metrics.EntityRef{Kind: "library", Namespace: "default", Name: "audit"}
		if owners := l.snapshots[ref].Owners; len(owners) != 1 || owners[0].Gone == hidden || owners[0].Since != metrics.Beginning {
			t.Errorf("hidden %v: the owner is %+v", hidden, owners)
		}
	}
}

// TestReaderDoubtsHiddenPersons reads portals that list no persons for once: nobody has left a team for it. Where they never
// listed any, nothing is said of them.
func TestReaderDoubtsHiddenPersons(t *testing.T) {
	for name, v := range veiledPortals(t) {
		t.Run(name, func(t *testing.T) {
			var never, l ledger
			v.persons(true)
			if never.read(t, v.portal, 100); never.newest().Kinds != nil || len(never.members) > 0 {
				t.Errorf("without persons: kinds %v, %+v", never.newest().Kinds, never.members)
			}
			v.persons(false)
			l.read(t, v.portal, 100)
			stays := l.stays()
			for i, hidden := range []bool{true, true, false} {
				v.persons(hidden)
				done := l.read(t, v.portal, metrics.Instant(200+100*i))
				kinds := l.newest().Kinds
				if i > 0 && !done.Complete || done.Changed != 0 || done.Complete && ((kinds != nil) != hidden || hidden && (slices.Contains(kinds, "user") || !slices.Contains(kinds, "group"))) {
					t.Errorf("hidden %v: it comes to %+v, with the kinds %v", hidden, done, kinds)
				}
				if diff := cmp.Diff(l.stays(), stays); diff != "" || len(stays) == 0 {
					t.Errorf("hidden %v, -got +want:\n%s", hidden, diff)
				}
			}
		})
	}
}

// stays are the stays in teams that are known, in order.
func (l *ledger) stays() (list []string) {
	for _, m := range l.members {
		list = append(list, fmt.Sprint(m.Alias, " ", m.Team, " ", m.From, " ", m.To))
	}
	slices.Sort(list)
	return list
}

// TestReaderBelievesThatAllLeft: where persons are listed and nobody is in a team any more, they left; where teams have members
// who are none of those persons, that is not known.
func TestReaderBelievesThatAllLeft(t *testing.T) {
	hiding, bo := team("a", true), user("bo", []collectors.Spelling{boSpelled})
	hiding.Team.Hidden = true
	for name, c := range map[string]struct {
		items []catalog.Item // in the second reading
		until metrics.Instant
		kinds []string
	}{
		"persons are listed":                 {[]catalog.Item{team("a", true), bo}, 200, nil},
		"their team is gone":                 {[]catalog.Item{team("b", true), bo}, 200, nil},
		"nobody is listed":                   {[]catalog.Item{team("a", true)}, metrics.Forever, []string{"component", "group"}},
		"nobody is listed, their team gone":  {[]catalog.Item{team("b", true)}, metrics.Forever, []string{"component", "group"}},
		"others than the members are listed": {[]catalog.Item{hiding, bo}, metrics.Forever, []string{"component", "group"}},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			l.read(t, &fakePortal{items: append(things(9), team("a", true, adaSpelled), bo)}, 100)
			done := l.read(t, &fakePortal{items: append(things(9), c.items...)}, 200)
			if diff := cmp.Diff(l.newest().Kinds, c.kinds); diff != "" || !done.Complete || len(l.members) != 1 || l.members[0].To != c.until {
				t.Errorf("it comes to %+v, %+v, want until %d; kinds -got +want:\n%s", done, l.members, c.until, diff)
			}
		})
	}
}

// TestReaderKeepsMembersOfRenamedTeams: who is in a team that is called as one that is gone, or has its people, was in it all along.
// Where the other one is still there they have joined this one.
func TestReaderKeepsMembersOfRenamedTeams(t *testing.T) {
	renamed := team("b", true, adaSpelled)
	renamed.Team.Aliases = []string{"b", "a"}
	another := team("b", true, adaSpelled)
	wider := team("b", true, adaSpelled, boSpelled)
	for name, c := range map[string]struct {
		items []catalog.Item // in the second reading
		from  metrics.Instant
	}{
		"renamed":               {[]catalog.Item{renamed}, metrics.Beginning},
		"with the same people":  {[]catalog.Item{another}, metrics.Beginning},
		"with half of them new": {[]catalog.Item{wider}, 200},
		"with the same people, beside the other one that all left":      {[]catalog.Item{another, team("a", true)}, metrics.Beginning},
		"with the same people, beside the other one with somebody else": {[]catalog.Item{another, team("a", true, boSpelled)}, 200},
		"beside the other one that all left":                            {[]catalog.Item{renamed, team("a", true)}, metrics.Beginning},
		"beside the other one with somebody else":                       {[]catalog.Item{renamed, team("a", true, boSpelled)}, 200},
		"renamed while nobody is listed":                                {[]catalog.Item{renamed}, metrics.Beginning},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			l.read(t, &fakePortal{items: append(things(9), team("a", true, adaSpelled))}, 100)
			if name == "renamed while nobody is listed" {
				veiled := renamed
				team := *renamed.Team
				team.Members, team.Known, veiled.Team = nil, false, &team
				l.read(t, &fakePortal{items: append(things(9), veiled)}, 150)
			}
			l.read(t, &fakePortal{items: append(things(9), c.items...)}, 200)
			var open []metrics.Membership
			for _, m := range l.members {
				if m.To == metrics.Forever {
					open = append(open, m)
				}
			}
			i := slices.IndexFunc(open, func(m metrics.Membership) bool { return m.Team == "group:default/b" && m.From == c.from })
			if i < 0 || !strings.Contains(name, "somebody else") && len(open) != len(c.items[0].Team.Members) {
				t.Errorf("the memberships are %+v, want in b from %d on", l.members, c.from)
			}
		})
	}
}

// TestReaderLearnsOfMembersLate: whoever is in the first list that tells who is in teams counts as having been there always,
// whatever lists without them came before; whoever comes after that has joined.
func TestReaderLearnsOfMembersLate(t *testing.T) {
	for name, v := range veiledPortals(t) {
		for what, hide := range map[string]func(bool){"teams": v.teams, "persons": v.persons} {
			t.Run(name+" without "+what, func(t *testing.T) {
				var l, shown ledger
				hide(false)
				shown.read(t, v.portal, 100)
				hide(true)
				l.read(t, v.portal, 100)
				hide(false)
				l.read(t, v.portal, 200)
				if diff := cmp.Diff(l.stays(), shown.stays()); diff != "" || len(l.members) == 0 {
					t.Errorf("shown late, -got +want:\n%s", diff)
				}
			})
		}
	}
	var l ledger
	for i, members := range [][]collectors.Spelling{nil, {adaSpelled}, {adaSpelled, boSpelled}} {
		l.read(t, &fakePortal{items: append(things(9), team("a", true, members...))}, metrics.Instant(100*(i+1)))
	}
	var from []metrics.Instant
	for _, m := range l.members {
		from = append(from, m.From)
	}
	slices.Sort(from)
	if want := []metrics.Instant{metrics.Beginning, 300}; !slices.Equal(from, want) {
		t.Errorf("they are in it from %v on, want %v", from, want)
	}
}

// TestReaderTellsWhatItLacks: of a catalog that names owners and shows no teams, or nobody in them, that is told, as long as it
// never did.
func TestReaderTellsWhatItLacks(t *testing.T) {
	owned := thing("x")
	owned.Owners = []catalog.Owner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "a"}}}
	withTeam, empty := team("a", true, adaSpelled), team("a", true)
	for name, c := range map[string]struct {
		readings [][]catalog.Item
		want     []catalog.Lack
	}{
		"no teams, then with members":  {[][]catalog.Item{{owned}, {owned, withTeam}}, []catalog.Lack{catalog.LacksTeams, catalog.LacksNothing}},
		"no members, then some":        {[][]catalog.Item{{owned, empty}, {owned, withTeam}}, []catalog.Lack{catalog.LacksMembers, catalog.LacksNothing}},
		"teams that are hidden by now": {[][]catalog.Item{{owned, withTeam}, {owned}}, []catalog.Lack{catalog.LacksNothing, catalog.LacksNothing}},
		"members who have left by now": {[][]catalog.Item{{owned, withTeam}, {owned, empty}}, []catalog.Lack{catalog.LacksNothing, catalog.LacksNothing}},
		"nobody owns anything":         {[][]catalog.Item{{thing("x")}}, []catalog.Lack{catalog.LacksNothing}},
		"a list that is cut off":       {[][]catalog.Item{{owned, owned}}, []catalog.Lack{catalog.LacksNothing}},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			for i, items := range c.readings {
				done := l.read(t, &fakePortal{items: append(things(9), items...)}, metrics.Instant(100*(i+1)))
				if done.Lacks != c.want[i] {
					t.Errorf("reading %d: %+v, want %v", i+1, done, c.want[i])
				}
			}
		})
	}
}

// TestReaderRenames follows teams and their people over several lists.
func TestReaderRenames(t *testing.T) {
	three := []collectors.Spelling{adaSpelled, boSpelled, {Name: "Cy Twombly", Email: "cy@acme.example"}}
	for name, c := range map[string]struct {
		lists [][]catalog.Item
		want  []string // of each team: how many stays, and since when until when
	}{
		"who leaves while it is renamed was in it": {[][]catalog.Item{{team("a", true, three...)}, {team("b", true, three[:2]...)}},
			[]string{"a 0-200", "a 0-200", "a 0-200", "b 0-200", "b 0-", "b 0-"}},
		"who had left before was in it": {[][]catalog.Item{{team("a", true, three...)}, {team("a", true, three[:2]...)}, {team("b", true, three[:2]...)}},
			[]string{"a 0-200", "a 0-300", "a 0-300", "b 0-200", "b 0-", "b 0-"}},
		"there and back": {[][]catalog.Item{{team("a", true, three...)}, {team("b", true, three...)}, {team("a", true, three...)}},
			[]string{"a 0-", "a 0-", "a 0-", "b 0-300", "b 0-300", "b 0-300"}},
		"into one that had been left": {[][]catalog.Item{{team("a", true, three...), team("b", true, three...)}, {team("a", true, three...), team("b", true)}, {team("b", true, three...)}},
			[]string{"a 0-300", "a 0-300", "a 0-300", "b 0-200", "b 0-200", "b 0-200", "b 300-", "b 300-", "b 300-"}},
		"two of the same people": {[][]catalog.Item{{team("a", true, three...)}, {team("b", true, three...), team("c", true, three...)}},
			[]string{"a 0-200", "a 0-200", "a 0-200", "b 200-", "b 200-", "b 200-", "c 200-", "c 200-", "c 200-"}},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			for i, items := range c.lists {
				l.read(t, &fakePortal{items: append(things(9), items...)}, metrics.Instant(100*(i+1)))
			}
			var got []string
			for _, m := range l.members {
				text := fmt.Sprintf("%s %d-", strings.TrimPrefix(string(m.Team), "group:default/"), m.From)
				if m.To != metrics.Forever {
					text += fmt.Sprint(int64(m.To))
				}
				got = append(got, strings.Replace(text, fmt.Sprint(int64(metrics.Beginning), "-"), "0-", 1))
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestReaderRenamesAfterWholeLists: a list that is not whole says of no team that it is gone, so that none is another one for it; the
// next one may.
func TestReaderRenamesAfterWholeLists(t *testing.T) {
	var l ledger
	l.read(t, &fakePortal{items: append(things(9), team("a", true, adaSpelled))}, 100)
	l.read(t, &fakePortal{items: append(things(9), team("b", true, adaSpelled)), err: errors.New("cut off")}, 200)
	if got := l.stays(); len(got) != 2 || !strings.Contains(fmt.Sprint(got), "group:default/b 1970-01-01T00:03:20Z") {
		t.Errorf("after a part of a list: %v", got)
	}
	l.read(t, &fakePortal{items: append(things(9), team("b", true, adaSpelled))}, 300)
	for _, m := range l.members {
		if m.Team == "group:default/b" && m.From == metrics.Beginning && m.To == metrics.Forever {
			return
		}
	}
	t.Errorf("after a whole one: %v", l.stays())
}
