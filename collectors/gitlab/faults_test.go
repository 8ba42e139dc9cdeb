package gitlab_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// failures are all ways in which an answer can be bad, but for those that take time.
func failures() []gitlabtest.Failure {
	return []gitlabtest.Failure{
		gitlabtest.BadToken, gitlabtest.Scope, gitlabtest.Forbidden, gitlabtest.Missing, gitlabtest.Gone, gitlabtest.Unprocessable, gitlabtest.TooMany, gitlabtest.TooOften,
		gitlabtest.Blocked, gitlabtest.Internal, gitlabtest.BadGateway, gitlabtest.Unavailable, gitlabtest.GatewayTimeout, gitlabtest.Cut, gitlabtest.HTML,
	}
}

const groupProjects = "GET /groups/{id}/projects"

// TestBadLists scans while the list of projects cannot be read: nothing is known of any then, and what was known
// stays.
func TestBadLists(t *testing.T) {
	for _, failure := range failures() {
		t.Run(string(failure), func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.scan()
			readings := len(s.store.Readings)
			s.peer.Fail(gitlabtest.Fault{Failure: failure, Route: groupProjects, Times: -1})
			got := s.scan()
			if got.Repos != 0 || len(got.Partial) != 1 || len(s.store.Readings) != readings || !strings.HasPrefix(got.Partial[0], "gitlab: list the repositories of gitlab.invalid/acme: ") {
				t.Errorf("the scan came to %+v, want no list", got)
			}
			if strings.ContainsAny(strings.Join(got.Partial, ""), "<\n") || strings.Contains(got.Partial[0], gitlabtest.Secret) {
				t.Errorf("got %q, want words for people", got.Partial[0])
			}
			s.peer.Heal()
			s.peer.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": "module healed\n"}})
			if got := s.scan(); got.Repos != 3 || len(got.Changed) != 1 || len(got.Partial) != 0 {
				t.Errorf("the scan after it came to %+v", got)
			}
		})
	}
}

// TestBadQueries scans while GraphQL cannot be asked. What comes of having asked too much is asked for by REST then;
// else the projects are unknown.
func TestBadQueries(t *testing.T) {
	overloads := map[gitlabtest.Failure]bool{gitlabtest.Unprocessable: true, gitlabtest.Internal: true, gitlabtest.BadGateway: true, gitlabtest.Unavailable: true,
		gitlabtest.GatewayTimeout: true, gitlabtest.Cut: true, gitlabtest.HTML: true}
	reasons := map[gitlabtest.Failure]metrics.Reason{gitlabtest.BadToken: metrics.ReasonForbidden, gitlabtest.Scope: metrics.ReasonForbidden, gitlabtest.Forbidden: metrics.ReasonForbidden,
		gitlabtest.Missing: metrics.ReasonForbidden, gitlabtest.Blocked: metrics.ReasonForbidden}
	for _, failure := range failures() {
		t.Run(string(failure), func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.peer.Fail(gitlabtest.Fault{Failure: failure, Route: gitlabtest.GraphQL, Times: -1})
			got := s.scan()
			if overloads[failure] {
				if got.Unknown != 0 || s.store.Files(host + "acme/app")["go.mod"] != "module app\n" {
					t.Errorf("the scan came to %+v with %v, want all read by REST", got, s.store.Files(host+"acme/app"))
				}
				return
			}
			want := reasons[failure]
			if want == "" {
				want = metrics.ReasonUnreadable
			}
			if got.Unknown != 3 || got.Problems[0].Reason != want || strings.ContainsAny(got.Problems[0].Detail, "<\n") {
				t.Errorf("the scan came to %+v, want three unknown as %s", got, want)
			}
			s.peer.Heal()
			if got := s.scan(); got.Repos != 3 || got.Unknown != 0 || s.store.Files(host + "acme/app")["go.mod"] != "module app\n" {
				t.Errorf("the scan after it came to %+v", got)
			}
			s.requests(5)
		})
	}
}

// TestBadAnswersNowAndThen lets one answer in three fail, of whatever route.
func TestBadAnswersNowAndThen(t *testing.T) {
	for _, failure := range []gitlabtest.Failure{gitlabtest.Internal, gitlabtest.Cut, gitlabtest.HTML} {
		s := newScanner(t, gitlabtest.Config{})
		s.peer.Generate(gitlabtest.Fleet{Projects: 60})
		for after := range 40 {
			s.peer.Fail(gitlabtest.Fault{Failure: failure, Route: gitlabtest.GraphQL, After: after % 3})
		}
		if got := s.scan(); got.Repos != 61 || got.Unknown != 0 {
			t.Errorf("%s: the scan came to %+v, want all read", failure, got)
		}
	}
}

// TestFaultsOfOneProject fails for one project and for no other.
func TestFaultsOfOneProject(t *testing.T) {
	for _, test := range []struct {
		failure gitlabtest.Failure
		reason  metrics.Reason
	}{
		{gitlabtest.Missing, metrics.ReasonForbidden},
		{gitlabtest.Forbidden, metrics.ReasonForbidden},
		{gitlabtest.Blocked, metrics.ReasonForbidden},
		{gitlabtest.Gone, metrics.ReasonForbidden},
	} {
		t.Run(string(test.failure), func(t *testing.T) {
			s := acme(t, gitlabtest.Config{})
			s.peer.Fail(gitlabtest.Fault{Failure: test.failure, Repo: "acme/app", Times: -1})
			got := s.scan()
			if got.Repos != 3 || got.Unknown != 1 || got.Problems[0].Repo != host+"acme/app" || got.Problems[0].Reason != test.reason {
				t.Errorf("the scan came to %+v, want one unknown as %s", got, test.reason)
			}
			s.peer.Heal()
			if got := s.scan(); got.Repos != 3 || got.Unknown != 0 || len(got.Changed) != 1 {
				t.Errorf("the scan after it came to %+v", got)
			}
		})
	}
}

func TestNulls(t *testing.T) {
	for _, route := range []string{groupProjects, gitlabtest.GraphQL, ""} {
		s := acme(t, gitlabtest.Config{})
		s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Nulls, Route: route, Times: -1})
		got := s.scan()
		if got.Repos != 3 || len(got.Partial) != 0 || route == groupProjects && got.Unknown != 0 {
			t.Errorf("%q: the scan came to %+v", route, got)
		}
		s.peer.Heal()
		if got := s.scan(); got.Repos != 3 || got.Unknown != 0 || s.store.Files(host + "acme/app")["go.mod"] != "module app\n" {
			t.Errorf("%q: the scan after it came to %+v", route, got)
		}
	}
}

// TestPartialAnswers lets GraphQL leave out every other repository with an error.
func TestPartialAnswers(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.peer.Generate(gitlabtest.Fleet{Projects: 40})
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Partial, Route: gitlabtest.GraphQL, Times: -1})
	if got := s.scan(); got.Repos != 41 || got.Unknown != 0 {
		t.Errorf("the scan came to %+v, want all read", got)
	}
}

// TestTimeOuts scans a host that does not answer a query.
func TestTimeOuts(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Hang, Route: gitlabtest.GraphQL, Times: -1})
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.URL.Path, "/graphql") {
				return next.RoundTrip(r)
			}
			ctx, cancel := context.WithTimeout(r.Context(), time.Millisecond)
			defer cancel()
			return next.RoundTrip(r.WithContext(ctx))
		})
	}
	if got := s.scan(); got.Unknown != 0 || s.store.Files(host + "acme/app")["go.mod"] != "module app\n" {
		t.Errorf("the scan came to %+v, want all read by REST", got)
	}
}

// TestATokenThatExpiresMeanwhile ends a token after the list.
func TestATokenThatExpiresMeanwhile(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/graphql") {
				s.peer.Revoke(gitlabtest.Secret)
			}
			return next.RoundTrip(r)
		})
	}
	got := s.scan()
	if got.Unknown != 3 || got.Problems[0].Reason != metrics.ReasonForbidden || !strings.Contains(got.Problems[0].Detail, "GitLab answers 401: Token was revoked.") {
		t.Errorf("the scan came to %+v, want three forbidden", got)
	}
}

// TestATokenThatAPoolGivesUp reads through a pool, which does not ask any more once its token was refused.
func TestATokenThatAPoolGivesUp(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.scan()
	s.wrap = func(http.RoundTripper) http.RoundTripper {
		base, err := url.Parse(s.peer.URL)
		if err != nil {
			t.Fatal(err)
		}
		return quota.New(quota.Config{Source: "gitlab", Base: base, Family: quota.GitLab(), Transport: s.peer.Transport(),
			Credentials: []quota.Credential{quota.Static("token 1", "PRIVATE-TOKEN", "wrong")}})
	}
	err := s.source().Check(t.Context())
	if want := "gitlab.invalid refuses the credentials (token 1): they may be wrong, expired or revoked"; err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "http") {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := s.scan(); got.Repos != 0 || len(got.Partial) != 1 || strings.Contains(got.Partial[0], "http") {
		t.Errorf("the scan came to %+v, want no list", got)
	}
}

// TestGuests scans with a token that sees projects and not their files.
func TestGuests(t *testing.T) {
	s := acme(t, gitlabtest.Config{Tokens: []gitlabtest.Token{{Value: gitlabtest.Secret, User: "gus", Member: true}}})
	s.peer.AddMember("acme/Pay", gitlabtest.Member{User: "gus", Access: gitlabtest.Guest})
	got := s.scan()
	if got.Repos != 2 || got.Unknown != 1 || got.Problems[0].Repo != host+"acme/pay/gateway" || got.Problems[0].Reason != metrics.ReasonForbidden {
		t.Errorf("the scan came to %+v, want what is internal, and one forbidden", got)
	}
}

func TestNamedProjectsThatAreNotThere(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.config.Group, s.config.Projects = "", []string{"acme/app", "acme/nowhere"}
	got := s.scan()
	if got.Repos != 2 || got.Unknown != 1 || got.Problems[0].Repo != host+"acme/nowhere" || got.Problems[0].Reason != metrics.ReasonForbidden {
		t.Errorf("the scan came to %+v, want one forbidden", got)
	}
}

// TestASpentBudget stops in the middle and goes on with the next scan.
func TestASpentBudget(t *testing.T) {
	for _, most := range []int{0, 1, 2, 3} {
		s := newScanner(t, gitlabtest.Config{})
		s.peer.Generate(gitlabtest.Fleet{Projects: 250})
		var requests, allowed atomic.Int64
		allowed.Store(int64(most))
		s.wrap = func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if n := allowed.Load(); requests.Add(1) > n+2 && n > 0 {
					return nil, fmt.Errorf("gitlab: %w", quota.ErrBudget)
				}
				return next.RoundTrip(r)
			})
		}
		got := s.scan()
		if got.Unknown != 0 || most > 0 && (len(got.Partial) == 0 || got.Repos == 251) {
			t.Errorf("%d: the scan came to %+v, want none unknown", most, got)
		}
		allowed.Store(0)
		if got := s.scan(); got.Unknown != 0 || got.Repos != 251 || len(got.Partial) != 0 {
			t.Errorf("the scan after it came to %+v, want all", got)
		}
	}
}

func TestCheck(t *testing.T) {
	tokens := []gitlabtest.Token{
		{Value: gitlabtest.Secret, User: "robot"}, {Value: "reader", User: "robot", Scopes: []string{"read_api"}}, {Value: "narrow", User: "robot", Scopes: []string{"read_repository", "read_user"}},
		{Value: "old", User: "robot", Expires: gitlabtest.Start}, {Value: "stranger", User: "eve", Member: true}}
	for _, test := range []struct {
		name, token string
		fail        gitlabtest.Fault
		group, user string
		projects    []string
		want        string // "" for nothing
	}{
		{name: "a token that sees all", token: gitlabtest.Secret},
		{name: "one that may read", token: "reader"},
		{name: "one that lacks the scope", token: "narrow", want: "the token for gitlab.invalid lacks the scope read_api, it has read_repository, read_user"},
		{name: "no such token", token: "nonsense", want: "gitlab.invalid refuses the credentials: GitLab answers 401: Unauthorized"},
		{name: "one that expired", token: "old", want: "gitlab.invalid refuses the credentials: GitLab answers 401: Token is expired."},
		{name: "one that does not see the group", token: "stranger", group: "acme/Pay", want: "there is no group acme/Pay on gitlab.invalid, or the token does not see it"},
		{name: "nobody, where all is public", token: "none", group: "open"},
		{name: "nobody", token: "none", want: "there is no group acme on gitlab.invalid"},
		{name: "some by name that are not there", token: gitlabtest.Secret, projects: []string{"acme/nowhere"}},
		{name: "no such user", token: gitlabtest.Secret, user: "nobody", want: "there is no user nobody on gitlab.invalid, or the token does not see it"},
		{name: "a server that knows nothing of tokens", token: gitlabtest.Secret, fail: gitlabtest.Fault{Failure: gitlabtest.Missing, Route: "GET /personal_access_tokens/self"}},
		{name: "a server that is down", token: gitlabtest.Secret, fail: gitlabtest.Fault{Failure: gitlabtest.Unavailable, Times: -1}, want: "ask gitlab.invalid: GitLab answers 503: Service Unavailable"},
		{name: "a page for people", token: gitlabtest.Secret, fail: gitlabtest.Fault{Failure: gitlabtest.HTML, Times: -1}, want: "http://gitlab.invalid answers, but not as GitLab does (200, with a page for people): "},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t, gitlabtest.Config{Tokens: tokens})
			s.token = test.token
			s.peer.AddGroup("open", gitlabtest.Group{Visibility: "public"})
			if s.config.Group = cmp.Or(test.group, "acme"); test.user != "" || test.projects != nil {
				s.config.Group, s.config.User, s.config.Projects = "", test.user, test.projects
			}
			if test.token == "none" {
				s.wrap = func(http.RoundTripper) http.RoundTripper { return s.peer.Transport() }
			}
			if test.fail.Failure != "" {
				s.peer.Fail(test.fail)
			}
			err := s.source().Check(t.Context())
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v, want nothing", err)
			case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want) || !errors.Is(err, metrics.ErrUnavailable)):
				t.Errorf("got %v, want %s", err, test.want)
			case err != nil && (strings.Contains(err.Error(), test.token) || strings.Contains(err.Error(), "<")):
				t.Errorf("got %v, with a secret or a page", err)
			}
		})
	}
}

func TestConfigsThatCannotBe(t *testing.T) {
	now := func() metrics.Instant { return 0 }
	for name, config := range map[string]gitlab.Config{
		"nothing to read":  {Now: now},
		"two at once":      {Now: now, Group: "acme", User: "ana"},
		"no clock":         {Group: "acme"},
		"no project":       {Now: now, Projects: []string{"acme"}},
		"a glob":           {Now: now, Group: "acme", Include: []string{"[a"}},
		"a watched glob":   {Now: now, Group: "acme", Watch: metrics.WatchSet{Whole: []string{"[a"}}},
		"an address":       {Now: now, Group: "acme", URL: "gitlab"},
		"a broken address": {Now: now, Group: "acme", URL: "https://a b/"},
	} {
		if _, err := gitlab.New(config); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got %v, want that it is invalid", name, err)
		}
	}
}

// TestWithinLimits scans through a pool in a bubble of time: no limit is reached, and none that no header tells of.
func TestWithinLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := gitlabtest.New(t, gitlabtest.Config{Clock: hosttest.Wall{}, InProcess: true, Latency: 50 * time.Millisecond, Limits: gitlabtest.Limits{Minute: 20, GroupProjects: 600}})
		peer.Generate(gitlabtest.Fleet{Projects: 1_000})
		base, err := url.Parse(peer.URL)
		if err != nil {
			t.Fatal(err)
		}
		pool := quota.New(quota.Config{Source: "gitlab", Base: base, Family: quota.GitLab(), Transport: peer.Transport(),
			Credentials: []quota.Credential{quota.Static("token", "PRIVATE-TOKEN", gitlabtest.Secret)}})
		now := func() metrics.Instant { return metrics.At(time.Now()) }
		source, err := gitlab.New(gitlab.Config{Name: "gitlab", Group: "acme", URL: peer.URL, Client: &http.Client{Transport: pool}, Watch: metrics.DefaultWatch(), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		got, err := collectors.Run(t.Context(), collectors.Options{Sources: []collectors.Source{source}, Store: collectorstest.New(), Workers: 4, Log: slog.New(slog.DiscardHandler), Now: time.Now})
		if err != nil || got.Repos != 1_001 || got.Unknown != 0 {
			t.Fatalf("the scan came to %+v, %v", got, err)
		}
		if counts := peer.Counts(); counts.Exhausted > 0 || counts.Refused > 0 || time.Since(begun) < time.Minute {
			t.Errorf("got %+v in %s, want no limit reached in some minutes", counts, time.Since(begun))
		}
	})
}
