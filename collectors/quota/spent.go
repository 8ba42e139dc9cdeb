package quota

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// Spent is what was asked of one resource of a source's host. All of it only grows.
type Spent struct {
	Source   string
	Resource string
	Requests int // sent, each try
	// Points are what the host took of its allowances for them: nothing where it told of none. Of queries they are
	// what its headers show, and what others queried at the same time with the same account is in it.
	Points   int
	Waits    int           // requests that were held back by a limit
	Waited   time.Duration // by all of them together
	Retries  int           // tries after one that failed
	Failures int           // tries that the network or the host failed, with answers of 500 and above
	Refusals int           // answers that a limit was reached or a credential is no good
}

func (s *Spent) add(more Spent) {
	s.Requests += more.Requests
	s.Points += more.Points
	s.Waits += more.Waits
	s.Waited += more.Waited
	s.Retries += more.Retries
	s.Failures += more.Failures
	s.Refusals += more.Refusals
}

// Counter counts what is spent, by source and resource. The zero Counter is ready for use; a nil one counts
// nothing.
type Counter struct {
	mu   sync.Mutex
	rows map[[2]string]Spent
}

// Spent returns the counts, ordered by source and resource.
func (c *Counter) Spent() []Spent {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.SortedFunc(maps.Values(c.rows), func(a, b Spent) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Resource, b.Resource))
	})
}

func (c *Counter) add(more Spent) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := [2]string{more.Source, more.Resource}
	row := c.rows[key]
	row.Source, row.Resource = more.Source, more.Resource
	row.add(more)
	if c.rows == nil {
		c.rows = map[[2]string]Spent{}
	}
	c.rows[key] = row
}
