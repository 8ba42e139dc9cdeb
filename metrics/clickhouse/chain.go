package clickhouse

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/walks.sql
	walksSQL string
	//go:embed sql/watched.sql
	watchedSQL string
	//go:embed sql/heads.sql
	headsSQL string
	//go:embed sql/walk_ends.sql
	walkEndsSQL string
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
			&w.First, &w.Commits, (*int64)(&w.At), &w.Branch, &w.Grafted, &w.Watched,
		}
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list walks: %w", err)
	}
	heads, err := db.heads(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	ends, err := db.walkEnds(ctx, heads)
	if err != nil {
		return nil, nil, err
	}
	if err := db.addWatched(ctx, s, walks); err != nil {
		return nil, nil, err
	}
	chains, abandoned = make(map[metrics.RepoID][]metrics.Walk), make(map[metrics.RepoID][]metrics.WalkID)
	for len(walks) > 0 {
		id, n := walks[0].Repo, 1
		for n < len(walks) && walks[n].Repo == id {
			n++
		}
		chain, rest := newestChain(walks[:n], heads[id], ends)
		chains[id], abandoned[id] = chain, rest
		walks = walks[n:]
	}
	return chains, abandoned, nil
}

// newestChain finds the walk whose history is here without a gap and that ends at the newest of the heads that sources
// have: the one that was committed last, where several sources have a repository, such as a clone that nobody fetches
// beside one that somebody does. Of several such walks it is the one that was made last, then the longest.
func newestChain(walks []metrics.Walk, heads []metrics.OID, ends map[metrics.WalkID]metrics.Instant) (chain []metrics.Walk, rest []metrics.WalkID) {
	byID := make(map[metrics.WalkID]*metrics.Walk, len(walks))
	newestFirst := make([]*metrics.Walk, 0, len(walks))
	for i := range walks {
		byID[walks[i].ID] = &walks[i]
		newestFirst = append(newestFirst, &walks[i])
	}
	had := func(w *metrics.Walk) int {
		if slices.Contains(heads, w.Head) {
			return 1
		}
		return 0
	}
	slices.SortFunc(newestFirst, func(a, b *metrics.Walk) int {
		return cmp.Or(cmp.Compare(had(b), had(a)), cmp.Compare(ends[b.ID], ends[a.ID]), cmp.Compare(b.At, a.At),
			cmp.Compare(b.First+b.Commits, a.First+a.Commits), cmp.Compare(a.ID, b.ID))
	})
	for _, w := range newestFirst {
		if chain = follow(w, byID); chain != nil {
			break
		}
	}
	for i := range walks {
		if !slices.ContainsFunc(chain, func(w metrics.Walk) bool { return w.ID == walks[i].ID }) {
			rest = append(rest, walks[i].ID)
		}
	}
	return chain, rest
}

// follow returns the walks that lead to w, oldest first, or nil when one of them is not here.
func follow(w *metrics.Walk, byID map[metrics.WalkID]*metrics.Walk) []metrics.Walk {
	var chain []metrics.Walk
	for ; w != nil && len(chain) < len(byID); w = byID[w.Prev] {
		chain = append(chain, *w)
		if w.Prev == 0 {
			slices.Reverse(chain)
			return chain
		}
	}
	return nil
}

// heads returns at which heads sources have each repository whose history they read: one of most.
func (db *DB) heads(ctx context.Context, s selection) (map[metrics.RepoID][]metrics.OID, error) {
	rows, err := collect(ctx, db, headsSQL, s.args(), func(r *metrics.Repo) []any {
		return []any{(*uint64)(&r.ID), (*string)(&r.Head)}
	})
	if err != nil {
		return nil, fmt.Errorf("look up heads: %w", err)
	}
	heads := make(map[metrics.RepoID][]metrics.OID, len(rows))
	for _, r := range rows {
		heads[r.ID] = append(heads[r.ID], r.Head)
	}
	return heads, nil
}

// walkEnds returns when the last commits of walks were committed, of those repositories that sources have at several heads.
func (db *DB) walkEnds(ctx context.Context, heads map[metrics.RepoID][]metrics.OID) (map[metrics.WalkID]metrics.Instant, error) {
	var contested []metrics.RepoID
	for id, list := range heads {
		if len(list) > 1 {
			contested = append(contested, id)
		}
	}
	type row struct {
		walk  metrics.WalkID
		ended metrics.Instant
	}
	ends := make(map[metrics.WalkID]metrics.Instant)
	for some := range slices.Chunk(contested, historyRepos) {
		args := map[string]any{"repos": selection{repos: some}.args()["repos"]}
		rows, err := collect(ctx, db, walkEndsSQL, args, func(r *row) []any { return []any{(*uint64)(&r.walk), (*int64)(&r.ended)} })
		if err != nil {
			return nil, fmt.Errorf("look up when walks end: %w", err)
		}
		for _, r := range rows {
			ends[r.walk] = r.ended
		}
	}
	return ends, nil
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
