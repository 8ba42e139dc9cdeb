package gitlab_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// merged is of a merge request what tests look at.
type merged struct {
	Number       uint64
	Merged       bool
	Class        metrics.PullClass
	Head         string
	Labels       []string
	Commit       string
	Squash       string
	Kind         metrics.Kind
	SomebodyElse int
}

func (s *scanner) merged(name string) (list []merged) {
	for _, p := range s.store.PullsOf(name) {
		list = append(list, merged{p.Number, p.Merged != metrics.Beginning, p.Class, p.HeadBranch, p.Labels, p.MergeCommit.String(), p.Squash.String(), p.AuthorKind, len(p.Assignees)})
	}
	return list
}

const (
	one = "1111111111111111111111111111111111111111"
	two = "2222222222222222222222222222222222222222"
)

// TestPulls reads merge requests: all of a project the first time, then what changed in the whole group at once.
func TestPulls(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Pulls: true}, gitlabtest.Config{})
	now := gitlabtest.Start
	add := func(m gitlabtest.MergeRequest) int { return s.peer.AddMergeRequest("acme/pay", m) }
	add(gitlabtest.MergeRequest{Title: "feat(ci): use the golden pipeline", Author: "ana", Source: "campaign/golden", Labels: []string{"paved"},
		Assignee: "bo", Created: now.AddDate(-3, 0, 0), Merged: now.AddDate(-3, 0, 1), Merge: one, Squashed: two})
	add(gitlabtest.MergeRequest{Title: "Bump x from 1 to 2", Author: "project_7_bot_0a", Source: "bump", Created: now, Merged: now, Squash: true, Squashed: two})
	open := add(gitlabtest.MergeRequest{Title: "Draft: fix: y", Author: "ana", Source: "y", Created: now})
	s.scan()
	want := []merged{
		{1, true, "feat", "campaign/golden", []string{"paved"}, one, two, metrics.Human, 1},
		{2, true, metrics.PullRoutine, "bump", nil, two, "", metrics.Bot, 0},
		{3, false, "fix", "y", nil, "", "", metrics.Human, 0},
	}
	same := cmp.Transformer("none", func(list []string) []string { return append([]string{}, list...) })
	if diff := cmp.Diff(s.merged(pay), want, same); diff != "" {
		t.Errorf("the first scan (-got +want):\n%s", diff)
	}
	s.pause = 3 * time.Hour
	s.scan()
	if n := s.peer.Counts().Routes["GET /projects/{id}/merge_requests"]; n != 0 {
		t.Errorf("projects were asked %d times, and nothing happened", n)
	}
	s.requests(3)

	s.peer.Advance(10 * time.Minute)
	s.peer.EditMergeRequest("acme/pay", open, func(m *gitlabtest.MergeRequest) { m.Labels, m.Closed = []string{"wontfix"}, s.peer.Now() })
	s.pause = 30 * time.Minute
	s.scan()
	want[2].Labels = []string{"wontfix"}
	if diff := cmp.Diff(s.merged(pay), want, same); diff != "" {
		t.Errorf("after a change (-got +want):\n%s", diff)
	}
	if p := s.store.PullsOf(pay)[2]; p.Closed == metrics.Beginning || p.Merged != metrics.Beginning {
		t.Errorf("a closed one is %+v", p)
	}
	if n := s.peer.Counts().Routes["GET /projects/{id}/merge_requests"]; n != 0 {
		t.Errorf("projects were asked %d times, and the group told it all", n)
	}
}

// TestPullsFail reads merge requests again where they could not be read.
func TestPullsFail(t *testing.T) {
	for _, route := range []string{"GET /projects/{id}/merge_requests", "GET /groups/{id}/merge_requests"} {
		t.Run(route, func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Pulls: true}, gitlabtest.Config{})
			for i := range 150 {
				s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "x", Source: "x", Created: gitlabtest.Start.Add(-time.Duration(i) * time.Minute)})
			}
			s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Forbidden, Route: route, After: 1, Times: 2})
			if sum := s.scan(); sum.Unknown != 0 {
				t.Errorf("got %+v", sum.Problems)
			}
			for i := range 3 {
				s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": fmt.Sprint(i)}})
				s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "x", Source: "x"})
				s.scan()
			}
			if got := len(s.store.PullsOf(pay)); got != 153 {
				t.Errorf("%d merge requests are known, want 153", got)
			}
		})
	}
}

// TestArchivedMeanwhile archives a project after something happened in it: the list of a group does not tell of that any
// more, so that the project is asked itself, once.
func TestArchivedMeanwhile(t *testing.T) {
	for name, pause := range map[string]time.Duration{"soon": 10 * time.Minute, "hours later": 5 * time.Hour, "a day later": 25 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newOrganisation(t, everything, gitlabtest.Config{})
			s.scan()
			s.pause = 3 * time.Hour
			s.scan()
			now := s.peer.Now().Add(time.Minute)
			s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "deprecate", Source: "b", Author: "bo", Created: now, Merged: now.Add(time.Minute)})
			s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Created: now})
			s.peer.Archive("acme/pay", true)
			s.pause = pause
			s.scan()
			if pulls, runs := len(s.merged(pay)), len(s.store.RunsOf(pay)); pulls != 1 || runs != 1 || !s.store.Repo(pay).Archived {
				t.Errorf("%d merge requests and %d pipelines are known, want one of each", pulls, runs)
			}
			s.pause = 3 * time.Hour
			s.scan()
			s.requests(12)
			if n := s.peer.Counts().Routes["GET /projects/{id}/merge_requests"]; n != 0 {
				t.Errorf("archived as before, it is asked %d times", n)
			}
		})
	}
}
