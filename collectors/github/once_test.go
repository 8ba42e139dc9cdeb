package github_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestAccountsThatAreNotThereOnce has the list come without the account. Once, that is asked again, with the waiting that a
// limit takes; for good it is what it says.
func TestAccountsThatAreNotThereOnce(t *testing.T) {
	tests := []struct {
		kind  string
		times int
		says  string // where nothing can be read
	}{
		{"SERVICE_UNAVAILABLE", 1, ""}, {"SERVICE_UNAVAILABLE", 2, ""}, {"RATE_LIMITED", 1, ""}, {"RATE_LIMITED", 2, ""}, {"NOT_FOUND", 1, ""}, {"none", 1, ""}, {"", 1, ""},
		{"NOT_FOUND", -1, "there is no organisation acme"}, {"none", -1, "there is no organisation acme"}, {"FORBIDDEN", -1, "Something went wrong"},
		{"SERVICE_UNAVAILABLE", -1, "Something went wrong"}, {"RATE_LIMITED", -1, "the host allows no more requests"},
	}
	for _, test := range tests {
		bubbled(t, fmt.Sprint(test.kind, test.times), func(t *testing.T) {
			s := acme(t)
			e := edits{query: "repositoryOwner", times: test.times, edit: func(answer node) {
				answer["data"].(node)["repositoryOwner"] = nil
				if test.kind != "none" {
					fault(answer, test.kind, "repositoryOwner")
				}
			}}
			s.wrap = func(next http.RoundTripper) http.RoundTripper { return s.waiting(e.wrap(next)) }
			begun := time.Now()
			got := s.scan()
			if took := time.Since(begun); test.says == "" && took > 10*time.Minute {
				t.Errorf("it waited for %s", took)
			}
			if said := strings.Join(got.Partial, "\n"); test.says == "" && (said != "" || got.Repos != 1) || !strings.Contains(said, test.says) {
				t.Errorf("the scan came to %+v, want %q", got, test.says)
			}
			if e.asked > 12 {
				t.Errorf("it was asked %d times", e.asked)
			}
		})
	}
}

// waiting is a pool that signs nothing and keeps the limits of the peer.
func (s *scanner) waiting(next http.RoundTripper) http.RoundTripper {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHubEnterprise(), Transport: next})
}

// TestGapsInTheList has one repository of the list come with an error: the others are read, and nothing is concluded of it.
func TestGapsInTheList(t *testing.T) {
	for _, times := range []int{1, -1} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			s := acme(t)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Files: map[string]string{"ci.yml": "x"}})
			e := edits{query: "repositories(first: $first", times: times, edit: func(answer node) {
				list := within(answer, "data", "repositoryOwner", "repositories")
				if nodes, _ := list["nodes"].([]any); len(nodes) > 0 {
					nodes[0].(node)["repositoryTopics"] = nil
					fault(answer, "SERVICE_UNAVAILABLE", "repositoryOwner", "repositories", "nodes", 0, "repositoryTopics")
				}
			}}
			s.wrap = e.wrap
			got := s.scan()
			if times > 0 && (got.Repos != 2 || len(got.Partial) != 0) || times < 0 && len(got.Partial) != 1 {
				t.Errorf("the scan came to %+v", got)
			}
			s.wrap = nil
			if got := s.scan(); got.Repos != 2 || len(got.Partial) != 0 || len(s.store.Repo(host+"acme/pay").Topics) != 2 {
				t.Errorf("the next scan came to %+v, with %+v", got, s.store.Repo(host+"acme/pay"))
			}
		})
	}
}

// TestNamedOnesThatFailInAList has one of the repositories that are configured by name fail in the list: it stays as it was.
func TestNamedOnesThatFailInAList(t *testing.T) {
	for _, times := range []int{1, -1} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			s := acme(t)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Files: map[string]string{"ci.yml": "x"}})
			s.config.Org, s.config.Repos = "", []string{"acme/Pay", "acme/web"}
			s.scan()
			want := s.store.Knowledge()
			e := edits{query: "...repo", times: times, edit: func(answer node) {
				answer["data"].(node)["r0"] = nil
				fault(answer, "SERVICE_UNAVAILABLE", "r0")
			}}
			s.wrap = e.wrap
			if got := s.scan(); (len(got.Partial) == 0) != (times > 0) || got.Gone != 0 {
				t.Errorf("the scan came to %+v", got)
			}
			if diff := s.store.Knowledge().Differs(want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			s.wrap = nil
			if got := s.scan(); got.Repos != 2 || len(got.Partial) != 0 {
				t.Errorf("the next scan came to %+v", got)
			}
		})
	}
}

// TestAnswersOfNothingOnce has the host fail in an answer of which nothing is left, once: it is asked again, as after one
// that fails as a whole.
func TestAnswersOfNothingOnce(t *testing.T) {
	for _, query := range []string{"fragment tree", "checkSuites", "teams(first", "list: pullRequests", "list: refs", "list: rulesets"} {
		t.Run(query, func(t *testing.T) {
			s := many(t)
			e := edits{query: query, times: 1, edit: func(answer node) {
				for alias := range within(answer, "data") {
					if alias != "rateLimit" {
						within(answer, "data")[alias] = nil
						fault(answer, "SERVICE_UNAVAILABLE", alias)
					}
				}
			}}
			s.wrap = e.wrap
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || e.asked != 1 {
				t.Errorf("after %d answers the scan says %q", e.asked, got.Partial)
			}
		})
	}
}
