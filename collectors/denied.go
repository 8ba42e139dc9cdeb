package collectors

import (
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Denial is a part that a host does not show: what the token or the host lacks. A run is complete without it, and says so.
// It is tried again like what is missed, of a few repositories: where one of these is answered the others follow.
type Denial struct {
	Why   string           `json:"why"`
	Needs string           `json:"needs,omitempty"` // what it takes, where that is known
	Parts uint32           `json:"parts"`           // as the source counts them
	Since metrics.Instant  `json:"since"`           // when it was denied first
	From  metrics.Instant  `json:"from,omitempty"`  // from when on it is wanted, where no fact tells that
	Tries int              `json:"tries"`           // of which all were denied, one after the other
	Due   metrics.Instant  `json:"due"`             // when it is tried again
	Of    []metrics.RepoID `json:"of"`              // those that were tried longest ago first; Nowhere for the whole source
	Open  bool             `json:"open,omitempty"`  // one of them was answered since

	trying bool // in this run, and none was denied yet
}

// deniedAgain is of how many repositories a part that was denied is tried again at most, until one of them is answered.
const deniedAgain = 3

// beginDenied says what of that which was denied is tried in a run that begins now.
func (m *Missed) beginDenied(now metrics.Instant, there map[metrics.RepoID]bool) {
	m.again, m.waits, m.fresh = map[metrics.RepoID]Lack{}, map[metrics.RepoID]uint32{}, map[metrics.RepoID]uint32{}
	for name, d := range m.Denied {
		if d.Of = slices.DeleteFunc(d.Of, func(id metrics.RepoID) bool { return !there[id] }); len(d.Of) == 0 {
			delete(m.Denied, name)
			continue
		}
		most := 0
		switch {
		case d.Open:
			most = missedAgain
		case d.Due <= now || d.Due > now+missedLast:
			most = deniedAgain
		}
		d.Open, d.trying = false, most > 0
		for i, id := range d.Of {
			if i >= most {
				m.waits[id] |= d.Parts
				continue
			}
			lack, had := m.again[id]
			if !had || d.From < lack.Since {
				lack.Since = d.From
			}
			lack.Parts |= d.Parts
			m.again[id] = lack
		}
	}
}

// Deny notes that a part of a repository is denied, and why: what it takes is in the denial that is given, and from when on
// it is wanted.
func (m *Missed) Deny(name string, repo metrics.RepoID, given Denial, now metrics.Instant) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.Denied[name]
	switch {
	case d == nil:
		d = &Denial{Parts: given.Parts, Since: now, From: given.From, Tries: 1, Due: now}
		if m.Denied == nil {
			m.Denied = map[string]*Denial{}
		}
		m.Denied[name] = d
	case d.trying && m.again[repo].Parts&d.Parts != 0:
		d.trying = false
		d.Tries++
		d.Due = now + pause(d.Tries)
	}
	d.Why, d.Needs, d.From = given.Why, given.Needs, min(d.From, given.From)
	if at := slices.Index(d.Of, repo); at >= 0 {
		d.Of = slices.Delete(d.Of, at, at+1)
	}
	d.Of = append(d.Of, repo)
	if m.fresh == nil {
		m.fresh = map[metrics.RepoID]uint32{}
	}
	m.fresh[repo] |= d.Parts
}

// Allow notes that parts of a repository were tried: those that were denied, and not in this run, are not any more.
func (m *Missed) Allow(repo metrics.RepoID, parts uint32) {
	if m == nil || parts == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	parts &^= m.fresh[repo]
	for name, d := range m.Denied {
		at := slices.Index(d.Of, repo)
		if d.Parts&parts == 0 || at < 0 {
			continue
		}
		if d.Of = slices.Delete(d.Of, at, at+1); len(d.Of) == 0 {
			delete(m.Denied, name)
		} else {
			d.Open = true
		}
	}
}

// Refusal is a part of a source that is not read because its host denies it, as people are told of it.
type Refusal struct {
	Source string
	Part   string
	Repos  int // of which; 0 where it belongs to the whole source
	Why    string
	Needs  string // what it takes; "" where that is not known
	Since  metrics.Instant
}

// Refused lists what is denied by now, in the order of the names of parts.
func (m *Missed) Refused() (list []Refusal) {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(m.Denied)) {
		d := m.Denied[name]
		r := Refusal{Part: name, Repos: len(d.Of), Why: d.Why, Needs: d.Needs, Since: d.Since}
		if slices.Contains(d.Of, Nowhere) {
			r.Repos = 0
		}
		list = append(list, r)
	}
	return list
}
