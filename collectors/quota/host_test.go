package quota_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// host is one that answers as a test says.
type host func(*http.Request) *http.Response

// RoundTrip implements http.RoundTripper.
func (h host) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return h(r), r.Context().Err()
}

func answer(status int, body string, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// through returns a client of a host at https://host.test with credentials; where none are given, with a secret in
// PRIVATE-TOKEN.
func through(t testing.TB, family quota.Family, h host, credentials ...quota.Credential) (*quota.Pool, *http.Client) {
	t.Helper()
	base, err := url.Parse("https://host.test/api/v4")
	check(t, err)
	if len(credentials) == 0 {
		credentials = []quota.Credential{quota.Static("token", "PRIVATE-TOKEN", "secret")}
	}
	pool := quota.New(quota.Config{Source: "host", Base: base, Family: family, Transport: h, Credentials: credentials})
	return pool, &http.Client{Transport: pool}
}

func fetch(t testing.TB, client *http.Client, method, address string) (int, error) {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader("{}"))
	check(t, err)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// TestRefusalsOfQueries looks for them in answers of status 200.
func TestRefusalsOfQueries(t *testing.T) {
	for _, test := range []struct {
		name, body string
		tries      int
		least      time.Duration
	}{
		{"points are used up", `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`, 2, 10 * time.Minute},
		{"asked too fast", `{"documentation_url":"https://docs.github.com","message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`, 2, time.Minute},
		{"partial", `{"data":{"a":null},"errors":[{"type":"NOT_FOUND","message":"no repository named rate limit exceeded"}]}`, 1, 0},
		{"another error", `{"errors":[{"type":"INTERNAL","message":"Something went wrong"}]}`, 1, 0},
		{"long", `{"data":"` + strings.Repeat("rate limit exceeded ", 1_000) + `"}`, 1, 0},
		{"no JSON", "rate limit exceeded", 1, 0},
		{"nothing", "", 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries, begin := 0, time.Now()
				_, client := through(t, quota.GitHub(), func(*http.Request) *http.Response {
					if tries++; tries > 1 {
						return answer(200, "{}")
					}
					return answer(200, test.body, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "1",
						"X-RateLimit-Reset", fmt.Sprint(begin.Add(10*time.Minute).Unix()), "X-RateLimit-Resource", "graphql")
				})
				status, err := fetch(t, client, http.MethodPost, "https://host.test/graphql")
				if status != 200 || err != nil || tries != test.tries {
					t.Errorf("got %d, %v after %d tries, want 200 after %d", status, err, tries, test.tries)
				}
				if took := time.Since(begin); took < test.least || took > test.least+30*time.Second {
					t.Errorf("took %s, want about %s", took, test.least)
				}
			})
		})
	}
}

// TestRetryAfter obeys what a host says, in seconds and as a date on its own clock, but stays away for a minute
// at least.
func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		header []string
		least  time.Duration
	}{
		{"seconds", 429, []string{"Retry-After", "90"}, 90 * time.Second},
		{"seconds with 403", 403, []string{"Retry-After", "90"}, 90 * time.Second},
		{"less than a minute", 429, []string{"Retry-After", "2"}, 2 * time.Second},
		{"a date", 429, []string{"Date", "Mon, 01 Jun 2026 08:00:00 GMT", "Retry-After", "Mon, 01 Jun 2026 08:03:00 GMT"}, 3 * time.Minute},
		{"nothing", 429, nil, time.Minute},
		{"nonsense", 429, []string{"Retry-After", "soon"}, time.Minute},
		{"not now", 503, []string{"Retry-After", "90"}, 90 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries, begin := 0, time.Now()
				_, client := through(t, quota.GitLab(), func(*http.Request) *http.Response {
					if tries++; tries > 1 {
						return answer(200, "{}")
					}
					return answer(test.status, "Retry later", test.header...)
				})
				status, err := fetch(t, client, http.MethodGet, "https://host.test/api/v4/version")
				if took := time.Since(begin); status != 200 || err != nil || took < test.least || took > test.least*3/2 {
					t.Errorf("got %d, %v after %s, want 200 after %s", status, err, took, test.least)
				}
			})
		})
	}
}

// TestWhatChangesSomething is sent once, whatever happens.
func TestWhatChangesSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		_, client := through(t, quota.GitHub(), func(*http.Request) *http.Response {
			tries++
			return answer(502, "")
		})
		if status, err := fetch(t, client, http.MethodPost, "https://host.test/repos/acme/app/issues"); status != 502 || err != nil || tries != 1 {
			t.Errorf("got %d, %v after %d tries, want 502 after one", status, err, tries)
		}
	})
}

// TestSecretsStayHome follows a redirection to another host, to another port, and to one without encryption.
func TestSecretsStayHome(t *testing.T) {
	for _, elsewhere := range []string{"https://storage.test/logs", "https://host.test:8443/logs", "http://host.test/logs"} {
		t.Run(elsewhere, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signed := map[string]bool{}
				pool, client := through(t, quota.GitLab(), func(r *http.Request) *http.Response {
					signed[r.URL.String()] = r.Header.Get("PRIVATE-TOKEN") != ""
					if r.URL.String() == elsewhere {
						return answer(200, "the log")
					}
					return answer(302, "", "Location", elsewhere)
				})
				const first = "https://host.test/api/v4/jobs/1/trace"
				if status, err := fetch(t, client, http.MethodGet, first); status != 200 || err != nil {
					t.Errorf("got %d, %v, want 200", status, err)
				}
				if diff := cmp.Diff(map[string]bool{first: true, elsewhere: false}, signed); diff != "" {
					t.Errorf("signed (-want +got):\n%s", diff)
				}
				want := []quota.Spent{{Source: "host", Resource: "elsewhere", Requests: 1}, {Source: "host", Resource: quota.REST, Requests: 1}}
				if diff := cmp.Diff(want, pool.Spent()); diff != "" {
					t.Errorf("spent (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestUnlimited(t *testing.T) {
	within(t, githubtest.Config{Unlimited: true}, func(t *testing.T, peer *githubtest.Peer) {
		a, begin := ask(t, peer, quota.Config{Family: quota.GitHubEnterprise()}), time.Now()
		a.many(40, 2_000, a.user)
		if took := time.Since(begin); took > 3*time.Second || peer.Counts().Concurrent != 16 {
			t.Errorf("took %s with %d at once, want 2.5 s, 16", took, peer.Counts().Concurrent)
		}
		want := []quota.Spent{{Source: "github", Resource: quota.REST, Requests: 2_000}}
		if diff := cmp.Diff(want, a.pool.Spent()); diff != "" {
			t.Errorf("spent (-want +got):\n%s", diff)
		}
	})
}

// TestOverTheNetwork asks through the pool's own connections.
func TestOverTheNetwork(t *testing.T) {
	peer := githubtest.New(t, githubtest.Config{})
	base, err := url.Parse(peer.URL)
	check(t, err)
	pool := quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHub(), Credentials: []quota.Credential{token("token", githubtest.Secret)}})
	a := &asker{t: t, peer: peer, pool: pool, client: &http.Client{Transport: pool}}
	a.many(30, 100, a.user)
	peer.Fail(githubtest.Fault{Failure: githubtest.Cut})
	if _, err := a.cheap(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want %v", err, io.ErrUnexpectedEOF)
	}
	a.many(30, 100, a.cheap)
	if got := peer.Counts(); got.Requests != 201 || got.Concurrent > 16 {
		t.Errorf("got %d requests, %d at once, want 201, at most 16", got.Requests, got.Concurrent)
	}
}

// FuzzAnswers has a host say all kinds of things: whoever asks gets its answer as it is, or an error.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"errors":[{"type":"RATE_LIMITED"}]}`, "", "0", "1", "")
	f.Add(403, `{"message":"API rate limit exceeded"}`, "60", "5000", "946684900", "Sat, 01 Jan 2000 00:00:00 GMT")
	f.Add(429, "Retry later", "Fri, 31 Dec 9999 23:59:59 GMT", "-1", "9223372036854775807", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Add(503, "", "4294967295", "x", "-9223372036854775808", "x")
	f.Fuzz(func(t *testing.T, status int, body, retry, remaining, reset, date string) {
		if status < 100 || status > 999 || status/100 == 3 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			_, client := through(t, quota.GitHub(), func(*http.Request) *http.Response {
				return answer(status, body, "Retry-After", retry, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", remaining, "X-RateLimit-Reset", reset, "Date", date)
			})
			for range 3 {
				resp, err := client.Post("https://host.test/graphql", "application/json", strings.NewReader("{}"))
				if err != nil {
					continue
				}
				got, err := io.ReadAll(resp.Body)
				check(t, err)
				check(t, resp.Body.Close())
				if string(got) != body || resp.StatusCode != status {
					t.Errorf("got %d %q, want %d %q", resp.StatusCode, got, status, body)
				}
			}
		})
	})
}

// TestBudget shares a cap between two hosts.
func TestBudget(t *testing.T) {
	within(t, githubtest.Config{Tokens: tokens()}, func(t *testing.T, peer *githubtest.Peer) {
		budget, total := quota.NewBudget(5), &quota.Counter{}
		a := ask(t, peer, quota.Config{Budget: budget, Counter: total, Credentials: []quota.Credential{token("a", "githubtest-a")}})
		b := ask(t, peer, quota.Config{Budget: budget, Counter: total, Credentials: []quota.Credential{token("b", "githubtest-b")}})
		for i, one := range []func() (int, error){a.user, b.user, a.cheap, b.cheap, a.user, a.user, b.cheap} {
			status, err := one()
			if i < 5 && status != 200 || i >= 5 && !errors.Is(err, quota.ErrBudget) {
				t.Errorf("request %d: got %d, %v, want that five are allowed", i, status, err)
			}
		}
		if got := peer.Counts().Requests; got != 5 || budget.Used() != 5 {
			t.Errorf("got %d requests, %d used, want 5", got, budget.Used())
		}
		want := []quota.Spent{
			{Source: "github", Resource: quota.GraphQL, Requests: 2, Points: 2},
			{Source: "github", Resource: quota.REST, Requests: 3, Points: 3},
		}
		if diff := cmp.Diff(want, total.Spent()); diff != "" {
			t.Errorf("spent over both (-want +got):\n%s", diff)
		}
	})
}

// TestResources tells what counts against which allowance.
func TestResources(t *testing.T) {
	for address, want := range map[string]string{
		"https://host.test/graphql":                                     quota.GraphQL,
		"https://host.test/api/graphql":                                 quota.GraphQL,
		"https://host.test/repos/acme/graphql":                          quota.REST,
		"https://host.test/api/v3/repos/acme/search":                    quota.REST,
		"https://host.test/search/repositories?q=x":                     quota.Search,
		"https://host.test/api/v3/search/code":                          "code-search",
		"https://host.test/rate_limit":                                  quota.REST,
		"https://host.test/api/v4/projects/1/repository/files/go%2Emod": quota.REST,
	} {
		t.Run(address, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pool, client := through(t, quota.GitHub(), func(*http.Request) *http.Response { return answer(200, "{}") })
				_, err := fetch(t, client, http.MethodGet, address)
				check(t, err)
				if got := pool.Spent(); len(got) != 1 || got[0].Resource != want {
					t.Errorf("got %+v, want %s", got, want)
				}
			})
		})
	}
}

// TestBegin begins a second run: it has a budget of its own, and knows what the first one learned.
func TestBegin(t *testing.T) {
	within(t, githubtest.Config{Tokens: tokens(), Limits: githubtest.Limits{REST: 4}}, func(t *testing.T, peer *githubtest.Peer) {
		a := ask(t, peer, quota.Config{Budget: quota.NewBudget(3), Wait: time.Minute, Credentials: []quota.Credential{token("a", "githubtest-a")}})
		expect := func(run string, want error) {
			t.Helper()
			if _, err := a.user(); !errors.Is(err, want) {
				t.Errorf("%s: got %v, want %v", run, err, want)
			}
		}
		for range 3 {
			expect("first run", nil)
		}
		expect("first run, over its budget", quota.ErrBudget)
		a.pool.Begin(nil)
		expect("second run", nil)
		var exhausted *quota.Exhausted
		if _, err := a.user(); !errors.As(err, &exhausted) {
			t.Errorf("second run: got %v, want that the allowance which the first one began is exhausted", err)
		}
		if got := peer.Counts().Requests; got != 4 {
			t.Errorf("got %d requests, want 4: none to find out what was known", got)
		}
	})
}
