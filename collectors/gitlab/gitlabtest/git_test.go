package gitlabtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// TestObjectsAreThoseOfGit builds the same commit with git.
func TestObjectsAreThoseOfGit(t *testing.T) {
	p := gitlabtest.New(t, gitlabtest.Config{})
	p.AddGroup("acme", gitlabtest.Group{})
	files := map[string]string{"a.txt": "a\n", "a/b.txt": "b\n", "a0": "c", ".gitlab-ci.yml": "x: {script: [x]}\n", "ü": "umlaut"}
	p.AddProject("acme", gitlabtest.Project{Path: "git", Created: at(0), Files: files})
	dir := t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=robot", "-c", "user.email=robot@acme.test", "-c", "core.autocrlf=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir, "GIT_AUTHOR_DATE="+at(0).Format(time.RFC3339), "GIT_COMMITTER_DATE="+at(0).Format(time.RFC3339))
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
}
