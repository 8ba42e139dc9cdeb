package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestSnapshots stores how entities were seen, twice, and finds the last of each.
func TestSnapshots(t *testing.T) {
	onEveryStore(t, testSnapshots)
}

func testSnapshots(t *testing.T, db *clickhouse.DB) {
	ctx := t.Context()
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	pay, old := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, metrics.EntityRef{Kind: "component", Namespace: "default", Name: "old"}
	seen := func(ref metrics.EntityRef, at metrics.Instant, owner string) metrics.Snapshot {
		return metrics.Snapshot{
			Entity: metrics.Entity{
				Source: "backstage", Ref: ref, Seen: at, Repo: "github.com/acme/pay", Folder: "svc", Orphan: true, Problems: []string{"owner: not found"}, Edited: 50,
				Descriptor: metrics.Place{Repo: "github.com/acme/pay", Path: "svc/catalog-info.yaml"},
				Fields:     []metrics.EntityField{{Name: metrics.FieldOwner, Values: []string{owner, "second"}}, {Name: metrics.FieldTitle, Unresolved: true}},
			},
			Owners: []metrics.EntityOwner{{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: owner}}, {Person: 7, Gone: true}},
			Since:  []metrics.Instant{at, metrics.Beginning}, By: []metrics.Editor{metrics.EditedByHuman, metrics.EditorUnknown},
		}
	}
	gone := metrics.Snapshot{Entity: metrics.Entity{Source: "backstage", Ref: old, Seen: 200}, Gone: true}
	lists := []metrics.CatalogList{
		{Source: "backstage", At: 100, Complete: true, Kinds: []string{"component"}, Entities: 2, Requests: 3},
		{Source: "backstage", At: 200, Entities: 1, Requests: 1, Detail: "429"}, {Source: "backstage", At: 150, Complete: true, Entities: 2},
	}
	for range 2 { // twice changes nothing
		batch := &metrics.Batch{Snapshots: []metrics.Snapshot{seen(pay, 100, "cash"), seen(old, 100, "cash"), seen(pay, 200, "pay-devs"), gone}, CatalogLists: lists}
		if err := db.Write(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	for _, source := range []string{"", "backstage"} {
		got, err := db.Snapshots(ctx, source)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, []metrics.Snapshot{gone, seen(pay, 200, "pay-devs")}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("of %q -got +want\n%s", source, diff)
		}
	}
	if got, err := db.Snapshots(ctx, "port"); err != nil || len(got) > 0 {
		t.Errorf("of another source there are %v, %v", got, err)
	}
	got, err := db.CatalogLists(ctx)
	want := []metrics.CatalogList{lists[1], lists[2]}
	if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%v, lists -got +want\n%s", err, diff)
	}
}

// TestSnapshotMark tells snapshots apart by what they say.
func TestSnapshotMark(t *testing.T) {
	one := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "api", Namespace: "default", Name: "x"}, Fields: []metrics.EntityField{{Name: "owner", Values: []string{"a", "b"}}}}}
	same := one
	same.Seen, same.Since = 100, []metrics.Instant{5}
	if one.Mark() != same.Mark() {
		t.Error("a snapshot that says the same has another mark")
	}
	for name, change := range map[string]func(*metrics.Snapshot){
		"a value":   func(s *metrics.Snapshot) { s.Fields = []metrics.EntityField{{Name: "owner", Values: []string{"ab"}}} },
		"an orphan": func(s *metrics.Snapshot) { s.Orphan = true },
		"an owner":  func(s *metrics.Snapshot) { s.Owners = []metrics.EntityOwner{{Gone: true}} },
		"gone":      func(s *metrics.Snapshot) { s.Gone = true },
	} {
		other := one
		if change(&other); other.Mark() == one.Mark() {
			t.Errorf("%s changes no mark", name)
		}
	}
}
