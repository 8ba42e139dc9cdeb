package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/pack_runs.sql
	packRunsSQL string
	//go:embed sql/merge_packs.sql
	mergePacksSQL string
	//go:embed sql/stale_reds.sql
	staleRedsSQL string
	//go:embed sql/find_reds.sql
	findRedsSQL string
)

// runsAtOnce is how many runs are inserted at once: what the engine needs for more of them grows with their number.
const runsAtOnce = 50_000

// A pack is of the runs of a term, as the schema has it. So many terms, of so many repositories, are packed at once.
const (
	runTerm     = 84 * metrics.Day
	termsAtOnce = 5
	reposAtOnce = 1000
)

// writeRuns stores runs, and packs anew those that they are among. Windows, which say that runs are known, are
// written behind them: until then all of it can be told, and done, again.
func (db *DB) writeRuns(ctx context.Context, rows []metrics.Run) error {
	for some := range slices.Chunk(rows, runsAtOnce) {
		if err := db.insertRuns(ctx, some); err != nil {
			return err
		}
	}
	return db.packRuns(ctx, rows)
}

func (db *DB) insertRuns(ctx context.Context, rows []metrics.Run) error {
	used := func(field func(metrics.Use) string) perRow {
		return lists(rows, func(r *metrics.Run) []metrics.Use { return r.Used }, field)
	}
	return db.insert(ctx, `INSERT INTO runs (repo, created, id, attempt, source, workflow, event, branch, on_default, imposed,
		head, outcome, started, finished, used_kind, used_target, used_file, used_ref, used_sha, seen)`,
		pick(rows, func(r *metrics.Run) uint64 { return uint64(r.Repo) }),
		times(rows, func(r *metrics.Run) metrics.Instant { return r.Created }),
		pick(rows, func(r *metrics.Run) uint64 { return r.ID }),
		pick(rows, func(r *metrics.Run) uint16 { return uint16(min(r.Attempt, 1<<16-1)) }),
		pick(rows, func(r *metrics.Run) string { return r.Source }),
		pick(rows, func(r *metrics.Run) string { return r.Workflow }),
		pick(rows, func(r *metrics.Run) string { return r.Event }),
		pick(rows, func(r *metrics.Run) string { return r.Branch }),
		pick(rows, func(r *metrics.Run) bool { return r.Default }),
		pick(rows, func(r *metrics.Run) bool { return r.Imposed }),
		pick(rows, func(r *metrics.Run) string { return string(r.Head) }),
		pick(rows, func(r *metrics.Run) int8 { return int8(r.Outcome) }),
		times(rows, func(r *metrics.Run) metrics.Instant { return r.Started }),
		times(rows, func(r *metrics.Run) metrics.Instant { return r.Finished }),
		used(func(u metrics.Use) string { return string(u.Kind) }),
		used(func(u metrics.Use) string { return u.Target }),
		used(func(u metrics.Use) string { return u.File }),
		used(func(u metrics.Use) string { return u.Ref }),
		used(func(u metrics.Use) string { return string(u.SHA) }),
		times(rows, func(r *metrics.Run) metrics.Instant { return r.Seen }))
}

// news are repositories in which runs ended that began from one moment to another.
type news struct {
	repos    []metrics.RepoID
	from, to metrics.Instant
}

// packRuns packs the runs of the terms that some of the given ones are of.
func (db *DB) packRuns(ctx context.Context, rows []metrics.Run) error {
	for _, n := range ended(rows) {
		slices.Sort(n.repos)
		for some := range slices.Chunk(slices.Compact(n.repos), reposAtOnce) {
			args := selection{repos: some}.args()
			args["from"], args["to"] = (n.from - n.from%runTerm).Time(), min(n.to-n.to%runTerm+runTerm-1, metrics.Forever).Time()
			if err := db.Exec(ctx, packRunsSQL, args); err != nil {
				return fmt.Errorf("pack the runs of %d repositories: %w", len(some), err)
			}
		}
	}
	return nil
}

// ended divides the runs that packs hold by when they were created.
func ended(rows []metrics.Run) map[metrics.Instant]*news {
	some := make(map[metrics.Instant]*news)
	for i := range rows {
		r := &rows[i]
		if !r.Default || r.Outcome != metrics.RunSucceeded && r.Outcome != metrics.RunFailed {
			continue
		}
		at := metrics.Clamp(int64(r.Created))
		n := some[at/(termsAtOnce*runTerm)]
		if n == nil {
			n = &news{from: at, to: at}
			some[at/(termsAtOnce*runTerm)] = n
		}
		n.from, n.to, n.repos = min(n.from, at), max(n.to, at), append(n.repos, r.Repo)
	}
	return some
}

// FindReds brings what is known of when pipelines were red up to date with the runs: a step of every scan, which looks
// through all runs of the repositories that have news. The packs of these are merged then, so that questions need not.
func (db *DB) FindReds(ctx context.Context) error {
	stale, err := collect(ctx, db, staleRedsSQL, nil, func(id *metrics.RepoID) []any { return []any{(*uint64)(id)} })
	if err != nil {
		return fmt.Errorf("look for runs that are new: %w", err)
	}
	if len(stale) == 0 {
		return nil
	}
	for some := range slices.Chunk(stale, reposAtOnce) {
		if err := db.Exec(ctx, findRedsSQL, selection{repos: some}.args()); err != nil {
			return fmt.Errorf("find out when the pipelines of %d repositories were red: %w", len(some), err)
		}
	}
	if err := db.Exec(ctx, mergePacksSQL, nil); err != nil {
		return fmt.Errorf("merge the packs of runs: %w", err)
	}
	return nil
}
