package gitlab

import (
	"slices"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// heldStep is what is held, until a round is over.
const heldStep = "held"

// held is what a listing was told of the whole group, until it is written with the first projects that are read. It is
// safe for concurrent use, and names nobody.
type held struct {
	mu    sync.Mutex
	holds holding
}

// holding is what is held.
type holding struct {
	Merges map[int][]metrics.Pull // by project, without their repository
	Listed bool                   // merges are all that is new

	// What belongs to no project:
	HostTeams   []metrics.HostTeam
	Identities  []metrics.Identity
	Memberships []metrics.Membership
}

// load begins with what the runs before held in a round.
func (h *held) load(round *collectors.Round) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds = holding{}
	round.Load(heldStep, &h.holds)
}

// save keeps what is held for the next run of a round.
func (h *held) save(round *collectors.Round) {
	h.mu.Lock()
	defer h.mu.Unlock()
	round.Save(heldStep, h.holds)
}

// put keeps a merge request for its project.
func (h *held) put(project int, m metrics.Pull) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holds.Merges == nil {
		h.holds.Merges = map[int][]metrics.Pull{}
	}
	h.holds.Merges[project] = append(h.holds.Merges[project], m)
}

// all says that merge requests were told of for all projects.
func (h *held) all() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds.Listed = true
}

// of returns what is kept for a project, and says whether that is all that is new of it.
func (h *held) of(project int) (merges []metrics.Pull, listed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.holds.Merges[project]), h.holds.Listed
}

// has reports whether anything is kept for a project.
func (h *held) has(project int) bool {
	merges, _ := h.of(project)
	return len(merges) > 0
}

// drop forgets what is kept for a project: it is written.
func (h *held) drop(project int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.holds.Merges, project)
}

// add keeps facts that belong to no project.
func (h *held) add(b *metrics.Batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds.HostTeams = append(h.holds.HostTeams, b.HostTeams...)
	h.holds.Identities = append(h.holds.Identities, b.Identities...)
	h.holds.Memberships = append(h.holds.Memberships, b.Memberships...)
}

// full reports whether there are such facts.
func (h *held) full() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.holds.HostTeams)+len(h.holds.Identities)+len(h.holds.Memberships) > 0
}

// flush hands over the facts that belong to no project.
func (h *held) flush() *metrics.Batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := &metrics.Batch{HostTeams: h.holds.HostTeams, Identities: h.holds.Identities, Memberships: h.holds.Memberships}
	h.holds.HostTeams, h.holds.Identities, h.holds.Memberships = nil, nil, nil
	return batch
}
