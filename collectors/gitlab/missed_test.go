package gitlab_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// many is a group of ten projects with everything beside files. Nothing happened in it for days.
func many(t testing.TB) *scanner {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.config.Providers = []string{"gitlab.invalid/acme/ci"}
	days := func(n int) time.Time { return s.peer.Now().AddDate(0, 0, -n) }
	for i := range 8 {
		path := fmt.Sprint("acme/p", i)
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("p", i), Files: map[string]string{".gitlab-ci.yml": includes}, Created: gitlabtest.Start.AddDate(-1, 0, 0)})
		s.peer.AddPipeline(path, gitlabtest.Pipeline{Created: days(3)})
		s.peer.AddDeployment(path, gitlabtest.Deployment{Environment: "production", Created: days(3)})
		s.peer.AddMergeRequest(path, gitlabtest.MergeRequest{Title: "x", Source: "x", Author: "ana", Created: days(3)})
	}
	s.peer.AddMember("acme", gitlabtest.Member{User: "ana"})
	s.peer.Advance(48 * time.Hour)
	return s
}

// passing lets requests fail for reasons that may pass, one after the other: those of routes of projects, or queries with a text, for
// as long as it says.
type passing struct {
	route, query string
	failing      func() bool
}

// hits reports whether a request is one of those.
func (p passing) hits(r *http.Request) bool {
	if p.route != "" && strings.HasSuffix(r.URL.Path, p.route) && !strings.Contains(r.URL.Path, "/groups/") {
		return true
	}
	if p.query == "" || r.Body == nil {
		return false
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return strings.Contains(string(body), p.query)
}

func (p passing) wrap(next http.RoundTripper) http.RoundTripper {
	var failed atomic.Int64
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if !p.hits(r) || !p.failing() {
			return next.RoundTrip(r)
		}
		code, body := http.StatusOK, "<html>sign in</html>"
		switch failed.Add(1) % 4 {
		case 1:
			code, body = http.StatusInternalServerError, `{"message":"500 Internal Server Error"}`
		case 2:
			body = `{"data":{"p0":`
		case 3:
			return nil, context.DeadlineExceeded
		}
		return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

// misses are the ways in which something beside files can fail, and how many requests the next scan makes for it at
// most, those of any scan not counted.
func misses() []struct {
	name     string
	fault    passing
	says     string
	requests int
} {
	return []struct {
		name     string
		fault    passing
		says     string
		requests int
	}{
		{"pipelines", passing{route: "/pipelines", query: "pipelines(first"}, "pipelines of 10 projects", 1 + 8 + 1 + 10}, // with what they include and deployed
		{"what pipelines include", passing{route: "/ci/lint"}, "includes of 8 projects", 1 + 8 + 8},
		{"deployments", passing{route: "/deployments"}, "deployments of 10 projects", 1 + 10},
		{"merge requests", passing{route: "/merge_requests"}, "merge requests of 10 projects", 10},
		{"policies", passing{query: "ExecutionPolicies"}, "policies of 10 projects", 1},
		{"tags", passing{route: "/repository/tags"}, "tags of 1 repository", 2},
		{"groups", passing{query: "groupMembers"}, "groups and members", 1},
	}
}

// TestPartsThatFailOnce: what could not be read beside files is read by the next scan, and nothing else. Then the same is
// known as if nothing had failed.
func TestPartsThatFailOnce(t *testing.T) {
	want := many(t)
	want.scan()
	want.scan()
	idle := want.peer.Counts().Requests
	for _, test := range misses() {
		t.Run(test.name, func(t *testing.T) {
			s := many(t)
			failing := true
			test.fault.failing = func() bool { return failing }
			s.wrap = test.fault.wrap
			got := s.scan()
			if says := "gitlab: " + strings.Replace(test.says, "projects", "repositories", 1) + " are not read: tried again by the next scan"; len(got.Partial) != 1 || got.Partial[0] != says || got.Unknown != 0 {
				t.Errorf("the scan says %q, want %q", got.Partial, says)
			}
			failing = false
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || got.Repos != 10 {
				t.Errorf("the next scan came to %+v", got)
			}
			s.requests(idle + test.requests)
			t.Log(s.peer.Counts().Routes)
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			s.scan()
			s.requests(idle)
		})
	}
}

// TestPartsThatFailForGood: what never can be read is tried by the next scan, and then at growing distances. All else is
// read, what is new, too, and what is not read is told of by each scan.
func TestPartsThatFailForGood(t *testing.T) {
	for _, test := range misses() {
		t.Run(test.name, func(t *testing.T) {
			s, tries, most := many(t), 0, 14
			if test.name == "groups" { // which each scan looks at, few requests as that takes
				most = 40
			}
			test.fault.failing = func() bool { tries++; return true }
			s.wrap = test.fault.wrap
			s.scan()
			collectorstest.Lasting{
				TB: t, Scan: s.scan, Tries: &tries,
				Push:  func() { s.peer.Push("acme/p7", gitlabtest.Push{Files: map[string]string{"go.mod": "module new\n"}}) },
				Tells: func(got collectors.Summary) bool { return len(got.Partial) == 1 },
				Asked: func(bool, bool) { s.requests(60) },
			}.Tried(most)
			if got := s.store.Files(host + "acme/p7")["go.mod"]; got != "module new\n" {
				t.Errorf("what was new meanwhile is not read: %q", got)
			}
		})
	}
}
