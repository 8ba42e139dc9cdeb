package github_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// TestPartsWhereSomebodyTold reads what a webhook told of, though nothing was pushed.
func TestPartsWhereSomebodyTold(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true, Pulls: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	s.repo("web", map[string]string{ciFile: "on: push\n"})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -3)})
	pull := s.peer.AddPull("acme/pay", githubtest.Pull{Title: "x", Author: "ana", Created: s.peer.Now().AddDate(0, 0, -3)})
	s.scan()
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now().Add(time.Minute)})
	s.peer.EditPull("acme/pay", pull, func(p *githubtest.Pull) { p.Closed = s.peer.Now() })
	s.only = collectors.NewOnly("github.invalid/acme/pay")
	s.scan()
	if got := len(s.runsOf("pay")); got != 2 {
		t.Errorf("%d runs are known, want 2", got)
	}
	if s.store.Pulls[collectorstest.RunKey{Repo: s.id("pay"), ID: uint64(pull)}].Closed == metrics.Beginning {
		t.Error("the pull request is not known to be closed")
	}
	s.requests(4) // the list, what is new, the runs, the pull requests
}

// TestPartsOfNamed reads the parts of repositories that are named one by one, and looks at all of them once a day only.
func TestPartsOfNamed(t *testing.T) {
	s := newParts(t, allParts)
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	s.repo("golden", map[string]string{ciFile: "on: workflow_call\n"})
	s.peer.AddRuleset("acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Repos: []string{"pay"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/golden", Path: ciFile}}})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -3)})
	s.config.Org, s.config.Repos = "", []string{"acme/pay"}
	s.scan()
	if got := len(s.runsOf("pay")); got != 1 {
		t.Errorf("%d runs are known, want 1", got)
	}
	if got := s.held("pay")["pay"]; len(got) != 1 || got[0] != "acme/golden/"+ciFile {
		t.Errorf("the policies are %v", got)
	}
	s.scan()
	s.requests(1)
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now().Add(time.Hour)})
	s.peer.Advance(24 * time.Hour)
	s.scan()
	if got := len(s.runsOf("pay")); got != 2 {
		t.Errorf("a day later %d runs are known, want 2", got)
	}
}

// TestPartsOfAUser has neither teams nor an organisation's rulesets to read.
func TestPartsOfAUser(t *testing.T) {
	s := newParts(t, allParts)
	s.peer.AddUser("ana")
	at := s.peer.Now().AddDate(0, 0, -20)
	s.peer.AddRepo("ana", githubtest.Repo{Name: "pay", Created: at, Pushed: at, Files: map[string]string{ciFile: "on: push\n"}})
	s.config.Org, s.config.User = "", "ana"
	if sum := s.scan(); sum.Repos != 1 || sum.Unknown != 0 || len(sum.Warnings) != 0 {
		t.Errorf("the scan came to %+v", sum)
	}
	if len(s.store.Accesses) != 0 || len(s.store.Policies) != 1 || len(s.store.Policies[0].List) != 0 {
		t.Errorf("known are accesses %v and policies %v", s.store.Accesses, s.store.Policies)
	}
}

// TestPartsWithinABudget goes on where the last scan spent its budget.
func TestPartsWithinABudget(t *testing.T) {
	s := newParts(t, allParts)
	for i := range 12 {
		name := fmt.Sprint("r", i)
		s.repo(name, map[string]string{ciFile: fmt.Sprint("on: push # ", i, "\n")})
		s.peer.AddRun("acme/"+name, githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -3)})
	}
	s.wrap = spending(10)
	s.scan()
	if s.summary.Left == 0 || len(s.summary.Partial) == 0 {
		t.Errorf("a scan of 10 requests came to %+v", s.summary)
	}
	if got := s.peer.Counts().Requests; got > 10 {
		t.Errorf("%d requests were made", got)
	}
	s.wrap = nil
	s.scan()
	if len(s.store.Runs) != 12 || len(s.store.Windows) != 12 || s.summary.Left != 0 || s.summary.Unknown != 0 {
		t.Errorf("then it came to %+v, with %d runs in %d windows", s.summary, len(s.store.Runs), len(s.store.Windows))
	}
	s.scan()
	s.requests(2)
}

// spending lets so many requests pass.
func spending(budget int) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		var spent atomic.Int64
		return transport(func(r *http.Request) (*http.Response, error) {
			if spent.Add(1) > int64(budget) {
				return nil, quota.ErrBudget
			}
			return next.RoundTrip(r)
		})
	}
}
