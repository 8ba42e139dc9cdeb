package clickhouse_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// worldNow is when the world is looked at.
const worldNow = metrics.Instant(1_700_000_000)

func daysAgo(days metrics.Instant) metrics.Instant { return worldNow - days*metrics.Day }

// landed is a walk of a repository whose commits an author made, so many days ago each. It is read now, at its head.
func landed(repo metrics.RepoID, name string, author metrics.AliasID, days ...metrics.Instant) metrics.Batch {
	walk := metrics.Walk{ID: metrics.WalkID(repo * 100), Repo: repo, Head: oid(name), Commits: uint32(len(days)), At: worldNow, Branch: "main"}
	b := metrics.Batch{
		Repos:    []metrics.Repo{{ID: repo, Name: name, Source: "git", Seen: worldNow}},
		Walks:    []metrics.Walk{walk},
		Readings: []metrics.Reading{{Repo: repo, Source: "git", At: worldNow, Complete: true, Head: oid(name)}},
	}
	for pos, ago := range days {
		b.Commits = append(b.Commits, metrics.Commit{Repo: repo, Walk: walk.ID, Pos: uint32(pos), OID: oid(name), Author: author, Committed: daysAgo(ago)})
	}
	return b
}

// seenOf returns what a world tells of a repository.
func seenOf(t *testing.T, db *clickhouse.DB, repo metrics.RepoID) clickhouse.Known {
	t.Helper()
	w, err := db.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(w.Repos, func(k clickhouse.Known) bool { return k.ID == repo })
	if i < 0 {
		t.Fatalf("repository %d is not there: %+v", repo, w.Repos)
	}
	return w.Repos[i]
}

func TestWorldRepos(t *testing.T) {
	seen := func(name, source string, at metrics.Instant) metrics.Batch {
		return metrics.Batch{Repos: []metrics.Repo{{ID: 1, Name: name, Source: source, Seen: at}}}
	}
	deployed := func(environment string, outcome metrics.RunResult, ago metrics.Instant) metrics.Batch {
		return metrics.Batch{Deployments: []metrics.Deployment{{Repo: 1, ID: uint64(ago), Source: "git", Environment: environment, Outcome: outcome, Created: daysAgo(ago), Seen: worldNow}}}
	}
	read := func(complete bool, head string, at metrics.Instant) metrics.Batch {
		return metrics.Batch{Readings: []metrics.Reading{{Repo: 1, Source: "git", At: at, Complete: complete, Head: oid(head)}}}
	}
	shallow := landed(1, "pay", 1, 100, 1)
	shallow.Walks[0].Grafted = true
	known := clickhouse.Known{Read: true, ReadAt: worldNow, Walked: true, Repo: metrics.Repo{Name: "pay"}}
	with := func(change func(k *clickhouse.Known)) clickhouse.Known {
		k := known
		change(&k)
		return k
	}
	for _, test := range []struct {
		name  string
		facts []metrics.Batch
		want  clickhouse.Known
	}{
		{"read", []metrics.Batch{landed(1, "pay", 1, 3)}, known},
		{"renamed", []metrics.Batch{landed(1, "pay", 1, 3), seen("old", "git", daysAgo(3)), seen("older", "git", daysAgo(5))},
			with(func(k *clickhouse.Known) { k.Former = []string{"older", "old"} })},
		{"missed in a whole list", []metrics.Batch{landed(1, "pay", 1, 3), {Listings: []metrics.Listing{{Source: "git", At: worldNow + 5, Full: true, Whole: true}}}},
			with(func(k *clickhouse.Known) { k.Gone = worldNow + 5 })},
		{"of a reading that failed", []metrics.Batch{landed(1, "pay", 1, 3), read(false, "", worldNow+5)},
			with(func(k *clickhouse.Known) { k.Read, k.ReadAt, k.Whole = false, worldNow+5, metrics.Forever })},
		{"read at a head that no walk leads to", []metrics.Batch{landed(1, "pay", 1, 3), read(true, "news", worldNow+5)},
			with(func(k *clickhouse.Known) { k.ReadAt, k.Whole = worldNow+5, metrics.Forever })},
		{"cut off", []metrics.Batch{shallow}, with(func(k *clickhouse.Known) { k.Whole = daysAgo(100) })},
		{"without a commit", []metrics.Batch{seen("pay", "git", worldNow), {Readings: []metrics.Reading{{Repo: 1, Source: "git", At: worldNow, Complete: true}}}},
			with(func(k *clickhouse.Known) { k.Walked = false })},
		{"never read", []metrics.Batch{seen("pay", "git", worldNow)}, clickhouse.Known{Repo: metrics.Repo{Name: "pay"}, Whole: metrics.Forever}},
		{"deployed", []metrics.Batch{landed(1, "pay", 1, 3), deployed("Production", metrics.RunSucceeded, 5), deployed("eu-prod", metrics.RunSucceeded, 7), deployed("prod", metrics.RunFailed, 1)},
			with(func(k *clickhouse.Known) { k.Deploys, k.Deployed = true, daysAgo(5) })},
		{"deployed in vain", []metrics.Batch{landed(1, "pay", 1, 3), deployed("production", metrics.RunFailed, 5)}, with(func(k *clickhouse.Known) { k.Deploys = true })},
		{"deployed elsewhere", []metrics.Batch{landed(1, "pay", 1, 3), deployed("github-pages", metrics.RunSucceeded, 5), deployed("product-preview", metrics.RunSucceeded, 5)}, known},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := openStore(t)
			for _, b := range test.facts {
				write(t, db, b)
			}
			got := seenOf(t, db, 1)
			got.Repo = metrics.Repo{Name: got.Name}
			if diff := cmp.Diff(got, test.want, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

func TestWorldWork(t *testing.T) {
	made := func(b metrics.Batch, change func(c *metrics.Commit)) metrics.Batch {
		change(&b.Commits[0])
		return b
	}
	day := func(author metrics.AliasID, lately, commits int, last metrics.Instant) clickhouse.Worked {
		return clickhouse.Worked{Repo: 1, Author: author, Lately: lately, Commits: commits, Last: daysAgo(last)}
	}
	agent := metrics.Batch{Identities: []metrics.Identity{{Alias: 9, Person: 9, Kind: metrics.Initiator, Source: "git", Seen: worldNow}}}
	together := func(c *metrics.Commit) { c.CoAuthors, c.RequestedBy = []metrics.AliasID{5}, []metrics.AliasID{4} }
	forced := landed(1, "pay", 1, 3, 2)
	forced.Walks = append(forced.Walks, metrics.Walk{ID: 7, Repo: 1, Head: oid("before"), Commits: 1, At: daysAgo(1), Branch: "main"})
	forced.Commits = append(forced.Commits, metrics.Commit{Repo: 1, Walk: 7, OID: oid("x"), Author: 8, Committed: daysAgo(1)})
	onFromTheMiddle := landed(1, "pay", 1, 3, 2)
	onFromTheMiddle.Walks[0].Head = oid("second")
	onFromTheMiddle.Walks = append(onFromTheMiddle.Walks, metrics.Walk{ID: 7, Repo: 1, Prev: 100, Base: oid("first"), Head: oid("pay"), First: 1, Commits: 1, At: worldNow, Branch: "main"})
	onFromTheMiddle.Commits = append(onFromTheMiddle.Commits, metrics.Commit{Repo: 1, Walk: 7, Pos: 1, OID: oid("y"), Author: 8, Committed: daysAgo(1)})
	killed := landed(1, "pay", 1, 3)
	killed.Commits = append(killed.Commits, metrics.Commit{Repo: 1, Walk: 7, OID: oid("x"), Author: 8, Committed: daysAgo(1)})
	for _, test := range []struct {
		name  string
		facts []metrics.Batch
		want  []clickhouse.Worked
	}{
		{"days by day, up to the edges", []metrics.Batch{landed(1, "pay", 1, 181, 180, 91, 90, 90, 1, -1, -2)},
			[]clickhouse.Worked{day(1, 0, 1, 180), day(1, 0, 1, 91), day(1, 2, 2, 90), day(1, 1, 1, 1), day(1, 1, 1, -1)}},
		{"written twice", []metrics.Batch{landed(1, "pay", 1, 3), landed(1, "pay", 1, 3)}, []clickhouse.Worked{day(1, 1, 1, 3)}},
		{"a merge", []metrics.Batch{made(landed(1, "pay", 1, 3, 2), func(c *metrics.Commit) { c.Merge = true })}, []clickhouse.Worked{day(1, 1, 1, 2)}},
		{"behind a merge", []metrics.Batch{made(landed(1, "pay", 1, 3, 2), func(c *metrics.Commit) { c.Seq = 1 })}, []clickhouse.Worked{day(1, 1, 1, 3), day(1, 1, 1, 2)}},
		{"together with others", []metrics.Batch{made(landed(1, "pay", 1, 3), together)}, []clickhouse.Worked{day(1, 1, 1, 3)}},
		{"by a program for others", []metrics.Batch{agent, made(landed(1, "pay", 9, 3), together)},
			[]clickhouse.Worked{{Repo: 1, Author: 9, MadeFor: []metrics.AliasID{4, 5}, Lately: 1, Commits: 1, Last: daysAgo(3)}}},
		{"before a force push", []metrics.Batch{forced}, []clickhouse.Worked{day(1, 1, 1, 3), day(1, 1, 1, 2)}},
		{"behind where the next walk goes on", []metrics.Batch{onFromTheMiddle}, []clickhouse.Worked{day(1, 1, 1, 3), day(8, 1, 1, 1)}},
		{"of a scan that was killed", []metrics.Batch{killed}, []clickhouse.Worked{day(1, 1, 1, 3)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(workOf(t, test.facts, nil), test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// workOf returns the work of 180 days that a world tells of.
func workOf(t *testing.T, facts []metrics.Batch, folders map[metrics.RepoID][]string) (got []clickhouse.Worked) {
	t.Helper()
	db := openStore(t)
	for _, b := range facts {
		write(t, db, b)
	}
	w, err := db.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for day, err := range w.Work(t.Context(), clickhouse.WorkWanted{Since: daysAgo(180), Lately: daysAgo(90), Until: daysAgo(-1), Folders: folders}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, day)
	}
	return got
}

// TestWorldWorkOfSome asks for some repositories and authors alone; programs may have made commits for these.
func TestWorldWorkOfSome(t *testing.T) {
	db := openStore(t)
	program := landed(2, "cart", 9, 4)
	program.Commits[0].RequestedBy = []metrics.AliasID{1}
	for _, b := range []metrics.Batch{
		landed(1, "pay", 1, 400), program, landed(3, "web", 1, 5), landed(4, "shop", 2, 3),
		{Identities: []metrics.Identity{{Alias: 9, Person: 9, Kind: metrics.Initiator, Source: "git", Seen: worldNow}}},
	} {
		write(t, db, b)
	}
	w, err := db.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		by   map[metrics.RepoID][]metrics.AliasID
		want []metrics.RepoID
	}{
		{"of anybody", nil, []metrics.RepoID{1, 2, 3, 4}},
		{"of one, and of a program", map[metrics.RepoID][]metrics.AliasID{1: {1}, 2: {1}, 3: {1}, 4: {1}}, []metrics.RepoID{1, 2, 3}},
		{"of one each, and of a program", map[metrics.RepoID][]metrics.AliasID{1: {1, 2}, 2: {5}, 3: {2}, 4: {2, 3}, 7: {1}}, []metrics.RepoID{1, 2, 4}},
		{"in none", map[metrics.RepoID][]metrics.AliasID{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []metrics.RepoID
			for day, err := range w.Work(t.Context(), clickhouse.WorkWanted{Until: worldNow, By: test.by}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, day.Repo)
			}
			if diff := cmp.Diff(slices.Compact(got), test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

func TestWorldWorkInFolders(t *testing.T) {
	in := func(folder string) clickhouse.Worked {
		return clickhouse.Worked{Repo: 1, Folder: folder, Author: 1, Lately: 1, Commits: 1, Last: daysAgo(3)}
	}
	of := func(lists ...[]string) metrics.Batch {
		b := landed(1, "pay", 1)
		b.Walks[0].Folders, b.Walks[0].Commits = true, uint32(len(lists))
		for pos, folders := range lists {
			b.Commits = append(b.Commits, metrics.Commit{Repo: 1, Walk: 100, Pos: uint32(pos), OID: oid("pay"), Author: 1, Committed: daysAgo(3), Folders: folders})
		}
		return b
	}
	within := func(folders ...string) metrics.Batch { return of(folders) }
	twice := in("")
	twice.Lately, twice.Commits = 2, 2
	merge := within("svc/pay")
	merge.Commits[0].Merge = true
	before := landed(1, "pay", 1, 3)
	for _, test := range []struct {
		name  string
		facts []metrics.Batch
		want  []clickhouse.Worked
	}{
		{"in it", []metrics.Batch{within("svc/pay")}, []clickhouse.Worked{in(""), in("svc/pay")}},
		{"below it, in two places", []metrics.Batch{within("svc/pay/db", "svc/pay/ui/x")}, []clickhouse.Worked{in(""), in("svc/pay")}},
		{"in two folders", []metrics.Batch{within("svc/cart", "svc/pay")}, []clickhouse.Worked{in(""), in("svc/cart"), in("svc/pay")}},
		{"above it, beside it, and where the beginning is the same", []metrics.Batch{within("", "svc", "svc/other", "svc/payments")}, []clickhouse.Worked{in("")}},
		{"in some folders above it", []metrics.Batch{within("", "svc/")}, []clickhouse.Worked{in(""), in("svc/")}},
		{"in some folders below it and elsewhere", []metrics.Batch{within("docs/", "svc/pay/")}, []clickhouse.Worked{in(""), in("docs/"), in("svc/pay"), in("svc/pay/")}},
		{"in any folders", []metrics.Batch{within("", "/")}, []clickhouse.Worked{in(""), in("/")}},
		{"in none", []metrics.Batch{within()}, []clickhouse.Worked{in("")}},
		{"twice, once there", []metrics.Batch{of([]string{"svc/pay"}, []string{"docs"})}, []clickhouse.Worked{twice, in("svc/pay")}},
		{"by a merge", []metrics.Batch{merge}, nil},
		{"in a walk that did not keep folders", []metrics.Batch{before}, []clickhouse.Worked{in(""), in("/")}},
		{"in such a walk that was walked again", []metrics.Batch{before, within("svc/pay")}, []clickhouse.Worked{in(""), in("svc/pay")}},
		{"in a repository none of whose folders is asked for", []metrics.Batch{landed(3, "cart", 1, 3)}, []clickhouse.Worked{{Repo: 3, Author: 1, Lately: 1, Commits: 1, Last: daysAgo(3)}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := workOf(t, test.facts, map[metrics.RepoID][]string{1: {"svc/cart", "svc/pay"}, 2: {"svc/other"}})
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestWorldWorkOfEach asks for single moments of some repositories, each from its own on.
func TestWorldWorkOfEach(t *testing.T) {
	db := openStore(t)
	twice := landed(1, "pay", 1, 400, 300, 3, 3)
	twice.Commits[3].Committed++
	for _, b := range []metrics.Batch{twice, landed(2, "cart", 1, 300, 200), landed(3, "web", 1, 5)} {
		write(t, db, b)
	}
	w, err := db.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []clickhouse.Worked
	wanted := clickhouse.WorkWanted{Since: daysAgo(300), Until: worldNow, Each: map[metrics.RepoID]metrics.Instant{1: daysAgo(300), 2: daysAgo(250)}, Exactly: true}
	for made, err := range w.Work(t.Context(), wanted) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, made)
	}
	made := func(repo metrics.RepoID, at metrics.Instant) clickhouse.Worked {
		return clickhouse.Worked{Repo: repo, Author: 1, Lately: 1, Commits: 1, Last: at}
	}
	want := []clickhouse.Worked{made(1, daysAgo(300)), made(1, daysAgo(3)), made(1, daysAgo(3)+1), made(2, daysAgo(200))}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}
