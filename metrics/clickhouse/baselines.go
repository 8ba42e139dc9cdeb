package clickhouse

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// WriteBaselines stores baselines of key results. One that is there already stays as it is.
func (db *DB) WriteBaselines(ctx context.Context, rows []metrics.FrozenBaseline) error {
	err := db.insert(ctx, "INSERT INTO okr_baselines (objective, key, question, frozen, at, value, num, den, definitions)",
		pick(rows, func(b *metrics.FrozenBaseline) string { return b.Objective }),
		pick(rows, func(b *metrics.FrozenBaseline) string { return b.Key }),
		pick(rows, func(b *metrics.FrozenBaseline) uint64 { return b.Question }),
		times(rows, func(b *metrics.FrozenBaseline) metrics.Instant { return b.Frozen }),
		times(rows, func(b *metrics.FrozenBaseline) metrics.Instant { return b.At }),
		pick(rows, func(b *metrics.FrozenBaseline) float64 { return b.Value }),
		pick(rows, func(b *metrics.FrozenBaseline) int64 { return int64(b.Num) }),
		pick(rows, func(b *metrics.FrozenBaseline) int64 { return int64(b.Den) }),
		pick(rows, func(b *metrics.FrozenBaseline) uint64 { return b.Definitions }))
	if err != nil {
		return fmt.Errorf("write %d baselines: %w", len(rows), err)
	}
	return nil
}
