package collectorstest

import (
	"cmp"
	"context"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// History is what a reader of the store sees of a repository: the newest chain of walks.
type History struct {
	Walks   []metrics.Walk
	Commits []metrics.Commit
	Changes []metrics.FileChange
	Side    []metrics.SideChange
}

// History returns that of a repository.
func (s *Store) History(repo metrics.RepoID) History {
	last, _ := s.Last(context.Background(), "", repo)
	var h History
	seen := map[metrics.WalkID]bool{}
	for id := last.Walk.ID; id != 0; {
		i := slices.IndexFunc(s.Walks, func(w metrics.Walk) bool { return w.ID == id })
		h.Walks, seen[id] = append(h.Walks, s.Walks[i]), true
		id = s.Walks[i].Prev
	}
	slices.Reverse(h.Walks)
	h.Commits = Sorted(s.Commits, func(c metrics.Commit) bool { return seen[c.Walk] }, func(a, b metrics.Commit) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq))
	})
	h.Changes = Sorted(s.Changes, func(c metrics.FileChange) bool { return seen[c.Walk] }, func(a, b metrics.FileChange) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Path, b.Path))
	})
	h.Side = Sorted(s.Side, func(c metrics.SideChange) bool { return seen[c.Walk] }, func(a, b metrics.SideChange) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Path, b.Path))
	})
	return h
}

// Unread lists the paths of changed files whose content is not known.
func (s *Store) Unread() (paths []string) {
	for _, c := range s.Changes {
		if c.Blob != "" && s.Blobs[c.Blob].Status != metrics.BlobRead {
			paths = append(paths, c.Path)
		}
	}
	return paths
}
