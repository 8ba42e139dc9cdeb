package query_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestAddCatalogs tells what scans read of catalogs: each what was read while it ran, and those that read one source alone
// nothing of another. What the portal was told behind a list is told with it.
func TestAddCatalogs(t *testing.T) {
	db := openStore(t)
	for _, s := range []clickhouse.Scan{
		{ID: 1, Began: 100, Ended: 150}, {ID: 2, Began: 200, Ended: 250, Source: "port"}, {ID: 3, Began: 210, Ended: 260, Source: "backstage"}, {ID: 4, Began: 300, Ended: 350},
	} {
		if err := db.WriteScan(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	seen := func(source, name string, at metrics.Instant, gone bool) metrics.Snapshot {
		return metrics.Snapshot{Entity: metrics.Entity{Source: source, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: at}, Gone: gone}
	}
	batch := metrics.Batch{
		Snapshots: []metrics.Snapshot{
			seen("backstage", "a", 110, false), seen("backstage", "b", 110, false), seen("backstage", "a", 220, false), seen("backstage", "b", 220, true), seen("port", "a", 99, false),
		},
		CatalogLists: []metrics.CatalogList{
			{Source: "port", At: 99, Entities: 1, Complete: true}, {Source: "backstage", At: 110, Entities: 2, Complete: true}, {Source: "port", At: 120, Detail: "429"},
			{Source: "backstage", At: 220, Entities: 1, Complete: true},
		},
	}
	if err := db.Write(t.Context(), &batch); err != nil {
		t.Fatal(err)
	}
	givings := []clickhouse.Giving{{Source: "backstage", List: 110, Given: 1, Detail: "503"}, {Source: "port", List: 110, Given: 9}}
	if err := db.WriteGivings(t.Context(), givings); err != nil {
		t.Fatal(err)
	}
	rows, err := query.Scans(t.Context(), db, query.ScansQuestion{})
	if err == nil {
		err = query.AddCatalogs(t.Context(), db, rows)
	}
	if err != nil || len(rows) != 4 {
		t.Fatalf("got %d scans and %v", len(rows), err)
	}
	want := [][]query.ScanCatalog{
		nil,
		{{Source: "backstage", Entities: 1, Changed: 1, Gone: 1, Complete: true}},
		nil,
		{{Source: "backstage", Entities: 2, Changed: 2, Complete: true, Given: 1, NotGiven: "503"}, {Source: "port"}},
	}
	for i, row := range rows {
		if diff := cmp.Diff(row.Catalogs, want[i]); diff != "" {
			t.Errorf("scan %s (-got +want):\n%s", row.ID, diff)
		}
	}
	if err := query.AddCatalogs(t.Context(), db, nil); err != nil {
		t.Errorf("of no scans it says %v", err)
	}
}
