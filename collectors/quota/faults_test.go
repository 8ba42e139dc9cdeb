package quota_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestFaults lets requests fail in every way that the peer knows, once or for good.
func TestFaults(t *testing.T) {
	rest, graph := (*asker).user, (*asker).cheap
	for _, test := range []struct {
		name  string
		fault githubtest.Failure
		times int
		one   func(*asker) (int, error)

		status   int
		err      error
		requests int
		spent    quota.Spent // of it Retries, Failures, Refusals
		least    time.Duration
	}{
		{"forbidden", githubtest.Forbidden, 1, rest, 403, nil, 1, quota.Spent{}, 0},
		{"missing", githubtest.Missing, 1, rest, 404, nil, 1, quota.Spent{}, 0},
		{"empty", githubtest.Empty, 1, rest, 409, nil, 1, quota.Spent{}, 0},
		{"gone", githubtest.Gone, 1, rest, 410, nil, 1, quota.Spent{}, 0},
		{"unprocessable", githubtest.Unprocessable, 1, rest, 422, nil, 1, quota.Spent{}, 0},
		{"for legal reasons", githubtest.Blocked, 1, rest, 451, nil, 1, quota.Spent{}, 0},
		{"a page of HTML", githubtest.HTML, 1, rest, 200, nil, 1, quota.Spent{}, 0},
		{"nulls", githubtest.Nulls, 1, rest, 200, nil, 1, quota.Spent{}, 0},

		{"a bad token once", githubtest.BadToken, 1, rest, 200, nil, 2, quota.Spent{Refusals: 1}, 0},
		{"a bad token of a query once", githubtest.BadToken, 1, graph, 200, nil, 2, quota.Spent{Refusals: 1}, 0},
		{"a bad token", githubtest.BadToken, -1, rest, 0, quota.ErrRefused, 2, quota.Spent{Refusals: 2}, 0},
		{"a bad token of a query", githubtest.BadToken, -1, graph, 0, quota.ErrRefused, 2, quota.Spent{Refusals: 2}, 0},
		{"too many", githubtest.TooMany, 1, rest, 200, nil, 2, quota.Spent{Refusals: 1}, time.Minute},
		{"a secondary limit", githubtest.Secondary, 1, rest, 200, nil, 2, quota.Spent{Refusals: 1}, time.Minute},
		{"a secondary limit thrice", githubtest.Secondary, 3, rest, 200, nil, 4, quota.Spent{Refusals: 3}, 4 * time.Minute},
		{"a secondary limit for queries", githubtest.Secondary, 1, graph, 200, nil, 2, quota.Spent{Refusals: 1}, time.Minute},
		{"a secondary limit for good", githubtest.Secondary, -1, rest, 0, &quota.Exhausted{}, 6, quota.Spent{Refusals: 6}, 16 * time.Minute},

		{"internal", githubtest.Internal, 1, rest, 200, nil, 2, quota.Spent{Retries: 1, Failures: 1}, time.Second},
		{"bad gateway", githubtest.BadGateway, 2, rest, 200, nil, 3, quota.Spent{Retries: 2, Failures: 2}, 3 * time.Second},
		{"unavailable for good", githubtest.Unavailable, -1, rest, 503, nil, 3, quota.Spent{Retries: 2, Failures: 3}, 3 * time.Second},
		{"gateway timeout of a query", githubtest.GatewayTimeout, 1, graph, 504, nil, 1, quota.Spent{Failures: 1}, 0},
		{"bad gateway of a query", githubtest.BadGateway, 1, graph, 502, nil, 1, quota.Spent{Failures: 1}, 0},
		{"unavailable for a query", githubtest.Unavailable, 1, graph, 503, nil, 1, quota.Spent{Failures: 1}, 0},
		{"no answer", githubtest.Hang, 1, rest, 200, nil, 2, quota.Spent{Retries: 1, Failures: 1}, 30 * time.Second},
		{"no answer for good", githubtest.Hang, -1, rest, 0, context.DeadlineExceeded, 3, quota.Spent{Retries: 2, Failures: 3}, 90 * time.Second},
		{"no answer to a query", githubtest.Hang, 1, graph, 0, context.DeadlineExceeded, 1, quota.Spent{Failures: 1}, 30 * time.Second},
		{"a body that stops", githubtest.Stall, 1, rest, 200, nil, 2, quota.Spent{Retries: 1, Failures: 1}, 30 * time.Second},
		{"a body that stops for good", githubtest.Stall, -1, rest, 0, context.DeadlineExceeded, 3, quota.Spent{Retries: 2, Failures: 3}, 90 * time.Second},
		{"a body that comes too slowly", githubtest.Drip, -1, rest, 0, context.DeadlineExceeded, 3, quota.Spent{Retries: 2, Failures: 3}, 90 * time.Second},
		{"a body that stops of an answer to a query", githubtest.Stall, 1, graph, 0, context.DeadlineExceeded, 1, quota.Spent{Failures: 1}, 30 * time.Second},
		{"an answer that is cut", githubtest.Cut, 1, rest, 200, io.ErrUnexpectedEOF, 1, quota.Spent{}, 0},
		{"an answer to a query that is cut", githubtest.Cut, 1, graph, 200, io.ErrUnexpectedEOF, 1, quota.Spent{}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{Timeout: 30 * time.Second})
				peer.Fail(githubtest.Fault{Failure: test.fault, Times: test.times})
				begin := time.Now()
				status, err := test.one(a)
				if status != test.status || !is(err, test.err) {
					t.Errorf("got %d, %v, want %d, %v", status, err, test.status, test.err)
				}
				if took := time.Since(begin); took < test.least || took > test.least+test.least/2+20*time.Second {
					t.Errorf("took %s, want about %s", took, test.least)
				}
				var spent quota.Spent
				for _, s := range a.pool.Spent() {
					spent = quota.Spent{Retries: s.Retries, Failures: s.Failures, Refusals: s.Refusals}
				}
				if got := peer.Counts().Requests; got != test.requests || spent != test.spent {
					t.Errorf("got %d requests, %+v, want %d, %+v", got, spent, test.requests, test.spent)
				}
				peer.Heal()
				if status, err := a.user(); !errors.Is(test.err, quota.ErrRefused) && (status != 200 || err != nil) {
					t.Errorf("got %d, %v afterwards, want 200", status, err)
				}
			})
		})
	}
}

// is compares an error with one, or with the type of an Exhausted.
func is(err, want error) bool {
	var exhausted *quota.Exhausted
	if errors.As(want, &exhausted) {
		return errors.As(err, &exhausted)
	}
	return errors.Is(err, want)
}

// TestWaitingTooLong says when there is something left again instead of waiting.
func TestWaitingTooLong(t *testing.T) {
	for _, test := range []struct {
		name    string
		wait    time.Duration
		context time.Duration
		fails   bool
	}{
		{"as long as it takes", 0, 0, false},
		{"the pool waits no longer than that", 10 * time.Minute, 0, true},
		{"the pool waits long enough", 2 * time.Hour, 0, false},
		{"the context ends before", 0, 10 * time.Minute, true},
		{"the context ends after", 0, 2 * time.Hour, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: githubtest.Limits{REST: 2}}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{Wait: test.wait})
				a.pool.Expect(quota.REST, 2)
				a.many(1, 2, a.user)
				ctx, begin := context.Background(), time.Now()
				if test.context > 0 {
					limited, cancel := context.WithTimeout(ctx, test.context)
					defer cancel()
					ctx = limited
				}
				_, err := a.get(ctx, "/user")
				var exhausted *quota.Exhausted
				if got := errors.As(err, &exhausted); got != test.fails {
					t.Fatalf("got %v, want Exhausted: %v", err, test.fails)
				}
				if took := time.Since(begin); test.fails && took > 0 || !test.fails && took < 59*time.Minute {
					t.Errorf("took %s", took)
				}
				if !test.fails {
					return
				}
				if at := begin.Add(time.Hour); exhausted.Until.Before(at.Add(-time.Minute)) || exhausted.Until.After(at.Add(time.Minute)) {
					t.Errorf("got until %s, want about %s", exhausted.Until, at)
				}
				if got := peer.Counts().Requests; got != 2 {
					t.Errorf("got %d requests, want 2", got)
				}
			})
		})
	}
}

// TestGivingUp ends a wait with the context of who waits.
func TestGivingUp(t *testing.T) {
	within(t, githubtest.Config{Limits: githubtest.Limits{REST: 1}}, func(t *testing.T, peer *githubtest.Peer) {
		a, begin := ask(t, peer, quota.Config{}), time.Now()
		a.many(1, 1, a.user)
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(5*time.Minute, cancel)
		if _, err := a.get(ctx, "/user"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		if took := time.Since(begin).Round(time.Second); took != 5*time.Minute {
			t.Errorf("took %s, want 5 minutes", took)
		}
		if got := a.spent(quota.REST); got.Waits != 1 || got.Waited < 4*time.Minute {
			t.Errorf("got %+v, want one wait", got)
		}
	})
}

// TestAskingMoreSlowly has a host refuse ten requests that are under way, and counts what follows: one alone, for
// as long as it takes, then the others.
func TestAskingMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		begin, requests, refused, alone := time.Now(), 0, 0, 0
		count := func(n *int) int {
			mu.Lock()
			defer mu.Unlock()
			*n++
			return *n
		}
		_, client := through(t, quota.GitLab(), func(*http.Request) *http.Response {
			at := time.Since(begin)
			switch first := count(&requests) == 1; {
			case !first && at < 10*time.Second:
				time.Sleep(time.Second)
				count(&refused)
				return answer(http.StatusTooManyRequests, "Retry later")
			case !first && at < 80*time.Second:
				count(&alone)
				fallthrough
			case !first:
				time.Sleep(20 * time.Second)
			}
			return answer(http.StatusOK, "[]", "RateLimit-Limit", "1000", "RateLimit-Remaining", "900", "RateLimit-Reset", fmt.Sprint(begin.Add(time.Hour).Unix()))
		})
		a, one := &asker{t: t}, func() (int, error) { return fetch(t, client, http.MethodGet, "https://host.test/api/v4/version") }
		a.many(1, 1, one)
		a.many(10, 10, one)
		if refused != 10 || alone != 1 {
			t.Errorf("got %d refused, then %d right after the minute, want 10, and one alone", refused, alone)
		}
		if took := time.Since(begin); took < 100*time.Second || took > 110*time.Second {
			t.Errorf("took %s, want a minute, 20 s for the first and 20 s for the others", took)
		}
	})
}

// TestAnswers looks at what the caller gets: the host's answer as it is, but for what it says of limits.
func TestAnswers(t *testing.T) {
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		a := ask(t, peer, quota.Config{})
		req, err := http.NewRequest(http.MethodGet, peer.URL+"/repos/acme/app", nil)
		check(t, err)
		resp, err := a.client.Do(req)
		check(t, err)
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		check(t, err)
		signed := req.Clone(context.Background())
		signed.Header.Set("Authorization", "Bearer "+githubtest.Secret)
		plain, err := peer.Client().Do(signed)
		check(t, err)
		defer plain.Body.Close()
		want, err := io.ReadAll(plain.Body)
		check(t, err)
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("the body differs:\n%s", diff)
		}
		if resp.Header.Get("X-RateLimit-Remaining") != "" || resp.Header.Get("ETag") == "" {
			t.Errorf("got %v, want an ETag and nothing of limits", resp.Header)
		}
		if len(req.Header) > 0 || resp.Request.Header.Get("Authorization") != "" {
			t.Errorf("got headers %v, %v of the request: it is the caller's", req.Header, resp.Request.Header)
		}
	})
}

// busyOnce answers the first request as a host does that is not there for a while, and notes when each is sent.
type busyOnce struct {
	next http.RoundTripper
	at   []time.Time
}

func (b *busyOnce) RoundTrip(r *http.Request) (*http.Response, error) {
	b.at = append(b.at, time.Now())
	if len(b.at) == 1 {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"300"}}, Body: http.NoBody, Request: r}, nil
	}
	return b.next.RoundTrip(r)
}

// TestRetryAfterOfFailures: a host that fails and says for how long is not asked before, whoever failed and whoever asks next.
func TestRetryAfterOfFailures(t *testing.T) {
	rest, graph := (*asker).user, (*asker).cheap
	for name, ones := range map[string][2]func(*asker) (int, error){
		"a query, and another": {graph, graph}, "a query, and a request": {graph, rest}, "a request": {rest, graph},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
				wire := &busyOnce{next: peer.Transport()}
				a := ask(t, peer, quota.Config{Transport: wire})
				for _, one := range ones {
					if _, err := one(a); err != nil {
						t.Fatal(err)
					}
				}
				if n := len(wire.at); n < 2 || wire.at[1].Sub(wire.at[0]) < 5*time.Minute {
					t.Errorf("requests were sent at %v", wire.at)
				}
			})
		})
	}
}
