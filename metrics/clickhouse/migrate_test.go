package clickhouse_test

import (
	"errors"
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
	if diff := cmp.Diff(first, []string{"0001_facts", "0002_classified"}); diff != "" {
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
