package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

//go:embed sql/catalog_tracks.sql
var catalogTracksSQL string

// Tracks returns the tracks of a catalog that were there when they were asked for last.
func (db *DB) Tracks(ctx context.Context, source string) ([]string, error) {
	type row struct{ track string }
	rows, err := collect(ctx, db, catalogTracksSQL, map[string]any{"source": source}, func(r *row) []any { return []any{&r.track} })
	if err != nil {
		return nil, fmt.Errorf("list the tracks of %s: %w", source, err)
	}
	return pick(rows, func(r *row) string { return r.track }), nil
}

// WriteTracks stores how far entities are on the tracks that portals keep.
func (db *DB) WriteTracks(ctx context.Context, rows []metrics.CatalogTrack) error {
	levels := func(t *metrics.CatalogTrack) []metrics.TrackLevel { return t.Levels }
	count := func(n int) uint32 { return uint32(max(n, 0)) }
	return together(ctx, step{len(rows), "tracks", func(ctx context.Context) error {
		return db.insert(ctx, "INSERT INTO catalog_tracks (source, track, at, entities, ordinal, passed, failed, unreported)",
			pick(rows, func(t *metrics.CatalogTrack) string { return t.Source }),
			pick(rows, func(t *metrics.CatalogTrack) string { return t.Track }),
			times(rows, func(t *metrics.CatalogTrack) metrics.Instant { return t.At }),
			pick(rows, func(t *metrics.CatalogTrack) uint32 { return count(t.Entities) }),
			lists(rows, levels, func(l metrics.TrackLevel) uint32 { return count(l.Ordinal) }),
			lists(rows, levels, func(l metrics.TrackLevel) uint32 { return count(l.Passed) }),
			lists(rows, levels, func(l metrics.TrackLevel) uint32 { return count(l.Failed) }),
			lists(rows, levels, func(l metrics.TrackLevel) uint32 { return count(l.Unreported) }))
	}})
}
