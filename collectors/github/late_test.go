package github_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// between lets the scanner ask through a pool, whose requests are carried by what carries those to the peer.
func (s *scanner) between(carrier func(http.RoundTripper) http.RoundTripper) {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.wrap = func(http.RoundTripper) http.RoundTripper {
		return quota.New(quota.Config{
			Source: "github", Base: base, Family: quota.GitHubEnterprise(), Credentials: []quota.Credential{quota.Static("token 1", "Authorization", "Bearer "+githubtest.Secret)},
			Transport: carrier(s.peer.Transport()), Log: slog.New(slog.DiscardHandler),
		})
	}
}

// hanging lets queries that have a text never be answered.
func hanging(word string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if word != "" && strings.HasSuffix(r.URL.Path, "/graphql") && strings.Contains(text(r), word) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return next.RoundTrip(r)
		})
	}
}

// TestLateAnswers has some of what is asked of an organisation never come, or not in time. All else is read, a scan ends in
// time, denies nothing, and the first one after the host is well again reads what is missing.
func TestLateAnswers(t *testing.T) {
	const runs, rulesets = "GET /repos/{owner}/{repo}/actions/runs", "GET /orgs/{org}/rulesets"
	late := "GitHub did not answer within 1m0s"
	for _, test := range []struct {
		name    string
		faults  []githubtest.Fault
		hangs   string // the queries that do
		partial string // what the scan says is not read
		words   string // of its warning
		most    time.Duration
	}{
		{"the runs of one repository stop", []githubtest.Fault{{Failure: githubtest.Stall, Route: runs, Repo: "acme/repo-00003"}}, "", "workflow runs of 1 repository are not read", late, 5 * time.Minute},
		{"the runs of all repositories hang", []githubtest.Fault{{Failure: githubtest.Hang, Route: runs}}, "", "workflow runs of 41 repositories are not read", late, 7 * time.Minute},
		{"the runs of all repositories stop", []githubtest.Fault{{Failure: githubtest.Stall, Route: runs}}, "", "workflow runs of 41 repositories are not read", late, 7 * time.Minute},
		{"the runs of one repository come too slowly", []githubtest.Fault{{Failure: githubtest.Drip, Route: runs, Repo: "acme/repo-00003"}}, "", "workflow runs of 1 repository are not read", late, 5 * time.Minute},
		{"the rulesets stop", []githubtest.Fault{{Failure: githubtest.Stall, Route: rulesets}}, "", "rulesets are not read", "", 5 * time.Minute},
		{"one repository keeps queries from being answered", nil, `"repo-00005"`, "what is new beside files of 1 repository", late, 8 * time.Minute},
		{"pull requests hang", nil, "list: pullRequests", "pull requests of 40 repositories", late, 15 * time.Minute},
		{"trees hang", nil, "fragment tree", "", "", 15 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, githubtest.Config{Unlimited: true}, func(t *testing.T, s *scanner) {
				s.config.Parts, s.config.People = allParts, people(t)
				s.peer.Generate(githubtest.Fleet{Repos: 40, Teams: 3, Runs: 2, Pulls: 2})
				s.between(hanging(""))
				if sum, _, err := s.begin(); err != nil || sum.Unknown+len(sum.Partial) > 0 {
					t.Fatalf("a scan of a host that is well came to %+v, %v", sum, err)
				}
				want := unspoken(s.store.Knowledge())
				s.store = collectorstest.New()
				for _, f := range test.faults {
					f.Times = -1
					s.peer.Fail(f)
				}
				s.between(hanging(test.hangs))
				sum, took, err := s.begin()
				t.Logf("%s, %v: %v %v", took, s.peer.Counts().Routes, sum.Partial, sum.Warnings)
				if err != nil || sum.Unknown != 0 || len(sum.Denied) != 0 || !strings.Contains(strings.Join(sum.Partial, "\n"), test.partial) || (len(sum.Partial) == 0) != (test.partial == "") {
					t.Errorf("the scan came to %+v, %v, want that it says %q", sum, err, test.partial)
				}
				if took > test.most {
					t.Errorf("it took %s, want at most %s", took, test.most)
				}
				if test.words != "" && (len(sum.Warnings) == 0 || !strings.Contains(sum.Warnings[0].Message, test.words)) {
					t.Errorf("it warns of %+v, want %q", sum.Warnings, test.words)
				}
				s.peer.Heal()
				s.between(hanging(""))
				if sum, _, err := s.begin(); err != nil || sum.Unknown+len(sum.Partial)+len(sum.Denied) > 0 {
					t.Errorf("once it is well the scan came to %+v, %v", sum, err)
				}
				if diff := unspoken(s.store.Knowledge()).Differs(want); diff != "" {
					t.Error("-got +want\n" + diff)
				}
			})
		})
	}
}

// unspoken is knowledge without languages, which are not asked for of a repository that is read by REST for once.
func unspoken(k collectorstest.Knowledge) collectorstest.Knowledge {
	for id, repo := range k.Repos {
		repo.Languages = nil
		k.Repos[id] = repo
	}
	return k
}
