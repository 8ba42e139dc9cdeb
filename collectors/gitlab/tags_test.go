package gitlab_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestReleases reads the tags of a provider, and which commits each released.
func TestReleases(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Releases: true}, gitlabtest.Config{})
	s.config.Providers = []string{"gitlab.invalid/acme/c*"}
	push := func(i int) string {
		return s.peer.Push("acme/ci", gitlabtest.Push{Files: map[string]string{"build.yml": fmt.Sprint("v: ", i)}, At: s.peer.Now().Add(time.Duration(i-10) * time.Hour)})
	}
	first := s.peer.Head("acme/ci")
	s.peer.Tag("acme/ci", "v1.0.0", "")
	between := push(1)
	second := push(2)
	s.peer.Annotate("acme/ci", "v1.1.0", "", gitlabtest.Start.AddDate(0, 0, 1))
	s.scan()
	tags := func() (list []string) {
		for _, r := range s.store.Releases {
			list = append(list, r.Tag+" "+r.Commit.String()[:min(7, len(r.Commit.String()))])
		}
		slices.Sort(list)
		return list
	}
	if diff := cmp.Diff(tags(), []string{"v1 " + first[:7], "v1.0.0 " + first[:7], "v1.1.0 " + second[:7]}); diff != "" {
		t.Errorf("tags (-got +want):\n%s", diff)
	}
	released := map[string]string{}
	for _, c := range s.store.Released {
		released[c.Commit.String()] = c.Tag
	}
	if diff := cmp.Diff(released, map[string]string{first: "v1.0.0", between: "v1.1.0", second: "v1.1.0"}); diff != "" {
		t.Errorf("released commits (-got +want):\n%s", diff)
	}
	for _, r := range s.store.Releases {
		if r.Tag == "v1.1.0" && (r.At != metrics.At(gitlabtest.Start.AddDate(0, 0, 1)) || r.Object == r.Commit) {
			t.Errorf("an annotated tag is %+v", r)
		}
	}

	s.peer.Advance(2 * time.Hour)
	third := s.peer.Push("acme/ci", gitlabtest.Push{Files: map[string]string{"build.yml": "v: 3"}})
	s.peer.Tag("acme/ci", "v1", third)
	s.peer.Untag("acme/ci", "v1.0.0")
	s.scan()
	if diff := cmp.Diff(tags(), []string{"v1 " + third[:7], "v1.0.0 ", "v1.1.0 " + second[:7]}); diff != "" {
		t.Errorf("tags after one moved and one went (-got +want):\n%s", diff)
	}
	if n := s.peer.Counts().Routes["GET /projects/{id}/repository/tags"]; n != 1 {
		t.Errorf("tags were asked for %d times, want once: there is one provider", n)
	}
}
