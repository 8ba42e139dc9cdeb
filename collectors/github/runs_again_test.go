package github_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

const attemptRoute = "GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}"

// attempt is what a test looks at of an attempt: minutes are after the run was created.
type attempt struct {
	Number            uint32
	Outcome           metrics.RunResult
	Started, Finished int
}

func (s *scanner) attempts(name string) (list []attempt) {
	for _, r := range s.runsOf(name) {
		list = append(list, attempt{r.Attempt, r.Outcome, r.Started, r.Finished})
	}
	return list
}

// failing runs a workflow that fails after five minutes.
func (s *scanner) failing(at time.Time, branch string) int64 {
	return s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Branch: branch, Conclusion: "failure", Created: at, Updated: at.Add(5 * time.Minute)})
}

// TestRerunsOfOld reads what a run hides that was attempted again before anybody looked.
func TestRerunsOfOld(t *testing.T) {
	red, green := attempt{1, metrics.RunFailed, 0, 5}, attempt{3, metrics.RunSucceeded, 90, 90}
	for _, c := range []struct {
		name   string
		branch string
		parts  github.Parts
		want   []attempt
		asked  int
	}{
		{"of the default branch", "main", github.Parts{Runs: true, Reruns: true}, []attempt{red, {2, metrics.RunFailed, 60, 60}, green}, 2},
		{"of another branch", "fix", github.Parts{Runs: true, Reruns: true}, []attempt{green}, 0},
		{"switched off", "main", github.Parts{Runs: true}, []attempt{green}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, c.parts)
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			id := s.failing(s.peer.Now(), c.branch)
			s.peer.Advance(time.Hour)
			s.peer.Rerun("acme/pay", id, func(r *githubtest.Run) { r.Conclusion = "failure" })
			s.peer.Advance(30 * time.Minute)
			s.peer.Rerun("acme/pay", id, nil)
			s.scan()
			if diff := gocmp.Diff(s.attempts("pay"), c.want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			if got := s.route(attemptRoute); got != c.asked {
				t.Errorf("attempts were asked for %d times, want %d", got, c.asked)
			}
			s.scan()
			if got := s.route(attemptRoute); got != 0 {
				t.Errorf("nothing is new, and attempts were asked for %d times", got)
			}
		})
	}
}

// TestRerunsGoOn notices that a run is attempted again which was known, each time once, and counts what that takes.
func TestRerunsGoOn(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true, Reruns: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	id := s.failing(s.peer.Now().AddDate(0, 0, -10), "main")
	s.scan()
	expect := func(what string, lists, attempts int, want ...attempt) {
		t.Helper()
		if got := s.route(runsRoute); got != lists {
			t.Errorf("%s: runs were listed %d times, want %d", what, got, lists)
		}
		if got := s.route(attemptRoute); got != attempts {
			t.Errorf("%s: attempts were asked for %d times, want %d", what, got, attempts)
		}
		got := s.attempts("pay")
		for i := range got {
			got[i].Started, got[i].Finished = 0, 0
		}
		if diff := gocmp.Diff(got, want); diff != "" {
			t.Error(what + ": -got +want\n" + diff)
		}
	}
	red := func(n uint32) attempt { return attempt{n, metrics.RunFailed, 0, 0} }
	expect("at first", 1, 0, red(1))
	s.scan()
	expect("nothing new", 0, 0, red(1))

	s.peer.Rerun("acme/pay", id, func(r *githubtest.Run) { r.Conclusion = "failure" })
	s.peer.Advance(24 * time.Hour)
	s.scan()
	expect("it is attempted again", 2, 1, red(1), red(2))
	s.scan()
	expect("and no more", 0, 0, red(1), red(2))

	s.peer.Rerun("acme/pay", id, func(r *githubtest.Run) { r.Conclusion = "failure" })
	s.peer.Advance(time.Hour)
	s.peer.Rerun("acme/pay", id, nil)
	s.peer.Advance(23 * time.Hour)
	s.scan()
	green := attempt{4, metrics.RunSucceeded, 0, 0}
	expect("it is attempted twice", 2, 2, red(1), red(2), red(3), green)

	s.peer.Advance(21 * 24 * time.Hour)
	s.peer.Rerun("acme/pay", id, nil)
	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay\n"}, At: s.peer.Now().Add(29 * time.Minute)})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().Add(29 * time.Minute)})
	s.scan()
	expect("it is too old to be looked for", 2, 0, red(1), red(2), red(3), green, attempt{1, metrics.RunSucceeded, 0, 0})
}

// TestRerunsOfMany reads no more attempts of one repository at a time than it may, and those of the newest runs.
func TestRerunsOfMany(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true, Reruns: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	begun := s.peer.Now().AddDate(0, 0, -2)
	for i := range 30 {
		id := s.failing(begun.Add(time.Duration(i)*time.Minute), "main")
		s.peer.Rerun("acme/pay", id, nil)
	}
	s.scan()
	if got := s.route(attemptRoute); got != 20 {
		t.Errorf("attempts were asked for %d times, want 20", got)
	}
	if list := s.attempts("pay"); len(list) != 50 || list[0].Number != 2 || list[48].Number != 1 {
		t.Errorf("%d attempts are known", len(list))
	}
}

// TestRerunsInBadHands keeps the runs that are known where their attempts cannot be read.
func TestRerunsInBadHands(t *testing.T) {
	for _, c := range []struct {
		failure githubtest.Failure
		told    bool
	}{
		{githubtest.Missing, false}, {githubtest.Forbidden, true}, {githubtest.Internal, true}, {githubtest.HTML, true}, {githubtest.Nulls, false},
	} {
		t.Run(string(c.failure), func(t *testing.T) {
			s := newParts(t, github.Parts{Runs: true, Reruns: true})
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			s.peer.Rerun("acme/pay", s.failing(s.peer.Now().AddDate(0, 0, -1), "main"), nil)
			s.peer.Fail(githubtest.Fault{Failure: c.failure, Route: attemptRoute, Times: -1})
			sum := s.scan()
			if got := len(s.attempts("pay")); got != 1 || len(s.windows("pay")) != 1 || s.windows("pay")[0].To != metrics.Forever {
				t.Errorf("%d runs are known, in the windows %v", got, s.windows("pay"))
			}
			if sum.Unknown != 0 || (len(sum.Warnings)+len(sum.Denied) == 1) != c.told {
				t.Errorf("the scan came to %+v", sum)
			}
		})
	}
}
