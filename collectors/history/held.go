package history

import (
	"context"
	"slices"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// word is what a host said of a repository that it read whole.
type word struct {
	repo    metrics.Repo
	reading metrics.Reading
	old     bool // it was said before, and is not said again
}

// write tells it alone.
func (w word) write(ctx context.Context, out collectors.Sink) error {
	if w.old {
		return nil
	}
	return out.Write(ctx, &metrics.Batch{Repos: []metrics.Repo{w.repo}, Readings: []metrics.Reading{w.reading}})
}

// held passes on what a host writes, and holds back what it says of repositories as a whole.
type held struct {
	collectors.Sink

	mu       sync.Mutex
	repos    map[metrics.RepoID]metrics.Repo
	readings map[metrics.RepoID]metrics.Reading
	before   map[metrics.RepoID]word
}

func newHeld(out collectors.Sink) *held {
	return &held{
		Sink: out, repos: map[metrics.RepoID]metrics.Repo{}, readings: map[metrics.RepoID]metrics.Reading{}, before: map[metrics.RepoID]word{},
	}
}

// knows takes in what was said of a repository before.
func (h *held) knows(j collectors.Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before[j.Repo.ID] = word{j.Repo, j.Last.Reading, true}
}

// Write implements collectors.Sink.
func (h *held) Write(ctx context.Context, batch *metrics.Batch) error {
	h.mu.Lock()
	for _, r := range batch.Repos {
		h.repos[r.ID] = r
	}
	for _, r := range batch.Readings {
		h.readings[r.Repo] = r
	}
	h.mu.Unlock()
	batch.Repos, batch.Readings = nil, nil
	if batch.Rows() == 0 {
		return nil
	}
	return h.Sink.Write(ctx, batch)
}

// Held implements collectors.Holder, where what it passes on to does.
func (h *held) Held(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
	if holder, ok := h.Sink.(collectors.Holder); ok {
		return holder.Held(ctx, blobs)
	}
	return nil, nil
}

// of returns what was said of a repository; ok is false where nothing was.
func (h *held) of(id metrics.RepoID) (w word, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w, ok = h.before[id]; ok {
		return w, ok
	}
	w.repo, ok = h.repos[id]
	if ok {
		w.reading, ok = h.readings[id]
	}
	return w, ok
}

// told adds to a reading of a history what the host said: the set of files that it saw, if that was at the same head.
// So one reading says that both were read, and the next one of either goes on from it.
type told struct {
	collectors.Sink
	word word
}

// Write implements collectors.Sink.
func (t told) Write(ctx context.Context, batch *metrics.Batch) error {
	batch.Readings = slices.Clone(batch.Readings)
	for i := range batch.Readings {
		if r := &batch.Readings[i]; r.Head == t.word.reading.Head && r.Watched == t.word.reading.Watched {
			r.Files = t.word.reading.Files
		}
	}
	return t.Sink.Write(ctx, batch)
}
