package github_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

var allParts = github.Parts{Runs: true, Reruns: true, Pulls: true, Deployments: true, Teams: true, Policies: true, Releases: true, Codeowners: true}

// people are those of an installation with a bot and an initiator.
func people(t testing.TB) *collectors.People {
	t.Helper()
	p, err := collectors.NewPeople(collectors.Names{Key: []byte("key"), Bots: []string{"*[bot]"}, Initiators: []string{"*-swe-agent"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newParts scans an organisation with some parts. Everything in it was made days ago.
func newParts(t testing.TB, parts github.Parts) *scanner {
	s := newScanner(t, githubtest.Config{})
	s.config.Parts, s.config.People = parts, people(t)
	s.peer.AddOrganization("acme")
	return s
}

const ciFile = ".github/workflows/ci.yml"

// repo adds a repository with a workflow, pushed to days ago.
func (s *scanner) repo(name string, files map[string]string) {
	at := s.peer.Now().AddDate(0, 0, -20)
	s.peer.AddRepo("acme", githubtest.Repo{Name: name, Created: at, Pushed: at, Files: files})
}

func (s *scanner) id(name string) metrics.RepoID {
	return s.store.Repo("github.invalid/acme/" + name).ID
}

// alias is how an account is known.
func (s *scanner) alias(login string) metrics.AliasID {
	return s.config.People.Alias([]byte("@"+login), nil)
}

// route is how often the last scan asked a kind of question.
func (s *scanner) route(pattern string) int { return s.peer.Counts().Routes[pattern] }

// TestCodeowners keeps what GitHub finds wrong, without its words.
func TestCodeowners(t *testing.T) {
	s := newParts(t, github.Parts{Codeowners: true})
	s.repo("pay", map[string]string{".github/CODEOWNERS": "* @acme/nobody\n"})
	s.repo("web", map[string]string{"go.mod": "module web\n"})
	s.peer.SetCodeownersErrors("acme/pay", githubtest.CodeownersError{Line: 1, Column: 3, Kind: "Unknown owner", Source: "* @acme/nobody", Message: "make sure @acme/nobody exists", Path: ".github/CODEOWNERS"})
	s.scan()
	want := metrics.HostWarnings{Repo: s.id("pay"), Source: "github", List: []metrics.Warning{{File: ".github/CODEOWNERS", Line: 1, Column: 3, Message: "Unknown owner"}}}
	ignored := cmpopts.IgnoreFields(metrics.HostWarnings{}, "Seen")
	if diff := gocmp.Diff(s.store.Warnings, []metrics.HostWarnings{want}, ignored); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay\n"}})
	s.scan()
	if len(s.store.Warnings) != 1 {
		t.Errorf("the same warnings are written again: %v", s.store.Warnings)
	}
	s.peer.SetCodeownersErrors("acme/pay")
	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{".github/CODEOWNERS": "* @acme/pay\n"}, At: s.peer.Now().Add(time.Minute)})
	s.scan()
	want.List = nil
	if diff := gocmp.Diff(s.store.Warnings[1:], []metrics.HostWarnings{want}, ignored, cmpopts.EquateEmpty()); diff != "" {
		t.Error("mended, -got +want\n" + diff)
	}
}

// TestPartsFail says that every part can fail by itself, and that it is said once what it takes.
func TestPartsFail(t *testing.T) {
	narrow := githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"repo"}}
	for _, c := range []struct {
		name  string
		parts github.Parts
		spoil func(s *scanner)
		says  string

		partial int
		ruled   int // repositories whose policies are known all the same
	}{
		{"runs", github.Parts{Runs: true}, func(s *scanner) {
			s.peer.Fail(githubtest.Fault{Failure: githubtest.Forbidden, Route: runsRoute, Times: -1})
		}, "workflow runs are not read", 0, 0},
		{"teams without their scope", github.Parts{Teams: true}, func(s *scanner) { s.token = "narrow" }, "read:org", 0, 0},
		{"rulesets without their scope", github.Parts{Policies: true}, func(s *scanner) { s.token = "narrow" }, "admin:org", 0, 5},
		{"rulesets that the plan does not have", github.Parts{Policies: true}, func(s *scanner) {
			s.peer.Fail(githubtest.Fault{Failure: githubtest.Missing, Route: "GET /orgs/{org}/rulesets", Times: -1})
		}, "rulesets are not read", 0, 5},
		{"one ruleset", github.Parts{Policies: true}, func(s *scanner) {
			s.peer.Fail(githubtest.Fault{Failure: githubtest.Internal, Route: "GET /orgs/{org}/rulesets/{id}", Times: -1})
		}, "rulesets are not read", 1, 0},
		{"the probe", github.Parts{Runs: true, Reruns: true, Pulls: true, Deployments: true, Codeowners: true}, func(s *scanner) {
			s.wrap = refusing(`pullRequests(first: 1`)
		}, "what is new beside files are not read", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, c.parts)
			var log bytes.Buffer
			s.config.Log = slog.New(slog.NewTextHandler(&log, nil))
			s.peer.AddToken(narrow)
			for i := range 5 {
				s.repo(fmt.Sprint("r", i), map[string]string{ciFile: "on: push\n"})
			}
			s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Repos: map[string]string{"acme/r0": "push"}})
			s.peer.AddRuleset("acme", githubtest.Ruleset{Name: "ci", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r0", Path: ciFile}}})
			c.spoil(s)
			sum := s.scan()
			if sum.Unknown != 0 || sum.Repos != 5 || len(sum.Partial) != c.partial || len(s.store.Files("github.invalid/acme/r3")) != 1 {
				t.Errorf("the scan came to %+v", sum)
			}
			for _, w := range sum.Warnings { // which the run logs
				log.WriteString(w.Message)
			}
			if n := strings.Count(log.String(), "are not read"); n != 1 || !strings.Contains(log.String(), c.says) {
				t.Errorf("it is said %d times, want once %q:\n%s", n, c.says, &log)
			}
			if got := len(s.store.Knowledge().Policies); got != c.ruled {
				t.Errorf("the policies of %d repositories are known, want %d", got, c.ruled)
			}
			if len(s.store.Accesses)+len(s.store.Teams)+len(s.store.Windows)+len(s.store.Memberships) > 0 {
				t.Error("something is told of what is not known")
			}
		})
	}
}

// refusing refuses what asks for something.
func refusing(what string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(text(r), what) {
				return answer(http.StatusForbidden, `{"message":"Resource not accessible by personal access token"}`, r), nil
			}
			return next.RoundTrip(r)
		})
	}
}

// TestPartsOfNulls reads answers in which everything is null that may be.
func TestPartsOfNulls(t *testing.T) {
	for _, failure := range []githubtest.Failure{githubtest.Nulls, githubtest.NullNodes, githubtest.Partial} {
		t.Run(string(failure), func(t *testing.T) {
			s := newParts(t, allParts)
			s.config.Providers = []string{"github.invalid/acme/*"}
			for i := range 4 {
				name := fmt.Sprint("r", i)
				s.repo(name, map[string]string{ciFile: "on: push\n", "CODEOWNERS": "* @acme/pay\n"})
				s.peer.AddPull("acme/"+name, githubtest.Pull{Title: "x", Author: "ana", Assignees: []string{"bo"}, Labels: []string{"a", "b"}})
				s.peer.AddDeployment("acme/"+name, githubtest.Deployment{Environment: "production"})
				s.peer.AddRun("acme/"+name, githubtest.Run{Path: ciFile})
				s.peer.Annotate("acme/"+name, "v1.0.0", "", s.peer.Now())
			}
			s.peer.AddTeam("acme", githubtest.Team{Slug: "pay", Members: []githubtest.Member{{Login: "ana"}, {Login: "bo"}}, Repos: map[string]string{"acme/r0": "push", "acme/r1": "admin"}})
			s.scan()
			for i := range 4 {
				s.peer.Push(fmt.Sprint("acme/r", i), githubtest.Push{Files: map[string]string{"go.mod": "module x\n"}, At: s.peer.Now().Add(time.Duration(i) * time.Minute)})
			}
			s.peer.Fail(githubtest.Fault{Failure: failure, After: 3, Times: -1})
			if err := s.try(); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(fmt.Sprint(s.summary.Problems), "panic") {
				t.Errorf("the scan came to %+v", s.summary)
			}
			s.peer.Heal()
			s.full = true
			if sum := s.scan(); sum.Unknown != 0 || len(sum.Partial) != 0 {
				t.Errorf("afterwards the scan came to %+v", sum)
			}
		})
	}
}
