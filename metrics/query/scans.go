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
	// Silent is since when a scan that runs was heard of, if it still runs: whoever does not is taken to be cut off.
	Silent metrics.Instant
}

// HeardOf is within how many seconds one hears of a scan that runs: whoever scans writes several times as often that it
// does.
const HeardOf = 60

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
	State     string    `json:"state"`   // running, done, interrupted or failed
	Error     string    `json:"error"`   // why it failed
	Resumed   int       `json:"resumed"` // repositories without news since scans read them that were cut off

	Catalogs []ScanCatalog `json:"catalogs,omitempty"` // which it read, as AddCatalogs tells
	key      ScanKey
}

// Done reports whether the scan came to its end. What another one read is in the store, and nothing followed from it.
func (r ScanRow) Done() bool { return r.State == "done" }

// Spent is what a scan asked of the host of one source.
type Spent struct {
	Source   string `json:"source"`
	Requests int    `json:"requests"`
	Points   int    `json:"points"`
}

// Key returns where the row stands in the order of scans.
func (r ScanRow) Key() ScanKey { return r.key }

// Scans returns the scans there were, newest first, those that did not come to their end included.
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
		State     string    `ch:"state"`
		Error     string    `ch:"error"`
		Resumed   uint32    `ch:"resumed"`
	}
	after := ScanKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[row](ctx, db, "for scans", scansSQL, map[string]any{
		"continued": q.After != nil, "after_began": moment(after.Began), "after_id": after.ID, "limit": limit(q.Limit), "silent": moment(q.Silent),
	})
	return answers(rows, func(r *row) ScanRow {
		return ScanRow{
			ID: fmt.Sprintf("%016x", r.ID), Began: r.Began, Ended: r.Ended, Source: r.Source, Shard: shard(r.Shard, r.Shards),
			Listed: r.Listed, Complete: r.Complete, Repos: int(r.Repos),
			Unchanged: int(r.Unchanged), Unknown: int(r.Unknown), Changes: int(r.Changes), Requests: int(r.Requests),
			Points: int(r.Points), Spent: spent(r.Sources, r.Asked, r.Took), Renamed: int(r.Renamed), Archived: int(r.Archived), Gone: int(r.Gone),
			State: r.State, Error: r.Error, Resumed: int(r.Resumed), key: ScanKey{metrics.At(r.Began), r.ID},
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
