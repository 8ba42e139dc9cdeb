package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// clone makes a local clone of a project, whose files were there 200 days ago, and of which the last commit is some days
// old.
func (p *place) clone(origin, folder string, files map[string]string, lastDays int) {
	p.Helper()
	dir := filepath.Join(p.repos(), folder)
	git := func(daysAgo int, args ...string) {
		p.Helper()
		at := time.Now().AddDate(0, 0, -daysAgo).Format(time.RFC3339)
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=Ana", "-c", "user.email=ana@acme.test"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at, "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			p.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			p.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			p.Fatal(err)
		}
	}
	git(200, "init", "-q", "-b", "main")
	git(200, "remote", "add", "origin", origin)
	git(200, "add", ".")
	git(200, "commit", "-q", "-m", "Begin")
	git(lastDays, "commit", "-q", "--allow-empty", "-m", "Go on")
}

// TestGitLabHosts scans a group with those below it, with members, pipelines and a policy: whose projects these are, which
// of them do not run what they have, and in which something runs without any commit.
func TestGitLabHosts(t *testing.T) {
	t.Parallel()
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	peer := gitlabtest.New(t, gitlabtest.Config{Clock: hosttest.Wall{}})
	peer.AddGroup("acme", gitlabtest.Group{})
	peer.AddGroup("acme/platform", gitlabtest.Group{Members: []gitlabtest.Member{{User: "pat"}}})
	peer.AddGroup("acme/pay", gitlabtest.Group{Members: []gitlabtest.Member{{User: "ana", Access: gitlabtest.Maintainer}}})
	peer.AddGroup("acme/web", gitlabtest.Group{Members: []gitlabtest.Member{{User: "bo"}}})
	peer.AddProject("acme/platform", gitlabtest.Project{Path: "ci", Files: map[string]string{"build.yml": "build: {script: [make]}\n"}})
	peer.Tag("acme/platform/ci", "v3", "")
	text := fmt.Sprintf(`sources:
  - git: {dirs: ["repos/*"]}
  - gitlab: {group: acme, token: "${GITLAB_TOKEN}", url: %q}
teams: {order: [provider]}
paths:
  - key: ci
    golden: {gitlab_include: {project: acme/platform/ci}}
    provided_by: [127.0.0.1/acme/platform/ci]
    active_within: 30d
    alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]
`, peer.URL)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.setenv("GITLAB_TOKEN", gitlabtest.Secret)

	golden, jenkins := map[string]string{".gitlab-ci.yml": includesGolden}, map[string]string{"Jenkinsfile": "node {}\n"}
	add := func(path string, files map[string]string) {
		group, name, _ := strings.Cut(strings.TrimPrefix(path, "acme/"), "/")
		peer.AddProject("acme/"+group, gitlabtest.Project{Path: name, Files: files})
		p.clone(peer.URL+"/"+path+".git", group+"-"+name, files, 5)
	}
	add("acme/pay/gateway", golden)
	add("acme/pay/ledger", golden)
	add("acme/web/shop", jenkins)
	add("acme/web/blog", jenkins)
	yesterday := time.Now().Add(-20 * time.Hour)
	peer.AddPipeline("acme/pay/gateway", gitlabtest.Pipeline{Created: yesterday, Finished: yesterday.Add(4 * time.Minute)})
	peer.AddPipeline("acme/pay/ledger", gitlabtest.Pipeline{Source: "merge_request_event", Ref: "refs/merge-requests/1/head", Created: yesterday})
	peer.AddMergeRequest("acme/pay/gateway", gitlabtest.MergeRequest{Title: "feat: pay", Author: "ana", Source: "pay", Created: yesterday, Merged: yesterday})
	peer.AddProjectPolicy("acme/web/shop", gitlabtest.Policy{Name: "build", Kind: "pipeline_execution_policy", Enabled: true,
		YAML: "name: build\nenabled: true\ncontent: {include: [{project: acme/platform/ci, file: build.yml, ref: v3}]}\n", Updated: yesterday})

	p.run(exitDone, "scan")
	want := map[string]teamState{
		"platform/ci": {"ineligible", "platform", ""},
		"pay/gateway": {"on", "pay", "born"},
		"pay/ledger":  {"dormant", "pay", "born"},
		"web/shop":    {"mixed", "web", "enforced"},
		"web/blog":    {"off", "web", ""},
	}
	if diff := cmp.Diff(p.teamStates(), want); diff != "" {
		t.Errorf("states (-got +want):\n%s", diff)
	}
	p.adoptedByTeam()

	peer.ResetCounts()
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "changes written           0\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if counts := peer.Counts(); counts.Requests > 12 {
		t.Errorf("a scan of nothing new asked %v", counts.Routes)
	}
	peer.AddPipeline("acme/pay/ledger", gitlabtest.Pipeline{})
	p.run(exitDone, "scan")
	if want["pay/ledger"] = (teamState{"on", "pay", "born"}); !cmp.Equal(p.teamStates(), want) {
		t.Errorf("when the pipeline ran the states are (-got +want)\n%s", cmp.Diff(p.teamStates(), want))
	}
}

// TestGitLabThatAnswersNothing has a host answer what holds nothing: nothing is made of it, it is told of, and the next scan
// reads what there is.
func TestGitLabThatAnswersNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault gitlabtest.Fault
		exit  int
		says  string
	}{
		"a list of projects": {gitlabtest.Fault{Failure: gitlabtest.PlainNull, Route: "GET /groups/{id}/projects", Times: -1}, exitFailed, "the answer is none of GitLab's"},
		"pipelines":          {gitlabtest.Fault{Failure: gitlabtest.EmptyData, Route: gitlabtest.GraphQL, Times: -1}, exitUnknown, "pipelines of 1 repository are not read"},
	} {
		t.Run(name, func(t *testing.T) {
			p, peer := newGitLab(t, gitlabtest.Config{})
			peer.AddProject("acme", gitlabtest.Project{Path: "web", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
			peer.Fail(c.fault)
			if stdout, stderr := p.run(c.exit, "scan"); !strings.Contains(stdout+stderr, c.says) {
				t.Errorf("the scan says %q and %q, want %q", stdout, stderr, c.says)
			}
			peer.Heal()
			p.run(exitDone, "scan")
			if got := p.hosted()["web"]; got.State != "off" {
				t.Errorf("got %+v when the host answers again", got)
			}
		})
	}
}
