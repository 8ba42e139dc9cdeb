package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubpeers"
)

// adminToken is the token of alice, who owns the organisation.
const adminToken = "emulate-admin"

// emulated is an organisation in a program that was not written for trodden, and a place that reads it.
type emulated struct {
	*place
	peer *githubpeers.Emulate
}

// emulatedRepos are the files of each repository, beside the README that all but the empty one begin with.
func emulatedRepos() map[string]map[string]string {
	owned := func(team, file, content string) map[string]string {
		return map[string]string{".github/CODEOWNERS": "* @acme/" + team + "\n", file: content}
	}
	const workflow = ".github/workflows/ci.yml"
	return map[string]map[string]string{
		"golden":  owned("platform", workflow, "on: workflow_call\n"),
		"gateway": owned("pay", workflow, usesGolden),
		"ledger":  owned("pay", workflow, strings.ReplaceAll(usesGolden, "@v3", "@v2")),
		"blog":    owned("web", "README.md", "# blog\n"),
		"shop":    owned("web", "Jenkinsfile", "node {}\n"),
		"empty":   nil,
	}
}

// newEmulated seeds the organisation. Its repositories are named, for emulate does not list them.
func newEmulated(t *testing.T, more func(*githubpeers.Seed)) *emulated {
	t.Helper()
	seed := githubpeers.Seed{Tokens: map[string]githubpeers.Token{adminToken: {Login: "alice", Scopes: []string{"repo", "admin:org", "admin:repo_hook", "workflow"}}}}
	seed.GitHub.Orgs = []githubpeers.Account{{Login: "acme", Members: []githubpeers.Member{{Login: "alice", Role: "admin"}, {Login: "bo"}, {Login: "cy"}}}}
	for _, login := range []string{"alice", "bo", "cy"} {
		seed.GitHub.Users = append(seed.GitHub.Users, githubpeers.Account{Login: login})
	}
	var names []string
	for name, files := range emulatedRepos() {
		names = append(names, "acme/"+name)
		seed.GitHub.Repos = append(seed.GitHub.Repos, githubpeers.Repo{Owner: "acme", Name: name, Language: "Go", Topics: []string{"service"}, Private: name == "ledger", AutoInit: files != nil})
	}
	if more != nil {
		more(&seed)
	}
	slices.Sort(names)
	e := &emulated{&place{TB: t, dir: t.TempDir(), store: "store"}, githubpeers.StartEmulate(t, seed)}
	for name, files := range emulatedRepos() {
		for path, content := range files {
			e.peer.Put(adminToken, "acme/"+name, "", path, content)
		}
	}
	e.team("pay", "bo", "gateway", "ledger")
	e.team("web", "cy", "shop", "blog")
	e.setenv("GITHUB_TOKEN", adminToken)
	e.configure(fmt.Sprintf("repos: [%s], token: \"${GITHUB_TOKEN}\"", strings.Join(names, ", ")), "codeowners")
	return e
}

// configure writes the configuration: what is read and by whom, and what says whose repositories these are.
func (e *emulated) configure(source, order string) {
	e.Helper()
	text := fmt.Sprintf(`sources: [{github: {%s, url: %q}}]
webhooks: {github: {secret: "${HOOK_SECRET}"}}
teams: {order: [%s], platform: [platform]}
`, source, e.peer.URL, order) + hostedPaths
	e.setenv("HOOK_SECRET", "It's a Secret to Everybody")
	if err := os.WriteFile(filepath.Join(e.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		e.Fatal(err)
	}
}

// team makes a team with a member, and gives it repositories.
func (e *emulated) team(slug, member string, repos ...string) {
	e.Helper()
	at := "/orgs/acme/teams"
	e.peer.Do(adminToken, http.MethodPost, at, map[string]string{"name": slug, "privacy": "closed"}, nil)
	e.peer.Do(adminToken, http.MethodPut, at+"/"+slug+"/memberships/"+member, map[string]string{"role": "member"}, nil)
	for _, name := range repos {
		e.peer.Do(adminToken, http.MethodPut, at+"/"+slug+"/repos/acme/"+name, map[string]string{"permission": "push"}, nil)
	}
}

// merge proposes a file on a branch of its own, and merges it.
func (e *emulated) merge(repo, path, content string) {
	e.Helper()
	at := "/repos/" + repo
	var head struct{ Object struct{ SHA string } }
	e.peer.Do(adminToken, http.MethodGet, at+"/git/ref/heads/main", nil, &head)
	e.peer.Do(adminToken, http.MethodPost, at+"/git/refs", map[string]string{"ref": "refs/heads/change", "sha": head.Object.SHA}, nil)
	e.peer.Put(adminToken, repo, "change", path, content)
	var pull struct{ Number int }
	e.peer.Do(adminToken, http.MethodPost, at+"/pulls", map[string]string{"title": "Change " + path, "head": "change", "base": "main"}, &pull)
	e.peer.Do(adminToken, http.MethodPut, fmt.Sprintf("%s/pulls/%d/merge", at, pull.Number), map[string]string{}, nil)
}

// onState is what is known of a repository and the path.
type onState struct{ State, Team, Version string }

func (e *emulated) rows() map[string]onState {
	e.Helper()
	all := map[string]onState{}
	for _, r := range ask[struct{ Repo, State, Team, Version string }](e.place, "states") {
		all[strings.TrimPrefix(r.Repo, "127.0.0.1/acme/")] = onState{r.State, r.Team, r.Version}
	}
	return all
}

// TestEmulate scans an organisation in a program that speaks GitHub's REST and no GraphQL: what was put there is known,
// a second scan finds nothing new, and a merged pull request changes a state.
func TestEmulate(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, nil)
	out, said := e.run(exitDone, "scan")
	if !strings.Contains(out, "repos read                6\n") {
		t.Errorf("the first scan says\n%s", out)
	}
	if n := strings.Count(said, "the host has no GraphQL: it is read by REST alone"); n != 1 {
		t.Errorf("that there is no GraphQL is said %d times:\n%s", n, said)
	}
	want := map[string]onState{
		"golden": {"ineligible", "platform", ""}, "gateway": {"on", "pay", "v3"}, "ledger": {"on", "pay", "v2"},
		"shop": {"off", "web", ""}, "blog": {"none", "web", ""}, "empty": {"none", "", ""},
	}
	if diff := cmp.Diff(e.rows(), want); diff != "" {
		t.Errorf("states (-got +want):\n%s", diff)
	}
	byTeam := func() map[string]int {
		rates := map[string]int{}
		for _, r := range ask[struct {
			Team  string
			Repos struct{ Total struct{ Num, Den int } }
		}](e.place, "adoption", "--by", "team") {
			rates[fmt.Sprintf("%s of %d", r.Team, r.Repos.Total.Den)] = r.Repos.Total.Num
		}
		return rates
	}
	first := byTeam()
	if first["pay of 2"] != 2 || first["web of 1"] != 0 {
		t.Errorf("adoption by team is %v", first)
	}
	for _, text := range []string{`"file":".github/workflows/ci.yml","line":4`, "acme/golden/.github/workflows/ci.yml@v2"} {
		if out, _ := e.run(exitDone, "explain", "acme/ledger", "--path", "ci"); !strings.Contains(out, text) {
			t.Errorf("the explanation does not say %s:\n%s", text, out)
		}
	}

	before := e.answers()
	if out, _ := e.run(exitDone, "scan"); !strings.Contains(out, "unchanged                 6\n") || !strings.Contains(out, "changes written           0\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if diff := cmp.Diff(e.answers(), before); diff != "" {
		t.Errorf("a scan of nothing new changes answers (-after +before):\n%s", diff)
	}

	e.merge("acme/shop", ".github/workflows/ci.yml", usesGolden)
	e.run(exitDone, "scan")
	if got := e.rows()["shop"]; got != (onState{"mixed", "web", "v3"}) {
		t.Errorf("after the merge shop is %+v", got)
	}
}

// TestEmulateTeams reads the organisation with its teams, which say whose repositories these are. The list of
// repositories is made for it of what emulate finds by a search. Of a team's repositories emulate says that it may
// administer them, whatever it was given, and every organisation has a team of its members.
func TestEmulateTeams(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, nil)
	e.configure(`org: acme, token: "${GITHUB_TOKEN}"`, "provider")
	out, _ := e.run(exitDone, "scan")
	want := map[string]onState{
		"golden": {"ineligible", "", ""}, "gateway": {"on", "pay", "v3"}, "ledger": {"on", "pay", "v2"},
		"shop": {"off", "web", ""}, "blog": {"none", "web", ""}, "empty": {"none", "", ""},
	}
	if diff := cmp.Diff(e.rows(), want); diff != "" {
		t.Errorf("states (-got +want):\n%s\n%s", diff, out)
	}
}

// TestEmulateDelivers has a server read a repository again because of a webhook that emulate sends and signs. It numbers
// deliveries 1, 2, 3 where GitHub gives ids that are never given twice, and sends no event for a merge.
func TestEmulateDelivers(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, nil)
	e.run(exitDone, "scan")
	s := serveHooks(e.place)
	e.peer.Do(adminToken, http.MethodPost, "/repos/acme/shop/hooks", map[string]any{
		"events": []string{"push"}, "active": true,
		"config": map[string]string{"url": s.url + "/webhooks/github", "secret": "It's a Secret to Everybody", "content_type": "json"},
	}, nil)
	e.peer.Put(adminToken, "acme/shop", "", ".github/workflows/ci.yml", usesGolden)
	s.await("worked hints of webhooks")
	if got := e.rows()["shop"]; got != (onState{"mixed", "web", "v3"}) { // asked of the server, by its API
		t.Errorf("after the push shop is %+v", got)
	}
	s.stop()
}

// TestEmulateLetsAppsIn signs in as a GitHub App. emulate lets anybody in whose token it does not know, which no test of
// refusals can be made of: that the App is let in shows in a key that is not the App's.
func TestEmulateLetsAppsIn(t *testing.T) {
	t.Parallel()
	key := func() string {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	}
	right := key()
	e := newEmulated(t, func(seed *githubpeers.Seed) {
		seed.GitHub.Apps = []githubpeers.App{{
			ID: 7, Slug: "trodden", Name: "trodden", PrivateKey: right, Permissions: map[string]string{"contents": "read", "metadata": "read"},
			Installations: []githubpeers.Installation{{ID: 70, Account: "acme"}},
		}}
	})
	e.configure(`repos: [acme/gateway, acme/ledger], app: {id: 7, installation: 70, key: "${APP_KEY}"}`, "codeowners")
	e.setenv("APP_KEY", key())
	if _, said := e.run(exitFailed, "scan"); !strings.Contains(said, "refuses the credentials") {
		t.Errorf("with another key a scan says\n%s", said)
	}
	e.setenv("APP_KEY", right)
	e.run(exitDone, "scan")
	want := map[string]onState{"gateway": {"on", "pay", "v3"}, "ledger": {"on", "pay", "v2"}}
	if diff := cmp.Diff(e.rows(), want); diff != "" {
		t.Errorf("states (-got +want):\n%s", diff)
	}
}
