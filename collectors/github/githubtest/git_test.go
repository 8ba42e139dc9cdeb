package githubtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestObjectsAreThoseOfGit builds the same trees and commits with git.
func TestObjectsAreThoseOfGit(t *testing.T) {
	p := acme(t, githubtest.Config{})
	files := map[string]string{"a.txt": "a\n", "a/b.txt": "b\n", "a0": "c", ".github/workflows/ci.yml": "on: push\n", "ü": "umlaut"}
	p.AddRepo("acme", githubtest.Repo{Name: "git", Created: at(0), Files: files})
	p.Annotate("acme/git", "v1", "", at(1))
	dir := t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=robot", "-c", "user.email=robot@acme.test", "-c", "core.autocrlf=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_DATE="+at(0).Format("2006-01-02T15:04:05Z"), "GIT_COMMITTER_DATE="+at(0).Format("2006-01-02T15:04:05Z"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	for path, content := range files {
		full := filepath.Join(dir, path)
		check(t, os.MkdirAll(filepath.Dir(full), 0o755))
		check(t, os.WriteFile(full, []byte(content), 0o644))
	}
	git("add", "-A")
	git("commit", "-q", "-m", "Begin")
	if got, want := p.Head("acme/git"), git("rev-parse", "HEAD"); got != want {
		t.Errorf("got commit %s, want %s", got, want)
	}
	tree, _, err := client(t, p, githubtest.Secret).Git.GetTree(ctx, "acme", "git", "main", true)
	check(t, err)
	var got []string
	for _, e := range tree.Entries {
		got = append(got, e.GetMode()+" "+e.GetType()+" "+e.GetSHA()+"\t"+e.GetPath())
	}
	if got, want := strings.Join(got, "\n"), git("-c", "core.quotepath=false", "ls-tree", "-r", "-t", "HEAD"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
