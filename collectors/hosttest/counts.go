package hosttest

import (
	"maps"
	"slices"
	"strings"
)

// Counts are what was asked of a host since it began, or since it began to count anew.
type Counts struct {
	Requests   int            // all, whatever was answered
	Routes     map[string]int // requests by the pattern of their route, such as GET /orgs/{org}/repos
	REST       int
	GraphQL    int
	Concurrent int      // most at once, of one account
	Trace      []string // the last requests, for messages of tests
}

// traced is how many requests a trace holds.
const traced = 200

// Asked returns what was asked so far.
func (h *Host) Asked() Counts {
	h.mu.Lock()
	defer h.mu.Unlock()
	counts := h.counts
	counts.Routes, counts.Trace = maps.Clone(counts.Routes), slices.Clone(counts.Trace)
	return counts
}

// CountAnew forgets what was asked so far.
func (h *Host) CountAnew() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts = Counts{}
}

// enter counts a request that begins; what it returns ends it.
func (h *Host) enter(c *Call) (leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.atOnce[c.Account]++
	c.AtOnce = h.atOnce[c.Account]
	h.counts.note(c)
	c.Number = h.counts.Requests
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.atOnce[c.Account]--
	}
}

func (n *Counts) note(c *Call) {
	if n.Routes == nil {
		n.Routes = map[string]int{}
	}
	n.Requests++
	n.Routes[c.Route]++
	if c.GraphQL() {
		n.GraphQL++
	} else {
		n.REST++
	}
	n.Concurrent = max(n.Concurrent, c.AtOnce)
	n.Trace = append(n.Trace, c.Request.Method+" "+c.Request.URL.String())
	n.Trace = n.Trace[max(0, len(n.Trace)-traced):]
}

// GraphQL says whether the call asks GraphQL.
func (c *Call) GraphQL() bool { return strings.HasSuffix(c.Route, "/graphql") }
