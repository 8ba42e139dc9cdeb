package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// heals scans until everything is tried again, of a few repositories first, and fails the test where something else is
// known then.
func (s *scanner) heals(want collectorstest.Knowledge) {
	s.t.Helper()
	s.scan()
	s.scan()
	if sum := s.scan(); sum.Unknown > 0 || len(sum.Partial)+len(sum.Denied) > 0 {
		s.t.Errorf("when it is well again the scan came to %d unknown, %q, %+v", sum.Unknown, sum.Partial, sum.Denied)
	}
	if diff := s.store.Knowledge().Differs(want); diff != "" {
		s.t.Errorf("-got +want\n%s", diff)
	}
}

// undisturbed is what two scans know of an organisation, and how many requests the first one makes.
func undisturbed(t testing.TB) (want collectorstest.Knowledge, requests int) {
	s := many(t)
	s.scan()
	requests = s.peer.Counts().Requests
	s.scan()
	return s.store.Knowledge(), requests
}

// TestRevokedInTheFirstScan has a host let in nobody any more after so many requests of the first scan of an organisation,
// whatever they are for. Once the token is good again, the same is known as if nothing had happened.
func TestRevokedInTheFirstScan(t *testing.T) {
	want, requests := undisturbed(t)
	for name, failure := range map[string]githubtest.Failure{"401": githubtest.BadToken, "403": githubtest.Forbidden} {
		for after := range requests {
			t.Run(fmt.Sprintf("%s after %d", name, after), func(t *testing.T) {
				t.Parallel()
				s := many(t)
				s.peer.Fail(githubtest.Fault{Failure: failure, After: after, Times: -1})
				s.scan()
				s.peer.Heal()
				s.heals(want)
			})
		}
	}
}

// TestARepositoryThatIsOpenedLater hides one repository for two scans, from the first one on or once it is known, while
// something happens in it of everything.
func TestARepositoryThatIsOpenedLater(t *testing.T) {
	const full = "acme/r0"
	for _, failure := range []githubtest.Failure{githubtest.Missing, githubtest.Forbidden} {
		for _, known := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/known %v", failure, known), func(t *testing.T) {
				follow := func(hides bool) *scanner {
					s := many(t)
					if known {
						s.scan()
					}
					if hides {
						s.peer.Fail(githubtest.Fault{Failure: failure, Repo: full, Times: -1})
						s.wrap = broken("acme", "r0", failure)
					}
					s.scan()
					at := s.peer.Now()
					s.peer.Push(full, githubtest.Push{Files: map[string]string{"go.mod": "module r0\n"}, At: at})
					s.peer.AddPull(full, githubtest.Pull{Title: "y", Author: "ana", Created: at})
					s.peer.AddRun(full, githubtest.Run{Path: ciFile, Conclusion: "success", Created: at, Updated: at.Add(time.Minute)})
					s.peer.Tag(full, "v2.0.0", "")
					s.peer.Advance(3 * time.Hour)
					if sum := s.scan(); hides && sum.Unknown != 1 {
						t.Errorf("the scan came to %+v, want one unknown", sum)
					}
					s.peer.Heal()
					s.wrap = nil
					return s
				}
				good := follow(false)
				good.heals(good.store.Knowledge())
				follow(true).heals(good.store.Knowledge())
			})
		}
	}
}

// TestTreesDeniedAtFirst denies the files of all repositories in the first scan, and nothing else.
func TestTreesDeniedAtFirst(t *testing.T) {
	want, _ := undisturbed(t)
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := many(t)
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if (passing{query: "fragment tree"}).hits(r) {
						return answer(status, `{"message":"x"}`, r), nil
					}
					return next.RoundTrip(r)
				})
			}
			s.scan()
			s.wrap = nil
			s.heals(want)
		})
	}
}

// TestContentsAbsentAtFirst has the host say of all contents that it lists that they are not there, in the first scan and
// nothing else: nobody knows then what is in the repositories, and the next scan asks again.
func TestContentsAbsentAtFirst(t *testing.T) {
	want, _ := undisturbed(t)
	s := many(t)
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if (passing{query: "fragment blob"}).hits(r) || strings.Contains(r.URL.Path, "/git/blobs/") {
				return answer(http.StatusNotFound, `{"message":"Not Found"}`, r), nil
			}
			return next.RoundTrip(r)
		})
	}
	if sum := s.scan(); sum.Unknown == 0 {
		t.Errorf("the scan came to %+v, want some unknown", sum)
	}
	s.wrap = nil
	s.heals(want)
}
