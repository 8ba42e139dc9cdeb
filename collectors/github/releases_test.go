package github_test

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestReleases reads the tags of providers, and which commits each brought.
func TestReleases(t *testing.T) {
	s := newParts(t, github.Parts{Releases: true})
	s.config.Providers = []string{"github.invalid/acme/gold*"}
	s.repo("golden", map[string]string{ciFile: "on: workflow_call\n"})
	s.repo("pay", map[string]string{"go.mod": "module pay\n"})
	s.peer.Tag("acme/pay", "v1.0.0", "")
	begun := s.peer.Now().AddDate(0, 0, -19)
	commit := func(n int) string {
		return s.peer.Push("acme/golden", githubtest.Push{Files: map[string]string{"x": fmt.Sprint(n)}, At: begun.Add(time.Duration(n) * time.Hour)})
	}
	first := s.peer.Head("acme/golden")
	second, third := commit(1), commit(2)
	s.peer.Tag("acme/golden", "v1.0.0", second)
	s.peer.Tag("acme/golden", "v1", second)
	s.peer.Annotate("acme/golden", "v1.1.0", third, begun.Add(9*time.Hour))
	fourth := commit(3)
	s.scan()
	type row struct {
		Tag, Commit string
		At          int // hours
	}
	rows := func() (list []row) {
		for _, r := range collectorstest.Sorted(s.store.Releases, func(metrics.Release) bool { return true }, func(a, b metrics.Release) int { return cmp.Compare(a.Tag, b.Tag) }) {
			if r.Repo != s.id("golden") {
				t.Errorf("a tag of another repository is known: %+v", r)
			}
			list = append(list, row{r.Tag, r.Commit.String(), int(r.At-metrics.At(begun)) / 3600})
		}
		return list
	}
	want := []row{{"v1", second, 1}, {"v1.0.0", second, 1}, {"v1.1.0", third, 9}}
	if diff := gocmp.Diff(rows(), want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	brought := func() map[string]string {
		all := map[string]string{}
		for _, c := range s.store.Released {
			all[c.Commit.String()] = c.Tag
		}
		return all
	}
	released := map[string]string{first: "v1.0.0", second: "v1.0.0", third: "v1.1.0"}
	if diff := gocmp.Diff(brought(), released); diff != "" {
		t.Error("commits, -got +want\n" + diff)
	}
	s.scan()
	s.requests(2)

	s.peer.Tag("acme/golden", "v1.2.0", fourth)
	s.peer.Untag("acme/golden", "v1")
	s.peer.Push("acme/golden", githubtest.Push{Files: map[string]string{"x": "5"}, At: s.peer.Now().Add(time.Minute)})
	s.scan()
	want = []row{{"v1", "", 1}, {"v1.0.0", second, 1}, {"v1.1.0", third, 9}, {"v1.2.0", fourth, 3}}
	if diff := gocmp.Diff(rows(), want); diff != "" {
		t.Error("later, -got +want\n" + diff)
	}
	s.requests(7)
}

// TestReleasesOfMany reads a history that does not fit into an answer.
func TestReleasesOfMany(t *testing.T) {
	s := newParts(t, github.Parts{Releases: true})
	s.config.Providers = []string{"github.invalid/acme/golden"}
	s.repo("golden", map[string]string{"x": "0"})
	begun := s.peer.Now().AddDate(0, 0, -19)
	for n := range 250 {
		oid := s.peer.Push("acme/golden", githubtest.Push{Files: map[string]string{"x": fmt.Sprint(n)}, At: begun.Add(time.Duration(n) * time.Minute)})
		if n%2 == 1 {
			s.peer.Tag("acme/golden", fmt.Sprintf("v1.%d.0", n/2), oid)
		}
	}
	s.scan()
	if got := len(s.store.Releases); got != 125 {
		t.Errorf("%d tags are known, want 125", got)
	}
	if got := len(s.store.Released); got != 251 {
		t.Errorf("%d commits are released, want 251", got)
	}
	counts := map[string]int{}
	for _, c := range s.store.Released {
		counts[c.Tag]++
	}
	if counts["v1.0.0"] != 3 || counts["v1.60.0"] != 2 {
		t.Errorf("the first release has %d commits and another %d, want 3 and 2", counts["v1.0.0"], counts["v1.60.0"])
	}
}
