package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/world_walks.sql
	worldWalksSQL string
	//go:embed sql/world_grafts.sql
	worldGraftsSQL string
	//go:embed sql/world_readings.sql
	worldReadingsSQL string
	//go:embed sql/world_gone.sql
	worldGoneSQL string
	//go:embed sql/world_deployments.sql
	worldDeploymentsSQL string
	//go:embed sql/world_workers.sql
	worldWorkersSQL string
	//go:embed sql/world_work.sql
	worldWorkSQL string
)

// Known is what the store knows of a repository as a whole.
type Known struct {
	metrics.Repo                 // as it was seen last
	Former       []string        // identities that it had before, in the order in which it was first seen under them
	Gone         metrics.Instant // since when it is not there any more; Beginning while it is

	Read   bool            // the newest reading had all that was wanted
	ReadAt metrics.Instant // when that ended
	Walked bool            // its history was read, at some time
	Whole  metrics.Instant // since when all is known that landed up to the head that was read last; Forever where that is not so

	Deploys  bool            // it is known to be deployed to production
	Deployed metrics.Instant // when that succeeded last; Beginning where it never did
}

// Worked is what an author committed to a repository, or to a folder of it, on a day, or at a moment.
type Worked struct {
	Repo    metrics.RepoID
	Folder  string // with all below it; "" for all of the repository. With a slash behind it, any below it, as in metrics.Commit
	Author  metrics.AliasID
	MadeFor []metrics.AliasID // where the author is a program that makes commits for others: who those may be
	Lately  int               // commits of the later part of the time
	Commits int
	Last    metrics.Instant // when the last of them was committed
}

// World is what the store knows of all repositories together.
type World struct {
	Repos []Known // in the order of their ids

	db     *DB
	untold map[metrics.RepoID]untold
}

// untold are the walks of a repository of which not all commits count.
type untold struct {
	abandoned []metrics.WalkID
	cut       []metrics.Walk // as far as they count
}

// World reads it.
func (db *DB) World(ctx context.Context) (*World, error) {
	w := &World{db: db, untold: map[metrics.RepoID]untold{}}
	chains, abandoned, err := db.chains(ctx, selection{all: true})
	if err != nil {
		return nil, err
	}
	retired, err := db.Retired(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.Repos(ctx)
	if err != nil {
		return nil, err
	}
	for same := range sameRepo(rows, func(r *metrics.Repo) metrics.RepoID { return r.ID }) {
		w.Repos = append(w.Repos, known(same, retired))
	}
	if err := atOnce(ctx, w.gone, w.deployments, func(ctx context.Context) error { return w.readings(ctx, chains) }); err != nil {
		return nil, fmt.Errorf("read what is known of %d repositories: %w", len(w.Repos), err)
	}
	if err := w.grafts(ctx, chains); err != nil {
		return nil, err
	}
	return w, w.leaveOut(ctx, chains, abandoned)
}

// known makes one repository of how sources saw it, oldest first: it is as the newest of those that are configured says.
func known(rows []metrics.Repo, retired Retired) Known {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b metrics.Repo) int { return retired.compare(a.Source, b.Source) })
	k := Known{Repo: rows[0], Whole: metrics.Forever}
	for _, row := range rows[1:] {
		k.Repo = row.After(k.Repo)
	}
	for i := range rows {
		if name := rows[i].Name; name != k.Name && !slices.Contains(k.Former, name) {
			k.Former = append(k.Former, name)
		}
	}
	return k
}

// repo finds a repository; nil where it was never seen.
func (w *World) repo(id metrics.RepoID) *Known {
	i, ok := slices.BinarySearchFunc(w.Repos, id, func(k Known, id metrics.RepoID) int {
		switch {
		case k.ID < id:
			return -1
		case k.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return &w.Repos[i]
}

// dated is a moment of a repository.
type dated struct {
	repo metrics.RepoID
	at   metrics.Instant
}

func datedTargets(d *dated) []any { return []any{(*uint64)(&d.repo), (*int64)(&d.at)} }

func (w *World) gone(ctx context.Context) error {
	rows, err := collect(ctx, w.db, worldGoneSQL, nil, datedTargets)
	for _, row := range rows {
		if k := w.repo(row.repo); k != nil {
			k.Gone = row.at
		}
	}
	return err
}

func (w *World) deployments(ctx context.Context) error {
	rows, err := collect(ctx, w.db, worldDeploymentsSQL, nil, datedTargets)
	for _, row := range rows {
		if k := w.repo(row.repo); k != nil {
			k.Deploys, k.Deployed = true, row.at
		}
	}
	return err
}

// readings notes how the newest reading of each repository ended, and where the history that was read leads to the head
// that it saw. A repository without commits has none that nobody read.
func (w *World) readings(ctx context.Context, chains map[metrics.RepoID][]metrics.Walk) error {
	rows, err := collect(ctx, w.db, worldReadingsSQL, nil, func(r *metrics.Reading) []any {
		return []any{(*uint64)(&r.Repo), &r.Complete, (*string)(&r.Head), (*int64)(&r.At)}
	})
	for _, row := range rows {
		k := w.repo(row.Repo)
		if k == nil {
			continue
		}
		chain := chains[row.Repo]
		k.Read, k.ReadAt, k.Walked = row.Complete, row.At, len(chain) > 0
		if head := metrics.OID(""); row.Complete {
			if len(chain) > 0 {
				head = chain[len(chain)-1].Head
			}
			if head == row.Head {
				k.Whole = metrics.Beginning
			}
		}
	}
	return err
}

// grafts dates where histories begin that do not go back to the first commit.
func (w *World) grafts(ctx context.Context, chains map[metrics.RepoID][]metrics.Walk) error {
	type row struct {
		walk  metrics.WalkID
		began metrics.Instant
	}
	cutOff := map[metrics.WalkID]*Known{}
	var walks []metrics.WalkID
	for i := range w.Repos {
		k := &w.Repos[i]
		if chain := chains[k.ID]; k.Whole == metrics.Beginning && len(chain) > 0 && chain[0].Grafted {
			k.Whole = metrics.Forever
			cutOff[chain[0].ID] = k
			walks = append(walks, chain[0].ID)
		}
	}
	for some := range slices.Chunk(walks, historyRepos) {
		repos := pick(some, func(id *metrics.WalkID) uint64 { return uint64(cutOff[*id].ID) })
		args := map[string]any{"walks": pick(some, func(id *metrics.WalkID) uint64 { return uint64(*id) }), "repos": repos}
		rows, err := collect(ctx, w.db, worldGraftsSQL, args, func(r *row) []any { return []any{(*uint64)(&r.walk), (*int64)(&r.began)} })
		if err != nil {
			return fmt.Errorf("look up where %d histories are cut off: %w", len(some), err)
		}
		for _, r := range rows {
			cutOff[r.walk].Whole = r.began
		}
	}
	return nil
}

// leaveOut finds the walks of which not all commits count.
func (w *World) leaveOut(ctx context.Context, chains map[metrics.RepoID][]metrics.Walk, abandoned map[metrics.RepoID][]metrics.WalkID) error {
	type row struct {
		id      metrics.WalkID
		commits uint32
	}
	rows, err := collect(ctx, w.db, worldWalksSQL, nil, func(r *row) []any { return []any{(*uint64)(&r.id), &r.commits} })
	if err != nil {
		return fmt.Errorf("list walks: %w", err)
	}
	commits := make(map[metrics.WalkID]uint32, len(rows))
	for _, r := range rows {
		commits[r.id] = r.commits
	}
	for id, chain := range chains {
		u := untold{abandoned: abandoned[id]}
		for _, walk := range chain {
			if walk.Commits < commits[walk.ID] {
				u.cut = append(u.cut, walk)
			}
		}
		w.untold[id] = u
	}
	return nil
}

// WorkWanted is of which work World.Work tells.
type WorkWanted struct {
	Since, Until metrics.Instant             // of commits from one moment to another, the last second included
	Lately       metrics.Instant             // where the later part of that time begins
	Folders      map[metrics.RepoID][]string // sorted; of these it tells, too
	// By has the authors of whom it tells, and of programs that make commits for others, in those repositories alone; nil
	// for all. It may tell of others.
	By map[metrics.RepoID][]metrics.AliasID
	// Each has the repositories of which alone it tells, each from a moment of its own on that Since is not after; nil for all,
	// from Since on.
	Each    map[metrics.RepoID]metrics.Instant
	Exactly bool // it tells moment by moment rather than day by day
}

// Work returns what was committed, merges aside, in the order of the ids of repositories. Of folders it tells what was
// committed there, and of commits of which that is not known, what was committed to some folder or other.
func (w *World) Work(ctx context.Context, wanted WorkWanted) iter.Seq2[Worked, error] {
	return func(yield func(Worked, error) bool) {
		repos, err := w.Repos, error(nil)
		if wanted.By != nil {
			if repos, err = w.workedOn(ctx, &wanted); err != nil {
				yield(Worked{}, fmt.Errorf("look up to which repositories some people committed: %w", err))
				return
			}
		}
		if wanted.Each != nil {
			repos = slices.DeleteFunc(slices.Clone(repos), func(k Known) bool { _, asked := wanted.Each[k.ID]; return !asked })
		}
		for some := range slices.Chunk(repos, historyRepos) {
			days, err := w.work(ctx, some, &wanted)
			if err != nil {
				yield(Worked{}, fmt.Errorf("count the commits to %d repositories: %w", len(some), err))
				return
			}
			for i := range days {
				if !yield(days[i], nil) {
					return
				}
			}
		}
	}
}

// workedOn returns the repositories that authors ever committed to, and maybe others.
func (w *World) workedOn(ctx context.Context, wanted *WorkWanted) ([]Known, error) {
	var found []uint64 // in order
	asked := slices.DeleteFunc(slices.Clone(w.Repos), func(k Known) bool { return len(wanted.By[k.ID]) == 0 })
	for some := range slices.Chunk(asked, historyRepos) {
		args := wanted.args(some)
		args["repos"] = pick(some, func(k *Known) uint64 { return uint64(k.ID) })
		rows, err := collect(ctx, w.db, worldWorkersSQL, args, func(id *uint64) []any { return []any{id} })
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return slices.DeleteFunc(asked, func(k Known) bool {
		_, is := slices.BinarySearch(found, uint64(k.ID))
		return !is
	}), nil
}

// args are what work on some repositories is asked with. Empty lists have no type.
func (wanted *WorkWanted) args(repos []Known) map[string]any {
	by, each, froms := []uint64{0}, []uint64{0}, []int64{0}
	for i := range repos {
		for _, author := range wanted.By[repos[i].ID] {
			by = append(by, uint64(repos[i].ID)^uint64(author))
		}
		if from, own := wanted.Each[repos[i].ID]; own {
			each, froms = append(each, uint64(repos[i].ID)), append(froms, int64(from))
		}
	}
	return map[string]any{
		"since": int64(wanted.Since), "lately": int64(wanted.Lately), "until": int64(wanted.Until), "exactly": wanted.Exactly,
		"anybody": wanted.By == nil, "by": by, "each": each, "froms": froms,
	}
}

func (w *World) work(ctx context.Context, repos []Known, wanted *WorkWanted) (days []Worked, err error) {
	args := wanted.args(repos)
	w.workArgs(repos, wanted.Folders, args)
	var day Worked
	var madeFor string
	var lately, commits uint32
	into := []any{(*uint64)(&day.Repo), &day.Folder, (*uint64)(&day.Author), &madeFor, &lately, &commits, (*int64)(&day.Last)}
	err = w.db.each(ctx, worldWorkSQL, args, func(rows driver.Rows) (err error) {
		if err = rows.Scan(into...); err == nil {
			day.Lately, day.Commits = int(lately), int(commits)
			day.MadeFor, err = parseAliases(madeFor)
		}
		_, asked := slices.BinarySearch(wanted.Folders[day.Repo], day.Folder) // or another repository's was
		if asked || day.Folder == "" || strings.HasSuffix(day.Folder, "/") {
			days = append(days, day)
		}
		return err
	})
	return days, err
}

// workArgs adds what the question about some repositories is asked with. Empty lists have no type.
func (w *World) workArgs(repos []Known, folders map[metrics.RepoID][]string, args map[string]any) {
	within, names := []uint64{0}, []string{"/"}
	abandoned, cut, ends := []uint64{0}, []uint64{0}, []uint32{0}
	for i := range repos {
		if asked := folders[repos[i].ID]; len(asked) > 0 {
			within, names = append(within, uint64(repos[i].ID)), append(names, asked...)
		}
		u := w.untold[repos[i].ID]
		for _, walk := range u.abandoned {
			abandoned = append(abandoned, uint64(walk))
		}
		for _, walk := range u.cut {
			cut, ends = append(cut, uint64(walk.ID)), append(ends, walk.First+walk.Commits)
		}
	}
	args["repos"], args["within"], args["folders"] = pick(repos, func(k *Known) uint64 { return uint64(k.ID) }), within, names
	args["abandoned"], args["cut"], args["ends"] = abandoned, cut, ends
}
