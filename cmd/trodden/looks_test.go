package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// servicesOf returns the services of a source, acme at a peer, whose secrets are all the same, and their store.
func servicesOf(t *testing.T, peer *githubtest.Peer, paths, secret string) (*services, *clickhouse.DB) {
	t.Helper()
	peer.AddOrganization("acme")
	peer.AddUser("robot")
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"go.mod": "module pay\n"}})
	db := ownStore(t)
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	env := config.Environment{Lookup: func(string) (string, bool) { return secret, true }}
	c, err := config.Parse(filepath.Join(t.TempDir(), "t.yaml"), fmt.Sprintf("sources: [{github: {org: acme, url: %q, token: \"${T}\"}}]\n%s", peer.URL, paths), env)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServices(db, c, func() (*config.Config, error) { return c, nil }, env, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s, db
}

// TestLooksKnowLimits lets a server begin scans while the host allows nothing: what one request was told, neither the looks
// nor the scans ask again, and each scan begins and waits.
func TestLooksKnowLimits(t *testing.T) {
	peer := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	s, _ := servicesOf(t, peer, hostedPaths, githubtest.Secret)
	peer.Use("robot", 5000, 5000)
	for i := range 3 {
		if _, err := s.Start(t.Context(), api.ScanRequest{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // in which a scan that knew of no limit would ask
		s.stop()
		s.mu.Lock()
		last := s.failed[len(s.failed)-1]
		s.mu.Unlock()
		if len(s.failed) != i+1 || last.State != api.ScanInterrupted {
			t.Errorf("scan %d came to %+v, want one that waits until it is stopped", i+1, last)
		}
	}
	if counts := peer.Counts(); counts.Exhausted != 1 {
		t.Errorf("%d requests were sent though nothing was left, want 1: %v", counts.Exhausted, counts.Routes)
	}
}

// TestCheckWhereRESTIsUsedUp: what a token may not ask by REST any more is told in plain words, by the clock of this machine.
func TestCheckWhereRESTIsUsedUp(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour} {
		p, peer := newHosted(t)
		peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"go.mod": "module pay\n"}})
		peer.Skew(ahead)
		peer.Use("robot", 5000, 0)
		out, _ := p.run(exitUnknown, "check")
		_, after, _ := strings.Cut(out, "GitHub allows no more requests before ")
		until, err := time.Parse(time.RFC3339, strings.TrimSuffix(strings.SplitN(after+"\n", "\n", 2)[0], ": try again then"))
		if in := time.Until(until); err != nil || in < 55*time.Minute || in > time.Hour {
			t.Errorf("with a host whose clock is %v ahead it says\n%s", ahead, out)
		}
	}
}
