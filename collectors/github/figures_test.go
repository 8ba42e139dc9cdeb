package github_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestFigures scans an organisation of 10,000 repositories: what that costs is promised.
func TestFigures(t *testing.T) {
	s := newScanner(t, githubtest.Config{})
	s.config.Watch = metrics.DefaultWatch()
	s.peer.Generate(githubtest.Fleet{Repos: 10_000})
	cold := s.scan()
	counts := s.peer.Counts()
	t.Logf("cold: %d points of GraphQL, %d requests of REST, %d requests: %v", counts.Points, counts.REST, counts.Requests, counts.Routes)
	if cold.Repos != 10_001 || cold.Unknown != 0 || len(cold.Partial) != 0 {
		t.Fatalf("the first scan came to %+v", cold)
	}
	if cost := counts.Points + counts.REST; cost > 450 {
		t.Errorf("the first scan cost %d points, want at most 450", cost)
	}
	if got := len(s.store.Files("github.invalid/acme/repo-00000")); got != 5 {
		t.Errorf("%d files of a repository are known, want 5", got)
	}
	idle := s.scan()
	if idle.Repos != 10_001 || idle.Unchanged != 10_001 || idle.Unknown != 0 {
		t.Errorf("the second scan came to %+v", idle)
	}
	s.requests(2)
	for i := range 100 {
		s.peer.Push(fmt.Sprintf("acme/repo-%05d", i*50), githubtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", i)}, At: s.peer.Now().Add(time.Duration(i) * time.Second)})
	}
	moved := s.scan()
	t.Logf("1 %% changed: %v", s.peer.Counts().Routes)
	if moved.Repos != 10_001 || moved.Unchanged != 9_901 || moved.Unknown != 0 {
		t.Errorf("after pushes to one in a hundred the scan came to %+v", moved)
	}
	s.requests(10)
	s.scan()
	s.requests(2)
}

// TestFiguresOfParts counts what the facts beside files cost: nothing where nothing moves.
func TestFiguresOfParts(t *testing.T) {
	s := newScanner(t, githubtest.Config{Unlimited: true}) // more is asked than fits into a minute, in no time
	s.config.Parts, s.config.People = allParts, people(t)
	s.config.Watch = metrics.DefaultWatch()
	s.config.Providers = []string{"github.invalid/acme/golden"}
	s.peer.Generate(githubtest.Fleet{Repos: 1_000, Teams: 100, Runs: 3, Pulls: 3})
	s.peer.AddRuleset("acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Repos: []string{"repo-0000?"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ciFile}}})
	s.scan()
	counts := s.peer.Counts()
	t.Logf("cold: %d points of GraphQL, %d requests of REST: %v", counts.Points, counts.REST, counts.Routes)
	if runs := counts.Routes[runsRoute]; runs > 1_001 {
		t.Errorf("runs were asked for %d times, want at most once a repository", runs)
	}
	if counts.Points > 250 {
		t.Errorf("the first scan cost %d points of GraphQL, want at most 250", counts.Points)
	}
	if len(s.store.Runs) < 2_900 || len(s.store.Pulls) < 2_900 || len(s.store.Policies) != 1_001 || len(s.store.Accesses) != 1_001 {
		t.Errorf("known are %d runs, %d pull requests, policies of %d repositories and accesses of %d", len(s.store.Runs), len(s.store.Pulls), len(s.store.Policies), len(s.store.Accesses))
	}
	s.scan()
	s.requests(2)
	for i := range 10 {
		s.peer.Push(fmt.Sprintf("acme/repo-%05d", i*50), githubtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", i)}, At: s.peer.Now().Add(time.Duration(i) * time.Second)})
	}
	s.scan()
	t.Logf("1 %% changed: %v", s.peer.Counts().Routes)
	s.requests(10)
	s.scan()
	s.requests(2)
	s.peer.Advance(24 * time.Hour)
	s.scan()
	counts = s.peer.Counts()
	t.Logf("once a day: %d points of GraphQL, %d requests of REST: %v", counts.Points, counts.REST, counts.Routes)
	if counts.Requests > 60 || counts.Points > 90 {
		t.Errorf("once a day %d requests and %d points are spent, want at most 60 and 90", counts.Requests, counts.Points)
	}
}
