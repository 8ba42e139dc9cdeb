package clickhouse_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// holdTask opens dir, writes to it, says so, and goes on holding it until its input ends. Each line of
// input is a URL to announce.
func holdTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, dir)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"CREATE TABLE IF NOT EXISTS kept (n UInt64) ENGINE = MergeTree ORDER BY n",
		"INSERT INTO kept SELECT number FROM numbers(1000)",
	} {
		if err := db.Exec(ctx, sql, nil); err != nil {
			return err
		}
	}
	fmt.Println("held")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := db.Announce(lines.Text()); err != nil {
			return err
		}
		fmt.Println("announced")
	}
	return db.Close()
}

// openTask opens dir and prints what is in it, or who holds it.
func openTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, dir)
	if held, ok := errors.AsType[*clickhouse.HeldError](err); ok {
		fmt.Println("held by", held.PID, held.URL, errors.Is(err, metrics.ErrConflict))
		return nil
	}
	if err != nil {
		return err
	}
	var rows []struct {
		N uint64 `ch:"n"`
	}
	err = db.Select(ctx, &rows, "SELECT ifNull(sum(total_rows), 0) AS n FROM system.tables WHERE database = currentDatabase()", nil)
	if err != nil {
		return err
	}
	fmt.Println("rows", rows[0].N)
	return db.Close()
}

func TestHolderOfUnheldDirectories(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stale := t.TempDir()
	if err := os.WriteFile(filepath.Join(stale, "lock"), []byte(`{"pid":1,"url":"http://gone"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, dir string }{
		{"a directory that is not there", filepath.Join(t.TempDir(), "none")},
		{"an empty directory", t.TempDir()},
		{"a file", file},
		{"a lock file that nobody has locked", stale},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := clickhouse.Holder(test.dir)
			if err != nil || got != nil {
				t.Errorf("Holder = %v, %v; want nobody", got, err)
			}
		})
	}
}

func TestOneProcessHoldsADirectory(t *testing.T) {
	dir := t.TempDir()
	holder := startChild(t, "hold", dir)
	if got := holder.line(t); got != "held" {
		t.Fatalf("child says %q; want held", got)
	}
	pid := holder.Process.Pid
	for _, url := range []string{"", "http://127.0.0.1:8080/a/long/one", "http://[::1]:1"} {
		if url != "" {
			fmt.Fprintln(holder.stdin, url)
			holder.line(t)
		}
		got, err := clickhouse.Holder(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, &clickhouse.Holding{PID: pid, URL: url}); diff != "" {
			t.Errorf("Holder (-got +want):\n%s", diff)
		}
		said, err := runChild(t, "open", dir)
		if want := fmt.Sprint("held by ", pid, " ", url, " true"); said != want || err != nil {
			t.Errorf("second process says %q, %v; want %q", said, err, want)
		}
	}
	holder.stdin.Close()
	if text, err := io.ReadAll(holder.stdout); len(text) > 0 || err != nil {
		t.Errorf("child says %q, %v at its end", text, err)
	}
	if err := holder.Wait(); err != nil {
		t.Errorf("child: %v; stderr: %s", err, holder.stderr.String())
	}
	if got, err := clickhouse.Holder(dir); err != nil || got != nil {
		t.Errorf("Holder = %v, %v after close; want nobody", got, err)
	}
	if said, err := runChild(t, "open", dir); said != "rows 1000" || err != nil {
		t.Errorf("after close a process says %q, %v; want rows 1000", said, err)
	}
}

func TestDirectoryOfAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		holder := startChild(t, "hold", dir)
		if got := holder.line(t); got != "held" {
			t.Fatalf("round %d: child says %q; want held", round, got)
		}
		fmt.Fprintln(holder.stdin, "http://127.0.0.1:8080")
		holder.line(t)
		if err := holder.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := holder.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("round %d: child ended with %v; want killed", round, err)
		}
		said, err := runChild(t, "open", dir)
		if want := fmt.Sprint("rows ", 1000*(round+1)); said != want || err != nil {
			t.Errorf("round %d: after kill -9 a process says %q, %v; want %q", round, said, err, want)
		}
	}
}
