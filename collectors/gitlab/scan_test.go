package gitlab_test

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// scanner scans a peer into a memory.
type scanner struct {
	t       testing.TB
	peer    *gitlabtest.Peer
	store   *collectorstest.Store
	config  gitlab.Config
	token   string
	wrap    func(http.RoundTripper) http.RoundTripper
	older   func(http.RoundTripper) http.RoundTripper // answers as an older server does, to scans with a budget
	ctx     context.Context
	full    bool
	anew    bool
	only    collectors.Only
	pause   time.Duration // between two scans; half an hour where 0
	skew    time.Duration // by which our clock is ahead of the peer's
	summary collectors.Summary
}

// signed signs requests with a token.
type signed struct {
	token string
	next  http.RoundTripper
}

func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("PRIVATE-TOKEN", s.token)
	return s.next.RoundTrip(r)
}

// watched is a small watch set: pipelines, modules, whether there is a LICENSE, and the folders of services.
func watched() metrics.WatchSet {
	return metrics.WatchSet{Whole: []string{"**/*.yml", "**/go.mod"}, Presence: []string{"LICENSE"}, Folders: []string{"services/*/**"}}
}

func newScanner(t testing.TB, config gitlabtest.Config) *scanner {
	config.InProcess = true
	peer := gitlabtest.New(t, config)
	return &scanner{
		t: t, peer: peer, store: collectorstest.New(), ctx: context.Background(),
		config: gitlab.Config{Name: "gitlab", Group: "acme", URL: peer.URL, Watch: watched()},
	}
}

func (s *scanner) source() *gitlab.Source {
	s.t.Helper()
	transport := http.RoundTripper(signed{cmp.Or(s.token, gitlabtest.Secret), s.peer.Transport()})
	if s.wrap != nil {
		transport = s.wrap(transport)
	}
	s.config.Client = &http.Client{Transport: transport}
	s.config.Now = func() metrics.Instant { return metrics.At(s.now()) }
	s.config.Clock = s.peer.Now
	source, err := gitlab.New(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	return source
}

// now is our time.
func (s *scanner) now() time.Time { return s.peer.Now().Add(s.skew) }

// try scans once, half an hour after the last time, and counts anew what is asked of the peer.
func (s *scanner) try() error {
	s.t.Helper()
	s.peer.Advance(cmp.Or(s.pause, 30*time.Minute))
	s.peer.ResetCounts()
	var err error
	s.summary, err = collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Full: s.full, Anew: s.anew, Only: s.only,
		Log: slog.New(slog.DiscardHandler), Now: s.now,
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
