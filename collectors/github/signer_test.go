package github_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
)

const (
	asksToken  = "POST /app/installations/{id}/access_tokens"
	whereItIs  = "GET /app/installations/{id}"
	otherOwner = "other"
)

// signedIn is a scanner that asks as an App, through a pool that is kept from scan to scan.
type signedIn struct {
	*scanner
	pool   *quota.Pool
	app    github.App
	wire   http.RoundTripper // between the pool and the peer
	budget *quota.Budget     // of each scan; nil is none
	wait   time.Duration     // as quota.Config has it
}

// asApp scans as the installation of an App in an account, at a peer whose clock begins at a time.
func asApp(t *testing.T, account string, at time.Time) *signedIn {
	t.Helper()
	private, public := pair(t)
	s := newScanner(t, githubtest.Config{
		Clock: hosttest.NewManual(at), // signers of claims read the machine's
		App:   githubtest.App{ID: 7, Slug: "trodden", Public: public},
	})
	for _, org := range []string{"acme", otherOwner} {
		s.peer.AddOrganization(org)
		s.peer.AddRepo(org, githubtest.Repo{Name: "pay", Files: map[string]string{ciFile: "on: push\n"}})
	}
	in := &signedIn{scanner: s, wire: s.peer.Transport(), wait: time.Second}
	in.sign(github.App{ID: 7, Installation: s.peer.Install(account), Key: private})
	return in
}

// sign lets the scanner ask as an App.
func (s *signedIn) sign(app github.App) {
	s.t.Helper()
	app.URL = s.peer.URL
	signer, err := app.Signer()
	if err != nil {
		s.t.Fatal(err)
	}
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.pool = quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHub(), Transport: s.wire, Credentials: []quota.Credential{signer.Credential()}, Wait: s.wait})
	s.app, s.config.Signer = app, signer
	s.config.SignIn = func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.peer.URL, http.NoBody)
		if err != nil {
			return err
		}
		return s.pool.Credentials()[0].Authorize(r)
	}
	s.wrap = func(http.RoundTripper) http.RoundTripper { return s.pool }
}

// again looks at the source and scans it, as a server does, without moving the peer's clock.
func (s *signedIn) again() (collectors.Summary, error) {
	s.t.Helper()
	s.pool.Begin(s.budget)
	s.peer.ResetCounts()
	if err := s.source().Check(s.ctx); err != nil {
		return collectors.Summary{}, err
	}
	return collectors.Run(s.ctx, collectors.Options{Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Log: slog.New(slog.DiscardHandler), Now: s.peer.Now})
}

// sent is how many requests the pool has counted.
func (s *signedIn) sent() (requests int) {
	for _, row := range s.pool.Spent() {
		requests += row.Requests
	}
	return requests
}

// TestAppCounts: a scan and the look before it take one token and one request to find out where the App is installed. All
// of that counts, and is held to the budget.
func TestAppCounts(t *testing.T) {
	s := asApp(t, "acme", time.Now())
	if got, err := s.again(); err != nil || got.Repos != 1 || got.Unknown+len(got.Partial) > 0 {
		t.Errorf("the first scan came to %+v, %v", got, err)
	}
	if asked := s.peer.Counts().Requests; asked != s.sent() {
		t.Errorf("%d requests are counted, want the %d that were sent", s.sent(), asked)
	}
	if _, err := s.again(); err != nil {
		t.Fatal(err)
	}
	counts := s.peer.Counts()
	if counts.Requests != 2 || counts.Routes[whereItIs] != 1 || counts.Routes[githubtest.GraphQL] != 1 {
		t.Errorf("a scan of nothing new asked %v, want a look and a query", counts.Routes)
	}

	s = asApp(t, "acme", time.Now())
	s.budget = quota.NewBudget(2)
	if _, err := s.again(); err == nil && s.peer.Counts().Requests > 2 || s.peer.Counts().Requests > 2 {
		t.Errorf("%v were asked with a budget of 2", s.peer.Counts().Routes)
	}
}

// TestAppLooks says where an App is installed that is not installed where it is to read.
func TestAppLooks(t *testing.T) {
	for _, test := range []struct {
		name    string
		account string
		change  func(*signedIn)
		want    string // matches what is said; "" where it is let in
	}{
		{"where it is to be", "acme", func(*signedIn) {}, ""},
		{"elsewhere", otherOwner, func(*signedIn) {}, `^the installation \d+ of the app 7 is one of other, not of acme: configure the one of acme$`},
		{"nowhere", "acme", func(s *signedIn) { s.sign(github.App{ID: 7, Installation: 999999, Key: s.app.Key}) },
			`^there is no installation 999999 of the app 7: see where it is installed, in its settings$`},
		{"another key", "acme", func(s *signedIn) {
			private, _ := pair(s.t)
			s.sign(github.App{ID: 7, Installation: s.app.Installation, Key: private})
		}, `^github.invalid refuses the credentials \(app 7, installation \d+\): A JSON web token could not be decoded; see whether the key is one of the app 7, and make a new one in its settings where it is not$`},
		{"suspended", "acme", func(s *signedIn) { s.peer.Suspend(s.app.Installation) },
			`^the installation \d+ of the app 7 is suspended: whoever owns the account that it is installed in can end that, in the settings of that account$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := asApp(t, test.account, time.Now())
			test.change(s)
			got := errorText(s.source().Check(t.Context()))
			if is, err := regexp.MatchString(test.want, got); err != nil || !is || test.want == "" && got != "" {
				t.Errorf("it is said %q, want %q", got, test.want)
			}
		})
	}
}

// TestAppOnAnotherClock signs in at a host whose clock is not this machine's: its answers tell the time.
func TestAppOnAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{-3 * time.Hour, -2 * time.Minute, 2 * time.Minute, 3 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			s := asApp(t, "acme", time.Now().Add(ahead))
			for range 2 {
				if got, err := s.again(); err != nil || got.Repos != 1 || got.Unknown+len(got.Partial) > 0 {
					t.Errorf("the scan came to %+v, %v", got, err)
				}
			}
			counts := s.peer.Counts()
			if counts.Requests != 2 {
				t.Errorf("a scan of nothing new asked %v, want a look and a query: the token holds", counts.Routes)
			}
		})
	}
}

// TestAppIsToldTheTime has a host refuse claims because of the time, whatever they say: it is told how much the clock is
// wrong, and what the host says.
func TestAppIsToldTheTime(t *testing.T) {
	s := asApp(t, "acme", time.Now())
	const says = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	s.wire = transport(func(r *http.Request) (*http.Response, error) {
		resp := answer(http.StatusUnauthorized, `{"message":"`+says+`","documentation_url":"https://docs.github.com/rest"}`, r)
		resp.Header.Set("Date", time.Now().Add(-2*time.Minute).UTC().Format(http.TimeFormat))
		return resp, nil
	})
	s.sign(s.app)
	got := errorText(s.source().Check(t.Context()))
	if !strings.Contains(got, says+"; the clock of this machine is 2m") || !strings.Contains(got, "ahead of that of GitHub: set it right") {
		t.Errorf("it is said %q", got)
	}
}

// TestAppTokenIsRevoked: a token that the host does not take any more is renewed once, and nothing is lost.
func TestAppTokenIsRevoked(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  githubtest.Fault
		tokens int
	}{
		{"one answer to a query", githubtest.Fault{Failure: githubtest.BadToken, Route: githubtest.GraphQL}, 2},
		{"the third answer to a query", githubtest.Fault{Failure: githubtest.BadToken, Route: githubtest.GraphQL, After: 2}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := asApp(t, "acme", time.Now())
			s.peer.Fail(test.fault)
			got, err := s.again()
			if err != nil || got.Repos != 1 || got.Unknown+len(got.Partial) > 0 {
				t.Errorf("the scan came to %+v, %v", got, err)
			}
			if counts := s.peer.Counts(); counts.Routes[asksToken] > test.tokens || counts.Requests != s.sent() {
				t.Errorf("%d requests are counted of %v, want at most %d tokens", s.sent(), counts.Routes, test.tokens)
			}
		})
	}
}

// TestAppIsSuspended suspends an installation in the middle of a scan: what was not read by then is no matter of rights. It
// is missed, and read once that is over.
func TestAppIsSuspended(t *testing.T) {
	now := time.Now()
	for after := range 8 {
		s, want := asApp(t, "acme", now), asApp(t, "acme", now)
		for _, in := range []*signedIn{s, want} {
			in.config.Parts, in.config.People = allParts, people(t)
			in.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile})
		}
		if _, err := want.again(); err != nil {
			t.Fatal(err)
		}
		asked := 0
		inner := s.wrap
		s.wrap = func(next http.RoundTripper) http.RoundTripper {
			return counted{inner(next), func() {
				if asked++; asked == after+2 { // the look is the first
					s.peer.Suspend(s.app.Installation)
				}
			}}
		}
		got, err := s.again()
		if asked >= after+2 && len(got.Partial)+got.Unknown == 0 && err == nil || len(got.Denied) > 0 {
			t.Errorf("suspended after %d requests the scan came to %+v, %v", after, got, err)
		}
		if err != nil && !errors.Is(err, quota.ErrRefused) {
			t.Errorf("suspended after %d requests it is said %v", after, err)
		}
		s.peer.Unsuspend(s.app.Installation)
		asked = 1_000
		if got, err := s.again(); err != nil || len(got.Partial)+got.Unknown > 0 {
			t.Errorf("suspended after %d requests, the next scan came to %+v, %v", after, got, err)
		}
		if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
			t.Errorf("suspended after %d requests, -got +want\n%s", after, diff)
		}
	}
}

// TestAppGetsNoToken takes a token back in the middle of a scan while the host does not make another one. That is no matter
// of rights: what was not read by then is missed, and read once there is one again.
func TestAppGetsNoToken(t *testing.T) {
	now := time.Now()
	for _, failure := range []githubtest.Failure{githubtest.BadGateway, githubtest.TooMany} {
		for after := range 6 {
			s, want := asApp(t, "acme", now), asApp(t, "acme", now)
			for _, in := range []*signedIn{s, want} {
				in.config.Parts, in.config.People = allParts, people(t)
				in.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile})
				if _, err := in.again(); err != nil {
					t.Fatal(err)
				}
				in.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile})
				in.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{ciFile: "on: push"}})
			}
			if _, err := want.again(); err != nil {
				t.Fatal(err)
			}
			s.peer.Fail(githubtest.Fault{Failure: failure, Route: asksToken, Times: -1})
			s.peer.Fail(githubtest.Fault{Failure: githubtest.BadToken, After: after + 1}) // the look is the first
			got, err := s.again()
			struck := s.peer.Counts().Routes[asksToken] > 0
			if struck && len(got.Partial)+got.Unknown == 0 && err == nil || len(got.Denied) > 0 {
				t.Errorf("without a token after %d requests the scan came to %+v, %v", after, got, err)
			}
			s.peer.Heal()
			if failure == githubtest.TooMany { // the time that the host named is over for a process that begins
				s.sign(s.app)
			}
			if got, err := s.again(); err != nil || len(got.Partial)+got.Unknown > 0 {
				t.Errorf("without a token after %d requests, the next scan came to %+v, %v", after, got, err)
			}
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
				t.Errorf("without a token after %d requests something is lost: %s", after, diff)
			}
		}
	}
}

// TestAppIsFamiliar scans as an App in a process of its own each time: once it was let in, a token tells that it still is.
func TestAppIsFamiliar(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*signedIn)
		asks   map[string]int
		fails  string // matches what is said; "" where it is let in
	}{
		{"nothing new", func(*signedIn) {}, map[string]int{asksToken: 1, githubtest.GraphQL: 1}, ""},
		{"another installation", func(s *signedIn) {
			s.peer.AddOrganization("more")
			s.app.Installation = s.peer.Install("more")
		}, map[string]int{whereItIs: 1}, "is one of more, not of acme"},
		{"suspended", func(s *signedIn) { s.peer.Suspend(s.app.Installation) }, nil, "the installation [0-9]+ of the app 7 is suspended"},
		{"no mark", func(s *signedIn) { s.config.Mark = "" }, map[string]int{asksToken: 1, whereItIs: 1, githubtest.GraphQL: 1}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := asApp(t, "acme", time.Now())
			for range 2 { // the second one settles what the first one found
				s.sign(s.app)
				if _, err := s.again(); err != nil {
					t.Fatal(err)
				}
			}
			s.config.Mark = s.store.Listed[len(s.store.Listed)-1].Mark
			test.change(s)
			s.sign(s.app)
			_, err := s.again()
			if is, wrong := regexp.MatchString(test.fails, errorText(err)); wrong != nil || !is || test.fails == "" && err != nil {
				t.Errorf("it is said %q, want %q", errorText(err), test.fails)
			}
			if diff := gocmp.Diff(s.peer.Counts().Routes, test.asks); test.asks != nil && diff != "" {
				t.Errorf("-asked +want\n%s", diff)
			}
			if asked := s.peer.Counts().Requests; asked != s.sent() {
				t.Errorf("%d requests are counted, want the %d that were sent", s.sent(), asked)
			}
		})
	}
}
