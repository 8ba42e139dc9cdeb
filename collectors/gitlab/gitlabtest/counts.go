package gitlabtest

import "github.com/trodden/trodden/collectors/hosttest"

// Counts are what was asked of a peer since it began, or since ResetCounts.
type Counts struct {
	hosttest.Counts
	Complexity int // the largest of a query
	Exhausted  int // sent when nothing remained of the minute's allowance
	Refused    int // sent beyond a limit of the application, which no header tells of
}

// Counts returns what was asked so far.
func (p *Peer) Counts() Counts {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	counts := p.limits.counts
	counts.Counts = p.Asked()
	return counts
}

// ResetCounts begins to count anew. What was used of the allowances stays used.
func (p *Peer) ResetCounts() {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	p.limits.counts = Counts{}
	p.CountAnew()
}

// priced notes the complexity of a query.
func (l *limiter) priced(complexity int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Complexity = max(l.counts.Complexity, complexity)
}
