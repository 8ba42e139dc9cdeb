package git_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/metrics"
)

// linear makes a bare repository with commits c0, c1, … that each change ci.yml.
func linear(t testing.TB, dir string, commits int) *builder {
	b := newRepo(t, dir)
	extend(b, commits)
	return b
}

func extend(b *builder, commits int) {
	for range commits {
		b.commit(commitOf{message: fmt.Sprintf("c%d", b.marks), files: map[string]string{"ci.yml": fmt.Sprint(b.marks)}})
	}
	b.done()
}

// shape is what a test compares of the walks that count.
type shape struct {
	First, Commits uint32
	Base           bool
	Grafted        bool
}

func (s *scanner) shapes(repo string) []shape {
	var list []shape
	for _, w := range s.store.History(metrics.NewRepoID(repo)).Walks {
		list = append(list, shape{w.First, w.Commits, w.Base != "", w.Grafted})
	}
	return list
}

func (s *scanner) expectShapes(repo string, want ...shape) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.shapes(repo)); diff != "" {
		s.t.Errorf("walks of %s (-want +got):\n%s", repo, diff)
	}
}

func TestNothingNewNeedsNoGit(t *testing.T) {
	home := t.TempDir()
	linear(t, filepath.Join(home, "plain.git"), 3)
	linear(t, filepath.Join(home, "packed.git"), 3)
	run(t, filepath.Join(home, "packed.git"), "pack-refs", "--all")
	newRepo(t, filepath.Join(home, "empty.git"))
	run(t, home, "clone", "--quiet", filepath.Join(home, "plain.git"), filepath.Join(home, "work"))
	run(t, home, "clone", "--quiet", "--depth=2", "file://"+filepath.Join(home, "plain.git"), filepath.Join(home, "shallow"))
	s := newScanner(t, filepath.Join(home, "*"))
	s.scan()
	t.Setenv("PATH", t.TempDir())
	got := s.scan()
	want := collectors.Summary{Listed: 5, Repos: 5, Unchanged: 5}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(collectors.Summary{}, "Duration")); diff != "" {
		t.Errorf("second scan (-want +got):\n%s", diff)
	}
	if at := s.reading("local/plain").At; at != s.now {
		t.Errorf("the newest reading is of %v, want %v", at, s.now)
	}
}

func TestRefreshReadsWhatIsNew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := linear(t, dir, 3)
	s := newScanner(t, dir)
	s.scan()
	extend(b, 2)
	summary := s.scan()
	if summary.Commits != 2 || summary.Changes != 2 || summary.Blobs != 2 || summary.Unchanged != 0 {
		t.Errorf("refresh came to %+v, want 2 commits, changes and blobs", summary)
	}
	s.expectShapes("local/pay", shape{0, 3, false, false}, shape{3, 2, true, false})
	s.expect("local/pay", `
		0.0 c0
		  ci.yml = "0"
		1.0 c1
		  ci.yml = "1"
		2.0 c2
		  ci.yml = "2"
		3.0 c3
		  ci.yml = "3"
		4.0 c4
		  ci.yml = "4"
		`)
	s.full = true
	s.scan()
	s.expectShapes("local/pay", shape{0, 5, false, false})
	for oid, n := range s.store.Brought {
		if n != 1 {
			t.Errorf("blob %s was read %d times, want once", oid, n)
		}
	}
}

func TestMovedBranchesAreWalkedAnew(t *testing.T) {
	tests := []struct {
		name string
		move func(t *testing.T, dir string, b *builder)
		want []shape
	}{
		{name: "a commit is dropped", want: []shape{{0, 2, false, false}}, move: func(t *testing.T, dir string, _ *builder) {
			run(t, dir, "update-ref", "refs/heads/main", "main~1")
		}},
		{name: "the last commit is another", want: []shape{{0, 3, false, false}}, move: func(t *testing.T, dir string, b *builder) {
			b.commit(commitOf{from: []int{2}, message: "other", files: map[string]string{"ci.yml": "other"}})
			b.done()
		}},
		{name: "another root", want: []shape{{0, 1, false, false}}, move: func(t *testing.T, dir string, b *builder) {
			b.commit(commitOf{branch: "new", message: "new root", files: map[string]string{"ci.yml": "new"}})
			b.done()
			run(t, dir, "update-ref", "refs/heads/main", "new")
		}},
		{name: "the old head is gone", want: []shape{{0, 1, false, false}}, move: func(t *testing.T, dir string, b *builder) {
			b.commit(commitOf{branch: "new", message: "new root", files: map[string]string{"ci.yml": "new"}})
			b.done()
			run(t, dir, "update-ref", "refs/heads/main", "new")
			run(t, dir, "repack", "-adq")
			run(t, dir, "prune", "--expire=now")
		}},
		{name: "the old head came in from the side", want: []shape{{0, 4, false, false}}, move: func(t *testing.T, dir string, b *builder) {
			other := b.commit(commitOf{branch: "other", from: []int{2}, message: "other", files: map[string]string{"x.yml": "x"}})
			b.commit(commitOf{from: []int{other, 3}, message: "merge", files: map[string]string{"ci.yml": "2"}})
			b.done()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pay.git")
			b := linear(t, dir, 3)
			s := newScanner(t, dir)
			s.scan()
			test.move(t, dir, b)
			s.scan()
			s.expectShapes("local/pay", test.want...)
			cold := newScanner(t, dir)
			cold.scan()
			cold.expect("local/pay", s.lines("local/pay"))
		})
	}
}

func TestShallowClones(t *testing.T) {
	home := t.TempDir()
	origin, dir := filepath.Join(home, "origin.git"), filepath.Join(home, "pay.git")
	b := linear(t, origin, 5)
	run(t, home, "clone", "--quiet", "--bare", "--depth=2", "file://"+origin, dir)
	run(t, dir, "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
	s := newScanner(t, dir)
	s.scan()
	s.expectShapes("local/pay", shape{0, 2, false, true})
	s.expect("local/pay", `
		0.0 c3
		  ci.yml = "3"
		1.0 c4
		  ci.yml = "4"
		`)
	if !s.store.Repo("local/pay").Shallow {
		t.Error("the repository is not shallow")
	}

	extend(b, 1)
	run(t, dir, "fetch", "--quiet", "origin")
	s.scan()
	s.expectShapes("local/pay", shape{0, 2, false, true}, shape{2, 1, true, true})

	run(t, dir, "fetch", "--quiet", "--depth=1", "origin") // less than before: what is known stays
	s.scan()
	s.expectShapes("local/pay", shape{0, 2, false, true}, shape{2, 1, true, true})

	run(t, dir, "fetch", "--quiet", "--depth=4", "origin") // more than before
	s.scan()
	s.expectShapes("local/pay", shape{0, 4, false, true})

	run(t, dir, "fetch", "--quiet", "--unshallow", "origin")
	s.scan()
	s.expectShapes("local/pay", shape{0, 6, false, false})
	if s.store.Repo("local/pay").Shallow {
		t.Error("the repository is still shallow")
	}
	if got := s.scan(); got.Unchanged != 1 {
		t.Errorf("scan after it came to %+v, want it unchanged", got)
	}
}

func TestGraftsAndReplacementsCutHistory(t *testing.T) {
	tests := []struct {
		name string
		cut  func(t *testing.T, dir string)
		undo func(t *testing.T, dir string)
	}{
		{name: "a graft", cut: func(t *testing.T, dir string) {
			write(t, run(t, dir, "rev-parse", "main~1")+"\n", dir, "info", "grafts")
		}, undo: func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "info", "grafts")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a replaced commit", cut: func(t *testing.T, dir string) {
			run(t, dir, "replace", "--graft", "main~1")
		}, undo: func(t *testing.T, dir string) {
			run(t, dir, "--no-replace-objects", "replace", "-d", run(t, dir, "rev-parse", "main~1"))
		}},
		{name: "a replaced commit in packed references", cut: func(t *testing.T, dir string) {
			run(t, dir, "replace", "--graft", "main~1")
			run(t, dir, "pack-refs", "--all")
		}, undo: func(t *testing.T, dir string) {
			run(t, dir, "--no-replace-objects", "replace", "-d", run(t, dir, "rev-parse", "main~1"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pay.git")
			linear(t, dir, 4)
			s := newScanner(t, dir)
			test.cut(t, dir)
			s.scan()
			s.expectShapes("local/pay", shape{0, 2, false, true})
			test.undo(t, dir)
			s.scan()
			s.expectShapes("local/pay", shape{0, 4, false, false})
			test.cut(t, dir)
			s.scan()
			s.expectShapes("local/pay", shape{0, 2, false, true})
		})
	}
}

// TestReplacedBlobsAreNotRead replaces a blob: its content is kept under its own id, for all repositories.
func TestReplacedBlobsAreNotRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	linear(t, dir, 1)
	other := feed(t, dir, "false", "hash-object", "-w", "--stdin")
	run(t, dir, "replace", run(t, dir, "rev-parse", "main:ci.yml"), other)
	s := newScanner(t, dir)
	s.scan()
	s.expect("local/pay", "0.0 c0\n  ci.yml = \"0\"\n")
}

func TestOtherWatchedFilesNeedAWalk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := linear(t, dir, 2)
	b.commit(commitOf{message: "more", files: map[string]string{"Makefile": "all:"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	s.config.Watch.Whole = append(s.config.Watch.Whole, "Makefile")
	summary := s.scan()
	if summary.Blobs != 1 {
		t.Errorf("%d blobs were read, want only the new one", summary.Blobs)
	}
	s.expectShapes("local/pay", shape{0, 3, false, false})
	s.expect("local/pay", `
		0.0 c0
		  ci.yml = "0"
		1.0 c1
		  ci.yml = "1"
		2.0 more
		  Makefile = "all:"
		`)
}

func TestWhichBranchIsRead(t *testing.T) {
	tests := []struct {
		name   string
		branch string
		make   func(t *testing.T, home, origin string) (dir string)
		want   string // the title of the head; empty: no commits
		label  string
		reason metrics.Reason
	}{
		{name: "HEAD of a bare clone", want: "c2", label: "main", make: func(t *testing.T, home, origin string) string { return origin }},
		{name: "the origin's default branch before HEAD", want: "c2", label: "main", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "work")
			run(t, home, "clone", "--quiet", origin, dir)
			run(t, dir, "checkout", "--quiet", "-b", "local", "main~2")
			return dir
		}},
		{name: "HEAD where the origin's is dangling", want: "c1", label: "local", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "work")
			run(t, home, "clone", "--quiet", origin, dir)
			run(t, dir, "checkout", "--quiet", "-b", "local", "main~1")
			run(t, dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
			return dir
		}},
		{name: "a detached HEAD", want: "c0", label: "", make: func(t *testing.T, home, origin string) string {
			run(t, origin, "update-ref", "--no-deref", "HEAD", "main~2")
			return origin
		}},
		{name: "an unborn HEAD where there are other branches", reason: metrics.ReasonUnreadable, make: func(t *testing.T, home, origin string) string {
			run(t, origin, "symbolic-ref", "HEAD", "refs/heads/trunk")
			return origin
		}},
		{name: "an empty repository", want: "", label: "main", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "empty.git")
			newRepo(t, dir)
			return dir
		}},
		{name: "a named branch of a bare clone", branch: "release/1", want: "c1", label: "release/1", make: func(t *testing.T, home, origin string) string {
			run(t, origin, "pack-refs", "--all")
			return origin
		}},
		{name: "a named branch of the origin before the local one", branch: "release/1", want: "c1", label: "release/1", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "work")
			run(t, home, "clone", "--quiet", origin, dir)
			run(t, dir, "branch", "--no-track", "release/1", "main")
			return dir
		}},
		{name: "a named branch that is not there", branch: "gone", reason: metrics.ReasonUnreadable, make: func(t *testing.T, home, origin string) string { return origin }},
		{name: "a named branch of an empty repository", branch: "gone", label: "gone", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "empty.git")
			newRepo(t, dir)
			return dir
		}},
		{name: "a linked worktree's own HEAD", want: "c1", label: "feature", make: func(t *testing.T, home, origin string) string {
			dir := filepath.Join(home, "tree")
			run(t, origin, "worktree", "add", "--quiet", "-b", "feature", dir, "main~1")
			return dir
		}},
		{name: "a loose reference before the packed one", want: "c1", label: "main", make: func(t *testing.T, home, origin string) string {
			run(t, origin, "pack-refs", "--all")
			run(t, origin, "update-ref", "refs/heads/main", "main~1")
			return origin
		}},
		{name: "a packed reference where an empty folder has its name", want: "c2", label: "main", make: func(t *testing.T, home, origin string) string {
			run(t, origin, "pack-refs", "--all")
			if err := os.MkdirAll(filepath.Join(origin, "refs", "heads", "main"), 0o755); err != nil {
				t.Fatal(err)
			}
			return origin
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			origin := filepath.Join(home, "origin.git")
			linear(t, origin, 3)
			run(t, origin, "branch", "release/1", "main~1")
			s := newScanner(t, test.make(t, home, origin))
			s.config.Branch = test.branch
			s.scan()
			for _, repo := range s.store.All() {
				got := s.reading(repo.Name)
				title := ""
				if got.Head != "" && got.Complete {
					title = s.title(got.Head)
				}
				if title != test.want || got.Reason != test.reason || got.Complete && repo.DefaultBranch != test.label || repo.Head != got.Head {
					t.Errorf("read %q of branch %q with reason %q, want %q of %q, %q", title, repo.DefaultBranch, got.Reason, test.want, test.label, test.reason)
				}
				if walks := len(s.store.Walks); (walks == 1) != (test.want != "") {
					t.Errorf("got %d walks", walks)
				}
			}
			if len(s.store.All()) != 1 {
				t.Errorf("%d repositories, want 1", len(s.store.All()))
			}
		})
	}
}

// stopping is a store that fails at its n-th write.
type stopping struct {
	*collectorstest.Store
	left *atomic.Int64
}

var errStopped = errors.New("stopped")

func (s stopping) Write(ctx context.Context, b *metrics.Batch) error {
	if s.left.Add(-1) < 0 {
		return errStopped
	}
	return s.Store.Write(ctx, b)
}

// TestStoppedScansLeaveNothingThatCounts stops a scan of three repositories with common files at every write,
// runs it again, and compares with a scan that was not stopped.
func TestStoppedScansLeaveNothingThatCounts(t *testing.T) {
	home := t.TempDir()
	repos := []string{"local/a", "local/b", "local/c"}
	for _, name := range repos {
		busyRepo(t, filepath.Join(home, name[len("local/"):]+".git"), 40)
	}
	glob := filepath.Join(home, "*.git")
	whole := newScanner(t, glob)
	whole.scan()
	stops := 0
	for n := range 20 {
		s := newScanner(t, glob)
		var left atomic.Int64
		left.Store(int64(n))
		_, err := collectors.Run(context.Background(), collectors.Options{
			Sources: []collectors.Source{s.source()}, Store: stopping{s.store, &left}, Workers: 2,
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		if err == nil {
			break
		}
		if !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		stops++
		for _, w := range s.store.Walks {
			if diff := cmp.Diff(whole.store.History(w.Repo).Changes, s.store.History(w.Repo).Changes); diff != "" {
				t.Errorf("stopped at write %d, a walk that counts lacks something (-want +got):\n%.1000s", n, diff)
			}
			for _, ch := range s.store.History(w.Repo).Changes {
				if ch.Blob != "" && s.store.Blobs[ch.Blob].Status == 0 {
					t.Errorf("stopped at write %d, a walk that counts has a file that nobody read", n)
				}
			}
		}
		s.scan()
		for _, name := range repos {
			if diff := cmp.Diff(whole.lines(name), s.lines(name)); diff != "" {
				t.Errorf("stopped at write %d, %s after another scan (-want +got):\n%.1000s", n, name, diff)
			}
		}
	}
	if stops < 6 {
		t.Errorf("the scan was stopped %d times, want a stop at each write", stops)
	}
}

// TestLongHistoriesAreWrittenInBatches reads a history of more rows than are held at once, for which the
// commits have to be counted beforehand.
func TestLongHistoriesAreWrittenInBatches(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	const commits = 60_000
	for i := range commits {
		c := commitOf{message: "c"}
		if i%1000 == 0 {
			c.files = map[string]string{"ci.yml": fmt.Sprint(i)}
		}
		b.commit(c)
	}
	b.done()
	s := newScanner(t, dir)
	s.scan()
	h := s.store.History(metrics.NewRepoID("local/pay"))
	if s.store.Batches < 3 || len(h.Commits) != commits || h.Walks[0].Commits != commits {
		t.Fatalf("got %d commits in %d batches, want %d in several", len(h.Commits), s.store.Batches, commits)
	}
	for i, c := range h.Commits {
		if c.Pos != uint32(i) || c.Committed != metrics.Instant(1700000000+3600*(i+1)) {
			t.Fatalf("position %d of %v is at index %d", c.Pos, c.Committed, i)
		}
	}
	for i, ch := range h.Changes {
		if got := s.store.Blobs[ch.Blob].Content; ch.Pos != uint32(1000*i) || got != fmt.Sprint(1000*i) {
			t.Fatalf("change %d has position %d and content %q", i, ch.Pos, got)
		}
	}
}
