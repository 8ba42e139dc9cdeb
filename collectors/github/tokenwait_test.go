package github_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// tokenTimes notes when tokens are asked for.
type tokenTimes struct {
	next http.RoundTripper
	busy int // of so many the host says that it is not available, and for how long
	mu   sync.Mutex
	at   []time.Time
}

func (c *tokenTimes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.URL.Path != "/graphql" && r.URL.Path != "/api/graphql" {
		c.mu.Lock()
		c.at = append(c.at, time.Now())
		busy := len(c.at) <= c.busy
		c.mu.Unlock()
		if busy {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}, Body: http.NoBody, Request: r}, nil
		}
	}
	return c.next.RoundTrip(r)
}

// TestAppWaitsForAToken has a host limit how often an App asks for a token: it is waited for as long as the host says,
// however many requests want one, and nothing is missed.
func TestAppWaitsForAToken(t *testing.T) {
	private, public := pair(t)
	for _, test := range []struct {
		name  string
		fault githubtest.Fault
		busy  int
		tries int
		takes time.Duration // at least
	}{
		{"no limit", githubtest.Fault{Failure: githubtest.Missing, Route: "GET /nothing"}, 0, 1, 0},
		{"not available for a minute", githubtest.Fault{Failure: githubtest.Missing, Route: "GET /nothing"}, 1, 2, time.Minute},
		{"a minute", githubtest.Fault{Failure: githubtest.TooMany, Route: asksToken}, 0, 2, time.Minute},
		{"twice", githubtest.Fault{Failure: githubtest.TooMany, Route: asksToken, Times: 2}, 0, 3, 2 * time.Minute},
		{"a secondary limit", githubtest.Fault{Failure: githubtest.Secondary, Route: asksToken}, 0, 2, time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, githubtest.Config{App: githubtest.App{ID: 7, Slug: "trodden", Public: public}}, func(t *testing.T, s *scanner) {
				s.peer.Generate(githubtest.Fleet{Repos: 300})
				wire := &tokenTimes{next: s.peer.Transport(), busy: test.busy}
				in := &signedIn{scanner: s, wire: wire}
				in.sign(github.App{ID: 7, Installation: s.peer.Install("acme"), Key: private})
				s.peer.Fail(test.fault)
				sum, took, err := s.begin()
				if err != nil || sum.Repos != 301 || sum.Unknown+len(sum.Partial)+sum.Left > 0 {
					t.Errorf("the scan came to %+v, %v", sum, err)
				}
				if len(wire.at) != test.tries || took < test.takes {
					t.Errorf("tokens were asked for at %v, in %v, want %d times and at least %v", wire.at, took, test.tries, test.takes)
				}
				for i := range wire.at[1:] {
					if pause := wire.at[i+1].Sub(wire.at[i]); pause < time.Minute {
						t.Errorf("a token was asked for %v after the host said to wait a minute", pause)
					}
				}
				if sent := s.peer.Counts().Requests + test.busy; sent != in.sent() {
					t.Errorf("%d requests are counted, want the %d that were sent", in.sent(), sent)
				}
			})
		})
	}
}

// TestGitSignsAfterAWait signs what a pool does not send, such as git: limits are waited for there, too.
func TestGitSignsAfterAWait(t *testing.T) {
	private, public := pair(t)
	for _, test := range []struct {
		name  string
		fault githubtest.Fault
		busy  int           // answers of a host that is not available for a minute
		takes time.Duration // at least
		fails bool
	}{
		{"a limit", githubtest.Fault{Failure: githubtest.TooMany, Route: asksToken}, 0, time.Minute, false},
		{"not available", githubtest.Fault{}, 1, time.Minute, false},
		{"not available at all", githubtest.Fault{}, 9, 2 * time.Minute, true},
		{"a failure", githubtest.Fault{Failure: githubtest.BadGateway, Route: asksToken}, 0, time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, githubtest.Config{App: githubtest.App{ID: 7, Slug: "trodden", Public: public}}, func(t *testing.T, s *scanner) {
				s.peer.AddOrganization("acme")
				in := &signedIn{scanner: s, wire: &tokenTimes{next: s.peer.Transport(), busy: test.busy}}
				in.sign(github.App{ID: 7, Installation: s.peer.Install("acme"), Key: private})
				if test.fault.Route != "" {
					s.peer.Fail(test.fault)
				}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.peer.URL, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				begun := time.Now()
				err = in.pool.Credentials()[0].Authorize(r)
				if signed := r.Header.Get("Authorization") != ""; (err != nil) != test.fails || signed == test.fails || time.Since(begun) < test.takes {
					t.Errorf("after %v it is signed with %q, %v", time.Since(begun), r.Header.Get("Authorization"), err)
				}
			})
		})
	}
}

// TestAppBudgetIsWhatIsSent: a request that has to wait for a token takes nothing of a budget until it is sent, so that a scan
// gets on however often it has to.
func TestAppBudgetIsWhatIsSent(t *testing.T) {
	private, public := pair(t)
	bubble(t, githubtest.Config{App: githubtest.App{ID: 7, Slug: "trodden", Public: public}}, func(t *testing.T, s *scanner) {
		s.peer.Generate(githubtest.Fleet{Repos: 300})
		in := &signedIn{scanner: s, wire: s.peer.Transport()}
		in.sign(github.App{ID: 7, Installation: s.peer.Install("acme"), Key: private})
		s.peer.Fail(githubtest.Fault{Failure: githubtest.TooMany, Route: asksToken, Times: 3})
		const budget = 8
		budgeted := quota.NewBudget(budget)
		in.pool.Begin(budgeted)
		if _, _, err := s.begin(); err != nil {
			t.Fatal(err)
		}
		counts := s.peer.Counts()
		if counts.Requests > budget || counts.Requests != budgeted.Used() || counts.Routes[asksToken] != 4 || counts.Requests == 4 {
			t.Errorf("with a budget of %d, of which %d are used, these were sent: %v", budget, budgeted.Used(), counts.Routes)
		}
	})
}
