package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestSurvey compares the world that is found in a store with the same one made by hand.
func TestSurvey(t *testing.T) {
	o := newOrgan(t)
	pay := o.repo(metrics.Repo{Name: payRepo, Topics: []string{"go"}, TemplateOf: "github.com/acme/skeleton"}, append(payWork, worked{ofNone, 2}, worked{whoLeft, 50}, worked{whoLeft, 4})...)
	o.repo(metrics.Repo{Name: "github.com/acme/old", Archived: true, ArchivedAt: before(30)})
	o.write(metrics.Batch{
		Repos:       []metrics.Repo{{ID: pay, Name: "github.com/acme/payments", Source: "github", Seen: before(70)}},
		Deployments: []metrics.Deployment{{Repo: pay, ID: 1, Source: "github", Environment: "production", Outcome: metrics.RunSucceeded, Created: before(8), Seen: judgedAt}},
		Identities:  []metrics.Identity{{Alias: ofNone, Person: metrics.PersonID(ofNone), Kind: metrics.Human, Source: "backstage", Seen: judgedAt}},
		Memberships: []metrics.Membership{{Alias: ofNone, Person: metrics.PersonID(ofNone), Team: "group:default/guild", Source: "backstage", Period: metrics.Period{From: before(1), To: metrics.Forever}, Seen: judgedAt}},
	})
	o.described([]metrics.Beside{{Unit: metrics.Unit{Repo: pay}, Team: "checkout", Source: metrics.OwnerCodeowners}, {Unit: metrics.Unit{Repo: pay, Component: "svc"}, Team: "idle", Source: metrics.OwnerConfig}})
	lost := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "lost"}
	fired := component("pay", payRepo, "owner=group:default/fired")
	fired.Owners = []metrics.EntityOwner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "fired"}, Gone: true}, {Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "closed"}, Gone: true, Since: before(3)}}
	guild := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "guild"}, Seen: before(9)}}
	o.told("backstage", fired, guild, metrics.Snapshot{Entity: metrics.Entity{Ref: lost, Seen: before(6)}, Gone: true})

	s, err := o.survey(t.Context(), judgedAt)
	if err != nil {
		t.Fatal(err)
	}
	snapshots, err := o.db.Snapshots(t.Context(), "backstage")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := o.lists(t.Context())
	if err != nil || len(lists) != 1 {
		t.Fatalf("lists are %+v, %v", lists, err)
	}
	catalog := portalCatalog(s, &lists[0], snapshots, newDescriptions(s, nil))
	if err := s.lookUpWork(t.Context(), []*catalogState{catalog}); err != nil {
		t.Fatal(err)
	}
	got := s.world(catalog)

	always := metrics.Period{To: metrics.Forever}
	did := func(team metrics.TeamKey, in90, in180 int, days metrics.Instant) freshness.TeamWork {
		return freshness.TeamWork{Team: team, Count: freshness.Count{In90: in90, In180: in180}, Last: before(days)}
	}
	want := freshness.World{
		Now: judgedAt, Listed: []string{"github.com/acme"}, Complete: true, Vanished: map[metrics.EntityRef]metrics.Instant{lost: before(6)},
		Missing: map[metrics.EntityRef]freshness.Missing{fired.Owners[0].Ref: {At: before(50), Found: true}, fired.Owners[1].Ref: {At: before(3)}},
		Repos: []freshness.Repo{
			{Name: "github.com/acme/old", Archived: true, ArchivedAt: before(30), Work: freshness.Work{Known: true}},
			{
				Name: payRepo, Former: []string{"github.com/acme/payments"}, LastHuman: before(2), Deployed: before(8), DeploysKnown: true,
				Owner: "checkout", OwnedBy: metrics.OwnerCodeowners, Topics: []string{"go"}, TemplateOf: "github.com/acme/skeleton",
				Owners: map[string]metrics.OwnerSource{"svc": metrics.OwnerConfig},
				Work: freshness.Work{
					Known: true, Last: before(2), All: freshness.Count{In90: 6, In180: 7}, Unplaced: freshness.Count{In90: 3, In180: 3}, // of who is in a team since, and was in one in which nobody is by now
					Teams: []freshness.TeamWork{did("checkout", 1, 1, 12), {Team: "guild", Maybe: freshness.Count{In90: 1, In180: 1}}, did("payments", 2, 3, 3)},
				},
			},
		},
		Teams: []freshness.Team{
			{Key: "platform", Aliases: []string{"plat-*"}, Members: []metrics.Period{always}, Known: true},
			{Key: "bare"},
			{Key: "checkout", Members: []metrics.Period{always}, Known: true},
			{Key: "closed", Gone: before(3)},
			{Key: "fired", Gone: before(50), Found: true},
			{Key: "guild", Members: []metrics.Period{{From: before(1), To: metrics.Forever}}, Known: true},
			{Key: "idle", Members: []metrics.Period{always}, Known: true},
			{Key: "left", Members: []metrics.Period{{To: before(40)}}, Known: true},
			{Key: "payments", Members: []metrics.Period{always}, Known: true},
		},
	}
	if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestSurveyOfFolders tells apart who commits to folders that entities stand for, and what may have been committed there.
func TestSurveyOfFolders(t *testing.T) {
	o := newOrgan(t)
	id := o.repo(metrics.Repo{Name: payRepo})
	walk := metrics.Walk{ID: 7, Repo: id, Head: metrics.OID(strings.Repeat("h", 20)), At: judgedAt, Branch: "main", Folders: true}
	var b metrics.Batch
	for _, c := range []struct {
		by      metrics.AliasID
		ago     metrics.Instant
		folders []string
	}{
		{ofPayments, 3, []string{"svc/pay"}}, {ofPayments, 100, []string{"svc/pay/db", "svc/cart"}}, {ofCheckout, 5, []string{"svc/cart/ui"}},
		{ofIdle, 7, []string{"docs/", "svc/"}}, {ofNone, 9, []string{"/"}}, {ofNone, 11, []string{"svc"}}, {aBot, 2, []string{"svc/pay"}},
	} {
		b.Commits = append(b.Commits, metrics.Commit{Repo: id, Walk: walk.ID, Pos: walk.Commits, OID: walk.Head, Author: c.by, Committed: before(c.ago), Folders: c.folders})
		walk.Commits++
	}
	b.Walks = []metrics.Walk{walk}
	o.write(b)
	in := func(name, folder string) metrics.Snapshot {
		s := component(name, payRepo, "owner=payments")
		s.Folder = folder
		return s
	}
	o.told("backstage", in("pay", "svc/pay"), in("cart", "svc/cart"), in("docs", "docs"), in("all", ""))
	s, err := o.survey(t.Context(), judgedAt)
	if err != nil {
		t.Fatal(err)
	}
	snapshots, err := o.db.Snapshots(t.Context(), "backstage")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.lookUpWork(t.Context(), []*catalogState{portalCatalog(s, &catalogReading{}, snapshots, newDescriptions(s, nil))}); err != nil {
		t.Fatal(err)
	}
	count := func(in90, in180 int) freshness.Count { return freshness.Count{In90: in90, In180: in180} }
	perhaps := freshness.TeamWork{Team: "idle", Maybe: count(1, 1)}
	want := map[string]freshness.Work{
		"svc/pay": {Known: true, All: count(1, 2), Maybe: count(2, 2), Unplaced: count(1, 1), Last: before(3), Teams: []freshness.TeamWork{
			perhaps, {Team: "payments", Count: count(1, 2), Last: before(3)},
		}},
		"svc/cart": {Known: true, All: count(1, 2), Maybe: count(2, 2), Unplaced: count(1, 1), Last: before(5), Teams: []freshness.TeamWork{
			{Team: "checkout", Count: count(1, 1), Last: before(5)}, perhaps, {Team: "payments", Count: count(0, 1), Last: before(100)},
		}},
		"docs": {Known: true, All: count(1, 1), Maybe: count(1, 1), Unplaced: count(1, 1), Last: before(7), Teams: []freshness.TeamWork{{Team: "idle", Count: count(1, 1), Last: before(7)}}},
	}
	if diff := cmp.Diff(s.repos[0].Folders, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	if got := s.repos[0].Work.All; got != count(5, 6) {
		t.Errorf("all of the repository: got %+v", got)
	}
}

// TestSurveyJoinsTeams takes a team of a catalog for the one of the host that the catalog says it is.
func TestSurveyJoinsTeams(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	o.write(metrics.Batch{HostTeams: []metrics.HostTeam{{Ref: "group:default/cashiers", Name: "Cashiers", Source: "backstage", Seen: judgedAt, Aliases: []metrics.TeamKey{"@acme/payments"}}}})
	cashiers := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "cashiers"}, Seen: before(50)}}
	o.told("backstage", cashiers, component("pay", payRepo, "owner=cashiers"), component("pay-too", payRepo, "owner=group:default/cashiers"))
	o.judgeAll()
	for _, got := range o.verdicts(metrics.FieldOwner) {
		if steps := strings.Join(got.Steps, " "); steps != "yes yes yes yes yes" {
			t.Errorf("%s: steps are %s", got.Name, steps)
		}
	}
}

// TestSurveyKnowsWork knows all that was committed only where a reading that is not old saw the head of a whole history.
func TestSurveyKnowsWork(t *testing.T) {
	failed := func(at metrics.Instant) func(b *metrics.Batch) {
		return func(b *metrics.Batch) {
			b.Readings = []metrics.Reading{{Repo: metrics.NewRepoID(payRepo), Source: "github", At: at, Reason: metrics.ReasonForbidden}}
		}
	}
	for _, test := range []struct {
		name  string
		later metrics.Instant // days after the reading
		add   func(b *metrics.Batch)
		want  bool
	}{
		{name: "read now", want: true},
		{name: "read a week ago", later: 7, want: true},
		{name: "read longer ago", later: 8},
		{name: "a reading that failed since", add: failed(judgedAt + 1)},
		{name: "a reading that failed before", add: failed(judgedAt - 1), want: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOrgan(t)
			o.repo(metrics.Repo{Name: payRepo}, payWork...)
			if test.add != nil {
				var b metrics.Batch
				test.add(&b)
				o.write(b)
			}
			s, err := o.survey(t.Context(), judgedAt+test.later*metrics.Day)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.repos[0].Work.Known; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestOwnersListed(t *testing.T) {
	github := func(g config.GitHub) config.Source { return config.Source{Name: "s", GitHub: &g} }
	gitlab := func(g config.GitLab) config.Source { return config.Source{Name: "s", GitLab: &g} }
	list := func(shard, shards uint16, at metrics.Instant, full, whole bool) metrics.Listing {
		return metrics.Listing{Source: "s", Shard: shard, Shards: shards, At: at, Full: full, Whole: whole}
	}
	whole := []metrics.Listing{list(0, 0, 5, true, true)}
	acme := github(config.GitHub{Org: "Acme"})
	for _, test := range []struct {
		name     string
		source   config.Source
		listings []metrics.Listing
		want     []string
	}{
		{"an organisation", acme, whole, []string{"github.com/acme"}},
		{"a user", github(config.GitHub{User: "ana"}), whole, []string{"github.com/ana"}},
		{"on a host of one's own", github(config.GitHub{Org: "acme", URL: "https://git.acme.dev/api/v3"}), whole, []string{"git.acme.dev/acme"}},
		{"at the address of the API", github(config.GitHub{Org: "acme", URL: "https://api.github.com"}), whole, []string{"github.com/acme"}},
		{"a group", gitlab(config.GitLab{Group: "Acme/Pay"}), whole, []string{"gitlab.com/acme/pay"}},
		{"a group of a GitLab below a path", gitlab(config.GitLab{Group: "acme", URL: "https://dev.acme.dev/gitlab/"}), whole, []string{"dev.acme.dev/gitlab/acme"}},
		{"some left out", github(config.GitHub{Org: "acme", Exclude: []string{"x-*"}}), whole, nil},
		{"some alone", github(config.GitHub{Org: "acme", Include: []string{"x-*"}}), whole, nil},
		{"single repositories", github(config.GitHub{Repos: []string{"acme/pay"}}), whole, nil},
		{"clones", config.Source{Name: "s", Git: &config.Git{}}, whole, nil},
		{"never listed", acme, nil, nil},
		{"of another source", acme, []metrics.Listing{{Source: "other", Full: true, Whole: true}}, nil},
		{"a list of what is new since", acme, append(whole, list(0, 0, 6, false, false)), []string{"github.com/acme"}},
		{"a list since that is not believed", acme, append(whole, list(0, 0, 6, true, false)), nil},
		{"all parts", acme, []metrics.Listing{list(1, 2, 5, true, true), list(2, 2, 6, true, true)}, []string{"github.com/acme"}},
		{"one part of two", acme, []metrics.Listing{list(1, 2, 5, true, true)}, nil},
		{"one part that is not whole", acme, []metrics.Listing{list(1, 2, 5, true, true), list(2, 2, 6, true, false), list(2, 2, 4, true, true)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, lapsed := ownersListed([]config.Source{test.source}, test.listings)
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
			if owner := ownerListed(test.source); slices.Contains(lapsed, owner) != (owner != "" && len(got) == 0) {
				t.Errorf("lapsed are %q, beside %q that are listed", lapsed, got)
			}
		})
	}
}
