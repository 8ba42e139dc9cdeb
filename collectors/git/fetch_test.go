package git_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// fetching is a clone of an origin with two commits, and a scanner of the clone.
type fetching struct {
	*scanner
	origin *builder
	dir    string
}

// newFetching clones with the given options. Whoever runs the test has no git configuration.
func newFetching(t *testing.T, options ...string) *fetching {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", filepath.Join(home, "me"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "me"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	f := &fetching{origin: linear(t, filepath.Join(home, "origin.git"), 2), dir: filepath.Join(home, "pay")}
	run(t, home, append(append([]string{"clone", "--quiet"}, options...), f.url(), f.dir)...)
	f.scanner = newScanner(t, f.dir)
	return f
}

func (f *fetching) url() string { return "file://" + f.origin.dir }

// landed returns the titles of what the store has.
func (f *fetching) landed() string {
	f.t.Helper()
	var titles []string
	for _, c := range f.store.History(metrics.NewRepoID("local/pay")).Commits {
		if title, ok := try(f.origin.dir, "log", "-1", "--format=%s", c.OID.String()); ok && c.Seq == 0 {
			titles = append(titles, title)
		}
	}
	return strings.Join(titles, " ")
}

// own describes what belongs to whoever works in the clone: its branches, and what is checked out.
func (f *fetching) own() string {
	f.t.Helper()
	head, err := os.ReadFile(filepath.Join(f.dir, run(f.t, f.dir, "rev-parse", "--git-dir"), "HEAD"))
	if err != nil {
		f.t.Fatal(err)
	}
	text := string(head) + run(f.t, f.dir, "for-each-ref", "refs/heads", "refs/tags")
	if index, err := os.ReadFile(filepath.Join(f.dir, ".git", "index")); err == nil {
		text += fmt.Sprintf("\n%x\n", index) + run(f.t, f.dir, "status", "--porcelain")
	}
	return text
}

// amend moves main of the origin to another history, which has the first commit alone in common.
func amend(b *builder) {
	b.heads["main"] = 1
	extend(b, 1)
}

// rename renames the origin's default branch, and commits to it.
func rename(b *builder) {
	run(b.t, b.dir, "branch", "-m", "main", "trunk")
	run(b.t, b.dir, "symbolic-ref", "HEAD", "refs/heads/trunk")
	b.commit(commitOf{branch: "trunk", from: []int{2}, message: "renamed", files: map[string]string{"ci.yml": "r"}})
	delete(b.heads, "main")
	b.done()
}

func TestFetch(t *testing.T) {
	tests := []struct {
		name    string
		options []string // of git clone
		branch  string
		before  func(f *fetching) // what the clone is made to be
		origin  func(b *builder)  // what happens at the origin
		stale   string            // what a scan without fetching sees then; c0 c1 where it is empty
		want    string            // what one with it sees
		warning string            // part of it
		moves   bool              // whether a branch of the clone's own is moved
	}{
		{name: "new commits", origin: func(b *builder) { extend(b, 2) }, want: "c0 c1 c2 c3"},
		{name: "nothing new", origin: func(*builder) {}, want: "c0 c1"},
		{name: "another history", origin: amend, want: "c0 c2"},
		{name: "the default branch renamed", origin: rename, want: "c0 c1 renamed"},
		{name: "another default branch, the old one stays", origin: func(b *builder) {
			b.commit(commitOf{branch: "next", from: []int{2}, message: "next", files: map[string]string{"ci.yml": "n"}})
			b.done()
			run(b.t, b.dir, "symbolic-ref", "HEAD", "refs/heads/next")
		}, want: "c0 c1 next"},
		{name: "merges with the commits behind them", origin: func(b *builder) {
			side := b.commit(commitOf{branch: "side", from: []int{1}, message: "side", files: map[string]string{"x.yml": "x"}})
			b.commit(commitOf{from: []int{2, side}, message: "merge", files: map[string]string{"x.yml": "x"}})
			b.done()
		}, want: "c0 c1 merge"},
		{name: "a branch by name", branch: "side", before: func(f *fetching) {
			f.origin.commit(commitOf{branch: "side", from: []int{2}, message: "s0", files: map[string]string{"ci.yml": "s"}})
			f.origin.done()
			run(f.t, f.dir, "fetch", "--quiet")
		}, origin: func(b *builder) {
			b.commit(commitOf{branch: "side", message: "s1", files: map[string]string{"ci.yml": "s1"}})
			b.done()
		}, stale: "c0 c1 s0", want: "c0 c1 s0 s1"},
		{name: "a branch that the clone does not know", branch: "side", before: func(f *fetching) {
			run(f.t, f.dir, "branch", "side")
		}, origin: func(b *builder) {
			b.commit(commitOf{branch: "side", from: []int{1}, message: "side", files: map[string]string{"ci.yml": "s"}})
			b.done()
		}, want: "c0 side"},
		{name: "a branch that the origin does not have any more", branch: "side", before: func(f *fetching) {
			f.origin.commit(commitOf{branch: "side", from: []int{2}, message: "s0", files: map[string]string{"ci.yml": "s"}})
			f.origin.done()
			run(f.t, f.dir, "fetch", "--quiet")
			run(f.t, f.dir, "branch", "--no-track", "side", "main")
		}, origin: func(b *builder) {
			run(b.t, b.dir, "branch", "-D", "side")
		}, stale: "c0 c1 s0", want: "c0 c1", warning: "its origin has no branch side"},
		{name: "packed references", before: func(f *fetching) { run(f.t, f.dir, "pack-refs", "--all") },
			origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},
		{name: "no head of the origin", before: func(f *fetching) {
			run(f.t, f.dir, "remote", "set-head", "origin", "--delete")
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},
		{name: "a clone that has no commit yet", before: func(f *fetching) {
			run(f.t, "", "init", "--quiet", f.dir+"2")
			run(f.t, f.dir+"2", "remote", "add", "origin", f.url())
			if err := os.RemoveAll(f.dir); err != nil {
				f.t.Fatal(err)
			}
			if err := os.Rename(f.dir+"2", f.dir); err != nil {
				f.t.Fatal(err)
			}
		}, origin: func(*builder) {}, stale: "none", want: "c0 c1"},
		{name: "a linked worktree", before: func(f *fetching) {
			tree := filepath.Join(filepath.Dir(f.dir), "trees", "pay")
			run(f.t, f.dir, "worktree", "add", "--quiet", "-b", "elsewhere", tree)
			f.config.Dirs = []string{tree}
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},
		{name: "an origin that is a relative path", before: func(f *fetching) {
			run(f.t, f.dir, "config", "remote.origin.url", "../origin.git")
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},
		{name: "borrowed objects", options: []string{"--shared"}, before: func(f *fetching) {
			run(f.t, f.dir, "config", "remote.origin.url", f.url())
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},

		{name: "a shallow clone keeps its cut", options: []string{"--depth=1"}, origin: func(b *builder) { extend(b, 2) }, stale: "c1", want: "c1 c2 c3"},
		{name: "a shallow clone of another history", options: []string{"--depth=1"}, origin: amend, stale: "c1", want: "c0 c2"},
		{name: "a shallow clone of an origin with other branches", options: []string{"--depth=1"}, origin: func(b *builder) {
			b.commit(commitOf{branch: "side", from: []int{1}, message: "side", files: map[string]string{"x.yml": "x"}})
			extend(b, 1)
		}, stale: "c1", want: "c1 c3"},
		{name: "an origin that is shallow by now", origin: func(b *builder) {
			extend(b, 3)
			write(b.t, run(b.t, b.dir, "rev-parse", "main~1")+"\n", b.dir, "shallow")
		}, want: "c0 c1", warning: "history of its origin is cut off"},

		{name: "a mirror", options: []string{"--mirror"}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2", moves: true},
		{name: "a mirror of another history", options: []string{"--mirror"}, origin: amend, want: "c0 c2", moves: true},
		{name: "a mirror of a renamed branch", options: []string{"--mirror"}, origin: rename, want: "c0 c1 renamed", moves: true},
		{name: "a bare clone that keeps the origin's branches apart", options: []string{"--bare"}, before: func(f *fetching) {
			run(f.t, f.dir, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
		}, origin: amend, want: "c0 c2"},
		{name: "any other bare clone", options: []string{"--bare"}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2", moves: true},
		{name: "any other bare clone goes forward only", options: []string{"--bare"}, before: func(f *fetching) {
			write(f.t, "[fetch]\n\tshowForcedUpdates = false\n", os.Getenv("HOME"), ".gitconfig")
		}, origin: amend, want: "c0 c1", warning: "only goes forward"},
		{name: "a bare clone with work trees", options: []string{"--bare"}, before: func(f *fetching) {
			run(f.t, f.dir, "worktree", "add", "--quiet", f.dir+"-tree", "main")
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1 c2"},

		{name: "no origin", before: func(f *fetching) { run(f.t, f.dir, "remote", "remove", "origin") },
			origin: func(b *builder) { extend(b, 1) }, want: "c0 c1"},
		{name: "an origin that is gone", origin: func(b *builder) {
			if err := os.Rename(b.dir, b.dir+"-gone"); err != nil {
				b.t.Fatal(err)
			}
			b.dir += "-gone"
		}, want: "c0 c1", warning: "git ls-remote: "},
		{name: "an origin without a head", origin: func(b *builder) {
			run(b.t, b.dir, "symbolic-ref", "HEAD", "refs/heads/none")
		}, want: "c0 c1", warning: "its origin has no default branch"},
		{name: "a partial clone", options: []string{"--filter=blob:none"}, before: func(f *fetching) {
			run(f.t, f.dir, "config", "--remove-section", "remote.origin")
			run(f.t, f.dir, "config", "remote.origin.url", f.url())
		}, origin: func(b *builder) {
			extend(b, 1)
		}, want: "c0 c1", warning: "a partial clone is not fetched into"},
		{name: "another kind of repository", before: func(f *fetching) {
			run(f.t, f.dir, "config", "extensions.later", "true")
		}, origin: func(b *builder) { extend(b, 1) }, want: "c0 c1", warning: "a clone with extensions.later is not"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFetching(t, test.options...)
			run(t, f.origin.dir, "config", "uploadpack.allowFilter", "true")
			f.config.Branch = test.branch
			if test.before != nil {
				test.before(f)
			}
			before := f.own()
			test.origin(f.origin)

			if test.stale == "" {
				test.stale = "c0 c1"
			}
			f.scan()
			if got := f.landed(); got != strings.ReplaceAll(test.stale, "none", "") {
				t.Errorf("without fetching: %s, want %s", got, test.stale)
			}
			f.config.Fetch = true
			for _, when := range []string{"fetching", "fetching again"} {
				summary := f.scan()
				if got := f.landed(); got != test.want {
					t.Errorf("%s: %s, want %s", when, got, test.want)
				}
				if got := warnings(summary); (got == "") != (test.warning == "") || !strings.Contains(got, test.warning) {
					t.Errorf("%s: warnings are %q, want %q", when, got, test.warning)
				}
				if reading := f.reading("local/pay"); !reading.Complete {
					t.Errorf("%s: reading is %+v, want a complete one", when, reading)
				}
				if when == "fetching again" && summary.Unchanged != 1 {
					t.Errorf("%s: %+v, want it unchanged", when, summary)
				}
			}
			if got := f.own(); (got != before) != test.moves {
				t.Errorf("the clone's own branches and files were\n%s\nand are\n%s", before, got)
			}
			if text, ok := try(f.dir, "fsck", "--strict", "--connectivity-only"); !ok {
				t.Errorf("the clone is damaged: %s", text)
			}
		})
	}
}

func warnings(summary collectors.Summary) string {
	var all []string
	for _, w := range summary.Warnings {
		all = append(all, w.Message)
	}
	return strings.Join(all, "\n")
}

// TestFetchOfManyNames scans a clone that is matched as itself, by links and as a worktree, by two sources
// at once: its origin is asked once by each.
func TestFetchOfManyNames(t *testing.T) {
	f := newFetching(t)
	home := filepath.Dir(f.dir)
	run(t, f.dir, "worktree", "add", "--quiet", filepath.Join(home, "tree"))
	for _, name := range []string{"link", "other"} {
		if err := os.Symlink(f.dir, filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	extend(f.origin, 3)
	f.config.Dirs, f.config.Fetch = []string{filepath.Join(home, "[plot]*[yker]")}, true
	one := f.source()
	f.config.Name = "second"
	for want := range slices.Values([]int{2, 2}) {
		summary, err := collectors.Run(context.Background(), collectors.Options{
			Sources: []collectors.Source{one, f.source()}, Store: f.store, Workers: 4,
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		if err != nil || len(summary.Warnings) > 0 || summary.Unknown > 0 || summary.Repos != 8 || summary.Requests != want {
			t.Errorf("scan came to %+v and error %v, want 8 repositories, %d requests and no warning", summary, err, want)
		}
	}
	if got := f.landed(); got != "c0 c1 c2 c3 c4" {
		t.Errorf("got %s, want all five commits", got)
	}
}
