package github_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// bubble scans a peer whose answers take their time, in a bubble in which time passes when everybody waits.
func bubble(t *testing.T, config githubtest.Config, test func(*testing.T, *scanner)) {
	synctest.Test(t, func(t *testing.T) {
		config.Clock, config.Latency = hosttest.Wall{}, true
		s := newScanner(t, config)
		s.config.Watch = metrics.DefaultWatch()
		test(t, s)
	})
}

// pooled lets the scanner ask through a pool of credentials, whose log is returned.
func (s *scanner) pooled(credentials ...quota.Credential) *bytes.Buffer {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	var log bytes.Buffer
	pool := quota.New(quota.Config{
		Source: "github", Base: base, Family: quota.GitHub(), Credentials: credentials, Transport: s.peer.Transport(), Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	s.wrap = func(http.RoundTripper) http.RoundTripper { return pool }
	return &log
}

// begin scans once, now.
func (s *scanner) begin() (collectors.Summary, time.Duration, error) {
	s.t.Helper()
	s.peer.ResetCounts()
	begun := time.Now()
	sum, err := collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	return sum, time.Since(begun), err
}

// pair makes the keys of an App.
func pair(t testing.TB) (private []byte, public githubtest.KeyPEM) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return private, githubtest.KeyPEM(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// TestAppOverAnHour scans as an App whose points are used up twice, so that its token of an hour ends within the scan.
func TestAppOverAnHour(t *testing.T) {
	private, public := pair(t)
	config := githubtest.Config{App: githubtest.App{ID: 7, Slug: "trodden", Public: public}, Limits: githubtest.Limits{GraphQL: 40}}
	bubble(t, config, func(t *testing.T, s *scanner) {
		s.peer.Generate(githubtest.Fleet{Repos: 2_000})
		app := github.App{ID: 7, Installation: s.peer.Install("acme"), Key: private, URL: s.peer.URL, Transport: s.peer.Transport()}
		signer, err := app.Signer()
		if err != nil {
			t.Fatal(err)
		}
		s.pooled(quota.Credential{Name: "app 7", Account: "app", Authorize: signer.Sign})
		sum, took, err := s.begin()
		if err != nil || sum.Repos != 2_001 || sum.Unknown != 0 || sum.Left != 0 || len(sum.Partial) != 0 {
			t.Errorf("the scan came to %+v, %v", sum, err)
		}
		counts := s.peer.Counts()
		renewals := counts.Routes["POST /app/installations/{id}/access_tokens"]
		t.Logf("%s, %d points, %d tokens", took, counts.Points, renewals)
		if took < githubtest.TokenLife || renewals < 2 || renewals > int(took/githubtest.TokenLife)+2 {
			t.Errorf("it took %s and %d tokens: none ended within it, or more were made than ended", took, renewals)
		}
		if counts.Exhausted > 0 || counts.Secondary > 0 {
			t.Errorf("%d requests were sent after exhaustion, and %d violated a limit of the moment", counts.Exhausted, counts.Secondary)
		}
	})
}

// TestTokensOnTheWay scans with two tokens, of which one comes to its end on the way.
func TestTokensOnTheWay(t *testing.T) {
	first, second := githubtest.Token{Value: "githubtest-a", Login: "ana"}, githubtest.Token{Value: "githubtest-b", Login: "bob"}
	for _, c := range []struct {
		name    string
		used    int      // points of the second that others have used
		revoked []string // after the 30th request
		fails   bool
		refused int
	}{
		{"both last", 0, nil, false, 0},
		{"one has nothing left soon", 190, nil, false, 0},
		{"one is revoked", 0, []string{second.Value}, false, 1},
		{"one is revoked, of which much is left", 0, []string{first.Value}, false, 1},
		{"both are revoked", 0, []string{first.Value, second.Value}, true, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := githubtest.Config{Tokens: []githubtest.Token{first, second}, Limits: githubtest.Limits{GraphQL: 200}}
			bubble(t, config, func(t *testing.T, s *scanner) {
				s.peer.Generate(githubtest.Fleet{Repos: 2_000})
				s.peer.Use("bob", 0, c.used)
				log := s.pooled(quota.Static("token 1", "Authorization", "Bearer "+first.Value), quota.Static("token 2", "Authorization", "Bearer "+second.Value))
				inner, asked := s.wrap, atomic.Int64{}
				s.wrap = func(next http.RoundTripper) http.RoundTripper {
					return counted{inner(next), func() {
						if asked.Add(1) == 30 {
							for _, secret := range c.revoked {
								s.peer.Revoke(secret)
							}
						}
					}}
				}
				sum, took, err := s.begin()
				counts := s.peer.Counts()
				t.Logf("%s, %d points: %v", took, counts.Points, counts.Routes)
				if got := strings.Count(log.String(), "refuses a credential"); got != c.refused {
					t.Errorf("%d credentials were refused, want %d: %s", got, c.refused, log)
				}
				if counts.Exhausted > 0 || counts.Secondary > 0 {
					t.Errorf("%d requests were sent after exhaustion, and %d violated a limit of the moment", counts.Exhausted, counts.Secondary)
				}
				if !c.fails {
					if err != nil || sum.Repos != 2_001 || sum.Unknown != 0 || sum.Left != 0 || len(sum.Partial) != 0 || took > time.Hour {
						t.Errorf("after %s the scan came to %+v, %v", took, sum, err)
					}
					return
				}
				if err == nil && sum.Unknown == 0 && len(sum.Partial) == 0 {
					t.Errorf("nobody may ask any more, and the scan came to %+v", sum)
				}
				s.peer.AddToken(first)
				s.pooled(quota.Static("token 3", "Authorization", "Bearer "+first.Value))
				if sum, _, err := s.begin(); errors.Is(err, quota.ErrRefused) || err != nil || sum.Unknown != 0 || len(sum.Partial) != 0 {
					t.Errorf("with another token the scan came to %+v, %v", sum, err)
				}
			})
		})
	}
}

// counted tells of each request before it is sent.
type counted struct {
	next http.RoundTripper
	tell func()
}

func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.tell()
	return c.next.RoundTrip(r)
}

// TestFiguresInTime scans an organisation of 10,000 repositories at a peer that takes as long as a host does, gives up
// after ten seconds and enforces all limits: what that costs is promised. How long it takes is up to the processor's
// time that the host grants in a minute: each repository is looked up twice, for its tree and for its files.
func TestFiguresInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for 10,000 repositories")
	}
	bubble(t, githubtest.Config{}, func(t *testing.T, s *scanner) {
		s.peer.Generate(githubtest.Fleet{Repos: 10_000})
		s.pooled(quota.Static("token 1", "Authorization", "Bearer "+githubtest.Secret))
		sum, took, err := s.begin()
		counts := s.peer.Counts()
		t.Logf("cold: %s, %d points of GraphQL, %d requests of REST: %v", took, counts.Points, counts.REST, counts.Routes)
		if err != nil || sum.Repos != 10_001 || sum.Unknown != 0 || len(sum.Partial) != 0 {
			t.Fatalf("the scan came to %+v, %v", sum, err)
		}
		if counts.Points > 450 || counts.REST > 102 || took > 50*time.Minute {
			t.Errorf("the scan cost %d points, and %d requests of REST, and took %s, want at most 450, 102 and 50 minutes", counts.Points, counts.REST, took)
		}
		if counts.Exhausted > 0 || counts.Secondary > 0 {
			t.Errorf("%d requests were sent after exhaustion, and %d violated a limit of the moment", counts.Exhausted, counts.Secondary)
		}
	})
}
