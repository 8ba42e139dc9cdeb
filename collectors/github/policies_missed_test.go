package github_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestRulesetsOfNobody: a list of rulesets with one that is null, or one that is answered in place of another, says
// nothing of which policies hold.
func TestRulesetsOfNobody(t *testing.T) {
	tests := map[string]func(r *http.Request) string{
		"null in the list": func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/rulesets") {
				return `[null,{"id":1,"enforcement":"disabled"}]`
			}
			return ""
		},
		"another": func(r *http.Request) string {
			if strings.Contains(r.URL.Path, "/rulesets/") {
				return `{"id":4711,"enforcement":"active","rules":[]}`
			}
			return ""
		},
	}
	for name, made := range tests {
		t.Run(name, func(t *testing.T) {
			s := newParts(t, github.Parts{Policies: true})
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			s.peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/pay", Path: ciFile}}})
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if body := made(r); body != "" {
						return answer(http.StatusOK, body, r), nil
					}
					return next.RoundTrip(r)
				})
			}
			if got := s.scan(); len(got.Partial) != 1 || len(s.store.Policies) != 1 || s.store.Policies[0].Known() {
				t.Errorf("the scan says %q, and knows %+v", got.Partial, s.store.Policies)
			}
			s.wrap = nil
			s.scan()
			if got := s.store.Policies; len(got) != 2 || len(got[1].List) != 1 || !got[1].Known() {
				t.Errorf("the next scan knows %+v", got)
			}
		})
	}
}

// TestPoliciesThatAreMissedStay: what was known of policies holds while they cannot be read.
func TestPoliciesThatAreMissedStay(t *testing.T) {
	for name, fault := range map[string]passing{
		"the organisation's": {route: "/rulesets"}, "a repository's": {query: "list: rulesets"}, "the probe": {query: "checkSuites"},
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			s.scan()
			want := s.store.Knowledge().Policies
			s.peer.Advance(24 * time.Hour)
			s.peer.Push("acme/r3", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}})
			fault.failing = func() bool { return true }
			s.wrap = fault.wrap
			got := s.scan()
			if diff := gocmp.Diff(s.store.Knowledge().Policies, want); diff != "" || len(got.Partial) != 1 {
				t.Errorf("the scan says %q, -got +want\n%s", got.Partial, diff)
			}
		})
	}
}

// TestPoliciesThatWereNeverRead: where nobody could read yet which policies there are, that is known, and written once. Then
// the same is known as if nothing had failed.
func TestPoliciesThatWereNeverRead(t *testing.T) {
	want := many(t)
	want.scan()
	for _, test := range []struct {
		name  string
		fault passing
		all   bool // repositories, rather than those that have rulesets of their own
	}{
		{"the organisation's", passing{route: "/rulesets"}, true}, {"the probe", passing{query: "checkSuites"}, true}, {"a repository's", passing{query: "list: rulesets"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, failing := many(t), true
			test.fault.failing = func() bool { return failing }
			s.wrap = test.fault.wrap
			for range 2 {
				s.scan()
				s.peer.Advance(time.Hour)
			}
			unread := 0
			for _, l := range s.store.Policies {
				if !l.Known() {
					unread++
					if len(l.List) != 0 || !slices.Equal(l.Unread, []metrics.UseKind{metrics.UsesWorkflow}) {
						t.Errorf("got %+v", l)
					}
				}
			}
			if all := len(s.store.All()); test.all && unread != all || !test.all && (unread == 0 || unread == all) {
				t.Errorf("got %d of %d repositories", unread, all)
			}
			failing = false
			s.peer.Advance(time.Hour)
			s.scan()
			if diff := gocmp.Diff(s.store.Knowledge().Policies, want.store.Knowledge().Policies); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			if diff := gocmp.Diff(s.store.Knowledge().Unruled, want.store.Knowledge().Unruled); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// ruleless lets the host show the rulesets neither of the organisation nor of repositories.
func ruleless(s *scanner) {
	always := func() bool { return true }
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		next = passing{query: "list: rulesets", failing: always}.denying(http.StatusForbidden)(next)
		return passing{route: "/rulesets", failing: always}.denying(http.StatusForbidden)(next)
	}
}

// TestPoliciesThatNobodyWaitsFor: where nobody could read which policies there are, and then they are denied or not asked for any
// more, nothing is unknown because of them; they count as missed no more, and again where they fail again.
func TestPoliciesThatNobodyWaitsFor(t *testing.T) {
	fault := passing{route: "/rulesets", failing: func() bool { return true }}
	for name, edit := range map[string]func(s *scanner){
		"denied":            ruleless,
		"not asked for":     func(s *scanner) { s.config.Parts.Policies = false },
		"nothing asked for": func(s *scanner) { s.config.Parts = github.Parts{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			set := func(edit func(s *scanner)) func() {
				return func() {
					s.wrap, s.config.Parts = nil, allParts
					edit(s)
				}
			}
			collectorstest.Unruled{
				TB: t, Store: s.store, Scan: s.scan, Advance: s.peer.Advance, Over: set(edit),
				Fail: set(func(s *scanner) { s.wrap = fault.wrap }), Heal: set(func(*scanner) {}),
			}.Ends(10)
		})
	}
}

// TestPoliciesThatNobodyShows are none that could not be read yet: people are told what it takes, and states are by files.
func TestPoliciesThatNobodyShows(t *testing.T) {
	for name, edit := range map[string]func(s *scanner){
		"denied":        ruleless,
		"not asked for": func(s *scanner) { s.config.Parts.Policies = false },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			edit(s)
			got := s.scan()
			if len(s.store.Policies) != 0 || len(got.Partial) != 0 || got.Repos != 10 || got.Unknown != 0 || (len(got.Denied) == 1) != (name == "denied") {
				t.Errorf("the scan came to %+v, and knows %+v", got, s.store.Policies)
			}
		})
	}
}
