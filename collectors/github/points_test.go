package github_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestPointsAreThoseOfTheHost: each scan, of whatever is configured, counts as many points as the host does, the first
// query of a new process, too.
func TestPointsAreThoseOfTheHost(t *testing.T) {
	var some []string
	for i := range 115 {
		some = append(some, fmt.Sprintf("acme/repo-%05d", i))
	}
	for name, config := range map[string]github.Config{"an organisation": {Org: "acme"}, "named ones": {Repos: some}} {
		for _, budget := range []int{0, 6} {
			if budget > 0 && config.Org != "" {
				continue // rounds that begin with a query of several repositories: the peer tells fields by name, not in order
			}
			t.Run(fmt.Sprint(name, " with a budget of ", budget), func(t *testing.T) {
				s := newScanner(t, githubtest.Config{})
				busy(s.peer, 120)
				config.Name, config.URL, config.Watch, config.Parts, config.People = "github", s.peer.URL, watched(), allParts, people(t)
				s.config = config
				for scan := range 12 {
					spent, counted := s.points(budget), s.peer.Counts().Points
					if spent != counted {
						t.Errorf("scan %d counts %d points, the host %d", scan, spent, counted)
					}
				}
			})
		}
	}
}

// points scans once with a pool of its own, and returns how many points of GraphQL that counts.
func (s *scanner) points(budget int) (points int) {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	var pool *quota.Pool
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		c := quota.Config{Source: "github", Base: base, Family: quota.GitHubEnterprise(), Transport: next}
		if budget > 0 {
			c.Budget = quota.NewBudget(budget)
		}
		pool = quota.New(c)
		return pool
	}
	s.peer.Advance(time.Minute)
	s.peer.ResetCounts()
	if _, err := collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 1, Chunk: 25, Log: slog.New(slog.DiscardHandler), Now: s.peer.Now,
	}); err != nil {
		s.t.Fatal(err)
	}
	for _, row := range pool.Spent() {
		if row.Resource == quota.GraphQL {
			points += row.Points
		}
	}
	return points
}
