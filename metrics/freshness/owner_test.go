package freshness_test

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// steps writes a ladder and whether the owner is right: y, n or ? each.
func steps(l freshness.Ladder) string {
	letters := [...]string{metrics.No: "n", metrics.Maybe: "?", metrics.Yes: "y"}
	var b strings.Builder
	for _, s := range l.Steps {
		b.WriteString(letters[s])
	}
	return b.String() + " " + letters[l.Right]
}

func TestOwner(t *testing.T) {
	ours := worked(did("payments", 3, 9), did("checkout", 1, 2))
	theirs := worked(did("checkout", 3, 9))
	partly := freshness.Work{Teams: ours.Teams, All: ours.All}
	unplaced := func(w freshness.Work, in90, in180 int) freshness.Work {
		w.All.In90, w.All.In180 = w.All.In90+in90, w.All.In180+in180
		w.Unplaced = freshness.Count{In90: in90, In180: in180}
		return w
	}
	tests := []struct {
		name   string
		owner  string
		work   freshness.Work
		want   string // steps, right, verdict, cause
		actual metrics.TeamKey
	}{
		{"whose members do most", "payments", ours, "yyyyy y right commits", "payments"},
		{"by its reference", "group:default/payments", ours, "yyyyy y right commits", "payments"},
		{"in capitals, with white space", " Group:default/Payments ", ours, "yyyyy y right commits", "payments"},
		{"by an alias", "@acme/pay-devs", ours, "yyyyy y right commits", "payments"},
		{"by an alias with a wildcard", "Team Payments", ours, "yyyyy y right commits", "payments"},
		{"whose members do something", "checkout", ours, "yyyyn y right commits", "payments"},
		{"none", "", ours, "nnnnn n empty empty", "payments"},
		{"a placeholder", "TBD", ours, "nnnnn n empty empty", "payments"},
		{"a placeholder as a reference", "user:default/guest", ours, "nnnnn n empty empty", "payments"},
		{"a question mark", "?", ours, "nnnnn n empty empty", "payments"},
		{"a question mark as a reference", "group:default/?", ours, "nnnnn n empty empty", "payments"},
		{"a placeholder with a slash as a reference", "group:n/a", ours, "nnnnn n empty empty", "payments"},
		{"the team that everything gets", "group:default/default-team", ours, "nnnnn n empty empty", "payments"},
		{"a list of placeholders", "tbd, n/a|-", ours, "nnnnn n empty empty", "payments"},
		{"nobody knows", "group:default/ghosts", ours, "ynnnn n wrong no_team", "payments"},
		{"a text that is no reference", "the payments people", ours, "ynnnn n wrong no_team", "payments"},
		{"that the portal never had", "missing", ours, "ynnnn n wrong no_team", "payments"},
		{"that the portal says is gone", "dissolved", ours, "ynnnn n wrong no_team", "payments"},
		{"a person", "user:default/ana", ours, "ynnnn n wrong person", "payments"},
		{"an address", "bob@acme.dev", ours, "ynnnn n wrong person", "payments"},
		{"a login", "@bob", ours, "ynnnn n wrong person", "payments"},
		{"a person whom the configuration takes for a team", "ana@acme.dev", ours, "yyyyy y right commits", "payments"},
		{"a person beside a team", "payments|user:default/ana", ours, "yyyyy y right commits", "payments"},
		{"a list of teams", "checkout, payments", ours, "yyyyy y right commits", "payments"},
		{"a team beside nothing", "payments|ghosts", ours, "yyyyy n wrong no_team", "payments"},
		{"a placeholder beside a team", "tbd|payments", ours, "yyyyy y right commits", "payments"},
		{"without a member", "left", ours, "yynnn n wrong no_member", "payments"},
		{"without a member, where nobody commits", "left", worked(), "yynnn n wrong no_member", ""},
		{"whose former members committed", "left", worked(did("left", 2, 2)), "yynnn n wrong no_member", "left"},
		{"of whose members nothing is known", "hidden", ours, "yy??? ? unverified unchecked", "payments"},
		{"of whose members only commits are known", "hidden", worked(did("hidden", 2, 2)), "yy??? ? unverified unchecked", "hidden"},
		{"where others do the work", "payments", theirs, "yyynn n wrong others_commit", "checkout"},
		{"where nobody commits", "payments", worked(), "yyynn y unverified repo_quiet", ""},
		{"where others did the work, and nobody commits now", "payments", worked(did("checkout", 0, 5)), "yyynn y unverified repo_quiet", "checkout"},
		{"of whose members nothing is known, where others did the work, and nobody commits now", "hidden", worked(did("checkout", 0, 5)), "yy?n? ? unverified repo_quiet", "checkout"},
		{"that will be gone one day", "ending", worked(did("ending", 1, 1)), "yyyyy y right commits", "ending"},
		{"a person who is called like a team", "user:default/team-payments", ours, "ynnnn n wrong person", "payments"},
		{"without a member beside one that left", "left|dissolved", worked(did("left", 2, 2)), "yynnn n wrong no_team", "left"},
		{"without a member beside one that has", "left|payments", worked(did("left", 2, 2), did("payments", 0, 1)), "yyynn n unverified undecided", "left"},
		{"a domain", "domain:money", ours, "ynnnn n wrong no_team", "payments"},
		{"a component that is called like a team", "component:default/payments", ours, "ynnnn n wrong no_team", "payments"},
		{"a kind of which nothing is known, called like a team", "squad:payments", ours, "yyyyy y right commits", "payments"},
		{"that did something once", "payments", worked(did("payments", 0, 1), did("checkout", 3, 9)), "yyynn n unverified undecided", "checkout"},
		{"that did as much as another", "payments", worked(did("payments", 1, 4), did("checkout", 1, 4)), "yyyyy y right commits", ""},
		{"where not all commits are known", "checkout", partly, "yyyy? y right commits", ""},
		{"of no commits that are known", "left|payments", freshness.Work{}, "yyy?? ? unverified unchecked", ""},
		{"where people of no known team could turn it", "payments", unplaced(ours, 0, 8), "yyyy? y right commits", ""},
		{"where people of no known team could not turn it", "payments", unplaced(ours, 0, 6), "yyyyy y right commits", "payments"},
		{"where people of no known team did most, and it has others", "payments", unplaced(theirs, 9, 10), "yyynn n unverified undecided", ""},
		{"where people of no known team may be of it", "hidden", unplaced(theirs, 1, 7), "yy??? ? unverified unchecked", "checkout"},
		{"where people of no known team may be enough of it", "hidden", unplaced(theirs, 1, 9), "yy??? ? unverified unchecked", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := judge(world(freshness.Repo{Name: pay, Work: test.work}), component("pay", pay, "owner="+test.owner))
			e := out.Entities[0]
			f, _ := e.Field(metrics.FieldOwner)
			diff(t, steps(e.Owner)+" "+said(*f), test.want)
			diff(t, e.Owner.Actual, test.actual)
			if f.Reason == "" {
				t.Error("no reason")
			}
		})
	}
}

func TestOwnerOfWhatIsNotThere(t *testing.T) {
	group := entity(metrics.EntityRef{Kind: "group", Namespace: "default", Name: "seen"}, "")
	partial := func(w freshness.World) freshness.World {
		w.TeamsKnown, w.Complete = false, false
		return w
	}
	catalog := func(w freshness.World) freshness.World {
		w.TeamsKnown = false
		return w
	}
	same := func(w freshness.World) freshness.World { return w }
	addressed := func(w freshness.World) freshness.World {
		w.Teams[1].Aliases = []string{"https://acme.dev/teams/checkout"}
		return w
	}
	files := func(w freshness.World) freshness.World {
		w.TeamsKnown, w.Part = false, true
		return w
	}
	beside := func(w freshness.World) freshness.World {
		w = files(w)
		w.Others, w.Elsewhere = true, map[metrics.EntityRef]bool{ref(t, "team:crew"): true}
		return w
	}
	portal := func(w freshness.World) freshness.World {
		w = beside(w)
		w.AllTeams = true
		return w
	}
	tests := []struct {
		name   string
		owner  string
		change func(freshness.World) freshness.World
		others []freshness.Record
		want   string
	}{
		{"of a kind of things", "domain:money", partial, nil, "ynnnn n wrong no_team"},
		{"a URL that ends in the name of a team", "https://acme.dev/checkout", partial, nil, "ynnnn n wrong no_team"},
		{"a URL with a person in it", "https://ana@acme.dev/checkout", partial, nil, "ynnnn n wrong no_team"},
		{"a URL that is configured", "https://acme.dev/teams/checkout", addressed, nil, "yyyyy y right commits"},
		{"among teams that are not all known", "ghosts", partial, nil, "y???? ? unverified unchecked"},
		{"in a catalog without teams", "ghosts", catalog, nil, "y???? ? unverified unchecked"},
		{"in a whole catalog with teams", "ghosts", catalog, []freshness.Record{group}, "ynnnn n wrong no_team"},
		{"with a blank, in a whole catalog with teams", "ghosts of old", catalog, []freshness.Record{group}, "ynnnn n wrong no_team"},
		{"with a blank, in a catalog without teams", "ghosts of old", catalog, nil, "y???? ? unverified unchecked"},
		{"in a catalog with teams, of which a part was read", "ghosts", partial, []freshness.Record{group}, "y???? ? unverified unchecked"},
		{"in files with a team", "ghosts", files, []freshness.Record{group}, "y???? ? unverified unchecked"},
		{"in files with a team, beside a portal", "ghosts", beside, []freshness.Record{group}, "y???? ? unverified unchecked"},
		{"in files, beside portals with all teams", "ghosts", portal, []freshness.Record{group}, "ynnnn n wrong no_team"},
		{"in files, but in a portal", "crew", beside, nil, "yy??? ? unverified unchecked"},
		{"in files, but in a portal, by another word for teams", "group:default/crew", portal, nil, "yy??? ? unverified unchecked"},
		{"but in files, beside portals with all teams", "seen", portal, []freshness.Record{group}, "yy??? ? unverified unchecked"},
		{"but in the catalog", "seen", same, []freshness.Record{group}, "yy??? ? unverified unchecked"},
		{"but in another namespace of it", "acme/seen", same, []freshness.Record{group}, "ynnnn n wrong no_team"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := test.change(world(freshness.Repo{Name: pay, Work: worked(did("checkout", 1, 1))}))
			e := judge(w, append([]freshness.Record{component("pay", pay, "owner="+test.owner)}, test.others...)...).Entities[0]
			f, _ := e.Field(metrics.FieldOwner)
			diff(t, steps(e.Owner)+" "+said(*f), test.want)
		})
	}
}

// perhaps is work with more of it that may have been done elsewhere in the repository.
func perhaps(w freshness.Work, more ...freshness.TeamWork) freshness.Work {
	w.Doubt(worked(more...))
	return w
}

// TestHolds says on how many commits it rests who does the work.
func TestHolds(t *testing.T) {
	ours := worked(did("payments", 3, 9), did("checkout", 1, 2))
	doubtful := worked(did("payments", 3, 9))
	doubtful.Doubt(worked(did("checkout", 1, 2)))
	for name, test := range map[string]struct {
		work freshness.Work
		want freshness.Holds
	}{
		"of two teams":                          {ours, freshness.Holds{Team: 9, All: 11}},
		"with some that may be of the place":    {doubtful, freshness.Holds{Team: 9, All: 11}},
		"with those of nobody who is in a team": {freshness.Work{Known: true, All: freshness.Count{In180: 20}, Teams: ours.Teams}, freshness.Holds{Team: 9, All: 20}},
		"of nobody for certain":                 {freshness.Work{Known: true, All: ours.All, Unplaced: freshness.Count{In180: 8}, Teams: ours.Teams}, freshness.Holds{}},
		"of nobody":                             {worked(), freshness.Holds{}},
	} {
		out := judge(world(freshness.Repo{Name: pay, Work: test.work}), component("pay", pay, "owner=payments"))
		if got := out.Entities[0].Owner; got.Holds != test.want || (got.Actual == "payments") != (test.want.Team > 0) {
			t.Errorf("%s: got %+v of %s, want %+v", name, got.Holds, got.Actual, test.want)
		}
	}
}

func TestOwnerByPlace(t *testing.T) {
	busy := worked(did("checkout", 3, 9))
	ours, once := worked(did("payments", 1, 1), did("checkout", 3, 9)), worked(did("payments", 0, 1), did("checkout", 3, 9))
	quiet := freshness.Repo{Name: mono, Work: worked()}
	tests := []struct {
		name   string
		kind   string
		repo   string
		folder string
		repos  freshness.Repo
		want   string
	}{
		{"a folder whose commits are not told apart", "component", mono, "pay", freshness.Repo{Name: mono, Work: ours}, "yyy?? ? unverified unchecked"},
		{"a folder of a repository in which the team did something once", "component", mono, "pay", freshness.Repo{Name: mono, Work: once}, "yyyn? ? unverified unchecked"},
		{"a folder of a repository in which others commit", "component", mono, "pay", freshness.Repo{Name: mono, Work: busy}, "yyynn ? unverified unchecked"},
		{"a folder of a repository of which not all commits are known", "component", mono, "pay",
			freshness.Repo{Name: mono, Work: freshness.Work{Teams: busy.Teams, All: busy.All}}, "yyy?? ? unverified unchecked"},
		{"a folder of a repository to which nobody commits", "component", mono, "pay", quiet, "yyynn y unverified repo_quiet"},
		{"a folder with commits of its own", "component", mono, "pay",
			freshness.Repo{Name: mono, Work: busy, Folders: map[string]freshness.Work{"pay": worked(did("payments", 1, 1))}}, "yyyyy y right commits"},
		{"a folder to which others commit", "component", mono, "pay",
			freshness.Repo{Name: mono, Folders: map[string]freshness.Work{"pay": busy}}, "yyynn n wrong others_commit"},
		{"a folder to which others commit, and the team perhaps", "component", mono, "pay",
			freshness.Repo{Name: mono, Folders: map[string]freshness.Work{"pay": perhaps(busy, did("payments", 1, 1))}}, "yyy?n ? unverified unchecked"},
		{"a folder to which others commit, and more others perhaps", "component", mono, "pay",
			freshness.Repo{Name: mono, Folders: map[string]freshness.Work{"pay": perhaps(busy, did("left", 20, 20))}}, "yyynn n wrong others_commit"},
		{"a folder to which the team commits, and others perhaps more", "component", mono, "pay",
			freshness.Repo{Name: mono, Folders: map[string]freshness.Work{"pay": perhaps(worked(did("payments", 1, 1)), did("checkout", 3, 9))}}, "yyyy? y right commits"},
		{"a folder to which others committed, and now perhaps", "component", mono, "pay",
			freshness.Repo{Name: mono, Folders: map[string]freshness.Work{"pay": perhaps(worked(did("checkout", 0, 5)), did("checkout", 1, 1))}}, "yyynn ? unverified unchecked"},
		{"a folder of a repository that was archived long ago", "component", mono, "pay",
			freshness.Repo{Name: mono, Archived: true, ArchivedAt: ago(91), Folders: map[string]freshness.Work{"pay": {}}}, "yyy?? y unverified repo_quiet"},
		{"a repository under its old name", "component", mono, "", freshness.Repo{Name: pay, Former: []string{mono}, Work: busy}, "yyynn n wrong others_commit"},
		{"a repository that nobody knows", "component", "gitlab.com/acme/x", "", quiet, "yyy?? ? unverified unchecked"},
		{"a component without a repository", "component", "", "", quiet, "yyy?? ? unverified unchecked"},
		{"a system", "system", "", "", quiet, "yyy?? y unverified repo_quiet"},
		{"a repository that was archived long ago", "component", mono, "", freshness.Repo{Name: mono, Archived: true, ArchivedAt: ago(91)}, "yyy?? y unverified repo_quiet"},
		{"a repository that was archived lately", "component", mono, "", freshness.Repo{Name: mono, Archived: true, ArchivedAt: ago(89)}, "yyy?? ? unverified unchecked"},
		{"a repository whose newest commit alone is known", "component", mono, "", freshness.Repo{Name: mono, LastHuman: ago(5)}, "yyy?? ? unverified unchecked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := entity(metrics.EntityRef{Kind: test.kind, Namespace: "default", Name: "pay"}, test.repo, "owner=payments")
			r.Folder = test.folder
			e := judge(world(test.repos), r).Entities[0]
			f, _ := e.Field(metrics.FieldOwner)
			diff(t, steps(e.Owner)+" "+said(*f), test.want)
		})
	}
}

// TestWhoElseDoesTheWork names the team that has most commits only where that is certain.
func TestWhoElseDoesTheWork(t *testing.T) {
	tests := []struct {
		name string
		work freshness.Work
		want string
	}{
		{"one team", worked(did("checkout", 3, 9), did("left", 1, 1)), "checkout has most"},
		{"two teams", worked(did("checkout", 3, 9), did("left", 3, 9)), "other teams have most"},
		{"one team, or perhaps another", perhaps(worked(did("checkout", 3, 9)), did("left", 3, 10)), "other teams have most"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := verdict(t, world(freshness.Repo{Name: pay, Work: test.work}), metrics.FieldOwner, component("pay", pay, "owner=payments"))
			if f.Verdict != freshness.Wrong || !strings.Contains(f.Reason, test.want) {
				t.Errorf("got %v: %s", f.Verdict, f.Reason)
			}
		})
	}
}

// TestWhatFillsOwnersOfFolders takes for the owner of a folder who owns that component, not who owns the repository.
func TestWhatFillsOwnersOfFolders(t *testing.T) {
	repo := freshness.Repo{Name: pay, Owner: "checkout", OwnedBy: metrics.OwnerConfig, Owners: map[string]metrics.OwnerSource{"svc": metrics.OwnerCodeowners}}
	for folder, want := range map[string]string{"": "config", "svc": "codeowners", "lib": ""} {
		r := component("pay", pay, "owner=")
		r.Folder = folder
		diff(t, judge(world(repo), r).Audit()[0].Truth, want)
	}
}

func TestOwnerThatNobodyLookedUp(t *testing.T) {
	r := component("pay", pay, "owner=$text: ./OWNERS")
	r.Fields[0].Unresolved = true
	e := judge(world(freshness.Repo{Name: pay, Work: worked(did("payments", 1, 1))}), r).Entities[0]
	f, _ := e.Field(metrics.FieldOwner)
	diff(t, steps(e.Owner)+" "+said(*f), "y???? ? unverified unresolved")
}

func TestOwnerOfWhatHasNoSuchField(t *testing.T) {
	out := judge(world(), component("pay", pay, "type=service"), entity(metrics.EntityRef{Kind: "group", Namespace: "default", Name: "payments"}, "", "type=team"))
	f, ok := out.Entities[0].Field(metrics.FieldOwner)
	if !ok || said(*f) != "empty empty" {
		t.Errorf("of a component: got %v", f)
	}
	if _, ok := out.Entities[1].Field(metrics.FieldOwner); ok {
		t.Error("a team is asked for its owner")
	}
}

func TestSinceWhenOwnersAreWrong(t *testing.T) {
	vanished := entity(metrics.EntityRef{Kind: "group", Namespace: "default", Name: "seen"}, "")
	tests := []struct {
		name      string
		owner     string
		confirmed metrics.Instant
		found     metrics.Instant
		want      metrics.Instant
		dated     bool
	}{
		{"gone", "dissolved", ago(100), 0, ago(20), true},
		{"found to be gone", "missing", ago(100), 0, now, false},
		{"found to be gone by an earlier judgement", "missing", ago(100), ago(20), ago(20), false},
		{"gone when it was written", "dissolved", ago(10), 0, ago(10), true},
		{"missing since the catalog lost it", "vanished", ago(100), 0, ago(50), true},
		{"without a member", "left", ago(100), 0, ago(30), true},
		{"to have a member one day", "coming", ago(100), 0, now, false},
		{"not at work since half a year after its last commit", "checkout", ago(300), 0, ago(20), true},
		{"never there, and found so", "ghosts", ago(100), ago(40), ago(40), false},
		{"never there", "ghosts", ago(100), 0, now, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			once := did("checkout", 0, 0)
			once.Last = ago(200)
			work := worked(did("payments", 1, 1), once)
			work.Led = ago(150)
			w := world(freshness.Repo{Name: pay, Work: work})
			w.Vanished = map[metrics.EntityRef]metrics.Instant{ref(t, "group:vanished"): ago(50)}
			r := component("pay", pay, "owner="+test.owner)
			r.Confirmed[0] = freshness.Confirmation{At: test.confirmed, Wrong: test.found}
			f := verdict(t, w, metrics.FieldOwner, r, vanished)
			if f.Verdict != freshness.Wrong || f.Since != test.want || f.Dated != test.dated {
				t.Errorf("got %v since %v, dated %v, want %v, %v", f.Verdict, f.Since, f.Dated, test.want, test.dated)
			}
		})
	}
}

// TestWrongSinceItWasWritten dates nothing before the value was written, be it by a program, which confirms nothing.
func TestWrongSinceItWasWritten(t *testing.T) {
	for name, test := range map[string]struct {
		confirmed freshness.Confirmation
		want      metrics.Instant
		dated     bool
	}{
		"by a program when it was wrong":   {freshness.Confirmation{At: ago(400), Wrote: ago(10)}, ago(10), true},
		"by a program alone":               {freshness.Confirmation{Wrote: ago(10)}, ago(10), true},
		"by a program before it was wrong": {freshness.Confirmation{At: ago(400), Wrote: ago(50)}, ago(30), true},
		"by a human after a program":       {freshness.Confirmation{At: ago(5), Wrote: ago(10)}, ago(5), true},
	} {
		t.Run(name, func(t *testing.T) {
			r := component("pay", pay, "owner=left")
			r.Confirmed[0] = test.confirmed
			f := verdict(t, world(ours(pay)), metrics.FieldOwner, r)
			if f.Verdict != freshness.Wrong || f.Since != test.want || f.Dated != test.dated || f.Confirmed != test.confirmed.At {
				t.Errorf("got %v since %v, dated %v, confirmed at %v", f.Verdict, f.Since, f.Dated, f.Confirmed)
			}
		})
	}
}
