package gitlab_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestFigures scans a group of 1,000 projects: what that costs is promised.
func TestFigures(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.config.Watch = metrics.DefaultWatch()
	s.peer.Generate(gitlabtest.Fleet{Projects: 1_000, Subgroups: 12})
	cold := s.scan()
	counts := s.peer.Counts()
	t.Logf("cold: %d requests, complexity %d: %v", counts.Requests, counts.Complexity, counts.Routes)
	if cold.Repos != 1_001 || cold.Unknown != 0 || len(cold.Partial) != 0 {
		t.Fatalf("the first scan came to %+v", cold)
	}
	if got := len(s.store.Files("gitlab.invalid/acme/team-0/project-00000")); got != 5 {
		t.Errorf("%d files of a project are known, want 5", got)
	}
	s.requests(60)
	for range 3 {
		idle := s.scan()
		t.Logf("nothing changed: %v", s.peer.Counts().Routes)
		if idle.Repos != 1_001 || idle.Unchanged != 1_001 || idle.Unknown != 0 {
			t.Errorf("a scan of nothing new came to %+v", idle)
		}
		s.requests(4)
	}
	for i := range 10 {
		s.peer.Push(fmt.Sprintf("acme/team-%d/project-%05d", i*97%12, i*97), gitlabtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", i)}})
	}
	moved := s.scan()
	t.Logf("1 %% changed: %v", s.peer.Counts().Routes)
	if moved.Repos != 1_001 || moved.Unchanged != 991 || moved.Unknown != 0 {
		t.Errorf("after pushes to one in a hundred the scan came to %+v", moved)
	}
	s.requests(8)
	s.pause = 2 * time.Hour
	s.scan()
	s.pause = 24 * time.Hour
	if all := s.scan(); all.Unchanged != 1_001 {
		t.Errorf("a day later the scan came to %+v", all)
	}
	t.Logf("all are listed: %v", s.peer.Counts().Routes)
	s.requests(12)
}
