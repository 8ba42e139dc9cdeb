package gitlab_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
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
		if s.older != nil {
			next = s.older(next)
		}
		return quota.New(quota.Config{Source: "gitlab", Base: base, Family: quota.GitLabSelfManaged(), Transport: next, Budget: budget})
	}
	s.peer.Advance(time.Minute)
	s.peer.ResetCounts()
	s.summary, err = collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 1, Chunk: chunk, Full: s.full, Log: slog.New(slog.DiscardHandler), Now: s.now,
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
func busy(peer *gitlabtest.Peer, projects int) {
	peer.Generate(gitlabtest.Fleet{Group: "acme", Projects: projects, Subgroups: 3, Pipelines: 3, Merges: 2})
	now := peer.Now()
	for i := range 130 {
		user := fmt.Sprint("dev-", i)
		peer.AddUser(gitlabtest.User{Username: user})
		peer.AddMember("acme/team-0", gitlabtest.Member{User: user})
		at := now.AddDate(0, 0, -60).Add(time.Duration(i) * time.Hour)
		peer.AddPipeline("acme/team-1/project-00001", gitlabtest.Pipeline{Created: at})
		peer.AddMergeRequest("acme/team-2/project-00002", gitlabtest.MergeRequest{Title: fmt.Sprint("Fix ", i), Author: "ana", Source: "x", Created: at, Merged: at.Add(time.Minute)})
		peer.AddDeployment("acme/team-0/project-00003", gitlabtest.Deployment{Environment: "production", Created: at})
	}
	files := map[string]string{}
	for i := range 230 {
		files[fmt.Sprintf("a/b%d/ci.yml", i)] = fmt.Sprintf("build: {script: [make %d]}\n", i%7)
	}
	for i := range 4 {
		files[fmt.Sprintf("odd%d.yml", i)] = fmt.Sprintf("\xff\x00%d", i)
	}
	peer.Push("acme/team-1/project-00004", gitlabtest.Push{Files: files, At: now.Add(-5 * time.Hour)})
	peer.AddFramework("acme", gitlabtest.Framework{Name: "sox", Pipeline: "ci.yml@acme/golden", Default: true})
	peer.AddPolicy("acme", gitlabtest.Policy{Name: "scan", Kind: "pipeline_execution_policy", Enabled: true, YAML: "name: scan\nenabled: true\ncontent:\n  include:\n    - project: acme/golden\n      file: /ci.yml\n", Updated: now.AddDate(0, 0, -9)})
}

// TestBudgets scans again and again with so few requests: each scan gets further, and in the end as much is known as
// after one scan without a budget, of whatever is configured.
func TestBudgets(t *testing.T) {
	named := []string{"acme/golden", "acme/team-0/project-00000", "acme/team-1/project-00001", "acme/team-2/project-00002", "acme/team-0/project-00003", "acme/team-1/project-00004"}
	for _, c := range []struct {
		name     string
		projects int
		budgets  []int // nil for all
		config   gitlab.Config
	}{
		{"a group", 7, nil, gitlab.Config{Group: "acme"}},
		{"a large group", 110, []int{4, 30}, gitlab.Config{Group: "acme"}},
		{"named ones", 7, nil, gitlab.Config{Projects: named}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			begin := func() *scanner {
				s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
				busy(s.peer, c.projects)
				config := c.config
				config.Name, config.URL, config.Watch, config.Parts, config.People = "gitlab", s.peer.URL, watched(), everything, s.config.People
				config.Providers = []string{"gitlab.invalid/acme/golden", "gitlab.invalid/acme/ci"}
				s.config = config
				return s
			}
			whole := begin()
			if sum := whole.budgeted(0); sum.Unknown != 0 || sum.Left != 0 || len(sum.Partial) > 0 {
				t.Fatalf("without a budget the scan came to %+v", sum)
			}
			takes, want := whole.peer.Counts().Requests, whole.store.Knowledge()
			if len(want.Runs) == 0 || len(want.Pulls) == 0 || len(want.Deployments) == 0 || len(want.Releases) == 0 || len(want.Policies) == 0 || c.config.Group != "" && len(want.Members) == 0 {
				t.Fatalf("without a budget little is known: %d runs, %d members, %d pulls", len(want.Runs), len(want.Members), len(want.Pulls))
			}
			if c.budgets == nil {
				c.budgets = collectorstest.Budgets(gitlab.Least)
			}
			for _, budget := range c.budgets {
				begin().repeated().Converges(budget, takes, want, "dev-1", "robot")
			}
		})
	}
}

// TestTheLeastOfNothingNew scans a group in which nothing is new with the least that a source takes, the looks at it
// included: every scan comes to its end, and none is broken off.
func TestTheLeastOfNothingNew(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
	busy(s.peer, 7)
	s.budgeted(0)
	s.peer.ResetCounts()
	for i := range 4 {
		s.wrap = nil
		if err := s.source().Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		looks := s.peer.Counts().Requests
		if sum := s.budgeted(s.source().Least() - looks); sum.Repos != 8 || sum.Left > 0 || len(sum.Partial) > 0 {
			t.Errorf("scan %d came to %+v with %d requests, after looks that took %d", i, sum, s.source().Least(), looks)
		}
		s.peer.ResetCounts()
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

// TestBudgetsAfterAPush scans with little while a project was pushed to just now, so that each round looks at it again: the
// rounds come to an end all the same, one with nothing new, too.
func TestBudgetsAfterAPush(t *testing.T) {
	begin := func() *scanner {
		s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
		busy(s.peer, 7)
		s.peer.Push("acme/team-1/project-00001", gitlabtest.Push{Files: map[string]string{"go.mod": "module y\n"}})
		return s
	}
	whole := begin()
	whole.budgeted(0)
	takes, want := whole.peer.Counts().Requests, whole.store.Knowledge()
	for _, budget := range []int{gitlab.Least, gitlab.Least + 1} {
		begin().repeated().Converges(budget, takes, want)
	}
}

// TestBudgetsWhileThingsHappen has something happen between the scans of a round: in the end all of it is known.
func TestBudgetsWhileThingsHappen(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
	busy(s.peer, 7)
	s.config.Providers = []string{"gitlab.invalid/acme/golden"}
	happen := func(scan int) {
		path := fmt.Sprintf("acme/team-%d/project-%05d", scan%3, scan%3)
		if scan > 12 || scan%2 == 1 {
			return
		}
		at := s.peer.Now()
		s.peer.Push(path, gitlabtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", scan)}, At: at})
		s.peer.AddPipeline(path, gitlabtest.Pipeline{Created: at})
		s.peer.AddMergeRequest(path, gitlabtest.MergeRequest{Title: fmt.Sprint("Now ", scan), Author: "ana", Source: "y", Created: at})
		s.peer.AddDeployment(path, gitlabtest.Deployment{Environment: "production", Created: at})
		s.peer.Tag("acme/golden", fmt.Sprintf("v5.%d.0", scan), "")
	}
	const budget = 5
	s.complete(budget, 100, happen)
	for range 3 { // what happened during a round is read in the next one
		s.peer.Advance(2 * time.Hour)
		s.complete(budget, 100, nil)
	}
	for range 2 { // and what no list of news tells of, once a day
		s.peer.Advance(24 * time.Hour)
		s.complete(budget, 100, nil)
	}

	whole := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
	whole.peer, whole.config = s.peer, s.config
	whole.budgeted(0)
	for _, runs := range []map[collectorstest.RunKey]metrics.Run{s.store.Runs, whole.store.Runs} {
		for key, run := range runs { // what those included that were there before is not known any more
			run.Used = nil
			runs[key] = run
		}
	}
	if diff := s.store.Knowledge().Differs(whole.store.Knowledge()); diff != "" {
		t.Errorf("of what one scan knows -got +want\n%s", diff)
	}
}

// TestRoundsThatEndOtherwise has something happen after which a round cannot be gone on with as it was.
func TestRoundsThatEndOtherwise(t *testing.T) {
	for name, happen := range map[string]func(*scanner){
		"days pass":               func(s *scanner) { s.peer.Advance(8 * 24 * time.Hour) },
		"other files are watched": func(s *scanner) { s.config.Watch.Whole = append(s.config.Watch.Whole, "**/*.yaml") },
		"a part is left out":      func(s *scanner) { s.config.Parts.Pulls = false },
		"projects are deleted": func(s *scanner) {
			s.peer.Delete("acme/team-0/project-00000")
			s.peer.Delete("acme/team-0/project-00003")
		},
		"everything is read anew": func(s *scanner) { s.full = true },
		"one is pushed to": func(s *scanner) {
			s.peer.Push("acme/team-1/project-00001", gitlabtest.Push{Files: map[string]string{"go.mod": "module y\n"}})
		},
	} {
		for _, scans := range []int{2, 5, 8} {
			t.Run(fmt.Sprintf("%s after %d scans", name, scans), func(t *testing.T) {
				t.Parallel()
				s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
				busy(s.peer, 7)
				s.config.Providers = []string{"gitlab.invalid/acme/golden"}
				for range scans {
					s.budgeted(4)
				}
				happen(s)
				s.budgeted(20)
				s.full = false
				for range 4 {
					for n := 0; n < 60 && (s.budgeted(20).Left > 0 || len(s.summary.Partial) > 0); n++ {
					}
					s.peer.Advance(25 * time.Hour)
				}

				whole := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
				whole.peer, whole.config = s.peer, s.config
				whole.budgeted(0)
				got, want := s.store.Knowledge(), whole.store.Knowledge()
				for id, repo := range got.Repos { // of what is gone is known what was
					if _, there := want.Repos[id]; !there && name == "projects are deleted" {
						got.Drop(repo)
					}
				}
				if name == "a part is left out" { // likewise
					got.Pulls, want.Pulls = nil, nil
				}
				got.Identities = want.Identities
				for _, runs := range []map[collectorstest.RunKey]metrics.Run{got.Runs, want.Runs} {
					for key, run := range runs {
						run.Used = nil
						runs[key] = run
					}
				}
				if diff := got.Differs(want); diff != "" {
					t.Errorf("of what one scan knows -got +want\n%s", diff)
				}
			})
		}
	}
}

// TestBudgetsWithoutGraphQL reads with little when each of some pipelines began by REST, of which some began never, while
// GraphQL does not tell.
func TestBudgetsWithoutGraphQL(t *testing.T) {
	begin := func() *scanner {
		s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{Unlimited: true})
		for i := range 18 {
			at := gitlabtest.Start.Add(-time.Duration(i) * time.Hour)
			s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Created: at, Started: at.Add(time.Minute), Finished: at.Add(2 * time.Minute)})
		}
		s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Status: "pending"})
		return s
	}
	want := begin()
	want.budgeted(0)
	for _, budget := range []int{gitlab.Least, gitlab.Least + 1, 7} {
		s := begin()
		s.older = altered{hits: queries("pipelines(first"), alter: func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway }}.wrap
		s.complete(budget, 60, nil)
		s.started(want.store.Knowledge())
	}
}
