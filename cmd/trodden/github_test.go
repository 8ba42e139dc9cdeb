package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

const hostedPaths = `
paths:
  - key: ci
    golden: {workflow_uses: "acme/golden/.github/workflows/*"}
    provided_by: [127.0.0.1/acme/golden]
    alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]
`

// newHosted makes a place whose configuration reads an organisation of a peer.
func newHosted(t *testing.T) (*place, *githubtest.Peer) {
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	peer.AddOrganization("acme")
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	p.host(peer, hostedPaths)
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	return p, peer
}

// host writes the configuration.
func (p *place) host(peer *githubtest.Peer, paths string) {
	p.Helper()
	text := fmt.Sprintf("sources: [{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q}}]\n%s", peer.URL, paths)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

// hosted is what a test looks at of a state row.
type hosted struct {
	Repo, State, Origin, Version string
	Ways                         []string
	Dated                        bool
}

func (p *place) hosted() map[string]hosted {
	p.Helper()
	all := map[string]hosted{}
	for _, row := range ask[hosted](p, "states") {
		all[strings.TrimPrefix(row.Repo, "127.0.0.1/acme/")] = row
	}
	return all
}

const usesGolden = "on: push\njobs:\n  build:\n    uses: acme/golden/.github/workflows/ci.yml@v3\n"

// TestGitHub scans an organisation: what is there, nothing new, a rename, a push.
func TestGitHub(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	settled := time.Now().Add(-time.Hour) // what was pushed just now may not have had all of its effects yet
	peer.AddRepo("acme", githubtest.Repo{Name: "golden", Created: settled, Files: map[string]string{".github/workflows/ci.yml": "on: workflow_call\n"}})
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Created: settled, Files: map[string]string{".github/workflows/ci.yml": usesGolden}})
	peer.AddRepo("acme", githubtest.Repo{Name: "web", Created: settled, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	peer.AddRepo("acme", githubtest.Repo{Name: "empty", Created: settled})

	out, _ := p.run(exitDone, "scan")
	if !strings.Contains(out, "points spent") || !strings.Contains(out, "repos read                4\n") {
		t.Errorf("the first scan says\n%s", out)
	}
	on := hosted{"127.0.0.1/acme/pay", "on", "unknown", "v3", []string{"golden"}, false}
	off := hosted{"127.0.0.1/acme/web", "off", "", "", []string{"jenkins"}, false}
	check := func(when string, want map[string]hosted) {
		t.Helper()
		got := p.hosted()
		for name, row := range want {
			if diff := cmp.Diff(got[name], row); diff != "" {
				t.Errorf("%s: state of %s (-got +want):\n%s", when, name, diff)
			}
		}
	}
	check("first", map[string]hosted{"pay": on, "web": off})
	for _, text := range []string{`"file":".github/workflows/ci.yml","line":4`, "acme/golden/.github/workflows/ci.yml@v3"} {
		if out, _ := p.run(exitDone, "explain", "acme/pay", "--path", "ci"); !strings.Contains(out, text) {
			t.Errorf("the explanation does not say %s:\n%s", text, out)
		}
	}

	peer.ResetCounts()
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "unchanged                 4\n") || !strings.Contains(out, "changes written           0\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if counts := peer.Counts(); counts.Requests > 2 {
		t.Errorf("a scan of nothing new asked %v", counts.Routes)
	}

	peer.Rename("acme/pay", "payments")
	p.run(exitDone, "scan")
	on.Repo = "127.0.0.1/acme/payments"
	check("renamed", map[string]hosted{"payments": on, "pay": {}})

	peer.Push("acme/web", githubtest.Push{Files: map[string]string{".github/workflows/ci.yml": usesGolden}, Author: "ana"})
	p.run(exitDone, "scan")
	check("pushed", map[string]hosted{"web": {"127.0.0.1/acme/web", "mixed", "unknown", "v3", []string{"golden", "jenkins"}, false}})
	if out, _ := p.run(exitDone, "explain", "acme/pay", "--path", "ci"); !strings.Contains(out, "payments") {
		t.Errorf("by its old name it is explained as\n%s", out)
	}
}

// TestGitHubRefuses shows what is said where nobody is let in: by check, and by a scan before it makes a store.
func TestGitHubRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, token, want string }{
		{"a wrong token", "ghp_wrong", "source github: 127.0.0.1 refuses the credentials"},
		{"a scope is missing", "narrow", "source github: the token for 127.0.0.1 lacks the scope repo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, peer := newHosted(t)
			peer.AddToken(githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"gist"}})
			p.setenv("GITHUB_TOKEN", test.token)
			_, stderr := p.run(exitFailed, "scan")
			if !strings.Contains(stderr, test.want) || strings.Contains(stderr, test.token) {
				t.Errorf("scan says %q, want %q", stderr, test.want)
			}
			if _, err := os.Stat(p.storeDir()); err == nil {
				t.Error("there is a store")
			}
			out, _ := p.run(exitUnknown, "check")
			if _, want, _ := strings.Cut(test.want, ": "); !strings.Contains(out, want) {
				t.Errorf("check says %q", out)
			}
		})
	}
}

// TestGitHubBudget lets a scan make a few requests, and the next one all that are left.
func TestGitHubBudget(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	for i := range 5 {
		peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i), Files: map[string]string{"Jenkinsfile": fmt.Sprint(i)}})
	}
	out, stderr := p.run(exitUnknown, "scan", "--budget", "4")
	if !strings.Contains(out, "requests made             4\n") || !strings.Contains(stderr, "the budget of 4 requests is spent: 0 of 5 repositories are read; the next scan goes on with the files of 5") {
		t.Errorf("a scan of four requests says\n%s%s", out, stderr)
	}
	p.run(exitDone, "scan")
	if got := len(p.hosted()); got != 5 {
		t.Errorf("%d repositories have a state, want 5", got)
	}
}

// TestGitHubBudgetsAddUp scans with a small budget again and again: each scan goes on where the one before stopped, and
// what was not read yet is unknown, not left out.
func TestGitHubBudgetsAddUp(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.Generate(githubtest.Fleet{Org: "acme", Repos: 60, Teams: 3, Runs: 3, Pulls: 2})
	scans, total := 0, 0
	for status := exitUnknown; status != exitDone && scans < 20; scans++ {
		cmd := p.command("scan", "--budget", "20")
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		status = cmd.ProcessState.ExitCode()
		if n := len(p.hosted()); n < total {
			t.Fatalf("scan %d: %d repositories have a state, there were %d before", scans, n, total)
		} else if total = n; scans == 0 && n < 60 {
			t.Errorf("after one scan %d repositories have a state, unknown or not, want all 60", n)
		}
	}
	if scans < 2 || scans == 20 {
		t.Errorf("it took %d scans of 20 requests to read everything, want a few", scans)
	}
}

// TestGitHubComesAndGoes renames, archives and deletes repositories: the scan counts them, the one that is archived says
// that it is, and the one that is gone since when, with its last state.
func TestGitHubComesAndGoes(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	for i := range 8 {
		peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i), Files: map[string]string{
			"Jenkinsfile":              "node {}\n",
			".github/workflows/ci.yml": "on: push\njobs:\n  build:\n    uses: acme/golden/.github/workflows/ci.yml@v1\n",
		}})
	}
	p.run(exitDone, "scan")
	peer.Rename("acme/r1", "renamed")
	peer.Archive("acme/r2", true)
	peer.Delete("acme/r3")
	out, _ := p.run(exitDone, "scan", "--output", "table")
	for _, want := range []string{"renamed                   1\n", "archived                  1\n", "gone                      1\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("the scan does not say %q:\n%s", want, out)
		}
	}
	if out, _ := p.run(exitDone, "explain", "acme/r3", "--output", "table"); !strings.Contains(out, "gone since 20") || !strings.Contains(out, "before that mixed") || strings.Contains(out, "running") {
		t.Errorf("the one that is gone is explained as\n%s", out)
	}
	if out, _ := p.run(exitDone, "explain", "acme/r2", "--output", "table"); !strings.Contains(out, "ineligible (archived)") {
		t.Errorf("the one that is archived is explained as\n%s", out)
	}
	out, _ = p.run(exitDone, "scans", "--output", "ndjson")
	if newest, _, _ := strings.Cut(out, "\n"); !strings.Contains(newest, `"renamed":1,"archived":1,"gone":1`) || !strings.Contains(newest, `"spent":[{"source":"github","requests":`) {
		t.Errorf("the newest scan is\n%s", newest)
	}
}

// TestGitHubNobodyThere scans an organisation that is not there: alone that is an error in one line, beside one that is
// there the others are read.
func TestGitHubNobodyThere(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	source := func(name, org string) string {
		return fmt.Sprintf("  - github: {name: %s, org: %s, token: \"${GITHUB_TOKEN}\", url: %q}\n", name, org, peer.URL)
	}
	const want = "there is no organisation acme-typo on 127.0.0.1, or the token does not see it"
	p.write("sources:\n" + source("wrong", "acme-typo") + hostedPaths)
	if out, said := p.run(exitFailed, "scan"); out != "" || !strings.Contains(said, want) || strings.Count(said, "\n") != 1 {
		t.Errorf("alone it says %q and prints\n%s", said, out)
	}
	p.write("sources:\n" + source("wrong", "acme-typo") + source("right", "acme") + hostedPaths)
	if out, said := p.run(exitUnknown, "scan", "--output", "table"); !strings.Contains(out, "repos read                1\n") || !strings.Contains(said, want) {
		t.Errorf("beside another one it says %q and prints\n%s", said, out)
	}
}

// TestGitHubSmallBudget scans with less than the list alone takes: each scan goes on with the list where the one before
// broke off, until all is read.
func TestGitHubSmallBudget(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.Generate(githubtest.Fleet{Org: "acme", Repos: 130})
	p.write(fmt.Sprintf("sources: [{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q, runs: false, pulls: false, deployments: false, teams: false, policies: false, releases: false}}]\n%s", peer.URL, hostedPaths))
	scans := 0
	for status := exitUnknown; status != exitDone; scans++ {
		if scans == 40 {
			t.Fatal("it never ends")
		}
		peer.ResetCounts()
		cmd := p.command("scan", "--budget", "4")
		said, _ := cmd.CombinedOutput()
		if status = cmd.ProcessState.ExitCode(); status != exitDone && !strings.Contains(string(said), "the budget of ") {
			t.Fatalf("scan %d ends with %d and says\n%s", scans, status, said)
		}
		if n := peer.Counts().Requests; n > 4 {
			t.Errorf("scan %d made %d requests, want at most 4", scans, n)
		}
	}
	if got := len(p.hosted()); got != 131 || scans < 4 {
		t.Errorf("after %d scans %d repositories have a state, want 131", scans, got)
	}
}

// write writes the configuration.
func (p *place) write(text string) {
	p.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

// TestGitHubArchivedForAWhile: that a repository was archived stays known when it is not any more, and answers about that time
// stay as they were.
func TestGitHubArchivedForAWhile(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	old := time.Now().AddDate(0, 0, -3)
	for _, name := range []string{"shop", "pay"} {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Created: old, Pushed: old, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	asOf := func(at string) (row struct{ Repo, State, Reason string }) {
		for _, r := range ask[struct{ Repo, State, Reason string }](p, "states", "--as-of", at) {
			if r.Repo == "127.0.0.1/acme/shop" {
				row = r
			}
		}
		return row
	}
	second := func() string {
		time.Sleep(1100 * time.Millisecond) // moments are in seconds
		return time.Now().UTC().Format(time.RFC3339)
	}
	p.run(exitDone, "scan")
	peer.Archive("acme/shop", true)
	second()
	p.run(exitDone, "scan")
	then := second()
	if got := asOf(then); got.State != "ineligible" || got.Reason != "archived" {
		t.Fatalf("while it is archived it is %+v", got)
	}
	peer.Archive("acme/shop", false)
	second()
	p.run(exitDone, "scan")
	if got := asOf(then); got.State != "ineligible" || got.Reason != "archived" {
		t.Errorf("later it is told that it was %+v", got)
	}
	if got := asOf(second()); got.State != "off" {
		t.Errorf("then it is %+v", got)
	}
	if out, _ := p.run(exitDone, "events", "--output", "json"); !strings.Contains(out, `"archived"`) {
		t.Errorf("its events are\n%s", out)
	}
	peer.Archive("acme/pay", true)
	p.run(exitDone, "scan")
	if got := asOf(second()); got.State != "off" {
		t.Errorf("what happens to another one makes it %+v", got)
	}
}
