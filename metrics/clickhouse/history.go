package clickhouse

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/repos.sql
	reposSQL string
	//go:embed sql/gone.sql
	goneSQL string
	//go:embed sql/readings.sql
	readingsSQL string
	//go:embed sql/commits.sql
	commitsSQL string
	//go:embed sql/file_changes.sql
	fileChangesSQL string
	//go:embed sql/side_changes.sql
	sideChangesSQL string
	//go:embed sql/file_states.sql
	fileStatesSQL string
	//go:embed sql/watch_sets.sql
	watchSetsSQL string
	//go:embed sql/named_files.sql
	namedFilesSQL string
	//go:embed sql/archivals.sql
	archivalsSQL string
)

// How much Histories asks for at once: so many repositories, and of these so many as have about so many
// landed commits together. Both bound memory; more questions cost time.
const (
	historyRepos   = 1000
	historyCommits = 80_000
)

// Histories reads all that is known of repositories, in the order given. Only the newest complete chain of
// walks counts: what a force push or a killed scan left behind is not seen. Of readings in a row that ended
// alike it gives the first and the last. A repository that was never seen is left out.
func (db *DB) Histories(ctx context.Context, repos []metrics.RepoID) iter.Seq2[metrics.History, error] {
	return func(yield func(metrics.History, error) bool) {
		for some := range slices.Chunk(repos, historyRepos) {
			r, err := db.historyReader(ctx, some)
			if err != nil {
				yield(metrics.History{}, fmt.Errorf("read the history of %d repositories: %w", len(some), err))
				return
			}
			for part := range portions(some, r.chains) {
				if !r.yield(ctx, part, yield) {
					return
				}
			}
		}
	}
}

// portions cuts repositories into runs that are read at once.
func portions(repos []metrics.RepoID, chains map[metrics.RepoID][]metrics.Walk) iter.Seq[[]metrics.RepoID] {
	return func(yield func([]metrics.RepoID) bool) {
		begin, commits := 0, uint32(0)
		for i, id := range repos {
			if chain := chains[id]; len(chain) > 0 {
				commits += chain[len(chain)-1].First + chain[len(chain)-1].Commits
			}
			if commits >= historyCommits || i == len(repos)-1 {
				if !yield(repos[begin : i+1]) {
					return
				}
				begin, commits = i+1, 0
			}
		}
	}
}

// historyReader gathers the histories of some repositories: what is small of all of them at once, their commits,
// changes and pull requests in portions.
type historyReader struct {
	db        *DB
	args      map[string]any // which repositories
	chains    map[metrics.RepoID][]metrics.Walk
	abandoned map[metrics.RepoID][]metrics.WalkID
	audience  audience
	byRepo    map[metrics.RepoID]*metrics.History
}

// historyReader reads what is small of some repositories.
func (db *DB) historyReader(ctx context.Context, repos []metrics.RepoID) (*historyReader, error) {
	some := selection{repos: repos}
	r := &historyReader{db: db, args: some.args(), byRepo: make(map[metrics.RepoID]*metrics.History, len(repos))}
	r.args["all"] = false
	var err error
	if r.chains, r.abandoned, err = db.chains(ctx, some); err != nil {
		return nil, err
	}
	if r.audience, err = db.audience(ctx); err != nil {
		return nil, err
	}
	if err := r.repos(ctx); err != nil {
		return nil, err
	}
	return r, atOnce(ctx, append(r.hosts(), r.fileStates, r.watchSets, r.namedFiles, r.readings, r.exemptions, r.archivals, r.gone, r.catalogClaims)...)
}

// atOnce asks several questions.
func atOnce(ctx context.Context, questions ...func(context.Context) error) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, ask := range questions {
		all.Go(func() error { return ask(ctx) })
	}
	return all.Wait()
}

// yield reads the commits, changes and pull requests of some of the repositories and gives their histories away.
func (r *historyReader) yield(ctx context.Context, repos []metrics.RepoID, yield func(metrics.History, error) bool) bool {
	left := []uint64{0}
	for _, id := range repos {
		for _, walk := range r.abandoned[id] {
			left = append(left, uint64(walk))
		}
	}
	r.args = selection{repos: repos}.args()
	r.args["abandoned"] = left
	if err := atOnce(ctx, r.commits, r.fileChanges, r.sideChanges, r.pulls); err != nil {
		yield(metrics.History{}, fmt.Errorf("read the commits of %d repositories: %w", len(repos), err))
		return false
	}
	for _, id := range repos {
		h := r.byRepo[id]
		if h == nil {
			continue
		}
		delete(r.byRepo, id)
		h.Walks = r.chains[id]
		inBranchOrder(h)
		r.audience.hear(h)
		if !yield(*h, nil) {
			return false
		}
	}
	return true
}

// inBranchOrder puts what the walks of a chain found into the order of the branch, and leaves out what was written
// twice and is not merged yet, and what lies behind the end of a walk that is cut. They are read in the order in which they
// lie, each walk by itself: sorting them here, where there are several, takes less than to let the engine sort all.
func inBranchOrder(h *metrics.History) {
	h.Commits = uncut(h.Walks, h.Commits, func(c *metrics.Commit) (metrics.WalkID, uint32) { return c.Walk, c.Pos })
	h.Changes = uncut(h.Walks, h.Changes, func(c *metrics.FileChange) (metrics.WalkID, uint32) { return c.Walk, c.Pos })
	h.Side = uncut(h.Walks, h.Side, func(c *metrics.SideChange) (metrics.WalkID, uint32) { return c.Walk, c.Pos })
	if len(h.Walks) > 1 {
		slices.SortStableFunc(h.Commits, func(a, b metrics.Commit) int { return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq)) })
		slices.SortStableFunc(h.Changes, func(a, b metrics.FileChange) int { return cmp.Compare(a.Pos, b.Pos) })
		slices.SortStableFunc(h.Side, func(a, b metrics.SideChange) int { return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Seq, b.Seq)) })
	}
	h.Commits = slices.CompactFunc(h.Commits, func(a, b metrics.Commit) bool { return a.Pos == b.Pos && a.Seq == b.Seq })
	h.Changes = slices.Compact(h.Changes)
	h.Side = slices.Compact(h.Side)
}

// repos finds the repositories; the last row of each is the newest of the sources that are configured, if there is one.
// What only a host can say stays as it said it.
func (r *historyReader) repos(ctx context.Context) error {
	rows, err := collect(ctx, r.db, reposSQL, r.args, repoTargets)
	slices.SortStableFunc(rows, func(a, b metrics.Repo) int { return r.audience.retired.compare(a.Source, b.Source) })
	for _, row := range rows {
		if h := r.byRepo[row.ID]; h != nil {
			row = row.After(h.Repo)
		}
		r.byRepo[row.ID] = &metrics.History{Repo: row}
	}
	return err
}

func (r *historyReader) readings(ctx context.Context) error {
	rows, err := collect(ctx, r.db, readingsSQL, r.args, readingTargets)
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.Readings = append(h.Readings, row)
		}
	}
	return err
}

func (r *historyReader) gone(ctx context.Context) error {
	type row struct {
		repo metrics.RepoID
		at   metrics.Instant
	}
	rows, err := collect(ctx, r.db, goneSQL, r.args, func(g *row) []any { return []any{(*uint64)(&g.repo), (*int64)(&g.at)} })
	for _, row := range rows {
		if h := r.byRepo[row.repo]; h != nil {
			h.Gone = row.at
		}
	}
	return err
}

func (r *historyReader) fileStates(ctx context.Context) error {
	rows, err := collect(ctx, r.db, fileStatesSQL, r.args, func(f *metrics.FileState) []any {
		return []any{(*uint64)(&f.Repo), &f.Files, &f.Path, (*string)(&f.Blob)}
	})
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.States = append(h.States, row)
		}
	}
	return err
}

func (r *historyReader) watchSets(ctx context.Context) error {
	type row struct {
		repo metrics.RepoID
		metrics.WatchSet
	}
	rows, err := collect(ctx, r.db, watchSetsSQL, r.args, func(w *row) []any {
		return []any{(*uint64)(&w.repo), &w.Whole, &w.Presence}
	})
	for _, row := range rows {
		if h := r.byRepo[row.repo]; h != nil {
			h.Watch = row.WatchSet
		}
	}
	return err
}

func (r *historyReader) namedFiles(ctx context.Context) error {
	rows, err := collect(ctx, r.db, namedFilesSQL, r.args, func(n *metrics.NamedFiles) []any { return []any{(*uint64)(&n.Repo), &n.Globs} })
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.Named = row.Globs
		}
	}
	return err
}

func (r *historyReader) exemptions(ctx context.Context) error {
	rows, err := collect(ctx, r.db, exemptionsSQL, r.args, exemptionTargets)
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.Exemptions = append(h.Exemptions, row)
		}
	}
	return err
}

func (r *historyReader) archivals(ctx context.Context) error {
	rows, err := collect(ctx, r.db, archivalsSQL, r.args, func(a *metrics.Archival) []any {
		return []any{(*uint64)(&a.Repo), &a.Source, (*int64)(&a.From), (*int64)(&a.To)}
	})
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.Archivals = append(h.Archivals, row)
		}
	}
	return err
}

func (r *historyReader) commits(ctx context.Context) error {
	var c metrics.Commit
	var coAuthors, requestedBy string
	into := []any{
		(*uint64)(&c.Repo), (*uint64)(&c.Walk), &c.Pos, &c.Seq, (*string)(&c.OID), (*int64)(&c.Committed),
		(*int64)(&c.Authored), (*uint64)(&c.Author), &coAuthors, &requestedBy, &c.Merge,
		&c.Branch, &c.Routine,
	}
	return r.db.each(ctx, commitsSQL, r.args, func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		h := r.byRepo[c.Repo]
		if h == nil {
			return nil
		}
		if h.Commits == nil {
			h.Commits = make([]metrics.Commit, 0, r.landed(c.Repo)*5/4) // and some behind merges
		}
		h.Commits = append(h.Commits, c)
		last, err := &h.Commits[len(h.Commits)-1], error(nil)
		if last.CoAuthors, err = parseAliases(coAuthors); err == nil {
			last.RequestedBy, err = parseAliases(requestedBy)
		}
		return err
	})
}

// landed returns how many commits of a repository landed on its branch.
func (r *historyReader) landed(repo metrics.RepoID) int {
	chain := r.chains[repo]
	if len(chain) == 0 {
		return 0
	}
	last := chain[len(chain)-1]
	return int(last.First + last.Commits)
}

func aliases(ids []uint64) []metrics.AliasID {
	if len(ids) == 0 {
		return nil
	}
	return pick(ids, func(id *uint64) metrics.AliasID { return metrics.AliasID(*id) })
}

// parseAliases reads ids that stand in one text.
func parseAliases(text string) ([]metrics.AliasID, error) {
	if text == "" {
		return nil, nil
	}
	var list []metrics.AliasID
	for word := range strings.SplitSeq(text, " ") {
		id, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("alias: %w", err)
		}
		list = append(list, metrics.AliasID(id))
	}
	return list, nil
}

func (r *historyReader) fileChanges(ctx context.Context) error {
	var c metrics.FileChange
	into := []any{(*uint64)(&c.Repo), (*uint64)(&c.Walk), &c.Pos, &c.Path, (*string)(&c.Blob)}
	return r.db.each(ctx, fileChangesSQL, r.args, func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		h := r.byRepo[c.Repo]
		if h == nil {
			return nil
		}
		h.Changes = append(h.Changes, c)
		return nil
	})
}

func (r *historyReader) sideChanges(ctx context.Context) error {
	var c metrics.SideChange
	into := []any{(*uint64)(&c.Repo), (*uint64)(&c.Walk), &c.Pos, &c.Seq, &c.Path, (*string)(&c.Blob)}
	return r.db.each(ctx, sideChangesSQL, r.args, func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		h := r.byRepo[c.Repo]
		if h == nil {
			return nil
		}
		h.Side = append(h.Side, c)
		return nil
	})
}
