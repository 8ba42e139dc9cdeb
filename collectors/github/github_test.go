package github_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

const host = "github.invalid/"

// acme is an organisation with one repository, pay.
func acme(t *testing.T) *scanner {
	s := newScanner(t, githubtest.Config{})
	s.peer.AddOrganization("acme")
	s.peer.AddRepo("acme", githubtest.Repo{
		Name: "Pay", Topics: []string{"service", "money"}, Languages: map[string]int{"Go": 900, "Shell": 10}, Properties: map[string]string{"tier": "1"},
		Files: map[string]string{"go.mod": "module pay\n", "ci.yml": "on: push\n", "README.md": "# Pay\n"},
	})
	return s
}

func TestFacts(t *testing.T) {
	s := acme(t)
	s.peer.AddRepo("acme", githubtest.Repo{Name: "stub", Template: true, Visibility: "public", Branch: "trunk", Files: map[string]string{"a": "b"}})
	s.peer.AddRepo("acme", githubtest.Repo{Name: "old", TemplateOf: "acme/stub", Fork: true, Visibility: "internal", Archived: true})
	at := metrics.At(s.peer.Now())
	if got := s.scan(); got.Repos != 3 || got.Unknown != 0 || len(got.Partial) != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	seen := metrics.At(s.peer.Now())
	want := []metrics.Repo{
		{
			Name: host + "acme/pay", Location: "http://github.invalid/acme/Pay", DefaultBranch: "main", Head: head(s, "acme/Pay"),
			Topics: []string{"money", "service"}, Languages: []string{"Go", "Shell"}, Properties: map[string]string{"tier": "1"}, Visibility: metrics.Private,
		},
		{Name: host + "acme/stub", Location: "http://github.invalid/acme/stub", DefaultBranch: "trunk", Head: head(s, "acme/stub"), Template: true, Visibility: metrics.Public},
		{Name: host + "acme/old", Location: "http://github.invalid/acme/old", Fork: true, TemplateOf: host + "acme/stub", Archived: true, ArchivedAt: at, Visibility: metrics.Internal},
	}
	for _, w := range want {
		w.ID, w.Source, w.Seen, w.Created = metrics.NewRepoID(w.Name), "github", seen, at
		w.HostID = fmt.Sprintf("github.invalid#%d", s.peer.ID(strings.TrimPrefix(w.Name, host)))
		if w.Head != "" {
			w.LastPush = at
		}
		got := s.store.Repo(w.Name)
		if len(got.Properties) == 0 {
			got.Properties = nil
		}
		if diff := gocmp.Diff(got, w); diff != "" {
			t.Errorf("%s (-got +want):\n%s", w.Name, diff)
		}
	}
}

func head(s *scanner, repo string) metrics.OID {
	oid, err := metrics.ParseOID(s.peer.Head(repo))
	if err != nil {
		s.t.Fatal(err)
	}
	return oid
}

func TestFiles(t *testing.T) {
	deep := map[string]string{}
	for i := range 60 {
		deep[fmt.Sprintf("a/b/c/d%d/ci.yml", i)] = fmt.Sprint(i)
	}
	tests := []struct {
		name  string
		files map[string]string
		modes map[string]string
		want  map[string]string
	}{
		{"only what is watched", map[string]string{"go.mod": "module x", "main.go": "package x"}, nil, map[string]string{"go.mod": "module x"}},
		{"nothing", nil, nil, map[string]string{}},
		{"nothing that is watched", map[string]string{"a": "b"}, nil, map[string]string{}},
		{"any depth", map[string]string{"a/b/c/d/e/f/g.yml": "x", "a/b/x.yml": "y"}, nil, map[string]string{"a/b/c/d/e/f/g.yml": "x", "a/b/x.yml": "y"}},
		{"many folders", deep, nil, deep},
		{"no symbolic links", map[string]string{"a.yml": "go.mod", "b.yml": "x"}, map[string]string{"a.yml": "120000"}, map[string]string{"b.yml": "x"}},
		{"no submodules", map[string]string{"a.yml": strings.Repeat("1", 40), "b.yml": "x"}, map[string]string{"a.yml": "160000"}, map[string]string{"b.yml": "x"}},
		{"programs", map[string]string{"a.yml": "x"}, map[string]string{"a.yml": "100755"}, map[string]string{"a.yml": "x"}},
		{"an empty one", map[string]string{"a.yml": ""}, nil, map[string]string{"a.yml": ""}},
		{"presence", map[string]string{"LICENSE": "MIT"}, nil, map[string]string{"LICENSE": "MIT"}},
		{"presence of a large one", map[string]string{"LICENSE": strings.Repeat("x", metrics.MaxPresenceBlob+1)}, nil, map[string]string{"LICENSE": "(too big)"}},
		{"a folder", map[string]string{"services/pay/x.bin": "x"}, nil, map[string]string{"services/pay/x.bin": "(not read)"}},
		{"a binary one", map[string]string{"a.yml": "a\x00b"}, nil, map[string]string{"a.yml": "a\x00b"}},
		{"another encoding", map[string]string{"a.yml": "gr\xfc\xdfe"}, nil, map[string]string{"a.yml": "gr\xfc\xdfe"}},
		{"one that GraphQL cuts", map[string]string{"a.yml": strings.Repeat("x", 512_001)}, nil, map[string]string{"a.yml": strings.Repeat("x", 512_001)}},
		{"the largest", map[string]string{"a.yml": strings.Repeat("x", metrics.MaxBlob)}, nil, map[string]string{"a.yml": strings.Repeat("x", metrics.MaxBlob)}},
		{"too large", map[string]string{"a.yml": strings.Repeat("x", metrics.MaxBlob+1)}, nil, map[string]string{"a.yml": "(too big)"}},
		{"odd names", map[string]string{`a"b\c/ü.yml`: "x"}, nil, map[string]string{`a"b\c/ü.yml`: "x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.peer.AddOrganization("acme")
			s.peer.AddRepo("acme", githubtest.Repo{Name: "x", Files: test.files, Modes: test.modes})
			if got := s.scan(); got.Repos != 1 || got.Unknown != 0 {
				t.Fatalf("the scan came to %+v", got)
			}
			if diff := gocmp.Diff(s.store.Files(host+"acme/x"), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if len(s.store.Watched) != 1 {
				t.Errorf("%d sets of globs are known, want the one that is watched", len(s.store.Watched))
			}
		})
	}
}

// TestTreesThatAreTooLarge has GitHub truncate what it tells of all folders at once.
func TestTreesThatAreTooLarge(t *testing.T) {
	files := map[string]string{}
	for i := range 50 {
		files[fmt.Sprintf("a/b/c/d%d/ci.yml", i)] = fmt.Sprint(i)
		files[fmt.Sprintf("x%d/ci.yml", i)] = fmt.Sprint("x", i)
	}
	s := newScanner(t, githubtest.Config{TreeEntries: 60})
	s.peer.AddOrganization("acme")
	s.peer.AddRepo("acme", githubtest.Repo{Name: "x", Files: files})
	s.peer.Fail(githubtest.Fault{Repo: "acme/x", Route: githubtest.GraphQL, Failure: githubtest.Internal, Times: 2})
	s.scan()
	if diff := gocmp.Diff(s.store.Files(host+"acme/x"), files); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	s.peer.AddRepo("acme", githubtest.Repo{Name: "flat", Files: maps.Collect(func(yield func(string, string) bool) {
		for i := range 70 {
			if !yield(fmt.Sprintf("%d.yml", i), "") {
				return
			}
		}
	})})
	s.peer.Fail(githubtest.Fault{Repo: "acme/flat", Route: githubtest.GraphQL, Failure: githubtest.Internal, Times: 2})
	if got := s.scan(); got.Unknown != 1 || got.Problems[0].Reason != metrics.ReasonTooLarge {
		t.Errorf("with a folder that cannot be listed the scan came to %+v", got)
	}
}

// TestChanges makes one change after another and reads what is new. No scan asks more than it has to.
func TestChanges(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*githubtest.Peer)
		requests int
		repo     string
		check    func(*testing.T, *scanner, metrics.Repo)
	}{
		{"nothing", func(*githubtest.Peer) {}, 1, "acme/pay", nil},
		{"a push", func(p *githubtest.Peer) {
			p.Push("acme/pay", githubtest.Push{Files: map[string]string{"ci.yml": "on: tag\n"}})
		}, 3, "acme/pay", func(t *testing.T, s *scanner, _ metrics.Repo) {
			if got := s.store.Files(host + "acme/pay")["ci.yml"]; got != "on: tag\n" {
				t.Errorf("the file says %q", got)
			}
		}},
		{"a push of nothing that is watched", func(p *githubtest.Peer) {
			p.Push("acme/pay", githubtest.Push{Files: map[string]string{"main.go": "package pay\n"}})
		}, 2, "acme/pay", nil},
		{"a push to another branch", func(p *githubtest.Peer) {
			p.Push("acme/pay", githubtest.Push{Branch: "x", Files: map[string]string{"ci.yml": "x\n"}})
		}, 1, "acme/pay", nil},
		{"a rename", func(p *githubtest.Peer) { p.Rename("acme/pay", "payments") }, 1, "acme/payments", func(t *testing.T, s *scanner, r metrics.Repo) {
			if r.ID != metrics.NewRepoID(host+"acme/pay") {
				t.Error("it is another repository")
			}
			if got := s.store.Files(host + "acme/payments")["ci.yml"]; got != "on: push\n" {
				t.Errorf("the file says %q", got)
			}
		}},
		{"a new repository with the old name", func(p *githubtest.Peer) {
			p.Rename("acme/pay", "payments")
			p.Advance(time.Second)
			p.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"ci.yml": "new\n"}})
		}, 3, "acme/pay", func(t *testing.T, s *scanner, r metrics.Repo) {
			if r.ID == metrics.NewRepoID(host+"acme/pay") || s.store.Repo(host+"acme/payments").ID != metrics.NewRepoID(host+"acme/pay") {
				t.Error("the two are taken for one another")
			}
		}},
		{"archival", func(p *githubtest.Peer) { p.Archive("acme/pay", true) }, 1, "acme/pay", func(t *testing.T, s *scanner, r metrics.Repo) {
			if !r.Archived || r.ArchivedAt == metrics.Beginning {
				t.Errorf("it is %+v", r)
			}
		}},
		{"visibility", func(p *githubtest.Peer) { p.Edit("acme/pay", func(r *githubtest.Repo) { r.Visibility = "public" }) }, 1, "acme/pay", func(t *testing.T, s *scanner, r metrics.Repo) {
			if r.Visibility != metrics.Public || r.Properties["tier"] != "1" || len(r.Languages) != 2 {
				t.Errorf("it is %+v", r)
			}
		}},
		{"another name of the branch", func(p *githubtest.Peer) { p.RenameBranch("acme/pay", "main", "trunk") }, 1, "acme/pay", func(t *testing.T, s *scanner, r metrics.Repo) {
			if r.DefaultBranch != "trunk" {
				t.Errorf("it is %+v", r)
			}
		}},
		{"a new repository", func(p *githubtest.Peer) {
			p.Advance(time.Second)
			p.AddRepo("acme", githubtest.Repo{Name: "new", Files: map[string]string{"ci.yml": "on: push\n"}})
		}, 2, "acme/new", nil},
		{"a new, empty repository", func(p *githubtest.Peer) {
			p.Advance(time.Second)
			p.AddRepo("acme", githubtest.Repo{Name: "new"})
		}, 2, "acme/new", nil},
		{"a transfer away and a new one", func(p *githubtest.Peer) {
			p.AddOrganization("other")
			p.Transfer("acme/pay", "other")
			p.Advance(time.Second)
			p.AddRepo("acme", githubtest.Repo{Name: "new"})
		}, 4, "acme/new", func(t *testing.T, s *scanner, r metrics.Repo) {
			if l := s.store.Listed[len(s.store.Listed)-1]; !l.Full || !l.Whole || l.Repos != 2 {
				t.Errorf("the listing was %+v", l)
			}
		}},
		{"a deletion", func(p *githubtest.Peer) { p.Delete("acme/web") }, 3, "acme/pay", func(t *testing.T, s *scanner, r metrics.Repo) {
			if l := s.store.Listed[len(s.store.Listed)-1]; !l.Full || l.Whole || l.Repos != 1 {
				t.Errorf("the listing was %+v: one of two is too few to believe", l)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Files: map[string]string{"ci.yml": "on: push\n"}})
			s.scan()
			s.peer.Advance(time.Hour)
			test.change(s.peer)
			got := s.scan()
			if got.Unknown != 0 {
				t.Errorf("the scan came to %+v", got)
			}
			s.requests(test.requests)
			repo := s.store.Repo(host + test.repo)
			if repo.ID == 0 {
				t.Fatalf("there is no %s", test.repo)
			}
			if test.check != nil {
				test.check(t, s, repo)
			}
			again := 1
			if l := s.store.Listed[len(s.store.Listed)-1]; l.Full && !l.Whole { // so short that it is listed once more
				again = 2
			}
			s.scan()
			s.requests(again)
			if l := s.store.Listed[len(s.store.Listed)-1]; again > 1 && !l.Whole {
				t.Errorf("the next listing was %+v: one as short is believed", l)
			}
		})
	}
}

// TestOnceADayEverythingIsListed has a day pass.
func TestOnceADayEverythingIsListed(t *testing.T) {
	s := acme(t)
	s.scan()
	s.peer.Advance(24 * time.Hour)
	s.peer.Edit("acme/pay", func(r *githubtest.Repo) { r.Properties = map[string]string{"tier": "2"} })
	s.scan()
	if l := s.store.Listed[len(s.store.Listed)-1]; !l.Full || !l.Whole {
		t.Errorf("the listing was %+v", l)
	}
	if got := s.store.Repo(host + "acme/pay").Properties["tier"]; got != "2" {
		t.Errorf("its tier is %q", got)
	}
	s.requests(2)
}

// TestOtherQuestionsReadAgain changes what is configured: the mark does not hold any more.
func TestOtherQuestionsReadAgain(t *testing.T) {
	s := acme(t)
	s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Files: map[string]string{"Jenkinsfile": "x"}})
	s.config.Exclude = []string{"W*"}
	if got := s.scan(); got.Repos != 1 {
		t.Fatalf("without one the scan came to %+v", got)
	}
	s.config.Exclude = nil
	if got := s.scan(); got.Repos != 2 || got.Unchanged != 1 {
		t.Errorf("with it the scan came to %+v", got)
	}
	s.config.Watch.Whole = append(s.config.Watch.Whole, "Jenkinsfile")
	s.scan()
	if diff := gocmp.Diff(s.store.Files(host+"acme/web"), map[string]string{"Jenkinsfile": "x"}); diff != "" {
		t.Errorf("files (-got +want):\n%s", diff)
	}
}

func TestWhichRepositories(t *testing.T) {
	tests := []struct {
		name   string
		config github.Config
		want   []string
	}{
		{"an organisation", github.Config{Org: "ACME"}, []string{"acme/pay", "acme/web", "acme/web-old"}},
		{"a user", github.Config{User: "ana"}, []string{"ana/notes"}},
		{"named ones", github.Config{Repos: []string{"acme/Pay", "ana/notes"}}, []string{"acme/pay", "ana/notes"}},
		{"some", github.Config{Org: "acme", Include: []string{"web*"}}, []string{"acme/web", "acme/web-old"}},
		{"some by their whole name", github.Config{Org: "acme", Include: []string{"acme/*"}, Exclude: []string{"*-old"}}, []string{"acme/pay", "acme/web"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := acme(t)
			s.peer.AddUser("ana")
			for _, name := range []string{"acme/web", "acme/web-old", "ana/notes"} {
				owner, name, _ := strings.Cut(name, "/")
				s.peer.AddRepo(owner, githubtest.Repo{Name: name, Files: map[string]string{"ci.yml": name}})
			}
			test.config.Name, test.config.URL, test.config.Watch = "github", s.peer.URL, watched()
			s.config = test.config
			s.scan()
			got := map[string]bool{}
			for _, r := range s.store.Rows {
				got[strings.TrimPrefix(r.Name, host)] = true
			}
			want := map[string]bool{}
			for _, name := range test.want {
				want[name] = true
			}
			if diff := gocmp.Diff(got, want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

func TestConfigsThatCannotBeRight(t *testing.T) {
	now := func() metrics.Instant { return 1 }
	for name, config := range map[string]github.Config{
		"no clock":        {Org: "acme"},
		"nothing to read": {Now: now},
		"two things":      {Now: now, Org: "acme", User: "ana"},
		"a bad glob":      {Now: now, Org: "acme", Include: []string{"["}},
		"no name":         {Now: now, Repos: []string{"pay"}},
		"no address":      {Now: now, Org: "acme", URL: "::"},
	} {
		if _, err := github.New(config); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%s: got %v, want it to be refused", name, err)
		}
	}
}

// TestInterruptedScansSkipNothing ends scans after each number of requests, by the end of the context and by a
// budget, and goes on: in the end everything is known, and no list is taken for one of all before.
func TestInterruptedScansSkipNothing(t *testing.T) {
	for _, how := range []string{"context", "budget"} {
		t.Run(how, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.peer.Generate(githubtest.Fleet{Repos: 300})
			left, stop := 0, context.CancelFunc(nil)
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if left--; left < 0 {
						if how == "budget" {
							return nil, collectors.ErrSpent
						}
						stop()
					}
					return next.RoundTrip(r)
				})
			}
			full := func(l metrics.Listing) bool { return l.Full }
			for n := 1; !slices.ContainsFunc(s.store.Listed, full); n++ {
				if n > 40 {
					t.Fatal("it never ends")
				}
				left = n
				s.ctx, stop = context.WithCancel(context.Background())
				err := s.try()
				stop()
				if how == "budget" && err != nil {
					t.Fatal(err)
				}
				if s.summary.Unknown > 0 {
					t.Fatalf("the scan came to %+v", s.summary)
				}
			}
			if got := len(s.store.Newest); got != 301 {
				t.Errorf("%d repositories are known, want 301", got)
			}
		})
	}
}

// TestShards scans in two parts: each has a mark of its own.
func TestShards(t *testing.T) {
	s := newScanner(t, githubtest.Config{})
	s.peer.Generate(githubtest.Fleet{Repos: 60})
	for range 2 {
		for i := range 2 {
			s.shard = collectors.Shard{Index: i + 1, Count: 2}
			s.scan()
		}
	}
	s.requests(1)
	if got := len(s.store.Newest); got != 61 {
		t.Errorf("%d repositories are known, want 61", got)
	}
}

// TestIncludeThatMatchesNothing warns of it where everything was listed.
func TestIncludeThatMatchesNothing(t *testing.T) {
	s := acme(t)
	var logged strings.Builder
	s.config.Log, s.config.Include = slog.New(slog.NewTextHandler(&logged, nil)), []string{"pay", "pya*"}
	s.scan()
	if got := logged.String(); strings.Count(got, "matches no repository") != 1 || !strings.Contains(got, "glob=pya*") {
		t.Errorf("the log says:\n%s", got)
	}
	logged.Reset()
	s.scan()
	if got := logged.String(); strings.Contains(got, "matches no repository") {
		t.Errorf("after a list of news the log says:\n%s", got)
	}
}
