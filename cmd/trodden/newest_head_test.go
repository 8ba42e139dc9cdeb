package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cloned makes a clone of a repository of the twin, which calls it by the name that the API has for it.
func (w *twin) cloned(name string) string {
	w.Helper()
	dir := filepath.Join(w.dir, "clones", name)
	w.inClone("", "clone", "--quiet", "--bare", w.git.Dir("acme/"+name), dir)
	w.inClone(dir, "config", "remote.origin.url", "https://127.0.0.1/acme/"+name)
	return dir
}

func (w *twin) inClone(dir string, args ...string) string {
	w.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestNewestHeadCounts reads a repository by a clone and by its host. The newest head counts, whichever source is read
// first, and however often.
func TestNewestHeadCounts(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"git, github", "github, git"} {
		t.Run(order, func(t *testing.T) {
			w := newTwin(t)
			w.add("pay", 300, map[string]string{"Jenkinsfile": "node {}\n"})
			clone := w.cloned("pay")
			w.push("pay", 10, map[string]string{".github/workflows/ci.yml": usesGolden}, "Jenkinsfile")
			w.sources(order)
			scan := func(when, says string, want hosted, args ...string) {
				t.Helper()
				_, stderr := w.run(exitDone, append([]string{"scan"}, args...)...)
				if got := strings.Contains(stderr, "at different heads, of which one counts"); len(args) == 0 && got != (says != "") {
					t.Errorf("%s the scan says\n%s", when, stderr)
				}
				got := w.hosted()["pay"]
				if diff := cmp.Diff(got, want); diff != "" {
					t.Errorf("%s (-got +want):\n%s", when, diff)
				}
				if order == "github, git" { // asked once
					return
				}
				out, _ := w.run(exitDone, "explain", "127.0.0.1/acme/pay", "--path", "ci", "--output", "table")
				if strings.Contains(out, "its sources differ") != (says != "") || !strings.Contains(out, says) {
					t.Errorf("%s explain says\n%s\nwithout %q", when, out, says)
				}
			}
			ahead := hosted{Repo: "127.0.0.1/acme/pay", State: "on", Origin: "unknown", Version: "v3", Ways: []string{"golden"}}
			behind := fmt.Sprintf("%.7s of github counts: it is not in the history of git (%.7s)", w.git.Head("acme/pay", "main"), w.inClone(clone, "rev-parse", "HEAD"))
			scan("with a clone that is behind", behind, ahead)
			scan("once more", behind, ahead)
			scan("the clone alone", behind, ahead, "--source", "git")

			w.inClone(clone, "fetch", "--quiet", w.git.Dir("acme/pay"), "+refs/heads/*:refs/heads/*")
			dated := ahead
			dated.Origin, dated.Dated = "chosen", true
			scan("fetched", "", dated)

			commit := w.commit(clone, "HEAD~1")
			ownWork := hosted{Repo: "127.0.0.1/acme/pay", State: "off", Ways: []string{"jenkins"}, Dated: true}
			says := fmt.Sprintf("%.7s of git counts: it is newer than what is in github (%.7s)", commit, w.git.Head("acme/pay", "main"))
			scan("with a commit that is in the clone alone", says, ownWork)
			scan("and the host read last", says, ownWork, "--source", "github", "--full")
		})
	}
}

// commit goes one commit on from the head of a clone, with the files of another commit.
func (w *twin) commit(clone, files string) (head string) {
	w.Helper()
	tree := w.inClone(clone, "rev-parse", files+"^{tree}")
	head = w.inClone(clone, "-c", "user.name=ana", "-c", "user.email=ana@acme.dev", "commit-tree", "-p", "HEAD", "-m", "Go back", tree)
	w.inClone(clone, "update-ref", "HEAD", head)
	return head
}

// TestSourceTakenOut reads repositories by clones and by their host, and then takes the clones out of the configuration:
// what the host says counts, with the history that the clones had of it, and what nobody else has stays as it was.
func TestSourceTakenOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, order string
		steps       bool // the clone is read before its own commit, too
	}{
		{"the clone read first", "git, github", false},
		{"the host read first, step by step", "github, git", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newTwin(t)
			for _, name := range []string{"pay", "web"} {
				w.add(name, 300, map[string]string{"Jenkinsfile": "node {}\n"})
				w.push(name, 100, map[string]string{".github/workflows/ci.yml": usesGolden}, "Jenkinsfile")
			}
			clone, own := w.cloned("pay"), w.cloned("web")
			w.inClone(own, "config", "remote.origin.url", "https://127.0.0.1/acme/own")
			w.commit(own, "HEAD~1")
			w.sources(test.order)
			if test.steps {
				w.run(exitDone, "scan")
			}
			w.commit(clone, "HEAD~1")
			on := hosted{Repo: "127.0.0.1/acme/pay", State: "on", Origin: "chosen", Version: "v3", Ways: []string{"golden"}, Dated: true}
			off := hosted{Repo: "127.0.0.1/acme/pay", State: "off", Ways: []string{"jenkins"}, Dated: true}
			alone := off
			alone.Repo = "127.0.0.1/acme/own"
			scan := func(when string, want hosted, args ...string) string {
				t.Helper()
				out, _ := w.run(exitDone, append([]string{"scan"}, args...)...)
				all := w.hosted()
				if diff := cmp.Diff([]hosted{all["pay"], all["own"]}, []hosted{want, alone}); diff != "" {
					t.Errorf("%s (-got +want):\n%s", when, diff)
				}
				return out
			}
			scan("with both", off)
			w.sources("github")
			scan("the host alone is asked, which takes nothing out", off, "--source", "github")
			scan("without the clones", on)
			if out := scan("once more", on); !strings.Contains(out, "changes written           0\n") {
				t.Errorf("a scan without news says\n%s", out)
			}
			w.sources(test.order)
			scan("with the clones again", off)
			w.sources("github")
			w.push("pay", 1, map[string]string{"README.md": "x"})
			scan("the host goes on", on)
			events, _ := w.run(exitDone, "events", "--repo", "pay", "--output", "ndjson")
			if strings.Contains(events, `"kind":"left"`) {
				t.Errorf("what the host never had is still told of:\n%s", events)
			}
		})
	}
}

// TestCloneSetBack sets a clone back behind its host. What both had before keeps its date and its origin.
func TestCloneSetBack(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"git, github", "github, git"} {
		t.Run(order, func(t *testing.T) {
			w := newTwin(t)
			w.add("pay", 300, map[string]string{"Jenkinsfile": "node {}\n"})
			w.push("pay", 100, map[string]string{".github/workflows/ci.yml": usesGolden}, "Jenkinsfile")
			clone := w.cloned("pay")
			w.sources(order)
			want := hosted{Repo: "127.0.0.1/acme/pay", State: "on", Origin: "chosen", Version: "v3", Ways: []string{"golden"}, Dated: true}
			scan := func(when, says string) string {
				t.Helper()
				out, stderr := w.run(exitDone, "scan")
				if diff := cmp.Diff(w.hosted()["pay"], want); diff != "" {
					t.Errorf("%s (-got +want):\n%s", when, diff)
				}
				if got := strings.Contains(stderr, "at different heads, of which one counts"); got != (says != "") {
					t.Errorf("%s the scan says\n%s", when, stderr)
				}
				explained, _ := w.run(exitDone, "explain", "127.0.0.1/acme/pay", "--path", "ci", "--output", "table")
				if strings.Contains(explained, "its sources differ") != (says != "") || !strings.Contains(explained, says) {
					t.Errorf("%s explain says\n%s\nwithout %q", when, explained, says)
				}
				return out
			}
			scan("with both at one head", "")
			head := w.inClone(clone, "rev-parse", "HEAD")
			w.inClone(clone, "update-ref", "HEAD", "HEAD~1")
			says := fmt.Sprintf("%.7s of github counts: it is newer than what is in git (%.7s)", head, w.inClone(clone, "rev-parse", "HEAD"))
			scan("set back", says)
			if out := scan("once more", says); !strings.Contains(out, "changes written           0\n") {
				t.Errorf("a scan without news says\n%s", out)
			}
			w.inClone(clone, "update-ref", "HEAD", head)
			scan("fetched", "")
		})
	}
}

// sources configures clones and the host, in an order.
func (w *twin) sources(order string) {
	w.Helper()
	var list []string
	for _, source := range strings.Split(order, ", ") {
		list = append(list, map[string]string{
			"git":    fmt.Sprintf("{git: {dirs: [%q]}}", filepath.Join(w.dir, "clones", "*")),
			"github": fmt.Sprintf("{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q}}", w.git.URL),
		}[source])
	}
	w.write("sources: [" + strings.Join(list, ", ") + "]\n" + hostedPaths)
}

// TestClonesOfSeveralSources reads two clones of one repository by a source each: the newest head counts, and none is
// walked again for the other.
func TestClonesOfSeveralSources(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.add("pay", 300, map[string]string{"Jenkinsfile": "node {}\n"})
	old := w.cloned("pay")
	w.inClone("", "clone", "--quiet", "--bare", old, filepath.Join(w.dir, "others", "pay"))
	w.inClone(filepath.Join(w.dir, "others", "pay"), "config", "remote.origin.url", "https://127.0.0.1/acme/pay")
	w.push("pay", 10, map[string]string{".github/workflows/ci.yml": usesGolden}, "Jenkinsfile")
	w.inClone(old, "fetch", "--quiet", w.git.Dir("acme/pay"), "+refs/heads/*:refs/heads/*")
	w.write(fmt.Sprintf("sources: [{git: {dirs: [%q]}}, {git: {name: others, dirs: [%q]}}]\n%s",
		filepath.Join(w.dir, "clones", "*"), filepath.Join(w.dir, "others", "*"), hostedPaths))
	want := hosted{Repo: "127.0.0.1/acme/pay", State: "on", Origin: "chosen", Version: "v3", Ways: []string{"golden"}, Dated: true}
	for _, when := range []string{"first", "again"} {
		out, stderr := w.run(exitDone, "scan")
		if diff := cmp.Diff(w.hosted()["pay"], want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", when, diff)
		}
		if !strings.Contains(stderr, "is read by each of them") || !strings.Contains(stderr, "one of them is at different heads") {
			t.Errorf("%s the scan says\n%s", when, stderr)
		}
		if when == "again" && !strings.Contains(out, "changes written           0\n") {
			t.Errorf("the second scan says\n%s", out)
		}
	}
}
