package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/hints.sql
	hintsSQL string
	//go:embed sql/hinted.sql
	hintedSQL string
)

// PutHints keeps hints until they are done. One that was done stays so.
func (db *DB) PutHints(ctx context.Context, hints []metrics.Hint) error {
	return db.writeHints(ctx, hints, metrics.Beginning)
}

// EndHints notes that hints are done.
func (db *DB) EndHints(ctx context.Context, hints []metrics.Hint, at metrics.Instant) error {
	return db.writeHints(ctx, hints, max(at, metrics.Beginning+1))
}

func (db *DB) writeHints(ctx context.Context, rows []metrics.Hint, done metrics.Instant) error {
	if len(rows) == 0 {
		return nil
	}
	err := db.insert(ctx, "INSERT INTO hints (id, host, repo, host_id, listing, event, action, at, done)",
		pick(rows, func(h *metrics.Hint) uint64 { return uint64(h.ID) }),
		pick(rows, func(h *metrics.Hint) string { return h.Host }),
		pick(rows, func(h *metrics.Hint) string { return h.Repo }),
		pick(rows, func(h *metrics.Hint) string { return h.HostID }),
		pick(rows, func(h *metrics.Hint) bool { return h.Listing }),
		pick(rows, func(h *metrics.Hint) string { return h.Event }),
		pick(rows, func(h *metrics.Hint) string { return h.Action }),
		times(rows, func(h *metrics.Hint) metrics.Instant { return h.At }),
		times(rows, func(*metrics.Hint) metrics.Instant { return done }))
	if err != nil {
		return fmt.Errorf("write %d hints: %w", len(rows), err)
	}
	return nil
}

// Hints returns what was told since a time and is not done, oldest first.
func (db *DB) Hints(ctx context.Context, since metrics.Instant) ([]metrics.Hint, error) {
	list, err := collect(ctx, db, hintsSQL, map[string]any{"since": int64(since)}, func(h *metrics.Hint) []any {
		return []any{(*uint64)(&h.ID), &h.Host, &h.Repo, &h.HostID, &h.Listing, &h.Event, &h.Action, (*int64)(&h.At)}
	})
	if err != nil {
		return nil, fmt.Errorf("list hints: %w", err)
	}
	return list, nil
}

// Hinted returns the hints that were told since a time, be they done or not, by their ids.
func (db *DB) Hinted(ctx context.Context, since metrics.Instant) ([]metrics.HintID, error) {
	var rows []struct {
		ID uint64 `ch:"id"`
	}
	if err := db.Select(ctx, &rows, hintedSQL, map[string]any{"since": int64(since)}); err != nil {
		return nil, fmt.Errorf("list hints by id: %w", err)
	}
	ids := make([]metrics.HintID, len(rows))
	for i, row := range rows {
		ids[i] = metrics.HintID(row.ID)
	}
	return ids, nil
}
