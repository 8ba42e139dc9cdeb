package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// propertyRoutes are where custom properties are asked for.
func propertyRoutes() []string {
	return []string{"GET /orgs/{org}/properties/schema", "GET /orgs/{org}/properties/values"}
}

// TestPropertiesThatFail: where custom properties cannot be read the scan reads all else, says so, and repositories keep
// those that they had. The next scan reads them, and with them nothing but the list of news.
func TestPropertiesThatFail(t *testing.T) {
	for _, route := range propertyRoutes() {
		for _, bad := range badAnswers() {
			if bad.lack || bad.code == http.StatusTooManyRequests || strings.HasPrefix(bad.body, "[") && bad.code == http.StatusOK && bad.name != "a cut body" && strings.HasSuffix(route, "schema") {
				continue
			}
			for _, rest := range []bool{false, true} {
				bubbled(t, fmt.Sprintf("%s, %s, REST alone %v", route, bad.name, rest), func(t *testing.T) {
					s := newScanner(t, githubtest.Config{RESTOnly: rest, Unlimited: true})
					s.peer.AddOrganization("acme")
					s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Files: map[string]string{"ci.yml": "on: push\n"}})
					known := strings.HasSuffix(route, "values")
					if known {
						s.tier("web", "1")
					}
					s.scan()
					s.peer.Advance(24 * time.Hour)
					s.tier("web", "2")
					s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"ci.yml": "on: push\n"}})
					s.spoiling(route, bad, -1)
					got := s.scan()
					if len(got.Partial) != 1 || !strings.Contains(got.Partial[0], "github: custom properties are not read") || got.Unknown != 0 || got.Repos != 2 {
						t.Fatalf("the scan came to %+v", got)
					}
					want := map[bool]map[string]string{true: {"tier": "1"}}[known]
					if diff := gocmp.Diff(s.store.Repo(host+"acme/web").Properties, want); diff != "" {
						t.Errorf("meanwhile (-got +want):\n%s", diff)
					}
					s.wrap = nil
					if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || got.Repos != 2 {
						t.Errorf("the next scan came to %+v", got)
					}
					s.requests(3)
					if diff := gocmp.Diff(s.store.Repo(host+"acme/web").Properties, map[string]string{"tier": "2"}); diff != "" {
						t.Errorf("afterwards (-got +want):\n%s", diff)
					}
					s.scan()
					s.requests(1)
				})
			}
		}
	}
}

// tier gives a repository of acme a custom property.
func (s *scanner) tier(name, value string) {
	s.peer.Edit("acme/"+name, func(r *githubtest.Repo) { r.Properties = map[string]string{"tier": value} })
}

// TestMissedPropertiesWithinABudget: scans with a budget of few requests come to the end of what was missed.
func TestMissedPropertiesWithinABudget(t *testing.T) {
	s := newScanner(t, githubtest.Config{Unlimited: true})
	s.peer.Generate(githubtest.Fleet{Repos: 350})
	s.tier("repo-00340", "1")
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Internal, Route: propertyRoutes()[1], After: 2, Times: 1})
	if got := s.scan(); len(got.Partial) != 1 || got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	for n := 0; ; n++ {
		got := s.budgeted(3)
		if len(got.Partial) == 0 {
			break
		}
		if n > 20 || got.Gone > 0 {
			t.Fatalf("after %d scans it came to %+v", n, got)
		}
	}
	if got := s.store.Repo(host + "acme/repo-00340").Properties["tier"]; got != "1" {
		t.Errorf("the tier is %q", got)
	}
}
