package gitlab_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestCreators says who created projects, each asked for once.
func TestCreators(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Teams: true}, gitlabtest.Config{})
	for i := range 30 {
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("of-", i), Creator: []string{"Ana", "scaffolder", ""}[i%3], Files: map[string]string{"go.mod": "module x\n"}})
	}
	s.scan()
	alias := func(login string) metrics.AliasID { return s.config.People.Alias([]byte("@"+login), nil) }
	for i, want := range []metrics.AliasID{alias("Ana"), alias("scaffolder"), 0} {
		if got := s.store.Repo(fmt.Sprint("gitlab.invalid/acme/of-", i)).Creator; got != want {
			t.Errorf("project %d was created by %d, want %d", i, got, want)
		}
	}
	known := map[metrics.AliasID]bool{}
	for _, id := range s.store.Identities {
		known[id.Alias] = true
	}
	if !known[alias("Ana")] || !known[alias("scaffolder")] {
		t.Errorf("the creators are not met: %v", s.store.Identities)
	}
	s.pause = 3 * time.Hour
	s.scan()
	s.peer.Push("acme/of-0", gitlabtest.Push{Files: map[string]string{"go.mod": "module y\n"}})
	s.scan()
	if got := s.store.Repo("gitlab.invalid/acme/of-0").Creator; got != alias("Ana") {
		t.Errorf("after a push it was created by %d", got)
	}
}

// TestCreatorsInBadHands goes on without creators where the host does not tell of them, and has them later.
func TestCreatorsInBadHands(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Teams: true}, gitlabtest.Config{})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "new", Creator: "Ana", Files: map[string]string{"go.mod": "module x\n"}})
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Internal, Route: gitlabtest.GraphQL, After: 1, Times: 1})
	if sum := s.scan(); sum.Unknown != 0 || len(sum.Warnings) != 0 {
		t.Errorf("the scan came to %+v", sum)
	}
	if s.scan(); s.store.Repo("gitlab.invalid/acme/new").Creator != s.config.People.Alias([]byte("@Ana"), nil) {
		t.Error("the creator is not known the next time either")
	}
}
