package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestDescribed keeps what files describe and who owns units beside catalogs, and tells what is in force.
func TestDescribed(t *testing.T) {
	onEveryStore(t, testDescribed)
}

func testDescribed(t *testing.T, db *clickhouse.DB) {
	ctx := t.Context()
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1, Name: "github.com/acme/old", Seen: 1}, {ID: 1, Name: "github.com/acme/pay", Seen: 2}}})
	pay := func(owner string) metrics.Described {
		return metrics.Described{
			Repo: 1, Entity: metrics.Entity{
				Source: metrics.DescribedSource, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, Seen: 90,
				Fields: []metrics.EntityField{{Name: metrics.FieldOwner, Values: []string{owner, odd}}, {Name: metrics.FieldType, Unresolved: true}},
				Repo:   "github.com/acme/other", Folder: "svc", Descriptor: metrics.Place{Repo: "github.com/acme/pay", Path: "svc/catalog-info.yaml"},
			},
			Blob: "\x00b\xff", Line: 3, Lines: []int{7, 0}, Confirmed: []metrics.Instant{50, metrics.Beginning}, Written: []metrics.Instant{60, metrics.Beginning},
		}
	}
	bare := metrics.Described{Repo: 1, Entity: metrics.Entity{
		Source: metrics.DescribedSource, Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "shop"}, Seen: 90,
		Descriptor: metrics.Place{Repo: "github.com/acme/pay", Path: "z.yaml"},
	}}
	gap := metrics.Described{Repo: 1, Entity: metrics.Entity{
		Source: metrics.DescribedSource, Seen: 90, Repo: "github.com/acme/pay", Folder: "./x.yaml", Descriptor: metrics.Place{Repo: "github.com/acme/pay", Path: "zz.yaml"},
	}, Blob: "c", Line: 6}
	beside := []metrics.Beside{{Unit: metrics.Unit{Repo: 1}, Team: "cash", Source: metrics.OwnerCodeowners}, {Unit: metrics.Unit{Repo: 1, Component: "svc"}, Team: "pay", Source: metrics.OwnerConfig}}
	for i, step := range []struct {
		name      string
		described []metrics.Described
		beside    []metrics.Beside
	}{
		{"first", []metrics.Described{pay("a"), bare, gap}, beside},
		{"otherwise", []metrics.Described{pay("b")}, beside[:1]},
		{"nothing", nil, nil},
	} {
		g := clickhouse.Generation(i + 1)
		if err := db.WriteConclusions(ctx, g, &clickhouse.Conclusions{Described: step.described, Beside: step.beside}); err != nil {
			t.Fatal(err)
		}
		publish(t, db, g, 1)
		got, err := db.Described(ctx)
		if diff := cmp.Diff(got, step.described, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v, described -got +want\n%s", step.name, err, diff)
		}
		owners, err := db.Beside(ctx)
		if diff := cmp.Diff(owners, step.beside, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v, beside -got +want\n%s", step.name, err, diff)
		}
	}
}

// told is an entity of a portal as it was seen at a moment, with an owner.
func told(at metrics.Instant, name, repo, owner string, change ...func(*metrics.Snapshot)) metrics.Snapshot {
	s := metrics.Snapshot{
		Entity: metrics.Entity{
			Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: at, Repo: repo,
			Fields: []metrics.EntityField{{Name: metrics.FieldDescription, Values: []string{"x"}}, {Name: metrics.FieldOwner, Values: []string{owner}}},
		},
		Owners: []metrics.EntityOwner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: owner}}},
		Since:  make([]metrics.Instant, 2), By: make([]metrics.Editor, 2),
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// twoNames are repositories, of which the first had another name before.
func twoNames() []metrics.Repo {
	return []metrics.Repo{
		{ID: 1, Name: "github.com/acme/old", Seen: 1}, {ID: 1, Name: "github.com/acme/pay", Seen: 5}, {ID: 2, Name: "github.com/acme/shop", Seen: 5},
	}
}

// TestCatalogClaims finds what portals say of a repository by any of its names, and when they ended to say so.
func TestCatalogClaims(t *testing.T) {
	typed := func(s *metrics.Snapshot) { s.Owners = []metrics.EntityOwner{{}} }
	person := func(s *metrics.Snapshot) { s.Owners = []metrics.EntityOwner{{Person: 7}} }
	someone := func(s *metrics.Snapshot) {
		s.Owners = []metrics.EntityOwner{{Ref: metrics.EntityRef{Kind: "user", Namespace: "default", Name: "x"}, Person: 7}}
	}
	unresolved := func(s *metrics.Snapshot) { typed(s); s.Fields[1].Unresolved = true }
	lost := func(s *metrics.Snapshot) { s.Owners[0].Gone = true }
	gone := func(s *metrics.Snapshot) {
		*s = metrics.Snapshot{Entity: metrics.Entity{Source: s.Source, Ref: s.Ref, Seen: s.Seen}, Gone: true}
	}
	db := openStore(t)
	write(t, db, metrics.Batch{Repos: twoNames(), Snapshots: []metrics.Snapshot{
		told(10, "pay", "github.com/acme/old", "a"), told(20, "pay", "github.com/acme/pay", "b"), told(30, "pay", "github.com/acme/shop", "b"),
		told(10, "typed", "github.com/acme/pay", "A team", typed), told(10, "person", "github.com/acme/pay", "x", person), told(20, "person", "github.com/acme/pay", "x", someone),
		told(10, "unresolved", "github.com/acme/pay", "$text: x", unresolved), told(20, "unresolved", "", "", gone),
		told(10, "elsewhere", "github.com/other/x", "a"),
		told(10, "lost", "github.com/acme/pay", "a", lost), told(10, "typed-lost", "github.com/acme/pay", "A team", typed, lost),
	}})
	claim := func(at metrics.Instant, name string, owners ...string) metrics.CatalogClaim {
		return metrics.CatalogClaim{Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: at, Owners: owners}
	}
	left := func(c metrics.CatalogClaim) metrics.CatalogClaim { c.Gone = true; return c }
	none := func(c metrics.CatalogClaim) metrics.CatalogClaim { c.Lost = c.Owners; return c }
	want := [][]metrics.CatalogClaim{
		{
			none(claim(10, "lost", "group:default/a")), claim(10, "pay", "group:default/a"), claim(10, "person"), claim(10, "typed", "A team"),
			none(claim(10, "typed-lost", "A team")), claim(10, "unresolved"),
			claim(20, "pay", "group:default/b"), claim(20, "person"), left(claim(20, "unresolved")), left(claim(30, "pay", "group:default/b")),
		},
		{left(claim(10, "pay", "group:default/a")), left(claim(20, "pay", "group:default/b")), claim(30, "pay", "group:default/b")},
	}
	for i, h := range histories(t, db, 1, 2) {
		if diff := cmp.Diff(h.CatalogClaims, want[i], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("of repository %d -got +want\n%s", h.Repo.ID, diff)
		}
	}
}

// TestRetiredCatalogClaims ends what a catalog says when it was found to be taken out of the configuration, until it is put
// back: both make the repository be judged again.
func TestRetiredCatalogClaims(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{
		Repos: twoNames(), Snapshots: []metrics.Snapshot{told(10, "pay", "github.com/acme/pay", "a")},
		CatalogLists: []metrics.CatalogList{{Source: "backstage", At: 10, Complete: true}},
	})
	marked := map[uint64]bool{}
	for _, step := range []struct {
		sources []string
		at      metrics.Instant
		ended   metrics.Instant // 0 where it is not
	}{
		{nil, 0, 0},
		{[]string{"backstage", "git"}, 20, 0},
		{[]string{"git"}, 30, 30},
		{[]string{"git", "other"}, 40, 30},
		{[]string{"backstage", "git"}, 50, 0},
		{[]string{"git"}, 60, 60},
	} {
		if _, err := db.PutSources(t.Context(), step.sources, true, step.at); err != nil {
			t.Fatal(err)
		}
		ref := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}
		want := []metrics.CatalogClaim{{Source: "backstage", Ref: ref, Seen: 10, Owners: []string{"group:default/a"}}}
		if step.ended > 0 {
			want = append(want, metrics.CatalogClaim{Source: "backstage", Ref: ref, Seen: step.ended, Gone: true})
		}
		if diff := cmp.Diff(histories(t, db, 1, 2)[0].CatalogClaims, want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q at %d: -got +want\n%s", step.sources, step.at, diff)
		}
		marks, err := db.Marks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		marked[marks[0].Facts] = true
	}
	if len(marked) != 2 {
		t.Errorf("the repository is marked in %d ways, want two", len(marked))
	}
}

// TestPortalsAreMarked says which news of portals make which repositories be judged again.
func TestPortalsAreMarked(t *testing.T) {
	folder := func(s *metrics.Snapshot) { s.Folder = "svc" }
	lost := func(s *metrics.Snapshot) { s.Owners[0].Gone = true }
	described := func(s *metrics.Snapshot) { s.Fields[0].Values = []string{"y"} }
	gone := func(s *metrics.Snapshot) {
		*s = metrics.Snapshot{Entity: metrics.Entity{Source: s.Source, Ref: s.Ref, Seen: s.Seen}, Gone: true}
	}
	for _, c := range []struct {
		name string
		news metrics.Snapshot
		want []metrics.RepoID
	}{
		{"another owner", told(20, "pay", "github.com/acme/pay", "b"), []metrics.RepoID{1}},
		{"the same, by another name of the repository", told(20, "pay", "github.com/acme/old", "a"), nil},
		{"another owner, by another name of the repository", told(20, "pay", "github.com/acme/old", "b"), []metrics.RepoID{1}},
		{"another description", told(20, "pay", "github.com/acme/pay", "a", described), nil},
		{"the owner is no team any more", told(20, "pay", "github.com/acme/pay", "a", lost), []metrics.RepoID{1}},
		{"another folder", told(20, "pay", "github.com/acme/pay", "a", folder), []metrics.RepoID{1}},
		{"another repository", told(20, "pay", "github.com/acme/shop", "a"), []metrics.RepoID{1, 2}},
		{"it is gone", told(20, "pay", "", "", gone), []metrics.RepoID{1}},
		{"another entity", told(20, "more", "github.com/acme/shop", "a"), []metrics.RepoID{2}},
		{"of a repository that nobody knows", told(20, "more", "github.com/acme/unknown", "a"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, metrics.Batch{Repos: twoNames(), Snapshots: []metrics.Snapshot{told(10, "pay", "github.com/acme/pay", "a")}})
			before := marks(t, db)
			for range 2 { // twice changes nothing
				write(t, db, metrics.Batch{Snapshots: []metrics.Snapshot{c.news}})
			}
			var got []metrics.RepoID
			for i, m := range marks(t, db) {
				if !cmp.Equal(m, before[i]) {
					got = append(got, m.Repo)
				}
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("judged again -got +want\n%s", diff)
			}
		})
	}
}
