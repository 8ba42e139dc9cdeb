package gitlab_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// long is a group of which every list takes several pages.
func long(t testing.TB) *scanner {
	s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
	s.config.Providers = []string{"gitlab.invalid/acme/ci"}
	s.peer.AddProject("acme", gitlabtest.Project{Path: "wide", Files: manyFiles(250, "module wide\n"), Created: gitlabtest.Start.AddDate(-1, 0, 0)})
	for i := range 125 {
		at := gitlabtest.Start.Add(-time.Duration(300-i) * time.Hour)
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprintf("p%03d", i), Files: map[string]string{"go.mod": "module x\n"}, Created: at.AddDate(-1, 0, 0)})
		s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Created: at})
		s.peer.AddDeployment("acme/pay", gitlabtest.Deployment{Environment: "production", Created: at})
		s.peer.AddMergeRequest("acme/pay", gitlabtest.MergeRequest{Title: fmt.Sprint(i), Source: "x", Created: at})
		s.peer.Push("acme/ci", gitlabtest.Push{Files: map[string]string{"README.md": fmt.Sprint(i)}, At: at})
		s.peer.Tag("acme/ci", fmt.Sprintf("t%03d", i), "")
		if i == 0 {
			s.peer.Tag("acme/ci", "v1.0.0", "")
		}
		user := fmt.Sprint("dev-", i)
		s.peer.AddUser(gitlabtest.User{Username: user})
		s.peer.AddMember("acme", gitlabtest.Member{User: user})
	}
	for i := range 45 {
		s.peer.AddGroup(fmt.Sprintf("acme/g%02d", i), gitlabtest.Group{})
	}
	s.peer.Tag("acme/ci", "v2.0.0", "")
	return s
}

// lists are the routes whose answers come in pages.
func lists() map[string]func(*http.Request) bool {
	return map[string]func(*http.Request) bool{
		"projects":       routes("/groups/acme/projects"),
		"tags":           routes("/repository/tags"),
		"commits":        routes("/repository/commits"),
		"merge requests": routes("/merge_requests"),
		"deployments":    routes("/deployments"),
	}
}

// treeless lets no query for files be answered, so that they are read by REST.
func treeless(next http.RoundTripper) http.RoundTripper {
	return altered{hits: queries("tree(recursive"), alter: func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway }}.wrap(next)
}

// TestPagesThatDoNotSayWhatFollows has a proxy take out what tells of the pages of a list: none of them is left out for that.
func TestPagesThatDoNotSayWhatFollows(t *testing.T) {
	good := long(t)
	good.scan()
	want := good.store.Knowledge()
	for name, hits := range lists() {
		for _, headers := range []string{"X-Next-Page", "X-Next-Page X-Total X-Total-Pages", "X-Next-Page X-Total X-Total-Pages Link"} {
			t.Run(name+" without "+headers, func(t *testing.T) {
				s := long(t)
				s.wrap = altered{hits: hits, alter: func(_ *http.Request, a *reply) {
					for header := range strings.FieldsSeq(headers) {
						a.header.Del(header)
					}
				}}.wrap
				if got := s.scan(); !whole(got) {
					t.Errorf("the scan came to %d unknown, %q", got.Unknown, got.Partial)
				}
				if diff := s.store.Knowledge().Differs(want); diff != "" {
					t.Errorf("-got +want\n%s", diff)
				}
			})
		}
	}
	for _, n := range []int{250, 299, 399} { // with the folders there are two entries more than files
		t.Run(fmt.Sprintf("trees of %d files without Link", n), func(t *testing.T) {
			s := newScanner(t, gitlabtest.Config{Unlimited: true})
			s.peer.AddGroup("acme", gitlabtest.Group{})
			files := map[string]string{"go.mod": "module wide\n"}
			for i := range n - 1 {
				files[fmt.Sprintf("f%04d.yml", i)] = fmt.Sprint(i % 5)
			}
			s.peer.AddProject("acme", gitlabtest.Project{Path: "wide", Files: files})
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return altered{hits: routes("/repository/tree"), alter: func(_ *http.Request, a *reply) { a.header.Del("Link") }}.wrap(treeless(next))
			}
			if got := s.scan(); !whole(got) {
				t.Errorf("the scan came to %d unknown, %q", got.Unknown, got.Partial)
			}
			if got := len(s.store.Files(host + "acme/wide")); got != n {
				t.Errorf("%d files are known, want %d", got, n)
			}
		})
	}
}

// bounded ends a scan that asks far more than it takes.
func (s *scanner) bounded(wrap func(http.RoundTripper) http.RoundTripper, most int64) {
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	s.ctx = ctx
	var asked atomic.Int64
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		next = wrap(next)
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if asked.Add(1) == most {
				s.t.Errorf("%d requests are made, and no end", most)
				cancel()
			}
			return next.RoundTrip(r)
		})
	}
}

// TestListsThatGoInACircle has each list lead back to where it was, or stay there, or be answered by another page than was
// asked for. It comes to an end, and is not taken for whole.
func TestListsThatGoInACircle(t *testing.T) {
	back := func(page string) func(*http.Request, *reply) {
		return func(r *http.Request, a *reply) {
			a.header.Set("X-Next-Page", page)
			a.header.Del("X-Total")
		}
	}
	first := func(next http.RoundTripper, hits func(*http.Request) bool, silent bool) http.RoundTripper { // whatever page is asked for
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if !hits(r) {
				return next.RoundTrip(r)
			}
			asked := r.Clone(r.Context())
			q := asked.URL.Query()
			q.Del("page")
			q.Del("updated_after")
			asked.URL.RawQuery = q.Encode()
			resp, err := next.RoundTrip(asked)
			if err == nil && silent {
				for _, name := range []string{"X-Next-Page", "X-Total", "X-Total-Pages", "Link"} {
					resp.Header.Del(name)
				}
			}
			return resp, err
		})
	}
	cases := map[string]func(http.RoundTripper) http.RoundTripper{}
	for name, hits := range lists() {
		cases[name+", whose first page is every page"] = func(next http.RoundTripper) http.RoundTripper { return first(next, hits, false) }
		cases[name+", whose first page is every page, without a word"] = func(next http.RoundTripper) http.RoundTripper { return first(next, hits, true) }
		if name == "merge requests" || name == "deployments" {
			continue // which ask for what is later than what came
		}
		cases[name+", whose next page is the first"] = altered{hits: hits, alter: back("1")}.wrap
		cases[name+", whose next page is another one"] = altered{hits: hits, alter: back("3")}.wrap
	}
	cursor := func(query, place string) func(http.RoundTripper) http.RoundTripper {
		return altered{hits: queries(query), alter: func(_ *http.Request, a *reply) {
			a.set(place, map[string]any{"hasNextPage": true, "endCursor": "MA=="}, "")
		}}.wrap
	}
	cases["groups"] = cursor("descendantGroups", "group.descendantGroups.pageInfo")
	cases["members"] = cursor("groupMembers", "group.groupMembers.pageInfo")
	cases["pipelines"] = cursor("pipelines(first", "p0.nodes.*.pipelines.pageInfo")
	cases["trees by REST"] = func(next http.RoundTripper) http.RoundTripper {
		return altered{hits: routes("/repository/tree"), alter: func(r *http.Request, a *reply) {
			a.header.Set("Link", `<http://gitlab.invalid/api/v4/projects/1/repository/tree?page_token=x&per_page=100>; rel="next"`)
		}}.wrap(treeless(next))
	}
	good := long(t)
	good.scan()
	want := good.store.Knowledge()
	for name, wrap := range cases {
		t.Run(name, func(t *testing.T) {
			s := long(t)
			s.bounded(wrap, 3_000)
			err := s.try()
			if s.ctx.Err() != nil {
				return
			}
			if err != nil || whole(s.summary) || len(s.summary.Denied) > 0 {
				t.Errorf("the scan came to %q, %+v, %v, want that it is not whole", s.summary.Partial, s.summary.Denied, err)
			}
			s.wrap, s.ctx = nil, context.Background()
			s.scan()
			s.scan()
			if !whole(s.summary) || len(s.summary.Denied) > 0 {
				t.Errorf("when it is well again the scan came to %d unknown, %q, %+v", s.summary.Unknown, s.summary.Partial, s.summary.Denied)
			}
			if diff := byREST(s.store.Knowledge()).Differs(byREST(want)); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestTreesWhoseCursorStays reads a tree by REST whose parts never end by GraphQL.
func TestTreesWhoseCursorStays(t *testing.T) {
	s := long(t)
	s.config.Parts = gitlab.Parts{}
	s.bounded(altered{hits: queries("tree(recursive"), alter: func(_ *http.Request, a *reply) {
		for _, alias := range []string{"p0", "p1"} {
			a.set(alias+".nodes.*.repository.tree.blobs.pageInfo", map[string]any{"hasNextPage": true, "endCursor": "MA=="}, "")
		}
	}}.wrap, 3_000)
	if err := s.try(); err != nil {
		t.Fatal(err)
	}
	if got := len(s.store.Files(host + "acme/wide")); !whole(s.summary) || got != 251 {
		t.Errorf("the scan came to %d unknown, %q, with %d files", s.summary.Unknown, s.summary.Partial, got)
	}
}

// TestAnswersOfAnotherProject has lists of a project be answered by those of another one.
func TestAnswersOfAnotherProject(t *testing.T) {
	want := twice(t)
	for _, test := range []struct{ name, route, query string }{
		{"merge requests", "/merge_requests", ""},
		{"pipelines", "/pipelines", "pipelines(first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := many(t)
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				if test.query != "" { // so that REST is asked
					next = altered{hits: queries(test.query), alter: func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway }}.wrap(next)
				}
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					if from := fmt.Sprintf("/projects/%d/", s.peer.ID("acme/p3")); strings.HasSuffix(r.URL.Path, test.route) {
						r = r.Clone(r.Context())
						r.URL.Path = strings.Replace(r.URL.Path, from, fmt.Sprintf("/projects/%d/", s.peer.ID("acme/p4")), 1)
					}
					return next.RoundTrip(r)
				})
			}
			got := s.scan()
			if says := "gitlab: " + test.name + " of 1 repository are not read: tried again by the next scan"; len(got.Partial) != 1 || got.Partial[0] != says || len(got.Denied) > 0 || got.Unknown > 0 {
				t.Errorf("the scan came to %d unknown, %q, %+v, want %q", got.Unknown, got.Partial, got.Denied, says)
			}
			s.wrap = nil
			s.heals(want)
		})
	}
}

// TestContentsInBadHands has the host not give contents, or others, of all projects or of the first that is asked. One that
// is told by another project is read there.
func TestContentsInBadHands(t *testing.T) {
	begin := func(t testing.TB) *scanner {
		s := newScanner(t, gitlabtest.Config{Unlimited: true})
		s.peer.AddGroup("acme", gitlabtest.Group{})
		for _, path := range []string{"a", "b"} {
			s.peer.AddProject("acme", gitlabtest.Project{Path: path, Files: map[string]string{"go.mod": "module x\n", "odd.yml": "\xff\x00"}})
		}
		s.peer.AddProject("acme", gitlabtest.Project{Path: "c", Files: map[string]string{"go.mod": "module c\n"}})
		return s
	}
	good := begin(t)
	good.scan()
	want := good.store.Knowledge()
	answers := map[string]func(*reply){"an empty one": func(a *reply) { a.body = "" }, "another one": func(a *reply) { a.body = "x" }}
	for _, status := range []int{401, 403, 404, 410, 422, 451, 500, 503} {
		answers[fmt.Sprint(status)] = func(a *reply) { a.status, a.body = status, map[string]any{"message": "x"} }
	}
	for name, alter := range answers {
		for _, of := range []string{"all", "one"} {
			t.Run(name+" of "+of, func(t *testing.T) {
				s := begin(t)
				end := "/raw"
				s.wrap = altered{hits: func(r *http.Request) bool {
					return strings.HasSuffix(r.URL.Path, end) && (of == "all" || strings.Contains(r.URL.Path, fmt.Sprintf("/projects/%d/", s.peer.ID("acme/a"))))
				}, alter: func(_ *http.Request, a *reply) { alter(a) }}.wrap
				unknown := map[string]int{"all": 2, "one": 0}[of]
				if got := s.scan(); got.Unknown != unknown {
					t.Errorf("the scan came to %+v, want %d unknown", got.Problems, unknown)
				}
				if got := s.store.Files(host + "acme/c")["go.mod"]; got != "module c\n" {
					t.Errorf("of a project that has nothing to do with it %q is known", got)
				}
				s.wrap = nil
				s.heals(want)
			})
		}
	}
	for _, place := range []string{"p0", "p0.nodes.*", "p0.nodes.*.repository", "p0.nodes.*.repository.blobs", "p0.nodes.*.repository.blobs.nodes", "p0.nodes.*.repository.blobs.nodes.*"} {
		for _, text := range []string{"", brokenDown} {
			t.Run(place+" is null, "+text, func(t *testing.T) {
				s := begin(t)
				s.wrap = altered{hits: queries("blobs(paths"), alter: func(_ *http.Request, a *reply) { a.set(place, nil, text) }}.wrap
				if got := s.scan(); !whole(got) {
					t.Errorf("the scan came to %+v, want all read by REST", got)
				}
				if diff := s.store.Knowledge().Differs(want); diff != "" {
					t.Errorf("-got +want\n%s", diff)
				}
			})
		}
	}
}
