// Package collectorstest is a store in memory for the tests of sources.
package collectorstest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Store keeps facts as the real one does: a later row takes the place of an earlier one with the same key, so that
// writing twice changes nothing. Its fields are to be looked at while nothing is written.
type Store struct {
	mu      sync.Mutex
	Batches int

	Rows     map[RepoKey]metrics.Repo // of repositories
	Readings []metrics.Reading        // all, as they came
	Newest   map[RepoKey]metrics.Reading
	Listed   []metrics.Listing
	Watched  map[uint64]metrics.WatchSet
	Named    map[RepoKey]metrics.NamedFiles // by repository and set
	States   map[metrics.FileState]bool
	Blobs    map[metrics.OID]metrics.Blob
	Brought  map[metrics.OID]int // how often content came

	Walks   []metrics.Walk
	Commits map[Place]metrics.Commit
	Changes map[Place]metrics.FileChange
	Side    map[Place]metrics.SideChange

	Identities  map[IdentityKey]metrics.Identity
	Memberships map[MemberKey]metrics.Membership
	Releases    map[ReleaseKey]metrics.Release
	Released    map[ReleasedKey]metrics.ReleasedCommit

	Runs        map[RunKey]metrics.Run
	Windows     map[WindowKey]metrics.RunWindow
	Pulls       map[RunKey]metrics.Pull
	Deployments map[RunKey]metrics.Deployment
	Teams       map[metrics.TeamKey]metrics.HostTeam
	Policies    []metrics.PolicyList
	Accesses    []metrics.AccessList
	Warnings    []metrics.HostWarnings

	Unfollowed bool // is what repositories are of which it is asked
}

// Keys of rows.
type (
	// RepoKey is that of what a source said of a repository. Readings have no name.
	RepoKey struct {
		ID           metrics.RepoID
		Source, Name string
	}
	// Place is one in the history that a walk saw.
	Place struct {
		Walk     metrics.WalkID
		Pos, Seq uint32
		Path     string
	}
	// IdentityKey is that of an alias and one of the persons that it belongs to.
	IdentityKey struct {
		Alias  metrics.AliasID
		Person metrics.PersonID
	}
	// MemberKey is that of a time in a team.
	MemberKey struct {
		Alias metrics.AliasID
		Team  metrics.TeamKey
		From  metrics.Instant
	}
	// ReleaseKey is that of a tag.
	ReleaseKey struct {
		Repo        metrics.RepoID
		Source, Tag string
	}
	// ReleasedKey is that of a commit that a tag brought.
	ReleasedKey struct {
		Repo   metrics.RepoID
		Source string
		Commit metrics.OID
	}
	// RunKey is that of what a host gives numbers in a repository. Only runs have attempts.
	RunKey struct {
		Repo    metrics.RepoID
		ID      uint64
		Attempt uint32
	}
	// WindowKey is that of a time whose runs are known.
	WindowKey struct {
		Repo metrics.RepoID
		From metrics.Instant
	}
)

// New returns a store that is empty.
func New() *Store {
	return &Store{
		Rows: map[RepoKey]metrics.Repo{}, Newest: map[RepoKey]metrics.Reading{}, Watched: map[uint64]metrics.WatchSet{}, Named: map[RepoKey]metrics.NamedFiles{},
		States: map[metrics.FileState]bool{}, Blobs: map[metrics.OID]metrics.Blob{}, Brought: map[metrics.OID]int{},
		Commits: map[Place]metrics.Commit{}, Changes: map[Place]metrics.FileChange{}, Side: map[Place]metrics.SideChange{},
		Identities: map[IdentityKey]metrics.Identity{}, Memberships: map[MemberKey]metrics.Membership{},
		Releases: map[ReleaseKey]metrics.Release{}, Released: map[ReleasedKey]metrics.ReleasedCommit{},
		Runs: map[RunKey]metrics.Run{}, Windows: map[WindowKey]metrics.RunWindow{}, Pulls: map[RunKey]metrics.Pull{},
		Deployments: map[RunKey]metrics.Deployment{}, Teams: map[metrics.TeamKey]metrics.HostTeam{},
	}
}

// keep puts rows in the places of those with the same key.
func keep[K comparable, R any](rows map[K]R, more []R, key func(R) K) {
	for _, r := range more {
		rows[key(r)] = r
	}
}

// Write implements [collectors.Sink].
func (s *Store) Write(_ context.Context, b *metrics.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Batches++
	keep(s.Rows, b.Repos, func(r metrics.Repo) RepoKey { return RepoKey{r.ID, r.Source, r.Name} })
	keep(s.Newest, b.Readings, func(r metrics.Reading) RepoKey { return RepoKey{r.Repo, r.Source, ""} })
	keep(s.Watched, b.WatchSets, metrics.WatchSet.Fingerprint)
	keep(s.Named, b.NamedFiles, func(n metrics.NamedFiles) RepoKey { return RepoKey{n.Repo, fmt.Sprint(n.Files), ""} })
	s.Readings, s.Listed = append(s.Readings, b.Readings...), append(s.Listed, b.Listings...)
	for _, f := range b.FileStates {
		s.States[f] = true
	}
	for _, blob := range b.Blobs {
		s.Brought[blob.OID]++
		if old, known := s.Blobs[blob.OID]; !known || blob.Status <= old.Status {
			s.Blobs[blob.OID] = blob
		}
	}
	s.writeHistory(b)
	s.writePeople(b)
	s.writeBeside(b)
	*b = metrics.Batch{} // a batch belongs to the store: whoever still looks at it sees nothing
	return nil
}

func (s *Store) writeHistory(b *metrics.Batch) {
	for _, w := range b.Walks {
		s.Walks = append(slices.DeleteFunc(s.Walks, func(old metrics.Walk) bool { return old.ID == w.ID }), w)
	}
	keep(s.Commits, b.Commits, func(c metrics.Commit) Place { return Place{c.Walk, c.Pos, c.Seq, ""} })
	keep(s.Changes, b.FileChanges, func(c metrics.FileChange) Place { return Place{c.Walk, c.Pos, 0, c.Path} })
	keep(s.Side, b.SideChanges, func(c metrics.SideChange) Place { return Place{c.Walk, c.Pos, c.Seq, c.Path} })
	keep(s.Releases, b.Releases, func(r metrics.Release) ReleaseKey { return ReleaseKey{r.Repo, r.Source, r.Tag} })
	keep(s.Released, b.ReleasedCommits, func(r metrics.ReleasedCommit) ReleasedKey { return ReleasedKey{r.Repo, r.Source, r.Commit} })
}

func (s *Store) writePeople(b *metrics.Batch) {
	keep(s.Identities, b.Identities, func(i metrics.Identity) IdentityKey { return IdentityKey{i.Alias, i.Person} })
	keep(s.Memberships, b.Memberships, func(m metrics.Membership) MemberKey { return MemberKey{m.Alias, m.Team, m.From} })
	keep(s.Teams, b.HostTeams, func(t metrics.HostTeam) metrics.TeamKey { return t.Ref })
	s.Accesses = append(s.Accesses, b.Accesses...)
}

func (s *Store) writeBeside(b *metrics.Batch) {
	keep(s.Runs, b.Runs, func(r metrics.Run) RunKey { return RunKey{r.Repo, r.ID, r.Attempt} })
	keep(s.Windows, b.RunWindows, func(w metrics.RunWindow) WindowKey { return WindowKey{w.Repo, w.From} })
	keep(s.Pulls, b.Pulls, func(p metrics.Pull) RunKey { return RunKey{p.Repo, p.Number, 0} })
	keep(s.Deployments, b.Deployments, func(d metrics.Deployment) RunKey { return RunKey{d.Repo, d.ID, 0} })
	s.Policies, s.Warnings = append(s.Policies, b.Policies...), append(s.Warnings, b.HostWarnings...)
}

// Lacking implements [collectors.Sink].
func (s *Store) Lacking(_ context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(blobs), func(oid metrics.OID) bool {
		b, ok := s.Blobs[oid]
		return ok && collectors.Kept(b.Status, b.Size)
	}), nil
}

// Held implements [collectors.Holder].
func (s *Store) Held(_ context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := map[metrics.OID]string{}
	for _, oid := range blobs {
		if b, ok := s.Blobs[oid]; ok && b.Status == metrics.BlobRead {
			held[oid] = b.Content
		}
	}
	return held, nil
}

// Last implements [collectors.Store].
func (s *Store) Last(_ context.Context, source string, repo metrics.RepoID) (collectors.Last, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := collectors.Last{Reading: s.Newest[RepoKey{repo, source, ""}], Told: s.told(repo), Unfollowed: s.Unfollowed}
	for _, w := range s.Walks {
		if w.Repo == repo {
			last.Walk, last.Next = w, w.First+w.Commits
		}
	}
	for _, r := range s.Releases {
		if r.Repo == repo && r.Source == source && r.Object != "" {
			last.Releases = append(last.Releases, r)
		}
	}
	return last, nil
}

// Repos implements [collectors.Store].
func (s *Store) Repos(context.Context) ([]metrics.Repo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.Rows)), nil
}

// Listings implements [collectors.Store].
func (s *Store) Listings(context.Context) ([]metrics.Listing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Listed), nil
}

// Members implements [collectors.Store].
func (s *Store) Members(_ context.Context, source string) ([]metrics.Membership, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(s.Memberships)), func(m metrics.Membership) bool {
		return m.Source != source || !strings.HasPrefix(string(m.Team), "@")
	}), nil
}
