package quota_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// tokens are those of two accounts, and a second one of the first.
func tokens() []githubtest.Token {
	return []githubtest.Token{
		{Value: "githubtest-a", Login: "ana"}, {Value: "githubtest-b", Login: "bob"}, {Value: "githubtest-a2", Login: "ana"},
	}
}

func TestCredentialsShare(t *testing.T) {
	for _, test := range []struct {
		name        string
		credentials []quota.Credential
		used        int // by others, of ana
		many        int
		least, most time.Duration
	}{
		{"two accounts have twice as much", []quota.Credential{token("a", "githubtest-a"), token("b", "githubtest-b")}, 0, 200, 0, time.Minute},
		{"one has less left", []quota.Credential{token("a", "githubtest-a"), token("b", "githubtest-b")}, 90, 110, 0, time.Minute},
		{"one has nothing left", []quota.Credential{token("a", "githubtest-a"), token("b", "githubtest-b")}, 99, 101, 0, time.Minute},
		{"two of one account have no more than one", []quota.Credential{of("ana", token("a", "githubtest-a")), of("ana", token("a2", "githubtest-a2"))}, 0, 110, time.Hour, time.Hour + time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: githubtest.Limits{REST: 100}, Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
				peer.Use("ana", test.used, 0)
				a, begin := ask(t, peer, quota.Config{Credentials: test.credentials}), time.Now()
				a.pool.Expect(quota.REST, test.many)
				a.many(8, test.many, a.user)
				if took := time.Since(begin); took < test.least || took > test.most {
					t.Errorf("took %s, want %s to %s", took, test.least, test.most)
				}
				if got := peer.Counts(); got.Exhausted > 0 || got.Requests != test.many {
					t.Errorf("got %d requests, %d after exhaustion, want %d, 0", got.Requests, got.Exhausted, test.many)
				}
			})
		})
	}
}

func of(account string, c quota.Credential) quota.Credential {
	c.Account = account
	return c
}

func TestRefusedCredentials(t *testing.T) {
	for _, test := range []struct {
		name   string
		revoke []string
		fails  bool
	}{
		{"one of two", []string{"githubtest-a"}, false},
		{"all", []string{"githubtest-a", "githubtest-b"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{Credentials: []quota.Credential{token("token 1", "githubtest-a"), token("token 2", "githubtest-b")}})
				a.many(4, 20, a.user)
				for _, secret := range test.revoke {
					peer.Revoke(secret)
				}
				peer.ResetCounts()
				for range 20 {
					status, err := a.user()
					if test.fails && (!errors.Is(err, quota.ErrRefused) || !strings.Contains(err.Error(), "token 1, token 2")) || !test.fails && status != 200 {
						t.Fatalf("got %d, %v, want refused: %v", status, err, test.fails)
					}
				}
				want := 2 * len(test.revoke)
				if !test.fails {
					want += 20
				}
				if got := peer.Counts().Requests; got != want || a.spent(quota.REST).Refusals != 2*len(test.revoke) {
					t.Errorf("got %d requests, %+v, want %d and two refusals for each", got, a.spent(quota.REST), want)
				}
				if got := a.pool.Refusals(); test.fails && len(got) > 0 || !test.fails && !slices.Equal(got, []string{"token 1"}) {
					t.Errorf("got refusals of %q", got)
				}
				if got := strings.Count(a.log.String(), "refuses a credential"); got != len(test.revoke) {
					t.Errorf("got %d lines of it in the log, want %d: %s", got, len(test.revoke), a.log)
				}
			})
		})
	}
}

// TestExpiry lets a token end in the middle of a run, and another one be renewed.
func TestExpiry(t *testing.T) {
	within(t, githubtest.Config{Limits: githubtest.Limits{REST: 10}, Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
		peer.AddToken(githubtest.Token{Value: "githubtest-a", Login: "ana", Expires: time.Now().Add(90 * time.Minute)})
		var made atomic.Int64
		var ends time.Time
		renewed := quota.Credential{Name: "installation 7", Account: "app", Authorize: func(r *http.Request) error {
			if !time.Now().Before(ends) {
				ends = time.Now().Add(time.Hour)
				peer.AddToken(githubtest.Token{Value: fmt.Sprint("githubtest-i", made.Add(1)), Login: "app", Expires: ends})
			}
			r.Header.Set("Authorization", fmt.Sprint("token githubtest-i", made.Load()))
			return nil
		}}
		a := ask(t, peer, quota.Config{Credentials: []quota.Credential{token("token 1", "githubtest-a"), renewed}})
		a.many(1, 75, a.user)
		if got := peer.Counts(); got.Exhausted > 0 || got.Requests != 77 || made.Load() < 4 {
			t.Errorf("got %d requests, %d after exhaustion, %d renewals, want 77, 0, some", got.Requests, got.Exhausted, made.Load())
		}
	})
}

// TestSigning fails to sign.
func TestSigning(t *testing.T) {
	for _, test := range []struct {
		name  string
		err   error
		tries int64
		want  error
	}{
		{"the network fails", errors.New("no route to host"), 3, nil},
		{"the key is refused", fmt.Errorf("make a token: %w", quota.ErrRefused), 1, quota.ErrRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
				var tries atomic.Int64
				a := ask(t, peer, quota.Config{Credentials: []quota.Credential{{Name: "installation 7", Authorize: func(*http.Request) error {
					tries.Add(1)
					return test.err
				}}}})
				_, err := a.user()
				if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), "installation 7") {
					t.Errorf("got %v, want an error that names the credential", err)
				}
				if got := peer.Counts().Requests; got > 0 || tries.Load() != test.tries {
					t.Errorf("got %d requests, %d tries, want none, %d", got, tries.Load(), test.tries)
				}
			})
		})
	}
}

func TestNobody(t *testing.T) {
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		a := ask(t, peer, quota.Config{Credentials: []quota.Credential{}})
		if status, err := a.get(context.Background(), "/rate_limit"); status != 200 || err != nil {
			t.Errorf("got %d, %v, want 200", status, err)
		}
		if _, err := a.cheap(); !errors.Is(err, quota.ErrRefused) || !strings.Contains(err.Error(), "without credentials") {
			t.Errorf("got %v, want that it needs credentials", err)
		}
	})
}

// TestOneTokenIsOneAccount: what is given the same token, twice in one source or in two, plans and counts as one does.
func TestOneTokenIsOneAccount(t *testing.T) {
	ana := func(name string) quota.Credential { return token(name, "githubtest-a") }
	for _, test := range []struct {
		name    string
		sources [][]quota.Credential
	}{
		{"two credentials of a source", [][]quota.Credential{{ana("1"), ana("2")}}},
		{"two sources", [][]quota.Credential{{ana("1")}, {ana("1")}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: githubtest.Limits{REST: 100, GraphQL: 100}, Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
				begin, accounts, n := time.Now(), &quota.Accounts{}, len(test.sources)
				var asking sync.WaitGroup
				var points atomic.Int64
				for _, credentials := range test.sources {
					a := ask(t, peer, quota.Config{Credentials: credentials, Accounts: accounts})
					a.pool.Expect(quota.REST, 120/n)
					asking.Go(func() {
						a.many(8, 120/n, a.user)
						a.many(4, 40/n, func() (int, error) { return a.query(context.Background(), cold(0, 1)) })
						points.Add(int64(a.spent(quota.GraphQL).Points))
					})
				}
				asking.Wait()
				if took := time.Since(begin); took < time.Hour || took > time.Hour+5*time.Minute {
					t.Errorf("120 requests of 100 an hour took %s", took)
				}
				got := peer.Counts()
				if got.Exhausted > 0 || got.Requests != 160 || int(points.Load()) != got.Points {
					t.Errorf("got %d requests, %d after exhaustion, and %d points counted of %d", got.Requests, got.Exhausted, points.Load(), got.Points)
				}
			})
		})
	}
}
