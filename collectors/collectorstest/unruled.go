package collectorstest

import (
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
)

// Unruled is a source whose policies cannot be read at first, and then nobody waits for them any more.
type Unruled struct {
	testing.TB
	Store   *Store
	Scan    func() collectors.Summary
	Advance func(time.Duration)
	Fail    func() // lets policies fail from now on, for a reason that may pass
	Over    func() // denies them, or asks for them no more
	Heal    func()
}

// Ends fails the test where something of so many repositories still waits when it is over, or is missed; where it does not
// wait again when policies fail again; or where not all is known in the end.
func (u Unruled) Ends(repos int) {
	u.Helper()
	u.Fail()
	u.Scan()
	if got := u.Store.Knowledge().Unruled; len(got) != repos {
		u.Fatalf("at first %d of %d repositories wait", len(got), repos)
	}
	u.Over()
	for range 2 {
		u.Advance(time.Hour)
		got := u.Scan()
		if known := u.Store.Knowledge(); len(known.Unruled)+len(known.Policies)+len(got.Partial) > 0 {
			u.Errorf("then %d wait, %d are known, and the scan says %q", len(known.Unruled), len(known.Policies), got.Partial)
		}
	}
	u.Fail()
	u.Advance(48 * time.Hour)
	if got := u.Scan(); len(u.Store.Knowledge().Unruled) == 0 || len(got.Partial) == 0 {
		u.Errorf("failing again none waits, and the scan says %q", got.Partial)
	}
	u.Heal()
	for range 2 { // of what was denied a few are tried first
		u.Advance(24 * time.Hour)
		u.Scan()
	}
	if known := u.Store.Knowledge(); len(known.Unruled) > 0 || len(known.Policies) != repos {
		u.Errorf("in the end %d wait, and %d are known", len(known.Unruled), len(known.Policies))
	}
}
