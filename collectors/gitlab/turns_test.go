package gitlab_test

import (
	"net/http"
	"testing"
	"time"
)

// TestPartsThatFailInTurn lets one thing beside files fail or be denied, then another, and then nothing: whichever they are,
// the same is known at last as if all had been well, and nothing is missed.
func TestPartsThatFailInTurn(t *testing.T) {
	want := many(t)
	want.scan()
	ways := map[string]func(passing) func(http.RoundTripper) http.RoundTripper{
		"fails": func(p passing) func(http.RoundTripper) http.RoundTripper { return p.wrap },
		"is denied": func(p passing) func(http.RoundTripper) http.RoundTripper {
			return p.denying(http.StatusForbidden)
		},
	}
	for _, first := range misses() {
		for _, second := range misses() {
			for one, begins := range ways {
				for other, goesOn := range ways {
					s, failing := many(t), func() bool { return true }
					first.fault.failing, second.fault.failing = failing, failing
					s.wrap = begins(first.fault)
					s.scan()
					s.wrap = goesOn(second.fault)
					s.scan()
					s.wrap = nil
					got := s.scan()
					for range 3 {
						s.peer.Advance(2 * time.Hour)
						got = s.scan()
					}
					if len(got.Partial)+len(got.Denied) != 0 {
						t.Errorf("%s %s, then %s %s: in the end it is said %q, %+v", first.name, one, second.name, other, got.Partial, got.Denied)
					}
					if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
						t.Errorf("%s %s, then %s %s: -got +want\n%.600s", first.name, one, second.name, other, diff)
					}
				}
			}
		}
	}
}
