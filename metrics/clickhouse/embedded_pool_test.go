package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// endless is a statement that does not end by itself.
const endless = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"

// soon is how fast a cancelled call must return, on a machine with other things to do. The engine itself
// gets longer, up to gone, to stop.
const (
	soon = 2 * time.Second
	gone = 20 * time.Second
)

// running counts the statements in db that are endless.
func running(t *testing.T, db *clickhouse.DB) uint64 {
	t.Helper()
	return one[uint64](t, db, "SELECT count() AS value FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%system%'", nil)
}

// eventually asks again and again until what holds, for what the engine does on its own.
func eventually(t *testing.T, name string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(gone); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %v", name, gone)
		}
	}
}

func TestCancelledStatementsReturnAndEnd(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		do(t, db, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
		for _, sql := range []string{endless, "INSERT INTO t SELECT number FROM numbers(1000000000000) WHERE sipHash64(number) = 1"} {
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("enough")
			ended := make(chan error, 1)
			go func() { ended <- db.Exec(ctx, sql, nil) }()
			eventually(t, "the statement runs", func() bool { return running(t, db) == 1 })
			start := time.Now()
			cancel(enough)
			if err := <-ended; !errors.Is(err, enough) {
				t.Errorf("exec = %v; want the cause of the cancellation", err)
			}
			returned := time.Since(start)
			eventually(t, "the statement has ended", func() bool { return running(t, db) == 0 })
			t.Logf("returned after %v, ended after %v", returned, time.Since(start))
			if returned > soon {
				t.Errorf("returned after %v; want at most %v", returned, soon)
			}
		}
	})
}

func TestCancelBeforeAndAtTheStart(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		for pause := time.Duration(0); pause < 4*time.Millisecond; pause += 100 * time.Microsecond {
			ctx, cancel := context.WithTimeout(t.Context(), pause)
			if err := db.Exec(ctx, endless, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("exec with %v of time = %v; want deadline exceeded", pause, err)
			}
			cancel()
		}
		eventually(t, "no statement runs", func() bool { return running(t, db) == 0 })
	})
}

func TestMoreStatementsThanSessions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		do(t, db, "CREATE TABLE t (worker UInt8, n UInt32) ENGINE = MergeTree ORDER BY n")
		const workers, rounds = 12, 5
		var group sync.WaitGroup
		for worker := range uint8(workers) {
			group.Go(func() {
				for round := range uint32(rounds) {
					if err := addAndCount(t.Context(), db, worker, round); err != nil {
						t.Errorf("worker %d: %v", worker, err)
						return
					}
				}
			})
		}
		group.Wait()
		if got := one[uint64](t, db, "SELECT count() AS value FROM t", nil); got != workers*rounds {
			t.Errorf("rows = %d; want %d", got, workers*rounds)
		}
	})
}

// addAndCount inserts the row of a round, with a batch, and asks for all rows of the worker so far.
func addAndCount(ctx context.Context, db *clickhouse.DB, worker uint8, round uint32) error {
	batch, err := db.Batch(ctx, "INSERT INTO t")
	if err != nil {
		return err
	}
	if err := batch.Append(worker, round); err != nil {
		return err
	}
	if err := batch.Send(); err != nil {
		return err
	}
	var rows []struct {
		Worker uint8  `ch:"worker"`
		Rows   uint64 `ch:"rows"`
	}
	err = db.Select(ctx, &rows, "SELECT worker, count() AS rows FROM t WHERE worker = @worker GROUP BY worker", map[string]any{"worker": worker})
	if err != nil {
		return err
	}
	if len(rows) != 1 || rows[0].Worker != worker || rows[0].Rows != uint64(round)+1 {
		return fmt.Errorf("rows = %v; want %d of worker %d", rows, round+1, worker)
	}
	return nil
}

func TestWaitingForASessionHonoursTheContext(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 12 { // more than there are sessions
		group.Go(func() { db.Exec(ctx, endless, nil) })
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	start := time.Now()
	err := db.Exec(short, "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 2", nil)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > soon {
		t.Errorf("exec = %v after %v; want deadline exceeded", err, time.Since(start))
	}
	cancel()
	group.Wait()
	eventually(t, "no statement runs", func() bool { return running(t, db) == 0 })
}

func TestABatchIsNotInTheWayOfStatements(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	do(t, db, "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
	for range 40 { // many more than there are sessions
		batch, err := db.Batch(t.Context(), "INSERT INTO t")
		if err != nil {
			t.Fatal(err)
		}
		defer batch.Abort()
	}
	do(t, db, "SELECT * FROM t")
}

// closeTask closes the store while statements run, and uses it afterwards.
func closeTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, dir)
	if err != nil {
		return err
	}
	unread, err := db.Conn().Query(ctx, "SELECT number FROM numbers(1000000)")
	if err != nil || !unread.Next() {
		return err
	}
	ended := make(chan error)
	for range 6 {
		go func() { ended <- db.Exec(ctx, endless, nil) }()
	}
	for running := uint64(0); running == 0; {
		var rows []struct {
			Value uint64 `ch:"value"`
		}
		short, stop := context.WithTimeout(ctx, 10*time.Millisecond)
		if db.Select(short, &rows, "SELECT count() AS value FROM system.processes WHERE query LIKE '%numbers%'", nil) != nil {
			running = 1 // every session is busy
		}
		stop()
	}
	fmt.Println("close", db.Close())
	for range 6 {
		fmt.Println(<-ended != nil)
	}
	fmt.Println("closed", db.Exec(ctx, "SELECT 1", nil) != nil, db.Close())
	holder, err := clickhouse.Holder(dir)
	fmt.Println("held", holder != nil)
	rows := 1
	for ; unread.Next(); rows++ {
	}
	fmt.Println("read", rows, unread.Err())
	return err
}

func TestCloseWhileStatementsRun(t *testing.T) {
	got, err := runChild(t, "close", t.TempDir())
	want := "close <nil>\ntrue\ntrue\ntrue\ntrue\ntrue\ntrue\nclosed true <nil>\nheld false\nread 1000000 <nil>"
	if got != want || err != nil {
		t.Errorf("child says %q, %v; want %q", got, err, want)
	}
}
