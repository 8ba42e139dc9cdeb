package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed seen.sql
var seenSQL string

// Seen returns the latest moment after which everything was read that the sources have, be it by several scans of
// parts; metrics.Beginning where there is none. What one scan could not list whole does not count.
func Seen(ctx context.Context, db DB, sources []string) (metrics.Instant, error) {
	type row struct {
		Source string    `ch:"source"`
		Shard  uint16    `ch:"shard"`
		Shards uint16    `ch:"shards"`
		Began  time.Time `ch:"began"`
	}
	rows, err := ask[row](ctx, db, "when everything was read", seenSQL, nil)
	if err != nil || len(sources) == 0 {
		return metrics.Beginning, err
	}
	seen := metrics.Forever
	for _, source := range sources {
		parts := make(map[uint16]map[uint16]metrics.Instant) // by how many there are, then by which it is
		for _, r := range rows {
			if r.Source != "" && r.Source != source {
				continue
			}
			if parts[r.Shards] == nil {
				parts[r.Shards] = make(map[uint16]metrics.Instant)
			}
			parts[r.Shards][r.Shard] = max(parts[r.Shards][r.Shard], metrics.At(r.Began))
		}
		seen = min(seen, wholeSince(parts))
	}
	return seen, nil
}

// wholeSince returns the latest moment after which all parts were read of one division.
func wholeSince(parts map[uint16]map[uint16]metrics.Instant) metrics.Instant {
	since := metrics.Beginning
	for shards, of := range parts {
		if len(of) < int(max(shards, 1)) {
			continue
		}
		oldest := metrics.Forever
		for _, began := range of {
			oldest = min(oldest, began)
		}
		since = max(since, oldest)
	}
	return since
}
