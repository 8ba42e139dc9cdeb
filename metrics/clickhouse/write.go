package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
)

// Write stores the facts of a batch. Each kind is one insert, runs are as many as it takes; walks, releases and readings
// come last, and listings behind them, so that what is there is complete, whenever the process is killed. Writing the
// same facts twice changes nothing.
func (db *DB) Write(ctx context.Context, b *metrics.Batch) error {
	if err := together(ctx, append(db.hostSteps(b), db.catalogSteps(b)...)...); err != nil {
		return err
	}
	err := together(ctx,
		step{len(b.Blobs), "blobs", func(ctx context.Context) error { return db.writeBlobs(ctx, b.Blobs) }},
		step{len(b.Identities), "identities", func(ctx context.Context) error { return db.writeIdentities(ctx, b.Identities) }},
		step{len(b.Memberships), "memberships", func(ctx context.Context) error { return db.writeMemberships(ctx, b.Memberships) }},
		step{len(b.Commits), "commits", func(ctx context.Context) error { return db.writeCommits(ctx, b.Commits) }},
		step{len(b.FileChanges), "file changes", func(ctx context.Context) error { return db.writeFileChanges(ctx, b.FileChanges) }},
		step{len(b.SideChanges), "side changes", func(ctx context.Context) error { return db.writeSideChanges(ctx, b.SideChanges) }},
		step{len(b.FileStates), "file states", func(ctx context.Context) error { return db.writeFileStates(ctx, b.FileStates) }},
		step{len(b.WatchSets), "watch sets", func(ctx context.Context) error { return db.writeWatchSets(ctx, b.WatchSets) }},
		step{len(b.NamedFiles), "named files", func(ctx context.Context) error { return db.writeNamedFiles(ctx, b.NamedFiles) }},
		step{len(b.Repos), "repositories", func(ctx context.Context) error { return db.writeRepos(ctx, b.Repos) }},
		step{len(b.ReleasedCommits), "released commits", func(ctx context.Context) error { return db.writeReleasedCommits(ctx, b.ReleasedCommits) }},
	)
	if err != nil {
		return err
	}
	err = together(ctx,
		step{len(b.Walks), "walks", func(ctx context.Context) error { return db.writeWalks(ctx, b.Walks) }},
		step{len(b.Releases), "releases", func(ctx context.Context) error { return db.writeReleases(ctx, b.Releases) }},
		step{len(b.RunWindows), "windows of runs", func(ctx context.Context) error { return db.writeRunWindows(ctx, b.RunWindows) }},
	)
	if err != nil {
		return err
	}
	if err := together(ctx, step{len(b.Readings), "readings", func(ctx context.Context) error { return db.writeReadings(ctx, b.Readings) }}); err != nil {
		return err
	}
	return together(ctx,
		step{len(b.Archivals), "archivals", func(ctx context.Context) error { return db.writeArchivals(ctx, b.Archivals) }},
		step{len(b.Listings), "listings", func(ctx context.Context) error { return db.writeListings(ctx, b.Listings) }},
		step{len(b.CatalogLists), "lists of catalogs", func(ctx context.Context) error { return db.writeCatalogLists(ctx, b.CatalogLists) }},
	)
}

// step writes the rows of one kind.
type step struct {
	rows  int
	kind  string
	write func(context.Context) error
}

// writersAtOnce is how many kinds are written at the same time: encoding one and storing another take
// different processors.
const writersAtOnce = 2

// together takes those of the steps that have rows, in any order.
func together(ctx context.Context, steps ...step) error {
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(writersAtOnce)
	for _, s := range steps {
		if s.rows == 0 {
			continue
		}
		all.Go(func() error {
			if err := s.write(ctx); err != nil {
				return fmt.Errorf("write %d %s: %w", s.rows, s.kind, err)
			}
			return nil
		})
	}
	return all.Wait()
}

// writeBlobs stores contents first: a blob that is known to have been read has its content. They are large,
// and cost the engine less when they come in the order of their table.
func (db *DB) writeBlobs(ctx context.Context, rows []metrics.Blob) error {
	read := slices.DeleteFunc(slices.Clone(rows), func(b metrics.Blob) bool { return b.Status != metrics.BlobRead || b.Size == 0 })
	slices.SortFunc(read, func(a, b metrics.Blob) int {
		return cmp.Or(cmp.Compare(a.Home, b.Home), cmp.Compare(a.OID, b.OID))
	})
	home := func(b *metrics.Blob) uint64 { return uint64(b.Home) }
	if len(read) > 0 {
		err := db.insert(ctx, "INSERT INTO contents (home, oid, content)",
			pick(read, home),
			pick(read, func(b *metrics.Blob) string { return string(b.OID) }),
			pick(read, func(b *metrics.Blob) string { return b.Content }))
		if err != nil {
			return err
		}
	}
	return db.insert(ctx, "INSERT INTO blobs (oid, status, size, home)",
		pick(rows, func(b *metrics.Blob) string { return string(b.OID) }),
		pick(rows, func(b *metrics.Blob) int8 { return int8(b.Status) }),
		pick(rows, func(b *metrics.Blob) uint64 { return b.Size }),
		pick(rows, home))
}

func (db *DB) writeIdentities(ctx context.Context, rows []metrics.Identity) error {
	return db.insert(ctx, "INSERT INTO identities (alias, person, kind, source, seen)",
		pick(rows, func(i *metrics.Identity) uint64 { return uint64(i.Alias) }),
		pick(rows, func(i *metrics.Identity) uint64 { return uint64(i.Person) }),
		pick(rows, func(i *metrics.Identity) int8 { return int8(i.Kind) }),
		pick(rows, func(i *metrics.Identity) string { return i.Source }),
		times(rows, func(i *metrics.Identity) metrics.Instant { return i.Seen }))
}

func (db *DB) writeMemberships(ctx context.Context, rows []metrics.Membership) error {
	return db.insert(ctx, "INSERT INTO memberships (alias, person, team, source, begins, ends, seen)",
		pick(rows, func(m *metrics.Membership) uint64 { return uint64(m.Alias) }),
		pick(rows, func(m *metrics.Membership) uint64 { return uint64(m.Person) }),
		pick(rows, func(m *metrics.Membership) string { return string(m.Team) }),
		pick(rows, func(m *metrics.Membership) string { return m.Source }),
		times(rows, func(m *metrics.Membership) metrics.Instant { return m.From }),
		times(rows, func(m *metrics.Membership) metrics.Instant { return m.To }),
		times(rows, func(m *metrics.Membership) metrics.Instant { return m.Seen }))
}

func (db *DB) writeCommits(ctx context.Context, rows []metrics.Commit) error {
	return db.insert(ctx, "INSERT INTO commits (repo, walk, pos, seq, oid, committed, authored, author, co_authors, requested_by, merge, branch, routine, folders)",
		pick(rows, func(c *metrics.Commit) uint64 { return uint64(c.Repo) }),
		pick(rows, func(c *metrics.Commit) uint64 { return uint64(c.Walk) }),
		pick(rows, func(c *metrics.Commit) uint32 { return c.Pos }),
		pick(rows, func(c *metrics.Commit) uint32 { return c.Seq }),
		pick(rows, func(c *metrics.Commit) string { return string(c.OID) }),
		times(rows, func(c *metrics.Commit) metrics.Instant { return c.Committed }),
		times(rows, func(c *metrics.Commit) metrics.Instant { return c.Authored }),
		pick(rows, func(c *metrics.Commit) uint64 { return uint64(c.Author) }),
		lists(rows, func(c *metrics.Commit) []metrics.AliasID { return c.CoAuthors }, number),
		lists(rows, func(c *metrics.Commit) []metrics.AliasID { return c.RequestedBy }, number),
		pick(rows, func(c *metrics.Commit) bool { return c.Merge }),
		pick(rows, func(c *metrics.Commit) string { return c.Branch }),
		pick(rows, func(c *metrics.Commit) bool { return c.Routine }),
		lists(rows, func(c *metrics.Commit) []string { return c.Folders }, text))
}

func (db *DB) writeFileChanges(ctx context.Context, rows []metrics.FileChange) error {
	return db.insert(ctx, "INSERT INTO file_changes (repo, walk, pos, path, blob)",
		pick(rows, func(c *metrics.FileChange) uint64 { return uint64(c.Repo) }),
		pick(rows, func(c *metrics.FileChange) uint64 { return uint64(c.Walk) }),
		pick(rows, func(c *metrics.FileChange) uint32 { return c.Pos }),
		pick(rows, func(c *metrics.FileChange) string { return c.Path }),
		pick(rows, func(c *metrics.FileChange) string { return string(c.Blob) }))
}

func (db *DB) writeSideChanges(ctx context.Context, rows []metrics.SideChange) error {
	return db.insert(ctx, "INSERT INTO side_changes (repo, walk, pos, seq, path, blob)",
		pick(rows, func(c *metrics.SideChange) uint64 { return uint64(c.Repo) }),
		pick(rows, func(c *metrics.SideChange) uint64 { return uint64(c.Walk) }),
		pick(rows, func(c *metrics.SideChange) uint32 { return c.Pos }),
		pick(rows, func(c *metrics.SideChange) uint32 { return c.Seq }),
		pick(rows, func(c *metrics.SideChange) string { return c.Path }),
		pick(rows, func(c *metrics.SideChange) string { return string(c.Blob) }))
}

func (db *DB) writeRepos(ctx context.Context, rows []metrics.Repo) error {
	return db.insert(ctx, `INSERT INTO repos (id, name, source, seen, location, default_branch, head, created, last_push,
		archived, archived_at, fork, template, shallow, topics, properties, languages, template_of,
		host_id, visibility, creator)`,
		pick(rows, func(r *metrics.Repo) uint64 { return uint64(r.ID) }),
		pick(rows, func(r *metrics.Repo) string { return r.Name }),
		pick(rows, func(r *metrics.Repo) string { return r.Source }),
		times(rows, func(r *metrics.Repo) metrics.Instant { return r.Seen }),
		pick(rows, func(r *metrics.Repo) string { return r.Location }),
		pick(rows, func(r *metrics.Repo) string { return r.DefaultBranch }),
		pick(rows, func(r *metrics.Repo) string { return string(r.Head) }),
		times(rows, func(r *metrics.Repo) metrics.Instant { return r.Created }),
		times(rows, func(r *metrics.Repo) metrics.Instant { return r.LastPush }),
		pick(rows, func(r *metrics.Repo) bool { return r.Archived }),
		times(rows, func(r *metrics.Repo) metrics.Instant { return r.ArchivedAt }),
		pick(rows, func(r *metrics.Repo) bool { return r.Fork }),
		pick(rows, func(r *metrics.Repo) bool { return r.Template }),
		pick(rows, func(r *metrics.Repo) bool { return r.Shallow }),
		lists(rows, func(r *metrics.Repo) []string { return r.Topics }, text),
		properties(rows),
		lists(rows, func(r *metrics.Repo) []string { return r.Languages }, text),
		pick(rows, func(r *metrics.Repo) string { return r.TemplateOf }),
		pick(rows, func(r *metrics.Repo) string { return r.HostID }),
		pick(rows, func(r *metrics.Repo) string { return string(r.Visibility) }),
		pick(rows, func(r *metrics.Repo) uint64 { return uint64(r.Creator) }))
}

func properties(rows []metrics.Repo) perRow {
	values := make(perRow, len(rows))
	for i := range rows {
		values[i] = map[string]string{}
		if rows[i].Properties != nil {
			values[i] = rows[i].Properties
		}
	}
	return values
}

func (db *DB) writeWalks(ctx context.Context, rows []metrics.Walk) error {
	return db.insert(ctx, "INSERT INTO walks (id, repo, prev, base, head, first, commits, at, branch, grafted, watched, watch, presence, named, folders)",
		pick(rows, func(w *metrics.Walk) uint64 { return uint64(w.ID) }),
		pick(rows, func(w *metrics.Walk) uint64 { return uint64(w.Repo) }),
		pick(rows, func(w *metrics.Walk) uint64 { return uint64(w.Prev) }),
		pick(rows, func(w *metrics.Walk) string { return string(w.Base) }),
		pick(rows, func(w *metrics.Walk) string { return string(w.Head) }),
		pick(rows, func(w *metrics.Walk) uint32 { return w.First }),
		pick(rows, func(w *metrics.Walk) uint32 { return w.Commits }),
		times(rows, func(w *metrics.Walk) metrics.Instant { return w.At }),
		pick(rows, func(w *metrics.Walk) string { return w.Branch }),
		pick(rows, func(w *metrics.Walk) bool { return w.Grafted }),
		pick(rows, func(w *metrics.Walk) uint64 { return w.Watched }),
		lists(rows, func(w *metrics.Walk) []string { return w.Watch }, text),
		lists(rows, func(w *metrics.Walk) []string { return w.Presence }, text),
		lists(rows, func(w *metrics.Walk) []string { return w.Named }, text),
		pick(rows, func(w *metrics.Walk) bool { return w.Folders }))
}

func (db *DB) writeWatchSets(ctx context.Context, rows []metrics.WatchSet) error {
	return db.insert(ctx, "INSERT INTO watch_sets (watched, watch, presence)",
		pick(rows, func(w *metrics.WatchSet) uint64 { return w.Fingerprint() }),
		pick(rows, func(w *metrics.WatchSet) []string { return w.Whole }),
		pick(rows, func(w *metrics.WatchSet) []string { return w.Presence }))
}

func (db *DB) writeNamedFiles(ctx context.Context, rows []metrics.NamedFiles) error {
	return db.insert(ctx, "INSERT INTO named_files (repo, files, globs)",
		pick(rows, func(n *metrics.NamedFiles) uint64 { return uint64(n.Repo) }),
		pick(rows, func(n *metrics.NamedFiles) uint64 { return n.Files }),
		lists(rows, func(n *metrics.NamedFiles) []string { return n.Globs }, text))
}

func (db *DB) writeFileStates(ctx context.Context, rows []metrics.FileState) error {
	return db.insert(ctx, "INSERT INTO file_states (repo, files, path, blob)",
		pick(rows, func(f *metrics.FileState) uint64 { return uint64(f.Repo) }),
		pick(rows, func(f *metrics.FileState) uint64 { return f.Files }),
		pick(rows, func(f *metrics.FileState) string { return f.Path }),
		pick(rows, func(f *metrics.FileState) string { return string(f.Blob) }))
}

func (db *DB) writeReadings(ctx context.Context, rows []metrics.Reading) error {
	return db.insert(ctx, "INSERT INTO readings (repo, source, at, complete, reason, detail, head, watched, names, files)",
		pick(rows, func(r *metrics.Reading) uint64 { return uint64(r.Repo) }),
		pick(rows, func(r *metrics.Reading) string { return r.Source }),
		times(rows, func(r *metrics.Reading) metrics.Instant { return r.At }),
		pick(rows, func(r *metrics.Reading) bool { return r.Complete }),
		pick(rows, func(r *metrics.Reading) string { return string(r.Reason) }),
		pick(rows, func(r *metrics.Reading) string { return r.Detail }),
		pick(rows, func(r *metrics.Reading) string { return string(r.Head) }),
		pick(rows, func(r *metrics.Reading) uint64 { return r.Watched }),
		pick(rows, func(r *metrics.Reading) uint64 { return r.Names }),
		pick(rows, func(r *metrics.Reading) uint64 { return r.Files }))
}
