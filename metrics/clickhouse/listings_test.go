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
		part.Shard, part.Shards = 1, 4
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
