package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/history"
	"github.com/trodden/trodden/metrics"
)

// shelf is a cache whose clones are files of some blocks, used a minute one after the other.
type shelf struct {
	*testing.T
	*history.Cache
	dir string
	now time.Time
}

const block = 4096

// newShelf returns a cache with room for so many blocks, those of folders included.
func newShelf(t *testing.T, blocks int64) *shelf {
	s := &shelf{T: t, dir: filepath.Join(t.TempDir(), "clones"), now: time.Unix(1_700_000_000, 0)}
	s.Cache = history.NewCache(s.dir, blocks*block, func() time.Time { return s.now })
	return s
}

func (s *shelf) take(id metrics.RepoID) *history.Clone {
	s.Helper()
	s.now = s.now.Add(time.Minute)
	k, err := s.Take(id)
	if err != nil {
		s.Fatal(err)
	}
	return k
}

func (s *shelf) release(k *history.Clone) {
	s.Helper()
	if err := k.Release(); err != nil {
		s.Fatal(err)
	}
}

// use gives a clone a file of so many blocks.
func (s *shelf) use(id metrics.RepoID, blocks int) {
	s.Helper()
	k := s.take(id)
	if err := os.WriteFile(filepath.Join(k.Dir, "pack"), make([]byte, blocks*block), 0o600); err != nil {
		s.Fatal(err)
	}
	s.release(k)
}

func (s *shelf) holds(want ...string) {
	s.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		if e.Name() != "CACHEDIR.TAG" {
			got = append(got, e.Name()[15:])
		}
	}
	for i := range want {
		want[i] += ".git"
	}
	if diff := cmp.Diff(got, want); diff != "" {
		s.Errorf("clones (-got +want):\n%s", diff)
	}
}

func TestCacheForgetsWhatWasNotUsedForLongest(t *testing.T) {
	s := newShelf(t, 100)
	s.use(1, 27)
	s.use(2, 27)
	s.use(3, 27)
	s.release(s.take(1))
	s.use(4, 27)
	s.holds("1", "3", "4")
	s.use(5, 1)
	s.holds("1", "3", "4", "5")
}

func TestCacheKeepsWhatIsInUse(t *testing.T) {
	s := newShelf(t, 100)
	s.use(1, 27)
	s.use(2, 27)
	used := s.take(1)
	s.use(3, 27)
	s.use(4, 27)
	s.holds("1", "3", "4")
	other := history.NewCache(s.dir, 10*block, time.Now) // of another process
	if _, err := other.Take(1); !errors.Is(err, history.ErrBusy) {
		t.Errorf("got %v, want that it is in use", err)
	}
	k, err := other.Take(5)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Release(); err != nil {
		t.Fatal(err)
	}
	s.holds("1")
	s.release(used)
}

func TestCacheDoesNotKeepWhatIsTooBig(t *testing.T) {
	s := newShelf(t, 100)
	s.use(1, 27)
	s.use(2, 200)
	s.holds("1")
	if k := s.take(2); !k.Fresh {
		t.Error("something is left of it")
	}
}

// TestCacheGoesOn takes over what another process left: clones, one that it had begun to remove, files of others.
func TestCacheGoesOn(t *testing.T) {
	s := newShelf(t, 0)
	s.use(1, 60)
	s.use(2, 27)
	for _, name := range []string{"gone-0000000000000009.git-123/clone/objects", "mine"} {
		if err := os.MkdirAll(filepath.Join(s.dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.Cache = history.NewCache(s.dir, 100*block, func() time.Time { return s.now })
	s.use(3, 27)
	for _, name := range []string{"gone-0000000000000009.git-123", "0000000000000001.git"} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, "mine")); err != nil {
		t.Error("a folder of somebody else is gone")
	}
}

// TestCacheIsPrivate shows that nobody else can read the clones.
func TestCacheIsPrivate(t *testing.T) {
	s := newShelf(t, 0)
	s.use(1, 1)
	for _, dir := range []string{s.dir, filepath.Join(s.dir, "0000000000000001.git")} {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: got %v, %v, want that its owner alone may look into it", dir, info.Mode(), err)
		}
	}
}

// TestSmallCache reads more than there is room for, and what moves, again.
func TestSmallCache(t *testing.T) {
	for name, limit := range map[string]int64{"not one fits": 1, "one fits": 300_000, "no limit": 0} {
		t.Run(name, func(t *testing.T) {
			f := newForge(t, gittest.Config{})
			f.limit = limit
			for _, repo := range []string{"a", "b", "c", "d"} {
				f.add(repo, map[string]string{"ci.yml": repo})
			}
			f.scan()
			f.push("b", map[string]string{"ci.yml": "later"})
			f.scan()
			for _, repo := range []string{"a", "b", "c", "d"} {
				f.walked(repo, repo)
			}
			if got := len(f.clones()); f.warnings() != "" || len(f.store.Unread()) > 0 || limit == 1 && got > 0 || limit == 0 && got != 4 {
				t.Errorf("%d clones stay, got %q", got, f.warnings())
			}
		})
	}
}
