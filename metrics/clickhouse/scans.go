package clickhouse

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/definitions.sql
	definitionsSQL string
	//go:embed sql/installation.sql
	installationSQL string
)

// Scan is what one run of the collectors came to.
type Scan struct {
	ID        uint64
	Began     metrics.Instant
	Ended     metrics.Instant
	Source    string // the only one that was read; "" for all
	Shard     uint16 // which of Shards parts of the repositories; 0 of 0 for all
	Shards    uint16
	Listed    bool // every source that was read could list all it has
	Complete  bool // and every repository could be read
	Repos     uint32
	Unchanged uint32
	Unknown   uint32
	Changes   uint64
	Requests  uint64
	Points    uint64  // what hosts took of their allowances
	Spent     []Spent // the same by source
	Renamed   uint32  // repositories that have another name than before
	Archived  uint32  // that were not archived before
	Gone      uint32  // that are not there any more

	State   string // how it stands; "" where it came to its end
	Error   string // why it failed, in words, free of secrets
	Resumed uint32 // repositories without news since scans read them that were cut off

	Lacking []string // where it is not complete, the sources that it lacks something of; none where it may be any of them
}

// How a scan stands that did not come to its end. Of a running one, Ended is when it was last heard of.
const (
	ScanRunning     = "running"
	ScanInterrupted = "interrupted"
	ScanFailed      = "failed"
)

// Spent is what a scan asked of the host of one source.
type Spent struct {
	Source   string
	Requests uint64
	Points   uint64
}

// WriteScan stores what a run came to, or came to so far: the row that ended last, or was written last of those, holds.
func (db *DB) WriteScan(ctx context.Context, s Scan) error {
	rows := []Scan{s}
	err := db.insert(ctx, "INSERT INTO scans (id, began, ended, source, shard, shards, listed, complete, repos, unchanged, unknown, changes, requests, points, spent_sources, spent_requests, spent_points, renamed, archived, gone, state, error, resumed, lacking)",
		pick(rows, func(s *Scan) uint64 { return s.ID }),
		times(rows, func(s *Scan) metrics.Instant { return s.Began }),
		times(rows, func(s *Scan) metrics.Instant { return s.Ended }),
		pick(rows, func(s *Scan) string { return s.Source }),
		pick(rows, func(s *Scan) uint16 { return s.Shard }),
		pick(rows, func(s *Scan) uint16 { return s.Shards }),
		pick(rows, func(s *Scan) bool { return s.Listed }),
		pick(rows, func(s *Scan) bool { return s.Complete }),
		pick(rows, func(s *Scan) uint32 { return s.Repos }),
		pick(rows, func(s *Scan) uint32 { return s.Unchanged }),
		pick(rows, func(s *Scan) uint32 { return s.Unknown }),
		pick(rows, func(s *Scan) uint64 { return s.Changes }),
		pick(rows, func(s *Scan) uint64 { return s.Requests }),
		pick(rows, func(s *Scan) uint64 { return s.Points }),
		lists(rows, func(s *Scan) []Spent { return s.Spent }, func(s Spent) string { return s.Source }),
		lists(rows, func(s *Scan) []Spent { return s.Spent }, func(s Spent) uint64 { return s.Requests }),
		lists(rows, func(s *Scan) []Spent { return s.Spent }, func(s Spent) uint64 { return s.Points }),
		pick(rows, func(s *Scan) uint32 { return s.Renamed }),
		pick(rows, func(s *Scan) uint32 { return s.Archived }),
		pick(rows, func(s *Scan) uint32 { return s.Gone }),
		pick(rows, func(s *Scan) string { return s.State }),
		pick(rows, func(s *Scan) string { return s.Error }),
		pick(rows, func(s *Scan) uint32 { return s.Resumed }),
		lists(rows, func(s *Scan) []string { return s.Lacking }, func(source string) string { return source }))
	if err != nil {
		return fmt.Errorf("write scan %d: %w", s.ID, err)
	}
	return nil
}

// InForce is a set of definitions with the time from which it held.
type InForce struct {
	From        metrics.Instant
	Fingerprint uint64
	metrics.Definitions
}

// Definitions returns every set of definitions that was in force, oldest first.
func (db *DB) Definitions(ctx context.Context) ([]InForce, error) {
	var rows []struct {
		From        int64  `ch:"in_force"`
		Fingerprint uint64 `ch:"fingerprint"`
		Body        string `ch:"body"`
	}
	if err := db.Select(ctx, &rows, definitionsSQL, nil); err != nil {
		return nil, fmt.Errorf("list definitions: %w", err)
	}
	list := make([]InForce, len(rows))
	for i, row := range rows {
		list[i].From, list[i].Fingerprint = metrics.Instant(row.From), row.Fingerprint
		if err := json.Unmarshal([]byte(row.Body), &list[i].Definitions); err != nil {
			return nil, fmt.Errorf("read the definitions of %s: %w", list[i].From, err)
		}
	}
	return list, nil
}

// PutDefinitions notes that d is in force from then on, and reports whether that is a change: nothing is
// written when the newest definitions are the same.
func (db *DB) PutDefinitions(ctx context.Context, d metrics.Definitions, from metrics.Instant) (changed bool, err error) {
	body, err := json.Marshal(d)
	if err != nil {
		return false, fmt.Errorf("write definitions as JSON: %w", err)
	}
	known, err := db.Definitions(ctx)
	if err != nil {
		return false, err
	}
	fingerprint := metrics.Fingerprint(string(body))
	if n := len(known); n > 0 && known[n-1].Fingerprint == fingerprint {
		return false, nil
	}
	err = db.insert(ctx, "INSERT INTO definitions (fingerprint, in_force, body)",
		[]uint64{fingerprint}, []int64{int64(from)}, []string{string(body)})
	if err != nil {
		return false, fmt.Errorf("write definitions: %w", err)
	}
	return true, nil
}

// Installation returns what is kept under a key for this installation, or "" where there is nothing.
func (db *DB) Installation(ctx context.Context, key string) (string, error) {
	var rows []struct {
		Value string `ch:"value"`
	}
	if err := db.Select(ctx, &rows, installationSQL, map[string]any{"key": key}); err != nil {
		return "", fmt.Errorf("look up %s of the installation: %w", key, err)
	}
	if len(rows) == 0 {
		return "", nil
	}
	return rows[0].Value, nil
}

// PutInstallation keeps a value under a key, in place of an older one.
func (db *DB) PutInstallation(ctx context.Context, key, value string, seen metrics.Instant) error {
	err := db.insert(ctx, "INSERT INTO installation (key, value, seen)", []string{key}, []string{value}, []int64{int64(seen)})
	if err != nil {
		return fmt.Errorf("write %s of the installation: %w", key, err)
	}
	return nil
}
