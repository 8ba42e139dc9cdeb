package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// hookedOrgs is a place that reads two organisations, each as a source, with a repository pay that its team old owns. It has
// been scanned, and a server serves it.
func hookedOrgs(t *testing.T) (*hookedServer, *githubtest.Peer) {
	t.Helper()
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	sources, at := "", time.Now().AddDate(0, 0, -3)
	for _, org := range []string{"acme", "beta"} {
		peer.AddOrganization(org)
		peer.AddRepo(org, githubtest.Repo{Name: "pay", Created: at, Pushed: at, Files: map[string]string{"Jenkinsfile": "pipeline {}\n"}})
		peer.AddRepo(org, githubtest.Repo{Name: "golden", Created: at, Pushed: at, Files: map[string]string{".github/workflows/ci.yml": "on: workflow_call\n"}})
		peer.AddTeam(org, githubtest.Team{Slug: "old", Members: []githubtest.Member{{Login: "ana"}}, Repos: map[string]string{org + "/pay": "push"}})
		sources += fmt.Sprintf("  - github: {name: %s, org: %s, url: %q, token: \"${GITHUB_TOKEN}\"}\n", org, org, peer.URL)
	}
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	p.setenv("HOOK_SECRET", hookSecret)
	p.write("sources:\n" + sources + "teams: {order: [provider]}\n" + hookedPaths)
	p.run(exitDone, "scan")
	s := serveHooks(p)
	t.Cleanup(s.stop)
	return s, peer
}

// about delivers an event about an organisation and a repository pay of it.
func (s *hookedServer) about(peer *githubtest.Peer, event, org, action string) {
	s.Helper()
	body, err := json.Marshal(map[string]any{
		"action": action, "organization": map[string]any{"login": org},
		"repository": map[string]any{"id": peer.ID(org + "/pay"), "name": "pay", "full_name": org + "/pay", "html_url": peer.URL + "/" + org + "/pay"},
	})
	if err != nil {
		s.Fatal(err)
	}
	answered, err := peer.Deliver(s.Context(), githubtest.Delivery{URL: s.url + "/webhooks/github", Secret: hookSecret, Event: event, Body: body, ID: org + event})
	if err != nil || answered.Status != http.StatusAccepted {
		s.Fatalf("%s is answered with %+v, %v", event, answered, err)
	}
}

// takenOver gives the repository pay of beta to a team new, and delivers an event about that.
func (s *hookedServer) takenOver(peer *githubtest.Peer) {
	s.Helper()
	peer.AddTeam("beta", githubtest.Team{Slug: "new", Members: []githubtest.Member{{Login: "zoe"}}, Repos: map[string]string{"beta/pay": "admin"}})
	peer.Grant("beta", "old", "beta/pay", "")
	s.about(peer, "team", "beta", "added_to_repository")
}

// of returns the states of the repository pay of an organisation, as a table has them.
func (s *hookedServer) of(org string) string {
	s.Helper()
	out, _ := s.run(exitDone, "states", "--output", "csv")
	lines := strings.Split(out, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, "/"+org+"/pay,") }), "\n")
}

// TestHookedTeamsOfAllSources hears of a team of the second of two sources: who owns what is looked at in both.
func TestHookedTeamsOfAllSources(t *testing.T) {
	t.Parallel()
	s, peer := hookedOrgs(t)
	s.takenOver(peer)
	s.await("worked hints of webhooks")
	if got := s.of("beta"); !strings.Contains(got, ",new,") {
		t.Errorf("after an event about the team new the state is %s", got)
	}
}

// TestHookedBehindOne hears of a team, and of a repository before that is worked: it is not done with the newer one alone.
func TestHookedBehindOne(t *testing.T) {
	t.Parallel()
	s, peer := hookedOrgs(t)
	s.takenOver(peer)
	s.about(peer, "repository", "acme", "created")
	s.await("worked hints of webhooks")
	if got := s.of("beta"); !strings.Contains(got, ",new,") {
		t.Errorf("after an event about the team new and one about a repository the state is %s", got)
	}
}

// TestHookedListFails hears of a team while nothing can be listed: that is not done with it.
func TestHookedListFails(t *testing.T) {
	t.Parallel()
	s, peer := hookedOrgs(t)
	peer.Fail(githubtest.Fault{Failure: githubtest.Internal, Route: githubtest.GraphQL, Times: -1})
	s.about(peer, "team", "beta", "added_to_repository")
	s.await("worked hints of webhooks")
	if said := s.seen.String(); !strings.Contains(said, "hints=0 subjects=0 failed=2") { // the lists of two sources
		t.Errorf("it says\n%s", said)
	}
}

// TestHookedRulesets hears of rulesets, of a repository and of an organisation.
func TestHookedRulesets(t *testing.T) {
	t.Parallel()
	s, peer := hookedOrgs(t)
	for _, owner := range []string{"acme/pay", "beta"} {
		org, _, _ := strings.Cut(owner, "/")
		peer.AddRuleset(owner, githubtest.Ruleset{Name: "ours", Branches: []string{"~DEFAULT_BRANCH"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ".github/workflows/ci.yml"}}})
		s.about(peer, "repository_ruleset", org, "created")
		s.await("worked hints of webhooks")
		if got := s.of(org); !strings.Contains(got, ",enforced,") {
			t.Errorf("after a ruleset of %s the state is %s", owner, got)
		}
	}
}
