package history_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/history"
)

// astray is what may lie in the place of a clone and is no folder of the cache. Outside is a folder with a file in it.
var astray = map[string]func(clone, outside string) error{
	"a link to nothing":  func(clone, outside string) error { return os.Symlink(filepath.Join(outside, "gone"), clone) },
	"a link to a folder": func(clone, outside string) error { return os.Symlink(outside, clone) },
	"a link to a file":   func(clone, outside string) error { return os.Symlink(filepath.Join(outside, "kept"), clone) },
	"a link to itself":   func(clone, _ string) error { return os.Symlink(clone, clone) },
	"a file":             func(clone, _ string) error { return os.WriteFile(clone, make([]byte, 30*block), 0o600) },
}

// place puts something in the place of a clone, and returns a check that what it leads to is as it was.
func place(t *testing.T, clone string, put func(clone, outside string) error) (untouched func()) {
	t.Helper()
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "kept"), []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(clone); err != nil {
		t.Fatal(err)
	}
	if err := put(clone, outside); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(outside, "kept"))
		if entries, _ := os.ReadDir(outside); err != nil || string(text) != "as it was" || len(entries) != 1 {
			t.Errorf("outside of the cache: got %q, %v and %d files, want all as it was", text, err, len(entries))
		}
	}
}

// TestCacheStaysInItsFolder takes clones in whose place there is no folder: each is made anew, in the cache.
func TestCacheStaysInItsFolder(t *testing.T) {
	for name, put := range astray {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, 0)
			s.use(1, 1)
			clone := filepath.Join(s.dir, "0000000000000001.git")
			untouched := place(t, clone, put)
			k := s.take(1)
			if !k.Fresh {
				t.Error("got a clone that is not empty")
			}
			s.release(k)
			if info, err := os.Lstat(clone); err != nil || !info.IsDir() {
				t.Errorf("got %v, %v, want a folder", info, err)
			}
			untouched()
		})
	}
}

// TestCacheSweepsWhatIsNoClone has no room, and something in the place of a clone that nobody asks for: it goes, and no
// clone goes for it.
func TestCacheSweepsWhatIsNoClone(t *testing.T) {
	for name, put := range astray {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, 100)
			s.use(1, 60)
			s.use(2, 1)
			untouched := place(t, filepath.Join(s.dir, "0000000000000002.git"), put)
			s.Cache = history.NewCache(s.dir, 100*block, func() time.Time { return s.now })
			s.use(3, 27)
			s.holds("1", "3")
			untouched()
		})
	}
}

// TestHistoryReadsPastWhatIsNoClone scans with something in the place of a clone: what is new is read all the same.
func TestHistoryReadsPastWhatIsNoClone(t *testing.T) {
	for name, put := range astray {
		t.Run(name, func(t *testing.T) {
			f := newForge(t, gittest.Config{})
			f.add("pay", map[string]string{"ci.yml": "first"})
			f.scan()
			clones := f.clones()
			untouched := place(t, filepath.Join(f.dir, clones[0]), put)
			f.push("pay", map[string]string{"ci.yml": "second"})
			f.scan()
			f.walked("pay", "pay")
			if diff := cmp.Diff(f.clones(), clones); diff != "" || f.warnings() != "" {
				t.Errorf("clones (-got +want):\n%sand %q", diff, f.warnings())
			}
			untouched()
		})
	}
}
