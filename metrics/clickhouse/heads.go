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
	//go:embed sql/heads.sql
	headsSQL string
	//go:embed sql/walk_ends.sql
	walkEndsSQL string
	//go:embed sql/landed_heads.sql
	landedHeadsSQL string
)

// sighted is the head at which a source saw a repository last.
type sighted struct {
	repo    metrics.RepoID
	head    metrics.OID
	files   uint64 // 0 of a source that read its history
	watched uint64
	retired bool // the source is not configured any more
}

// heads is where the history of a repository leads to.
type heads struct {
	now    []sighted
	ends   map[metrics.WalkID]metrics.Instant // when the last commits of walks were committed, where that decides
	landed []landed                           // the best first, where no walk leads to a head
	others bool                               // retired sources had the repository, too
}

// landed is a commit behind which nothing counts that walks found.
type landed struct {
	repo      metrics.RepoID
	walk      metrics.WalkID
	pos       uint32
	oid       metrics.OID
	committed metrics.Instant
}

// has reports whether a walk ends at a head that a source has. Where it was seen without its history, the same files have
// to be looked at: else it tells more than the walk does.
func (x heads) has(w *metrics.Walk) bool {
	return slices.ContainsFunc(x.now, func(s sighted) bool {
		return s.head == w.Head && (s.files == 0 || s.watched == w.Watched)
	})
}

// ended counts at how many different heads walks end that sources have.
func (x heads) ended(walks []metrics.Walk) int {
	found := make(map[metrics.OID]bool)
	for i := range walks {
		if x.has(&walks[i]) {
			found[walks[i].Head] = true
		}
	}
	return len(found)
}

// heads returns at which heads sources have each repository: one of most. Those that are not configured any more have
// none where others read it. The walks are all that there are, those of a repository together.
func (db *DB) heads(ctx context.Context, s selection, walks []metrics.Walk) (map[metrics.RepoID]*heads, error) {
	rows, err := collect(ctx, db, headsSQL, s.args(), func(r *sighted) []any {
		return []any{(*uint64)(&r.repo), (*string)(&r.head), &r.files, &r.watched, &r.retired}
	})
	if err != nil {
		return nil, fmt.Errorf("look up heads: %w", err)
	}
	all := make(map[metrics.RepoID]*heads)
	for same := range sameRepo(rows, func(r *sighted) metrics.RepoID { return r.repo }) {
		all[same[0].repo] = newHeads(same)
	}
	contested, unled := unsettled(all, walks)
	if err := db.walkEnds(ctx, contested, all); err != nil {
		return nil, err
	}
	return all, db.landedHeads(ctx, unled, all)
}

// unsettled returns the repositories of which it is not clear yet which walks lead to the newest head, and those that retired
// sources had, too, where no walk leads to any head.
func unsettled(all map[metrics.RepoID]*heads, walks []metrics.Walk) (contested, unled []metrics.RepoID) {
	for same := range sameRepo(walks, func(w *metrics.Walk) metrics.RepoID { return w.Repo }) {
		id := same[0].Repo
		x := all[id]
		if x == nil {
			continue
		}
		ended := x.ended(same)
		if ended > 1 || ended == 0 && len(x.now) > 1 {
			contested = append(contested, id)
		}
		if ended == 0 && x.others {
			unled = append(unled, id)
		}
	}
	return contested, unled
}

// newHeads takes the rows of one repository.
func newHeads(rows []sighted) *heads {
	kept := slices.DeleteFunc(slices.Clone(rows), func(r sighted) bool { return r.retired })
	others := len(kept) > 0 && len(kept) < len(rows)
	if len(kept) == 0 {
		kept = slices.Clone(rows)
	}
	kept = slices.DeleteFunc(kept, func(r sighted) bool { return r.head == "" })
	return &heads{now: kept, others: others}
}

// walkEnds looks up when the last commits of walks were committed.
func (db *DB) walkEnds(ctx context.Context, repos []metrics.RepoID, all map[metrics.RepoID]*heads) error {
	type row struct {
		repo  metrics.RepoID
		walk  metrics.WalkID
		ended metrics.Instant
	}
	for some := range slices.Chunk(repos, historyRepos) {
		rows, err := collect(ctx, db, walkEndsSQL, map[string]any{"repos": selection{repos: some}.args()["repos"]}, func(r *row) []any {
			return []any{(*uint64)(&r.repo), (*uint64)(&r.walk), (*int64)(&r.ended)}
		})
		if err != nil {
			return fmt.Errorf("look up when walks end: %w", err)
		}
		for _, r := range rows {
			x := all[r.repo]
			if x.ends == nil {
				x.ends = make(map[metrics.WalkID]metrics.Instant)
			}
			x.ends[r.walk] = r.ended
		}
	}
	return nil
}

// landedHeads looks up which landed commits were heads: the newest of those that are one now comes first, then that of
// those that were one.
func (db *DB) landedHeads(ctx context.Context, repos []metrics.RepoID, all map[metrics.RepoID]*heads) error {
	for some := range slices.Chunk(repos, historyRepos) {
		rows, err := collect(ctx, db, landedHeadsSQL, map[string]any{"repos": selection{repos: some}.args()["repos"]}, func(r *landed) []any {
			return []any{(*uint64)(&r.repo), (*uint64)(&r.walk), &r.pos, (*string)(&r.oid), (*int64)(&r.committed)}
		})
		if err != nil {
			return fmt.Errorf("look up which commits were heads: %w", err)
		}
		for _, r := range rows {
			all[r.repo].landed = append(all[r.repo].landed, r)
		}
	}
	for _, id := range repos {
		x := all[id]
		older := func(r landed) int {
			if slices.ContainsFunc(x.now, func(s sighted) bool { return s.head == r.oid }) {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(x.landed, func(a, b landed) int {
			return cmp.Or(cmp.Compare(older(a), older(b)), cmp.Compare(b.committed, a.committed), cmp.Compare(b.pos, a.pos))
		})
	}
	return nil
}
