package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRecount compares what trodden says of generated repositories with a count by plain git commands: the
// tree of every commit on the first-parent history is searched, with no knowledge of what changed, and
// nothing is shared with the program but the words of the states.
func TestRecount(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	dirs := generate(t, p.repos(), 24, 70)
	p.run(exitDone, "scan")
	got := map[string][]move{}
	for _, e := range ask[recounted](p, "events") {
		if e.From != e.To {
			key := e.Repo + " " + e.Path
			got[key] = append(got[key], move{e.Commit, e.From, e.To, e.At})
		}
	}
	on, moves := 0, 0
	for _, dir := range dirs {
		name := "local/" + strings.TrimSuffix(filepath.Base(dir), ".git")
		for path, want := range recount(t, dir, time.Now()) {
			if diff := cmp.Diff(got[name+" "+path], want); diff != "" {
				t.Errorf("%s on %s (-trodden +git):\n%s", name, path, diff)
			}
			first, counted := firstOn(got[name+" "+path]), firstOn(want)
			if first != counted {
				t.Errorf("%s on %s: got first on at %q, want %q", name, path, first, counted)
			}
			moves += len(want)
			if counted != "" {
				on++
			}
		}
	}
	t.Logf("%d changes of state compared; on %d paths of %d repositories golden was ever found", moves, on, len(dirs))
	if on < 2*len(dirs) {
		t.Errorf("got %d repositories and paths that were ever on, want at least %d: the test shows little", on, 2*len(dirs))
	}
}

// recounted is what this test looks at in an event.
type recounted struct{ Repo, Path, Commit, From, To, At string }

// move is a change of tree state.
type move struct{ Commit, From, To, At string }

// firstOn is the commit that first brought the path.
func firstOn(moves []move) string {
	for _, m := range moves {
		if m.To == "on" || m.To == "mixed" {
			return m.Commit
		}
	}
	return ""
}

// recount returns the changes of tree state on each path.
func recount(t *testing.T, dir string, now time.Time) map[string][]move {
	t.Helper()
	moves, before, latest := map[string][]move{}, map[string]string{}, int64(0)
	commits := strings.Fields(runGit(t, dir, "log", "--first-parent", "--reverse", "--format=%H=%ct", "main"))
	search := searched{t: t, dir: dir}
	for _, line := range commits {
		commit, _, _ := strings.Cut(line, "=")
		search.commits = append(search.commits, commit)
	}
	states := search.states()
	for _, line := range commits {
		commit, date, _ := strings.Cut(line, "=")
		at, err := strconv.ParseInt(date, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if at <= now.Unix() {
			latest = max(latest, at)
		}
		for path, state := range states[commit] {
			if state != before[path] {
				moves[path] = append(moves[path], move{commit, before[path], state, time.Unix(latest, 0).UTC().Format(time.RFC3339)})
				before[path] = state
			}
		}
	}
	return moves
}

// searched searches the trees of commits.
type searched struct {
	t       *testing.T
	dir     string
	commits []string
}

// states says for each commit which state its tree has on each path of generatedPaths.
func (s searched) states() map[string]map[string]string {
	uses := s.grep(`^    uses: acme/golden/\.github/workflows/[a-z]+\.yml@`, ".github/workflows/*.yml", ".github/workflows/*.yaml")
	broken := s.grep(`\[broken`, ".github/workflows/*")
	circle, jenkins := s.grep(`[^[:space:]]`, ".circleci/config.yml"), s.grep(`[^[:space:]]`, "Jenkinsfile")
	builds, deploys := s.grep(`^build:`, "Makefile"), s.grep(`[^[:space:]]`, "deploy/**")
	legacy := s.grep(`[^[:space:]]`, "deploy/legacy.txt")
	kit := s.grep(`^(require |`+"\t"+`)acme\.dev/kit v`, "**/go.mod")
	from := s.grep(`^FROM `, "**/Dockerfile*")
	states := map[string]map[string]string{}
	for _, c := range s.commits {
		golden := false
		for file := range uses[c] {
			golden = golden || broken[c][file] == ""
		}
		base, alpine := false, false
		for _, image := range from[c] {
			base = base || strings.HasPrefix(image, "FROM acme/base:")
			alpine = alpine || strings.HasPrefix(image, "FROM alpine:")
		}
		states[c] = map[string]string{
			"ci":     chosen(golden, circle[c][".circleci/config.yml"]+jenkins[c]["Jenkinsfile"]+builds[c]["Makefile"] != ""),
			"image":  chosen(base, alpine),
			"deploy": present(len(deploys[c]) > 0 && len(legacy[c]) == 0),
			"kit":    present(len(kit[c]) > 0),
		}
	}
	return states
}

// grep returns, by commit and file, the last line that matches in files of these paths.
func (s searched) grep(pattern string, paths ...string) map[string]map[string]string {
	s.t.Helper()
	args := append([]string{"grep", "-a", "-E", "--full-name", "-e", pattern}, s.commits...)
	args = append(args, "--")
	for _, path := range paths {
		args = append(args, ":(glob)"+path)
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		s.t.Fatalf("git grep %s: %v", pattern, err)
	}
	found := map[string]map[string]string{}
	for line := range strings.Lines(string(out)) {
		commit, rest, _ := strings.Cut(line, ":")
		file, text, _ := strings.Cut(rest, ":")
		if found[commit] == nil {
			found[commit] = map[string]string{}
		}
		found[commit][file] = strings.TrimSpace(text)
	}
	return found
}

// chosen is the state on a path that has alternatives.
func chosen(golden, alternative bool) string {
	switch fmt.Sprint(golden, alternative) {
	case "true false":
		return "on"
	case "true true":
		return "mixed"
	case "false true":
		return "off"
	default:
		return "none"
	}
}

// present is the state on a path without alternatives.
func present(golden bool) string {
	if golden {
		return "on"
	}
	return "off"
}
