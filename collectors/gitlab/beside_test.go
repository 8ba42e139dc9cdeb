package gitlab_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// TestSchedules finds pipelines that a schedule began in a project in which nothing else happens, within a day or so.
func TestSchedules(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.scan()
	s.pause = 3 * time.Hour
	s.scan()
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Source: "schedule"})
	for range 10 {
		s.scan()
		s.requests(12)
	}
	runs := s.store.RunsOf(pay)
	if len(runs) != 1 || runs[0].Event != "schedule" || !runs[0].Default {
		t.Errorf("got the runs %+v", ranOf(runs))
	}
}

// TestFiguresBeside scans a group of 1,000 projects with all that is beside their files: what that costs is promised.
func TestFiguresBeside(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true}) // for the clock stands still
	s.config.Group = "fleet"
	s.config.Watch, s.config.Providers = metrics.DefaultWatch(), []string{"gitlab.invalid/fleet/golden"}
	s.peer.Generate(gitlabtest.Fleet{Group: "fleet", Projects: 1_000, Subgroups: 12, Pipelines: 3, Merges: 2})
	cold := s.scan()
	counts := s.peer.Counts()
	t.Logf("cold: %d requests, complexity %d: %v", counts.Requests, counts.Complexity, counts.Routes)
	if cold.Unknown != 0 || len(cold.Partial) != 0 || len(cold.Warnings) != 0 || counts.Complexity > 200 { // what who is not signed in may ask for
		t.Fatalf("in the first scan %d are unknown, it warns of %v", cold.Unknown, cold.Warnings)
	}
	name := "gitlab.invalid/fleet/team-0/project-00000"
	if got := len(s.store.RunsOf(name)); got != 3 || len(s.store.PullsOf(name)) != 2 {
		t.Errorf("%d runs of a project are known, and %d merge requests", got, len(s.store.PullsOf(name)))
	}
	for range 4 {
		if idle := s.scan(); idle.Unchanged != 1_001 {
			t.Errorf("in a scan of nothing new %d are unchanged", idle.Unchanged)
		}
		t.Logf("nothing changed: %v", s.peer.Counts().Routes)
		s.requests(12)
	}
	for i := range 10 {
		path := fmt.Sprintf("fleet/team-%d/project-%05d", i*97%12, i*97)
		s.peer.Push(path, gitlabtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", i)}})
		s.peer.AddPipeline(path, gitlabtest.Pipeline{})
	}
	s.scan()
	t.Logf("1 %% changed: %v", s.peer.Counts().Routes)
	s.requests(45)
	s.pause = 3 * time.Hour
	for range 14 {
		s.scan()
		t.Logf("a day and more: %v", s.peer.Counts().Routes)
		s.requests(12)
	}
}

// spender lets some requests pass, and then none.
type spender struct {
	next http.RoundTripper
	left *atomic.Int64
}

func (s spender) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.left.Add(-1) < 0 {
		return nil, quota.ErrBudget
	}
	return s.next.RoundTrip(r)
}

// TestBudgetBeside scans again and again with few requests until all is known: what was not asked is left, not lost.
func TestBudgetBeside(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.config.Providers = []string{"gitlab.invalid/acme/ci"}
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.peer.AddDeployment("acme/pay", gitlabtest.Deployment{Environment: "production"})
	s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "x", Source: "x"})
	s.pause = time.Minute
	var left atomic.Int64
	s.wrap = func(next http.RoundTripper) http.RoundTripper { return spender{next, &left} }
	scans := 0
	for done := false; !done && scans < 20; scans++ {
		left.Store(int64(3 + scans))
		done = s.scan().Left == 0 && len(s.summary.Partial) == 0
		if s.summary.Unknown > 0 || len(s.summary.Warnings) > 0 {
			t.Errorf("got %+v", s.summary)
		}
	}
	known := s.store.Knowledge()
	if len(s.store.RunsOf(pay)) != 1 || len(s.store.PullsOf(pay)) != 1 || len(s.store.Deployments) != 1 || len(s.store.Releases) != 1 || len(s.store.Teams) != 1 || len(known.Policies) != 2 || len(known.Unruled) != 0 {
		t.Errorf("after %d scans %d runs are known, %d merge requests, %d deployments, %d tags, %d groups, %d lists of policies", scans,
			len(s.store.RunsOf(pay)), len(s.store.PullsOf(pay)), len(s.store.Deployments), len(s.store.Releases), len(s.store.Teams), len(known.Policies))
	}
}

// TestToldOf reads the parts of a project that somebody told of, although nothing seems to have happened there.
func TestToldOf(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.scan()
	s.pause = 5 * time.Hour
	s.scan()
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Source: "schedule"})
	s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "x", Source: "x"})
	s.only = collectors.NewOnly(pay)
	s.scan()
	if len(s.store.RunsOf(pay)) != 1 || len(s.store.PullsOf(pay)) != 1 {
		t.Errorf("%d runs are known, and %d merge requests", len(s.store.RunsOf(pay)), len(s.store.PullsOf(pay)))
	}
	if n := s.peer.Counts().Routes["GET /groups/{id}/projects"]; n != 0 {
		t.Errorf("projects were listed %d times for the sake of one", n)
	}
}

// TestRareListings gives every project its turn where all are listed once in a while only.
func TestRareListings(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.pause = 36 * time.Hour
	s.scan()
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Source: "schedule"})
	s.peer.AddMember("acme", gitlabtest.Member{User: "ana"})
	s.scan()
	if len(s.store.RunsOf(pay)) != 1 || len(s.store.Memberships) != 1 {
		t.Errorf("%d runs are known, and %d memberships", len(s.store.RunsOf(pay)), len(s.store.Memberships))
	}
}

// TestPartsSwitchedOn reads a part of all projects once it is switched on.
func TestPartsSwitchedOn(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{}, gitlabtest.Config{})
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: "x", Source: "x"})
	s.pause = 5 * time.Hour
	s.scan()
	s.scan()
	s.config.Parts = everything
	s.scan()
	if len(s.store.RunsOf(pay)) != 1 || len(s.store.PullsOf(pay)) != 1 {
		t.Errorf("%d runs are known, and %d merge requests", len(s.store.RunsOf(pay)), len(s.store.PullsOf(pay)))
	}
}
