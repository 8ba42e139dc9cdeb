package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// TestGroupsOfHosts counts teams in the teams above them, as the host has them, without a word of configuration; and
// anew when one is moved there, although nothing happens in any repository.
func TestGroupsOfHosts(t *testing.T) {
	t.Parallel()
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	peer.AddOrganization("acme")
	text := fmt.Sprintf(`sources: [{github: {org: acme, token: "${GITHUB_TOKEN}", url: %q}}]
teams: {order: [provider]}
paths: [{key: ci, golden: {workflow_uses: "acme/golden/.github/workflows/*"}, alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]}]
`, peer.URL)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	teams := []githubtest.Team{
		{Slug: "product"}, {Slug: "shipping", Parent: "product"}, {Slug: "pay", Parent: "shipping"}, {Slug: "web", Parent: "product"}, {Slug: "ops"},
	}
	files := []map[string]string{nil, {"Jenkinsfile": "x"}, {".github/workflows/ci.yml": usesGolden}, {"Jenkinsfile": "x"}, {"Jenkinsfile": "x"}}
	for i, team := range teams {
		if files[i] != nil {
			peer.AddRepo("acme", githubtest.Repo{Name: "of-" + team.Slug, Files: files[i], Created: time.Now().AddDate(0, 0, -20), Pushed: time.Now().AddDate(0, 0, -5), Author: "ana"})
			team.Repos = map[string]string{"acme/of-" + team.Slug: "maintain"}
		}
		peer.AddTeam("acme", team)
	}
	p.run(exitDone, "scan")
	type share struct{ Num, Den int }
	byGroup := func() map[string]share {
		rates := map[string]share{}
		for _, r := range ask[struct {
			Group string
			Repos struct{ Total share }
		}](p, "adoption", "--by", "group") {
			rates[r.Group] = r.Repos.Total
		}
		return rates
	}
	if diff := cmp.Diff(byGroup(), map[string]share{"": {0, 1}, "product": {1, 3}, "shipping": {1, 2}}); diff != "" {
		t.Errorf("adoption by group (-got +want):\n%s", diff)
	}
	for _, r := range ask[struct{ Team string }](p, "adoption", "--by", "team") {
		if r.Team == "product" {
			t.Error("a team that has nothing is counted as if it were configured")
		}
	}
	peer.MoveTeam("acme", "ops", "shipping")
	p.run(exitDone, "scan", "--full")
	if diff := cmp.Diff(byGroup(), map[string]share{"product": {1, 4}, "shipping": {1, 3}}); diff != "" {
		t.Errorf("adoption by group after a move (-got +want):\n%s", diff)
	}
}
