package quota

import (
	"context"
	"math"
	"sync"
)

// Budget is how many requests a run may send, over all its hosts. Tries count, whatever is answered.
type Budget struct {
	mu   sync.Mutex
	size int
	used int
}

// NewBudget returns a budget of so many requests.
func NewBudget(requests int) *Budget { return &Budget{size: requests} }

// Spend counts requests that were sent before the run began.
func (b *Budget) Spend(requests int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used += requests
}

// Used is how many requests were sent.
func (b *Budget) Used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// take says whether one more request may be sent, and counts it.
func (b *Budget) take(s *share) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used >= b.bound(s) {
		return false
	}
	b.used++
	return true
}

// giveBack takes back that a request was sent.
func (b *Budget) giveBack() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used--
}

// over says whether nothing is left.
func (b *Budget) over(s *share) bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used >= b.bound(s)
}

// bound is how many requests may have been sent in all before none is that is within a share.
func (b *Budget) bound(s *share) int {
	if s == nil {
		return b.size
	}
	if !s.begun {
		s.begun, s.from = true, b.used
	}
	return s.from + int(math.Ceil(s.part*float64(b.size-s.from)))
}

// share is the part of a budget beyond which some requests are not sent. The nil share is all of it.
type share struct {
	part  float64
	begun bool // the first of them was to be sent
	from  int  // how many requests had been sent by then
}

type shareKey struct{}

// Within returns a context whose requests are not sent any more once so much is used of what the budget of a run has left
// when the first of them is sent: what comes first leaves something for the rest. That first one is never too many.
// Without a budget it means nothing.
func Within(ctx context.Context, part float64) context.Context {
	return context.WithValue(ctx, shareKey{}, &share{part: part})
}

func shareOf(ctx context.Context) *share {
	s, _ := ctx.Value(shareKey{}).(*share)
	return s
}
