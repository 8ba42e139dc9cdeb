package gitlab_test

import (
	"fmt"
	"testing"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// TestRevokedInTheFirstScan has a token end after so many requests of the first scan of a group, whatever they are for.
// Once another one is there, the same is known as if nothing had happened.
func TestRevokedInTheFirstScan(t *testing.T) {
	good := crew(t)
	good.scan()
	asked := good.peer.Counts().Requests
	good.scan()
	want := good.store.Knowledge()
	for _, failure := range []gitlabtest.Failure{gitlabtest.BadToken, gitlabtest.Forbidden, gitlabtest.Missing} {
		for after := range asked {
			t.Run(fmt.Sprint(failure, " after ", after), func(t *testing.T) {
				t.Parallel()
				s := crew(t)
				s.peer.Fail(gitlabtest.Fault{Failure: failure, After: after, Times: -1})
				disturbed := s.scan()
				s.peer.Heal()
				s.scan() // which tries what was denied of some projects,
				mended := s.scan() // and then of the others
				if !whole(mended) {
					t.Errorf("when it is well again the scan came to %d unknown, %q", mended.Unknown, mended.Partial)
				}
				if diff := s.store.Knowledge().Differs(want); diff != "" {
					t.Errorf("it said %d unknown, %q, %+v, and then -got +want\n%s", disturbed.Unknown, disturbed.Partial, disturbed.Denied, diff)
				}
			})
		}
	}
}
