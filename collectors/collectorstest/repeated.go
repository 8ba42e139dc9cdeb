package collectorstest

import (
	"maps"
	"testing"

	"github.com/trodden/trodden/collectors"
)

// Repeated scans again and again with few requests, until everything is known.
type Repeated struct {
	testing.TB
	Store *Store
	Scan  func(budget int) collectors.Summary
}

// Complete scans with a budget until a scan is complete, and returns how many it took. Between, which may be nil, is told
// of each scan that is not the last.
func (r Repeated) Complete(budget, bound int, between func(scan int)) int {
	r.Helper()
	var sum collectors.Summary
	for scan := 1; scan <= bound; scan++ {
		if sum = r.Scan(budget); sum.Unknown > 0 {
			r.Fatalf("budget %d, scan %d: %+v", budget, scan, sum)
		}
		if sum.Left == 0 && len(sum.Partial) == 0 {
			return scan
		}
		if between != nil {
			between(scan)
		}
	}
	r.Fatalf("budget %d: after %d scans it is not done: %v", budget, bound, sum.Partial)
	return bound
}

// Converges fails the test where scans with a budget do not come to what one scan knows that takes so many requests, or
// take too many for it, or where a mark has one of the words, which name people.
func (r Repeated) Converges(budget, takes int, want Knowledge, words ...string) {
	r.Helper()
	bound := MostScans(takes, budget)
	scans := r.Complete(budget, bound, nil)
	if diff := r.Store.Knowledge().Differs(want); diff != "" {
		r.Errorf("budget %d: after %d scans of what one of %d requests knows -got +want\n%s", budget, scans, takes, diff)
	}
	for _, word := range words {
		if r.Store.Marked(word) {
			r.Errorf("budget %d: a mark names %s", budget, word)
		}
	}
	r.Logf("budget %d: %d scans, one takes %d requests", budget, scans, takes)
	r.settles(budget, bound)
}

// settles scans until nothing is new: what is known stays as it is.
func (r Repeated) settles(budget, bound int) {
	r.Helper()
	before := maps.Clone(r.Store.Newest)
	var sum collectors.Summary
	for range bound {
		if sum = r.Scan(budget); len(sum.Partial) == 0 {
			if sum.Unchanged != len(before) || sum.Repos != len(before) {
				r.Errorf("budget %d: in the end %d of %d are unchanged, want all %d", budget, sum.Unchanged, sum.Repos, len(before))
			}
			return
		}
	}
	r.Errorf("budget %d: a scan of nothing new is never complete: %v", budget, sum.Partial)
}
