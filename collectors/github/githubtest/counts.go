package githubtest

import "github.com/trodden/trodden/collectors/hosttest"

// Counts are what was asked of a peer since it began, or since ResetCounts.
type Counts struct {
	hosttest.Counts
	Points      int // that queries cost, with what time-outs cost besides
	NotModified int // answered by 304
	TimedOut    int // queries that took too long
	Exhausted   int // sent when nothing remained of the hour's allowance
	Secondary   int // answers that a secondary limit was violated
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
