package github_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// narrow lets somebody ask who sees everything but the rulesets of the organisation.
func (s *scanner) narrow() {
	s.token = "narrow"
	s.peer.AddToken(githubtest.Token{Value: s.token, Login: "ana", Scopes: []string{"repo", "read:org"}})
}

// TestRulesetsBelowThoseDenied: where the rulesets of an organisation are denied, which is told, repositories tell of those
// that hold in them: the same is known as if they were not.
func TestRulesetsBelowThoseDenied(t *testing.T) {
	want := many(t)
	want.scan()
	for name, edit := range map[string]func(s *scanner){
		"for want of a scope": (*scanner).narrow,
		"one that the list tells of": func(s *scanner) {
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if strings.Contains(r.URL.Path, "/orgs/acme/rulesets/") {
						return answer(http.StatusNotFound, `{"message":"Not Found"}`, r), nil
					}
					return next.RoundTrip(r)
				})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			edit(s)
			got := s.scan()
			if len(got.Partial) != 0 || len(got.Denied) != 1 || got.Denied[0].Part != "rulesets" || got.Denied[0].Repos != 0 || !strings.Contains(got.Denied[0].Needs, "admin:org") {
				t.Errorf("the scan says %+v and %q", got.Denied, got.Partial)
			}
			if diff := gocmp.Diff(s.store.Knowledge().Policies, want.store.Knowledge().Policies); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			s.scan()
			s.requests(3) // the list, and that of rulesets with one of them
			rows := len(s.store.Policies)
			id := s.peer.AddRuleset("acme/r5", githubtest.Ruleset{Name: "own", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r1", Path: ciFile}}})
			s.peer.Advance(25 * time.Hour)
			s.scan()
			if got := s.held("r5")["r5"]; len(got) != 2 || len(s.store.Policies) != rows+1 {
				t.Errorf("a day later %q hold, and %d lists are written, want two and one", got, len(s.store.Policies)-rows)
			}
			s.peer.DeleteRuleset("acme/r5", id)
			s.token, s.wrap = "", nil
			for range 2 {
				s.peer.Advance(25 * time.Hour)
				got = s.scan()
			}
			if diff := gocmp.Diff(s.store.Knowledge().Policies, want.store.Knowledge().Policies); diff != "" || len(got.Denied) != 0 {
				t.Errorf("allowed, it is said %+v, -got +want\n%s", got.Denied, diff)
			}
		})
	}
}

// TestRulesetsBelowThoseDeniedThatAreMissed: what repositories do not tell of then is missed, and told by the next scan; and
// so is what nobody asked them for as long as those of the organisation could not be read.
func TestRulesetsBelowThoseDeniedThatAreMissed(t *testing.T) {
	want := many(t)
	want.scan()
	for name, first := range map[string]passing{"those of repositories": {query: "list: rulesets"}, "those of the organisation": {route: "/rulesets"}} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			s.narrow()
			first.failing = func() bool { return true }
			s.wrap = first.wrap
			if got := s.scan(); len(got.Partial) != 1 || len(s.store.Knowledge().Policies) != 0 {
				t.Errorf("the scan says %q, and knows %v", got.Partial, s.store.Knowledge().Policies)
			}
			s.wrap = nil
			got := s.scan()
			if diff := gocmp.Diff(s.store.Knowledge().Policies, want.store.Knowledge().Policies); diff != "" || len(got.Partial) != 0 || len(got.Denied) != 1 {
				t.Errorf("the next scan says %q and %+v, -got +want\n%s", got.Partial, got.Denied, diff)
			}
			s.peer.Advance(time.Hour)
			s.scan()
			s.requests(2)
		})
	}
}

// TestRulesetsBelowThoseDeniedThatFail: where repositories told of their rulesets once, and then do not, that is tried again
// though those of the organisation are denied still.
func TestRulesetsBelowThoseDeniedThatFail(t *testing.T) {
	for name, wrap := range map[string]func(passing) func(http.RoundTripper) http.RoundTripper{
		"missed": func(p passing) func(http.RoundTripper) http.RoundTripper { return p.wrap },
		"denied": func(p passing) func(http.RoundTripper) http.RoundTripper { return p.denying(http.StatusForbidden) },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			s.narrow()
			s.scan()
			s.peer.AddRuleset("acme/r5", githubtest.Ruleset{Name: "own", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r1", Path: ciFile}}})
			s.peer.Advance(25 * time.Hour)
			s.wrap = wrap(passing{query: "list: rulesets", failing: func() bool { return true }})
			s.scan()
			s.scan()
			if got := s.held("r5")["r5"]; len(got) != 1 {
				t.Errorf("while they are not told %q hold, want what held before", got)
			}
			s.wrap = nil
			for range 6 {
				s.scan()
			}
			if got := s.held("r5")["r5"]; len(got) != 2 {
				t.Errorf("in the end %q hold, want two", got)
			}
		})
	}
}
