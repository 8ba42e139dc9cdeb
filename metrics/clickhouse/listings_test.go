package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

func TestListings(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		listing := func(at metrics.Instant, full, whole bool, mark string) metrics.Listing {
			return metrics.Listing{Source: "github", At: at, Full: full, Whole: whole, Repos: 7, Mark: mark}
		}
		part := listing(50, true, true, "part")
		part.Shard, part.Shards, part.Others = 1, 4, 20
		all := []metrics.Listing{
			listing(10, true, true, "a"), listing(20, false, false, "b"), listing(30, true, false, "c"), listing(40, false, false, odd), listing(5, true, true, "z"), part,
		}
		for range 2 { // twice changes nothing
			if err := db.Write(t.Context(), &metrics.Batch{Listings: all}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Listings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, []metrics.Listing{all[0], all[2], all[3], part}); diff != "" {
			t.Errorf("-got +want:\n%s", diff)
		}
	})
}

// TestHostsAndClones has a host and a clone tell of one repository in turn: what the clone does not know stays.
func TestHostsAndClones(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		host := metrics.Repo{
			ID: 1, Name: "github.com/acme/pay", Source: "github", Seen: 100, Location: "https://github.com/acme/pay", DefaultBranch: "main", Head: oid("a"),
			Created: 10, LastPush: 90, Archived: true, ArchivedAt: 95, Topics: []string{"money"}, HostID: "github.com#1", Visibility: metrics.Internal,
		}
		clone := metrics.Repo{ID: 1, Name: "github.com/acme/pay", Source: "git", Seen: 110, Location: "/src/pay", DefaultBranch: "trunk", Head: oid("b"), Shallow: true}
		if err := db.Write(t.Context(), &metrics.Batch{Repos: []metrics.Repo{host, clone}}); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Repos(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, []metrics.Repo{host, clone}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("rows (-got +want):\n%s", diff)
		}
		want := host
		want.Source, want.Seen, want.Location, want.DefaultBranch, want.Head, want.Shallow = clone.Source, clone.Seen, clone.Location, clone.DefaultBranch, clone.Head, true
		for h, err := range db.Histories(t.Context(), []metrics.RepoID{1}) {
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(h.Repo, want, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("repository (-got +want):\n%s", diff)
			}
		}
	})
}

// TestGone looks for repositories that were left out of whole listings.
func TestGone(t *testing.T) {
	seen := func(id metrics.RepoID, source string, at metrics.Instant) metrics.Repo {
		return metrics.Repo{ID: id, Name: "github.com/acme/pay", Source: source, Seen: at}
	}
	whole := func(source string, at metrics.Instant) metrics.Listing {
		return metrics.Listing{Source: source, At: at, Full: true, Whole: true, Repos: 9}
	}
	part := func(at metrics.Instant, shard, shards uint16) metrics.Listing {
		l := whole("git", at)
		l.Shard, l.Shards = shard, shards
		return l
	}
	short := metrics.Listing{Source: "git", At: 20, Full: true, Repos: 1}
	for _, tt := range []struct {
		name     string
		repos    []metrics.Repo
		listings []metrics.Listing
		without  string // the source that is taken out of the configuration
		want     metrics.Instant
	}{
		{"no listing", []metrics.Repo{seen(7, "git", 10)}, nil, "", 0},
		{"it is in the newest", []metrics.Repo{seen(7, "git", 10), seen(7, "git", 20)}, []metrics.Listing{whole("git", 10), whole("git", 20)}, "", 0},
		{"it is left out", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{whole("git", 10), whole("git", 20), whole("git", 30)}, "", 20},
		{"of a list that is not believed", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{short}, "", 0},
		{"of another source's", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{whole("github", 20)}, "", 0},
		{"of one of two sources", []metrics.Repo{seen(7, "git", 10), seen(7, "github", 30)}, []metrics.Listing{whole("git", 20), whole("github", 30)}, "", 0},
		{"of both, one after the other", []metrics.Repo{seen(7, "git", 10), seen(7, "github", 30)}, []metrics.Listing{whole("git", 20), whole("github", 40)}, "", 40},
		{"of another part", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{part(20, 1, 4)}, "", 0},
		{"of its part", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{part(20, 4, 4)}, "", 20},
		{"it came back", []metrics.Repo{seen(7, "git", 10), seen(7, "git", 30)}, []metrics.Listing{whole("git", 20), whole("git", 30)}, "", 0},
		{"of the one of two sources that is left", []metrics.Repo{seen(7, "git", 10), seen(7, "github", 10)}, []metrics.Listing{whole("github", 20)}, "git", 20},
		{"of the one that was taken out", []metrics.Repo{seen(7, "git", 10), seen(7, "github", 20)}, []metrics.Listing{whole("git", 20), whole("github", 20)}, "git", 0},
		{"of none, as nobody lists it any more", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{whole("github", 20)}, "git", 0},
		{"before its source was taken out", []metrics.Repo{seen(7, "git", 10)}, []metrics.Listing{whole("git", 20)}, "git", 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, metrics.Batch{Repos: tt.repos, Listings: tt.listings})
			retire(t, db, tt.without)
			for h, err := range db.Histories(t.Context(), []metrics.RepoID{7}) {
				if err != nil {
					t.Fatal(err)
				}
				if h.Gone != tt.want {
					t.Errorf("got gone at %d, want %d", h.Gone, tt.want)
				}
			}
		})
	}
}
