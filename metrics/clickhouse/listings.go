package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/listings.sql
var listingsSQL string

// Repos returns what every source said of each repository under each of its names, in the order of their
// ids, last seen last.
func (db *DB) Repos(ctx context.Context) ([]metrics.Repo, error) {
	list, err := collect(ctx, db, reposSQL, selection{all: true}.args(), repoTargets)
	if err != nil {
		return nil, fmt.Errorf("list repositories: %w", err)
	}
	return list, nil
}

func repoTargets(r *metrics.Repo) []any {
	return []any{
		(*uint64)(&r.ID), &r.Name, &r.Source, (*int64)(&r.Seen), &r.Location, &r.DefaultBranch, (*string)(&r.Head),
		(*int64)(&r.Created), (*int64)(&r.LastPush), &r.Archived, (*int64)(&r.ArchivedAt), &r.Fork, &r.Template,
		&r.Shallow, &r.Topics, &r.Properties, &r.Languages, &r.TemplateOf, &r.HostID, (*string)(&r.Visibility), (*uint64)(&r.Creator),
	}
}

// Listings returns the newest listings of every source and part: the newest, the newest full and the newest whole
// one are among them.
func (db *DB) Listings(ctx context.Context) ([]metrics.Listing, error) {
	list, err := collect(ctx, db, listingsSQL, nil, func(l *metrics.Listing) []any {
		return []any{&l.Source, &l.Shard, &l.Shards, (*int64)(&l.At), &l.Full, &l.Whole, &l.Repos, &l.Others, &l.Mark}
	})
	if err != nil {
		return nil, fmt.Errorf("list listings: %w", err)
	}
	return list, nil
}

func (db *DB) writeArchivals(ctx context.Context, rows []metrics.Archival) error {
	return db.insert(ctx, "INSERT INTO archivals (repo, begins, ends, source)",
		pick(rows, func(a *metrics.Archival) uint64 { return uint64(a.Repo) }),
		times(rows, func(a *metrics.Archival) metrics.Instant { return a.From }),
		times(rows, func(a *metrics.Archival) metrics.Instant { return a.To }),
		pick(rows, func(a *metrics.Archival) string { return a.Source }))
}

func (db *DB) writeListings(ctx context.Context, rows []metrics.Listing) error {
	return db.insert(ctx, "INSERT INTO listings (source, shard, shards, at, full, whole, repos, others, mark)",
		pick(rows, func(l *metrics.Listing) string { return l.Source }),
		pick(rows, func(l *metrics.Listing) uint16 { return l.Shard }),
		pick(rows, func(l *metrics.Listing) uint16 { return l.Shards }),
		times(rows, func(l *metrics.Listing) metrics.Instant { return l.At }),
		pick(rows, func(l *metrics.Listing) bool { return l.Full }),
		pick(rows, func(l *metrics.Listing) bool { return l.Whole }),
		pick(rows, func(l *metrics.Listing) uint32 { return l.Repos }),
		pick(rows, func(l *metrics.Listing) uint32 { return l.Others }),
		pick(rows, func(l *metrics.Listing) string { return l.Mark }))
}
