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
	had  int // of these, before the run began
}

// NewBudget returns a budget of so many requests.
func NewBudget(requests int) *Budget { return &Budget{size: requests} }

// Spend counts requests that were sent before the run began: shares are of the rest.
func (b *Budget) Spend(requests int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used, b.had = b.used+requests, b.had+requests
}

// Used is how many requests were sent.
func (b *Budget) Used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// take says whether one more request may be sent, and counts it.
func (b *Budget) take(s share) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used >= b.had+s.of(b.size-b.had) {
		return false
	}
	b.used++
	return true
}

// over says whether nothing is left.
func (b *Budget) over(s share) bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used >= b.had+s.of(b.size-b.had)
}

// share is the part of a budget beyond which some requests are not sent. The zero share is all of it.
type share float64

// of is the share of a budget. The larger half of it is never nothing.
func (s share) of(size int) int {
	switch {
	case s == 0:
		return size
	case s >= 0.5:
		return int(math.Ceil(float64(size) * float64(s)))
	}
	return int(float64(size) * float64(s))
}

type shareKey struct{}

// Within returns a context whose requests are not sent any more once so much of the budget of a run is used: what comes
// first leaves something for the rest. Without a budget it means nothing.
func Within(ctx context.Context, part float64) context.Context {
	return context.WithValue(ctx, shareKey{}, share(part))
}

func shareOf(ctx context.Context) share {
	s, _ := ctx.Value(shareKey{}).(share)
	return s
}
