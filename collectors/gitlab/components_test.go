package gitlab_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// TestComponents says which version of a component a pipeline asked for, and which one it was, whenever it moves on.
func TestComponents(t *testing.T) {
	for _, c := range []struct {
		name, ref string
		versions  []string // tags of the first, second and third commit
		want      []int    // the commit that was used after each of them
		lints     int      // questions what is included
	}{
		{"the newest", "~latest", []string{"1.0.0", "1.1.0", "2.0.0"}, []int{0, 1, 2}, 3},
		{"the newest, not the last", "~latest", []string{"1.0.0", "2.0.0", "1.0.1"}, []int{0, 1, 1}, 2},
		{"a part of a version", "1", []string{"1.0.0", "1.1.0", "2.0.0"}, []int{0, 1, 1}, 2},
		{"a larger part", "1.0", []string{"1.0.0", "1.1.0", "1.0.1"}, []int{0, 0, 2}, 2},
		{"a part that is the begin of another number", "1", []string{"1.0.0", "10.0.0", "11.0.0"}, []int{0, 0, 0}, 1},
		{"a whole version", "1.0.0", []string{"1.0.0", "1.1.0", "2.0.0"}, []int{0, 0, 0}, 1},
		{"a branch", "main", []string{"1.0.0", "1.1.0", "2.0.0"}, []int{0, 1, 2}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
			s.peer.AddProject("acme", gitlabtest.Project{Path: "parts", Created: gitlabtest.Start.AddDate(-1, 0, 0), Files: map[string]string{"templates/build.yml": build}})
			s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{".gitlab-ci.yml": "include:\n  - component: $CI_SERVER_FQDN/acme/parts/build@" + c.ref + "\n"}})
			var commits []string
			var got []string
			lints := 0
			for i, version := range c.versions {
				s.peer.Advance(2 * time.Hour)
				commits = append(commits, s.peer.Push("acme/parts", gitlabtest.Push{Files: map[string]string{"templates/build.yml": fmt.Sprint(build, "# ", i, "\n")}}))
				s.peer.Tag("acme/parts", version, "")
				s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": version}})
				s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
				s.scan()
				lints += s.peer.Counts().Routes["GET /projects/{id}/ci/lint"]
				runs := s.store.RunsOf(pay)
				for _, u := range runs[len(runs)-1].Used {
					got = append(got, u.Name()+" "+u.SHA.String())
				}
			}
			var want []string
			for _, i := range c.want {
				want = append(want, "gitlab.invalid/acme/parts/build@"+c.ref+" "+commits[i])
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if lints != c.lints {
				t.Errorf("what is included was asked for %d times, want %d", lints, c.lints)
			}
		})
	}
}
