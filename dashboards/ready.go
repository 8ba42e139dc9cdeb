package dashboards

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// How old what pages show may be while what is newer is made ready: from when on it was outdated, and what moment it shows; and how
// long a page has to take for anybody to be spared it.
const (
	outdatedFor = 2 * time.Minute
	outdatedBy  = 2 * settledWithin
	worthwhile  = 300 * time.Millisecond
)

// shelf has the pages of the navigation as they were made ready last. They are shown until newer ones are, so that nobody waits for
// what takes long, neither after a scan nor while every push changes data.
type shelf struct {
	mu    sync.Mutex
	kept  bool          // somebody makes newer ones
	least time.Duration // that a page took of which an older one is shown
	pages map[string]readyPage
	took  map[string]time.Duration // that pages took of late
}

// readyPage is a page as it is shown to everybody.
type readyPage struct {
	at       metrics.Instant // that it shows
	layout   layout
	outdated time.Time // since when another moment is asked for; zero while none is
}

func (s *shelf) keep(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.least, s.pages, s.took = on, worthwhile, make(map[string]readyPage), make(map[string]time.Duration)
}

func (s *shelf) put(address string, at metrics.Instant, l layout) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept {
		s.pages[address] = readyPage{at: at, layout: l}
	}
}

// note remembers how long a page took, also when it is soon there the next times: its answers may have been kept.
func (s *shelf) note(address string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept {
		s.took[address] = max(took, s.took[address]*9/10)
	}
}

// take returns a page of a moment before the one given, unless it is too old by now.
func (s *shelf) take(address string, at metrics.Instant, now time.Time) (readyPage, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page, ok := s.pages[address]
	if !ok || s.took[address] < s.least || page.at >= at || at-page.at > outdatedBy {
		return page, false
	}
	if page.outdated.IsZero() {
		page.outdated = now
		s.pages[address] = page
	}
	return page, now.Sub(page.outdated) < outdatedFor
}

// opened is the address of a page as it is opened from the navigation; "" where something else is asked for.
func (page page) opened(q *request) string {
	named := slices.Collect(maps.Keys(q.values))
	if page.title == "" || len(q.mistakes) > 0 || len(named) > 1 || len(named) == 1 && (page.address != "/path" || named[0] != "path") {
		return ""
	}
	return q.here("", "")
}

// outdated returns what a page showed before, where what it shows now is still made ready.
func (p *Pages) outdated(opened string, q *request) (layout, bool) {
	ready, ok := p.ready.take(opened, q.asOf, p.Now())
	if !ok {
		return layout{}, false
	}
	l := ready.layout
	l.Outdated = q.asOf%settledWithin != 0 // else another hour began, and nothing else is new
	if f := *l.Freshness; f.Scanned != nil {
		f.Age = age(f.ended, q.clock)
		l.Freshness = &f
	}
	return l, true
}
