package freshness_test

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

func TestLifecycle(t *testing.T) {
	active := freshness.Repo{Name: pay, LastHuman: ago(3), Work: worked(did("payments", 2, 2))}
	resting := freshness.Repo{Name: pay, LastHuman: ago(300), Work: worked()}
	archived := freshness.Repo{Name: pay, Archived: true, ArchivedAt: ago(200), Work: worked()}
	gone := freshness.Repo{Name: pay, Gone: ago(5)}
	deployed := freshness.Repo{Name: pay, Work: worked(), Deployed: ago(80), DeploysKnown: true}
	told := func(w freshness.Work) freshness.Repo { // in the folder svc
		return freshness.Repo{Name: pay, LastHuman: ago(3), Work: active.Work, Folders: map[string]freshness.Work{"svc": w}}
	}
	tests := []struct {
		name   string
		value  string
		repo   freshness.Repo
		folder string
		want   string
	}{
		{"production, and worked on", "production", active, "", "right repo_active"},
		{"experimental, and worked on", "experimental", active, "", "right repo_active"},
		{"production, worked on this half-year", "Generally Available", freshness.Repo{Name: pay, Work: worked(did("payments", 0, 1))}, "", "right repo_active"},
		{"production, of a repository that rests", "production", resting, "", "unverified unchecked"},
		{"production, and deployed", "production", deployed, "", "right repo_active"},
		{"production, of a folder in a repository that was deployed", "production", deployed, "svc", "unverified unchecked"},
		{"experimental, and deployed", "experimental", deployed, "", "unverified unchecked"},
		{"production, deployed too long ago", "production", freshness.Repo{Name: pay, Work: worked(), Deployed: ago(91), DeploysKnown: true}, "", "unverified unchecked"},
		{"production, but archived", "production", archived, "", "wrong repo_archived"},
		{"in other words, but archived", "generally_available", archived, "", "wrong repo_archived"},
		{"experimental, but archived", "Experimental", archived, "", "wrong repo_archived"},
		{"deprecated, and archived", "deprecated", archived, "", "right repo_archived"},
		{"production, but gone", "production", gone, "", "wrong repo_gone"},
		{"retired, and gone", "retired", gone, "", "right repo_gone"},
		{"retired, but worked on", "end_of_life", active, "", "wrong repo_active"},
		{"retired, of a repository that rests", "retired", resting, "", "unverified unchecked"},
		{"deprecated, and still worked on", "deprecated", active, "", "unverified unchecked"},
		{"a word that nobody knows", "purple", archived, "", "unverified unchecked"},
		{"a placeholder", "Unknown", archived, "", "empty empty"},
		{"a placeholder before a word", "-|production", archived, "", "wrong repo_archived"},
		{"production, of a folder in an archived repository", "production", archived, "svc", "wrong repo_archived"},
		{"production, of a folder in a repository that is worked on", "production", active, "svc", "unverified unchecked"},
		{"production, of a folder that is worked on", "production", told(worked(did("payments", 1, 1))), "svc", "right repo_active"},
		{"production, of a folder that is perhaps worked on", "production", told(perhaps(worked(), did("payments", 1, 1))), "svc", "unverified unchecked"},
		{"retired, of a folder that is worked on", "end_of_life", told(worked(did("payments", 1, 1))), "svc", "wrong repo_active"},
		{"retired, of a folder that rests in a repository that is worked on", "end_of_life", told(worked()), "svc", "unverified unchecked"},
		{"production, of a repository that nobody knows", "production", freshness.Repo{Name: shop}, "", "unverified unchecked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", pay, "lifecycle="+test.value)
			r.Folder = test.folder
			diff(t, said(verdict(t, world(test.repo), metrics.FieldLifecycle, r)), test.want)
		})
	}
}

// TestEvidenceOfFolders dates commits to a folder by those, not by what was committed elsewhere.
func TestEvidenceOfFolders(t *testing.T) {
	repo, work := ours(pay), worked(did("payments", 1, 1))
	work.Last = ago(10)
	repo.Folders = map[string]freshness.Work{"svc": work}
	r := component("pay", pay, "lifecycle=production")
	r.Folder = "svc"
	diff(t, verdict(t, world(repo), metrics.FieldLifecycle, r).Evidence, []freshness.Evidence{{Fact: "commits", Subject: pay + "//svc", At: ago(10)}})
}

func TestReferences(t *testing.T) {
	others := []freshness.Record{
		entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, ""),
		entity(metrics.EntityRef{Kind: "system", Namespace: alpha, Name: "own"}, ""),
		entity(metrics.EntityRef{Kind: "domain", Namespace: "default", Name: "finance"}, ""),
		entity(metrics.EntityRef{Kind: "api", Namespace: "default", Name: "payments"}, ""),
		entity(metrics.EntityRef{Kind: "resource", Namespace: "default", Name: "db"}, ""),
		entity(metrics.EntityRef{Kind: "resource", Namespace: "default", Name: "todo"}, ""),
		component("shop", shop),
	}
	whole, part := world(), world()
	part.Complete = false
	some := world()
	some.Kinds = []string{"component", "system"}
	tests := []struct {
		name  string
		world freshness.World
		field string
		want  string
	}{
		{"a system", whole, "system=money", "right there"},
		{"a system in full, in other letters", whole, "system=System:Default/Money", "right there"},
		{"no such system", whole, "system=honey", "wrong dangling"},
		{"a system in another namespace", whole, "system=own", "wrong dangling"},
		{"a system in another namespace, in full", whole, "system=acme/own", "right there"},
		{"a text that is no reference", whole, "system=the money system", "wrong dangling"},
		{"a system, none of it", whole, "system=n/a", "empty empty"},
		{"a system to be found, in full", whole, "system=system:default/tbd", "empty empty"},
		{"a system to be found, in another namespace", whole, "system=acme/TBD", "empty empty"},
		{"a system, none of it, with its kind", whole, "system=system:n/a", "empty empty"},
		{"a system, nobody knows which", whole, "system=?", "empty empty"},
		{"what it depends on, none of it", whole, "depends_on=component:default/-|component:default/none", "empty empty"},
		{"what it depends on, and none", whole, "depends_on=component:default/shop|component:default/none", "right there"},
		{"what is called like a word for nothing", whole, "depends_on=resource:default/todo", "right there"},
		{"no such domain", whole, "domain=law", "wrong dangling"},
		{"a parent", whole, "parent=shop", "right there"},
		{"itself as its parent", whole, "parent=component:default/pay", "wrong self"},
		{"what it depends on", whole, "depends_on=shop|resource:db", "right there"},
		{"what it depends on, one of which is not there", whole, "depends_on=shop|resource:cache", "wrong dangling"},
		{"APIs", whole, "provides_apis=payments|-", "right there"},
		{"an API that is not there", whole, "consumes_apis=ledger", "wrong dangling"},
		{"a template that is not there", whole, "template=template:default/go", "wrong dangling"},
		{"a system, in a part of a catalog", part, "system=money", "right there"},
		{"no such system, in a part of a catalog", part, "system=honey", "unverified unchecked"},
		{"no such system, of kinds that were read", some, "system=honey", "wrong dangling"},
		{"a thing of a kind that was not read", some, "depends_on=environment:prod", "unverified unchecked"},
		{"a thing that is there and one of which nothing is known", some, "depends_on=shop|environment:prod", "unverified unchecked"},
		{"nothing behind one of which nothing is known", some, "depends_on=environment:prod|gone", "wrong dangling"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name, _, _ := strings.Cut(test.field, "=")
			diff(t, said(verdict(t, test.world, name, component("pay", pay, test.field), others...)), test.want)
		})
	}
}

// TestReferencesOfFiles judges what files refer to, of which they have only a part.
func TestReferencesOfFiles(t *testing.T) {
	money := entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, "")
	alone := world(ours(pay))
	alone.Part = true
	unread, beside, clones, stray, none := alone, alone, alone, alone, alone
	clones.Listed, none.Repos = nil, nil
	stray.Repos = append(stray.Repos, ours("github.com/other/lib"))
	unread.Complete = false
	beside.Others, beside.Elsewhere = true, map[metrics.EntityRef]bool{ref(t, "system:honey"): true, ref(t, "resource:todo"): true}
	tests := []struct {
		name  string
		world freshness.World
		field string
		want  string
	}{
		{"what another file has", alone, "system=money", "right there"},
		{"what no file has", alone, "system=honey", "wrong dangling"},
		{"what no file has, not all of which were read", unread, "system=honey", "unverified unchecked"},
		{"what no file of a few clones has", clones, "system=honey", "unverified unchecked"},
		{"what a file of a few clones has", clones, "system=money", "right there"},
		{"what no file has, with repositories of who has others", stray, "system=honey", "unverified unchecked"},
		{"what no file has, of no repository", none, "system=honey", "unverified unchecked"},
		{"what cannot be a reference, in a few clones", clones, "system=the honey", "wrong dangling"},
		{"a kind of which no file tells", alone, "domain=law", "unverified unchecked"},
		{"a namespace of which no file tells", alone, "system=acme/honey", "unverified unchecked"},
		{"what another file has, beside a portal", beside, "system=money", "right there"},
		{"what a portal has", beside, "system=honey", "right there"},
		{"what a portal has and a file", beside, "depends_on=system:honey|system:money", "right there"},
		{"what a portal has, called like a word for nothing", beside, "depends_on=resource:todo", "right there"},
		{"what neither has", beside, "system=salt", "unverified unchecked"},
		{"what neither has, nor can have", beside, "system=the salt", "wrong dangling"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name, _, _ := strings.Cut(test.field, "=")
			diff(t, said(verdict(t, test.world, name, component("pay", pay, test.field), money)), test.want)
		})
	}
}

func TestParentsOfTeams(t *testing.T) {
	group := func(name, parent string) freshness.Record {
		return entity(metrics.EntityRef{Kind: "group", Namespace: "default", Name: name}, "", "parent="+parent)
	}
	diff(t, said(verdict(t, world(), "parent", group("payments", "fintech"), group("fintech", "fintech"))), "right there")
	diff(t, said(verdict(t, world(), "parent", group("fintech", "fintech"))), "wrong self")
	diff(t, said(verdict(t, world(), "parent", group("payments", "fintech"))), "wrong dangling")
}

func TestSource(t *testing.T) {
	repos := []freshness.Repo{
		{Name: pay, Former: []string{"github.com/acme/old-pay", "github.com/acme/shop"}},
		{Name: shop, Archived: true}, {Name: "github.com/acme/lost", Gone: ago(8)},
		{Name: "gitlab.acme.dev/core/sub/ledger"},
	}
	w := world(repos...)
	w.Listed = append(w.Listed, "gitlab.acme.dev/core")
	tests := []struct {
		name   string
		repo   string
		folder string
		fields string
		of     string
		want   string
	}{
		{"there", pay, "", "source=https://github.com/acme/pay", "source", "right there"},
		{"archived, at its place", shop, "", "source=https://github.com/acme/shop", "source", "right repo_archived"},
		{"gone", "github.com/acme/lost", "", "source=https://github.com/acme/lost", "source", "wrong repo_gone"},
		{"in no list of its owner", "github.com/acme/never", "", "source=https://github.com/acme/never", "source", "wrong repo_gone"},
		{"of an owner that was not listed", "github.com/other/x", "", "source=https://github.com/other/x", "source", "unverified unchecked"},
		{"renamed", "github.com/acme/old-pay", "", "source=https://github.com/acme/old-pay", "source", "wrong repo_renamed"},
		{"by a former name that another has taken", shop, "", "source=https://github.com/acme/shop", "source", "right repo_archived"},
		{"in a folder that nobody looked up", pay, "cmd", "source=https://github.com/acme/pay/tree/main/cmd", "source", "unverified unchecked"},
		{"in a folder of what is gone", "github.com/acme/lost", "cmd", "source=https://github.com/acme/lost/tree/main/cmd", "source", "wrong repo_gone"},
		{"a slug alone", pay, "", "source=acme/pay", "source", "right there"},
		{"no repository", "", "", "source=https://wiki.acme.dev/pay", "source", "unverified unchecked"},
		{"a placeholder", "", "", "source=tbd", "source", "empty empty"},
		{"a slug in an annotation", pay, "", "annotation.github.com/project-slug=acme/pay", "annotation.github.com/project-slug", "right there"},
		{"a slug of what is gone", pay, "", "annotation.github.com/project-slug=acme/lost", "annotation.github.com/project-slug", "wrong repo_gone"},
		{"a slug of what is called otherwise", pay, "", "annotation.github.com/project-slug=Acme/Old-Pay", "annotation.github.com/project-slug", "wrong repo_renamed"},
		{"a slug on a host of its own", "", "", "annotation.gitlab.com/project-slug=core/sub/ledger;annotation.gitlab.com/instance=gitlab.acme.dev", "annotation.gitlab.com/project-slug", "right there"},
		{"a slug on a host that nobody read", "", "", "annotation.gitlab.com/project-slug=core/sub/ledger", "annotation.gitlab.com/project-slug", "unverified unchecked"},
		{"a slug that is none", "", "", "annotation.github.com/project-slug=n/a", "annotation.github.com/project-slug", "empty empty"},
		{"a place in an annotation", "", "", "annotation.backstage.io/source-location=url:https://github.com/acme/lost/tree/main/", "annotation.backstage.io/source-location", "wrong repo_gone"},
		{"a file on disk in an annotation", "", "", "annotation.backstage.io/source-location=file:/srv/x.yaml", "annotation.backstage.io/source-location", "unverified unchecked"},
		{"a URL in a property", "", "", "property.url=https://gitlab.acme.dev/core/sub/gone/-/tree/main", "property.url", "wrong repo_gone"},
		{"a URL of a group in a property", "", "", "property.url=https://gitlab.acme.dev/core/sub", "property.url", "unverified unchecked"},
		{"a URL below a group in a property", "", "", "property.url=https://gitlab.acme.dev/core/sub/gone", "property.url", "wrong repo_gone"},
		{"a URL of an owner in a property", "", "", "property.url=https://github.com/acme", "property.url", "unverified unchecked"},
		{"a URL on another host", "", "", "property.url=https://grafana.acme.dev/d/pay/x", "property.url", "unverified unchecked"},
		{"a remote of git", "", "", "property.url=git@github.com:acme/pay.git", "property.url", "right there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", test.repo, strings.Split(test.fields, ";")...)
			r.Folder = test.folder
			diff(t, said(verdict(t, w, test.of, r)), test.want)
		})
	}
}

// TestSourceInFolder claims of no folder that it is there where nobody looked that up; how long ago it was confirmed is all the
// same.
func TestSourceInFolder(t *testing.T) {
	there := ours(pay)
	there.There = map[string]bool{"cmd": true}
	archived, elsewhere := there, there
	archived.Archived, elsewhere.There = true, map[string]bool{"cmd/x": true, "docs": true}
	for _, test := range []struct {
		name string
		repo freshness.Repo
		want string
	}{
		{"with files in it", there, "right there: the repository that it names is there; so is the folder in it"},
		{"with files in it, archived", archived, "right repo_archived: the repository that it names is there, though archived; so is the folder in it"},
		{"of which nothing is known", ours(pay), "unverified unchecked: the repository that it names is there; nobody looked up the folder in it"},
		{"beside others with files in them", elsewhere, "unverified unchecked: the repository that it names is there; nobody looked up the folder in it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, confirmed := range []metrics.Instant{ago(10), ago(500)} {
				r := aged(component("pay", pay, "owner=payments", "source=https://github.com/acme/pay/tree/main/cmd"), confirmed)
				r.Folder = "cmd"
				test.repo.Folders = map[string]freshness.Work{"cmd": worked(did("payments", 1, 1))}
				e := judge(world(test.repo), r).Entities[0]
				f, _ := e.Field(metrics.FieldSource)
				diff(t, said(*f)+": "+f.Reason, test.want)
				diff(t, e.Fresh, metrics.Yes)
				diff(t, f.Evidence, []freshness.Evidence{{Fact: "repository", Subject: pay}})
			}
		})
	}
}

func TestLinks(t *testing.T) {
	w := world()
	w.Links = map[string]freshness.Link{
		"https://a.dev": {State: freshness.LinkAlive}, "https://b.dev": {State: freshness.LinkDead, Since: ago(4)}, "https://c.dev": {},
	}
	tests := []struct{ name, links, want string }{
		{"that answer", "https://a.dev", "right there"},
		{"one of which is dead", "https://a.dev|https://b.dev", "wrong dead_link"},
		{"one of which is dead behind one of which nothing is known", "https://c.dev|https://b.dev", "wrong dead_link"},
		{"of which nothing is known", "https://a.dev|https://c.dev", "unverified unchecked"},
		{"that were not tried", "https://d.dev", "unverified unchecked"},
		{"none", "todo", "empty empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diff(t, said(verdict(t, w, metrics.FieldLinks, component("pay", pay, "links="+test.links))), test.want)
		})
	}
}

func TestPlaceholders(t *testing.T) {
	for _, value := range []string{"", "tbd", "TBD", "Unknown", "n/a", "N/A", " guest ", "todo", "None", "-"} {
		r := component("pay", pay)
		r.Fields = []metrics.EntityField{{Name: "label.team", Values: []string{value}}}
		diff(t, said(verdict(t, world(), "label.team", r)), "empty empty")
	}
	for _, value := range []string{"none of your business", "tbd-service", "default", "na", "--x", "unknown error"} {
		diff(t, said(verdict(t, world(), "label.team", component("pay", pay, "label.team="+value))), "unverified unchecked")
	}
}

func TestAge(t *testing.T) {
	tests := []struct {
		name      string
		confirmed []freshness.Confirmation
		want      freshness.Verdict
	}{
		{"confirmed within 90 days", []freshness.Confirmation{{At: ago(90)}}, freshness.Unverified},
		{"confirmed before", []freshness.Confirmation{{At: ago(90) - 1}}, freshness.Aged},
		{"confirmed by a program before", []freshness.Confirmation{{At: ago(91), By: metrics.EditedByMachine}}, freshness.Aged},
		{"confirmed nobody knows when", []freshness.Confirmation{{}}, freshness.Unverified},
		{"of whose confirmation nothing is told", nil, freshness.Unverified},
		{"confirmed later than now", []freshness.Confirmation{{At: now + 1}}, freshness.Unverified},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", pay, "tier=1")
			r.Confirmed = test.confirmed
			if got := verdict(t, world(), metrics.FieldTier, r).Verdict; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestWhatAPlaceholderStandsFor(t *testing.T) {
	r := component("pay", pay, "system=$text: x", "tier=")
	r.Fields[0].Unresolved, r.Fields[1].Unresolved = true, true
	diff(t, said(verdict(t, world(), metrics.FieldSystem, r)), "unverified unresolved")
	diff(t, said(verdict(t, world(), metrics.FieldTier, r)), "unverified unresolved")
	diff(t, said(verdict(t, world(), metrics.FieldSystem, aged(r, ago(91)))), "unverified unresolved")
}

func TestReasonsAreShort(t *testing.T) {
	f := verdict(t, world(), metrics.FieldSystem, component("pay", pay, "system="+strings.Repeat("x", 5<<20)))
	if len(f.Reason) > 300 {
		t.Errorf("a reason of %d bytes", len(f.Reason))
	}
}

func TestVerdictNames(t *testing.T) {
	for _, v := range freshness.Verdicts() {
		text, err := v.MarshalText()
		if back, perr := freshness.ParseVerdict(string(text)); err != nil || perr != nil || back != v {
			t.Errorf("%v: got %v, %v, %v", v, back, err, perr)
		}
	}
	if _, err := freshness.ParseVerdict("green"); err == nil {
		t.Error("green is a verdict")
	}
}
