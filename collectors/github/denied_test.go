package github_test

import (
	"net/http"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// denying lets requests be answered with a status, one that is no reason to try again at once.
func (p passing) denying(status int) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return transport(func(r *http.Request) (*http.Response, error) {
			if p.hits(r) && p.failing() {
				return answer(status, `{"message":"Forbidden"}`, r), nil
			}
			return next.RoundTrip(r)
		})
	}
}

// TestPartsDeniedOnce: what was denied once is tried by the next scan, of a few repositories, and of the others by the one
// after it. The scans are complete, and tell of it as long as it is so.
func TestPartsDeniedOnce(t *testing.T) {
	want := many(t)
	want.scan()
	for _, test := range missable() {
		t.Run(test.name, func(t *testing.T) {
			s := many(t)
			failing := true
			test.fault.failing = func() bool { return failing }
			s.wrap = test.fault.denying(http.StatusForbidden)
			got := s.scan()
			if len(got.Partial) != 0 || len(got.Denied) != 1 || got.Denied[0].Part != test.says || got.Denied[0].Needs == "" || got.Unknown != 0 {
				t.Errorf("the scan says %+v and %q, want %q", got.Denied, got.Partial, test.says)
			}
			failing = false
			s.scan()
			s.requests(1 + test.requests)
			if got := s.scan(); len(got.Denied)+len(got.Partial) != 0 {
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

// TestPartsDeniedForGood: what is denied is tried again at growing distances, with a few requests. Every scan is complete
// and says since when it is denied, and a scan that does not try it takes no request more.
func TestPartsDeniedForGood(t *testing.T) {
	for _, test := range missable() {
		t.Run(test.name, func(t *testing.T) {
			s, tries := many(t), 0
			test.fault.failing = func() bool { tries++; return true }
			s.wrap = test.fault.denying(http.StatusForbidden)
			since := s.scan().Denied[0].Since
			collectorstest.Lasting{
				TB: t, Scan: s.scan, Tries: &tries,
				Push: func() { s.peer.Push("acme/r9", githubtest.Push{Files: map[string]string{"go.mod": "module new\n"}}) },
				Tells: func(got collectors.Summary) bool {
					return len(got.Partial) == 0 && len(got.Denied) == 1 && got.Denied[0].Since == since
				},
				Asked: func(tried, pushed bool) {
					switch {
					case pushed:
					case tried:
						s.requests(12)
					default:
						s.requests(1)
					}
				},
			}.Tried(9)
			if got := s.store.Files(host + "acme/r9")["go.mod"]; got != "module new\n" {
				t.Errorf("what was new meanwhile is not read: %q", got)
			}
		})
	}
}

// TestNotProcessed: 422 is no matter of rights, and what was not read for it is missed.
func TestNotProcessed(t *testing.T) {
	s := many(t)
	s.wrap = passing{route: "/r3/actions/runs", failing: func() bool { return true }}.denying(http.StatusUnprocessableEntity)
	if got := s.scan(); len(got.Denied) != 0 || len(got.Partial) != 1 {
		t.Errorf("it is said %+v, %q", got.Denied, got.Partial)
	}
}
