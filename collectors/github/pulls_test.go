package github_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
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

// TestPulls reads pull requests, and then what is new of them.
func TestPulls(t *testing.T) {
	s := newParts(t, github.Parts{Pulls: true})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	merge := s.peer.Head("acme/pay")
	day := func(n int) time.Time { return s.peer.Now().AddDate(0, 0, -n) }
	made := day(9)
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "feat: pay twice", Author: "Ana", Head: "campaign/golden", Labels: []string{"campaign", "ci"}, Created: made, Merged: made.Add(time.Hour), Merge: merge})
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "chore(deps): bump x from 1 to 2", Author: "renovate[bot]", Head: "renovate/x", Created: made, Closed: made.Add(2 * time.Hour)})
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "Scaffold", Author: "copilot-swe-agent[bot]", Assignees: []string{"bo"}, Head: "agent", Created: made.Add(3 * time.Hour)})
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "Old", Author: "ana", Head: "old", Created: day(500), Merged: day(499)})
	s.scan()
	at := metrics.At(made)
	oid, _ := metrics.ParseOID(merge)
	want := []metrics.Pull{
		{Number: 1, Author: s.alias("ana"), AuthorKind: metrics.Human, Created: at, Merged: at + 3600, Closed: at + 3600, Updated: at + 3600, Labels: []string{"campaign", "ci"}, HeadBranch: "campaign/golden", BaseBranch: "main", MergeCommit: oid, Class: "feat"},
		{Number: 2, Author: s.alias("renovate[bot]"), AuthorKind: metrics.Bot, Created: at, Closed: at + 7200, Updated: at + 7200, HeadBranch: "renovate/x", BaseBranch: "main", Class: metrics.PullRoutine},
		{Number: 3, Author: s.alias("copilot-swe-agent[bot]"), AuthorKind: metrics.Initiator, Created: at + 3*3600, Updated: at + 3*3600, HeadBranch: "agent", BaseBranch: "main", Assignees: []metrics.AliasID{s.alias("bo")}},
	}
	got := collectorstest.Sorted(s.store.Pulls, func(metrics.Pull) bool { return true }, func(a, b metrics.Pull) int { return cmp.Compare(a.Number, b.Number) })
	if diff := gocmp.Diff(got, want, cmpopts.IgnoreFields(metrics.Pull{}, "Repo", "Source", "Seen"), cmpopts.EquateEmpty()); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	for _, login := range []string{"ana", "renovate[bot]", "copilot-swe-agent[bot]", "bo"} {
		if !slices.ContainsFunc(collectorstest.Sorted(s.store.Identities, func(metrics.Identity) bool { return true }, func(a, b metrics.Identity) int { return 0 }), func(i metrics.Identity) bool { return i.Alias == s.alias(login) }) {
			t.Errorf("nobody knows who %s is", login)
		}
	}
	s.scan()
	s.requests(2)

	s.peer.Push("acme/pay", githubtest.Push{Branch: "fix", Files: map[string]string{"x": "y"}, At: s.peer.Now().Add(time.Minute)})
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "fix: it", Author: "ana", Head: "fix", Created: s.peer.Now().Add(2 * time.Minute)})
	s.scan()
	if len(s.store.Pulls) != 4 {
		t.Errorf("after a push to another branch %d pull requests are known, want 4", len(s.store.Pulls))
	}
	s.requests(3) // the list, what is new, the pull requests

	s.peer.EditPull("acme/pay", 3, func(p *githubtest.Pull) { p.Closed = s.peer.Now() })
	s.peer.Advance(24 * time.Hour)
	s.scan()
	if got := s.store.Pulls[collectorstest.RunKey{Repo: s.id("pay"), ID: 3}]; got.Closed == metrics.Beginning {
		t.Error("what changed without a push is not seen the next day")
	}
}

// TestPullsOfMany goes through several pages, and keeps nothing of a list that breaks off: the next reading begins anew.
func TestPullsOfMany(t *testing.T) {
	s := newParts(t, github.Parts{Pulls: true})
	for r := range 3 {
		name := fmt.Sprint("r", r)
		s.repo(name, map[string]string{"go.mod": "module " + name + "\n"})
		for i := range 130 {
			s.peer.AddPull("acme/"+name, githubtest.Pull{Title: "Change", Author: "ana", Head: fmt.Sprint(i), Created: s.peer.Now().Add(-time.Duration(i+1) * time.Hour)})
		}
	}
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		asked := 0
		return transport(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(text(r), "list: pullRequests") {
				if asked++; asked == 2 {
					return answer(http.StatusForbidden, `{"message":"Resource not accessible"}`, r), nil
				}
			}
			return next.RoundTrip(r)
		})
	}
	s.scan()
	if len(s.store.Pulls) != 0 {
		t.Errorf("%d pull requests of lists that broke off are known", len(s.store.Pulls))
	}
	s.wrap = nil
	s.peer.Advance(24 * time.Hour)
	s.scan()
	if got := len(s.store.Pulls); got != 390 {
		t.Errorf("%d pull requests are known, want 390", got)
	}
}

// TestDeployments reads what was deployed, and what became of it.
func TestDeployments(t *testing.T) {
	s := newParts(t, github.Parts{Deployments: true})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	day := func(n int) time.Time { return s.peer.Now().AddDate(0, 0, -n) }
	deploy := func(at time.Time, states ...string) int64 {
		d := githubtest.Deployment{Environment: "production", Created: at}
		for i, state := range states {
			d.Statuses = append(d.Statuses, githubtest.DeploymentStatus{State: state, At: at.Add(time.Duration(i+1) * time.Minute)})
		}
		return s.peer.AddDeployment("acme/pay", d)
	}
	deploy(day(200), "success")
	deploy(day(5), "success", "inactive")
	deploy(day(4), "in_progress", "failure")
	deploy(day(3), "success")
	open := deploy(s.peer.Now().Add(-time.Minute), "in_progress")
	s.scan()
	type row struct {
		Outcome  metrics.RunResult
		Finished int
	}
	rows := func() (list []row) {
		for _, d := range collectorstest.Sorted(s.store.Deployments, func(metrics.Deployment) bool { return true }, func(a, b metrics.Deployment) int { return cmp.Compare(a.Created, b.Created) }) {
			if d.Environment != "production" || d.Ref != "main" || d.SHA == "" {
				t.Errorf("a deployment is %+v", d)
			}
			list = append(list, row{d.Outcome, int(max(d.Finished-d.Created, 0) / 60)})
		}
		return list
	}
	want := []row{{metrics.RunSucceeded, 0}, {metrics.RunFailed, 2}, {metrics.RunSucceeded, 1}, {metrics.RunUnderWay, 0}}
	if diff := gocmp.Diff(rows(), want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	s.peer.AddDeploymentStatus("acme/pay", open, githubtest.DeploymentStatus{State: "success", At: s.peer.Now()})
	s.scan()
	want[3] = row{metrics.RunSucceeded, 31}
	if diff := gocmp.Diff(rows(), want); diff != "" {
		t.Error("later, -got +want\n" + diff)
	}
	s.scan()
	s.requests(2)
}
