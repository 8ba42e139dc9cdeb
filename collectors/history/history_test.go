package history_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// three is an organisation of three repositories, one of them empty, and a history.
func three(t *testing.T, config gittest.Config) *forge {
	t.Helper()
	f := newForge(t, config)
	f.add("pay", map[string]string{"ci.yml": "1", "README": "pay"})
	f.push("pay", map[string]string{"ci.yml": "2"})
	f.push("pay", map[string]string{"ci.yml": "3"})
	f.add("web", map[string]string{"ci.yml": "1"})
	f.peer.AddRepo("acme", githubtest.Repo{Name: "empty"})
	return f
}

// TestScan reads histories once, then only what is new, and asks for nothing where nothing is.
func TestScan(t *testing.T) {
	for name, config := range map[string]gittest.Config{"by git": {}, "whole": {Whole: true}, "contents by the API": {NoIDs: true}} {
		t.Run(name, func(t *testing.T) {
			f := three(t, config)
			f.scan()
			first := f.walked("pay", "pay")
			f.walked("web", "web")
			if s := f.summary; s.Repos != 3 || s.Unknown != 0 || s.Commits != 4 || s.Changes != 4 || f.warnings() != "" {
				t.Errorf("got %+v", s)
			}
			if got := f.store.Unread(); len(got) > 0 {
				t.Errorf("contents of %v are not known", got)
			}
			f.scan()
			if asked := f.git.Asked(); len(asked) > 0 || f.peer.Counts().Requests > 2 || f.summary.Unchanged != 3 {
				t.Errorf("nothing is new: git was asked %q, the API %v, %+v", asked, f.peer.Counts().Routes, f.summary)
			}
			f.push("pay", map[string]string{"ci.yml": "4"})
			f.scan()
			if w := f.walked("pay", "pay"); w.Prev != first.ID || w.Commits != 1 {
				t.Errorf("the walk %+v does not go on from %+v", w, first)
			}
			if f.summary.Changes != 1 || f.summary.Unchanged != 2 || len(f.store.Unread()) > 0 {
				t.Errorf("got %+v", f.summary)
			}
		})
	}
}

// TestSaysWhatTheHostSays keeps what only the host knows.
func TestSaysWhatTheHostSays(t *testing.T) {
	f := three(t, gittest.Config{})
	f.peer.Edit("acme/pay", func(r *githubtest.Repo) { r.Topics = []string{"money"} })
	f.peer.Archive("acme/pay", true)
	f.scan()
	repo := f.store.Repo("127.0.0.1/acme/pay")
	if diff := cmp.Diff(repo.Topics, []string{"money"}); diff != "" || !repo.Archived || repo.HostID == "" || !strings.HasPrefix(repo.Location, "http") {
		t.Errorf("got %+v", repo)
	}
}

// TestThereAndBack turns history on for a store that has heads alone, off, and on again.
func TestThereAndBack(t *testing.T) {
	f := three(t, gittest.Config{})
	f.without = true
	f.scan()
	f.without = false
	f.scan()
	if asked := f.peer.Counts().Requests; asked > 2 {
		t.Errorf("the API was asked %d times for what is known", asked)
	}
	f.walked("pay", "pay")
	f.walked("web", "web")
	f.without = true
	f.push("web", map[string]string{"ci.yml": "9"})
	f.scan()
	last, _ := f.store.Last(f.ctx, "github", id("web"))
	if last.Reading.Head.String() != f.peer.Head("acme/web") || last.Reading.Files == 0 || last.Reading.At <= last.Walk.At {
		t.Errorf("the head is not seen after the history: %+v", last)
	}
	f.without = false
	f.scan()
	f.walked("web", "web")
	f.walked("pay", "pay")
}

// TestAnotherName fetches into the clone that there is, from where the repository is now.
func TestAnotherName(t *testing.T) {
	f := three(t, gittest.Config{})
	f.scan()
	before := f.clones()
	f.peer.Rename("acme/pay", "payments")
	f.git.Move("acme/pay", "acme/payments")
	f.push("payments", map[string]string{"ci.yml": "5"})
	f.scan()
	f.walked("pay", "payments")
	if diff := cmp.Diff(f.clones(), before); diff != "" {
		t.Errorf("clones (-got +want):\n%s", diff)
	}
	for _, asked := range f.git.Asked() {
		if !strings.Contains(asked, "/acme/payments.git/") {
			t.Errorf("git was asked %s", asked)
		}
	}
}

// TestAnotherBranch follows the default branch to another name and another commit.
func TestAnotherBranch(t *testing.T) {
	f := three(t, gittest.Config{})
	f.scan()
	f.peer.RenameBranch("acme/pay", "main", "trunk")
	f.git.Git("acme/pay", "branch", "-m", "main", "trunk")
	f.scan()
	if got := f.store.Repo("127.0.0.1/acme/pay").DefaultBranch; got != "trunk" {
		t.Errorf("the default branch is %q", got)
	}
	f.peer.Advance(time.Minute)
	files := map[string]string{"ci.yml": "7"}
	f.same("pay", f.peer.Push("acme/pay", githubtest.Push{Files: files, Author: "ana", Message: "Change"}),
		f.git.Push("acme/pay", gittest.Commit{Branch: "trunk", Author: "ana", Message: "Change", Files: files, At: f.peer.Now()}))
	f.scan()
	if w := f.walked("pay", "pay"); w.Branch != "trunk" || w.Commits != 1 {
		t.Errorf("got %+v", w)
	}
}

// TestGone deletes a repository, before it is listed and after.
func TestGone(t *testing.T) {
	f := three(t, gittest.Config{})
	f.git.Remove("acme/web")
	f.scan()
	if !strings.Contains(f.warnings(), "only the head is known, the history cannot be read: ") || f.summary.Unknown != 0 {
		t.Errorf("got %q, %+v", f.warnings(), f.summary)
	}
	f.walked("pay", "pay")
	f.peer.Delete("acme/web")
	for range 3 { // that one of three is gone is believed when it is said twice
		f.peer.Advance(25 * time.Hour)
		f.scan()
	}
	if f.warnings() != "" || len(f.git.Asked()) > 0 {
		t.Errorf("it is not there any more, and got %q", f.warnings())
	}
}

// TestOnlyTheHead knows a repository by its head while git does not answer, and tries again.
func TestOnlyTheHead(t *testing.T) {
	tests := []struct {
		name   string
		break_ func(f *forge)
		mend   func(f *forge)
		want   string
	}{
		{"no answer", func(f *forge) {
			f.git.Fail(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusBadGateway) })
		}, func(f *forge) { f.git.Fail(nil) }, "error: 502"},
		{"not let in", func(f *forge) { f.logins = []string{"wrong"} }, func(f *forge) { f.logins = []string{"wrong", githubtest.Secret} }, "git is not let in"},
		{"a head that git does not have yet", func(f *forge) { f.git.Git("acme/pay", "update-ref", "refs/heads/main", "main~1") },
			func(f *forge) { f.git.Git("acme/pay", "update-ref", "refs/heads/main", f.peer.Head("acme/pay")) }, "git does not have the commit"},
		{"no folder", func(f *forge) { f.must(os.WriteFile(f.dir, nil, 0o600)) }, func(f *forge) { f.must(os.Remove(f.dir)) }, "make the folder of clones"},
		{"a folder of everybody", func(f *forge) {
			f.must(os.Mkdir(f.dir, 0o700))
			f.must(os.Chmod(f.dir, 0o777))
		}, func(f *forge) { f.must(os.Chmod(f.dir, 0o700)) }, "others may write to it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newForge(t, gittest.Config{})
			f.add("pay", map[string]string{"ci.yml": "1"})
			f.push("pay", map[string]string{"ci.yml": "2"})
			test.break_(f)
			f.scan()
			if !strings.Contains(f.warnings(), test.want) || strings.Contains(f.warnings(), githubtest.Secret) || f.summary.Unknown != 0 {
				t.Errorf("got %q, %+v, want %q", f.warnings(), f.summary, test.want)
			}
			last, _ := f.store.Last(f.ctx, "github", id("pay"))
			if !last.Reading.Complete || last.Reading.Files == 0 || last.Walk.ID != 0 || len(f.store.States) != 1 {
				t.Errorf("the head is not known: %+v", last)
			}
			test.mend(f)
			f.scan()
			f.walked("pay", "pay")
			if f.warnings() != "" || len(f.store.Unread()) > 0 || f.peer.Counts().Requests > 2 {
				t.Errorf("got %q, %v", f.warnings(), f.peer.Counts().Routes)
			}
		})
	}
}

// TestNoRoom fills the disk in the middle of a clone. (The program that stands in for git says what git says then, and
// leaves what git leaves.)
func TestNoRoom(t *testing.T) {
	f := three(t, gittest.Config{})
	full := filepath.Join(t.TempDir(), "full")
	f.must(os.WriteFile(full, nil, 0o600))
	f.fake(func(git string) string {
		return fmt.Sprintf(`if [ "$1" = fetch ] && [ -e %q ]; then
	echo half > "$GIT_DIR/objects/pack/tmp_pack_x"
	echo "error: file write error: No space left on device" >&2
	echo "fatal: fetch-pack: invalid index-pack output" >&2
	exit 128
fi
exec %q "$@"`, full, git)
	})
	f.scan()
	if got := f.warnings(); !strings.Contains(got, "No space left on device") || f.summary.Unknown != 0 {
		t.Errorf("got %q", got)
	}
	f.must(os.Remove(full))
	f.scan()
	f.walked("pay", "pay")
	f.walked("web", "web")
	_ = filepath.WalkDir(f.dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), "tmp_") {
			t.Errorf("%s stays", path)
		}
		return err
	})
}

// TestKilled ends a scan in the middle of a clone. The next one goes on.
func TestKilled(t *testing.T) {
	f := three(t, gittest.Config{})
	ctx, kill := context.WithCancel(context.Background())
	f.ctx = ctx
	f.git.Fail(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // only then is it seen when nobody waits any more
			kill()
			<-r.Context().Done()
			return
		}
		f.git.Pass(w, r)
	})
	if err := f.try(); err == nil {
		t.Fatal("the scan went on")
	}
	if n := len(f.store.Walks); n > 0 {
		t.Errorf("%d walks of what was not read", n)
	}
	f.ctx = context.Background()
	f.git.Fail(nil)
	f.scan()
	f.walked("pay", "pay")
	f.walked("web", "web")
}

// TestDamaged makes clones anew that are of no use.
func TestDamaged(t *testing.T) {
	damages := map[string]func(f *forge, dir string){
		"no configuration": func(f *forge, dir string) { f.must(os.Remove(filepath.Join(dir, "config"))) },
		"no objects":       func(f *forge, dir string) { f.must(os.RemoveAll(filepath.Join(dir, "objects"))) },
		"half removed":     func(f *forge, dir string) { f.must(os.RemoveAll(filepath.Join(dir, "refs"))) },
		"a cut pack": func(f *forge, dir string) {
			packs, err := filepath.Glob(filepath.Join(dir, "objects/pack/*.pack"))
			f.must(err)
			for _, pack := range packs {
				f.must(os.Chmod(pack, 0o600))
				f.must(os.Truncate(pack, 40))
			}
		},
		"a reference that is none": func(f *forge, dir string) {
			f.must(os.WriteFile(filepath.Join(dir, "refs/heads/head"), []byte("nonsense\n"), 0o600))
		},
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			f := newForge(t, gittest.Config{})
			f.add("pay", map[string]string{"ci.yml": "1"})
			f.scan()
			damage(f, filepath.Join(f.dir, f.clones()[0]))
			f.push("pay", map[string]string{"ci.yml": "2"})
			f.scan()
			f.walked("pay", "pay")
			if f.warnings() != "" || len(f.store.Unread()) > 0 {
				t.Errorf("got %q, %v", f.warnings(), f.store.Unread())
			}
		})
	}
}

// TestManyShareContents reads a content that many repositories have once, whoever has it read, and through the one
// that can where another cannot.
func TestManyShareContents(t *testing.T) {
	f := newForge(t, gittest.Config{})
	for i := range 6 {
		name := fmt.Sprint("r", i)
		f.add(name, map[string]string{"ci.yml": "the same"})
		f.push(name, map[string]string{"ci.yml": "the same, later"})
	}
	f.scan()
	for i := range 6 {
		f.walked(fmt.Sprint("r", i), fmt.Sprint("r", i))
	}
	if got := f.store.Unread(); len(got) > 0 || f.warnings() != "" {
		t.Errorf("not read: %v, %s", got, f.warnings())
	}
}
