package git_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// memory is a store that keeps facts as the real one does: writing twice changes nothing, and only walks
// whose row is there count.
type memory struct {
	mu          sync.Mutex
	batches     int
	readings    []metrics.Reading
	repos       map[metrics.RepoID]metrics.Repo
	walks       []metrics.Walk
	commits     map[metrics.WalkID]map[place]metrics.Commit
	changes     map[metrics.WalkID]map[place]metrics.FileChange
	side        map[metrics.WalkID]map[place]metrics.SideChange
	blobs       map[metrics.OID]metrics.Blob
	reads       map[metrics.OID]int // how often content came
	identities  []metrics.Identity
	memberships []metrics.Membership
	releases    map[string]metrics.Release // by repository, source and tag
	released    map[string]metrics.ReleasedCommit
}

type place struct {
	pos, seq uint32
	path     string
}

func newMemory() *memory {
	return &memory{
		repos:   map[metrics.RepoID]metrics.Repo{},
		commits: map[metrics.WalkID]map[place]metrics.Commit{}, changes: map[metrics.WalkID]map[place]metrics.FileChange{},
		side: map[metrics.WalkID]map[place]metrics.SideChange{}, blobs: map[metrics.OID]metrics.Blob{},
		reads: map[metrics.OID]int{}, releases: map[string]metrics.Release{}, released: map[string]metrics.ReleasedCommit{},
	}
}

func (m *memory) Write(_ context.Context, b *metrics.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches++
	m.readings = append(m.readings, b.Readings...)
	for _, r := range b.Repos {
		m.repos[r.ID] = r
	}
	for _, w := range b.Walks {
		m.walks = append(slices.DeleteFunc(m.walks, func(old metrics.Walk) bool { return old.ID == w.ID }), w)
	}
	for _, c := range b.Commits {
		put(m.commits, c.Walk, place{c.Pos, c.Seq, ""}, c)
	}
	for _, c := range b.FileChanges {
		put(m.changes, c.Walk, place{c.Pos, 0, c.Path}, c)
	}
	for _, c := range b.SideChanges {
		put(m.side, c.Walk, place{c.Pos, c.Seq, c.Path}, c)
	}
	for _, blob := range b.Blobs {
		m.reads[blob.OID]++
		if old, known := m.blobs[blob.OID]; !known || blob.Status <= old.Status {
			m.blobs[blob.OID] = blob
		}
	}
	m.identities = append(m.identities, b.Identities...)
	m.memberships = append(m.memberships, b.Memberships...)
	for _, r := range b.Releases {
		m.releases[fmt.Sprint(r.Repo, r.Source, r.Tag)] = r
	}
	for _, c := range b.ReleasedCommits {
		m.released[fmt.Sprint(c.Repo, c.Source, c.Commit)] = c
	}
	*b = metrics.Batch{} // a batch belongs to the store: whoever still looks at it sees nothing
	return nil
}

func put[R any](rows map[metrics.WalkID]map[place]R, walk metrics.WalkID, at place, row R) {
	if rows[walk] == nil {
		rows[walk] = map[place]R{}
	}
	rows[walk][at] = row
}

func (m *memory) Lacking(_ context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []metrics.OID
	for _, oid := range blobs {
		if b, ok := m.blobs[oid]; !ok || !collectors.Kept(b.Status, b.Size) {
			list = append(list, oid)
		}
	}
	return list, nil
}

func (m *memory) Last(_ context.Context, source string, repo metrics.RepoID) (collectors.Last, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var last collectors.Last
	for _, r := range m.readings {
		if r.Repo == repo && r.Source == source {
			last.Reading = r
		}
	}
	for _, w := range m.walks {
		if w.Repo == repo {
			last.Walk, last.Next = w, w.First+w.Commits
		}
	}
	for _, r := range m.releases {
		if r.Repo == repo && r.Source == source && r.Object != "" {
			last.Releases = append(last.Releases, r)
		}
	}
	return last, nil
}

func (m *memory) Repos(context.Context) ([]metrics.Repo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.repos)), nil
}

func (m *memory) Members(context.Context, string) ([]metrics.Membership, error) { return nil, nil }

func (m *memory) Listings(context.Context) ([]metrics.Listing, error) { return nil, nil }

// history is what a reader of the store sees of a repository: the newest chain of walks.
type history struct {
	Walks   []metrics.Walk
	Commits []metrics.Commit
	Changes []metrics.FileChange
	Side    []metrics.SideChange
}

func (m *memory) history(repo metrics.RepoID) history {
	last, _ := m.Last(context.Background(), "", repo)
	var h history
	for id := last.Walk.ID; id != 0; {
		i := slices.IndexFunc(m.walks, func(w metrics.Walk) bool { return w.ID == id })
		h.Walks = append(h.Walks, m.walks[i])
		for _, c := range m.commits[id] {
			h.Commits = append(h.Commits, c)
		}
		for _, c := range m.changes[id] {
			h.Changes = append(h.Changes, c)
		}
		for _, c := range m.side[id] {
			h.Side = append(h.Side, c)
		}
		id = m.walks[i].Prev
	}
	slices.Reverse(h.Walks)
	slices.SortFunc(h.Commits, func(a, b metrics.Commit) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq))
	})
	slices.SortFunc(h.Changes, func(a, b metrics.FileChange) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Path, b.Path))
	})
	slices.SortFunc(h.Side, func(a, b metrics.SideChange) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Path, b.Path))
	})
	return h
}
