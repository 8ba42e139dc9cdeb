package github_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// restRuns is an organisation of some repositories with a run each, on a host that has no GraphQL.
func restRuns(t *testing.T, parts github.Parts, repos int) *scanner {
	s := newScanner(t, githubtest.Config{RESTOnly: true, Unlimited: true})
	s.config.Parts, s.config.People = parts, people(t)
	s.peer.AddOrganization("acme")
	for i := range repos {
		name := fmt.Sprint("r", i)
		s.repo(name, map[string]string{ciFile: "on: push\n"})
		at := s.peer.Now().AddDate(0, 0, -3)
		s.peer.AddRun("acme/"+name, githubtest.Run{Path: ciFile, Conclusion: "failure", Created: at, Updated: at.Add(time.Minute)})
	}
	return s
}

// TestRunsWithoutAPush: what runs in a repository that nobody pushes to is known within a day without GraphQL, too. That takes
// a request a day for each repository, and scans of a day share them out.
func TestRunsWithoutAPush(t *testing.T) {
	for name, parts := range map[string]github.Parts{"runs alone": {Runs: true}, "with what they hide": {Runs: true, Reruns: true}} {
		t.Run(name, func(t *testing.T) {
			const repos = 40
			s := restRuns(t, parts, repos)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "empty"})
			s.scan()
			ran := 0
			for day := range 3 {
				most, asked := 0, 0
				for hour := range 24 {
					if day == 1 && hour == 3 {
						s.peer.AddRun("acme/r7", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now(), Updated: s.peer.Now()})
						ran = 1
					}
					s.peer.Advance(30 * time.Minute) // and as much by the scan
					s.scan()
					n := s.route(runsRoute)
					most, asked = max(most, n), asked+n
				}
				if asked != repos || most > repos/4 {
					t.Errorf("in day %d runs were asked for %d times, %d of them in one scan, want once a repository", day, asked, most)
				}
			}
			if got := len(s.runsOf("r7")); got != 1+ran {
				t.Errorf("%d runs are known, want %d", got, 1+ran)
			}
			s.peer.Advance(25 * time.Hour)
			s.scan()
			if n := s.route(runsRoute); n != repos {
				t.Errorf("with a scan a day runs were asked for %d times, want once a repository", n)
			}
		})
	}
}

// TestRunsWithoutAPushOfMany reads more runs than a page in a repository that nobody pushes to.
func TestRunsWithoutAPushOfMany(t *testing.T) {
	s := restRuns(t, github.Parts{Runs: true, Reruns: true}, 1)
	s.scan()
	for i := range 130 {
		s.peer.AddRun("acme/r0", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now().Add(time.Duration(i) * time.Minute)})
	}
	s.peer.Advance(25 * time.Hour)
	s.scan()
	if got := len(s.runsOf("r0")); got != 131 {
		t.Errorf("%d runs are known, want 131", got)
	}
}

// TestAttemptsWithoutAPush: an old run that is attempted again while nothing else happens is seen, with what it was before.
func TestAttemptsWithoutAPush(t *testing.T) {
	s := restRuns(t, github.Parts{Runs: true, Reruns: true}, 3)
	s.scan()
	s.peer.Advance(25 * time.Hour)
	s.scan()
	s.peer.Advance(time.Hour)
	id := s.peer.AddRun("acme/r1", githubtest.Run{Path: ciFile, Conclusion: "failure", Created: s.peer.Now(), Updated: s.peer.Now()})
	s.peer.Advance(25 * time.Hour)
	s.scan()
	s.peer.Advance(25 * time.Hour)
	s.scan()
	s.peer.Rerun("acme/r1", id, func(r *githubtest.Run) { r.Conclusion = "success" })
	before := len(s.store.Runs)
	s.peer.Advance(25 * time.Hour)
	s.scan()
	if got := s.runsOf("r1"); len(got) != 3 || got[2].Attempt != 2 || len(s.store.Runs) > before+2 {
		t.Errorf("known are %+v, and %d rows are written", got, len(s.store.Runs)-before)
	}
}

// TestRunsBeforeAnArchival: a repository is asked once more when it is archived, and then not any more.
func TestRunsBeforeAnArchival(t *testing.T) {
	s := restRuns(t, github.Parts{Runs: true, Reruns: true}, 3)
	s.scan()
	s.peer.Advance(time.Hour)
	s.peer.AddRun("acme/r1", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now(), Updated: s.peer.Now()})
	s.peer.Archive("acme/r1", true)
	s.peer.Advance(time.Minute)
	s.scan()
	if got := len(s.runsOf("r1")); got != 2 {
		t.Errorf("%d runs are known, want 2", got)
	}
	s.peer.Advance(25 * time.Hour)
	s.scan()
	if n := s.route(runsRoute); n != 2 {
		t.Errorf("a day later runs were asked for %d times, want once for each of the others", n)
	}
}

// TestRunsWithoutAPushThatFail are tried again as what is missed or denied is, and not by each scan.
func TestRunsWithoutAPushThatFail(t *testing.T) {
	for code, most := range map[int]int{http.StatusForbidden: 40, http.StatusUnprocessableEntity: 100} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			s := restRuns(t, github.Parts{Runs: true, Reruns: true}, 10)
			s.scan()
			asked := 0
			for range 48 {
				s.wrap = passing{route: "/actions/runs", failing: func() bool { asked++; return true }}.denying(code)
				s.peer.Advance(time.Hour)
				s.scan()
			}
			if asked > most {
				t.Errorf("in two days it was asked %d times, want at most %d", asked, most)
			}
			at := s.peer.Now()
			s.peer.AddRun("acme/r1", githubtest.Run{Path: ciFile, Event: "schedule", Created: at, Updated: at})
			s.wrap = nil
			for range 25 {
				s.peer.Advance(time.Hour)
				s.scan()
			}
			if got := len(s.runsOf("r1")); got != 2 {
				t.Errorf("%d runs are known, want 2", got)
			}
		})
	}
}

// TestRunsWithoutAPushOnABudget: they leave something for what people pushed, and what is not reached is read by the scans
// after.
func TestRunsWithoutAPushOnABudget(t *testing.T) {
	const repos, budget = 40, 30
	s := restRuns(t, github.Parts{Runs: true, Reruns: true}, repos)
	s.budgeted(0)
	s.peer.Advance(25 * time.Hour)
	at := s.peer.Now()
	for i := range repos {
		s.peer.AddRun(fmt.Sprint("acme/r", i), githubtest.Run{Path: ciFile, Event: "schedule", Created: at, Updated: at})
	}
	known := func() (runs int) {
		for i := range repos {
			runs += len(s.runsOf(fmt.Sprint("r", i))) - 1
		}
		return runs
	}
	s.peer.Push("acme/r39", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}})
	if got := s.budgeted(budget); got.Left != 0 || known() < 5 || known() == repos || s.store.Files(host + "acme/r39")["go.mod"] == "" {
		t.Errorf("the first scan leaves %d, and knows %d runs and %v", got.Left, known(), s.store.Files(host+"acme/r39"))
	}
	for range 4 {
		s.budgeted(budget)
	}
	if known() != repos {
		t.Errorf("in the end %d runs are known, want %d", known(), repos)
	}
}
