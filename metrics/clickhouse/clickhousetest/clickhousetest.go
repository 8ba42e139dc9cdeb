// Package clickhousetest gives tests a real store: the embedded engine, started once for a test binary,
// with a fresh database for each test.
package clickhousetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics/clickhouse"
)

// Names of the environment that tests understand.
const (
	// EnvEngine is the path of the engine's library, where it is not below the module's folder.
	EnvEngine = "TRODDEN_ENGINE"
	// EnvServer is the address of a ClickHouse server to test on instead of the embedded engine.
	EnvServer = "TRODDEN_TEST_CLICKHOUSE"
)

// dirPrefix begins the name of the directory of a test binary. A directory that nobody holds and that
// has been there for dirAge is what an earlier run left, for a test binary has no end at which it could
// tidy up.
const (
	dirPrefix = "trodden-test-"
	dirAge    = time.Minute
)

// store is opened by the first test that needs it and stays open until the process ends: the engine can
// serve one directory of a process only.
var store = sync.OnceValues(open)

var databases atomic.Uint64

// migrated holds the names of databases that have the schema and that no test has.
var migrated = make(chan string, 8)

// OpenTest gives t a database of its own, which is dropped when t ends. It fails t when the engine is
// not installed, and says how to install it.
func OpenTest(t testing.TB) *clickhouse.DB {
	t.Helper()
	name := create(t)
	t.Cleanup(func() { drop(t, name) })
	return use(t, name)
}

// OpenMigrated gives t a database of its own that has the schema, and no rows. When t ends it is emptied for the next
// test: making the schema takes most of a second. A test that changes the schema takes OpenTest.
func OpenMigrated(t testing.TB) *clickhouse.DB {
	t.Helper()
	var name string
	select {
	case name = <-migrated:
	default:
		name = create(t)
	}
	t.Cleanup(func() { giveBack(t, name) })
	db := use(t, name)
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// giveBack empties a database for the next test. One that a test failed on is dropped: nobody knows what is in it.
func giveBack(t testing.TB, name string) {
	if t.Failed() {
		drop(t, name)
		return
	}
	if err := exec("TRUNCATE TABLES FROM " + name + " NOT LIKE 'migrations'"); err != nil {
		t.Error(err)
		return
	}
	select {
	case migrated <- name:
	default:
		drop(t, name)
	}
}

func create(t testing.TB) (name string) {
	t.Helper()
	name = fmt.Sprintf("trodden_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return name
}

func drop(t testing.TB, name string) {
	if err := exec("DROP DATABASE " + name + " SYNC"); err != nil {
		t.Error(err)
	}
}

// exec runs a statement on the store, also when the context of a test has ended.
func exec(sql string) error {
	all, err := store()
	if err != nil {
		return err
	}
	return all.Exec(context.Background(), sql, nil)
}

// use opens a database until t ends.
func use(t testing.TB, name string) *clickhouse.DB {
	t.Helper()
	all, err := store()
	if err != nil {
		t.Fatal(err)
	}
	db, err := all.Database(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func open() (*clickhouse.DB, error) {
	ctx := context.Background()
	if server := os.Getenv(EnvServer); server != "" {
		return clickhouse.Open(ctx, server, clickhouse.Options{})
	}
	removeOld()
	dir, err := os.MkdirTemp("", dirPrefix)
	if err != nil {
		return nil, err
	}
	return clickhouse.Open(ctx, "embedded:"+dir, clickhouse.Options{Engine: Engine()})
}

// Engine is the path of the engine's library for tests: the one of the environment, else the one that
// npm put into the module's folder.
func Engine() string {
	if engine := os.Getenv(EnvEngine); engine != "" {
		return engine
	}
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return clickhouse.EngineIn(folder)
}

// removeOld removes what earlier test binaries left behind. What cannot be removed stays for the next.
func removeOld() {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < dirAge {
			continue
		}
		if holder, err := clickhouse.Holder(dir); err == nil && holder == nil {
			os.RemoveAll(dir)
		}
	}
}
