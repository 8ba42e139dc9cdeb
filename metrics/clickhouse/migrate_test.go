package clickhouse_test

import (
	"errors"
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

func TestMigrateTwice(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	first, err := db.Migrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, []string{"0001_facts", "0002_classified", "0003_contributions", "0004_groups", "0005_hosts", "0006_hints", "0007_listings", "0008_friction", "0009_spent", "0010_creators", "0011_runs", "0012_partly", "0013_cut_off", "0014_configured", "0015_catalog", "0016_named", "0017_teams_there", "0018_given", "0019_folders", "0020_parts", "0021_unread", "0022_holds", "0023_lost", "0024_archivals", "0025_written", "0026_reports_sent", "0027_bytes", "0028_answers", "0029_terms", "0030_covers", "0031_fillable", "0032_nobody"}); diff != "" {
		t.Error("first time, -got +want\n" + diff)
	}
	second, err := db.Migrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(second) != 0 {
		t.Errorf("second time: got %v, want nothing", second)
	}
}

func TestMigrateAgainAfterItWasCutOff(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	const one, two = "CREATE TABLE IF NOT EXISTS one (a Int8) ENGINE = Memory", "CREATE TABLE IF NOT EXISTS two (a Int8) ENGINE = Memory"
	cutOff := fstest.MapFS{
		"schema/1.sql": {Data: []byte(one)},
		"schema/2.sql": {Data: []byte(two + "; THIS IS NO SQL")},
	}
	applied, err := db.MigrateFrom(t.Context(), cutOff)
	if err == nil {
		t.Fatal("a migration that fails: got no error")
	}
	if diff := cmp.Diff(applied, []string{"1"}); diff != "" {
		t.Error("before the failure, -got +want\n" + diff)
	}
	whole := fstest.MapFS{"schema/1.sql": {Data: []byte(one)}, "schema/2.sql": {Data: []byte(two)}}
	if applied, err = db.MigrateFrom(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(applied, []string{"2"}); diff != "" {
		t.Error("after the failure, -got +want\n" + diff)
	}
}

func TestMigrateLeavesAnotherProgramsStoreAlone(t *testing.T) {
	for _, c := range []struct{ name, sql string }{
		{"newer", "INSERT INTO migrations (name, checksum, applied) VALUES ('0099_later', 'ff', now())"},
		{"edited", "INSERT INTO migrations (name, checksum, applied) VALUES ('0001_facts', 'ff', now() + 10)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := clickhousetest.OpenTest(t)
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := db.Exec(t.Context(), c.sql, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Migrate(t.Context()); !errors.Is(err, metrics.ErrConflict) {
				t.Errorf("got %v, want a conflict", err)
			}
		})
	}
}

// TestTeamsOfOlderStores reads teams as they were written before there were groups of groups and weights.
func TestTeamsOfOlderStores(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	older := fstest.MapFS{"schema/1.sql": {Data: []byte(`CREATE TABLE IF NOT EXISTS teams
		(generation UInt64, key LowCardinality(String), title String, group LowCardinality(String), platform Bool)
		ENGINE = MergeTree ORDER BY (generation, key);
		INSERT INTO teams VALUES (1, 'pay', '', 'fintech', false), (1, 'web', '', '', false)`)}}
	sql, err := os.ReadFile("schema/0004_groups.sql")
	if err != nil {
		t.Fatal(err)
	}
	older["schema/2.sql"] = &fstest.MapFile{Data: sql}
	if _, err := db.MigrateFrom(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	type row struct {
		Key    string   `ch:"key"`
		Groups []string `ch:"groups"`
		Weight float64  `ch:"weight"`
	}
	var got []row
	if err := db.Select(t.Context(), &got, "SELECT key, groups, weight FROM teams ORDER BY key", nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []row{{"pay", []string{"fintech"}, 1}, {"web", []string{}, 1}}); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}

// TestPacksOfOlderStores moves packs of runs into other parts, twice: what was cut off begins anew.
func TestPacksOfOlderStores(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	older := fstest.MapFS{"schema/1.sql": {Data: []byte(`CREATE TABLE run_packs
		(repo UInt64, term UInt16, version UInt64, green UInt32, ended UInt32, created String, finished String, took String)
		ENGINE = ReplacingMergeTree(version) PARTITION BY term % 64 ORDER BY (repo, term);
		INSERT INTO run_packs VALUES (1, 7, 1, 10, 20, 'a', 'b', 'c'), (1, 8, 1, 0, 30, 'd', 'e', 'f'), (2, 264, 9, 40, 50, '', 'g', 'h')`)}}
	sql, err := os.ReadFile("schema/0029_terms.sql")
	if err != nil {
		t.Fatal(err)
	}
	older["schema/2.sql"], older["schema/3.sql"] = &fstest.MapFile{Data: sql}, &fstest.MapFile{Data: sql}
	if _, err := db.MigrateFrom(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	type row struct {
		Repo     uint64 `ch:"repo"`
		Term     uint16 `ch:"term"`
		Version  uint64 `ch:"version"`
		Green    uint32 `ch:"green"`
		Ended    uint32 `ch:"ended"`
		Created  string `ch:"created"`
		Finished string `ch:"finished"`
		Took     string `ch:"took"`
	}
	var got []row
	if err := db.Select(t.Context(), &got, "SELECT repo, term, version, green, ended, created, finished, took FROM run_packs ORDER BY repo, term", nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []row{{1, 7, 1, 10, 20, "a", "b", "c"}, {1, 8, 1, 0, 30, "d", "e", "f"}, {2, 264, 9, 40, 50, "", "g", "h"}}); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}
