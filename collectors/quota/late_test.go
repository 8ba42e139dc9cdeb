package quota_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestLateOverTheNetwork has headers come over a real connection, and bodies not: however the network tells of that when
// a try is over, it is the host that was late.
func TestLateOverTheNetwork(t *testing.T) {
	for _, failure := range []githubtest.Failure{githubtest.Hang, githubtest.Stall, githubtest.Drip} {
		t.Run(string(failure), func(t *testing.T) {
			peer := githubtest.New(t, githubtest.Config{})
			a := ask(t, peer, quota.Config{Timeout: 200 * time.Millisecond})
			peer.Fail(githubtest.Fault{Failure: failure})
			_, err := a.cheap()
			var network net.Error
			if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &network) || !network.Timeout() {
				t.Fatalf("got %v, want that it took too long", err)
			}
			if got, want := quota.Words("GitHub", err), "GitHub did not answer within 200ms: try again when it is less busy"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestLateBehindMuch has a body stop that is longer than what a pool reads before it gives an answer: whoever reads on is
// told the same.
func TestLateBehindMuch(t *testing.T) {
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		base, err := url.Parse("https://host.test")
		check(t, err)
		pool := quota.New(quota.Config{Source: "host", Base: base, Family: quota.GitLab(), Timeout: 30 * time.Second, Transport: carrier(func(r *http.Request) (*http.Response, error) {
			resp := answer(http.StatusOK, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", quota.Kept+1)), stopped{r.Context()}))
			return resp, nil
		})})
		_, err = fetch(t, &http.Client{Transport: pool}, http.MethodGet, "https://host.test/api/v4/projects/1/repository/blobs/1/raw")
		if got, want := quota.Words("GitLab", err), "GitLab did not answer within 30s: try again when it is less busy"; got != want {
			t.Errorf("got %q (%v), want %q", got, err, want)
		}
	})
}

// TestSilence asks for the same of many repositories, of which some are never answered: asking ends where it is in vain,
// and nowhere else.
func TestSilence(t *testing.T) {
	for _, test := range []struct {
		name     string
		faults   []githubtest.Fault
		path     string // of the one with this number
		requests int
		failed   int
		most     time.Duration
	}{
		{"a route that hangs", []githubtest.Fault{{Failure: githubtest.Hang}}, "/repos/acme/r%d/languages", 3 + 1 + 1, 20, 6 * time.Minute},
		{"a route whose bodies stop", []githubtest.Fault{{Failure: githubtest.Stall}}, "/repos/acme/r%d/languages", 3 + 1 + 1, 20, 6 * time.Minute},
		{"one repository that hangs", []githubtest.Fault{{Failure: githubtest.Hang, Path: "/repos/acme/r3/*"}}, "/repos/acme/r%d/languages", 19 + 3, 1, 4 * time.Minute},
		{"two that follow each other", []githubtest.Fault{{Failure: githubtest.Hang, Path: "/repos/acme/r[34]/*"}}, "/repos/acme/r%d/languages", 18 + 3 + 1, 2, 5 * time.Minute},
		{"every other one", []githubtest.Fault{{Failure: githubtest.Hang, Path: "/repos/acme/r*[02468]/*"}}, "/repos/acme/r%d/languages", 10 + 10*3, 10, 40 * time.Minute},
		{"the same one again and again", []githubtest.Fault{{Failure: githubtest.Hang}}, "/repos/acme/r0/languages?n=%d", 20 * 3, 20, 70 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
				for i := range 20 {
					peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i)})
				}
				for _, f := range test.faults {
					f.Route, f.Times = "GET /repos/{owner}/{repo}/languages", -1
					peer.Fail(f)
				}
				a, begin, failed := ask(t, peer, quota.Config{}), time.Now(), 0
				for i := range 20 {
					if _, err := a.get(t.Context(), fmt.Sprintf(test.path, i)); err != nil {
						failed++
						if !quota.Late(err) {
							t.Errorf("got %v, want that it took too long", err)
						}
					}
				}
				if got, took := peer.Counts().Requests, time.Since(begin); got != test.requests || failed != test.failed || took > test.most {
					t.Errorf("got %d requests, %d of them failed, in %s, want %d and %d within %s", got, failed, took, test.requests, test.failed, test.most)
				}
				if status, err := a.get(t.Context(), "/repos/acme/r7/git/ref/heads/main"); err != nil {
					t.Errorf("something else: got %d, %v", status, err)
				}
				if got := strings.Count(a.log.String(), "still waiting for an answer"); got != 1 {
					t.Errorf("it was said %d times that an answer is waited for, want once:\n%s", got, a.log)
				}
				peer.Heal()
				a.pool.Begin(nil)
				if status, err := a.get(t.Context(), "/repos/acme/r7/languages"); status != http.StatusOK || err != nil {
					t.Errorf("the next run: got %d, %v", status, err)
				}
			})
		})
	}
}

// TestSilenceOfQueries has one kind of queries hang: the others go on.
func TestSilenceOfQueries(t *testing.T) {
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		a := ask(t, peer, quota.Config{})
		about := func(what string) error {
			_, err := a.query(quota.About(t.Context(), what), `{ rateLimit { remaining } }`)
			return err
		}
		peer.Fail(githubtest.Fault{Failure: githubtest.Hang, Route: githubtest.GraphQL, Times: 12})
		var last error
		for range 100 {
			last = about("trees")
		}
		if want := "GitHub did not answer within 1m0s, 12 times in a row: it is not asked for that any more in this run"; quota.Words("GitHub", last) != want {
			t.Errorf("got %v, want %s", last, want)
		}
		if err := about("texts"); err != nil {
			t.Errorf("something else: got %v", err)
		}
		if got := peer.Counts().Requests; got != 13 {
			t.Errorf("got %d requests, want 12 in vain and one", got)
		}
	})
}

// TestSilenceAtOnce has sixteen requests at once hang for a moment: that is no silence.
func TestSilenceAtOnce(t *testing.T) {
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		for i := range 16 {
			peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i)})
		}
		a := ask(t, peer, quota.Config{})
		if status, err := a.user(); err != nil {
			t.Fatal(status, err)
		}
		peer.Fail(githubtest.Fault{Failure: githubtest.Hang, Route: "GET /repos/{owner}/{repo}/languages", Times: 16})
		var next atomic.Int64
		a.many(16, 48, func() (int, error) {
			return a.get(t.Context(), fmt.Sprintf("/repos/acme/r%d/languages", next.Add(1)%16))
		})
	})
}

// carrier carries requests as a test says.
type carrier func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// stopped is a body of which no more comes.
type stopped struct{ ctx context.Context }

// Read implements io.Reader, with the error that connections end with when nobody waits any more.
func (s stopped) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, &net.OpError{Op: "read", Net: "tcp", Err: net.ErrClosed}
}
