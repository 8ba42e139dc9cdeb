package gitlab_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// crew is a group with one below it, with people, pipelines, merge requests, deployments, policies and tags.
func crew(t testing.TB) *scanner {
	s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
	s.config.Providers = []string{"gitlab.invalid/acme/ci"}
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return quota.New(quota.Config{Source: "gitlab", Base: base, Family: quota.GitLabSelfManaged(), Transport: next})
	}
	at := s.peer.Now().Add(-3 * time.Hour)
	s.peer.AddGroup("acme/web", gitlabtest.Group{})
	for _, user := range []string{"ana", "bo"} {
		s.peer.AddUser(gitlabtest.User{Username: user})
	}
	s.peer.AddMember("acme", gitlabtest.Member{User: "ana"})
	s.peer.AddMember("acme/web", gitlabtest.Member{User: "bo"})
	s.peer.AddProject("acme/web", gitlabtest.Project{Path: "shop", Files: map[string]string{".gitlab-ci.yml": includes, "odd.yml": "\xff\x00"}, Created: at.AddDate(-1, 0, 0)})
	for _, path := range []string{"acme/pay", "acme/web/shop"} {
		s.peer.AddPipeline(path, gitlabtest.Pipeline{Created: at, Finished: at.Add(5 * time.Minute)})
		s.peer.AddDeployment(path, gitlabtest.Deployment{Environment: "production", Created: at})
		s.peer.AddMergeRequest(path, gitlabtest.MergeRequest{Title: "x", Source: "x", Author: "ana", Created: at})
	}
	s.peer.AddFramework("acme", gitlabtest.Framework{Name: "soc", Pipeline: "ci.yml@acme/ci", Default: true})
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "secrets", Kind: "scan_execution_policy", Enabled: true, YAML: "actions: [{scan: secret_detection}]\n", Updated: at})
	return s
}

// more lets something new happen of everything.
func more(s *scanner) {
	at := s.peer.Now()
	s.peer.AddMember("acme/web", gitlabtest.Member{User: "ana"})
	for i, path := range []string{"acme/pay", "acme/web/shop"} {
		s.peer.Push(path, gitlabtest.Push{Files: map[string]string{"go.mod": fmt.Sprintf("module x%d\n", i), "odd.yml": fmt.Sprint("\xff\x01", i)}, At: at})
		s.peer.AddPipeline(path, gitlabtest.Pipeline{Created: at, Finished: at.Add(5 * time.Minute)})
		s.peer.AddDeployment(path, gitlabtest.Deployment{Environment: "production", Created: at})
		s.peer.AddMergeRequest(path, gitlabtest.MergeRequest{Title: "y", Source: "y", Author: "bo", Created: at})
	}
	s.peer.Tag("acme/ci", "v2", "")
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "sast", Kind: "scan_execution_policy", Enabled: true, YAML: "actions: [{scan: sast}]\n", Updated: at})
}

// nothings are the ways in which an answer can hold nothing, by what is asked.
func nothings(route string) []gitlabtest.Failure {
	if route == gitlabtest.GraphQL {
		return []gitlabtest.Failure{gitlabtest.Empty, gitlabtest.Null, gitlabtest.Object, gitlabtest.PlainEmpty, gitlabtest.NoData, gitlabtest.EmptyData,
			gitlabtest.NullData, gitlabtest.NullNodes, gitlabtest.NullInner, gitlabtest.HTML}
	}
	return []gitlabtest.Failure{gitlabtest.Empty, gitlabtest.Null, gitlabtest.Object, gitlabtest.PlainEmpty, gitlabtest.PlainNull, gitlabtest.PlainList, gitlabtest.NullEntry,
		gitlabtest.ObjectEntry, gitlabtest.HTML}
}

// whole reports whether a scan says that it is.
func whole(sum collectors.Summary) bool { return sum.Unknown == 0 && len(sum.Partial) == 0 }

// TestNothingIsNoAnswer has a host answer what holds nothing, now and then or always, in the first scan of a group and in
// one that comes when everything happened in it. Either the scan knows all the same, or it says that it is not complete.
// Once the host answers properly the next scan knows what it would have known.
func TestNothingIsNoAnswer(t *testing.T) {
	for _, late := range []bool{false, true} {
		begin := func(t testing.TB) *scanner {
			s := crew(t)
			if late {
				s.scan()
				more(s)
				s.pause = 25 * time.Hour
			}
			return s
		}
		good := begin(t)
		good.scan()
		asked := good.peer.Counts().Routes
		good.scan()
		want := good.store.Knowledge()
		for route, times := range asked {
			if strings.HasSuffix(route, "/raw") {
				continue // what is no file of that name is refused by what it is
			}
			for _, failure := range nothings(route) {
				for after := range times + 1 {
					fault := gitlabtest.Fault{Failure: failure, Route: route, After: after % times}
					if after == times {
						fault.Times = -1
					}
					t.Run(fmt.Sprintf("late %v/%s/%s/%d", late, route, failure, after), func(t *testing.T) {
						t.Parallel()
						s := begin(t)
						s.peer.Fail(fault)
						disturbed := s.scan()
						if whole(disturbed) {
							s.pause = time.Minute
						}
						s.peer.Heal()
						mended := s.scan()
						if !whole(mended) {
							t.Errorf("when it is well again the scan came to %d unknown, %q; before %d, %q", mended.Unknown, mended.Partial, disturbed.Unknown, disturbed.Partial)
						}
						if diff := s.store.Knowledge().Differs(want); diff != "" {
							t.Errorf("it said %d unknown, %q, and then -got +want\n%s", disturbed.Unknown, disturbed.Partial, diff)
						}
					})
				}
			}
		}
	}
}

// TestEmptyLists has lists within answers hold nothing although there is something, as other answers tell: the files below
// a commit, and the groups that projects are in.
func TestEmptyLists(t *testing.T) {
	for name, c := range map[string]struct {
		parts    gitlab.Parts
		fault    gitlabtest.Fault
		complete bool
	}{
		"files":              {gitlab.Parts{}, gitlabtest.Fault{Failure: gitlabtest.EmptyInner, Times: -1}, true}, // REST tells
		"projects":           {gitlab.Parts{}, gitlabtest.Fault{Failure: gitlabtest.EmptyNodes, Times: -1}, false},
		"groups":             {gitlab.Parts{Teams: true}, gitlabtest.Fault{Failure: gitlabtest.EmptyNodes}, false},
		"groups and members": {gitlab.Parts{Teams: true}, gitlabtest.Fault{Failure: gitlabtest.NullData, Times: 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			good, s := crew(t), crew(t)
			good.config.Parts, s.config.Parts = c.parts, c.parts
			good.scan()
			good.scan()
			c.fault.Route = gitlabtest.GraphQL
			s.peer.Fail(c.fault)
			if sum := s.scan(); whole(sum) != c.complete {
				t.Errorf("the scan came to %+v", sum)
			}
			s.peer.Heal()
			if sum := s.scan(); !whole(sum) {
				t.Errorf("the next scan came to %+v", sum)
			}
			if diff := s.store.Knowledge().Differs(good.store.Knowledge()); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestGroupsThatShrink does not end who was in groups that a list leaves out, although projects are in them.
func TestGroupsThatShrink(t *testing.T) {
	s := crew(t)
	s.scan()
	s.pause = 25 * time.Hour
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.EmptyNodes, Route: gitlabtest.GraphQL})
	s.scan()
	for _, m := range s.store.Memberships {
		if m.To != metrics.Forever {
			t.Errorf("%+v is over", m)
		}
	}
	if whole(s.summary) {
		t.Errorf("the scan came to %+v", s.summary)
	}
}

// TestGroupsThatListNothing tells a group without projects from one whose projects are not shown.
func TestGroupsThatListNothing(t *testing.T) {
	s := crew(t)
	s.peer.AddGroup("void", gitlabtest.Group{})
	s.config.Group = "void"
	if sum := s.scan(); !whole(sum) || sum.Listed != 0 {
		t.Errorf("the scan of nothing came to %+v", sum)
	}
	s = crew(t)
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.NoEntries, Route: groupProjects, Times: -1})
	sum := s.scan()
	if !slices.ContainsFunc(sum.Partial, func(text string) bool { return strings.Contains(text, "the group says that it has 3") }) {
		t.Errorf("the scan of a group that lists nothing says %q", sum.Partial)
	}
	s.peer.Heal()
	if sum := s.scan(); !whole(sum) || sum.Repos != 3 {
		t.Errorf("the next scan came to %+v", sum)
	}
}
