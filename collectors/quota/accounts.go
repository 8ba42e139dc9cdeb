package quota

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
)

// Accounts are what hosts know as users, over all pools that are given them: two sources with the same token go against the
// same limits. The zero Accounts is ready for use, by several goroutines.
type Accounts struct {
	mu      sync.Mutex // guards all that its pools know, too
	all     map[string]*account
	planned map[*Pool]bool // those that have a plan
	changed chan struct{}  // closed when something came back that others may wait for
}

// of returns an account of a host by its name. One without a name is known to nobody else.
func (a *Accounts) of(f *Family, host, name string) *account {
	if name == "" {
		return newAccount(f)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]*account{}
	}
	key := strings.ToLower(host) + " " + name
	if a.all[key] == nil {
		a.all[key] = newAccount(f)
	}
	return a.all[key]
}

// awaited is closed when something changes. The lock is held.
func (a *Accounts) awaited() <-chan struct{} {
	if a.changed == nil {
		a.changed = make(chan struct{})
	}
	return a.changed
}

// change wakes those who wait for a change. The lock is held.
func (a *Accounts) change() {
	if a.changed != nil {
		close(a.changed)
	}
	a.changed = nil
}

// plan counts requests of a resource that pools still have to send, as far as they share an account with one that has a
// plan of its own. The lock is held.
func (a *Accounts) plan(resource string, p *Pool) (requests int, is bool) {
	if requests = p.plan[resource]; requests == 0 {
		return 0, false
	}
	for other := range a.planned {
		if other != p && other.shares(p) {
			requests += other.plan[resource]
		}
	}
	return requests, true
}

// shares reports whether two pools have an account in common.
func (p *Pool) shares(other *Pool) bool {
	mine := map[*account]bool{}
	for _, m := range p.members {
		mine[m.account] = true
	}
	for _, m := range other.members {
		if mine[m.account] {
			return true
		}
	}
	return false
}

// accountOf names the account of a secret without telling it.
func accountOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
