package clickhouse_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// TestStoresOfBeforeAreFollowedOnce fills a store as it was before anybody looked what files name: the sources of repositories
// with files that may name others look at them once more.
func TestStoresOfBeforeAreFollowedOnce(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	files, err := filepath.Glob("schema/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := fstest.MapFS{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name < "schema/0016" {
			before[name] = &fstest.MapFile{Data: text}
		}
	}
	if _, err := db.MigrateFrom(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{
		"named": "apiVersion: backstage.io/v1\nkind: Location\n", "quoted": `{"kind" : "Location"}`,
		"none": "kind: Component\n", "other": "kind: Locations\n",
	}
	b := metrics.Batch{}
	for name, text := range texts {
		b.Blobs = append(b.Blobs, metrics.Blob{OID: oid(name), Status: metrics.BlobRead, Size: uint64(len(text)), Content: text})
	}
	for id, name := range map[metrics.RepoID]string{1: "named", 2: "none"} {
		b.FileChanges = append(b.FileChanges, metrics.FileChange{Repo: id, Walk: 1, Path: "catalog-info.yaml", Blob: oid(name)})
		b.Readings = append(b.Readings, metrics.Reading{Source: "git", Repo: id, At: 100, Complete: true})
	}
	b.FileStates = []metrics.FileState{{Repo: 3, Files: 1, Path: "x.json", Blob: oid("quoted")}, {Repo: 4, Files: 1, Path: "x.yaml", Blob: oid("other")}}
	if err := db.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := metrics.Batch{Readings: []metrics.Reading{
		{Source: "git", Repo: 1, At: metrics.Forever - 2, Complete: true}, {Source: "broken", Repo: 1, At: metrics.Forever - 2},
	}}
	look := func(when string, want map[string]bool) {
		t.Helper()
		lasts, err := db.Lasts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string]metrics.RepoID{"named": 1, "none": 2, "quoted": 3, "other": 4} {
			if got := lasts.Of("git", id).Unfollowed; got != want[name] {
				t.Errorf("%s, %s: unfollowed is %v", when, name, got)
			}
		}
		if when == "later" && (!lasts.Of("other", 1).Unfollowed || !lasts.Of("broken", 1).Unfollowed) {
			t.Error("what one source looked at stands for another")
		}
	}
	look("at once", map[string]bool{"named": true, "quoted": true})
	if err := db.Write(t.Context(), &later); err != nil {
		t.Fatal(err)
	}
	look("later", map[string]bool{"quoted": true})
}
