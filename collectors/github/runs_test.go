package github_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

const runsRoute = "GET /repos/{owner}/{repo}/actions/runs"

// ran is what a test looks at of a run.
type ran struct {
	Workflow, Branch  string
	Attempt           uint32
	Default, Imposed  bool
	Outcome           metrics.RunResult
	Started, Finished int // minutes after it was created; 0 for not
	Used              []metrics.Use
}

func (s *scanner) runsOf(name string) []ran {
	id := s.id(name)
	var list []ran
	for _, r := range collectorstest.Sorted(s.store.Runs, func(r metrics.Run) bool { return r.Repo == id }, func(a, b metrics.Run) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt))
	}) {
		after := func(at metrics.Instant) int { return int(max(at-r.Created, 0) / 60) }
		list = append(list, ran{r.Workflow, r.Branch, r.Attempt, r.Default, r.Imposed, r.Outcome, after(r.Started), after(r.Finished), r.Used})
	}
	return list
}

// TestRuns says what becomes of a run.
func TestRuns(t *testing.T) {
	sha := strings.Repeat("ab", 20)
	oid, _ := metrics.ParseOID(sha)
	for _, c := range []struct {
		name string
		run  githubtest.Run
		want ran
	}{
		{"a success", githubtest.Run{Path: ciFile}, ran{Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"neutral", githubtest.Run{Path: ciFile, Conclusion: "neutral"}, ran{Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"timed out", githubtest.Run{Path: ciFile, Conclusion: "timed_out"}, ran{Outcome: metrics.RunFailed, Default: true, Finished: 5}},
		{"not startable", githubtest.Run{Path: ciFile, Conclusion: "startup_failure"}, ran{Outcome: metrics.RunFailed, Default: true, Finished: 5}},
		{"cancelled", githubtest.Run{Path: ciFile, Conclusion: "cancelled"}, ran{Outcome: metrics.RunCancelled, Default: true, Finished: 5}},
		{"skipped", githubtest.Run{Path: ciFile, Conclusion: "skipped"}, ran{Outcome: metrics.RunSkipped, Default: true, Finished: 5}},
		{"in progress", githubtest.Run{Path: ciFile, Status: "in_progress"}, ran{Outcome: metrics.RunUnderWay, Default: true}},
		{"waiting for a person", githubtest.Run{Path: ciFile, Conclusion: "action_required"}, ran{Outcome: metrics.RunWaiting, Default: true}},
		{"a second attempt", githubtest.Run{Path: ciFile, Attempt: 2}, ran{Attempt: 2, Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"of a pull request", githubtest.Run{Path: ciFile, Event: "pull_request", Branch: "main"}, ran{Outcome: metrics.RunSucceeded, Finished: 5}},
		{"of another branch", githubtest.Run{Path: ciFile, Branch: "fix"}, ran{Outcome: metrics.RunSucceeded, Branch: "fix", Finished: 5}},
		{"of a file that is not there any more", githubtest.Run{Path: ".github/workflows/old.yml"}, ran{Workflow: ".github/workflows/old.yml", Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"with its own name in the path", githubtest.Run{Path: "acme/pay/" + ciFile + "@refs/heads/main"}, ran{Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"of something that GitHub runs by itself", githubtest.Run{Path: "dynamic/github-code-scanning/codeql"}, ran{Workflow: "dynamic/github-code-scanning/codeql", Outcome: metrics.RunSucceeded, Default: true, Finished: 5}},
		{"that a policy started", githubtest.Run{Path: "acme/golden/" + ciFile + "@refs/heads/main", Event: "pull_request", Branch: "fix"}, ran{
			Workflow: "acme/golden/" + ciFile, Branch: "fix", Imposed: true, Outcome: metrics.RunSucceeded, Finished: 5,
			Used: []metrics.Use{{Kind: metrics.UsesWorkflow, Target: "acme/golden/" + ciFile, Ref: "main"}},
		}},
		{"with what it really used", githubtest.Run{Path: ciFile, Referenced: []githubtest.Referenced{
			{Path: "acme/golden/" + ciFile + "@v3", SHA: sha, Ref: "refs/tags/v3"}, {Path: "acme/golden/" + ciFile + "@" + sha, SHA: sha},
		}}, ran{Outcome: metrics.RunSucceeded, Default: true, Finished: 5, Used: []metrics.Use{
			{Kind: metrics.UsesWorkflow, Target: "acme/golden/" + ciFile, Ref: "v3", SHA: oid},
			{Kind: metrics.UsesWorkflow, Target: "acme/golden/" + ciFile, Ref: sha, SHA: oid},
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, github.Parts{Runs: true})
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			c.run.Created = s.peer.Now().AddDate(0, 0, -3)
			c.run.Updated = c.run.Created.Add(5 * time.Minute)
			s.peer.AddRun("acme/pay", c.run)
			s.scan()
			c.want.Workflow, c.want.Branch, c.want.Attempt = cmp.Or(c.want.Workflow, ciFile), cmp.Or(c.want.Branch, "main"), max(c.want.Attempt, 1)
			if diff := gocmp.Diff(s.runsOf("pay"), []ran{c.want}, cmpopts.EquateEmpty()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// windows are the times of which all runs of a repository are known.
func (s *scanner) windows(name string) []metrics.Period {
	var list []metrics.Period
	for _, w := range s.store.Told("github.invalid/acme/" + name).Windows {
		list = append(list, w.Period)
	}
	return list
}

// TestRunsGoOn reads the runs of a repository time and again, and counts what that takes.
func TestRunsGoOn(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	s.repo("docs", map[string]string{"go.mod": "module docs\n"})
	s.peer.AddRepo("acme", githubtest.Repo{Name: "empty", Created: s.peer.Now().AddDate(0, 0, -20)})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -100)})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -10)})
	asked := func(what string, requests, runs int) {
		t.Helper()
		if got := s.route(runsRoute); got != requests {
			t.Errorf("%s: runs were asked for %d times, want %d: %v", what, got, requests, s.peer.Counts().Routes)
		}
		if got := s.runsOf("pay"); len(got) != runs {
			t.Errorf("%s: %d runs are known, want %d", what, len(got), runs)
		}
	}
	s.scan()
	asked("what lies too far back is not read", 1, 1)
	began := metrics.At(s.peer.Now()) - 90*metrics.Day
	open := []metrics.Period{{From: began, To: metrics.Forever}}
	if diff := gocmp.Diff(s.windows("pay"), open); diff != "" {
		t.Error("windows -got +want\n" + diff)
	}
	if got := s.windows("docs"); got != nil {
		t.Errorf("where nothing runs nothing is asked, and %v is known", got)
	}
	s.scan()
	asked("nothing new", 0, 1)
	s.requests(2)

	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay\n"}, At: s.peer.Now().Add(28 * time.Minute)})
	late := s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().Add(28 * time.Minute), Status: "in_progress"})
	s.scan()
	asked("a push", 1, 2)
	s.scan()
	asked("a run that goes on", 1, 2)
	s.peer.EditRun("acme/pay", late, func(r *githubtest.Run) {
		r.Status, r.Conclusion, r.Updated = "completed", "failure", s.peer.Now()
	})
	s.scan()
	asked("it has ended", 1, 2)
	if got := s.runsOf("pay")[1]; got.Outcome != metrics.RunFailed || got.Finished == 0 {
		t.Errorf("the run that ended late is %+v", got)
	}
	s.scan()
	asked("and is not asked for again", 0, 2)
	s.requests(2)

	s.peer.EditRun("acme/pay", late, func(r *githubtest.Run) { r.Attempt, r.Conclusion, r.Updated = 2, "success", s.peer.Now() })
	s.peer.Advance(24 * time.Hour)
	s.scan()
	asked("once a day somebody looks whether a check is new: a second attempt is", 1, 2)
	s.scan()
	s.requests(2)

	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Event: "schedule", Created: s.peer.Now().Add(time.Hour)})
	s.peer.Advance(24 * time.Hour)
	s.scan()
	asked("or a run by the clock", 1, 3)
	if diff := gocmp.Diff(s.windows("pay"), open); diff != "" {
		t.Error("windows -got +want\n" + diff)
	}
}

// TestRunsOfMany reads more runs than GitHub tells of one question.
func TestRunsOfMany(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	begun := s.peer.Now().AddDate(0, 0, -30)
	for i := range 2_350 {
		s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: begun.Add(time.Duration(i) * 10 * time.Minute)})
	}
	s.scan()
	if got := len(s.runsOf("pay")); got != 2_350 {
		t.Errorf("%d runs are known, want 2350", got)
	}
	if got := s.route(runsRoute); got > 40 {
		t.Errorf("that took %d requests, want at most 40", got)
	}
}

// TestRunsClose says what is known where runs cannot be read.
func TestRunsClose(t *testing.T) {
	for _, failure := range []githubtest.Failure{githubtest.Forbidden, githubtest.Missing, githubtest.Unprocessable, githubtest.Internal, githubtest.HTML, githubtest.Cut} {
		t.Run(string(failure), func(t *testing.T) {
			s := newParts(t, github.Parts{Runs: true})
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			s.scan()
			from, last := s.windows("pay")[0].From, metrics.At(s.peer.Now())
			push := func() {
				at := s.peer.Now().Add(10 * time.Minute)
				s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": fmt.Sprint("module pay", at.Unix(), "\n")}, At: at})
				s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: at})
			}
			push()
			s.peer.Fail(githubtest.Fault{Failure: failure, Route: runsRoute, Times: -1})
			sum := s.scan()
			if sum.Unknown != 0 || sum.Unchanged != 0 || len(s.store.Files("github.invalid/acme/pay")) != 2 {
				t.Errorf("the files are not read: %+v", sum)
			}
			told := fmt.Sprint(sum.Warnings, sum.Denied)
			if len(sum.Warnings)+len(sum.Denied) != 1 || !strings.Contains(told, "workflow runs of 1 repository") && !strings.Contains(told, "workflow runs are not read") {
				t.Errorf("it is told %s", told)
			}
			if diff := gocmp.Diff(s.windows("pay"), []metrics.Period{{From: from, To: last}}); diff != "" {
				t.Error("windows -got +want\n" + diff)
			}
			s.peer.Heal()
			push()
			s.scan()
			if diff := gocmp.Diff(s.windows("pay"), []metrics.Period{{From: from, To: metrics.Forever}}); diff != "" {
				t.Error("once they can be read again, windows -got +want\n" + diff)
			}
			if got := len(s.runsOf("pay")); got != 2 {
				t.Errorf("%d runs are known, want 2: none is passed over", got)
			}
		})
	}
}

// TestRunsOfARenamedBranch says that a branch that was the default one stays it.
func TestRunsOfARenamedBranch(t *testing.T) {
	s := newParts(t, github.Parts{Runs: true})
	s.repo("pay", map[string]string{ciFile: "on: push\n"})
	s.scan()
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().Add(time.Minute)})
	s.peer.RenameBranch("acme/pay", "main", "trunk")
	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay\n"}, At: s.peer.Now().Add(2 * time.Minute)})
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().Add(3 * time.Minute)})
	s.scan()
	got := s.runsOf("pay")
	if len(got) != 2 || got[0].Branch != "main" || !got[0].Default || got[1].Branch != "trunk" || !got[1].Default {
		t.Errorf("the runs are %+v", got)
	}
}
