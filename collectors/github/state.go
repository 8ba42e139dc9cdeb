package github

import (
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// state is what a listing leaves for the reading of what it listed. It is safe for concurrent use.
type state struct {
	mu      sync.Mutex
	lately  lately
	members []metrics.Membership // as they were known before
	ids     map[string]string    // owner/name by the host's own id
	before  map[string]string    // default branches that have another name by now, by repository
	shut    map[string]bool      // repositories that are archived by now

	reading sync.Mutex // held while what belongs to the organisation is read
	org     *org       // nil before that
	round   *collectors.Round
	missed  *collectors.Missed // nil where only some repositories are asked for
}

// begin forgets the last listing.
func (st *state) begin(known *collectors.Known, had index, split func(metrics.Repo) (owner, name string)) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.lately, st.members, st.org, st.round, st.missed = lately{asked: known.Only}, known.Members, nil, nil, nil
	st.ids, st.before = make(map[string]string, len(had.hosts)), map[string]string{}
	st.shut = map[string]bool{}
	for id, repo := range had.hosts {
		owner, name := split(repo.Repo)
		st.ids[id] = owner + "/" + name
	}
}

// resume begins a round, or goes on with one. Where this listing has begun another one before, that is gone on with.
func (st *state) resume(round *collectors.Round) *collectors.Round {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.round != nil {
		st.round.Daily = st.round.Daily || round.Daily
		round = st.round
	}
	st.round, st.lately.daily = round, round.Daily
	return round
}

// misses goes on with what the listings before missed.
func (st *state) misses(missed *collectors.Missed) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.missed = missed
}

// missing is what is missed by now.
func (st *state) missing() *collectors.Missed {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.missed
}

// open is the round that is under way; nil where no list is gone on with.
func (st *state) open() *collectors.Round {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.round
}

// unruled reports whether the rulesets of the organisation are missed.
func (st *state) unruled() bool {
	st.reading.Lock()
	defer st.reading.Unlock()
	return st.org != nil && st.org.Unruled
}

// text is a mark with what is left unread by now.
func (st *state) text(m mark) string {
	if m.Round = st.round; !m.Settled() && st.org != nil {
		st.round.Save(orgStep, st.org)
	}
	m.Unfinished, m.Missed = m.Kept(), st.missed.Kept()
	return m.String()
}

func (st *state) now() lately {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.lately
}

// seen notes what a repository is called, and how its default branch was called before.
func (st *state) seen(repo metrics.Repo, full, before string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ids == nil {
		return
	}
	if repo.HostID != "" {
		st.ids[repo.HostID] = full
	}
	if before != "" && before != repo.DefaultBranch {
		st.before[repo.Name] = before
	}
}

// shuts notes that a repository is archived, and was not when it was listed before.
func (st *state) shuts(name string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.shut[name] = true
}

// shutSince reports whether that is so.
func (st *state) shutSince(name string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.shut[name]
}

// former is how the default branch of a repository was called when it was listed before; "" where it has the same name.
func (st *state) former(name string) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.before[name]
}

// full returns the owner/name of what has an id; "" where nobody listed that.
func (st *state) full(hostID string) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ids[hostID]
}

func (st *state) known() []metrics.Membership {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.members
}
