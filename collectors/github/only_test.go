package github_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestOnly reads the repositories that somebody told of: with one request for what they are and one for their trees,
// whatever else is new. What else is new, the next scan still finds.
func TestOnly(t *testing.T) {
	s := newScanner(t, githubtest.Config{})
	s.peer.AddOrganization("acme")
	s.peer.AddUser("robot")
	for _, name := range []string{"app", "web", "old", "Hidden"} {
		s.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"go.mod": "module " + name + "\n"}})
	}
	s.peer.AddRepo("robot", githubtest.Repo{Name: "app", Files: map[string]string{"go.mod": "module other\n"}})
	s.config.Exclude = []string{"hidden"}
	s.scan()
	for _, name := range []string{"acme/app", "acme/web", "acme/Hidden"} {
		s.peer.Push(name, githubtest.Push{Files: map[string]string{"ci.yml": "on: push # " + name + "\n"}})
	}
	s.peer.Rename("acme/old", "new")

	const host = "github.invalid/"
	s.peer.Advance(time.Minute)
	s.peer.ResetCounts()
	sum, err := collectors.Run(t.Context(), collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Log: slog.New(slog.DiscardHandler), Now: s.peer.Now,
		Only: collectors.NewOnly(host+"acme/app", host+"acme/old", fmt.Sprintf("github.invalid#%d", s.peer.ID("acme/new")), host+"acme/hidden", host+"acme/gone", host+"robot/app", "elsewhere.com/acme/web"),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.requests(4)
	if sum.Repos != 2 || sum.Unknown != 0 || len(sum.Partial) != 0 {
		t.Errorf("got %d repositories, %d unknown, %v, want app and new", sum.Repos, sum.Unknown, sum.Partial)
	}
	files := func(when, name string, want int) {
		t.Helper()
		if got := s.store.Files(host + name); len(got) != want {
			t.Errorf("%s: got files %v of %s, want %d", when, got, name, want)
		}
	}
	files("told of", "acme/app", 2)
	files("told of by its old name", "acme/new", 1)
	files("not told of", "acme/web", 1)
	s.scan()
	files("in the next scan", "acme/web", 2)
}
