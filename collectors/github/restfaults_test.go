package github_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// restFleet is an organisation of five repositories on a host that has no GraphQL, with all that REST tells of.
func restFleet(t testing.TB) *scanner {
	s := newScanner(t, githubtest.Config{RESTOnly: true, Unlimited: true})
	s.config.Parts, s.config.People = github.Parts{Runs: true, Reruns: true, Teams: true, Policies: true}, people(t)
	s.peer.AddOrganization("acme")
	for i := range 5 {
		name := fmt.Sprint("r", i)
		at := s.peer.Now().AddDate(0, 0, -20)
		s.peer.AddRepo("acme", githubtest.Repo{
			Name: name, Created: at, Pushed: at, Files: map[string]string{ciFile: "on: push # " + name}, Languages: map[string]int{"Go": 1}, Properties: map[string]string{"tier": "1"},
		})
		ran := s.peer.Now().AddDate(0, 0, -3)
		id := s.peer.AddRun("acme/"+name, githubtest.Run{Path: ciFile, Conclusion: "failure", Created: ran, Updated: ran.Add(time.Minute)})
		s.peer.Rerun("acme/"+name, id, func(r *githubtest.Run) { r.Conclusion = "success" })
	}
	s.peer.AddTeam("acme", githubtest.Team{Slug: "all", Members: []githubtest.Member{{Login: "cy"}}, Repos: map[string]string{"acme/r1": "triage"}})
	s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Parent: "all", Members: []githubtest.Member{{Login: "ana"}}, Repos: map[string]string{"acme/r0": "admin"}})
	s.peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r0", Path: ciFile}}})
	return s
}

// made is an answer that somebody makes up instead of the host.
type made struct {
	name string
	code int // 0 for none at all
	body string
	lack bool // it says that something is not to be had, rather than that it failed
}

// badAnswers are the ways in which an answer of REST can be bad.
func badAnswers() (all []made) {
	for _, code := range []int{401, 403, 404, 410, 422, 451} {
		all = append(all, made{fmt.Sprint(code), code, fmt.Sprintf(`{"message":%q}`, http.StatusText(code)), true})
	}
	for _, code := range []int{429, 500, 502, 503, 504} {
		all = append(all, made{fmt.Sprint(code), code, fmt.Sprintf(`{"message":%q}`, http.StatusText(code)), false})
	}
	return append(all, made{"a time-out", 0, "", false}, made{"a cut body", 200, `[{"id":1,"name`, false}, made{"HTML", 200, "<html>sign in</html>", false},
		made{"nothing", 200, "", false}, made{"null", 200, "null", false}, made{"an empty object", 200, "{}", false},
		made{"null in a list", 200, "[null]", false}, made{"an empty object in a list", 200, "[{}]", false})
}

// restRoutes are what is asked of a host that has no GraphQL, and whether that is a part beside the files.
func restRoutes() map[string]bool {
	return map[string]bool{
		"GET /orgs/{org}/repos": false, "GET /repos/{owner}/{repo}": false, "GET /repos/{owner}/{repo}/git/ref/{ref...}": false,
		"GET /repos/{owner}/{repo}/git/trees/{sha...}": false, "GET /repos/{owner}/{repo}/git/blobs/{sha}": false, "GET /repos/{owner}/{repo}/languages": false,
		"GET /orgs/{org}/properties/schema": true, "GET /orgs/{org}/properties/values": true,
		runsRoute: true, attemptRoute: true, "GET /orgs/{org}/teams": true, "GET /orgs/{org}/teams/{team}/members": true, "GET /orgs/{org}/teams/{team}/repos": true,
		"GET /orgs/{org}/rulesets": true, "GET /orgs/{org}/rulesets/{id}": true,
	}
}

// spoiling asks through a pool, and answers three requests of a route so, the first of them the n-th, or all where n is
// negative: what is asked again after a failure fails, too.
func (s *scanner) spoiling(route string, bad made, n int64) {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	var asked atomic.Int64
	match := http.NewServeMux()
	match.HandleFunc(strings.Replace(route, " ", " /api/v3", 1), func(http.ResponseWriter, *http.Request) {})
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		spoiled := transport(func(r *http.Request) (*http.Response, error) {
			if _, pattern := match.Handler(r); pattern == "" {
				return next.RoundTrip(r)
			}
			if at := asked.Add(1) - 1; n >= 0 && (at < n || at >= n+3) {
				return next.RoundTrip(r)
			}
			if bad.code == 0 {
				return nil, context.DeadlineExceeded
			}
			return answer(bad.code, bad.body, r), nil
		})
		return quota.New(quota.Config{Source: "github", Base: base, Family: quota.GitHubEnterprise(), Transport: spoiled})
	}
}

// believed reports whether an answer is one that means something: that there are no languages, or that GitHub has the
// content of a file, the languages of a repository or an earlier attempt no more, or does not show it.
func believed(route string, bad made) bool {
	switch {
	case strings.HasSuffix(route, "/languages"):
		return bad.code == http.StatusNotFound || bad.body == "{}"
	case strings.Contains(route, "/git/blobs/"):
		return bad.code == http.StatusNotFound
	}
	return route == attemptRoute && bad.lack
}

// TestBadAnswersOfREST has a host without GraphQL answer badly, once or always, whatever is asked by REST. The scan knows
// all the same, or it says what it does not know; nothing is gone for it. Once the host is well the next scan mends it,
// or, where it said that a part is not to be had, the one that looks at everything.
func TestBadAnswersOfREST(t *testing.T) {
	good := restFleet(t)
	good.scan()
	want := good.store.Knowledge()
	for route, part := range restRoutes() {
		if good.route(route) == 0 {
			t.Errorf("%s is not asked", route)
		}
		for _, bad := range badAnswers() {
			for _, n := range []int64{0, 1, -1} {
				bubbled(t, fmt.Sprint(route, "/", bad.name, "/", n), func(t *testing.T) {
					s := restFleet(t)
					s.spoiling(route, bad, n)
					disturbed := s.scan()
					whole := disturbed.Unknown == 0 && len(disturbed.Partial) == 0
					differs := s.store.Knowledge().Differs(want)
					if whole && differs != "" && !(part && bad.lack) && !believed(route, bad) {
						t.Errorf("the scan takes itself for complete -got +want\n%s", differs)
					}
					s.wrap, s.anew = nil, part && bad.lack
					if mended := s.scan(); mended.Unknown != 0 || len(mended.Partial) != 0 || mended.Gone != 0 || disturbed.Gone != 0 {
						t.Errorf("the next scan came to %+v", mended)
					}
					if diff := s.store.Knowledge().Differs(want); diff != "" && !believed(route, bad) {
						t.Errorf("the scan said %d unknown, %q; after the next one -got +want\n%s", disturbed.Unknown, disturbed.Partial, diff)
					}
				})
			}
		}
	}
}

// bubbled runs a test in a bubble, in which time passes when everybody waits.
func bubbled(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
