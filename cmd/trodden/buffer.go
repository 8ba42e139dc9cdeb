package main

import (
	"context"
	"sync"

	"github.com/trodden/trodden/metrics"
)

// buffer gathers the facts of many repositories before they are written, since a store takes one large
// insert far faster than many small ones. The order in which facts reach the store stays: what was given
// earlier is written earlier, or in the same batch, in which walks and releases come last.
type buffer struct {
	write func(context.Context, *metrics.Batch) error

	mu      sync.Mutex
	pending metrics.Batch
	bytes   int
	writing sync.Mutex // held from taking a batch to its end, so that batches keep their order
}

// How much is gathered before it is written.
const (
	bufferRows  = 100_000
	bufferBytes = 32 << 20
)

// Write implements collectors.Sink.
func (b *buffer) Write(ctx context.Context, batch *metrics.Batch) error {
	b.mu.Lock()
	b.add(batch)
	full := b.pending.Rows() >= bufferRows || b.bytes >= bufferBytes
	b.mu.Unlock()
	if !full {
		return nil
	}
	return b.flush(ctx)
}

// flush writes what is there.
func (b *buffer) flush(ctx context.Context) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	b.mu.Lock()
	batch := b.pending
	b.pending, b.bytes = metrics.Batch{}, 0
	b.mu.Unlock()
	if batch.Rows() == 0 {
		return nil
	}
	return b.write(ctx, &batch)
}

func (b *buffer) add(from *metrics.Batch) {
	to := &b.pending
	to.Readings = append(to.Readings, from.Readings...)
	to.Repos = append(to.Repos, from.Repos...)
	to.Walks = append(to.Walks, from.Walks...)
	to.Commits = append(to.Commits, from.Commits...)
	to.FileChanges = append(to.FileChanges, from.FileChanges...)
	to.SideChanges = append(to.SideChanges, from.SideChanges...)
	to.Blobs = append(to.Blobs, from.Blobs...)
	to.Identities = append(to.Identities, from.Identities...)
	to.Memberships = append(to.Memberships, from.Memberships...)
	to.FileStates = append(to.FileStates, from.FileStates...)
	to.WatchSets = append(to.WatchSets, from.WatchSets...)
	to.NamedFiles = append(to.NamedFiles, from.NamedFiles...)
	to.Listings = append(to.Listings, from.Listings...)
	to.Archivals = append(to.Archivals, from.Archivals...)
	to.Releases = append(to.Releases, from.Releases...)
	to.ReleasedCommits = append(to.ReleasedCommits, from.ReleasedCommits...)
	to.Runs = append(to.Runs, from.Runs...)
	to.RunWindows = append(to.RunWindows, from.RunWindows...)
	to.Deployments = append(to.Deployments, from.Deployments...)
	to.Pulls = append(to.Pulls, from.Pulls...)
	to.Policies = append(to.Policies, from.Policies...)
	to.Accesses = append(to.Accesses, from.Accesses...)
	to.HostTeams = append(to.HostTeams, from.HostTeams...)
	to.HostWarnings = append(to.HostWarnings, from.HostWarnings...)
	to.Snapshots = append(to.Snapshots, from.Snapshots...)
	to.CatalogLists = append(to.CatalogLists, from.CatalogLists...)
	for i := range from.Blobs {
		b.bytes += len(from.Blobs[i].Content)
	}
}
