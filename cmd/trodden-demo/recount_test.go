package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The tests recount the story from the built repositories with plain git,
// knowing nothing of the tables that made them nor of trodden.

// A walk is what git says of one clone.
type walk struct {
	repo       string
	dir        string
	unreadable bool
	first      time.Time   // the first commit that can be seen
	shallow    bool        // what was before first is not known
	landings   []landing   // those that changed a watched file, oldest first
	humans     []time.Time // when a human committed
	commits    int
}

// A landing is a commit on the first-parent history of the default branch.
type landing struct {
	at      time.Time // never before its predecessor
	sha     string
	parents []string
	files   map[string]string // all watched files as of this commit
}

var watched = []string{".github/workflows", ".circleci/config.yml", "Jenkinsfile", ".gitlab-ci.yml", "Dockerfile", "services/*/Dockerfile",
	"deploy", ".acme/template.yaml", "go.mod", "package.json", "pyproject.toml", "pom.xml", "CODEOWNERS", ".github/CODEOWNERS", "catalog-info.yaml"}

// plainGit runs git for a test; the error is git's.
func plainGit(dir, stdin string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	return string(out), err
}

// mustGit is plainGit where git must succeed.
func mustGit(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	out, err := plainGit(dir, stdin, args...)
	if err != nil {
		t.Fatalf("git %s in %s: %v", strings.Join(args, " "), dir, err)
	}
	return out
}

// recount walks all clones below root.
func recount(t *testing.T, root string) []walk {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(root, "repos", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no clones below %s: %v", root, err)
	}
	var out []walk
	for _, dir := range dirs {
		out = append(out, read(t, dir))
	}
	return out
}

// read walks one clone.
func read(t *testing.T, dir string) walk {
	t.Helper()
	w := walk{dir: dir, repo: strings.TrimSuffix(filepath.Base(dir), ".git")}
	if _, err := plainGit(dir, "", "rev-parse", "--verify", "-q", "HEAD"); err != nil {
		return w
	}
	head := "HEAD"
	if _, err := plainGit(dir, "", "rev-parse", "--verify", "-q", "origin/HEAD"); err == nil {
		head = "origin/HEAD"
	}
	all, err := plainGit(dir, "", "log", "--use-mailmap", "--format=%ct %aE", head)
	if err != nil {
		w.unreadable = true
		return w
	}
	for line := range strings.Lines(all) {
		at, mail, _ := strings.Cut(strings.TrimSpace(line), " ")
		w.commits++
		if !strings.Contains(mail, "[bot]") {
			w.humans = append(w.humans, unix(t, at))
		}
	}
	w.shallow = strings.TrimSpace(mustGit(t, dir, "", "rev-parse", "--is-shallow-repository")) == "true"
	w.readLandings(t, head)
	return w
}

// readLandings finds the landings that changed a watched file.
func (w *walk) readLandings(t *testing.T, head string) {
	t.Helper()
	times, parents := map[string]time.Time{}, map[string][]string{}
	var last time.Time
	for line := range strings.Lines(mustGit(t, w.dir, "", "log", "--first-parent", "--reverse", "--format=%H %ct %P", head)) {
		fields := strings.Fields(line)
		if at := unix(t, fields[1]); at.After(last) {
			last = at
		}
		if w.first.IsZero() {
			w.first = last
		}
		times[fields[0]], parents[fields[0]] = last, fields[2:]
	}
	args := append([]string{"log", "--first-parent", "-m", "--root", "--reverse", "--name-only", "--format=commit %H", head, "--"}, watched...)
	names := map[string]bool{}
	for line := range strings.Lines(mustGit(t, w.dir, "", args...)) {
		line = strings.TrimSpace(line)
		if sha, ok := strings.CutPrefix(line, "commit "); ok {
			w.landings = append(w.landings, landing{at: times[sha], sha: sha, parents: parents[sha]})
		} else if line != "" {
			names[line] = true
		}
	}
	w.readFiles(t, names)
}

// readFiles reads the watched files as of each landing, all by one process.
func (w *walk) readFiles(t *testing.T, names map[string]bool) {
	t.Helper()
	var ask strings.Builder
	for _, l := range w.landings {
		for name := range names {
			fmt.Fprintf(&ask, "%s:%s\n", l.sha, name)
		}
	}
	out := bufio.NewReader(bytes.NewReader([]byte(mustGit(t, w.dir, ask.String(), "cat-file", "--batch"))))
	asked := bufio.NewScanner(strings.NewReader(ask.String()))
	for i := range w.landings {
		w.landings[i].files = map[string]string{}
		for range names {
			asked.Scan()
			_, name, _ := strings.Cut(asked.Text(), ":")
			if text, there := readBlob(t, out); there {
				w.landings[i].files[name] = text
			}
		}
	}
}

// readBlob reads one answer of git cat-file --batch.
func readBlob(t *testing.T, out *bufio.Reader) (string, bool) {
	t.Helper()
	head, err := out.ReadString('\n')
	if err != nil {
		t.Fatalf("answer of git cat-file: %v", err)
	}
	if strings.HasSuffix(head, " missing\n") {
		return "", false
	}
	size, err := strconv.Atoi(strings.Fields(head)[2])
	if err != nil {
		t.Fatalf("answer of git cat-file %q: %v", head, err)
	}
	text := make([]byte, size+1)
	for n := 0; n < len(text); {
		m, err := out.Read(text[n:])
		if err != nil {
			t.Fatalf("answer of git cat-file: %v", err)
		}
		n += m
	}
	return string(text[:size]), true
}

func unix(t *testing.T, s string) time.Time {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatalf("time %q of git: %v", s, err)
	}
	return time.Unix(n, 0).UTC()
}

// at gives the watched files at a moment; false before the first commit.
func (w walk) at(when time.Time) (landing, bool) {
	i := slices.IndexFunc(w.landings, func(l landing) bool { return l.at.After(when) })
	if i < 0 {
		i = len(w.landings)
	}
	if i == 0 {
		return landing{}, false
	}
	return w.landings[i-1], true
}

// active says whether a human committed in the 180 days before.
func (w walk) active(when time.Time) bool {
	return slices.ContainsFunc(w.humans, func(at time.Time) bool {
		return !at.After(when) && at.After(when.AddDate(0, 0, -180))
	})
}

var goldenUse = regexp.MustCompile(`(?m)^\s+uses: (acme/golden-workflows/\.github/workflows/\S+)`)

// some says whether any file of that name pattern has a line like it.
func some(files map[string]string, name, line string) bool {
	n, l := regexp.MustCompile(name), regexp.MustCompile(line)
	for path, text := range files {
		if n.MatchString(path) && l.MatchString(text) {
			return true
		}
	}
	return false
}
