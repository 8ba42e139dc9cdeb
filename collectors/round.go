package collectors

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/trodden/trodden/metrics"
)

// Round is how far a source came with what it set out to read, where that takes several runs because each may ask only
// so much: which repositories are not read to their end, and how far what takes several questions came. A source keeps
// it in the mark of its listing, so that the next run asks nothing again that was answered in this round. It must hold
// nobody's name. It is safe for concurrent use, and a nil Round keeps nothing.
type Round struct {
	Daily bool                      `json:"daily,omitempty"` // all repositories are looked at, not those alone that moved
	Open  map[metrics.RepoID]*Stand `json:"open,omitempty"`  // the repositories that are not read to their end
	Steps map[string][]byte         `json:"steps,omitempty"` // how far something came that takes several questions

	mu    sync.Mutex
	taken map[metrics.RepoID]*Stand // that were open, and are read now
}

// Unfinished is what the mark of a listing keeps of a round that runs did not bring to its end.
type Unfinished struct {
	Start   metrics.Instant `json:"start,omitempty"`   // when the round began, by our clock
	Listing bool            `json:"listing,omitempty"` // its list is not at its end
	Shown   int             `json:"shown,omitempty"`   // how many repositories that told of
	Round   *Round          `json:"round,omitempty"`
}

const (
	// ListShare is how much of what a budget has left is used when no more is listed, so that something is left for
	// reading what was.
	ListShare = 0.5
	// roundLasts is how long a round is gone on with: by then nobody knows what happened in between.
	roundLasts = 7 * metrics.Day
)

// GoesOn reports whether there is a round to go on with.
func (u Unfinished) GoesOn(now metrics.Instant) bool {
	return (u.Listing || !u.Round.Over()) && u.Start <= now && now < u.Start+roundLasts
}

// Settled reports whether nothing was left unread.
func (u Unfinished) Settled() bool { return !u.Listing && u.Round.Over() }

// Kept is what is to be kept of it by now: nothing where it is settled.
func (u Unfinished) Kept() Unfinished {
	if u.Settled() {
		return Unfinished{}
	}
	return u
}

// Stand is how far the reading of one repository came in a round.
type Stand struct {
	Files bool            `json:"files,omitempty"` // its files are read
	Parts uint32          `json:"parts,omitempty"` // bits of the parts that are read, as the source counts them
	Note  json.RawMessage `json:"note,omitempty"`  // what the source found out about it
}

// Of returns how a repository stands, if it was left open.
func (r *Round) Of(repo metrics.RepoID) (stand Stand, open bool) {
	if r == nil {
		return stand, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, all := range []map[metrics.RepoID]*Stand{r.Open, r.taken} {
		if s := all[repo]; s != nil {
			return *s, true
		}
	}
	return stand, false
}

// Leave notes how far a repository came that is not read to its end.
func (r *Round) Leave(repo metrics.RepoID, stand Stand) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Open == nil {
		r.Open = map[metrics.RepoID]*Stand{}
	}
	r.Open[repo] = &stand
}

// Close notes that a repository is read to its end, or cannot be read.
func (r *Round) Close(repo metrics.RepoID) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.Open, repo)
	delete(r.taken, repo)
}

// Over reports whether no repository is open.
func (r *Round) Over() bool {
	if r == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.Open) == 0
}

// Empty reports whether a round keeps nothing.
func (r *Round) Empty() bool {
	if r == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.Open)+len(r.Steps) == 0
}

// Resume returns the open ones of known repositories, to be read now: first those that were never read, then those that
// were read longest ago. They are open no more, unless they are left again; of those that are not known nothing is left.
func (r *Round) Resume(known []Had) (open []Had) {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	r.taken, r.Open = r.Open, nil
	r.mu.Unlock()
	for _, had := range known {
		if _, is := r.Of(had.ID); is {
			open = append(open, had)
		}
	}
	slices.SortStableFunc(open, func(a, b Had) int { return cmp.Compare(a.read(), b.read()) })
	return open
}

// read is when a repository was read whole the last time.
func (h Had) read() metrics.Instant {
	if !h.Last.Reading.Complete {
		return metrics.Beginning
	}
	return h.Last.Reading.At
}

// StepOf names a step of one repository.
func StepOf(name string, repo metrics.RepoID) string { return fmt.Sprintf("%s %d", name, uint64(repo)) }

// Save keeps how far a step came. What cannot be kept is begun anew.
func (r *Round) Save(name string, at any) {
	if r == nil {
		return
	}
	var text bytes.Buffer
	if gob.NewEncoder(&text).Encode(at) != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Steps == nil {
		r.Steps = map[string][]byte{}
	}
	r.Steps[name] = text.Bytes()
}

// Load fills in how far a step came, and reports whether anything is known of it.
func (r *Round) Load(name string, at any) bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	text, known := r.Steps[name]
	return known && gob.NewDecoder(bytes.NewReader(text)).Decode(at) == nil
}

// Drop forgets a step.
func (r *Round) Drop(name string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.Steps, name)
}

// Take does a step that asks several questions. It gives work how far the runs before came with it; what that holds
// when nothing more may be asked is given to it in the next run.
func Take[T any](r *Round, name string, work func(at *T) error) error {
	at := new(T)
	if !r.Load(name, at) {
		*at = *new(T)
	}
	err := work(at)
	if errors.Is(err, ErrSpent) {
		r.Save(name, at)
	} else {
		r.Drop(name)
	}
	return err
}
