package github_test

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// scanner scans a peer into a memory.
type scanner struct {
	t       testing.TB
	peer    *githubtest.Peer
	store   *collectorstest.Store
	config  github.Config
	token   string
	wrap    func(http.RoundTripper) http.RoundTripper
	ctx     context.Context
	full    bool
	anew    bool
	only    collectors.Only
	shard   collectors.Shard
	summary collectors.Summary
}

// signed signs requests with a token.
type signed struct {
	token string
	next  http.RoundTripper
}

func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.token)
	return s.next.RoundTrip(r)
}

// watched is a small watch set: pipelines, modules, whether there is a LICENSE, and the folders of services.
func watched() metrics.WatchSet {
	return metrics.WatchSet{Whole: []string{"**/*.yml", "**/go.mod"}, Presence: []string{"LICENSE"}, Folders: []string{"services/*/**"}}
}

func newScanner(t testing.TB, config githubtest.Config) *scanner {
	config.InProcess = true
	peer := githubtest.New(t, config)
	return &scanner{
		t: t, peer: peer, store: collectorstest.New(), ctx: context.Background(),
		config: github.Config{Name: "github", Org: "acme", URL: peer.URL, Watch: watched()},
	}
}

func (s *scanner) source() *github.Source {
	s.t.Helper()
	carried := http.RoundTripper(signed{cmp.Or(s.token, githubtest.Secret), s.peer.Transport()})
	if s.wrap != nil {
		carried = s.wrap(carried)
	}
	s.config.Client = &http.Client{Transport: carried}
	s.config.Now = func() metrics.Instant { return metrics.At(s.peer.Now()) }
	s.config.Clock = s.peer.Now
	source, err := github.New(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	return source
}

// try scans once, half an hour after the last time, and counts anew what is asked of the peer.
func (s *scanner) try() error {
	s.t.Helper()
	s.peer.Advance(30 * time.Minute)
	s.peer.ResetCounts()
	var err error
	s.summary, err = collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Full: s.full, Anew: s.anew, Shard: s.shard, Only: s.only,
		Log: slog.New(slog.DiscardHandler), Now: s.peer.Now,
	})
	return err
}

func (s *scanner) scan() collectors.Summary {
	s.t.Helper()
	if err := s.try(); err != nil {
		s.t.Fatal(err)
	}
	return s.summary
}

// requests fails the test where the last scan made more requests.
func (s *scanner) requests(most int) {
	s.t.Helper()
	if counts := s.peer.Counts(); counts.Requests > most {
		s.t.Errorf("%d requests were made, want at most %d: %v", counts.Requests, most, counts.Routes)
	}
}
