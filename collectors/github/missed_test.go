package github_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// many is an organisation of ten repositories with everything beside files.
func many(t testing.TB) *scanner {
	s := newParts(t, allParts)
	s.config.Providers = []string{host + "acme/r0"}
	days := func(n int) time.Time { return s.peer.Now().AddDate(0, 0, -n) }
	for i := range 10 {
		name := fmt.Sprint("r", i)
		s.repo(name, map[string]string{ciFile: "on: push\n", "CODEOWNERS": "* @acme/pay\n"})
		full := "acme/" + name
		s.peer.AddPull(full, githubtest.Pull{Title: "x", Author: "ana", Created: days(3)})
		s.peer.AddDeployment(full, githubtest.Deployment{Environment: "production", Created: days(3)})
		id := s.peer.AddRun(full, githubtest.Run{Path: ciFile, Conclusion: "failure", Created: days(3), Updated: days(3).Add(time.Minute)})
		s.peer.Rerun(full, id, func(r *githubtest.Run) { r.Conclusion = "success" })
		s.peer.SetCodeownersErrors(full, githubtest.CodeownersError{Line: 1, Kind: "Unknown owner", Path: "CODEOWNERS"})
	}
	s.peer.Tag("acme/r0", "v1.0.0", "")
	s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Members: []githubtest.Member{{Login: "ana"}}, Repos: map[string]string{"acme/r3": "push"}})
	s.peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r0", Path: ciFile}}})
	s.peer.AddRuleset("acme/r3", githubtest.Ruleset{Name: "own", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r1", Path: ciFile}}})
	return s
}

// passing lets requests fail for reasons that may pass, one after the other: those of a route, or queries with a text, for
// as long as it says.
type passing struct {
	route, query string
	failing      func() bool
}

// hits reports whether a request is one of those.
func (p passing) hits(r *http.Request) bool {
	return p.query != "" && strings.Contains(text(r), p.query) || p.route != "" && strings.HasSuffix(r.URL.Path, p.route)
}

func (p passing) wrap(next http.RoundTripper) http.RoundTripper {
	var failed atomic.Int64
	return transport(func(r *http.Request) (*http.Response, error) {
		if !p.hits(r) || !p.failing() {
			return next.RoundTrip(r)
		}
		switch failed.Add(1) % 4 {
		case 0:
			return answer(http.StatusOK, "<html>sign in</html>", r), nil
		case 1:
			return answer(http.StatusInternalServerError, `{"message":"Server Error"}`, r), nil
		case 2:
			return answer(http.StatusOK, `{"data":{"r0":`, r), nil
		}
		return nil, context.DeadlineExceeded
	})
}

// missable are the ways in which something beside files can fail, and what the next scan asks for it, the list of news
// not counted.
func missable() []struct {
	name     string
	fault    passing
	says     string
	requests int
} {
	return []struct {
		name     string
		fault    passing
		says     string
		requests int
	}{
		{"runs", passing{route: "/r3/actions/runs"}, "workflow runs of 1 repository", 3}, // the probe, the runs, and the attempt before
		{"attempts of runs", passing{route: "/attempts/1"}, "earlier attempts of workflow runs of 10 repositories", 1 + 10 + 10},
		{"pull requests", passing{query: "list: pullRequests"}, "pull requests of 10 repositories", 2},
		{"deployments", passing{query: "list: deployments"}, "deployments of 10 repositories", 2},
		{"tags", passing{query: "list: refs"}, "tags of 1 repository", 3},
		{"what tags brought", passing{query: "history(first: 100"}, "tags of 1 repository", 3},
		{"teams", passing{query: "teams(first"}, "teams", 1},
		{"rulesets of the organisation", passing{route: "/rulesets"}, "rulesets", 4}, // list and ruleset, the probe, those of a repository
		{"rulesets of a repository", passing{query: "list: rulesets"}, "rulesets of 1 repository", 4},
		{"the probe", passing{query: "checkSuites"}, "what is new beside files of 10 repositories", 1 + 2 + 4 + 20}, // the probe, rulesets, lists, runs
	}
}

// TestPartsThatFailOnce: what could not be read beside files is read by the next scan, and nothing else. Then the same is
// known as if nothing had failed.
func TestPartsThatFailOnce(t *testing.T) {
	want := many(t)
	want.scan()
	for _, test := range missable() {
		t.Run(test.name, func(t *testing.T) {
			s := many(t)
			failing := true
			test.fault.failing = func() bool { return failing }
			s.wrap = test.fault.wrap
			got := s.scan()
			if says := "github: " + test.says + " are not read: tried again by the next scan"; len(got.Partial) != 1 || got.Partial[0] != says || got.Unknown != 0 {
				t.Errorf("the scan says %q, want %q", got.Partial, says)
			}
			failing = false
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || got.Repos != 10 {
				t.Errorf("the next scan came to %+v", got)
			}
			s.requests(1 + test.requests)
			t.Log(s.peer.Counts().Routes)
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			s.scan()
			s.requests(1)
		})
	}
}

// TestPartsThatFailForGood: what never can be read is tried by the next scan, and then at growing distances. All else is
// read, what is new, too, and what is not read is told of by each scan.
func TestPartsThatFailForGood(t *testing.T) {
	for _, test := range missable() {
		t.Run(test.name, func(t *testing.T) {
			s, tries := many(t), 0
			test.fault.failing = func() bool { tries++; return true }
			s.wrap = test.fault.wrap
			s.scan()
			collectorstest.Lasting{
				TB: t, Scan: s.scan, Tries: &tries,
				Push:  func() { s.peer.Push("acme/r9", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}}) },
				Tells: func(got collectors.Summary) bool { return len(got.Partial) == 1 },
				Asked: func(tried, pushed bool) {
					if s.requests(60); !tried && !pushed {
						s.requests(1)
					}
				},
			}.Tried(8)
			if got := s.store.Files(host + "acme/r9")["go.mod"]; got != "module new\n" {
				t.Errorf("what was new meanwhile is not read: %q", got)
			}
		})
	}
}
