package gitlab_test

import (
	"fmt"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestWeigh asks how large projects are, a hundred at once, as long as the host tells.
func TestWeigh(t *testing.T) {
	for _, c := range []struct {
		name     string
		untold   int // the number of a project of which the host does not tell; -1 for none
		sum      int64
		requests int
	}{
		{"all are told", -1, 250_000, 3},
		{"one of the first is not", 3, 3_000, 1},
		{"one of the last is not", 210, 210_000, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScanner(t, gitlabtest.Config{})
			s.peer.AddGroup("acme", gitlabtest.Group{})
			for i := range 250 {
				project := gitlabtest.Project{Path: fmt.Sprintf("p%03d", i), Files: map[string]string{"go.mod": "module x\n"}, Size: 1_000}
				if i == c.untold {
					project.Size = 0
				}
				s.peer.AddProject("acme", project)
			}
			source := s.source()
			var list []metrics.Repo
			for repo, err := range source.Repos(t.Context(), new(collectors.Known)) {
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, repo)
			}
			s.peer.ResetCounts()
			if err := source.Weigh(t.Context(), list); err != nil {
				t.Fatal(err)
			}
			sum := int64(0)
			for _, repo := range list {
				sum += source.Bytes(repo)
			}
			if n := s.peer.Counts().Requests; sum != c.sum || n != c.requests {
				t.Errorf("got %d bytes with %d requests, want %d with %d", sum, n, c.sum, c.requests)
			}
		})
	}
}
