package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestRepositoriesGone deletes one clone of six, which is believed, and then three more, which is not: the list has
// shrunk too much at once.
func TestRepositoriesGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 6, 12)
	p.run(exitDone, "scan")
	repos := func() int {
		out, _ := p.run(exitDone, "states", "--path", "ci", "--output", "ndjson")
		return strings.Count(out, `"repo":`)
	}
	if got := repos(); got != 6 {
		t.Fatalf("got %d repositories, want 6", got)
	}
	gone := func(n int) {
		t.Helper()
		clones, err := filepath.Glob(filepath.Join(p.repos(), "*"))
		if err != nil || len(clones) < n {
			t.Fatal(clones, err)
		}
		for _, clone := range clones[:n] {
			if err := os.RemoveAll(clone); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone(1)
	p.run(exitDone, "scan")
	if got := repos(); got != 5 {
		t.Errorf("one is gone: got %d repositories, want 5", got)
	}
	out, _ := p.run(exitDone, "events", "--path", "ci", "--output", "ndjson")
	if got := strings.Count(out, `"kind":"removed"`); got != 1 {
		t.Errorf("got %d events of removal, want 1:\n%s", got, out)
	}
	gone(3)
	_, said := p.run(exitUnknown, "scan")
	if got := repos(); got != 5 || !strings.Contains(said, "nothing is concluded to be gone") {
		t.Errorf("three are gone at once: got %d repositories, want the 5 of before, and it said so: %s", got, said)
	}
}

// TestTransferredIsNotGone moves a repository from one organisation to another one that is read, too: none is gone.
func TestTransferredIsNotGone(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddOrganization("globex")
	for _, name := range []string{"golden", "pay", "web", "app", "lib", "docs"} {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	source := func(org string) string {
		return fmt.Sprintf("{github: {name: %s, org: %s, token: \"${GITHUB_TOKEN}\", url: %q}}", org, org, peer.URL)
	}
	p.write("sources: [" + source("acme") + ", " + source("globex") + "]\n" + hostedPaths)
	p.run(exitDone, "scan")
	peer.Transfer("acme/pay", "globex")
	out, _ := p.run(exitDone, "scan", "--full")
	if strings.Contains(out, "gone ") || !strings.Contains(out, "renamed                   1\n") {
		t.Errorf("the scan says\n%s", out)
	}
	if got := p.hosted(); got["pay"].State != "" || got["127.0.0.1/globex/pay"].State != "off" {
		t.Errorf("got %v, want pay by its new name alone", got)
	}
}

// TestGoneFromTheSourceThatIsLeft takes clones out of the configuration, and then deletes at the host what both had: that
// a clone was there once does not keep it.
func TestGoneFromTheSourceThatIsLeft(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	for _, name := range []string{"golden", "pay", "web", "app", "lib", "docs"} {
		w.add(name, 300, map[string]string{"Jenkinsfile": "node {}\n"})
	}
	w.cloned("pay")
	w.sources("git, github")
	w.run(exitDone, "scan")
	w.sources("github")
	w.peer.Delete("acme/pay")
	out, _ := w.run(exitDone, "scan", "--full")
	if _, there := w.hosted()["pay"]; there || !strings.Contains(out, "gone                      1\n") {
		t.Errorf("it is still there: %v, and the scan says\n%s", there, out)
	}
}
