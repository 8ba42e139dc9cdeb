package collectors

import (
	"cmp"
	"slices"
	"sync"

	"github.com/trodden/trodden/metrics"
)

// Missed is what a source could not read beside files, until it is read. A source keeps it in the mark of its listings, so that the next run tries it again, and after that at growing distances: what fails for good
// costs little, and holds up nothing else. It is no part of a Round, which is over without it. It is safe for concurrent
// use, and a nil Missed keeps nothing.
type Missed struct {
	Of     map[metrics.RepoID]Lack `json:"of,omitempty"`     // by repository; Nowhere is what belongs to none
	Denied map[string]*Denial      `json:"denied,omitempty"` // by the names of parts: what may not pass

	mu    sync.Mutex
	due   map[metrics.RepoID]bool   // in this run
	again map[metrics.RepoID]Lack   // what was denied and is tried again in this run
	waits map[metrics.RepoID]uint32 // and what is not
	fresh map[metrics.RepoID]uint32 // what was denied in this run
}

// Nowhere stands for what belongs to the whole source rather than to a repository.
const Nowhere metrics.RepoID = 0

// Lack is what is missed of one repository.
type Lack struct {
	Parts uint32          `json:"parts"`           // bits of the parts, as the source counts them
	Since metrics.Instant `json:"since,omitempty"` // from when on it is wanted, where no fact tells that
	Tries int             `json:"tries"`           // that failed, one after the other
	Due   metrics.Instant `json:"due"`             // when it is tried again
}

const (
	// missedAgain is of how many repositories a run tries again at most what it misses, those that failed least often first.
	missedAgain = 500
	// missedFirst is after what time something is tried a third time. Each try after that takes twice as long to come.
	missedFirst metrics.Instant = 10 * 60
	// missedLast is how far two tries are apart at most.
	missedLast = metrics.Day
)

// Begin says which of it is tried in a run that begins now, and forgets what is missed of repositories that are not
// known any more.
func (m *Missed) Begin(now metrics.Instant, known []Had) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	there := map[metrics.RepoID]bool{Nowhere: true}
	for i := range known {
		there[known[i].ID] = true
	}
	var due []metrics.RepoID
	for id, lack := range m.Of {
		switch {
		case !there[id]:
			delete(m.Of, id)
		case lack.Due <= now || lack.Due > now+missedLast: // a clock that was set back is no reason to wait
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(a, b metrics.RepoID) int {
		return cmp.Or(cmp.Compare(m.Of[a].Tries, m.Of[b].Tries), cmp.Compare(m.Of[a].Due, m.Of[b].Due), cmp.Compare(a, b))
	})
	m.due = map[metrics.RepoID]bool{}
	for _, id := range due[:min(len(due), missedAgain)] {
		m.due[id] = true
	}
	m.beginDenied(now, there)
}

// pause is how far a try that failed is from the one after it.
func pause(tries int) metrics.Instant { return min(missedFirst<<min(tries-2, 8), missedLast) }

// Due returns what is to be tried again of a repository in this run.
func (m *Missed) Due(repo metrics.RepoID) (lack Lack, is bool) {
	if m == nil {
		return lack, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.due[repo] {
		lack, is = m.Of[repo]
	}
	if denied, too := m.again[repo]; too {
		denied.Parts |= lack.Parts
		if is && lack.Since != metrics.Beginning {
			denied.Since = min(denied.Since, lack.Since)
		}
		return denied, true
	}
	return lack, is
}

// Waits returns which parts of a repository are missed and not to be tried again in this run.
func (m *Missed) Waits(repo metrics.RepoID) (parts uint32) {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.due[repo] {
		parts = m.Of[repo].Parts
	}
	return parts | m.waits[repo]
}

// Note says what became of parts of a repository: some were tried again and are not missed any more, some are. Since is
// kept of what is missed first.
func (m *Missed) Note(repo metrics.RepoID, tried, missed uint32, since, now metrics.Instant) {
	if m == nil || tried|missed == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	lack, had := m.Of[repo]
	switch {
	case missed&^lack.Parts != 0: // something else than before
		lack.Tries, lack.Due = 1, now
		if !had || since < lack.Since {
			lack.Since = since
		}
	case missed != 0 && (m.due[repo] || lack.Due <= now): // else it was tried because something else is new
		lack.Tries++
		lack.Due = now + pause(lack.Tries)
	}
	if lack.Parts = lack.Parts&^tried | missed; lack.Parts == 0 {
		delete(m.Of, repo)
		return
	}
	if m.Of == nil {
		m.Of = map[metrics.RepoID]Lack{}
	}
	m.Of[repo] = lack
}

// Kept is what is to be kept of it by now: nil where nothing is missed.
func (m *Missed) Kept() *Missed {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.Of) == 0 && len(m.Denied) == 0 {
		return nil
	}
	return m
}

// Gap says of how many repositories something is missed, none where it belongs to the whole source, and when that is tried
// again.
type Gap struct {
	Repos int
	Due   metrics.Instant // of the first of them
}

// Told counts of how many repositories something is missed, as people are told of it by the names of parts.
func (m *Missed) Told(names func(parts uint32) []string) map[string]Gap {
	told := map[string]Gap{}
	if m == nil {
		return told
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, lack := range m.Of {
		for _, name := range names(lack.Parts) {
			gap, had := told[name]
			if !had || lack.Due < gap.Due {
				gap.Due = lack.Due
			}
			if id != Nowhere {
				gap.Repos++
			}
			told[name] = gap
		}
	}
	return told
}
