package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// twin is a GitHub whose API and whose git tell of the same repositories.
type twin struct {
	*place
	peer *githubtest.Peer
	git  *gittest.Host
}

func newTwin(t *testing.T) *twin {
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	peer.AddOrganization("acme")
	w := &twin{
		place: &place{TB: t, dir: t.TempDir(), store: "store"}, peer: peer,
		git: gittest.New(t, gittest.Config{User: "x-access-token", Password: githubtest.Secret, Next: peer}),
	}
	w.setenv("GITHUB_TOKEN", githubtest.Secret)
	w.setenv("XDG_CACHE_HOME", "")
	w.says("")
	return w
}

// says writes the configuration, with more keys of the source.
func (w *twin) says(more string) {
	w.Helper()
	text := fmt.Sprintf("sources: [{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q%s}}]\n%s", w.git.URL, more, hostedPaths)
	if err := os.WriteFile(filepath.Join(w.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// add makes a repository with its first commit, days ago.
func (w *twin) add(name string, days int, files map[string]string) {
	w.Helper()
	at := time.Now().AddDate(0, 0, -days).Truncate(time.Second)
	w.peer.AddRepo("acme", githubtest.Repo{Name: name, Created: at, Author: "ana", Files: files})
	w.git.Create("acme/" + name)
	w.same(w.peer.Head("acme/"+name), w.git.Push("acme/"+name, gittest.Commit{Author: "ana", Message: "Begin", Files: files, At: at}))
}

// push changes a repository, days ago.
func (w *twin) push(name string, days int, files map[string]string, gone ...string) {
	w.Helper()
	at := time.Now().AddDate(0, 0, -days).Truncate(time.Second)
	w.same(w.peer.Push("acme/"+name, githubtest.Push{Files: files, Deleted: gone, Author: "ana", Message: "Change", At: at}),
		w.git.Push("acme/"+name, gittest.Commit{Author: "ana", Message: "Change", Files: files, Deleted: gone, At: at}))
}

func (w *twin) same(api, git string) {
	w.Helper()
	if api != git {
		w.Fatalf("the API has %s, git has %s", api, git)
	}
}

// TestHistory goes from heads to history and back: by the flag, by the configuration.
func TestHistory(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.add("pay", 300, map[string]string{"Jenkinsfile": "node {}\n"})
	w.push("pay", 100, map[string]string{".github/workflows/ci.yml": usesGolden}, "Jenkinsfile")
	w.add("web", 200, map[string]string{"Jenkinsfile": "node {}\n"})
	check := func(when string, want map[string]hosted) {
		t.Helper()
		if diff := cmp.Diff(w.hosted(), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", when, diff)
		}
	}
	row := func(name, state, origin, version string, dated bool, ways ...string) hosted {
		return hosted{"127.0.0.1/acme/" + name, state, origin, version, ways, dated}
	}
	w.run(exitDone, "scan")
	check("heads", map[string]hosted{"pay": row("pay", "on", "unknown", "v3", false, "golden"), "web": row("web", "off", "", "", false, "jenkins")})

	out, _ := w.run(exitDone, "scan", "--history")
	if !strings.Contains(out, "changes written           4\n") {
		t.Errorf("the first scan of history says\n%s", out)
	}
	read := map[string]hosted{"pay": row("pay", "on", "chosen", "v3", true, "golden"), "web": row("web", "off", "", "", true, "jenkins")}
	check("history", read)
	w.says(", history: true, cache: {dir: clones, max_size: 500MB}")
	w.git.Asked()
	out, _ = w.run(exitDone, "scan")
	if asked := w.git.Asked(); len(asked) > 0 || !strings.Contains(out, "unchanged                 2\n") {
		t.Errorf("nothing is new, git was asked %q\n%s", asked, out)
	}
	check("the same again", read)

	w.says("")
	w.push("web", 0, map[string]string{".github/workflows/ci.yml": usesGolden})
	w.run(exitDone, "scan")
	check("a head after the history", map[string]hosted{"pay": read["pay"], "web": row("web", "mixed", "unknown", "v3", false, "golden", "jenkins")})
	w.says(", history: true, cache: {dir: clones, max_size: 500MB}")
	w.run(exitDone, "scan")
	check("its history", map[string]hosted{"pay": read["pay"], "web": row("web", "mixed", "chosen", "v3", true, "golden", "jenkins")})
	w.silent()
	for _, dir := range []string{".cache/trodden/clones", "clones"} {
		if found, err := filepath.Glob(filepath.Join(w.dir, dir, "*.git")); err != nil || len(found) == 0 {
			t.Errorf("%s: %v, %v, want clones", dir, found, err)
		}
	}
}

// silent looks for the token in all files that there are.
func (w *twin) silent() {
	w.Helper()
	err := filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), githubtest.Secret) {
			w.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		w.Error(err)
	}
}

// TestHistoryNeedsGit says so before anything is made.
func TestHistoryNeedsGit(t *testing.T) {
	files := map[string]string{"trodden.yaml": "sources: [{github: {org: acme, history: true, token: \"${GITHUB_TOKEN}\", url: \"http://127.0.0.1:1\"}}]\n" + hostedPaths}
	for _, args := range [][]string{{"scan"}, {"scan", "--history"}, {"check"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			s := newSession(t, files)
			s.vars["GITHUB_TOKEN"] = "x"
			s.open = openLocal
			t.Setenv("PATH", s.dir)
			if status := s.run(args...); status != exitFailed {
				t.Errorf("got exit status %d, want %d", status, exitFailed)
			}
			if got := s.err.String(); !strings.Contains(got, "source github: the git program is not found in PATH") {
				t.Errorf("got %q, %q", &s.out, got)
			}
			if entries, err := os.ReadDir(s.dir); err != nil || len(entries) != 1 {
				t.Errorf("got %v, %v, want nothing made", entries, err)
			}
		})
	}
}
