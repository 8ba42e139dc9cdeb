package gitlab

import (
	"sync"
	"sync/atomic"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// held is what a listing was told of the whole group, until it is written with the first projects that are read. It is
// safe for concurrent use.
type held struct {
	mu     sync.Mutex
	merges map[int][]*gitlab.MergeRequest // by project
	batch  metrics.Batch                  // that belongs to no project

	listed atomic.Bool // merges are all that is new
}

// put keeps a merge request for its project.
func (h *held) put(m *gitlab.MergeRequest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.merges == nil {
		h.merges = map[int][]*gitlab.MergeRequest{}
	}
	m.Description = "" // nobody reads it
	h.merges[m.ProjectID] = append(h.merges[m.ProjectID], m)
}

func (h *held) has(project int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.merges[project]) > 0
}

// take hands over what is kept for a project, and says whether that is all that is new of it.
func (h *held) take(project int) (merges []*gitlab.MergeRequest, listed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	merges = h.merges[project]
	delete(h.merges, project)
	return merges, h.listed.Load()
}

// add keeps facts that belong to no project.
func (h *held) add(b *metrics.Batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.batch.HostTeams = append(h.batch.HostTeams, b.HostTeams...)
	h.batch.Identities = append(h.batch.Identities, b.Identities...)
	h.batch.Memberships = append(h.batch.Memberships, b.Memberships...)
}

// full reports whether there are such facts.
func (h *held) full() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.batch.Rows() > 0
}

// flush hands over the facts that belong to no project.
func (h *held) flush() *metrics.Batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := h.batch
	h.batch = metrics.Batch{}
	return &batch
}
