package gitlab_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestLacks asks for each part once, and finds those that the host refuses.
func TestLacks(t *testing.T) {
	all := gitlab.Parts{Runs: true, Pulls: true, Deployments: true, Teams: true, Policies: true, Releases: true}
	for _, c := range []struct {
		name     string
		parts    gitlab.Parts
		refused  string // glob of paths
		failure  gitlabtest.Failure
		want     map[string]string
		requests int
	}{
		{"a token that sees all", all, "", "", map[string]string{}, 5},
		{"no deployments", all, "/api/v4/projects/*/deployments", gitlabtest.Forbidden, map[string]string{"deployments": "the scope read_api, and the role Reporter in the project"}, 5},
		{"no members", all, "/api/v4/groups/*/members", gitlabtest.Forbidden, map[string]string{"groups and members": "the scope read_api, and a role in the group"}, 5},
		{"no policies", all, "/api/graphql", gitlabtest.Nulls, map[string]string{"policies": "the scope read_api, and the role Developer in the project"}, 5},
		{"what is not wanted is not asked for", gitlab.Parts{Pulls: true}, "/api/v4/groups/*/members", gitlabtest.Forbidden, map[string]string{}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.config.Parts = c.parts
			source := s.source()
			var first metrics.Repo
			for repo, err := range source.Repos(t.Context(), new(collectors.Known)) {
				if err != nil {
					t.Fatal(err)
				}
				first = repo
				break
			}
			s.peer.ResetCounts()
			if c.refused != "" {
				s.peer.Fail(gitlabtest.Fault{Failure: c.failure, Path: c.refused, Times: -1})
			}
			got, err := source.Lacks(t.Context(), first)
			if diff := gocmp.Diff(got, c.want); diff != "" || err != nil {
				t.Errorf("%v, -got +want\n%s", err, diff)
			}
			if n := s.peer.Counts().Requests; n != c.requests {
				t.Errorf("%d requests were made, want %d", n, c.requests)
			}
		})
	}
}
