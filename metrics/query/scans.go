package query

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed scans.sql
var scansSQL string

// ScansQuestion says which scans are asked for.
type ScansQuestion struct {
	After *ScanKey // the rows that follow this one
	Limit int      // at most so many; 0: all
}

// ScanKey is what scans are ordered by.
type ScanKey struct {
	Began metrics.Instant `json:"began"`
	ID    uint64          `json:"id"`
}

// ScanRow is one run of the collectors.
type ScanRow struct {
	ID        string    `json:"id"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Source    string    `json:"source"`   // the only one that was read; "" for all
	Shard     string    `json:"shard"`    // the part of the repositories, I/N; "" for all
	Listed    bool      `json:"listed"`   // everything could be listed
	Complete  bool      `json:"complete"` // and read
	Repos     int       `json:"repos"`
	Unchanged int       `json:"unchanged"`
	Unknown   int       `json:"unknown"`
	Changes   int       `json:"changes"`
	Requests  int       `json:"requests"`
	Points    int       `json:"points"` // of what hosts allow
	Spent     []Spent   `json:"spent"`  // requests and points by source
	Renamed   int       `json:"renamed"`
	Archived  int       `json:"archived"`
	Gone      int       `json:"gone"`
	key       ScanKey
}

// Spent is what a scan asked of the host of one source.
type Spent struct {
	Source   string `json:"source"`
	Requests int    `json:"requests"`
	Points   int    `json:"points"`
}

// Key returns where the row stands in the order of scans.
func (r ScanRow) Key() ScanKey { return r.key }

// Scans returns the scans there were, newest first.
func Scans(ctx context.Context, db DB, q ScansQuestion) ([]ScanRow, error) {
	type row struct {
		ID        uint64    `ch:"id"`
		Began     time.Time `ch:"began"`
		Ended     time.Time `ch:"ended"`
		Source    string    `ch:"source"`
		Shard     uint16    `ch:"shard"`
		Shards    uint16    `ch:"shards"`
		Listed    bool      `ch:"listed"`
		Complete  bool      `ch:"complete"`
		Repos     uint32    `ch:"repos"`
		Unchanged uint32    `ch:"unchanged"`
		Unknown   uint32    `ch:"unknown"`
		Changes   uint64    `ch:"changes"`
		Requests  uint64    `ch:"requests"`
		Points    uint64    `ch:"points"`
		Sources   []string  `ch:"spent_sources"`
		Asked     []uint64  `ch:"spent_requests"`
		Took      []uint64  `ch:"spent_points"`
		Renamed   uint32    `ch:"renamed"`
		Archived  uint32    `ch:"archived"`
		Gone      uint32    `ch:"gone"`
	}
	after := ScanKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[row](ctx, db, "for scans", scansSQL, map[string]any{
		"continued": q.After != nil, "after_began": moment(after.Began), "after_id": after.ID, "limit": limit(q.Limit),
	})
	return answers(rows, func(r *row) ScanRow {
		return ScanRow{
			ID: fmt.Sprintf("%016x", r.ID), Began: r.Began, Ended: r.Ended, Source: r.Source, Shard: shard(r.Shard, r.Shards),
			Listed: r.Listed, Complete: r.Complete, Repos: int(r.Repos),
			Unchanged: int(r.Unchanged), Unknown: int(r.Unknown), Changes: int(r.Changes), Requests: int(r.Requests),
			Points: int(r.Points), Spent: spent(r.Sources, r.Asked, r.Took), Renamed: int(r.Renamed), Archived: int(r.Archived), Gone: int(r.Gone),
			key: ScanKey{metrics.At(r.Began), r.ID},
		}
	}), err
}

// spent puts the columns of what sources spent together.
func spent(sources []string, requests, points []uint64) []Spent {
	list := make([]Spent, min(len(sources), len(requests), len(points)))
	for i := range list {
		list[i] = Spent{sources[i], int(requests[i]), int(points[i])}
	}
	return list
}

// shard names a part of the repositories.
func shard(index, of uint16) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", index, of)
}
