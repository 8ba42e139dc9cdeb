package objects_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// begin is when the first commit of a test is made.
var begin = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)

// TestObjectsAreThoseOfGit builds the same commit, trees and tag with git.
func TestObjectsAreThoseOfGit(t *testing.T) {
	files := map[string]string{"a.txt": "a\n", "a/b.txt": "b\n", "a0": "c", ".github/workflows/ci.yml": "on: push\n", "ü": "umlaut"}
	r := objects.NewStore().NewRepo()
	head := r.Push("main", objects.Push{Files: files, Message: "Begin", At: begin})
	r.Tag("v1", head.OID, begin)
	git := gitIn(t, t.TempDir(), files)
	for name, got := range map[string]string{"HEAD": head.OID, "v1": r.Tags[0].OID()} {
		if want := git("rev-parse", name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	var got []string
	for path, e := range head.Tree.Walk("") {
		got = append(got, fmt.Sprintf("%06s %s %s\t%s", e.Mode, e.Kind(), e.OID, path))
	}
	if diff := cmp.Diff(strings.Join(got, "\n"), git("-c", "core.quotepath=false", "ls-tree", "-r", "-t", "HEAD")); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

// gitIn commits and tags files with git, and returns what asks it.
func gitIn(t *testing.T, dir string, files map[string]string) func(args ...string) string {
	t.Helper()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=robot", "-c", "user.email=robot@acme.test", "-c", "core.autocrlf=false"}, args...)...)
		cmd.Dir = dir
		at := begin.Format("2006-01-02T15:04:05Z")
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	for path, content := range files {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("add", "-A")
	git("commit", "-q", "-m", "Begin")
	git("tag", "-a", "-m", "v1", "v1")
	return git
}

// two is a repository with a commit, and another on a branch.
func two() (r *objects.Repo, first, second *objects.Commit) {
	r = objects.NewStore().NewRepo()
	first = r.Push("main", objects.Push{Files: map[string]string{"a": "1", "b/c": "2", "module": "0123456789012345678901234567890123456789"},
		Modes: map[string]string{"module": objects.ModeModule}, At: begin})
	second = r.Push("main", objects.Push{Branch: "side", Files: map[string]string{"a": "3", "d": "4"}, Deleted: []string{"b/c"}, Author: "ana", At: begin.Add(time.Hour)})
	return r, first, second
}

func TestRevision(t *testing.T) {
	r, first, second := two()
	r.Tag("v1", "side", time.Time{})
	r.Tag("v2", second.OID, begin)
	r.Tag("v2", "main", begin)
	r.Tag("gone", "main", begin)
	r.Untag("gone")
	for name, want := range map[string]*objects.Commit{
		"": first, "HEAD": first, "main": first, "heads/main": first, "refs/heads/side": second, "v1": second, "refs/tags/v2": first, "gone": nil,
		first.OID: first, second.OID: second, "nothing": nil,
	} {
		if got := r.Revision("main", name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
	r.RenameBranch("side", "other")
	if diff := cmp.Diff(r.Names(), []string{"main", "other"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func TestWhatACommitHas(t *testing.T) {
	r, first, second := two()
	added, removed, modified := r.Changes(second)
	if got, want := fmt.Sprint(added, removed, modified), "[d] [b/c] [a]"; got != want {
		t.Errorf("got changes %s, want %s", got, want)
	}
	if got := r.History(second); len(got) != 2 || got[0] != second || got[1] != first {
		t.Errorf("got history %v, want both, the newest first", got)
	}
	if got, ok := second.Read("a"); got != "3" || !ok {
		t.Errorf("got %q, %v, want 3", got, ok)
	}
	for _, path := range []string{"b", "module", "nothing", "a/b"} {
		if got, ok := first.Read(path); ok {
			t.Errorf("%s: got %q, want that there is no such file", path, got)
		}
	}
	for oid, want := range map[string]any{first.OID: first, first.Tree.OID: first.Tree, objects.BlobID("3"): second.Tree.Entries[0].Blob, "nothing": nil} {
		if got := r.Object(oid); got != want {
			t.Errorf("%s: got %v, want %v", oid, got, want)
		}
	}
}
