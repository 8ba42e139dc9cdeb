package collectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

func newPeople(t testing.TB, names collectors.Names) *collectors.People {
	t.Helper()
	if names.Key == nil {
		names.Key = []byte("key")
	}
	p, err := collectors.NewPeople(names)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeopleNeedAKey(t *testing.T) {
	if _, err := collectors.NewPeople(collectors.Names{}); err == nil {
		t.Error("got no error for an empty key")
	}
}

func TestAliases(t *testing.T) {
	p := newPeople(t, collectors.Names{})
	alias := func(name, email string) metrics.AliasID { return p.Alias([]byte(name), []byte(email)) }
	tests := []struct {
		name string
		a, b metrics.AliasID
		same bool
	}{
		{"the same spelling", alias("Ana", "ana@acme.dev"), alias("Ana", "ana@acme.dev"), true},
		{"another case", alias("ANA \u00c4", "Ana@Acme.dev"), alias("ana \u00e4", "ana@acme.dev"), true},
		{"another name", alias("Ana", "ana@acme.dev"), alias("Anna", "ana@acme.dev"), false},
		{"another address", alias("Ana", "ana@acme.dev"), alias("Ana", "ana@home.dev"), false},
		{"what is name and what is address", alias("ana", "x"), alias("anax", ""), false},
		{"another byte that is no UTF-8", alias("\xe4", "x"), alias("\xe5", "x"), false},
		{"another key", alias("Ana", "x"), newPeople(t, collectors.Names{Key: []byte("other")}).Alias([]byte("Ana"), []byte("x")), false},
		{"nobody", alias("", ""), 0, true},
		{"somebody", alias("Ana", ""), 0, false},
	}
	for _, test := range tests {
		if same := test.a == test.b; same != test.same {
			t.Errorf("%s: the aliases are the same: %v, want %v", test.name, same, test.same)
		}
	}
}

func TestIsTeam(t *testing.T) {
	p := newPeople(t, collectors.Names{Teams: []metrics.Team{{Key: "pay", Aliases: []string{"Boss@acme.dev", "*@pay.acme.dev"}}}})
	for spelling, want := range map[string]bool{"Pay": true, "boss@acme.dev": true, "ana@pay.acme.dev": false, "boss": false, "": false} {
		if got := p.IsTeam(spelling); got != want {
			t.Errorf("%q is a team: %v, want %v", spelling, got, want)
		}
	}
}

func TestAliasOfAKnownSpellingIsFree(t *testing.T) {
	p := newPeople(t, collectors.Names{})
	name, email := []byte("Ana"), []byte("ana@acme.dev")
	p.Alias(name, email)
	if got := testing.AllocsPerRun(100, func() { p.Alias(name, email) }); got != 0 {
		t.Errorf("it takes %v allocations, want none", got)
	}
}

func TestKinds(t *testing.T) {
	p := newPeople(t, collectors.Names{
		Bots:       []string{"renovate*", "CI-??", "*@bots.acme.dev", "[x]"},
		Initiators: []string{"scaffolder-bot", "*-swe-agent", "agent[bot]"},
	})
	tests := []struct {
		name, email string
		want        metrics.Kind
	}{
		{"Ana", "ana@acme.dev", metrics.Human},
		{"dependabot[bot]", "support@github.com", metrics.Bot},
		{"Dependabot", "49699333+dependabot[bot]@users.noreply.github.com", metrics.Bot},
		{"Renovate Bot", "x@y.z", metrics.Bot},
		{"x", "renovate@whitesource.com", metrics.Bot},
		{"x", "1+RENOVATE-app@users.noreply.github.com", metrics.Bot},
		{"my renovate", "x@y.z", metrics.Human},
		{"ci-01", "x@y.z", metrics.Bot},
		{"ci-001", "x@y.z", metrics.Human},
		{"x", "any@bots.acme.dev", metrics.Bot},
		{"[x]", "x@y.z", metrics.Bot},
		{"x", "x@y.z", metrics.Human},
		{"scaffolder-bot", "x@y.z", metrics.Initiator},
		{"x", "198982749+copilot-swe-agent@users.noreply.github.com", metrics.Initiator},
		{"agent[bot]", "x@y.z", metrics.Initiator},
		{"@agent[bot]", "", metrics.Initiator},
		{"bot", "bot@acme.dev", metrics.Human},
	}
	for _, test := range tests {
		s := collectors.Spelling{Name: test.name, Email: test.email}
		ids, _ := p.Identify(s, s, false, "git", 7)
		for _, id := range ids {
			if id.Kind != test.want || id.Source != "git" || id.Seen != 7 || id.Alias != p.Alias([]byte(test.name), []byte(test.email)) {
				t.Errorf("%s <%s> is %+v, want kind %d", test.name, test.email, id, test.want)
			}
		}
		if len(ids) == 0 {
			t.Errorf("%s <%s> is nobody", test.name, test.email)
		}
	}
}

func TestPersons(t *testing.T) {
	p := newPeople(t, collectors.Names{})
	s := func(name, email string) collectors.Spelling { return collectors.Spelling{Name: name, Email: email} }
	tests := []struct {
		name   string
		a, asA collectors.Spelling
		shared bool
		b      collectors.Spelling
		linked bool
	}{
		{"one address, two names", s("Ana", "ana@acme.dev"), s("Ana", "ana@acme.dev"), false, s("A. Lee", "ANA@acme.dev"), true},
		{"two addresses", s("Ana", "ana@acme.dev"), s("Ana", "ana@acme.dev"), false, s("Ana", "ana@home.dev"), false},
		{"an address of GitHub and a login", s("Ana", "12+ana@users.noreply.github.com"), s("Ana", "12+ana@users.noreply.github.com"), false, s("@Ana", ""), true},
		{"the older form of it", s("Ana", "ana@users.noreply.github.com"), s("Ana", "ana@users.noreply.github.com"), false, s("Ana", "12+ana@users.noreply.github.com"), true},
		{"the form of GitLab", s("Ana", "12-ana@users.noreply.gitlab.com"), s("Ana", "12-ana@users.noreply.gitlab.com"), false, s("@ana", ""), true},
		{"a login that begins like a number", s("x", "12-ana@users.noreply.github.com"), s("x", "12-ana@users.noreply.github.com"), false, s("@ana", ""), false},
		{"a name without an address is not a login", s("ana", ""), s("ana", ""), false, s("@ana", ""), false},
		{"a mapped address belongs to both", s("Ana", "old@acme.dev"), s("Ana", "ana@acme.dev"), false, s("x", "ana@acme.dev"), true},
		{"and links the old one", s("Ana", "old@acme.dev"), s("Ana", "ana@acme.dev"), false, s("x", "old@acme.dev"), true},
		{"a shared address is not linked", s("Ana", "shared@acme.dev"), s("Ana", "ana@acme.dev"), true, s("x", "shared@acme.dev"), false},
	}
	for _, test := range tests {
		a, _ := p.Identify(test.a, test.asA, test.shared, "git", 0)
		b, _ := p.Identify(test.b, test.b, false, "git", 0)
		linked := false
		for _, x := range a {
			for _, y := range b {
				linked = linked || x.Person == y.Person
			}
		}
		if linked != test.linked {
			t.Errorf("%s: linked is %v, want %v", test.name, linked, test.linked)
		}
	}
}

func TestMemberships(t *testing.T) {
	p := newPeople(t, collectors.Names{Teams: []metrics.Team{
		{Key: "pay", Members: []metrics.Member{{ID: "ana@acme.dev", From: 1, Until: 9}, {ID: "*@pay.acme.dev", Until: metrics.Forever}}},
		{Key: "web", Members: []metrics.Member{{ID: "ANA", From: 9, Until: metrics.Forever}, {ID: "@bob", Until: metrics.Forever}}},
	}})
	tests := []struct {
		s, as collectors.Spelling
		want  map[metrics.TeamKey]metrics.Period
	}{
		{s: collectors.Spelling{Name: "A", Email: "Ana@acme.dev"}, want: map[metrics.TeamKey]metrics.Period{"pay": {From: 1, To: 9}, "web": {From: 9, To: metrics.Forever}}},
		{s: collectors.Spelling{Name: "B", Email: "1+bob@users.noreply.github.com"}, want: map[metrics.TeamKey]metrics.Period{"web": {From: 0, To: metrics.Forever}}},
		{s: collectors.Spelling{Name: "C", Email: "old@home.dev"}, as: collectors.Spelling{Name: "C", Email: "cas@pay.acme.dev"}, want: map[metrics.TeamKey]metrics.Period{"pay": {From: 0, To: metrics.Forever}}},
		{s: collectors.Spelling{Name: "D", Email: "dora@acme.dev"}, want: map[metrics.TeamKey]metrics.Period{}},
	}
	for _, test := range tests {
		as := test.as
		if as == (collectors.Spelling{}) {
			as = test.s
		}
		ids, list := p.Identify(test.s, as, false, "git", 0)
		got := map[metrics.TeamKey]metrics.Period{}
		for _, m := range list {
			got[m.Team] = m.Period
			if m.Person != ids[0].Person || m.Source != "git" {
				t.Errorf("membership of %v is %+v, want person %d", test.s, m, ids[0].Person)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("memberships of %v (-want +got):\n%s", test.s, diff)
		}
	}
}

func TestFingerprintCoversWhatDecides(t *testing.T) {
	team := func(m metrics.Member) []metrics.Team {
		return []metrics.Team{{Key: "pay", Members: []metrics.Member{m}}}
	}
	base := collectors.Names{Key: []byte("key"), Bots: []string{"a", "b"}, Initiators: []string{"c"}, Teams: team(metrics.Member{ID: "x", From: 1, Until: 2})}
	change := func(f func(*collectors.Names)) collectors.Names {
		n := base
		f(&n)
		return n
	}
	tests := []struct {
		name  string
		names collectors.Names
		same  bool
	}{
		{"nothing", base, true},
		{"the order of bots", change(func(n *collectors.Names) { n.Bots = []string{"b", "a", "a"} }), true},
		{"the title of a team", change(func(n *collectors.Names) {
			n.Teams = []metrics.Team{{Key: "pay", Title: "Pay", Members: base.Teams[0].Members}}
		}), true},
		{"the key", change(func(n *collectors.Names) { n.Key = []byte("other") }), false},
		{"a bot", change(func(n *collectors.Names) { n.Bots = []string{"a"} }), false},
		{"a bot that initiates", change(func(n *collectors.Names) { n.Bots, n.Initiators = []string{"a"}, []string{"b", "c"} }), false},
		{"an initiator", change(func(n *collectors.Names) { n.Initiators = nil }), false},
		{"a member", change(func(n *collectors.Names) { n.Teams = team(metrics.Member{ID: "y", From: 1, Until: 2}) }), false},
		{"a member's begin", change(func(n *collectors.Names) { n.Teams = team(metrics.Member{ID: "x", From: 0, Until: 2}) }), false},
		{"a member's end", change(func(n *collectors.Names) { n.Teams = team(metrics.Member{ID: "x", From: 1, Until: 3}) }), false},
		{"a member's team", change(func(n *collectors.Names) {
			n.Teams = []metrics.Team{{Key: "web", Members: base.Teams[0].Members}}
		}), false},
	}
	for _, test := range tests {
		if same := newPeople(t, base).Fingerprint() == newPeople(t, test.names).Fingerprint(); same != test.same {
			t.Errorf("%s: the fingerprint is the same: %v, want %v", test.name, same, test.same)
		}
	}
}
