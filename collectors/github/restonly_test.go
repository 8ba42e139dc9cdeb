package github_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
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

// restOnly is acme on a host that has no GraphQL, with what was logged.
func restOnly(t *testing.T) (*scanner, *bytes.Buffer) {
	s := newScanner(t, githubtest.Config{RESTOnly: true})
	s.peer.AddOrganization("acme")
	var logged bytes.Buffer
	s.config.Log = slog.New(slog.NewTextHandler(&logged, nil))
	return s, &logged
}

// TestWithoutGraphQL reads the same fleet with GraphQL and without: the same is known afterwards, of whatever is
// configured, and a line says why it took longer.
func TestWithoutGraphQL(t *testing.T) {
	named := []string{"acme/golden", "acme/repo-00003", "acme/repo-00049"}
	for name, config := range map[string]github.Config{"an organisation": {Org: "acme"}, "named ones": {Repos: named}, "a user": {User: "ana"}} {
		t.Run(name, func(t *testing.T) {
			scan := func(rest bool) *scanner {
				s := newScanner(t, githubtest.Config{RESTOnly: rest})
				s.peer.Generate(githubtest.Fleet{Repos: 120})
				s.peer.AddUser("ana")
				s.peer.AddRepo("ana", githubtest.Repo{Name: "notes", Visibility: "public", TemplateOf: "acme/golden", Files: map[string]string{"ci.yml": "on: push\n"}})
				config.Name, config.URL, config.Watch = "github", s.peer.URL, watched()
				s.config = config
				if got := s.scan(); got.Unknown != 0 || len(got.Partial) != 0 || got.Repos == 0 {
					t.Fatalf("the scan came to %+v", got)
				}
				return s
			}
			with, without := scan(false), scan(true)
			// REST does not tell when a repository was archived, of which template one of a list was made, nor in a list
			// that one is empty.
			ignored := cmpopts.IgnoreFields(metrics.Repo{}, "ArchivedAt", "TemplateOf")
			filled := func(r metrics.Repo) bool { return r.Head != "" }
			if diff := gocmp.Diff(some(without.store.Rows, filled), some(with.store.Rows, filled), ignored, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("repositories without GraphQL (-) and with it (+):\n%s", diff)
			}
			if diff := gocmp.Diff(without.store.States, with.store.States); diff != "" {
				t.Errorf("files without GraphQL (-) and with it (+):\n%s", diff)
			}
			if diff := gocmp.Diff(without.store.Blobs, with.store.Blobs, cmpopts.IgnoreFields(metrics.Blob{}, "Home", "Path")); diff != "" {
				t.Errorf("contents without GraphQL (-) and with it (+):\n%s", diff)
			}
			if asked := without.route(githubtest.GraphQL); asked != 2 {
				t.Errorf("GraphQL was asked %d times, want twice, to find out", asked)
			}
		})
	}
}

// some are those of a map that are as wanted.
func some[K comparable, V any](all map[K]V, wanted func(V) bool) map[K]V {
	list := maps.Clone(all)
	maps.DeleteFunc(list, func(_ K, v V) bool { return !wanted(v) })
	return list
}

// TestWithoutGraphQLSaysSo has the host answer in the two ways in which it can have no GraphQL.
func TestWithoutGraphQLSaysSo(t *testing.T) {
	for _, code := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		s, logged := restOnly(t)
		s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"ci.yml": "on: push\n"}})
		s.wrap = func(next http.RoundTripper) http.RoundTripper {
			return transport(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost {
					return answer(code, `{"message":"no"}`, r), nil
				}
				return next.RoundTrip(r)
			})
		}
		s.scan()
		s.scan()
		if got := strings.Count(logged.String(), "the host has no GraphQL: it is read by REST alone"); got != 2 {
			t.Errorf("%d: it was said %d times in two scans, want once in each:\n%s", code, got, logged)
		}
		if got := s.store.Files(host + "acme/pay")["ci.yml"]; got != "on: push\n" {
			t.Errorf("%d: the file says %q", code, got)
		}
	}
}

// TestGraphQLThatGoesAway has GraphQL answer that it is not there. Where it has answered before that passes: nothing is read
// by REST alone, and the next scan knows what it would have known. Else it is asked twice.
func TestGraphQLThatGoesAway(t *testing.T) {
	tests := []struct {
		name  string
		known bool // GraphQL has answered an earlier scan
		after int  // requests of GraphQL that are answered in the scan
		times int  // those that are not, then
		rest  bool
		whole bool
	}{
		{"once, to begin with", false, 0, 1, false, true},
		{"always", false, 0, -1, true, true},
		{"once, behind the list", false, 1, 1, false, true},
		{"for a while, behind the list", false, 1, -1, false, true}, // trees are asked for one by one
		{"once, after a day", true, 0, 1, false, true},
		{"for a while, after a day", true, 0, -1, false, false},
	}
	for _, test := range tests {
		for _, code := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
			t.Run(fmt.Sprint(test.name, " ", code), func(t *testing.T) {
				s := newScanner(t, githubtest.Config{})
				s.peer.Generate(githubtest.Fleet{Repos: 30})
				if test.known {
					s.scan()
					s.peer.Advance(24 * time.Hour)
					s.peer.Push("acme/repo-00003", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}})
				}
				asked := 0
				s.wrap = func(next http.RoundTripper) http.RoundTripper {
					return transport(func(r *http.Request) (*http.Response, error) {
						if r.Method != http.MethodPost {
							return next.RoundTrip(r)
						}
						if asked++; asked > test.after && (test.times < 0 || asked <= test.after+test.times) {
							return answer(code, `{"message":"no"}`, r), nil
						}
						return next.RoundTrip(r)
					})
				}
				got := s.scan()
				if whole := len(got.Partial) == 0 && got.Unknown == 0; whole != test.whole || got.Gone != 0 {
					t.Errorf("the scan came to %+v, want it whole: %v", got, test.whole)
				}
				if rest := s.route("GET /orgs/{org}/repos") > 0; rest != test.rest {
					t.Errorf("it is read by REST: %v, want %v", rest, test.rest)
				}
				s.wrap = nil
				if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || got.Repos != 31 {
					t.Errorf("the next scan came to %+v", got)
				}
			})
		}
	}
}

// TestGitHubComHasGraphQL takes a 404 of github.com for what it is.
func TestGitHubComHasGraphQL(t *testing.T) {
	s, _ := restOnly(t)
	s.config.URL = ""
	got := s.scan()
	if len(got.Partial) != 1 || !strings.Contains(got.Partial[0], "it is not there, or the token does not see it") {
		t.Errorf("the scan says %q", got.Partial)
	}
	s.requests(2) // the properties, and GraphQL
}

// TestChangesWithoutGraphQL makes one change after another. A scan asks for the list, and for what changed.
func TestChangesWithoutGraphQL(t *testing.T) {
	const head, tree = 1, 4 // requests for the head of one repository; for what it is, its head, its tree and its languages
	tests := []struct {
		name     string
		change   func(*githubtest.Peer)
		requests int
		want     map[string]string // the file of each repository that is there
	}{
		{"nothing", func(*githubtest.Peer) {}, 1, map[string]string{"pay": "pay", "web": "web", "empty": ""}},
		{"a push", func(p *githubtest.Peer) {
			p.Push("acme/pay", githubtest.Push{Files: map[string]string{"ci.yml": "new"}})
		}, 1 + head + tree + 1, map[string]string{"pay": "new", "web": "web", "empty": ""}},
		{"a push to another branch", func(p *githubtest.Peer) {
			p.Push("acme/pay", githubtest.Push{Branch: "x", Files: map[string]string{"ci.yml": "new"}})
		}, 1 + head, map[string]string{"pay": "pay", "web": "web", "empty": ""}},
		{"the first push", func(p *githubtest.Peer) {
			p.Push("acme/empty", githubtest.Push{Files: map[string]string{"ci.yml": "first"}})
		}, 1 + head + tree + 1, map[string]string{"pay": "pay", "web": "web", "empty": "first"}},
		{"a rename", func(p *githubtest.Peer) { p.Rename("acme/pay", "payments") }, 1, map[string]string{"payments": "pay", "web": "web", "empty": ""}},
		{"a new repository with the old name", func(p *githubtest.Peer) {
			p.Rename("acme/pay", "payments")
			p.Advance(time.Second)
			p.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"ci.yml": "other"}})
		}, 1 + tree + 1, map[string]string{"payments": "pay", "pay": "other", "web": "web", "empty": ""}},
		{"another default branch", func(p *githubtest.Peer) { p.RenameBranch("acme/pay", "main", "trunk") }, 1 + head, map[string]string{"pay": "pay", "web": "web", "empty": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, _ := restOnly(t)
			for _, name := range []string{"pay", "web"} {
				s.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"ci.yml": name}})
			}
			s.peer.AddRepo("acme", githubtest.Repo{Name: "empty"})
			s.scan()
			s.peer.Advance(time.Hour)
			test.change(s.peer)
			if got := s.scan(); got.Unknown != 0 || len(got.Partial) != 0 {
				t.Errorf("the scan came to %+v", got)
			}
			s.requests(test.requests + 1) // the empty one, which no push tells of, is asked for its head
			got := map[string]string{}
			for name := range test.want {
				if s.store.Repo(host+"acme/"+name).ID != 0 {
					got[name] = s.store.Files(host + "acme/" + name)["ci.yml"]
				}
			}
			if diff := gocmp.Diff(got, test.want); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
			if renamed := s.store.Repo(host + "acme/payments"); renamed.ID != 0 && renamed.ID != metrics.NewRepoID(host+"acme/pay") {
				t.Error("it is another repository by its new name")
			}
		})
	}
}

// TestListsThatPassOver deletes a repository between two pages of a list, so that another one is on none of them. It is
// asked for by its name; the one that was deleted cannot be read, and one that was given away is gone.
func TestListsThatPassOver(t *testing.T) {
	s, _ := restOnly(t)
	for i := range 150 {
		s.peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprintf("r%03d", i)})
	}
	s.scan()
	s.peer.AddOrganization("other")
	s.peer.Transfer("acme/r120", "other")
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("page") == "2" {
				s.wrap = nil
				s.peer.Delete("acme/r007")
			}
			return next.RoundTrip(r)
		})
	}
	if got := s.scan(); got.Repos != 149 || got.Unknown != 1 || len(got.Partial) != 0 || got.Problems[0].Repo != host+"acme/r007" {
		t.Errorf("the scan came to %+v, want 149 repositories, one of them unknown", got)
	}
	if got := s.scan(); got.Repos != 148 || got.Unknown != 0 {
		t.Errorf("the next scan came to %+v, want 148 repositories", got)
	}
}

// TestPartsWithoutGraphQL reads what REST tells of besides files, and says what it does not tell: nothing is concluded of
// that.
func TestPartsWithoutGraphQL(t *testing.T) {
	s := newParts(t, allParts)
	var logged bytes.Buffer
	s.config.Log = slog.New(slog.NewTextHandler(&logged, nil))
	s.repo("pay", map[string]string{ciFile: "on: push\n", "CODEOWNERS": "* @acme/pay\n"})
	s.repo("golden", map[string]string{ciFile: "on: workflow_call\n"})
	s.config.Providers = []string{host + "acme/golden"}
	s.peer.Tag("acme/golden", "v1.0.0", "")
	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Created: s.peer.Now().AddDate(0, 0, -3)})
	s.peer.AddPull("acme/pay", githubtest.Pull{Title: "x", Author: "ana", Created: s.peer.Now().AddDate(0, 0, -3)})
	s.peer.AddDeployment("acme/pay", githubtest.Deployment{Environment: "production", Created: s.peer.Now().AddDate(0, 0, -3)})
	s.peer.SetCodeownersErrors("acme/pay", githubtest.CodeownersError{Line: 1, Kind: "Unknown owner", Path: "CODEOWNERS"})
	s.scan()
	warned, ruled := len(s.store.Warnings), len(s.store.Policies)

	s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile, Event: "push", Created: s.peer.Now().Add(time.Minute)})
	s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay\n"}})
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Missing, Route: githubtest.GraphQL, Times: -1}) // the gateway lets it through no more
	s.full = true
	got := s.scan()
	if got.Unknown != 0 || len(got.Partial) != 0 {
		t.Errorf("the scan came to %+v", got)
	}
	if len(s.runsOf("pay")) != 2 {
		t.Errorf("the runs are %v, want both", s.runsOf("pay"))
	}
	if len(s.store.Warnings) != warned || len(s.store.Policies) != ruled || len(s.store.Releases) != 1 {
		t.Errorf("something was concluded of what is not told: %v, %v and %v", s.store.Warnings, s.store.Policies, s.store.Releases)
	}
	const want = `not_read="pull requests, deployments, mistakes in CODEOWNERS, rulesets of repositories, the accounts of authors of commits, tags"`
	if len(got.Warnings) > 0 || strings.Count(logged.String(), "not_read=") != 1 || !strings.Contains(logged.String(), want) {
		t.Errorf("it is said\n%s%v\nwant once %s", &logged, got.Warnings, want)
	}
}

// TestContentsWithoutGraphQL reads a file of a host of which nobody knows yet that it has no GraphQL.
func TestContentsWithoutGraphQL(t *testing.T) {
	s, _ := restOnly(t)
	s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"ci.yml": "gr\xfc\xdfe"}})
	s.scan()
	var oids []metrics.OID
	for oid := range s.store.Blobs {
		oids = append(oids, oid)
	}
	var source collectors.Contents = s.source()
	got, err := source.Contents(t.Context(), s.store.Repo(host+"acme/pay"), oids)
	if err != nil || len(oids) != 1 || got[oids[0]] != "gr\xfc\xdfe" {
		t.Errorf("got %v, %v", got, err)
	}
}
