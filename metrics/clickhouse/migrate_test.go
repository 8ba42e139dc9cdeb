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
	if diff := cmp.Diff(first, []string{"0001_facts", "0002_classified", "0003_contributions", "0004_groups", "0005_hosts", "0006_hints", "0007_listings", "0008_friction", "0009_spent", "0010_creators", "0011_runs", "0012_partly", "0013_cut_off", "0014_configured", "0015_catalog", "0016_named", "0017_teams_there", "0018_given", "0019_folders", "0020_parts", "0021_unread", "0022_holds", "0023_lost", "0024_archivals", "0025_written", "0026_reports_sent", "0027_bytes", "0028_answers"}); diff != "" {
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
