package clickhouse_test

import (
	"context"
	"encoding/json"

	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// factColumns are those of a table as scans fill it.
var factColumns = []struct{ name, kind string }{
	{"repo", "UInt64"}, {"at", "DateTime64(3)"}, {"path", "LowCardinality(String)"}, {"blob", "FixedString(20)"},
	{"actor", "String"}, {"seq", "UInt32"}, {"tags", "Array(String)"},
}

func factTable(name string) string {
	sql := "CREATE TABLE " + name + " ("
	for i, c := range factColumns {
		if i > 0 {
			sql += ", "
		}
		sql += c.name + " " + c.kind
	}
	return sql + ") ENGINE = MergeTree ORDER BY (repo, at, seq)"
}

func fact(i int) []any {
	return []any{
		uint64(i % 5000), time.Unix(1_500_000_000+int64(i)*60, 0), "path-" + strconv.Itoa(i%10), "01234567890123456789",
		"0123456789abcdef0123456789abcdef", uint32(i), []string{"x", "y"},
	}
}

const batchRows = 100_000

func insertFacts(ctx context.Context, db *clickhouse.DB, rows int) error {
	for first := 0; first < rows; first += batchRows {
		batch, err := db.Batch(ctx, "INSERT INTO facts")
		if err != nil {
			return err
		}
		for i := first; i < min(first+batchRows, rows); i++ {
			if err := batch.Append(fact(i)...); err != nil {
				return err
			}
		}
		if err := batch.Send(); err != nil {
			return err
		}
	}
	return nil
}

// insertFloor does what an insert cannot be without: the driver makes a block of the rows and encodes
// it, and the engine inserts a block, here one that lies in a file already.
func insertFloor(ctx context.Context, db *clickhouse.DB, file string) error {
	encoded, err := encodeFacts()
	if err != nil || len(encoded) == 0 {
		return err
	}
	return db.Exec(ctx, "INSERT INTO facts SELECT * FROM file(@file, 'Native')", map[string]any{"file": file})
}

func encodeFacts() ([]byte, error) {
	block := proto.NewBlock()
	for _, c := range factColumns {
		if err := block.AddColumn(c.name, column.Type(c.kind)); err != nil {
			return nil, err
		}
	}
	for i := range batchRows {
		if err := block.Append(fact(i)...); err != nil {
			return nil, err
		}
	}
	var buffer chproto.Buffer
	err := block.Encode(&buffer, 0)
	return buffer.Buf, err
}

// BenchmarkInsert compares rows a second through DB.Batch with what driver and engine take alone. The
// two alternate, so that both meet the same machine.
func BenchmarkInsert(b *testing.B) {
	db := clickhousetest.OpenTest(b)
	if err := db.Exec(b.Context(), factTable("facts"), nil); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "facts.native")
	encoded, err := encodeFacts()
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, encoded, 0o600); err != nil {
		b.Fatal(err)
	}
	ways := []func() error{
		func() error { return insertFacts(b.Context(), db, batchRows) },
		func() error { return insertFloor(b.Context(), db, file) },
	}
	var took [2]time.Duration
	for _, way := range ways { // the first of each pays for what is made once
		if err := way(); err != nil {
			b.Fatal(err)
		}
	}
	for turn := 0; b.Loop(); turn++ {
		for i := range ways {
			i := (turn + i) % 2
			start := time.Now()
			if err := ways[i](); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(start)
		}
	}
	batch, floor := took[0], took[1]
	rows := float64(b.N * batchRows)
	b.ReportMetric(rows/batch.Seconds(), "rows/s")
	b.ReportMetric(rows/floor.Seconds(), "floor-rows/s")
	b.ReportMetric(floor.Seconds()/batch.Seconds(), "ratio")
}

// BenchmarkSelectOne is the least that any question takes.
func BenchmarkSelectOne(b *testing.B) {
	db := clickhousetest.OpenTest(b)
	for b.Loop() {
		var rows []struct {
			Value uint8 `ch:"value"`
		}
		if err := db.Select(b.Context(), &rows, "SELECT 1 AS value", nil); err != nil {
			b.Fatal(err)
		}
	}
}

// figures of one process, from its start to its end; sizes in MiB.
type figures struct {
	OpenMs, RSSOpen, RSSInserted, RSSAggregated, RSSIdle, Peak, CloseMs float64
}

// figureTask opens a store, inserts two million facts and aggregates them.
func figureTask(ctx context.Context, dir string) error {
	var f figures
	start := time.Now()
	db, err := openOwn(ctx, dir)
	if err != nil {
		return err
	}
	f.OpenMs, f.RSSOpen = milliseconds(start), memory("VmRSS")
	if err := db.Exec(ctx, factTable("facts"), nil); err != nil {
		return err
	}
	if err := insertFacts(ctx, db, 2_000_000); err != nil {
		return err
	}
	f.RSSInserted = memory("VmRSS")
	err = db.Exec(ctx, "SELECT repo, path, actor, seq, count(), uniqExact(at) FROM facts GROUP BY repo, path, actor, seq ORDER BY count() DESC LIMIT 10", nil)
	if err != nil {
		return err
	}
	f.RSSAggregated = memory("VmRSS")
	time.Sleep(5 * time.Second) // the question is what is left when nothing happens
	f.RSSIdle, f.Peak = memory("VmRSS"), memory("VmHWM")
	start = time.Now()
	if err := db.Close(); err != nil {
		return err
	}
	f.CloseMs = milliseconds(start)
	return json.NewEncoder(os.Stdout).Encode(f)
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

// memory is a figure of this process in MiB.
func memory(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	match := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(status)
	if match == nil {
		return 0
	}
	kilobytes, _ := strconv.ParseFloat(string(match[1]), 64)
	return kilobytes / 1024
}

// BenchmarkProcess measures a process that opens a store, fills it and asks.
func BenchmarkProcess(b *testing.B) {
	for b.Loop() {
		said, err := runChild(b, "figure", b.TempDir())
		if err != nil {
			b.Fatalf("child says %q, %v", said, err)
		}
		var f figures
		if err := json.Unmarshal([]byte(said), &f); err != nil {
			b.Fatalf("child says %q: %v", said, err)
		}
		b.ReportMetric(f.OpenMs, "open-ms")
		b.ReportMetric(f.RSSOpen, "open-MiB")
		b.ReportMetric(f.RSSInserted, "inserted-MiB")
		b.ReportMetric(f.RSSAggregated, "aggregated-MiB")
		b.ReportMetric(f.RSSIdle, "idle-MiB")
		b.ReportMetric(f.Peak, "peak-MiB")
		b.ReportMetric(f.CloseMs, "close-ms")
	}
}

// BenchmarkCancel measures how long an endless statement takes to return once its context has ended.
func BenchmarkCancel(b *testing.B) {
	db := clickhousetest.OpenTest(b)
	var late time.Duration
	for b.Loop() {
		deadline := time.Now().Add(50 * time.Millisecond)
		ctx, stop := context.WithDeadline(b.Context(), deadline)
		if err := db.Exec(ctx, endless, nil); err == nil {
			b.Fatal("an endless statement has ended")
		}
		late += time.Since(deadline)
		stop()
	}
	b.ReportMetric(float64(late.Microseconds())/1000/float64(b.N), "late-ms/op")
}
