package github_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// budgeted scans once with at most so many requests, a minute after the last time, in the small pieces in which
// commands scan then.
func (s *scanner) budgeted(requests int) collectors.Summary {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	var budget *quota.Budget
	chunk := 0
	if requests > 0 {
		budget, chunk = quota.NewBudget(requests), 25
	}
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHubEnterprise(), Transport: next, Budget: budget})
	}
	s.peer.Advance(time.Minute)
	s.peer.ResetCounts()
	s.summary, err = collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 1, Chunk: chunk, Full: s.full, Anew: s.anew, Log: slog.New(slog.DiscardHandler), Now: s.peer.Now,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if n := s.peer.Counts().Requests; requests > 0 && n > requests {
		s.t.Errorf("%d requests were made with a budget of %d", n, requests)
	}
	return s.summary
}

// busy fills a peer with everything that a source can read, more than fits into one answer of each kind.
func busy(peer *githubtest.Peer, repos int) {
	peer.Generate(githubtest.Fleet{Org: "acme", Repos: repos, Teams: 4, Runs: 3, Pulls: 3})
	now := peer.Now()
	for i := range 120 {
		login := fmt.Sprint("dev-", i)
		peer.JoinTeam("acme", fmt.Sprint("team-", i%2), githubtest.Member{Login: login})
	}
	for i := range 130 {
		at := now.AddDate(0, 0, -60).Add(time.Duration(i) * time.Hour)
		peer.AddPull("acme/repo-00001", githubtest.Pull{Title: fmt.Sprint("Fix ", i), Author: "ana", Created: at, Merged: at.Add(time.Minute)})
		peer.AddRun("acme/repo-00001", githubtest.Run{Path: ciFile, Created: at, Updated: at.Add(time.Minute)})
		peer.AddDeployment("acme/repo-00002", githubtest.Deployment{Environment: "production", Created: at, Statuses: []githubtest.DeploymentStatus{{State: "success", At: at.Add(time.Minute)}}})
		peer.Tag("acme/repo-00003", fmt.Sprintf("v0.%d.0", i), "")
	}
	for i := range 4 {
		peer.AddRun("acme/repo-00000", githubtest.Run{Path: ciFile, Attempt: 1, Created: now.AddDate(0, 0, -4).Add(time.Duration(i) * time.Hour), Conclusion: "failure"})
	}
	peer.AddRuleset("acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Repos: []string{"repo-0000?"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ciFile}}})
	peer.AddRuleset("acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Repos: []string{"repo-0001?"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ciFile}}})
	peer.AddRuleset("acme/repo-00004", githubtest.Ruleset{Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ciFile}}})
	deep := map[string]string{}
	for i := range 12 {
		deep[fmt.Sprintf("a/b/c/d/e%d/f/g/h/ci.yml", i)] = fmt.Sprintf("on: push # %d\n", i)
	}
	wide := map[string]string{}
	for i := range 45 {
		wide[fmt.Sprintf("x%d/b/c/d/ci.yml", i)] = fmt.Sprintf("on: push # wide %d\n", i)
	}
	for i := range 4 {
		wide[fmt.Sprintf("odd%d.yml", i)] = fmt.Sprintf("\xff\x00%d", i)
	}
	peer.Push("acme/repo-00006", githubtest.Push{Files: wide, At: now.Add(-5 * time.Hour)})
	peer.Push("acme/repo-00005", githubtest.Push{Files: deep, At: now.Add(-5 * time.Hour)})
}

// TestBudgets scans again and again with so few requests: each scan gets further, and in the end as much is known as
// after one scan without a budget, of whatever is configured and on hosts of both kinds.
func TestBudgets(t *testing.T) {
	named := []string{"acme/golden", "acme/repo-00001", "acme/repo-00002", "acme/repo-00003", "acme/repo-00004", "acme/repo-00005", "acme/repo-00008"}
	for _, c := range []struct {
		name    string
		rest    bool
		repos   int
		budgets []int // nil for all
		config  github.Config
	}{
		{"an organisation", false, 14, nil, github.Config{Org: "acme"}},
		{"a large organisation", false, 120, []int{4, 30}, github.Config{Org: "acme"}},
		{"named ones", false, 14, nil, github.Config{Repos: named}},
		{"an organisation without GraphQL", true, 14, nil, github.Config{Org: "acme"}},
		{"named ones without GraphQL", true, 14, nil, github.Config{Repos: named}},
		{"a large organisation without GraphQL", true, 120, []int{30}, github.Config{Org: "acme"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			begin := func() *scanner {
				s := newScanner(t, githubtest.Config{RESTOnly: c.rest, Unlimited: true})
				busy(s.peer, c.repos)
				config := c.config
				config.Name, config.URL, config.Watch, config.Parts, config.People = "github", s.peer.URL, watched(), allParts, people(t)
				config.Providers = []string{"github.invalid/acme/golden", "github.invalid/acme/repo-00003"}
				s.config = config
				return s
			}
			whole := begin()
			if sum := whole.budgeted(0); sum.Unknown != 0 || sum.Left != 0 || len(sum.Partial) > 0 {
				t.Fatalf("without a budget the scan came to %+v", sum)
			}
			takes, want := whole.peer.Counts().Requests, whole.store.Knowledge()
			if len(want.Runs) == 0 || c.config.Org != "" && (len(want.Members) == 0 || len(want.Accesses) == 0) || !c.rest && (len(want.Pulls) == 0 || len(want.Deployments) == 0 || len(want.Releases) == 0 || len(want.Policies) == 0) {
				t.Fatalf("without a budget little is known: %d runs, %d members, %d pulls", len(want.Runs), len(want.Members), len(want.Pulls))
			}
			if c.budgets == nil {
				c.budgets = collectorstest.Budgets(github.Least)
			}
			for _, budget := range c.budgets {
				begin().repeated().Converges(budget, takes, want, "dev-1", "robot")
			}
		})
	}
}

// repeated scans again and again.
func (s *scanner) repeated() collectorstest.Repeated {
	return collectorstest.Repeated{TB: s.t, Store: s.store, Scan: s.budgeted}
}

// complete scans with a budget until a scan is complete.
func (s *scanner) complete(budget, bound int, between func(scan int)) {
	s.t.Helper()
	s.repeated().Complete(budget, bound, between)
}

// TestBudgetsWhileThingsHappen has something happen between the scans of a round: in the end all of it is known.
func TestBudgetsWhileThingsHappen(t *testing.T) {
	for _, rest := range []bool{false, true} {
		s := newScanner(t, githubtest.Config{RESTOnly: rest, Unlimited: true})
		busy(s.peer, 14)
		s.config.Parts, s.config.People, s.config.Providers = allParts, people(t), []string{"github.invalid/acme/golden"}
		happen := func(scan int) {
			name := fmt.Sprintf("acme/repo-%05d", scan%6)
			if scan > 12 || scan%2 == 1 {
				return
			}
			at := s.peer.Now()
			s.peer.Push(name, githubtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", scan)}, At: at})
			s.peer.AddRun(name, githubtest.Run{Path: ciFile, Created: at, Updated: at})
			s.peer.AddPull(name, githubtest.Pull{Title: fmt.Sprint("Now ", scan), Author: "ana", Created: at})
			s.peer.AddDeployment(name, githubtest.Deployment{Environment: "production", Created: at, Statuses: []githubtest.DeploymentStatus{{State: "success", At: at}}})
			s.peer.Tag("acme/golden", fmt.Sprintf("v5.%d.0", scan), "")
		}
		const budget = 5
		s.complete(budget, 100, happen)
		for range 3 { // what happened during a round is read in the next one
			s.complete(budget, 100, nil)
		}
		s.peer.Advance(24 * time.Hour) // and what no list of news tells of, once a day
		s.complete(budget, 100, nil)

		whole := newScanner(t, githubtest.Config{RESTOnly: rest, Unlimited: true})
		whole.peer, whole.config = s.peer, s.config
		whole.budgeted(0)
		got, want := s.store.Knowledge(), whole.store.Knowledge()
		got.Members, want.Members = nil, nil // those who come are members from then on
		if diff := got.Differs(want); diff != "" {
			t.Errorf("without GraphQL %t: of what one scan knows -got +want\n%s", rest, diff)
		}
	}
}

// TestRoundsThatEndOtherwise has something happen after which a round cannot be gone on with as it was.
func TestRoundsThatEndOtherwise(t *testing.T) {
	for name, happen := range map[string]func(*scanner){
		"days pass":                  func(s *scanner) { s.peer.Advance(8 * 24 * time.Hour) },
		"other files are watched":    func(s *scanner) { s.config.Watch.Whole = append(s.config.Watch.Whole, "**/*.yaml") },
		"a part is left out":         func(s *scanner) { s.config.Parts.Pulls = false },
		"somebody told of teams":     func(s *scanner) { s.anew = true },
		"repositories are deleted":   func(s *scanner) { s.peer.Delete("acme/repo-00000"); s.peer.Delete("acme/repo-00003") },
		"everything is read anew":    func(s *scanner) { s.full = true },
		"a team gets another member": func(s *scanner) { s.peer.JoinTeam("acme", "team-1", githubtest.Member{Login: "late"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScanner(t, githubtest.Config{Unlimited: true})
			busy(s.peer, 14)
			s.config.Parts, s.config.People, s.config.Providers = allParts, people(t), []string{"github.invalid/acme/golden"}
			for range 5 {
				s.budgeted(4)
			}
			happen(s)
			s.budgeted(20)
			s.anew, s.full = false, false
			s.complete(20, 60, nil)
			s.peer.Advance(25 * time.Hour)
			s.complete(20, 60, nil)

			whole := newScanner(t, githubtest.Config{Unlimited: true})
			whole.peer, whole.config = s.peer, s.config
			whole.budgeted(0)
			got, want := s.store.Knowledge(), whole.store.Knowledge()
			for id, repo := range got.Repos { // of what is gone is known what was
				if _, there := want.Repos[id]; !there && name == "repositories are deleted" {
					got.Drop(repo)
				}
			}
			if name == "a part is left out" { // likewise
				got.Pulls, want.Pulls = nil, nil
				got.Identities = want.Identities
			}
			got.Members, want.Members = nil, nil
			if diff := got.Differs(want); diff != "" {
				t.Errorf("of what one scan knows -got +want\n%s", diff)
			}
		})
	}
}
