package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// newGitLab makes a place whose configuration reads a group of a peer.
func newGitLab(t *testing.T, config gitlabtest.Config) (*place, *gitlabtest.Peer) {
	config.Clock = hosttest.Wall{}
	peer := gitlabtest.New(t, config)
	peer.AddGroup("acme", gitlabtest.Group{})
	peer.AddGroup("acme/platform", gitlabtest.Group{})
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	text := fmt.Sprintf(`sources: [{gitlab: {group: acme, exclude: ["sandbox-*"], token: "${GITLAB_TOKEN}", url: %q}}]
paths:
  - key: ci
    golden: {gitlab_include: {project: acme/platform/ci}}
    provided_by: [127.0.0.1/acme/platform/ci]
    alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]
`, peer.URL)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.setenv("GITLAB_TOKEN", gitlabtest.Secret)
	return p, peer
}

const includesGolden = "include:\n  - project: acme/platform/ci\n    ref: v3\n    file: /build.yml\n"

// TestGitLab scans a group with those below it: what is there, nothing new, a rename and a move, a push, an archival.
func TestGitLab(t *testing.T) {
	t.Parallel()
	p, peer := newGitLab(t, gitlabtest.Config{})
	add := func(group, path string, files map[string]string) {
		peer.AddProject(group, gitlabtest.Project{Path: path, Files: files})
	}
	add("acme/platform", "ci", map[string]string{"build.yml": "build: {script: [make]}\n"})
	add("acme", "pay", map[string]string{".gitlab-ci.yml": includesGolden})
	add("acme", "web", map[string]string{"Jenkinsfile": "node {}\n"})
	add("acme", "sandbox-ana", map[string]string{"Jenkinsfile": "node {}\n"})
	add("acme", "empty", nil)

	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "repos read                4\n") {
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
	check("first", map[string]hosted{"pay": on, "web": off, "sandbox-ana": {}})
	if out, _ := p.run(exitDone, "explain", "acme/pay", "--path", "ci"); !strings.Contains(out, `"file":".gitlab-ci.yml","line":2`) {
		t.Errorf("the explanation does not say where:\n%s", out)
	}

	peer.ResetCounts()
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "unchanged                 4\n") || !strings.Contains(out, "changes written           0\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if counts := peer.Counts(); counts.Requests > 12 {
		t.Errorf("a scan of nothing new asked %v", counts.Routes)
	}

	peer.Rename("acme/pay", "payments")
	peer.Transfer("acme/payments", "acme/platform")
	p.run(exitDone, "scan")
	on.Repo = "127.0.0.1/acme/platform/payments"
	check("renamed and moved", map[string]hosted{"platform/payments": on, "pay": {}})

	peer.Push("acme/web", gitlabtest.Push{Files: map[string]string{".gitlab-ci.yml": includesGolden}, Author: "ana"})
	peer.Archive("acme/platform/payments", true)
	p.run(exitDone, "scan")
	on.State = "ineligible"
	check("pushed", map[string]hosted{"web": {"127.0.0.1/acme/web", "mixed", "unknown", "v3", []string{"golden", "jenkins"}, false}, "platform/payments": on})
}

// TestGitLabRefuses shows what is said where nobody is let in: by check, and by a scan before it makes a store.
func TestGitLabRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, token, want string }{
		{"a wrong token", "glpat-wrong", "source gitlab: 127.0.0.1 refuses the credentials (token 1): they may be wrong, expired or revoked"},
		{"a scope is missing", "narrow", "source gitlab: the token for 127.0.0.1 lacks the scope read_api, it has read_repository"},
		{"a group that is not seen", "stranger", "source gitlab: there is no group acme on 127.0.0.1, or the token does not see it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, peer := newGitLab(t, gitlabtest.Config{})
			peer.AddToken(gitlabtest.Token{Value: "narrow", User: "ana", Scopes: []string{"read_repository"}})
			peer.AddToken(gitlabtest.Token{Value: "stranger", User: "eve", Member: true})
			p.setenv("GITLAB_TOKEN", test.token)
			_, stderr := p.run(exitFailed, "scan")
			if !strings.Contains(stderr, test.want) || strings.Contains(stderr, "glpat-") {
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

// TestGitLabInPart scans while one project cannot be read: it is unknown, and the others are not.
func TestGitLabInPart(t *testing.T) {
	t.Parallel()
	p, peer := newGitLab(t, gitlabtest.Config{})
	for _, name := range []string{"pay", "web"} {
		peer.AddProject("acme", gitlabtest.Project{Path: name, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Forbidden, Repo: "acme/web", Times: -1})
	if _, stderr := p.run(exitUnknown, "scan"); !strings.Contains(stderr, "unknown: 127.0.0.1/acme/web: forbidden (it is not there, or the token does not see it)") {
		t.Errorf("the scan says %q", stderr)
	}
	got := p.hosted()
	if got["pay"].State != "off" || got["web"].State != "unknown" {
		t.Errorf("got %+v, want one off and one unknown", got)
	}
	peer.Heal()
	p.run(exitDone, "scan")
	if got := p.hosted(); got["web"].State != "off" {
		t.Errorf("got %+v when it can be read again", got["web"])
	}
}

// TestGitLabClonesTake says before a scan that a token which reads the API may not clone.
func TestGitLabClonesTake(t *testing.T) {
	t.Parallel()
	p, peer := newGitLab(t, gitlabtest.Config{})
	peer.AddProject("acme", gitlabtest.Project{Path: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	p.write(fmt.Sprintf("sources: [{gitlab: {group: acme, history: true, token: \"${GITLAB_TOKEN}\", url: %q}}]\n%s", peer.URL, hostedPaths))
	peer.AddToken(gitlabtest.Token{Value: "reader", User: "robot", Scopes: []string{"read_api"}})
	peer.AddToken(gitlabtest.Token{Value: "cloner", User: "robot", Scopes: []string{"read_api", "read_repository"}})
	for token, lacks := range map[string]bool{"reader": true, "cloner": false} {
		p.setenv("GITLAB_TOKEN", token)
		out, stderr := p.run(exitDone, "check")
		if strings.Contains(out+stderr, "not read: histories, which take the scope read_repository") != lacks {
			t.Errorf("with the token of a %s check says\n%s%s", token, out, stderr)
		}
	}
}
