package github_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// memory is a store that keeps facts as the real one does: writing twice changes nothing.
type memory struct {
	mu       sync.Mutex
	readings []metrics.Reading
	repos    map[repoKey]metrics.Repo
	states   map[metrics.FileState]bool
	watch    map[uint64]metrics.WatchSet
	blobs    map[metrics.OID]metrics.Blob
	listings []metrics.Listing
	last     map[repoKey]metrics.Reading
	side
}

type repoKey struct {
	id           metrics.RepoID
	source, name string
}

func newMemory() *memory {
	return &memory{
		repos: map[repoKey]metrics.Repo{}, states: map[metrics.FileState]bool{}, watch: map[uint64]metrics.WatchSet{},
		blobs: map[metrics.OID]metrics.Blob{}, last: map[repoKey]metrics.Reading{}, side: newSide(),
	}
}

func (m *memory) Write(_ context.Context, b *metrics.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range b.Repos {
		m.repos[repoKey{r.ID, r.Source, r.Name}] = r
	}
	for _, f := range b.FileStates {
		m.states[f] = true
	}
	for _, w := range b.WatchSets {
		m.watch[w.Fingerprint()] = w
	}
	for _, blob := range b.Blobs {
		if old, known := m.blobs[blob.OID]; !known || blob.Status <= old.Status {
			m.blobs[blob.OID] = blob
		}
	}
	for _, r := range b.Readings {
		m.last[repoKey{r.Repo, r.Source, ""}] = r
	}
	m.readings = append(m.readings, b.Readings...)
	m.listings = append(m.listings, b.Listings...)
	m.write(b)
	*b = metrics.Batch{} // a batch belongs to the store: whoever still looks at it sees nothing
	return nil
}

func (m *memory) Lacking(_ context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(blobs), func(oid metrics.OID) bool {
		b, ok := m.blobs[oid]
		return ok && collectors.Kept(b.Status, b.Size)
	}), nil
}

func (m *memory) Last(_ context.Context, source string, repo metrics.RepoID) (collectors.Last, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return collectors.Last{Reading: m.last[repoKey{repo, source, ""}], Releases: m.tags(repo), Told: m.told(repo)}, nil
}

func (m *memory) Repos(context.Context) ([]metrics.Repo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.repos)), nil
}

func (m *memory) Listings(context.Context) ([]metrics.Listing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.listings), nil
}

// repo is the newest row of a repository by the name that it has now; the zero Repo where there is none.
func (m *memory) repo(name string) metrics.Repo {
	newest := map[metrics.RepoID]metrics.Repo{}
	for _, r := range m.repos {
		if r.Seen >= newest[r.ID].Seen {
			newest[r.ID] = r
		}
	}
	for _, r := range newest {
		if r.Name == name {
			return r
		}
	}
	return metrics.Repo{}
}

// files are the watched files of a repository at its last reading, with the content that is known.
func (m *memory) files(name string) map[string]string {
	r := m.repo(name)
	last := m.last[repoKey{r.ID, r.Source, ""}]
	all := map[string]string{}
	for f := range m.states {
		if f.Repo != r.ID || f.Files != last.Files {
			continue
		}
		switch b := m.blobs[f.Blob]; b.Status {
		case metrics.BlobRead:
			all[f.Path] = b.Content
		case metrics.BlobTooBig:
			all[f.Path] = "(too big)"
		case metrics.BlobMissing:
			all[f.Path] = "(missing)"
		default:
			all[f.Path] = "(not read)"
		}
	}
	return all
}
