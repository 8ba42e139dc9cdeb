package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestNoRunsIsNotNoAnswer: what is no list of runs, or one that contradicts itself, is not taken for a repository in which
// nothing ran. The scan is not complete, and the next one reads the runs.
func TestNoRunsIsNotNoAnswer(t *testing.T) {
	for _, body := range []string{"", "null", "{}", `{"total_count":3,"workflow_runs":null}`, `{"total_count":3,"workflow_runs":[]}`, "[]", "<html>"} {
		t.Run(body, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.config.Parts = github.Parts{Runs: true}
			s.peer.AddOrganization("acme")
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			s.peer.AddRun("acme/pay", githubtest.Run{Path: ciFile})
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if strings.HasSuffix(r.URL.Path, "/actions/runs") {
						return answer(http.StatusOK, body, r), nil
					}
					return next.RoundTrip(r)
				})
			}
			got := s.scan()
			if want := "github: workflow runs of 1 repository are not read: tried again by the next scan"; len(got.Partial) != 1 || got.Partial[0] != want {
				t.Errorf("the scan says %q, want %q", got.Partial, want)
			}
			if len(s.store.Windows) != 0 {
				t.Errorf("runs are known from %+v", s.store.Windows)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Partial) != 0 || len(s.store.Runs) != 1 {
				t.Errorf("the next scan came to %+v, with %d runs", got, len(s.store.Runs))
			}
		})
	}
}

// TestShortListIsAskedAgain: after a list that is too short to be believed the next scan lists everything, too.
func TestShortListIsAskedAgain(t *testing.T) {
	s := newScanner(t, githubtest.Config{})
	s.peer.Generate(githubtest.Fleet{Repos: 40})
	s.scan()
	for i := range 30 {
		s.peer.Delete(fmt.Sprintf("acme/repo-%05d", i))
	}
	s.peer.Advance(time.Hour)
	if got := s.scan(); len(got.Partial) != 1 || got.Gone != 0 {
		t.Errorf("after the deletion the scan came to %+v", got)
	}
	s.peer.Advance(time.Minute)
	if got := s.scan(); len(got.Partial) != 0 || got.Gone != 30 {
		t.Errorf("the next scan says %q, and %d are gone, want 30", got.Partial, got.Gone)
	}
	s.scan()
	s.requests(2)
}

// TestUnreadableIsUnknownInEveryRound: where a round takes several scans, what one of them could not read is unknown in
// those that go on with it.
func TestUnreadableIsUnknownInEveryRound(t *testing.T) {
	s := newScanner(t, githubtest.Config{Unlimited: true})
	s.peer.Generate(githubtest.Fleet{Repos: 40})
	s.peer.Fail(githubtest.Fault{Failure: githubtest.Forbidden, Repo: "acme/repo-00000", Times: -1})
	for n := 0; ; n++ {
		got := s.budgeted(4)
		if n > 80 {
			t.Fatal("it never ends")
		}
		if len(got.Partial) == 0 {
			if got.Unknown != 1 {
				t.Errorf("scan %d ends the round with %d unknown: %+v", n, got.Unknown, got)
			}
			return
		}
	}
}
