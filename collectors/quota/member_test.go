package quota_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestAnotherChance revokes tokens in one run, and lets them be good again before the next one.
func TestAnotherChance(t *testing.T) {
	for _, test := range []struct {
		name        string
		credentials []quota.Credential
		revoke      []string
	}{
		{"the only token", []quota.Credential{token("token 1", "githubtest-a")}, []string{"githubtest-a"}},
		{"one of two", []quota.Credential{token("token 1", "githubtest-a"), token("token 2", "githubtest-b")}, []string{"githubtest-b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{Credentials: test.credentials})
				for _, secret := range test.revoke {
					peer.Revoke(secret)
				}
				for range 10 {
					a.user()
				}
				if got := len(a.pool.Refusals()); got != len(test.credentials)-1 {
					t.Errorf("got %d refusals while others do their work, want %d", got, len(test.credentials)-1)
				}
				for _, known := range tokens() {
					peer.AddToken(known)
				}
				a.pool.Begin(nil)
				peer.ResetCounts()
				a.many(4, 20, a.user)
				if got := peer.Counts().Requests; got != 20 || len(a.pool.Refusals()) > 0 {
					t.Errorf("got %d requests, refusals of %q, want 20, none", got, a.pool.Refusals())
				}
			})
		})
	}
}

// TestRefusedAtOnce revokes a token while many requests are on their way: one more is sent to find out.
func TestRefusedAtOnce(t *testing.T) {
	within(t, githubtest.Config{Latency: true}, func(t *testing.T, peer *githubtest.Peer) {
		a := ask(t, peer, quota.Config{})
		a.many(1, 1, a.user)
		peer.Revoke(githubtest.Secret)
		peer.ResetCounts()
		refused := make(chan error, 16)
		for range cap(refused) {
			go func() {
				_, err := a.user()
				refused <- err
			}()
		}
		for range cap(refused) {
			if err := <-refused; !errors.Is(err, quota.ErrRefused) {
				t.Errorf("got %v, want %v", err, quota.ErrRefused)
			}
		}
		if got, counted := peer.Counts().Requests, a.spent(quota.REST); got > 17 || counted.Requests != got+1 || counted.Refusals != got {
			t.Errorf("got %d requests, %+v, want at most 17 and all of them counted", got, counted)
		}
	})
}

// TestMeanings says why a credential is refused, as far as that is known.
func TestMeanings(t *testing.T) {
	const suspended = `{"message":"This installation has been suspended"}`
	known := func(a quota.Answer) string { return "it has a hole: " + a.Text }
	for _, test := range []struct {
		name   string
		status int
		body   string
		means  func(quota.Answer) string
		want   string
	}{
		{"a bad token", 401, `{"message":"Bad credentials"}`, nil, "they may be wrong, expired or revoked"},
		{"suspended", 403, suspended, nil, "This installation has been suspended"},
		{"an account is suspended", 403, `{"message":"Sorry. Your account was suspended."}`, nil, "Sorry. Your account was suspended."},
		{"who signs knows", 401, `{"message":"no"}`, known, "it has a hole: no"},
		{"who signs does not know", 401, `{"message":"no"}`, func(quota.Answer) string { return "" }, "they may be wrong, expired or revoked"},
		{"something else is forbidden", 403, `{"message":"Resource not accessible by integration"}`, known, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			credential := quota.Static("token", "PRIVATE-TOKEN", "secret")
			credential.Means = test.means
			_, client := through(t, quota.GitLab(), func(*http.Request) *http.Response { asked++; return answer(test.status, test.body) }, credential)
			status, err := fetch(t, client, http.MethodGet, "https://host.test/api/v4/version")
			got, tries := "", 1
			if err != nil {
				_, got, _ = strings.Cut(quota.Words("The host", err), "(token): ")
			}
			if test.want != "" {
				tries = 2
			}
			if got != test.want || asked != tries || err == nil && status != test.status {
				t.Errorf("got %d, %q after %d tries, want %q after %d", status, got, asked, test.want, tries)
			}
		})
	}
}

// TestAside has a credential ask for a token while it signs.
func TestAside(t *testing.T) {
	for _, test := range []struct {
		name   string
		budget int
		want   error
		spent  []quota.Spent
	}{
		{"it counts", 2, nil, []quota.Spent{{Source: "host", Resource: quota.REST, Requests: 2, Points: 2}}},
		{"it is held to the budget", 1, quota.ErrBudget, []quota.Spent{{Source: "host", Resource: quota.REST}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			host := func(r *http.Request) *http.Response {
				asked = append(asked, r.URL.Path)
				return answer(200, "{}", "RateLimit-Limit", "10", "RateLimit-Remaining", "9", "RateLimit-Reset", "4102444800")
			}
			signing := quota.Credential{Name: "app", Authorize: func(r *http.Request) error {
				asking, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "https://host.test/tokens", http.NoBody)
				if err != nil {
					return err
				}
				resp, err := (quota.Aside{}).RoundTrip(asking)
				if err != nil {
					return fmt.Errorf("get a token: %w", err)
				}
				return resp.Body.Close()
			}}
			pool, client := through(t, quota.GitLab(), host, signing)
			pool.Begin(quota.NewBudget(test.budget))
			_, err := fetch(t, client, http.MethodGet, "https://host.test/api/v4/version")
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(pool.Spent(), test.spent); diff != "" {
				t.Errorf("spent, of %q, -got +want:\n%s", asked, diff)
			}
		})
	}
}
