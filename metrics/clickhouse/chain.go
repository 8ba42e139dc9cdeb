package clickhouse

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"iter"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/walks.sql
	walksSQL string
	//go:embed sql/watched.sql
	watchedSQL string
)

// selection says which repositories a question of the store is about.
type selection struct {
	all   bool
	repos []metrics.RepoID
}

// args are the parameters @all and @repos. The list is never empty, since an empty one has no type.
func (s selection) args() map[string]any {
	ids := make([]uint64, 0, len(s.repos)+1)
	for _, id := range s.repos {
		ids = append(ids, uint64(id))
	}
	if len(ids) == 0 {
		ids = append(ids, definedRepo)
	}
	return map[string]any{"all": s.all, "repos": ids}
}

// chains returns for each repository its newest complete chain of walks, oldest first, and the walks that
// are not part of it.
func (db *DB) chains(ctx context.Context, s selection) (chains map[metrics.RepoID][]metrics.Walk, abandoned map[metrics.RepoID][]metrics.WalkID, err error) {
	walks, err := collect(ctx, db, walksSQL, s.args(), func(w *metrics.Walk) []any {
		return []any{
			(*uint64)(&w.ID), (*uint64)(&w.Repo), (*uint64)(&w.Prev), (*string)(&w.Base), (*string)(&w.Head),
			&w.First, &w.Commits, (*int64)(&w.At), &w.Branch, &w.Grafted, &w.Watched, &w.Named,
		}
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list walks: %w", err)
	}
	heads, err := db.heads(ctx, s, walks)
	if err != nil {
		return nil, nil, err
	}
	if err := db.addWatched(ctx, s, walks); err != nil {
		return nil, nil, err
	}
	chains, abandoned = make(map[metrics.RepoID][]metrics.Walk), make(map[metrics.RepoID][]metrics.WalkID)
	for same := range sameRepo(walks, func(w *metrics.Walk) metrics.RepoID { return w.Repo }) {
		id := same[0].Repo
		chains[id] = newestChain(same, heads[id])
		for i := range same {
			if !slices.ContainsFunc(chains[id], func(w metrics.Walk) bool { return w.ID == same[i].ID }) {
				abandoned[id] = append(abandoned[id], same[i].ID)
			}
		}
	}
	return chains, abandoned, nil
}

// sameRepo yields the rows of one repository after the other, as they follow one another.
func sameRepo[R any](rows []R, of func(*R) metrics.RepoID) iter.Seq[[]R] {
	return func(yield func([]R) bool) {
		for len(rows) > 0 {
			id, n := of(&rows[0]), 1
			for n < len(rows) && of(&rows[n]) == id {
				n++
			}
			if !yield(rows[:n:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// newestChain finds the walk whose history is here without a gap and that ends at the newest of the heads that sources
// have: the one that was committed last, where several sources have a repository, such as a clone that nobody fetches
// beside one that somebody does. It counts whoever walked it, so that a clone that is set back loses nothing of what its
// host still has. Of several such walks it is the one that was made last, then the longest. Where none ends at a head, and
// sources were taken out of the configuration, the history goes up to the last commit that the others had as their head.
func newestChain(walks []metrics.Walk, x *heads) []metrics.Walk {
	if x == nil {
		x = new(heads)
	}
	byID := make(map[metrics.WalkID]*metrics.Walk, len(walks))
	newestFirst := make([]*metrics.Walk, 0, len(walks))
	for i := range walks {
		byID[walks[i].ID] = &walks[i]
		newestFirst = append(newestFirst, &walks[i])
	}
	for _, last := range x.landed {
		if chain := follow(byID[last.walk], byID); chain != nil {
			cut(&chain[len(chain)-1], last.pos+1, last.oid)
			return chain
		}
	}
	had := func(w *metrics.Walk) int {
		if x.has(w) {
			return 1
		}
		return 0
	}
	slices.SortFunc(newestFirst, func(a, b *metrics.Walk) int {
		return cmp.Or(cmp.Compare(had(b), had(a)), cmp.Compare(x.ends[b.ID], x.ends[a.ID]), cmp.Compare(b.At, a.At),
			cmp.Compare(b.First+b.Commits, a.First+a.Commits), cmp.Compare(a.ID, b.ID))
	})
	for _, w := range newestFirst {
		if chain := follow(w, byID); chain != nil {
			return chain
		}
	}
	return nil
}

// follow returns the walks that lead to w, oldest first, or nil when one of them is not here. Each goes as far as the one
// behind it begins: that one may go on from a commit in the middle.
func follow(w *metrics.Walk, byID map[metrics.WalkID]*metrics.Walk) []metrics.Walk {
	var chain []metrics.Walk
	for ; w != nil && len(chain) < len(byID); w = byID[w.Prev] {
		link := *w
		if n := len(chain); n > 0 {
			cut(&link, chain[n-1].First, chain[n-1].Base)
		}
		chain = append(chain, link)
		if w.Prev == 0 {
			slices.Reverse(chain)
			return chain
		}
	}
	return nil
}

// cut ends a walk before a position, and so at a head.
func cut(w *metrics.Walk, end uint32, head metrics.OID) {
	if end > w.First && end < w.First+w.Commits {
		w.Commits, w.Head = end-w.First, head
	}
}

// uncut returns those of the rows that walks found which lie within them, as far as they count. Rows of one walk follow one
// another, in the order of their positions.
func uncut[R any](walks []metrics.Walk, rows []R, at func(*R) (metrics.WalkID, uint32)) []R {
	end := make(map[metrics.WalkID]uint32, len(walks))
	for i := range walks {
		end[walks[i].ID] = walks[i].First + walks[i].Commits
	}
	kept := rows[:0]
	for from := 0; from < len(rows); {
		id, _ := at(&rows[from])
		to := from + 1
		for to < len(rows) {
			if next, _ := at(&rows[to]); next != id {
				break
			}
			to++
		}
		n, _ := slices.BinarySearchFunc(rows[from:to], end[id], func(r R, end uint32) int {
			_, pos := at(&r)
			return cmp.Compare(pos, end)
		})
		kept = append(kept, rows[from:from+n]...)
		from = to
	}
	return kept
}

// addWatched gives each walk its globs. Most walks share them.
func (db *DB) addWatched(ctx context.Context, s selection, walks []metrics.Walk) error {
	sets, err := collect(ctx, db, watchedSQL, s.args(), func(w *metrics.Walk) []any {
		return []any{&w.Watched, &w.Watch, &w.Presence}
	})
	if err != nil {
		return fmt.Errorf("list watched sets: %w", err)
	}
	for i := range walks {
		j := slices.IndexFunc(sets, func(set metrics.Walk) bool { return set.Watched == walks[i].Watched })
		if j >= 0 {
			walks[i].Watch, walks[i].Presence = sets[j].Watch, sets[j].Presence
		}
	}
	return nil
}
