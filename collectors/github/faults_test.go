package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestListsThatFail has the list of repositories fail for good: nothing is concluded of it, and when it works again
// nothing is missing.
func TestListsThatFail(t *testing.T) {
	tests := []struct {
		failure githubtest.Failure
		says    string
	}{
		{githubtest.BadToken, "GitHub answers 401: Bad credentials"},
		{githubtest.Forbidden, "GitHub answers 403: Resource not accessible"},
		{githubtest.Gone, "GitHub answers 410"},
		{githubtest.Unprocessable, "GitHub answers 422: Validation Failed"},
		{githubtest.TooMany, "429"},
		{githubtest.Secondary, "secondary rate limit"},
		{githubtest.Blocked, "GitHub answers 451"},
		{githubtest.Internal, "GitHub answers 500"},
		{githubtest.BadGateway, "GitHub answers 502: Bad Gateway"},
		{githubtest.Unavailable, "GitHub answers 503"},
		{githubtest.GatewayTimeout, "GitHub answers 504"},
		{githubtest.Cut, "the answer is none"},
		{githubtest.HTML, "the answer is none"},
		{githubtest.NullNodes, "repositories are not shown"},
	}
	for _, test := range tests {
		t.Run(string(test.failure), func(t *testing.T) {
			s := acme(t)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "web"})
			s.peer.Fail(githubtest.Fault{Failure: test.failure, Route: githubtest.GraphQL, Times: -1})
			got := s.scan()
			if len(got.Partial) != 1 || !strings.Contains(got.Partial[0], test.says) || !strings.Contains(got.Partial[0], "github.invalid/acme") {
				t.Errorf("the scan says %q, want %q", got.Partial, test.says)
			}
			if len(s.store.Listed) != 0 {
				t.Errorf("a listing was written: %+v", s.store.Listed)
			}
			s.peer.Heal()
			s.peer.Advance(time.Hour)
			if got := s.scan(); got.Repos != 2 || got.Unknown != 0 || len(got.Partial) != 0 {
				t.Errorf("once it works the scan came to %+v", got)
			}
		})
	}
}

// TestRepositoriesThatFail has one of three repositories fail, for good: the others are read, and it is asked for again
// until it can be.
func TestRepositoriesThatFail(t *testing.T) {
	tests := []struct {
		failure githubtest.Failure
		reason  metrics.Reason
		says    string
	}{
		{githubtest.Missing, metrics.ReasonForbidden, "it is not there, or the token does not see it"},
		{githubtest.Forbidden, metrics.ReasonForbidden, "SAML"},
		{githubtest.Blocked, metrics.ReasonForbidden, "SAML"},
		{githubtest.Internal, metrics.ReasonUnreadable, "GitHub answers 500"},
		{githubtest.BadGateway, metrics.ReasonUnreadable, "GitHub answers 502"},
		{githubtest.Gone, metrics.ReasonUnreadable, "GitHub answers 410"},
		{githubtest.Unprocessable, metrics.ReasonUnreadable, "GitHub answers 422"},
		{githubtest.Cut, metrics.ReasonUnreadable, "the answer is none of GitHub's: it is cut, or a page for people"},
		{githubtest.HTML, metrics.ReasonUnreadable, ""},
	}
	for _, test := range tests {
		t.Run(string(test.failure), func(t *testing.T) {
			s := acme(t)
			for _, name := range []string{"bad", "web"} {
				s.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"ci.yml": "x"}})
			}
			fail := func(p *githubtest.Peer) {
				for _, route := range []string{"GET /repos/{owner}/{repo}", "GET /repos/{owner}/{repo}/git/trees/{sha...}"} {
					p.Fail(githubtest.Fault{Failure: test.failure, Route: route, Repo: "acme/bad", Times: -1})
				}
			}
			fail(s.peer)
			s.wrap = broken("acme", "bad", test.failure)
			got := s.scan()
			if got.Repos != 3 || got.Unknown != 1 || len(got.Partial) != 0 {
				t.Fatalf("the scan came to %+v", got)
			}
			if p := got.Problems[0]; p.Repo != host+"acme/bad" || p.Reason != test.reason || !strings.Contains(p.Detail, test.says) {
				t.Errorf("the problem is %+v, want %s, %q", p, test.reason, test.says)
			}
			if got := len(s.store.Files(host + "acme/web")); got != 1 {
				t.Errorf("%d files of the other one are known, want 1", got)
			}
			if again := s.scan(); again.Unknown != 1 || again.Repos != 3 {
				t.Errorf("the second scan came to %+v", again)
			}
			s.peer.Heal()
			s.wrap = nil
			if got := s.scan(); got.Unknown != 0 || got.Repos != 3 {
				t.Errorf("once it works the scan came to %+v", got)
			}
			if got := s.store.Files(host + "acme/bad")["ci.yml"]; got != "x" {
				t.Errorf("its file says %q", got)
			}
			s.scan()
			s.requests(1)
		})
	}
}

// broken lets the peer's fault of a repository hold in queries for trees and files, but not in lists, in which GitHub
// shows it all the same.
func broken(owner, name string, failure githubtest.Failure) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			body := text(r)
			if !strings.Contains(body, "repository(owner") || !strings.Contains(body, fmt.Sprintf("%q", name)) {
				return next.RoundTrip(r)
			}
			kind := map[githubtest.Failure]string{githubtest.Missing: "NOT_FOUND", githubtest.Forbidden: "FORBIDDEN", githubtest.Blocked: "FORBIDDEN"}[failure]
			return spoiled(next, r, owner, name, kind)
		})
	}
}

// TestAnswersInPart has the host answer only part of what is asked for at once: in the end all is read.
func TestAnswersInPart(t *testing.T) {
	for _, failure := range []githubtest.Failure{githubtest.Partial, githubtest.BadGateway, githubtest.GatewayTimeout, githubtest.Cut, githubtest.HTML, githubtest.Internal} {
		for _, times := range []int{1, 3, 8} {
			t.Run(fmt.Sprint(failure, times), func(t *testing.T) {
				s := newScanner(t, githubtest.Config{})
				s.peer.Generate(githubtest.Fleet{Repos: 120})
				s.peer.Fail(githubtest.Fault{Failure: failure, Route: githubtest.GraphQL, After: 3, Times: times})
				if got := s.scan(); got.Repos != 121 || got.Unknown != 0 || len(got.Partial) != 0 {
					t.Fatalf("the scan came to %+v", got)
				}
				if got := len(s.store.Files(host + "acme/repo-00000")); got != 2 {
					t.Errorf("%d files of the first one are known, want 2", got)
				}
				for _, b := range s.store.Blobs {
					if b.Status != metrics.BlobRead {
						t.Fatalf("a blob is %+v", b)
					}
				}
			})
		}
	}
}

// TestTokensThatExpire has the token end while repositories are read.
func TestTokensThatExpire(t *testing.T) {
	s := newScanner(t, githubtest.Config{})
	s.peer.Generate(githubtest.Fleet{Repos: 120})
	s.peer.Fail(githubtest.Fault{Failure: githubtest.BadToken, After: 5, Times: -1})
	got := s.scan()
	if got.Unknown == 0 && len(got.Partial) == 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	for _, p := range got.Problems {
		if p.Reason != metrics.ReasonForbidden {
			t.Fatalf("a problem is %+v", p)
		}
	}
	s.peer.Heal()
	if got := s.scan(); got.Repos != 121 || got.Unknown != 0 {
		t.Errorf("with another token the scan came to %+v", got)
	}
}

// TestNulls has everything null that the schema lets be null.
func TestNulls(t *testing.T) {
	s := acme(t)
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Nulls, Route: githubtest.GraphQL, Times: -1})
	s.scan()
	s.peer.Heal()
	if got := s.scan(); got.Unknown != 0 {
		t.Errorf("once it works the scan came to %+v", got)
	}
	if got := s.store.Files(host + "acme/pay")["ci.yml"]; got != "on: push\n" {
		t.Errorf("its file says %q", got)
	}
}

// TestHangs has the host not answer until the run ends.
func TestHangs(t *testing.T) {
	s := acme(t)
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Hang, Route: githubtest.GraphQL, After: 1, Times: -1})
	ctx, cancel := context.WithCancel(context.Background())
	s.ctx = ctx
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(text(r), "fragment tree") {
				cancel()
			}
			return next.RoundTrip(r)
		})
	}
	if err := s.try(); !errors.Is(err, context.Canceled) || s.summary.Unknown > 0 || len(s.store.Listed) > 0 {
		t.Errorf("the scan came to %+v, %v", s.summary, err)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		set  func(*scanner)
		says string
	}{
		{"all is well", func(*scanner) {}, ""},
		{"a wrong token", func(s *scanner) { s.token = "wrong" }, "github.invalid refuses the credentials: GitHub answers 401: Bad credentials"},
		{"a scope is missing", func(s *scanner) {
			s.peer.AddToken(githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"gist", "read:org"}})
			s.token = "narrow"
		}, "the token for github.invalid lacks the scope repo"},
		{"public repositories", func(s *scanner) {
			s.peer.AddToken(githubtest.Token{Value: "public", Login: "ana", Scopes: []string{"public_repo"}})
			s.token = "public"
		}, ""},
		{"no limits", func(s *scanner) {
			*s = *newScanner(s.t, githubtest.Config{Unlimited: true})
			s.config.Org, s.config.Repos = "", []string{"acme/pay"}
		}, ""},
		{"nothing allowed but what is free", func(s *scanner) { s.peer.Use("robot", 5000, 0) }, ""},
		{"an organisation that is not told of", func(s *scanner) {
			s.peer.Fail(githubtest.Fault{Failure: githubtest.Forbidden, Route: "GET /orgs/{org}", Times: -1})
		}, ""},
		{"no such organisation", func(s *scanner) { s.config.Org = "typo" }, "there is no organisation typo on github.invalid, or the token does not see it"},
		{"no such user", func(s *scanner) { s.config.Org, s.config.User = "", "typo" }, "there is no user typo on github.invalid, or the token does not see it"},
		{"a user in place of an organisation", func(s *scanner) {
			s.peer.AddUser("ana")
			s.config.Org = "ana"
		}, "there is no organisation ana on github.invalid, but a user of that name: configure user: ana"},
		{"an organisation in place of a user", func(s *scanner) { s.config.Org, s.config.User = "", "acme" },
			"there is no user acme on github.invalid, but an organisation of that name: configure org: acme"},
		{"out of order", func(s *scanner) { s.peer.Fail(githubtest.Fault{Failure: githubtest.BadGateway, Times: -1}) }, "ask github.invalid: GitHub answers 502"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t)
			test.set(s)
			err := s.source().Check(t.Context())
			if test.says == "" && err != nil || test.says != "" && (!errors.Is(err, metrics.ErrUnavailable) || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			if test.name == "all is well" {
				s.requests(1)
			}
		})
	}
}

// TestSomebodyElseHasTheNameByNow renames a repository between the list and the reading, and gives its name away.
func TestSomebodyElseHasTheNameByNow(t *testing.T) {
	s := acme(t)
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(text(r), "fragment tree") && s.peer.Head("acme/pay") != "" && len(s.store.Rows) == 0 {
				s.wrap = nil
				s.peer.Rename("acme/pay", "payments")
				s.peer.AddRepo("acme", githubtest.Repo{Name: "pay"})
			}
			return next.RoundTrip(r)
		})
	}
	got := s.scan()
	if got.Unknown != 1 || !strings.Contains(got.Problems[0].Detail, "another repository has its name") {
		t.Errorf("the scan came to %+v", got)
	}
	if got := s.scan(); got.Unknown != 0 || s.store.Repo(host+"acme/payments").ID != metrics.NewRepoID(host+"acme/pay") {
		t.Errorf("the next scan came to %+v", got)
	}
}

// TestABlobThatIsGone takes a file's content away between the tree and the text: its repository is unknown, until the next
// scan.
func TestABlobThatIsGone(t *testing.T) {
	s := acme(t)
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(text(r), "fragment blob") {
				return answer(http.StatusOK, `{"data":{"r0":{"b0":null,"b1":null}}}`, r), nil
			}
			if strings.Contains(r.URL.Path, "/git/blobs/") {
				return answer(http.StatusNotFound, `{"message":"Not Found"}`, r), nil
			}
			return next.RoundTrip(r)
		})
	}
	if got := s.scan(); got.Unknown != 1 || got.Problems[0].Reason != metrics.ReasonMissingObjects {
		t.Errorf("the scan came to %+v", got)
	}
	s.wrap = nil
	if got := s.scan(); got.Unknown != 0 || s.store.Files(host + "acme/pay")["ci.yml"] == "" {
		t.Errorf("the next scan came to %+v, with files %q", got, s.store.Files(host+"acme/pay"))
	}
}
