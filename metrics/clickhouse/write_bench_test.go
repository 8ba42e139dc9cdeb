package clickhouse_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// benchRows is how many rows are written at once.
const benchRows = 100_000

// BenchmarkWrite compares the writer of facts with a plain loop over the driver's Append, into the same
// tables in turns: of-driver-rate is how many times the rows a second it writes.
func BenchmarkWrite(b *testing.B) {
	changes, commits := benchFacts()
	for _, table := range []struct {
		name  string
		batch metrics.Batch
		alone func(*clickhouse.DB) error
	}{
		{"file_changes", metrics.Batch{FileChanges: changes}, func(db *clickhouse.DB) error { return appendChanges(b, db, changes) }},
		{"commits", metrics.Batch{Commits: commits}, func(db *clickhouse.DB) error { return appendCommits(b, db, commits) }},
	} {
		b.Run(table.name, func(b *testing.B) {
			db := openStore(b)
			var ours, alone []time.Duration
			for b.Loop() {
				for range 5 {
					alone = append(alone, took(b, db, table.name, func() error { return table.alone(db) }))
					ours = append(ours, took(b, db, table.name, func() error { return db.Write(b.Context(), &table.batch) }))
				}
			}
			slices.Sort(ours)
			slices.Sort(alone)
			middle := len(ours) / 2
			b.ReportMetric(alone[middle].Seconds()/ours[middle].Seconds(), "of-driver-rate")
			b.ReportMetric(benchRows/ours[middle].Seconds(), "rows/s")
		})
	}
}

// took measures one write and empties the table again.
func took(b *testing.B, db *clickhouse.DB, table string, write func() error) time.Duration {
	b.Helper()
	begun := time.Now()
	if err := write(); err != nil {
		b.Fatal(err)
	}
	took := time.Since(begun)
	if err := db.Exec(b.Context(), "TRUNCATE TABLE "+table, nil); err != nil {
		b.Fatal(err)
	}
	return took
}

// benchFacts makes rows as a scan of many repositories brings them.
func benchFacts() (changes []metrics.FileChange, commits []metrics.Commit) {
	for i := range benchRows {
		repo, walk, pos := metrics.RepoID(i/1000), metrics.WalkID(i/1000+7), uint32(i%1000)
		id := metrics.OID(fmt.Sprintf("%020x", metrics.Fingerprint(fmt.Sprint(i))))
		changes = append(changes, metrics.FileChange{
			Repo: repo, Walk: walk, Pos: pos, Path: fmt.Sprintf("services/%d/.github/workflows/build.yml", i%37), Blob: id,
		})
		c := metrics.Commit{
			Repo: repo, Walk: walk, Pos: pos, OID: id, Committed: metrics.Instant(1_700_000_000 + i),
			Authored: metrics.Instant(1_700_000_000 + i), Author: metrics.AliasID(i % 300), Merge: i%10 == 0,
		}
		if i%20 == 0 {
			c.CoAuthors = []metrics.AliasID{7}
		}
		commits = append(commits, c)
	}
	return changes, commits
}

func appendChanges(b *testing.B, db *clickhouse.DB, rows []metrics.FileChange) error {
	batch, err := db.Conn().PrepareBatch(b.Context(), "INSERT INTO file_changes (repo, walk, pos, path, blob)")
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if err := batch.Append(uint64(r.Repo), uint64(r.Walk), r.Pos, r.Path, string(r.Blob)); err != nil {
			return err
		}
	}
	return batch.Send()
}

func appendCommits(b *testing.B, db *clickhouse.DB, rows []metrics.Commit) error {
	batch, err := db.Conn().PrepareBatch(b.Context(), `INSERT INTO commits (repo, walk, pos, seq, oid, committed, authored,
		author, co_authors, requested_by, merge)`)
	if err != nil {
		return err
	}
	plain := func(list []metrics.AliasID) []uint64 {
		ids := make([]uint64, len(list))
		for i, id := range list {
			ids[i] = uint64(id)
		}
		return ids
	}
	for i := range rows {
		r := &rows[i]
		if err := batch.Append(uint64(r.Repo), uint64(r.Walk), r.Pos, r.Seq, string(r.OID), r.Committed.Time(), r.Authored.Time(),
			uint64(r.Author), plain(r.CoAuthors), plain(r.RequestedBy), r.Merge); err != nil {
			return err
		}
	}
	return batch.Send()
}
