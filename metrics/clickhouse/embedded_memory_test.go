package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// memoryCeiling is what the engine of memoryTask may take, memoryLimit what the whole process may: the
// rest is the test binary's own.
const (
	memoryCeiling = 448 << 20
	memoryLimit   = memoryCeiling + 96<<20
)

// memoryTask runs statements that want far more memory than there is, alone and at the same time, and
// prints how large the process became and how many of them were refused for want of memory.
func memoryTask(ctx context.Context, dir string) error {
	db, err := clickhouse.Open(ctx, "embedded:"+dir, clickhouse.Options{Engine: clickhousetest.Engine(), MaxMemory: memoryCeiling})
	if err != nil {
		return err
	}
	hungry := []string{
		"SELECT length(groupArray(toString(number))) FROM numbers(50000000)",
		"SELECT uniqExact(toString(number)) FROM numbers(10000000)",
		"SELECT count() FROM numbers(3000000) AS a JOIN (SELECT number, toString(number) FROM numbers(3000000)) AS b ON a.number = b.number",
		"SELECT number, toString(number) AS s FROM numbers(3000000) ORDER BY s DESC LIMIT 1000000, 1",
	}
	failures := make([]error, 2*len(hungry))
	for i, sql := range hungry {
		failures[i] = db.Exec(ctx, sql, nil)
	}
	var group sync.WaitGroup
	for i, sql := range hungry {
		group.Go(func() { failures[len(hungry)+i] = db.Exec(ctx, sql, nil) })
	}
	group.Wait()
	refused := 0
	for _, err := range failures {
		exception, ok := errors.AsType[*ch.Exception](err)
		switch {
		case ok && exception.Code == 241: // MEMORY_LIMIT_EXCEEDED
			refused++
		case err != nil:
			return err
		}
	}
	if err := db.Exec(ctx, "SELECT uniqExact(number) FROM numbers(500000)", nil); err != nil {
		return fmt.Errorf("after statements without memory: %w", err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	fmt.Printf("%s %d\n", peak[1], refused)
	return db.Close()
}

func TestMemoryStaysUnderItsCeiling(t *testing.T) {
	said, err := runChild(t, "memory", t.TempDir())
	if err != nil {
		t.Fatalf("child says %q, %v", said, err)
	}
	var peak, refused int
	if _, err := fmt.Sscan(said, &peak, &refused); err != nil {
		t.Fatalf("child says %q: %v", said, err)
	}
	t.Log("peak of the process: " + strconv.Itoa(peak>>10) + " MiB, statements refused: " + strconv.Itoa(refused))
	if peak<<10 > memoryLimit {
		t.Errorf("peak = %d MiB; want at most %d", peak>>10, memoryLimit>>20)
	}
	if refused == 0 {
		t.Error("no statement was refused; want some: they need more than there is")
	}
}
