package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/last_releases.sql
var lastReleasesSQL string

func (db *DB) writeReleases(ctx context.Context, rows []metrics.Release) error {
	return db.insert(ctx, "INSERT INTO releases (repo, tag, object, commit, at, source, seen)",
		pick(rows, func(r *metrics.Release) uint64 { return uint64(r.Repo) }),
		pick(rows, func(r *metrics.Release) string { return r.Tag }),
		pick(rows, func(r *metrics.Release) string { return string(r.Object) }),
		pick(rows, func(r *metrics.Release) string { return string(r.Commit) }),
		times(rows, func(r *metrics.Release) metrics.Instant { return r.At }),
		pick(rows, func(r *metrics.Release) string { return r.Source }),
		times(rows, func(r *metrics.Release) metrics.Instant { return r.Seen }))
}

func (db *DB) writeReleasedCommits(ctx context.Context, rows []metrics.ReleasedCommit) error {
	return db.insert(ctx, "INSERT INTO released_commits (repo, commit, tag, tip, source, seen)",
		pick(rows, func(c *metrics.ReleasedCommit) uint64 { return uint64(c.Repo) }),
		pick(rows, func(c *metrics.ReleasedCommit) string { return string(c.Commit) }),
		pick(rows, func(c *metrics.ReleasedCommit) string { return c.Tag }),
		pick(rows, func(c *metrics.ReleasedCommit) string { return string(c.Tip) }),
		pick(rows, func(c *metrics.ReleasedCommit) string { return c.Source }),
		times(rows, func(c *metrics.ReleasedCommit) metrics.Instant { return c.Seen }))
}

// releases returns the tags that there were of repositories, by source. Those that are gone are left out.
func (db *DB) releases(ctx context.Context, s selection) (map[sourced][]metrics.Release, error) {
	rows, err := collect(ctx, db, lastReleasesSQL, s.args(), func(r *metrics.Release) []any {
		return []any{
			(*uint64)(&r.Repo), &r.Tag, (*string)(&r.Object), (*string)(&r.Commit), (*int64)(&r.At), &r.Source, (*int64)(&r.Seen),
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	found := make(map[sourced][]metrics.Release)
	for _, r := range rows {
		key := sourced{r.Source, r.Repo}
		found[key] = append(found[key], r)
	}
	return found, nil
}
