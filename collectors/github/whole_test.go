package github_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// node is an object of an answer.
type node = map[string]any

// within returns the object below some names; nil where it is not there.
func within(n node, names ...string) node {
	for _, name := range names {
		n, _ = n[name].(node)
	}
	return n
}

// edits changes answers on their way: so many of those to queries with a text, or to requests of a route, all where
// times is negative.
type edits struct {
	query, route string
	times        int
	edit         func(answer node)
	asked        int
}

func (e *edits) wrap(next http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		hit := passing{route: e.route, query: e.query}.hits(r)
		anew(r)
		resp, err := next.RoundTrip(r)
		if err != nil || !hit || e.times == 0 {
			return resp, err
		}
		if e.asked++; e.asked > 200 {
			return nil, errors.New("it never ends")
		}
		e.times--
		defer resp.Body.Close()
		var got node
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			return nil, err
		}
		e.edit(got)
		body, err := json.Marshal(got)
		return answer(resp.StatusCode, string(body), r), err
	})
}

// nowhere is a cursor that leads to the begin of its list.
const nowhere = "nowhere"

// anew takes the cursors of that kind out of a query.
func anew(r *http.Request) {
	if body := text(r); strings.Contains(body, nowhere) {
		body = strings.NewReplacer(`\"`+nowhere+`\"`, "null", `"`+nowhere+`"`, "null").Replace(body)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
}

// fault puts an error into an answer to a query.
func fault(answer node, kind string, path ...any) {
	list, _ := answer["errors"].([]any)
	answer["errors"] = append(list, node{"type": kind, "message": "Something went wrong while executing your query.", "path": path})
}

// TestTreeWithoutEntries has the root of a tree come without its entries, and an error of that: it is asked for in another
// way, and where that fails, too, the repository stays as it was.
func TestTreeWithoutEntries(t *testing.T) {
	for _, kind := range []string{"", "SERVICE_UNAVAILABLE", "FORBIDDEN", "none"} {
		for _, rest := range []bool{true, false} {
			t.Run(fmt.Sprint(kind, rest), func(t *testing.T) {
				s := acme(t)
				s.scan()
				s.peer.Push("acme/pay", githubtest.Push{Files: map[string]string{"go.mod": "module pay2\n"}})
				e := edits{query: "fragment tree", times: -1, edit: func(answer node) {
					within(answer, "data", "r0", "defaultBranchRef", "target", "tree")["entries"] = nil
					if kind != "none" {
						fault(answer, kind, "r0", "defaultBranchRef", "target", "tree", "entries")
					}
				}}
				s.wrap = e.wrap
				if !rest {
					s.peer.Fail(githubtest.Fault{Failure: githubtest.Internal, Route: "GET /repos/{owner}/{repo}/git/trees/{sha...}", Times: -1})
				}
				want := map[bool]string{true: "module pay2\n", false: "module pay\n"}[rest]
				got, files := s.scan(), s.store.Files(host+"acme/pay")
				if (got.Unknown == 0) != rest || files["go.mod"] != want || files["ci.yml"] != "on: push\n" {
					t.Errorf("the scan came to %+v, with %q", got, files)
				}
				s.peer.Heal()
				s.wrap = nil
				if got := s.scan(); got.Unknown != 0 || s.store.Files(host + "acme/pay")["go.mod"] != "module pay2\n" {
					t.Errorf("once it works the scan came to %+v, with %q", got, s.store.Files(host+"acme/pay"))
				}
			})
		}
	}
}

// gap is how an entry of a list can lack.
type gap struct {
	name, query, says string
	at                []string // the list in a repository
	field             string   // that is null, of the entry; "" for the entry itself
	rest              bool     // the entries beside it are known all the same
}

func gaps() []gap {
	return []gap{
		{"pull requests", "list: pullRequests", "pull requests", []string{"list"}, "", true},
		{"deployments", "list: deployments", "deployments", []string{"list"}, "", true},
		{"the id of a deployment", "list: deployments", "deployments", []string{"list"}, "databaseId", true},
		{"tags", "list: refs", "tags", []string{"list"}, "", false},
		{"what a tag is of", "list: refs", "tags", []string{"list"}, "target", false},
		{"commits", "history(first: 100", "tags", []string{"object", "history"}, "", false},
		{"rulesets", "list: rulesets", "rulesets", []string{"list"}, "", false},
		{"the rules of a ruleset", "list: rulesets", "rulesets", []string{"list"}, "rules", false},
	}
}

// spoil takes the first entry out of the lists of an answer, with an error of that, or with none where kind is "none".
func (g gap) spoil(kind string) func(node) {
	return func(answer node) {
		for alias, value := range within(answer, "data") {
			repo, _ := value.(node)
			list, _ := within(repo, g.at...)["nodes"].([]any)
			if len(list) == 0 {
				continue
			}
			path := []any{alias}
			for _, name := range g.at {
				path = append(path, name)
			}
			if path = append(path, "nodes", 0); g.field != "" {
				list[0].(node)[g.field], path = nil, append(path, g.field)
			} else {
				list[0] = nil
			}
			if kind != "none" {
				fault(answer, kind, path...)
			}
		}
	}
}

// twoEach is many with two of each thing in acme/r0, of which the older one is known from a scan before.
func twoEach(t *testing.T) *scanner {
	s := many(t)
	s.peer.AddRuleset("acme/r0", githubtest.Ruleset{Name: "own", Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/r1", Path: ciFile}}})
	s.scan()
	s.peer.Push("acme/r0", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}})
	s.peer.AddPull("acme/r0", githubtest.Pull{Title: "y", Author: "ana", Created: s.peer.Now()})
	s.peer.AddPull("acme/r0", githubtest.Pull{Title: "z", Author: "ana", Created: s.peer.Now().Add(time.Minute)})
	s.peer.AddDeployment("acme/r0", githubtest.Deployment{Environment: "test", Created: s.peer.Now()})
	s.peer.AddDeployment("acme/r0", githubtest.Deployment{Environment: "production", Created: s.peer.Now().Add(time.Minute)})
	s.peer.Tag("acme/r0", "v1.1.0", "")
	s.peer.Advance(24 * time.Hour)
	return s
}

// TestGapsInLists has entries of lists be null, once or for a while, with an error beside them or without. What is asked
// again and then told is known at once. What is not is missed, or told of as denied where nothing says why; nothing is
// taken for gone, and in the end all is known.
func TestGapsInLists(t *testing.T) {
	want := twoEach(t)
	want.scan()
	for _, g := range gaps() {
		for _, kind := range []string{"", "SERVICE_UNAVAILABLE", "FORBIDDEN", "none"} {
			for _, times := range []int{1, -1} {
				t.Run(fmt.Sprint(g.name, "/", kind, "/", times), func(t *testing.T) {
					s := twoEach(t)
					pulls, deployments := len(s.store.Pulls), len(s.store.Deployments)
					e := edits{query: g.query, times: times, edit: g.spoil(kind)}
					s.wrap = e.wrap
					got := s.scan()
					told := len(got.Partial) + len(got.Denied)
					if e.asked == 0 || times > 0 && g.at[0] == "list" && told != 0 || times < 0 && told != 1 {
						t.Errorf("after %d answers it is said %q, %+v", e.asked, got.Partial, got.Denied)
					}
					if passes := kind != "FORBIDDEN" && kind != "none"; times < 0 && passes != (len(got.Partial) == 1) {
						t.Errorf("it is said %q, %+v", got.Partial, got.Denied)
					}
					for _, r := range s.store.Releases {
						if r.Object == "" {
							t.Errorf("the tag %s is gone", r.Tag)
						}
					}
					if g.rest && len(s.store.Pulls)+len(s.store.Deployments) <= pulls+deployments {
						t.Error("of what is beside it nothing is known")
					}
					s.wrap = nil
					s.scan()
					if got := s.scan(); len(got.Denied)+len(got.Partial)+got.Unknown != 0 {
						t.Errorf("two scans later it is said %+v, %q", got.Denied, got.Partial)
					}
					if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
						t.Error("-got +want\n" + diff)
					}
					s.scan()
					s.requests(1)
				})
			}
		}
	}
}

// TestGapsForGood: an entry that GitHub never shows is told of by each scan, which is complete, and is asked for rarely.
func TestGapsForGood(t *testing.T) {
	for _, g := range gaps() {
		t.Run(g.name, func(t *testing.T) {
			s := twoEach(t)
			e := edits{query: g.query, times: -1, edit: g.spoil("none")}
			s.wrap = e.wrap
			s.scan()
			e.asked = 0
			for n := range 20 {
				if got := s.scan(); len(got.Partial) != 0 || len(got.Denied) != 1 || !strings.HasPrefix(got.Denied[0].Part, g.says) {
					t.Errorf("scan %d says %q, %+v", n, got.Partial, got.Denied)
				}
			}
			if e.asked == 0 || e.asked > 30 {
				t.Errorf("it was asked for %d times in 20 scans", e.asked)
			}
		})
	}
}

// TestAnswersOfAnother: what is answered of another repository, which has the name by now or which a cache mixed up, is
// missed of the one that was asked for.
func TestAnswersOfAnother(t *testing.T) {
	tests := []struct {
		edits
		says string
	}{
		{edits{route: "/r3/actions/runs", edit: func(answer node) {
			for _, run := range answer["workflow_runs"].([]any) {
				run.(node)["repository"].(node)["id"] = 4711
			}
		}}, "workflow runs of 1 repository"},
		{edits{query: "list: pullRequests", edit: another}, "pull requests of 1 repository"},
		{edits{query: "list: deployments", edit: another}, "deployments of 1 repository"},
		{edits{query: "list: refs", edit: another}, "tags of 1 repository"},
		{edits{query: "checkSuites", edit: another}, "what is new beside files of 1 repository"},
	}
	want := many(t)
	want.scan()
	for _, test := range tests {
		t.Run(test.says, func(t *testing.T) {
			s := many(t)
			test.times = -1
			s.wrap = test.wrap
			if got := s.scan(); len(got.Partial) != 1 || !strings.Contains(got.Partial[0], test.says) || len(got.Denied) != 0 {
				t.Errorf("the scan says %q, %+v, want %q", got.Partial, got.Denied, test.says)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 {
				t.Errorf("the next scan says %q", got.Partial)
			}
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// another has the first repository of an answer be another one.
func another(answer node) {
	if r := within(answer, "data", "r0"); r != nil {
		r["databaseId"] = 4711
	}
}

// TestCountsThatListsDoNotReach: a list of runs that is shorter than it says, or has an entry that is null, is not whole.
func TestCountsThatListsDoNotReach(t *testing.T) {
	for name, edit := range map[string]func(node){
		"more are counted":  func(answer node) { answer["total_count"] = 250 },
		"one more is":       func(answer node) { answer["total_count"] = answer["total_count"].(float64) + 1 },
		"an entry is null":  func(answer node) { answer["workflow_runs"].([]any)[0] = nil },
		"one has no number": func(answer node) { answer["workflow_runs"].([]any)[0].(node)["id"] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			e := edits{route: "/r3/actions/runs", times: -1, edit: edit}
			s.wrap = e.wrap
			if got := s.scan(); len(got.Partial) != 1 || !strings.Contains(got.Partial[0], "workflow runs of 1 repository") {
				t.Errorf("the scan says %q", got.Partial)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Partial) != 0 || len(s.store.Runs) != 20 {
				t.Errorf("the next scan says %q, and %d attempts are known, want 20", got.Partial, len(s.store.Runs))
			}
		})
	}
}

// TestTeamsWithGaps: where a team or somebody in it is null nobody has left, and it is said that teams are not read.
func TestTeamsWithGaps(t *testing.T) {
	first := func(list node) { list["nodes"].([]any)[0] = nil }
	for name, edit := range map[string]func(teams node){
		"a team":   first,
		"a member": func(teams node) { first(within(teams["nodes"].([]any)[0].(node), "members")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			s.scan()
			s.peer.Advance(24 * time.Hour)
			want := s.store.Knowledge()
			e := edits{query: "teams(first", times: -1, edit: func(answer node) { edit(within(answer, "data", "organization", "teams")) }}
			s.wrap = e.wrap
			if got := s.scan(); len(got.Denied) != 1 || got.Denied[0].Part != "teams" || len(got.Partial) != 0 {
				t.Errorf("the scan says %+v, %q", got.Denied, got.Partial)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Denied)+len(got.Partial) != 0 {
				t.Errorf("the next scan says %+v, %q", got.Denied, got.Partial)
			}
			if diff := s.store.Knowledge().Differs(want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// TestNewestThatIsNull: where a probe has null in place of the newest of a list, the list is read.
func TestNewestThatIsNull(t *testing.T) {
	want := twoEach(t)
	want.scan()
	for _, list := range []string{"pullRequests", "deployments", "checkSuites"} {
		t.Run(list, func(t *testing.T) {
			s := twoEach(t)
			e := edits{query: "checkSuites", times: -1, edit: func(answer node) {
				for _, r := range within(answer, "data") {
					r, _ := r.(node)
					for _, at := range []node{within(r, list), within(r, "defaultBranchRef", "target", list)} {
						if at != nil {
							at["nodes"] = []any{nil}
						}
					}
				}
			}}
			s.wrap = e.wrap
			s.scan()
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" || e.asked == 0 {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}
