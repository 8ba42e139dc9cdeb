package freshness_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// ours is a repository in which payments commits.
func ours(name string) freshness.Repo {
	return freshness.Repo{Name: name, LastHuman: ago(3), Work: worked(did("payments", 2, 2))}
}

func TestFreshEntity(t *testing.T) {
	full := component("pay", pay, "owner=payments", "lifecycle=production", "system=money", "source=https://"+pay)
	with := func(fields ...string) freshness.Record { return component("pay", pay, fields...) }
	archived := ours(pay)
	archived.Archived = true
	hidden := freshness.Repo{Name: pay}
	tests := []struct {
		name   string
		repo   freshness.Repo
		record freshness.Record
		want   metrics.Truth
	}{
		{"all right", ours(pay), full, metrics.Yes},
		{"nothing but an owner that is right", ours(pay), with("owner=payments"), metrics.Yes},
		{"fields that are empty", ours(pay), with("owner=payments", "lifecycle=", "system=tbd"), metrics.Yes},
		{"no owner", ours(pay), with("lifecycle=production"), metrics.No},
		{"an owner that is wrong", ours(pay), with("owner=ghosts"), metrics.No},
		{"an owner that is neither right nor wrong", freshness.Repo{Name: pay, Work: worked(did("payments", 0, 1), did("checkout", 1, 1))}, with("owner=payments"), metrics.No},
		{"an owner of a repository to which nobody commits", freshness.Repo{Name: pay, Work: worked()}, aged(with("owner=payments"), ago(200)), metrics.Yes},
		{"an owner of whom nothing can be said", hidden, with("owner=payments"), metrics.Maybe},
		{"an owner of whom nothing can be said, and a field that is wrong", hidden, with("owner=payments", "system=honey"), metrics.No},
		{"a lifecycle that is wrong", archived, with("owner=payments", "lifecycle=production"), metrics.No},
		{"a lifecycle that is aged", ours(pay), aged(with("owner=payments", "lifecycle=purple"), ago(91)), metrics.No},
		{"a field that is aged, for which nobody asks", ours(pay), aged(with("owner=payments", "tier=1"), ago(91)), metrics.Yes},
		{"a field that is wrong, for which nobody asks", ours(pay), with("owner=payments", "depends_on=honey"), metrics.Yes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			money := entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, "")
			if got := judge(world(test.repo), test.record, money).Entities[0].Fresh; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestGhosts(t *testing.T) {
	resting := freshness.Repo{Name: pay, LastHuman: ago(200), Work: worked()}
	deployed := resting
	deployed.Deployed, deployed.DeploysKnown = ago(100), true
	never := resting
	never.DeploysKnown = true
	tests := []struct {
		name   string
		kind   string
		repo   string
		folder string
		known  freshness.Repo
		want   metrics.Truth
		cause  freshness.Cause
	}{
		{"alive", "component", pay, "", ours(pay), metrics.No, ""},
		{"gone", "component", pay, "", freshness.Repo{Name: pay, Gone: ago(1)}, metrics.Yes, freshness.CauseGone},
		{"not in the list of its owner", "component", pay, "", ours(shop), metrics.Yes, freshness.CauseGone},
		{"of an owner that was not listed", "component", "github.com/other/x", "", ours(shop), metrics.Maybe, freshness.CauseUnchecked},
		{"archived", "component", pay, "", freshness.Repo{Name: pay, Archived: true, LastHuman: ago(1)}, metrics.Yes, freshness.CauseArchived},
		{"resting, and never deployed", "component", pay, "", never, metrics.Yes, freshness.CauseQuiet},
		{"resting, and deployed", "component", pay, "", deployed, metrics.No, ""},
		{"resting, deployed nobody knows when", "component", pay, "", resting, metrics.Maybe, freshness.CauseQuiet},
		{"of which nothing is known", "component", pay, "", freshness.Repo{Name: pay}, metrics.Maybe, freshness.CauseQuiet},
		{"under its former name", "component", "github.com/acme/old", "", freshness.Repo{Name: pay, Former: []string{"github.com/acme/old"}, LastHuman: ago(1)}, metrics.No, ""},
		{"a component without a source", "component", "", "", ours(pay), metrics.Maybe, freshness.CauseUnchecked},
		{"a system without a source", "system", "", "", ours(pay), metrics.No, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := entity(metrics.EntityRef{Kind: test.kind, Namespace: "default", Name: "pay"}, test.repo)
			r.Folder = test.folder
			e := judge(world(test.known), r).Entities[0]
			if e.Ghost != test.want || e.GhostBy != test.cause {
				t.Errorf("got %v %q, want %v %q", e.Ghost, e.GhostBy, test.want, test.cause)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	deployed, undeployed := ours("github.com/acme/deployed"), ours("github.com/acme/undeployed")
	deployed.Deployed, deployed.DeploysKnown, undeployed.DeploysKnown = ago(3), true, true
	out := judge(world(
		ours(pay), ours(shop), deployed, undeployed,
		freshness.Repo{Name: "github.com/acme/renamed", Former: []string{"github.com/acme/old"}, LastHuman: ago(1)},
		freshness.Repo{Name: "github.com/acme/resting", LastHuman: ago(181), Work: worked()},
		freshness.Repo{Name: "github.com/acme/archived", LastHuman: ago(1), Archived: true},
		freshness.Repo{Name: "github.com/acme/gone", LastHuman: ago(1), Gone: ago(1)},
		freshness.Repo{Name: "github.com/acme/unread"},
	),
		component("pay", pay), component("old", "github.com/acme/old"), component("resting", "github.com/acme/resting"),
		entity(metrics.EntityRef{Kind: "location", Namespace: "default", Name: "shop"}, shop),
	)
	diff(t, out.Coverage, freshness.Share{Num: 2, Den: 4})
	diff(t, out.Dark, []string{"github.com/acme/deployed", shop})
	diff(t, len(out.Unread), 1)
	var covers []string
	for i := range out.Entities {
		covers = append(covers, out.Entities[i].Covers)
	}
	diff(t, covers, []string{pay, "github.com/acme/renamed", "", ""})
	unread := world(ours(pay), ours(shop)) // the rest of the catalog may be anything
	unread.Unread = true
	out = judge(unread, component("pay", pay))
	diff(t, out.Coverage, freshness.Share{Num: 1, Den: 2, Unknown: 1})
	diff(t, len(out.Dark), 0)
	diff(t, out.Uncertain, []string{shop})
}

func TestShares(t *testing.T) {
	orphan := component("orphan", "")
	orphan.Orphan = true
	out := judge(world(ours(pay), freshness.Repo{Name: shop, Archived: true, Work: worked()}),
		component("pay", pay, "owner=payments"), component("shop", shop, "owner=left"), component("unknown", "github.com/other/x", "owner=payments"), orphan,
		entity(metrics.EntityRef{Kind: "user", Namespace: "default", Name: "ana"}, "", "title=x"),
	)
	diff(t, out.Fresh, freshness.Share{Num: 1, Den: 4, Unknown: 1})
	diff(t, out.Owners, freshness.Share{Num: 1, Den: 4, Unknown: 1})
	diff(t, out.Ghosts, freshness.Share{Num: 1, Den: 4, Unknown: 2})
	diff(t, out.Ladder, [5]freshness.Share{{Num: 3, Den: 4}, {Num: 3, Den: 4}, {Num: 2, Den: 4}, {Num: 1, Den: 4, Unknown: 1}, {Num: 1, Den: 4, Unknown: 1}})
	diff(t, out.Orphans, 1)
	lo, hi := out.Fresh.Bounds()
	diff(t, [2]float64{lo, hi}, [2]float64{0.25, 0.5})
}

func TestNothingToJudge(t *testing.T) {
	out := judge(freshness.World{Now: now})
	if _, ok := out.Fresh.Value(); ok {
		t.Error("no entities have a share that is fresh")
	}
	lo, hi := out.Fresh.Bounds()
	diff(t, [2]float64{lo, hi}, [2]float64{0, 1})
	if len(out.Audit()) != 0 || len(out.Duplicates) != 0 || len(out.Dark) != 0 {
		t.Errorf("got %+v of nothing", out)
	}
}

// TestWilsonOfShares has the vectors of Wilson's interval.
func TestWilsonOfShares(t *testing.T) {
	tests := []struct {
		share  freshness.Share
		lo, hi float64
	}{
		{freshness.Share{Num: 4, Den: 10}, .168180, .687326}, {freshness.Share{Num: 12, Den: 30}, .245906, .576796},
		{freshness.Share{Num: 0, Den: 20}, 0, .161125}, {freshness.Share{Num: 20, Den: 20}, .838875, 1},
		{freshness.Share{Num: 40, Den: 100}, .309401, .497997}, {freshness.Share{Num: 7, Den: 50}, .069508, .261862},
	}
	for _, test := range tests {
		if lo, hi := test.share.Wilson(); math.Abs(lo-test.lo) > 1e-6 || math.Abs(hi-test.hi) > 1e-6 {
			t.Errorf("%+v: got %f to %f, want %f to %f", test.share, lo, hi, test.lo, test.hi)
		}
	}
}

func TestDuplicates(t *testing.T) {
	in := func(r freshness.Record, folder string) freshness.Record {
		r.Folder = folder
		return r
	}
	other := func(namespace, name, repo string) freshness.Record {
		return entity(metrics.EntityRef{Kind: "component", Namespace: namespace, Name: name}, repo)
	}
	renamed := ours(shop)
	renamed.Former = []string{"github.com/acme/old-shop"}
	out := judge(world(ours(pay), renamed, ours(mono)),
		component("pay", pay), component("pay2", pay), entity(metrics.EntityRef{Kind: "api", Namespace: "default", Name: "pay"}, pay),
		component("shop", shop), component("store", "github.com/acme/old-shop"),
		in(component("a", mono), "a"), in(component("b", mono), "b"), in(component("b2", mono), "b"),
		other("x", "same", "github.com/acme/x"), other("y", "same", "github.com/acme/y"),
		other("x", "twin", "github.com/acme/z"), component("free", ""), component("free2", ""),
	)
	diff(t, out.Duplicates, []freshness.Duplicate{
		{Name: "component:same", Refs: []metrics.EntityRef{ref(t, "x/same"), ref(t, "y/same")}},
		{Repo: mono + "//b", Refs: []metrics.EntityRef{ref(t, "b"), ref(t, "b2")}},
		{Repo: pay, Refs: []metrics.EntityRef{ref(t, "pay"), ref(t, "pay2")}},
		{Repo: shop, Refs: []metrics.EntityRef{ref(t, "shop"), ref(t, "store")}},
	})
}

func TestDisagreements(t *testing.T) {
	const web = "github.com/acme/web"
	by := func(source string, r freshness.Record) freshness.Record {
		r.Source = source
		return r
	}
	backstage := judge(world(ours(pay), ours(shop)),
		by("backstage", component("pay", pay, "owner=group:default/payments", "lifecycle=production", "tier=tier_1", "system=system:default/money", "title=Pay")),
		by("backstage", component("shop", shop, "owner=checkout", "lifecycle=experimental", "system=x")),
		by("backstage", entity(metrics.EntityRef{Kind: "api", Namespace: "default", Name: "shop"}, shop, "owner=payments")),
		by("backstage", component("alone", mono, "owner=payments")),
		by("backstage", component("linked", web, "owner=https://acme.dev/teams/payments")),
	)
	port := judge(world(ours(pay), ours(shop)),
		by("port", entity(metrics.EntityRef{Kind: "service", Namespace: "default", Name: "pay"}, pay, "owner=@acme/pay-devs", "lifecycle=GA", "tier=1", "system=Money", "title=Other")),
		by("port", entity(metrics.EntityRef{Kind: "service", Namespace: "default", Name: "shop"}, shop, "owner=payments", "lifecycle=tbd", "system=y")),
		by("port", entity(metrics.EntityRef{Kind: "service", Namespace: "default", Name: "linked"}, web, "owner=payments")),
	)
	want := []freshness.Disagreement{
		{Place: shop, Field: "owner", Sides: [2]freshness.Side{{"backstage", ref(t, "shop"), []string{"checkout"}}, {"port", ref(t, "service:shop"), []string{"payments"}}}},
		{Place: shop, Field: "system", Sides: [2]freshness.Side{{"backstage", ref(t, "shop"), []string{"x"}}, {"port", ref(t, "service:shop"), []string{"y"}}}},
		{Place: web, Field: "owner", Sides: [2]freshness.Side{{"backstage", ref(t, "linked"), []string{"https://acme.dev/teams/payments"}}, {"port", ref(t, "service:linked"), []string{"payments"}}}},
	}
	diff(t, freshness.Disagreements(backstage, port), want)
	diff(t, freshness.Disagreements(port, backstage), want)
	if list := freshness.Disagreements(backstage); len(list) != 0 {
		t.Errorf("one portal disagrees with itself: %v", list)
	}
}

// TestAuditCountsOwnersOnce counts owners however they are spelled, and nobody that no owner stands for.
func TestAuditCountsOwnersOnce(t *testing.T) {
	var records []freshness.Record
	for i, owner := range []string{"payments", "group:default/payments", "@acme/pay-devs", "Payments, checkout", "guests", "tbd", "ghosts"} {
		records = append(records, component(fmt.Sprint("c", i), pay, "owner="+owner))
	}
	for _, a := range judge(world(ours(pay)), records...).Audit() {
		if a.Field == metrics.FieldOwner && a.Distinct != 3 {
			t.Errorf("got %d owners, want payments, checkout and ghosts", a.Distinct)
		}
	}
}

func TestAudit(t *testing.T) {
	fields := func(name, repo, owner, tier, purpose string) freshness.Record {
		r := component(name, repo, "owner="+owner, "tier="+tier, "label.purpose="+purpose, "label.cost=", "annotation.k8s=auto")
		r.Confirmed[0].By = metrics.EditedByMachine // the annotation
		r.Confirmed[3].By = metrics.EditedByHuman   // the owner
		r.Confirmed[4].At = ago(200)                // the tier
		return r
	}
	declared := ours(pay)
	declared.Owner, declared.OwnedBy = "payments", metrics.OwnerCodeowners
	out := judge(world(declared, ours(shop), ours(mono)),
		fields("pay", pay, "payments", "1", "pays"), fields("shop", shop, "ghosts", "2", "sells"), fields("mono", mono, "checkout", "2", ""),
		fields("none", "", "tbd", "1", ""), entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "s"}, "", "owner=payments"),
	)
	diff(t, out.Fresh, freshness.Share{Num: 2, Den: 5})
	got := out.Audit()
	want := []freshness.FieldAudit{
		{
			Field: "annotation.k8s", Filled: freshness.Share{Num: 4, Den: 4}, Right: freshness.Share{Den: 4, Unknown: 4}, Wrong: freshness.Share{Den: 4, Unknown: 4},
			Aged: freshness.Share{Den: 4}, Distinct: 1, Age: 10, AgeKnown: true, Machine: freshness.Share{Num: 4, Den: 4}, Fillable: freshness.Share{Den: 4},
			Advice: freshness.Keep, Why: "programs fill it", IfFollowed: out.Fresh,
		},
		{
			Field: "label.cost", Filled: freshness.Share{Den: 4}, Fillable: freshness.Share{Den: 4},
			Advice: freshness.Kill, Why: "only 0 of 4 have it filled", IfFollowed: out.Fresh,
		},
		{
			Field: "label.purpose", Filled: freshness.Share{Num: 2, Den: 4}, Right: freshness.Share{Den: 2, Unknown: 2}, Wrong: freshness.Share{Den: 2, Unknown: 2},
			Aged: freshness.Share{Den: 2}, Distinct: 2, Age: 10, AgeKnown: true, Machine: freshness.Share{Den: 2, Unknown: 2}, Fillable: freshness.Share{Den: 4},
			Advice: freshness.Keep, Why: "people keep it up", IfFollowed: out.Fresh,
		},
		{
			Field: "owner", Filled: freshness.Share{Num: 4, Den: 5}, Right: freshness.Share{Num: 1, Den: 4, Unknown: 1}, Wrong: freshness.Share{Num: 2, Den: 4, Unknown: 1},
			Aged: freshness.Share{Den: 4}, Distinct: 3, Age: 10, AgeKnown: true, Machine: freshness.Share{Den: 4, Unknown: 1},
			Truth: "commits", Fillable: freshness.Share{Num: 3, Den: 5},
			Advice: freshness.Automate, Why: "commits could fill it", IfFollowed: freshness.Share{Num: 4, Den: 5},
		},
		{
			Field: "tier", Filled: freshness.Share{Num: 4, Den: 4}, Right: freshness.Share{Den: 4, Unknown: 4}, Wrong: freshness.Share{Den: 4, Unknown: 4},
			Aged: freshness.Share{Num: 4, Den: 4}, Distinct: 2, Age: 200, AgeKnown: true, Machine: freshness.Share{Den: 4, Unknown: 4}, Fillable: freshness.Share{Den: 4},
			Advice: freshness.Kill, Why: "of 4 that have it filled, 4 were confirmed too long ago", IfFollowed: out.Fresh,
		},
	}
	if d := cmp.Diff(got, want, cmpopts.EquateApprox(0, 1e-9)); d != "" {
		t.Errorf("-got +want\n%s", d)
	}
	diff(t, out.IfAllFollowed(got), freshness.Share{Num: 4, Den: 5})
	var fills [][]freshness.Fill
	for i := range out.Entities {
		fills = append(fills, out.Entities[i].Fills)
	}
	diff(t, fills, [][]freshness.Fill{{{Field: "owner", Truth: "codeowners"}}, {{Field: "owner", Truth: "commits"}}, {{Field: "owner", Truth: "commits"}}, nil, nil})
}

// TestAdviceAtTheLimits has fields that are just worth their while, and just not.
func TestAdviceAtTheLimits(t *testing.T) {
	tests := []struct {
		name                     string
		filled, machine, topical int // of ten
		old                      int
		want                     freshness.Advice
	}{
		{"filled by four of ten", 4, 0, 0, 0, freshness.Keep},
		{"filled by three of ten", 3, 0, 0, 0, freshness.Kill},
		{"sound in six of ten", 10, 0, 0, 4, freshness.Keep},
		{"sound in five of ten", 10, 0, 0, 5, freshness.Kill},
		{"what half of them could have from elsewhere", 10, 0, 5, 0, freshness.Automate},
		{"what fewer could have from elsewhere", 10, 0, 4, 0, freshness.Keep},
		{"nobody fills, and half could have from elsewhere", 0, 0, 5, 0, freshness.Automate},
		{"half of it from programs", 10, 5, 10, 0, freshness.Keep},
		{"less than half of it from programs", 10, 4, 10, 0, freshness.Automate},
		{"from programs, and old", 10, 10, 10, 5, freshness.Automate},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var repos []freshness.Repo
			var records []freshness.Record
			for i := range 10 {
				repo := ours(fmt.Sprint("github.com/acme/r", i))
				if i < test.topical {
					repo.Topics = []string{"go"}
				}
				r := component(fmt.Sprint("c", i), repo.Name, "tags=")
				if i < test.filled {
					r = component(fmt.Sprint("c", i), repo.Name, "tags=go")
				}
				if i < test.machine {
					r.Confirmed[0].By = metrics.EditedByMachine
				}
				if i < test.old {
					r = aged(r, ago(100))
				}
				repos, records = append(repos, repo), append(records, r)
			}
			for _, a := range judge(world(repos...), records...).Audit() {
				if a.Field == metrics.FieldTags && a.Advice != test.want {
					t.Errorf("got %s, %s, want %s", a.Advice, a.Why, test.want)
				}
			}
		})
	}
}

// TestAdviceOnWhatProgramsRead keeps what few fill and what is old, where that is there for programs, and says where it is wrong.
// What else is as seldom filled is of no use.
func TestAdviceOnWhatProgramsRead(t *testing.T) {
	slug := "annotation.github.com/project-slug"
	tests := []struct {
		field, value string
		filled, old  int // of ten
		advice       freshness.Advice
		why          string
	}{
		{"annotation.backstage.io/techdocs-ref", "dir:.", 1, 0, freshness.Keep, "programs read it"},
		{"annotation.pagerduty.com/service-id", "P123", 10, 10, freshness.Keep, "programs read it"},
		{"annotation.acme.dev/own", "", 0, 0, freshness.Keep, "programs read it"},
		{"template", "template:go", 1, 0, freshness.Keep, "programs read it, and 1 of 1 are wrong"},
		{"source", "https://github.com/acme/none", 3, 0, freshness.Keep, "programs read it, and 3 of 3 are wrong"},
		{slug, "acme/none", 4, 0, freshness.Keep, "programs read it, and 4 of 4 are wrong"},
		{"label.purpose", "pays", 1, 0, freshness.Kill, "only 1 of 10 have it filled"},
		{"links", "https://acme.dev", 1, 0, freshness.Kill, "only 1 of 10 have it filled"},
	}
	for _, test := range tests {
		t.Run(test.field, func(t *testing.T) {
			var records []freshness.Record
			for i := range 10 {
				value := ""
				if i < test.filled {
					value = test.value
				}
				r := component(fmt.Sprint("c", i), "", test.field+"="+value)
				if i < test.old {
					r = aged(r, ago(100))
				}
				records = append(records, r)
			}
			w := world(ours(pay))
			w.Listed = []string{"github.com/acme"}
			out := judge(w, records...)
			audit := out.Audit()
			i := slices.IndexFunc(audit, func(a freshness.FieldAudit) bool { return a.Field == test.field })
			if a := audit[i]; a.Advice != test.advice || a.Why != test.why || a.Advice == freshness.Keep && a.IfFollowed != out.Fresh {
				t.Errorf("got %s (%s), %v if followed", a.Advice, a.Why, a.IfFollowed)
			}
		})
	}
}

func TestAgeOfWhatIsConfirmedLater(t *testing.T) {
	r := aged(component("pay", pay, "owner=payments"), now+1)
	if a := judge(world(ours(pay)), r).Audit()[0]; a.AgeKnown {
		t.Errorf("got an age of %v days", a.Age)
	}
}

func TestSourcesOfTruth(t *testing.T) {
	archived := freshness.Repo{Name: pay, Archived: true, Work: worked(), Topics: []string{"go"}, TemplateOf: "github.com/acme/template"}
	out := judge(world(archived), component("pay", pay,
		"owner=payments", "lifecycle=production", "source=https://"+pay, "tags=go", "template=template:go", "annotation.github.com/project-slug=acme/pay", "tier=1"))
	got := map[string]string{}
	for _, a := range out.Audit() {
		got[a.Field] = a.Truth
	}
	diff(t, got, map[string]string{
		"owner": "", "lifecycle": "archival and deployments", "source": "code host", "tags": "topics", "template": "code host",
		"annotation.github.com/project-slug": "code host", "tier": "",
	})
}

func TestWithout(t *testing.T) {
	archived := ours(shop)
	archived.Archived = true
	out := judge(world(ours(pay), archived, ours(mono)),
		component("pay", pay, "owner=payments", "lifecycle=production"), component("shop", shop, "owner=payments", "lifecycle=production"),
		component("mono", mono, "owner=ghosts", "lifecycle=production", "system=none-such"),
	)
	tests := []struct {
		name    string
		without []string
		want    freshness.Share
	}{
		{"nothing", nil, freshness.Share{Num: 1, Den: 3}},
		{"a field for which nobody asks", []string{"tier"}, freshness.Share{Num: 1, Den: 3}},
		{"lifecycle", []string{"lifecycle"}, freshness.Share{Num: 2, Den: 3}},
		{"owner", []string{"owner"}, freshness.Share{Num: 1, Den: 3}},
		{"owner and system", []string{"owner", "system"}, freshness.Share{Num: 2, Den: 3}},
		{"all that makes an entity fresh", []string{"owner", "lifecycle", "system", "source"}, freshness.Share{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { diff(t, out.Without(test.without...), test.want) })
	}
}
