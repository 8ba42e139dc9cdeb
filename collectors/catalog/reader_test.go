package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// fakePortal lists what a test wants.
type fakePortal struct {
	items []catalog.Item
	err   error // after them
	asked int
}

func (f *fakePortal) Requests() int { return f.asked }

func (f *fakePortal) Items(ctx context.Context) iter.Seq2[catalog.Item, error] {
	return func(yield func(catalog.Item, error) bool) {
		f.asked += 3
		for _, item := range f.items {
			if ctx.Err() != nil {
				yield(catalog.Item{}, ctx.Err())
				return
			}
			if !yield(item, nil) {
				return
			}
		}
		if f.err != nil {
			yield(catalog.Item{}, f.err)
		}
	}
}

// ledger keeps what a reader writes, and what the next one is to know of it.
type ledger struct {
	batches   []metrics.Batch
	snapshots map[metrics.EntityRef]metrics.Snapshot
	lists     []metrics.CatalogList
	members   []metrics.Membership
	full      error // what Write fails with
}

func (l *ledger) Write(_ context.Context, b *metrics.Batch) error {
	if l.full != nil {
		return l.full
	}
	if l.snapshots == nil {
		l.snapshots = map[metrics.EntityRef]metrics.Snapshot{}
	}
	for _, s := range b.Snapshots {
		l.snapshots[s.Ref] = s
	}
	for _, m := range b.Memberships {
		same := func(old metrics.Membership) bool {
			return old.Alias == m.Alias && old.Person == m.Person && old.Team == m.Team && old.From == m.From
		}
		l.members = append(slices.DeleteFunc(l.members, same), m)
	}
	l.lists = append(l.lists, b.CatalogLists...)
	l.batches = append(l.batches, *b)
	return nil
}

func (l *ledger) Lacking(context.Context, []metrics.OID) ([]metrics.OID, error) { return nil, nil }

// before are the snapshots of earlier readings.
func (l *ledger) before() (list []metrics.Snapshot) {
	for _, s := range l.snapshots {
		list = append(list, s)
	}
	return list
}

// gone are the names of what is gone.
func (l *ledger) gone() (names []string) {
	for ref, s := range l.snapshots {
		if s.Gone {
			names = append(names, ref.Name)
		}
	}
	slices.Sort(names)
	return names
}

// known are the lists that the store tells of: the newest whole one, and the newest of the others.
func (l *ledger) known() (lists []metrics.CatalogList) {
	newest := map[bool]metrics.CatalogList{}
	for _, list := range l.lists {
		newest[list.Complete] = list
	}
	for _, list := range newest {
		lists = append(lists, list)
	}
	return lists
}

// newest is the list that was written last.
func (l *ledger) newest() metrics.CatalogList { return l.lists[len(l.lists)-1] }

func testPeople(t testing.TB, teams ...metrics.Team) *collectors.People {
	t.Helper()
	people, err := collectors.NewPeople(collectors.Names{Key: []byte("a key"), Teams: teams})
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// read reads a portal into the ledger at a moment.
func (l *ledger) read(t testing.TB, portal catalog.Portal, at metrics.Instant) catalog.Done {
	t.Helper()
	done, err := l.reader(t, portal, at).Read(t.Context(), l.before(), l)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (l *ledger) reader(t testing.TB, portal catalog.Portal, at metrics.Instant) *catalog.Reader {
	return &catalog.Reader{
		Name: "portal", Portal: portal, People: testPeople(t, metrics.Team{Key: "pay", Aliases: []string{"Boss@acme.example"}}),
		Lists: l.known(), Members: l.members, Now: func() metrics.Instant { return at },
	}
}

// thing is a component with some fields, as name and value by turns.
func thing(name string, fields ...string) catalog.Item {
	item := catalog.Item{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}}}
	for i := 0; i < len(fields); i += 2 {
		item.Entity.Fields = append(item.Entity.Fields, metrics.EntityField{Name: fields[i], Values: []string{fields[i+1]}})
	}
	return item
}

// edited is a thing that a human edited then.
func edited(item catalog.Item, at metrics.Instant) catalog.Item {
	item.Entity.Edited = at
	return item
}

func things(n int) (items []catalog.Item) {
	for i := range n {
		items = append(items, thing(fmt.Sprintf("c%d", i), "owner", "pay"))
	}
	return items
}

func team(name string, known bool, members ...collectors.Spelling) catalog.Item {
	return catalog.Item{Entity: metrics.Entity{Ref: groupRef(name)}, Team: &catalog.Team{Title: strings.ToUpper(name), Members: members, Known: known}}
}

func user(name string, spelled []collectors.Spelling, in ...string) catalog.Item {
	item := catalog.Item{Entity: metrics.Entity{Ref: userRef(name)}, Spelled: spelled}
	for _, group := range in {
		item.In = append(item.In, groupRef(group))
	}
	return item
}

var (
	adaSpelled = collectors.Spelling{Name: "Ada Lovelace", Email: "ada@acme.example"}
	boSpelled  = collectors.Spelling{Name: "Bo Diddley", Email: "bo.d@acme.example"}
)

// TestReaderKeysPeople looks for names and addresses in all that is written.
func TestReaderKeysPeople(t *testing.T) {
	item := thing("pay", "owner", "ada@acme.example", "description", "Ask Ada.L@Acme.example, user:default/ada or Person:Bo.",
		"depends_on", "user:default/ada", "links", "mailto:ada@acme.example", "source", "git@github.com:acme/pay", "property.site", "https://ada:hunter2@ci.acme.example/x",
		"property.iam", "super-user:x", "template", "acme/actions@v1.2")
	item.Entity.Problems = []string{"there is no user:default/ada, ask ada@acme.example"}
	item.Owners = []catalog.Owner{{Ref: userRef("ada"), Person: &adaSpelled}}
	named := thing("named", "owner", "adalace")
	named.Owners = []catalog.Owner{{Ref: userRef("adalace"), Person: &adaSpelled}}
	group := team("payments", true, adaSpelled)
	group.Team.Title = "Payments (ada@acme.example)"
	portal := &fakePortal{
		items: []catalog.Item{
			item, named, thing("login", "owner", "@ada-l"), thing("several", "owner", "Ada Lovelace <ada@acme.example>; payments, boss@acme.example"), thing("boss", "owner", "boss@acme.example"),
			group, user("ada", []collectors.Spelling{adaSpelled, {Name: "@ada-l"}}, "payments"),
			{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "_user", Namespace: "default", Name: "bo.d@acme.example"}, Fields: thing("", "title", "Bo Diddley").Entity.Fields}},
		},
		err: errors.New("no such user:default/ada at https://ada:hunter2@acme.example"),
	}
	var l ledger
	done := l.read(t, portal, 100)
	text, err := json.Marshal(l.batches)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada", "lovelace", "diddley", "hunter2", "bo.d", "person:bo"} {
		if all := strings.ToLower(string(text) + done.Detail); strings.Contains(all, name) {
			t.Errorf("%q is written: %s", name, all[max(0, strings.Index(all, name)-60):strings.Index(all, name)+60])
		}
	}
	key := func(s collectors.Spelling) string {
		return fmt.Sprintf("person-%016x", uint64(testPeople(t).Alias([]byte(s.Name), []byte(s.Email))))
	}
	mail, ref := key(collectors.Spelling{Email: "ada@acme.example"}), key(collectors.Spelling{Name: "user:default/ada"})
	for name, want := range map[string]map[string]string{
		"pay": {
			"owner": "user:default/" + mail, "depends_on": "user:default/" + ref, "links": "mailto:" + mail, "source": "git@github.com:acme/pay", "property.site": "https://ci.acme.example/x",
			"description":  "Ask " + key(collectors.Spelling{Email: "ada.l@acme.example"}) + ", user:default/" + ref + " or user:default/" + key(collectors.Spelling{Name: "user:default/bo"}) + ".",
			"property.iam": "super-user:x", "template": "acme/actions@v1.2",
		},
		"named":   {"owner": "user:default/" + key(collectors.Spelling{Name: "user:default/adalace"})},
		"login":   {"owner": "user:default/" + key(collectors.Spelling{Name: "@ada-l"})},
		"several": {"owner": "user:default/" + mail + ", payments,boss@acme.example"},
		"boss":    {"owner": "boss@acme.example"},
	} {
		for _, f := range l.snapshots[thing(name).Entity.Ref].Fields {
			if got := f.Values[0]; strings.ReplaceAll(got, ", ", ",") != strings.ReplaceAll(want[f.Name], ", ", ",") {
				t.Errorf("%s of %s is %q, want %q", f.Name, name, got, want[f.Name])
			}
		}
	}
	owner := l.snapshots[item.Entity.Ref].Owners[0]
	if owner.Ref.Name != ref || owner.Person != testPeople(t).Alias([]byte("user:default/ada"), nil) {
		t.Errorf("the portal's owner is %+v, want %s", owner, ref)
	}
	if _, there := l.snapshots[userRef("ada")]; there {
		t.Error("a person is written as an entity")
	}
	if got := persons(l.batches, testPeople(t), adaSpelled, collectors.Spelling{Email: adaSpelled.Email}, collectors.Spelling{Name: "@ada-l"}, collectors.Spelling{Name: "user:default/ada"}); got != 1 {
		t.Errorf("the spellings of one person are those of %d", got)
	}
}

// persons counts the persons that some spellings belong to, as linked by identities.
func persons(batches []metrics.Batch, people *collectors.People, spelled ...collectors.Spelling) int {
	of := map[metrics.AliasID][]metrics.PersonID{}
	for _, b := range batches {
		for _, i := range b.Identities {
			of[i.Alias] = append(of[i.Alias], i.Person)
		}
	}
	group := of[people.Alias([]byte(spelled[0].Name), []byte(spelled[0].Email))]
	n := 1
	for _, s := range spelled[1:] {
		own := of[people.Alias([]byte(s.Name), []byte(s.Email))]
		if !slices.ContainsFunc(own, func(p metrics.PersonID) bool { return slices.Contains(group, p) }) {
			n++
		}
		group = append(group, own...)
	}
	return n
}

// TestReaderTellsSince reads an entity again and again: only what differs is written, with since when and by whom.
func TestReaderTellsSince(t *testing.T) {
	var l ledger
	long := strings.Repeat("x", 201)
	steps := []struct {
		name    string
		item    catalog.Item
		changed int
		since   []metrics.Instant
		by      []metrics.Editor
	}{
		{"at first", thing("pay", "owner", "pay", "title", "Pay"), 1, []metrics.Instant{0, 0}, []metrics.Editor{0, 0}},
		{"as it was", thing("pay", "owner", "pay", "title", "Pay"), 0, []metrics.Instant{0, 0}, []metrics.Editor{0, 0}},
		{"another title", thing("pay", "owner", "pay", "title", long), 1, []metrics.Instant{0, 300}, []metrics.Editor{0, metrics.EditorUnknown}},
		{"edited by a human", edited(thing("pay", "owner", "ads", "title", long), 350), 1, []metrics.Instant{400, 300}, []metrics.Editor{metrics.EditedByHuman, metrics.EditorUnknown}},
		{"changed by no human", edited(thing("pay", "owner", "ads", "title", "Ads"), 350), 1, []metrics.Instant{400, 500}, []metrics.Editor{metrics.EditedByHuman, metrics.EditedByMachine}},
		{"the portal forgets", thing("pay", "owner", "ads", "title", "Ads"), 0, []metrics.Instant{400, 500}, []metrics.Editor{metrics.EditedByHuman, metrics.EditedByMachine}},
		{"a new field", thing("pay", "lifecycle", "x", "owner", "ads", "title", "Ads"), 1, []metrics.Instant{700, 400, 500}, []metrics.Editor{metrics.EditedByMachine, metrics.EditedByHuman, metrics.EditedByMachine}},
	}
	for i, step := range steps {
		done := l.read(t, &fakePortal{items: []catalog.Item{step.item}}, metrics.Instant(100*(i+1)))
		got := l.snapshots[step.item.Entity.Ref]
		if done.Changed != step.changed || !done.Complete || done.Requests != 3 {
			t.Errorf("%s: the reading came to %+v, want %d changed", step.name, done, step.changed)
		}
		if diff := cmp.Diff(got.Since, step.since) + cmp.Diff(got.By, step.by); diff != "" {
			t.Errorf("%s (-got +want):\n%s", step.name, diff)
		}
	}
	if title := l.batches[2].Snapshots[0].Fields[1].Values[0]; len(title) != 17 || title[0] != '#' {
		t.Errorf("a long value is kept as %q", title)
	}
}

// TestReaderConcludes says what is concluded from lists to be gone.
func TestReaderConcludes(t *testing.T) {
	type step struct {
		portal   fakePortal
		gone     []string
		complete bool
		detail   string
	}
	twice := append(things(3), thing("c1", "owner", "other"))
	for name, steps := range map[string][]step{
		"one that is missed":        {{fakePortal{items: things(9)}, nil, true, ""}, {fakePortal{items: things(8)}, []string{"c8"}, true, ""}, {fakePortal{items: things(9)}, nil, true, ""}},
		"a list that broke off":     {{fakePortal{items: things(3)}, nil, true, ""}, {fakePortal{items: things(2), err: errors.New("page 2 failed")}, nil, false, "page 2 failed"}},
		"nothing without an error":  {{fakePortal{items: things(3)}, nil, true, ""}, {fakePortal{}, nil, false, "no entity is listed, and 3 are known"}, {fakePortal{}, nil, false, "no entity is listed"}},
		"nothing at first":          {{fakePortal{}, nil, true, ""}},
		"one that is told twice":    {{fakePortal{items: things(4)}, nil, true, ""}, {fakePortal{items: twice}, nil, false, "1 entities are listed twice"}},
		"a list that shrank":        {{fakePortal{items: things(9)}, nil, true, ""}, {fakePortal{items: things(5)}, nil, false, "5 entities are listed and 9 were the last time: nothing is concluded to be gone unless the next list is as short"}, {fakePortal{items: things(5)}, []string{"c5", "c6", "c7", "c8"}, true, ""}},
		"one that shrank on":        {{fakePortal{items: things(9)}, nil, true, ""}, {fakePortal{items: things(5)}, nil, false, "5 entities"}, {fakePortal{items: things(2)}, nil, false, "2 entities"}},
		"short, broken off, short":  {{fakePortal{items: things(9)}, nil, true, ""}, {fakePortal{items: things(5)}, nil, false, "5 entities"}, {fakePortal{items: things(5), err: errors.New("no")}, nil, false, "no"}, {fakePortal{items: things(5)}, nil, false, "5 entities"}},
		"short after a broken list": {{fakePortal{items: things(9), err: errors.New("no")}, nil, false, "no"}, {fakePortal{items: things(5)}, nil, false, "5 entities are listed and 9 were"}},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			for i, step := range steps {
				done := l.read(t, &step.portal, metrics.Instant(100*(i+1)))
				list := l.newest()
				if diff := cmp.Diff(l.gone(), step.gone); diff != "" || done.Complete != step.complete || !strings.Contains(done.Detail, step.detail) || (step.detail == "") != (done.Detail == "") {
					t.Errorf("step %d came to %+v, gone are %v (-got +want):\n%s", i, done, l.gone(), diff)
				}
				if len(l.lists) != i+1 || list.Complete != done.Complete || list.Detail != done.Detail || list.Entities != done.Entities || list.Requests != 3 || list.Kinds != nil {
					t.Errorf("step %d: the list says %+v, the reading %+v", i, list, done)
				}
			}
		})
	}
}

// TestReaderComesBack sees what was gone: nothing is as it always was.
func TestReaderComesBack(t *testing.T) {
	var l ledger
	for i, n := range []int{9, 8, 9} {
		l.read(t, &fakePortal{items: things(n)}, metrics.Instant(100*(i+1)))
	}
	if got := l.snapshots[thing("c8").Entity.Ref]; got.Gone || len(got.Since) != 1 || got.Since[0] != 300 {
		t.Errorf("what came back is %+v, want it to be so since 300", got)
	}
}

// TestReaderLeavesTeams reads a catalog whose teams may not be read any more: they are not gone for it, nor who is in them.
func TestReaderLeavesTeams(t *testing.T) {
	var l ledger
	l.read(t, &fakePortal{items: append(things(9), team("payments", true, adaSpelled))}, 100)
	done := l.read(t, &fakePortal{items: things(8)}, 200)
	if want := []string{"component"}; !done.Complete || !cmp.Equal(l.newest().Kinds, want) || !cmp.Equal(l.gone(), []string{"c8"}) {
		t.Errorf("it came to %+v with kinds %v, gone are %v", done, l.newest().Kinds, l.gone())
	}
	if len(l.members) != 1 || l.members[0].To != metrics.Forever {
		t.Errorf("the memberships are %+v", l.members)
	}
}

// TestReaderMembers follows who is in teams from reading to reading.
func TestReaderMembers(t *testing.T) {
	ada, bo := []collectors.Spelling{adaSpelled}, []collectors.Spelling{boSpelled}
	type stay struct {
		Name, Team string
		From, To   metrics.Instant
	}
	always := func(name, team string) stay { return stay{name, "group:default/" + team, 0, metrics.Forever} }
	for name, steps := range map[string][]struct {
		items []catalog.Item
		err   error
		want  []stay
	}{
		"told by teams": {
			{[]catalog.Item{team("a", true, adaSpelled, boSpelled)}, nil, []stay{always("ada", "a"), always("bo", "a")}},
			{[]catalog.Item{team("a", true, boSpelled)}, nil, []stay{{"ada", "group:default/a", 0, 200}, always("bo", "a")}},
			{[]catalog.Item{team("a", true, adaSpelled, boSpelled)}, nil, []stay{{"ada", "group:default/a", 0, 200}, {"ada", "group:default/a", 300, metrics.Forever}, always("bo", "a")}},
		},
		"told by persons": {
			{[]catalog.Item{team("a", false), user("ada", ada, "a"), user("bo", bo, "a")}, nil, []stay{always("ada", "a"), always("bo", "a")}},
			{[]catalog.Item{team("a", false), user("ada", ada), user("bo", bo, "a")}, nil, []stay{{"ada", "group:default/a", 0, 200}, always("bo", "a")}},
			{[]catalog.Item{team("a", false), team("b", false)}, nil, []stay{{"ada", "group:default/a", 0, 200}, always("bo", "a")}},
		},
		"told by both": {
			{[]catalog.Item{team("a", true, adaSpelled), user("ada", ada, "a", "b")}, nil, []stay{always("ada", "a"), always("ada", "b")}},
		},
		"the list broke off": {
			{[]catalog.Item{team("a", true, adaSpelled, boSpelled), team("b", true)}, nil, []stay{always("ada", "a"), always("bo", "a")}},
			{[]catalog.Item{team("a", true, adaSpelled)}, errors.New("no"), []stay{always("ada", "a"), always("bo", "a")}},
		},
		"a team that is gone": {
			{[]catalog.Item{team("a", true, adaSpelled), team("b", true, adaSpelled)}, nil, []stay{always("ada", "a"), always("ada", "b")}},
			{[]catalog.Item{team("a", true, adaSpelled)}, nil, []stay{always("ada", "a"), {"ada", "group:default/b", 0, 200}}},
		},
		"broken off at first": {
			{[]catalog.Item{team("a", true, adaSpelled)}, errors.New("no"), []stay{always("ada", "a")}},
			{[]catalog.Item{team("a", true, adaSpelled), team("b", true, adaSpelled)}, nil, []stay{always("ada", "a"), always("ada", "b")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			people := testPeople(t)
			names := map[metrics.AliasID]string{
				people.Alias([]byte(adaSpelled.Name), []byte(adaSpelled.Email)): "ada", people.Alias([]byte(boSpelled.Name), []byte(boSpelled.Email)): "bo",
			}
			for i, step := range steps {
				l.read(t, &fakePortal{items: append(things(20), step.items...), err: step.err}, metrics.Instant(100*(i+1)))
				var got []stay
				newest := map[metrics.AliasID]metrics.Instant{}
				for _, id := range l.batches[len(l.batches)-1].Identities {
					newest[id.Alias] = id.Seen
				}
				for _, m := range l.members {
					got = append(got, stay{names[m.Alias], string(m.Team), m.From, m.To})
					if m.Seen < newest[m.Alias] {
						t.Errorf("%+v is not told with its spelling", m)
					}
				}
				slices.SortFunc(got, func(a, b stay) int {
					return strings.Compare(fmt.Sprint(a.Name, a.Team, a.From), fmt.Sprint(b.Name, b.Team, b.From))
				})
				if diff := cmp.Diff(got, step.want); diff != "" {
					t.Errorf("step %d (-got +want):\n%s", i, diff)
				}
			}
		})
	}
}

// TestReaderTeams writes groups as entities and as teams, with what they are part of and what hosts call them, and other names of
// theirs.
func TestReaderTeams(t *testing.T) {
	var l ledger
	child := team("a", true)
	child.Team.Parent, child.Team.Aliases = groupRef("b"), []string{"@Acme/A-Devs", "acme/a", "@ada", "", "A", " The A Team", "the a team", "ada@acme.dev", "user:default/ada", "a*", "a, b"}
	l.read(t, &fakePortal{items: []catalog.Item{child, team("b", true)}}, 100)
	want := []metrics.HostTeam{
		{Ref: "group:default/a", Parent: "group:default/b", Name: "A", Source: "portal", Seen: 100, Aliases: []metrics.TeamKey{"@acme/a-devs", "the a team"}},
		{Ref: "group:default/b", Name: "B", Source: "portal", Seen: 100},
	}
	if diff := cmp.Diff(l.batches[0].HostTeams, want); diff != "" || len(l.snapshots) != 2 {
		t.Errorf("%d entities, teams (-got +want):\n%s", len(l.snapshots), diff)
	}
}

// TestReaderEnds ends a reading in the middle, and lets writing fail.
func TestReaderEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var l ledger
	r := l.reader(t, &fakePortal{items: things(5000)}, 100)
	r.Progress = func(n int) {
		if n == 2500 {
			cancel()
		}
	}
	done, err := r.Read(ctx, nil, &l)
	if list := l.newest(); !errors.Is(err, context.Canceled) || len(l.snapshots) != 2500 || list.Complete || list.Entities != 2500 || !strings.Contains(list.Detail, "ended before") {
		t.Errorf("it came to %+v and %v, with %d entities and %+v", done, err, len(l.snapshots), list)
	}
	if len(l.batches) != 2 || len(l.batches[0].Snapshots) != 2000 {
		t.Errorf("it wrote %d batches", len(l.batches))
	}
	full := ledger{full: errors.New("the disk is full")}
	if _, err := full.reader(t, &fakePortal{items: things(5000)}, 100).Read(t.Context(), nil, &full); !errors.Is(err, full.full) {
		t.Errorf("of a store that takes nothing it says %v", err)
	}
}

// TestReaderMoment reads twice within a second: the second reading is told apart.
func TestReaderMoment(t *testing.T) {
	var l ledger
	l.read(t, &fakePortal{items: things(1)}, 100)
	l.read(t, &fakePortal{items: []catalog.Item{thing("c0", "owner", "ads")}}, 100)
	if got := l.snapshots[thing("c0").Entity.Ref]; got.Seen != 101 || l.newest().At != 101 {
		t.Errorf("the second is of %d, its list of %d", got.Seen, l.newest().At)
	}
	l.lists = nil // as after a reading that was killed
	l.read(t, &fakePortal{items: []catalog.Item{thing("c0", "owner", "pay")}}, 100)
	if got := l.snapshots[thing("c0").Entity.Ref]; got.Seen != 102 {
		t.Errorf("the third is of %d", got.Seen)
	}
}

// TestReaderOddOwners takes owners that are no references: they can be read again.
func TestReaderOddOwners(t *testing.T) {
	item := thing("pay", "owner", "Team A: all/of it")
	item.Owners = []catalog.Owner{{Ref: groupRef("team a: all/of it")}}
	var l ledger
	l.read(t, &fakePortal{items: []catalog.Item{item}}, 100)
	if got := l.snapshots[item.Entity.Ref]; got.Owners[0].Ref != (metrics.EntityRef{}) || got.Fields[0].Values[0] != "Team A: all/of it" {
		t.Errorf("got %+v", got)
	}
}
