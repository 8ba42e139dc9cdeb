package clickhouse_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/trodden/trodden/metrics/clickhouse"
)

// reopenTask opens dir, closes it, and opens another directory in the same process.
func reopenTask(ctx context.Context, dir string) error {
	for _, name := range []string{"a", "b", "a"} {
		if err := openTask(ctx, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// twiceTask opens dir, and then that and another one, before it closes the first.
func twiceTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, filepath.Join(dir, "a"))
	if err != nil {
		return err
	}
	if err := openTask(ctx, filepath.Join(dir, "a")); err != nil {
		return err
	}
	if _, err := openOwn(ctx, filepath.Join(dir, "b")); err == nil {
		return fmt.Errorf("two directories are open")
	} else {
		fmt.Println(err)
	}
	if err := db.Exec(ctx, "SELECT 1", nil); err != nil {
		return err
	}
	return db.Close()
}

// nobodyTask opens dir as a user who may do nothing in it. It fails before the engine is loaded, so any
// file will do for that.
func nobodyTask(ctx context.Context, dir string) error {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
	}
	_, err := clickhouse.Open(ctx, "embedded:"+filepath.Join(dir, "store"), clickhouse.Options{Engine: "/bin/sh"})
	return err
}

func TestOpenWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	got, _ := runChild(t, "nobody", dir)
	if want := "permission denied"; !strings.HasPrefix(got, "error: open the embedded store in "+dir) || !strings.HasSuffix(got, want) {
		t.Errorf("open = %q; want … %q", got, want)
	}
}

func TestOpenDirectories(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.MkdirAll(filepath.Join(broken, "clickhouse", "status"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, dir, want string }{
		{"a new one below new ones", filepath.Join(dir, "new/one"), "rows 0"},
		{"spaces and quotes", filepath.Join(dir, `it's a "dir"`), "rows 0"},
		{"letters of other alphabets", filepath.Join(dir, "данные-数据-ü"), "rows 0"},
		{"characters of globs and URLs", filepath.Join(dir, "a{b,c}*?[d]#%20;=&"), "rows 0"},
		{"a line break and a backslash", filepath.Join(dir, "a\nb\\c"), "rows 0"},
		{"bytes that are no text", filepath.Join(dir, "a\xff\xfe"), "rows 0"},
		{"a file", file, "not a directory"},
		{"below a file", filepath.Join(file, "x"), "not a directory"},
		{"where nothing can be made", "/proc/trodden", "no such file or directory"},
		{"without a name", "", "want embedded:DIR"},
		{"with a folder where the engine wants a file", broken, "the engine refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := runChild(t, "open", test.dir)
			if !strings.Contains(got, test.want) {
				t.Errorf("open = %q; want %q", got, test.want)
			}
		})
	}
}

func TestDirectoriesOneAfterTheOther(t *testing.T) {
	got, err := runChild(t, "reopen", t.TempDir())
	if want := "rows 0\nrows 0\nrows 0"; got != want || err != nil {
		t.Errorf("child says %q, %v; want %q", got, err, want)
	}
}

func TestDirectoriesAtTheSameTime(t *testing.T) {
	got, err := runChild(t, "twice", t.TempDir())
	held, refused, _ := strings.Cut(got, "\n")
	if !strings.HasPrefix(held, "held by") || !strings.Contains(refused, "one directory open at a time") || err != nil {
		t.Errorf("child says %q, %v; want held, then refused", got, err)
	}
}
