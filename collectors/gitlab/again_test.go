package gitlab_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// What a host says in an answer that is all right otherwise.
const (
	brokenDown = "Something went wrong while executing your query."
	overTime   = "Query execution was interrupted"
	notShown   = "The resource that you are attempting to access does not exist or you don't have permission to perform this action"
)

// twice is what two scans of the group of many know.
func twice(t testing.TB) collectorstest.Knowledge {
	s := many(t)
	s.scan()
	s.scan()
	return s.store.Knowledge()
}

// TestErrorsInAnswers has GraphQL answer with an error where something was asked for: that is denied only where the host
// says so. Else it is asked again, at once and by the next scan.
func TestErrorsInAnswers(t *testing.T) {
	begin := func(t testing.TB) *scanner {
		s := many(t)
		s.peer.AddProject("acme", gitlabtest.Project{Path: "made", Creator: "ana", Created: gitlabtest.Start.AddDate(-1, 0, 0)})
		return s
	}
	good := begin(t)
	good.scan()
	good.scan()
	want := good.store.Knowledge()
	for _, part := range []struct{ name, query, place string }{
		{"policies", "complianceFrameworks", "p0"},
		{"policies", "complianceFrameworks", "p0.nodes.*.scanExecutionPolicies"},
		{"groups and members", "groupMembers", "group"},
		{"groups and members", "groupMembers", "group.descendantGroups"},
		{"creators", "users(ids", "users"},
		{"creators", "users(ids", "users.nodes.*"},
	} {
		for _, text := range []string{brokenDown, overTime, notShown} {
			for _, times := range []int{0, 1} {
				t.Run(fmt.Sprintf("%s/%s/%s/%d", part.name, part.place, text, times), func(t *testing.T) {
					s := begin(t)
					s.wrap = altered{hits: queries(part.query), times: times, alter: func(_ *http.Request, a *reply) { a.set(part.place, nil, text) }}.wrap
					got := s.scan()
					said, denied := strings.Contains(strings.Join(got.Partial, "\n"), part.name), text == notShown && part.name != "creators"
					switch {
					case got.Unknown > 0, denied && len(got.Denied) != 1, !denied && len(got.Denied) > 0:
						t.Errorf("the scan came to %d unknown, %q, %+v", got.Unknown, got.Partial, got.Denied)
					case text != notShown && said != (times == 0):
						t.Errorf("the scan says %q of what failed %d times", got.Partial, times)
					}
					if s.wrap = nil; text != notShown || denied { // creators that are not shown are asked for once a day
						s.heals(want)
					}
				})
			}
		}
	}
}

// started fails the test where the runs of a scan are not those of another one, or it is not known when they began.
func (s *scanner) started(want collectorstest.Knowledge) {
	s.t.Helper()
	if diff := (collectorstest.Knowledge{Runs: s.store.Knowledge().Runs}).Differs(collectorstest.Knowledge{Runs: want.Runs}); diff != "" {
		s.t.Errorf("of the runs -got +want\n%s", diff)
	}
}

// TestPipelinesAreAskedForAgain has queries for pipelines fail a few times, in whole or for some projects: what they tell
// is read all the same, and what only they tell in one request is read one by one where that is little.
func TestPipelinesAreAskedForAgain(t *testing.T) {
	want := twice(t)
	for name, alter := range map[string]func(*http.Request, *reply){
		"an error in place of the list": func(_ *http.Request, a *reply) { a.set("p0", nil, brokenDown) },
		"an error in place of each":     func(_ *http.Request, a *reply) { a.set("p0.nodes.*.pipelines", nil, brokenDown) },
		"nothing in place of each":      func(_ *http.Request, a *reply) { a.set("p0.nodes.*.pipelines.nodes", nil, "") },
		"502":                           func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway },
	} {
		for _, times := range []int{1, 2, 0} {
			t.Run(fmt.Sprintf("%s %d times", name, times), func(t *testing.T) {
				s := many(t)
				s.wrap = altered{hits: queries("pipelines(first"), times: times, alter: alter}.wrap
				got := s.scan()
				if hollow := name == "nothing in place of each"; whole(got) == (hollow && times != 1) || len(got.Denied) > 0 {
					t.Errorf("the scan says %q, %+v", got.Partial, got.Denied)
				}
				if times != 0 && whole(got) || times == 0 && name == "502" {
					s.started(want)
				}
				s.wrap = nil
				s.heals(want)
				s.started(want)
			})
		}
	}
}

// TestManyPipelinesThatBeganUnseen has GraphQL tell nothing of many pipelines, of which REST does not say when they began.
// That is missed, and read by the next scan.
func TestManyPipelinesThatBeganUnseen(t *testing.T) {
	add := func(t testing.TB) *scanner {
		s := many(t)
		for i := range 150 {
			at := s.peer.Now().Add(-time.Duration(200-i) * time.Hour)
			s.peer.AddPipeline("acme/p3", gitlabtest.Pipeline{Created: at, Started: at.Add(time.Minute), Finished: at.Add(time.Hour)})
		}
		return s
	}
	good := add(t)
	good.scan()
	s := add(t)
	s.wrap = altered{hits: queries("pipelines(first"), alter: func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway }}.wrap
	got := s.scan()
	if says := "gitlab: begins of pipelines of 1 repository are not read: tried again by the next scan"; len(got.Partial) != 1 || got.Partial[0] != says || len(got.Denied) > 0 {
		t.Errorf("the scan says %q, %+v, want %q", got.Partial, got.Denied, says)
	}
	if got := len(s.store.RunsOf(host + "acme/p3")); got != 151 {
		t.Errorf("%d runs are known meanwhile", got)
	}
	s.wrap = nil
	if got := s.scan(); !whole(got) {
		t.Errorf("the next scan says %q", got.Partial)
	}
	s.started(good.store.Knowledge())
	// One page is lost after a first one was told.
	s = add(t)
	s.wrap = altered{hits: queries("after: $after"), alter: func(_ *http.Request, a *reply) { a.status = http.StatusBadGateway }}.wrap
	s.scan()
	s.wrap = nil
	s.scan()
	s.started(good.store.Knowledge())
}

// TestTipsThatAreNotTold has the host not say where a branch is that a pipeline includes: what that includes is missed then,
// rather than taken for what it was.
func TestTipsThatAreNotTold(t *testing.T) {
	const branch = "include:\n  - project: acme/ci\n    ref: main\n    file: /build.yml\n"
	for _, status := range []int{http.StatusBadGateway, http.StatusUnprocessableEntity, http.StatusNotFound} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			follow := func(wrap func(http.RoundTripper) http.RoundTripper) (*scanner, collectors.Summary) {
				s := many(t)
				s.peer.Push("acme/p3", gitlabtest.Push{Files: map[string]string{".gitlab-ci.yml": branch}, At: s.peer.Now()})
				s.peer.AddPipeline("acme/p3", gitlabtest.Pipeline{})
				s.scan()
				s.peer.Advance(2 * time.Hour)
				s.peer.Push("acme/ci", gitlabtest.Push{Files: map[string]string{"build.yml": build + "test: {script: [make]}\n"}})
				s.peer.Push("acme/p3", gitlabtest.Push{Files: map[string]string{"README.md": "x"}})
				s.peer.AddPipeline("acme/p3", gitlabtest.Pipeline{})
				s.wrap = wrap
				return s, s.scan()
			}
			good, _ := follow(nil)
			s, got := follow(altered{hits: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/repository/commits/") },
				alter: func(_ *http.Request, a *reply) { a.status, a.body = status, map[string]any{"message": "x"} }}.wrap)
			if missed := status != http.StatusNotFound; missed == whole(got) || len(got.Denied) > 0 {
				t.Errorf("the scan says %q, %+v", got.Partial, got.Denied)
			}
			if status == http.StatusNotFound {
				return
			}
			runs := s.store.RunsOf(host + "acme/p3")
			if used := runs[len(runs)-1].Used; len(used) > 0 {
				t.Errorf("meanwhile the last run is said to use %+v", used)
			}
			s.wrap = nil
			if got := s.scan(); !whole(got) {
				t.Errorf("the next scan says %q", got.Partial)
			}
			s.started(good.store.Knowledge())
		})
	}
}

// TestGroupsAndCreatorsAreAskedForAgain has a query for groups or users fail once: that costs nothing but a request.
func TestGroupsAndCreatorsAreAskedForAgain(t *testing.T) {
	want := twice(t)
	for _, query := range []string{"groupMembers", "users(ids"} {
		for _, status := range []int{http.StatusBadGateway, http.StatusInternalServerError, http.StatusOK} {
			t.Run(fmt.Sprintf("%s %d", query, status), func(t *testing.T) {
				s := many(t)
				s.wrap = altered{hits: queries(query), times: 1, alter: func(_ *http.Request, a *reply) { a.status, a.body = status, "cut" }}.wrap
				if got := s.scan(); !whole(got) || len(got.Denied) > 0 {
					t.Errorf("the scan says %q, %+v", got.Partial, got.Denied)
				}
				s.wrap = nil
				s.heals(want)
			})
		}
	}
}
