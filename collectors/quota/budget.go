package quota

import "sync"

// Budget is how many requests a run may send, over all its hosts. Tries count, whatever is answered.
type Budget struct {
	mu   sync.Mutex
	size int
	used int
}

// NewBudget returns a budget of so many requests.
func NewBudget(requests int) *Budget { return &Budget{size: requests} }

// Used is how many requests were sent.
func (b *Budget) Used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// take says whether one more request may be sent, and counts it.
func (b *Budget) take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used >= b.size {
		return false
	}
	b.used++
	return true
}

// over says whether nothing is left.
func (b *Budget) over() bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used >= b.size
}
