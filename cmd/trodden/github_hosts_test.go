package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// TestGitHubHosts scans an organisation with teams, runs and a ruleset: whose repositories these are, which of them do
// not run what they have, and in which something runs without any commit.
func TestGitHubHosts(t *testing.T) {
	t.Parallel()
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	peer.AddOrganization("acme")
	text := fmt.Sprintf(`sources:
  - git: {dirs: ["repos/*"]}
  - github: {org: acme, token: "${GITHUB_TOKEN}", url: %q}
teams: {order: [provider], platform: [platform]}
paths:
  - key: ci
    golden: {workflow_uses: "acme/golden/.github/workflows/*"}
    provided_by: [127.0.0.1/acme/golden]
    active_within: 30d
    alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]
    latest: {tags_of: 127.0.0.1/acme/golden}
okrs:
  - key: year
    results: [{key: vol, measure: adoption.repos.total, path: ci, baseline: 0.1, target: 0.5, from: 2026-01-01, to: 2099-01-01}]
`, peer.URL)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)

	old := time.Now().AddDate(0, 0, -5)
	add := func(name string, files map[string]string) {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Files: files, Created: time.Now().AddDate(0, 0, -200), Pushed: old, Author: "ana"})
		p.clone(peer.URL+"/acme/"+name+".git", name, files, 5)
	}
	golden, jenkins := map[string]string{".github/workflows/ci.yml": usesGolden}, map[string]string{"Jenkinsfile": "node {}\n"}
	add("golden", map[string]string{".github/workflows/ci.yml": "on: workflow_call\n"})
	add("gateway", golden)
	add("ledger", golden)
	add("shop", jenkins)
	add("blog", jenkins)
	peer.Tag("acme/golden", "v3.0.0", "")
	for team, repos := range map[string][]string{"platform": {"golden"}, "pay": {"gateway", "ledger"}, "web": {"shop", "blog"}} {
		granted := map[string]string{}
		for _, name := range repos {
			granted["acme/"+name] = "maintain"
		}
		peer.AddTeam("acme", githubtest.Team{Slug: team, Members: []githubtest.Member{{Login: "of-" + team}}, Repos: granted})
	}
	yesterday := time.Now().Add(-20 * time.Hour)
	run := githubtest.Run{Path: ".github/workflows/ci.yml", Created: yesterday, Updated: yesterday.Add(4 * time.Minute),
		Referenced: []githubtest.Referenced{{Path: "acme/golden/.github/workflows/ci.yml@v3", SHA: peer.Head("acme/golden"), Ref: "refs/tags/v3"}}}
	peer.AddRun("acme/gateway", run)
	ofPull := run
	ofPull.Event, ofPull.Branch = "pull_request", "fix"
	peer.AddRun("acme/ledger", ofPull)
	peer.AddPull("acme/gateway", githubtest.Pull{Title: "feat: pay", Author: "ana", Head: "pay", Created: yesterday, Merged: yesterday})
	peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~DEFAULT_BRANCH"}, Repos: []string{"shop"},
		Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ".github/workflows/ci.yml", Ref: "refs/heads/main"}}})

	p.run(exitDone, "scan")
	want := map[string]teamState{
		"golden":  {"ineligible", "platform", ""},
		"gateway": {"on", "pay", "born"},
		"ledger":  {"dormant", "pay", "born"},
		"shop":    {"mixed", "web", "enforced"},
		"blog":    {"off", "web", ""},
	}
	if diff := cmp.Diff(p.teamStates(), want); diff != "" {
		t.Errorf("states (-got +want):\n%s", diff)
	}
	p.adoptedByTeam()
	p.activated(0.5)

	peer.ResetCounts()
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "changes written           0\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if counts := peer.Counts(); counts.Requests > 2 {
		t.Errorf("a scan of nothing new asked %v", counts.Routes)
	}

	peer.Push("acme/ledger", githubtest.Push{Files: map[string]string{"go.mod": "module ledger\n"}, Author: "ana"})
	peer.AddRun("acme/ledger", githubtest.Run{Path: ".github/workflows/ci.yml"})
	p.run(exitDone, "scan", "--source", "github")
	if want["ledger"] = (teamState{"on", "pay", "born"}); !cmp.Equal(p.teamStates(), want) {
		t.Errorf("when the workflow ran the states are (-got +want)\n%s", cmp.Diff(p.teamStates(), want))
	}
	p.activated(1)

	peer.Push("acme/ledger", githubtest.Push{Files: map[string]string{".github/workflows/deploy.yml": "on: push\njobs: {a: {steps: [{run: ./deploy}]}}\n"}, Author: "ana"})
	for range 2 {
		peer.AddRun("acme/ledger", githubtest.Run{Path: ".github/workflows/deploy.yml"})
	}
	p.run(exitDone, "scan", "--source", "github")
	p.activated(0.5) // its own script runs twice as often
	if rows := ask[struct{ Repo, Runs string }](p, "states", "--runs", "partly"); len(rows) != 1 || rows[0].Repo != "127.0.0.1/acme/ledger" || rows[0].Runs != "partly" {
		t.Errorf("what runs partly is %+v", rows)
	}
	if out, _ := p.run(exitDone, "explain", "127.0.0.1/acme/ledger", "--path", "ci", "--output", "table"); !strings.Contains(out, "other CI ran more often") {
		t.Errorf("explain says\n%s", out)
	}
}

// activated fails the test where the share of what uses the path and ran it lately is another one.
func (p *place) activated(want float64) {
	p.Helper()
	type guard struct {
		Guard string
		Value *float64
	}
	for _, r := range ask[struct{ Guards []guard }](p, "okrs") {
		for _, g := range r.Guards {
			if g.Guard != "activation" {
				continue
			}
			if g.Value == nil || *g.Value != want {
				p.Errorf("the guard is %+v, want %v", g, want)
			}
			return
		}
	}
	p.Error("there is no guard of activation")
}

// teamState is a state with the team that it counts for.
type teamState struct{ State, Team, Origin string }

// teamStates are the states by names below acme.
func (p *place) teamStates() map[string]teamState {
	p.Helper()
	all := map[string]teamState{}
	for _, r := range ask[struct{ Repo, State, Team, Origin string }](p, "states") {
		all[strings.TrimPrefix(r.Repo, "127.0.0.1/acme/")] = teamState{r.State, r.Team, r.Origin}
	}
	return all
}

// adoptedByTeam checks the shares of repositories that use the path, voluntarily and at all, where one of two teams has
// one that does of its own will, and the other one that has to.
func (p *place) adoptedByTeam() {
	p.Helper()
	type share struct{ Num, Den int }
	rates := map[string][2]share{}
	for _, r := range ask[struct {
		Team  string
		Repos struct{ Voluntary, Total share }
	}](p, "adoption", "--by", "team") {
		rates[r.Team] = [2]share{r.Repos.Voluntary, r.Repos.Total}
	}
	if diff := cmp.Diff(rates, map[string][2]share{"platform": {}, "pay": {{1, 2}, {1, 2}}, "web": {{0, 2}, {1, 2}}}); diff != "" {
		p.Errorf("adoption by team (-got +want):\n%s", diff)
	}
}

// TestPoliciesThatFailAtFirst: as long as nobody could read which policies there are, what they may decide is unknown, with
// its reason, and what they cannot is not. The next scan reads them.
func TestPoliciesThatFailAtFirst(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	old := time.Now().AddDate(0, 0, -5)
	add := func(name string, files map[string]string) {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Files: files, Created: old, Pushed: old, Author: "ana"})
	}
	add("golden", map[string]string{".github/workflows/ci.yml": "on: workflow_call\n"})
	add("gateway", map[string]string{".github/workflows/ci.yml": usesGolden})
	add("shop", map[string]string{"Jenkinsfile": "node {}\n"})
	add("blog", map[string]string{"Jenkinsfile": "node {}\n"})
	peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~DEFAULT_BRANCH"}, Repos: []string{"shop"},
		Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ".github/workflows/ci.yml", Ref: "refs/heads/main"}}})
	peer.Fail(githubtest.Fault{Failure: githubtest.Internal, Path: "/orgs/acme/rulesets", Times: -1})

	type row struct{ Repo, State, Origin, Reason string }
	states := func() map[string]row {
		all := map[string]row{}
		for _, r := range ask[row](p, "states", "--path", "ci") {
			name := strings.TrimPrefix(r.Repo, "127.0.0.1/acme/")
			r.Repo = ""
			all[name] = r
		}
		return all
	}
	p.run(exitUnknown, "scan")
	unknown := row{State: "unknown", Reason: "policies"}
	want := map[string]row{"golden": {State: "ineligible", Reason: "platform"}, "gateway": {State: "on", Origin: "unknown", Reason: "no_history"}, "shop": unknown, "blog": unknown}
	if diff := cmp.Diff(states(), want); diff != "" {
		t.Errorf("while they fail, -got +want\n%s", diff)
	}
	if out, _ := p.run(exitDone, "explain", "127.0.0.1/acme/shop", "--path", "ci"); !strings.Contains(out, "policies") {
		t.Errorf("the explanation is\n%s", out)
	}
	peer.Heal()
	p.run(exitDone, "scan")
	want["shop"], want["blog"] = row{State: "mixed", Origin: "enforced"}, row{State: "off"}
	if diff := cmp.Diff(states(), want); diff != "" {
		t.Errorf("when they are read, -got +want\n%s", diff)
	}
}
