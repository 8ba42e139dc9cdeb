package gitlab_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
)

// bubble scans a fleet with everything beside files, in a bubble in which time passes when everybody waits.
func bubble(t *testing.T, fleet gitlabtest.Fleet, test func(*testing.T, *scanner)) {
	synctest.Test(t, func(t *testing.T) {
		s := newOrganisation(t, everything, gitlabtest.Config{Clock: hosttest.Wall{}, Latency: 50 * time.Millisecond, Unlimited: true})
		s.config.Group = "fleet"
		fleet.Group = "fleet"
		s.peer.Generate(fleet)
		test(t, s)
	})
}

// begin scans once, now, through a pool, in which queries that have a text are never answered.
func (s *scanner) begin(hangs string) (collectors.Summary, time.Duration, error) {
	s.t.Helper()
	base, err := url.Parse(s.peer.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.wrap = func(http.RoundTripper) http.RoundTripper {
		return quota.New(quota.Config{
			Source: "gitlab", Base: base, Family: quota.GitLabSelfManaged(), Credentials: []quota.Credential{quota.Static("token 1", "PRIVATE-TOKEN", gitlabtest.Secret)},
			Transport: hanging{s.peer.Transport(), hangs}, Log: slog.New(slog.DiscardHandler),
		})
	}
	s.peer.ResetCounts()
	begun := time.Now()
	sum, err := collectors.Run(s.ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	return sum, time.Since(begun), err
}

// hanging never answers queries that have a text.
type hanging struct {
	next http.RoundTripper
	word string
}

// RoundTrip implements http.RoundTripper.
func (h hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.word == "" || !strings.HasSuffix(r.URL.Path, "/graphql") {
		return h.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(body, []byte(h.word)) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return h.next.RoundTrip(r)
}

// TestLateAnswers has some of what is asked of a group never come, or not in time. All else is read, a scan ends in time,
// denies nothing, and the first one after the host is well again reads what is missing.
func TestLateAnswers(t *testing.T) {
	const merges = "GET /projects/{id}/merge_requests"
	few, many := gitlabtest.Fleet{Projects: 40, Pipelines: 2, Merges: 2}, gitlabtest.Fleet{Projects: 1_000, Pipelines: 1, Merges: 1}
	for _, test := range []struct {
		name    string
		fleet   gitlabtest.Fleet
		faults  []gitlabtest.Fault
		hangs   string // the queries that do
		partial string // what the scan says is not read; "" for nothing
		most    time.Duration
	}{
		{"the merge requests of one project stop", few, []gitlabtest.Fault{{Failure: gitlabtest.Stall, Route: merges, Repo: "fleet/project-00003"}}, "", "merge requests of 1 repository are not read", 5 * time.Minute},
		{"they come too slowly", few, []gitlabtest.Fault{{Failure: gitlabtest.Drip, Route: merges, Repo: "fleet/project-00003"}}, "", "merge requests of 1 repository are not read", 5 * time.Minute},
		{"the merge requests of all projects hang", many, []gitlabtest.Fault{{Failure: gitlabtest.Hang, Route: merges}}, "", "merge requests of 1001 repositories are not read", 10 * time.Minute},
		{"what pipelines include stops", many, []gitlabtest.Fault{{Failure: gitlabtest.Stall, Route: "GET /projects/{id}/ci/lint"}}, "", "includes of 980 repositories are not read", 10 * time.Minute},
		{"one project keeps queries from being answered", few, nil, `/ID"`, "policies of 1 repository are not read", 15 * time.Minute},
		{"policies hang", few, nil, "complianceFrameworks", "policies of 41 repositories are not read", 15 * time.Minute},
		{"trees hang", few, nil, "tree(recursive", "", 15 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, test.fleet, func(t *testing.T, s *scanner) {
				if sum, _, err := s.begin(""); err != nil || sum.Unknown+len(sum.Partial) > 0 {
					t.Fatalf("a scan of a host that is well came to %+v, %v", sum, err)
				}
				want := byREST(s.store.Knowledge())
				s.store = collectorstest.New()
				for _, f := range test.faults {
					f.Times = -1
					s.peer.Fail(f)
				}
				sum, took, err := s.begin(strings.ReplaceAll(test.hangs, "ID", fmt.Sprint(s.peer.ID("fleet/project-00005"))))
				t.Logf("%s, %v: %v %v", took, s.peer.Counts().Routes, sum.Partial, sum.Warnings)
				if err != nil || sum.Unknown != 0 || len(sum.Denied) != 0 || !strings.Contains(strings.Join(sum.Partial, "\n"), test.partial) || (len(sum.Partial) == 0) != (test.partial == "") {
					t.Errorf("the scan came to %+v, %v, want that it says %q", sum, err, test.partial)
				}
				if took > test.most {
					t.Errorf("it took %s, want at most %s", took, test.most)
				}
				if test.partial != "" && (len(sum.Warnings) == 0 || !strings.Contains(sum.Warnings[0].Message, "GitLab did not answer within 1m0s")) {
					t.Errorf("it warns of %+v", sum.Warnings)
				}
				s.peer.Heal()
				if test.fleet.Projects > 500 { // of whom the next scan tries again some
					return
				}
				if sum, _, err := s.begin(""); err != nil || sum.Unknown+len(sum.Partial)+len(sum.Denied) > 0 {
					t.Errorf("once it is well the scan came to %+v, %v", sum, err)
				}
				if diff := byREST(s.store.Knowledge()).Differs(want); diff != "" {
					t.Error("-got +want\n" + diff)
				}
			})
		})
	}
}

// byREST is knowledge without what REST does not tell of a project that is read by it for once: its languages, and when
// pipelines began.
func byREST(k collectorstest.Knowledge) collectorstest.Knowledge {
	for id, repo := range k.Repos {
		repo.Languages = nil
		k.Repos[id] = repo
	}
	for at, run := range k.Runs {
		run.Started = 0
		k.Runs[at] = run
	}
	return k
}
