package quota_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
)

// asker is whoever asks a peer through a pool.
type asker struct {
	t      testing.TB
	peer   *githubtest.Peer
	pool   *quota.Pool
	client *http.Client
	log    *bytes.Buffer
}

// ask returns an asker with one token, unless the config says otherwise.
func ask(t testing.TB, peer *githubtest.Peer, config quota.Config) *asker {
	t.Helper()
	base, err := url.Parse(peer.URL)
	check(t, err)
	a := &asker{t: t, peer: peer, log: &bytes.Buffer{}}
	config.Source, config.Base = "github", base
	if config.Transport == nil {
		config.Transport = peer.Transport()
	}
	config.Log = slog.New(slog.NewTextHandler(a.log, nil))
	if config.Family.Name == "" {
		config.Family = quota.GitHub()
	}
	if config.Credentials == nil {
		config.Credentials = []quota.Credential{token("token 1", githubtest.Secret)}
	}
	a.pool = quota.New(config)
	a.client = &http.Client{Transport: a.pool}
	t.Cleanup(func() {
		if strings.Contains(a.log.String(), "githubtest-") {
			t.Errorf("the log has a secret: %s", a.log)
		}
	})
	return a
}

func token(name, secret string) quota.Credential {
	return quota.Static(name, "Authorization", "Bearer "+secret)
}

// get asks REST, and returns the status of the answer.
func (a *asker) get(ctx context.Context, path string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.peer.URL+path, nil)
	check(a.t, err)
	return a.do(req)
}

// query asks GraphQL.
func (a *asker) query(ctx context.Context, text string) (int, error) {
	body, err := json.Marshal(map[string]string{"query": text})
	check(a.t, err)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.peer.URL+"/graphql", bytes.NewReader(body))
	check(a.t, err)
	return a.do(req)
}

func (a *asker) do(req *http.Request) (int, error) {
	resp, err := a.client.Do(req)
	if err != nil {
		return 0, clean(a.t, err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, clean(a.t, err)
}

// clean fails the test where an error has a secret.
func clean(t testing.TB, err error) error {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "githubtest-") {
		t.Errorf("the error has a secret: %v", err)
	}
	return err
}

// spent is what was spent of a resource.
func (a *asker) spent(resource string) quota.Spent {
	for _, s := range a.pool.Spent() {
		if s.Resource == resource {
			return s
		}
	}
	return quota.Spent{}
}

// many asks n times by so many workers, each of which must be answered by 200.
func (a *asker) many(workers, n int, one func() (int, error)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range workers {
		group.Go(func() {
			for range next {
				if status, err := one(); status != http.StatusOK || err != nil {
					a.t.Errorf("got %d, %v, want 200", status, err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

func (a *asker) user() (int, error) { return a.get(context.Background(), "/user") }

func (a *asker) cheap() (int, error) {
	return a.query(context.Background(), `{ rateLimit { remaining } }`)
}

// within runs a test in a bubble of time, with a peer whose clock is the bubble's.
func within(t *testing.T, config githubtest.Config, test func(t *testing.T, peer *githubtest.Peer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		config.Clock, config.InProcess, config.Latency = hosttest.Wall{}, true, true
		peer := githubtest.New(t, config)
		peer.AddOrganization("acme")
		peer.AddRepo("acme", githubtest.Repo{Name: "app", Files: map[string]string{"README.md": "# app\n"}})
		test(t, peer)
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cold is a query for what there is of so many repositories of a fleet, from the first one on.
func cold(first, n int) string {
	var text strings.Builder
	text.WriteString("fragment it on Repository { pushedAt workflows: object(expression: \"HEAD:.github/workflows\") { ... on Tree { oid entries { name oid } } }")
	for i, path := range []string{"Dockerfile", "go.mod", "package.json", ".github/CODEOWNERS", "catalog-info.yaml", "renovate.json", "Jenkinsfile"} {
		fmt.Fprintf(&text, " f%d: object(expression: \"HEAD:%s\") { oid ... on Blob { text isTruncated } }", i, path)
	}
	text.WriteString(" }\nquery {\n")
	for i := range n {
		fmt.Fprintf(&text, "r%d: repository(owner: \"acme\", name: \"repo-%05d\") { ...it }\n", i, first+i)
	}
	return text.String() + "}"
}

// TestAnHour reads 10,000 repositories and asks REST of every third, by far more readers than the processor's
// minute allows for.
func TestAnHour(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for 10,000 repositories")
	}
	within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
		peer.Generate(githubtest.Fleet{Repos: 10_000})
		a := ask(t, peer, quota.Config{})
		const queries, requests = 400, 3_333
		a.pool.Expect(quota.GraphQL, queries)
		a.pool.Expect(quota.REST, requests)
		begin := time.Now()
		var both sync.WaitGroup
		both.Go(func() {
			var mu sync.Mutex
			first := -25
			a.many(30, queries, func() (int, error) {
				mu.Lock()
				first += 25
				text := cold(first, 25)
				mu.Unlock()
				return a.query(context.Background(), text)
			})
		})
		both.Go(func() { a.many(30, requests, a.user) })
		both.Wait()
		got, took := peer.Counts(), time.Since(begin)
		if got.Secondary > 0 || got.Exhausted > 0 || got.TimedOut > 0 {
			t.Errorf("got %d violations, %d requests after exhaustion, %d time-outs, want none", got.Secondary, got.Exhausted, got.TimedOut)
		}
		if took > 30*time.Minute || got.Concurrent > 16 {
			t.Errorf("took %s with %d at once, want at most half an hour, 16", took, got.Concurrent)
		}
		graph, rest := a.spent(quota.GraphQL), a.spent(quota.REST)
		if graph.Requests != queries || graph.Points != got.Points || rest.Requests != requests || rest.Points != requests {
			t.Errorf("got %+v, %+v spent, want %d points in as many queries, %d requests", graph, rest, got.Points, requests)
		}
		t.Logf("%s, %d at once, %+v, %+v", took, got.Concurrent, graph, rest)
	})
}

// TestHours asks for more than two hours allow.
func TestHours(t *testing.T) {
	for _, test := range []struct {
		name   string
		limits githubtest.Limits
		skew   time.Duration
		used   int // by others, before
		one    func(*asker) (int, error)
		many   int
		hours  int // resets that it takes
	}{
		{"requests", githubtest.Limits{REST: 100}, 0, 0, (*asker).user, 250, 2},
		{"points", githubtest.Limits{GraphQL: 10}, 0, 0, (*asker).cheap, 25, 2},
		{"others asked, too", githubtest.Limits{REST: 100, GraphQL: 100}, 0, 60, (*asker).user, 150, 2},
		{"others used it all up but one", githubtest.Limits{REST: 100, GraphQL: 100}, 0, 99, (*asker).user, 50, 1},
		{"the host's clock is ahead", githubtest.Limits{REST: 100}, 10 * time.Minute, 0, (*asker).user, 250, 2},
		{"the host's clock is behind", githubtest.Limits{REST: 100}, -2 * time.Hour, 0, (*asker).user, 250, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: test.limits}, func(t *testing.T, peer *githubtest.Peer) {
				peer.Skew(test.skew)
				peer.Use("robot", test.used, test.used)
				a, begin := ask(t, peer, quota.Config{}), time.Now()
				a.pool.Expect(quota.REST, test.many)
				a.many(8, test.many, func() (int, error) { return test.one(a) })
				got := peer.Counts()
				if got.Exhausted > 0 || got.Secondary > 0 || got.Requests != test.many {
					t.Errorf("got %d requests, %d after exhaustion, %d violations, want %d, 0, 0", got.Requests, got.Exhausted, got.Secondary, test.many)
				}
				least := time.Duration(test.hours) * time.Hour
				if took := time.Since(begin); took < least-time.Minute || took > least+35*time.Minute {
					t.Errorf("took %s, want about %s", took, least)
				}
			})
		})
	}
}

// TestOthersUseItUp has others spend everything while the pool believes that there is some left: one request
// finds out, and none follows before the reset.
func TestOthersUseItUp(t *testing.T) {
	for name, one := range map[string]func(*asker) (int, error){"requests": (*asker).user, "points": (*asker).cheap} {
		t.Run(name, func(t *testing.T) {
			within(t, githubtest.Config{}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{})
				a.many(1, 3, func() (int, error) { return one(a) })
				peer.Use("robot", 5_000, 5_000)
				a.many(1, 3, func() (int, error) { return one(a) })
				if got := peer.Counts(); got.Exhausted != 1 || got.Requests != 7 {
					t.Errorf("got %d requests, %d after exhaustion, want 7, 1", got.Requests, got.Exhausted)
				}
			})
		})
	}
}

func TestMinutes(t *testing.T) {
	for _, test := range []struct {
		name   string
		limits githubtest.Limits
		one    func(*asker) (int, error)
		many   int
	}{
		{"requests", githubtest.Limits{}, (*asker).user, 2_500},
		{"processor time of queries", githubtest.Limits{}, func(a *asker) (int, error) {
			return a.query(context.Background(), repeated(60))
		}, 60},
		{"points of queries", githubtest.Limits{GraphQLCPU: time.Hour, CPU: time.Hour}, (*asker).cheap, 2_500},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: test.limits}, func(t *testing.T, peer *githubtest.Peer) {
				a := ask(t, peer, quota.Config{})
				a.pool.Expect(quota.REST, test.many)
				a.pool.Expect(quota.GraphQL, test.many)
				a.many(50, test.many, func() (int, error) { return test.one(a) })
				if got := peer.Counts(); got.Secondary > 0 || got.Concurrent > 16 || got.Requests != test.many {
					t.Errorf("got %d requests, %d violations, %d at once, want %d, 0, at most 16", got.Requests, got.Secondary, got.Concurrent, test.many)
				}
			})
		})
	}
}

// repeated is a query that takes the processor 90 ms for each of n.
func repeated(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "r%d: repository(owner: \"acme\", name: \"app\") { name }\n", i)
	}
	return "{" + text.String() + "}"
}
