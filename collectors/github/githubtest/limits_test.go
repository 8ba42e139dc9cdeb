package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// get asks REST and returns the answer, its body read.
func get(t testing.TB, p *githubtest.Peer, path string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, p.URL+path, nil)
	check(t, err)
	req.Header.Set("Authorization", "token "+githubtest.Secret)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := p.Client().Do(req)
	check(t, err)
	check(t, resp.Body.Close())
	return resp
}

// remains says what the header tells of a limit.
func remains(resp *http.Response) string {
	return fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("X-RateLimit-Remaining"), "/", resp.Header.Get("X-RateLimit-Limit"), " ", resp.Header.Get("X-RateLimit-Resource"))
}

func TestRESTLimit(t *testing.T) {
	p := acme(t, githubtest.Config{Limits: githubtest.Limits{REST: 2}})
	for i, want := range []string{"200 1/2 core", "200 0/2 core", "403 0/2 core"} {
		if got := remains(get(t, p, "/orgs/acme/repos")); got != want {
			t.Errorf("request %d: got %s, want %s", i, got, want)
		}
	}
	if got, want := remains(get(t, p, "/rate_limit")), "200 0/2 core"; got != want {
		t.Errorf("got %s, want %s: this one is free", got, want)
	}
	p.Advance(time.Hour)
	if got, want := remains(get(t, p, "/orgs/acme/repos")), "200 1/2 core"; got != want {
		t.Errorf("got %s, want %s an hour later", got, want)
	}
	if got := p.Counts(); got.Exhausted != 1 || got.REST != 5 || got.Routes["GET /orgs/{org}/repos"] != 4 {
		t.Errorf("got %+v, want one request after nothing remained, of five", got)
	}
}

func TestGraphQLLimit(t *testing.T) {
	p := acme(t, githubtest.Config{Limits: githubtest.Limits{GraphQL: 3}})
	two := `{ organization(login: "acme") { repositories(first: 100) { nodes { a: languages(first: 1) { totalCount } b: repositoryTopics(first: 1) { totalCount } } } } rateLimit { cost used remaining resetAt } }`
	got := data(t, p, two, nil)
	if want := `"rateLimit":{"cost":2,"remaining":1,"resetAt":"2026-06-01T09:00:00Z","used":2}`; !strings.Contains(got, want) {
		t.Errorf("got %s, want something of %s", got, want)
	}
	for _, step := range []struct{ name, want string }{{"more points than remain", "200 0/3 graphql"}, {"nothing remains", "200 0/3 graphql"}} {
		answer, resp := query(t, p, two, nil)
		if len(answer.Errors) != 1 || answer.Errors[0].Type != "RATE_LIMITED" || remains(resp) != step.want {
			t.Errorf("%s: got %s, %v", step.name, remains(resp), answer.Errors)
		}
	}
	if got := p.Counts(); got.Points != 2 || got.Exhausted != 1 || got.GraphQL != 3 {
		t.Errorf("got %+v, want 2 points, one request after nothing remained", got)
	}
	if got, want := remains(get(t, p, "/user")), "200 4999/5000 core"; got != want {
		t.Errorf("got %s, want %s: REST has its own", got, want)
	}
}

func TestEveryAccountHasItsOwnLimits(t *testing.T) {
	p := acme(t, githubtest.Config{Limits: githubtest.Limits{REST: 10}, Tokens: []githubtest.Token{
		{Value: githubtest.Secret, Login: "robot"}, {Value: "second", Login: "robot"}, {Value: "other", Login: "ana"}}})
	get(t, p, "/user")
	for token, want := range map[string]string{"token second": "200 8/10 core", "token other": "200 9/10 core"} {
		if got := remains(get(t, p, "/user", "Authorization", token)); got != want {
			t.Errorf("%s: got %s, want %s", token, got, want)
		}
	}
}

func TestWhatOthersUsed(t *testing.T) {
	p := acme(t, githubtest.Config{})
	p.Use("robot", 4990, 0)
	if got, want := remains(get(t, p, "/user")), "200 9/5000 core"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNotModifiedIsFree(t *testing.T) {
	p := acme(t, githubtest.Config{Tokens: []githubtest.Token{{Value: githubtest.Secret, Login: "robot"}, {Value: "other", Login: "ana"}}})
	etag := get(t, p, "/repos/acme/app").Header.Get("ETag")
	for _, test := range []struct{ name, token, want string }{
		{"unchanged", githubtest.Secret, "304 4999/5000 core"},
		{"another account", "other", "200 4999/5000 core"},
	} {
		if got := remains(get(t, p, "/repos/acme/app", "If-None-Match", etag, "Authorization", "token "+test.token)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	p.Push("acme/app", githubtest.Push{Files: map[string]string{"x": "y"}})
	if got, want := remains(get(t, p, "/repos/acme/app", "If-None-Match", etag)), "200 4998/5000 core"; got != want {
		t.Errorf("changed: got %s, want %s", got, want)
	}
}

func TestMinuteLimits(t *testing.T) {
	for _, test := range []struct {
		name    string
		tooMany bool
		limits  githubtest.Limits
		ask     func(t *testing.T, p *githubtest.Peer) *http.Response
		status  int
	}{
		{"REST", false, githubtest.Limits{RESTMinute: 3}, func(t *testing.T, p *githubtest.Peer) *http.Response { return get(t, p, "/user") }, 403},
		{"REST by 429", true, githubtest.Limits{RESTMinute: 3}, func(t *testing.T, p *githubtest.Peer) *http.Response { return get(t, p, "/user") }, 429},
		{"GraphQL", false, githubtest.Limits{GraphQLMinute: 3}, func(t *testing.T, p *githubtest.Peer) *http.Response {
			_, resp := query(t, p, `{ rateLimit { cost } }`, nil)
			return resp
		}, 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := acme(t, githubtest.Config{Limits: test.limits, TooMany: test.tooMany})
			for range 3 {
				if resp := test.ask(t, p); resp.StatusCode != 200 {
					t.Fatalf("got %d within the limit", resp.StatusCode)
				}
			}
			if resp := test.ask(t, p); resp.StatusCode != test.status || resp.Header.Get("Retry-After") != "60" {
				t.Errorf("got %d, retry after %q, want %d, 60", resp.StatusCode, resp.Header.Get("Retry-After"), test.status)
			}
			p.Advance(40 * time.Second)
			if resp := test.ask(t, p); resp.StatusCode != test.status || resp.Header.Get("Retry-After") != "20" {
				t.Errorf("got %d, retry after %q before its time, want %d, 20", resp.StatusCode, resp.Header.Get("Retry-After"), test.status)
			}
			p.Advance(20 * time.Second)
			if resp := test.ask(t, p); resp.StatusCode != 200 || p.Counts().Secondary != 2 {
				t.Errorf("got %d, %d violations, want 200, 2", resp.StatusCode, p.Counts().Secondary)
			}
		})
	}
}

// aliases is a query for so many repositories by name.
func aliases(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "r%d: repository(owner: \"acme\", name: \"app\") { name }\n", i)
	}
	return "{" + text.String() + "}"
}

func TestQueriesThatTakeTooLong(t *testing.T) {
	p := acme(t, githubtest.Config{})
	for i, test := range []struct {
		aliases, status, points int
	}{{100, 200, 1}, {120, 502, 12}, {120, 504, 23}, {60, 200, 24}} {
		_, resp := query(t, p, aliases(test.aliases), nil)
		if got := p.Counts().Points; resp.StatusCode != test.status || got != test.points {
			t.Errorf("query %d: got %d, %d points, want %d, %d", i, resp.StatusCode, got, test.status, test.points)
		}
	}
	if got := p.Counts().TimedOut; got != 2 {
		t.Errorf("got %d that took too long, want 2", got)
	}
}

// TestProcessorTime asks one query after another, each of 3 s, in a bubble of time: more than 60 s of a
// minute can only be reached by several at once.
func TestProcessorTime(t *testing.T) {
	for _, test := range []struct {
		name    string
		workers int
		violate bool
	}{{"one after another", 1, false}, {"two at once", 2, true}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := acme(t, githubtest.Config{Clock: hosttest.Wall{}, InProcess: true, Latency: true})
				begin := time.Now()
				var workers sync.WaitGroup
				for range test.workers {
					workers.Go(func() {
						for range 40 {
							query(t, p, aliases(32), nil)
						}
					})
				}
				workers.Wait()
				if got := p.Counts().Secondary > 0; got != test.violate {
					t.Errorf("got violated %v in %s, want %v", got, time.Since(begin), test.violate)
				}
			})
		})
	}
}

func TestTooManyAtOnce(t *testing.T) {
	for _, test := range []struct {
		atOnce  int
		violate bool
	}{{100, false}, {103, true}} {
		t.Run(fmt.Sprint(test.atOnce), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := acme(t, githubtest.Config{Clock: hosttest.Wall{}, InProcess: true, Latency: true})
				var workers sync.WaitGroup
				for range test.atOnce {
					workers.Go(func() { get(t, p, "/user") })
				}
				workers.Wait()
				if got := p.Counts(); got.Concurrent != test.atOnce || got.Secondary > 0 != test.violate {
					t.Errorf("got %d at once, %d violations, want %d, some: %v", got.Concurrent, got.Secondary, test.atOnce, test.violate)
				}
			})
		})
	}
}

func TestUnlimited(t *testing.T) {
	p := acme(t, githubtest.Config{Unlimited: true, Limits: githubtest.Limits{REST: 1, RESTMinute: 1, GraphQL: 1}})
	for range 3 {
		if got, want := remains(get(t, p, "/api/v3/user")), "200 / "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := data(t, p, `{ rateLimit { cost } }`, nil), `{"rateLimit":null}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := get(t, p, "/api/v3/rate_limit").StatusCode; got != 404 {
		t.Errorf("got %d, want 404: nothing is limited", got)
	}
}

// TestLatency asks on a clock that stands still but for what answers take.
func TestLatency(t *testing.T) {
	p := acme(t, githubtest.Config{Latency: true})
	query(t, p, aliases(10), nil)
	get(t, p, "/user")
	if got, want := p.Now().Sub(at(0)), 1020*time.Millisecond; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSkewedClock(t *testing.T) {
	p := acme(t, githubtest.Config{})
	p.Skew(10 * time.Minute)
	resp := get(t, p, "/user")
	if got, want := resp.Header.Get("Date"), "Mon, 01 Jun 2026 08:10:00 GMT"; got != want {
		t.Errorf("got date %s, want %s", got, want)
	}
	if got, want := resp.Header.Get("X-RateLimit-Reset"), fmt.Sprint(at(1).Add(10*time.Minute).Unix()); got != want {
		t.Errorf("got reset %s, want %s", got, want)
	}
}
