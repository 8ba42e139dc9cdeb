package gitlabtest

import (
	"maps"
	"slices"
)

// Counts are what was asked of a peer since it began, or since ResetCounts.
type Counts struct {
	Requests   int            // all, whatever was answered
	Routes     map[string]int // requests by the pattern of their route, such as GET /groups/{id}/projects
	REST       int
	GraphQL    int
	Complexity int      // the largest of a query
	Concurrent int      // most at once, of one account
	Exhausted  int      // sent when nothing remained of the minute's allowance
	Refused    int      // sent beyond a limit of the application, which no header tells of
	Trace      []string // the last requests, for messages of tests
}

// traced is how many requests a trace holds.
const traced = 200

// Counts returns what was asked so far.
func (p *Peer) Counts() Counts {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	counts := p.limits.counts
	counts.Routes = maps.Clone(counts.Routes)
	counts.Trace = slices.Clone(counts.Trace)
	return counts
}

// ResetCounts begins to count anew. What was used of the allowances stays used.
func (p *Peer) ResetCounts() {
	p.limits.mu.Lock()
	defer p.limits.mu.Unlock()
	p.limits.counts = Counts{}
}

func (l *limiter) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts.Requests
}

// enter counts a request that begins; what it returns ends it.
func (l *limiter) enter(c *call) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.window("account " + c.account())
	u.inFlight++
	c.atOnce = u.inFlight
	l.counts.note(c)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		u.inFlight--
	}
}

func (n *Counts) note(c *call) {
	if n.Routes == nil {
		n.Routes = map[string]int{}
	}
	n.Requests++
	n.Routes[c.route.pattern]++
	if c.route.pattern == GraphQL {
		n.GraphQL++
	} else {
		n.REST++
	}
	n.Concurrent = max(n.Concurrent, c.atOnce)
	n.Trace = append(n.Trace, c.request.Method+" "+c.request.URL.String())
	n.Trace = n.Trace[max(0, len(n.Trace)-traced):]
}

// priced notes the complexity of a query.
func (l *limiter) priced(complexity int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Complexity = max(l.counts.Complexity, complexity)
}
