package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// diary keeps in the store how a scan stands, from its beginning on: one that is cut off, by whatever, leaves a row that
// says what it read and what it spent. What it counts as read by then is in the store, too.
type diary struct {
	write func(context.Context, clickhouse.Scan) error
	flush func(context.Context) error // has what was read written
	asked func() spending             // of hosts so far
	now   func() time.Time

	entries sync.Mutex // held while one is written: one that is older must not be the last
	mu      sync.Mutex
	scan    clickhouse.Scan // how it stands
}

// diaryPause is how long nothing is written at most. Others take a scan that nothing was heard of for query.HeardOf
// seconds to be cut off.
const diaryPause = query.HeardOf * time.Second / 6

// note takes how far reading has come.
func (d *diary) note(p collectors.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.scan.Repos, d.scan.Unknown, d.scan.Changes = uint32(p.Read), uint32(p.Unknown), uint64(p.Changes)
}

// enter writes how the scan stands.
func (d *diary) enter(ctx context.Context) error {
	d.entries.Lock()
	defer d.entries.Unlock()
	d.mu.Lock()
	now := d.scan
	d.mu.Unlock()
	if err := d.flush(ctx); err != nil {
		return err
	}
	now.State = clickhouse.ScanRunning
	return d.write(ctx, d.spent(now))
}

// spent adds to a row what was asked of hosts, and that it is of now.
func (d *diary) spent(row clickhouse.Scan) clickhouse.Scan {
	spent := d.asked()
	row.Ended, row.Requests, row.Points, row.Spent = metrics.At(d.now()), uint64(spent.total().Requests), uint64(spent.total().Points), spent.stored()
	return row
}

// keep writes how the scan stands, and again and again until stop is called. Writing goes on to its end when ctx ends; where
// that fails, failed is told.
func (d *diary) keep(ctx context.Context, failed func(error)) (stop func(), err error) {
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	over := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		ticker := time.NewTicker(diaryPause)
		defer ticker.Stop()
		for {
			select {
			case <-over:
				return
			case <-ticker.C:
			}
			if err := d.enter(context.WithoutCancel(ctx)); err != nil {
				failed(err)
			}
		}
	})
	return func() { close(over); writer.Wait() }, nil
}

// cutOff writes what a scan came to that did not come to its end. Its own end does not keep it from that, but it does not
// wait for long either.
func (d *diary) cutOff(ctx context.Context, sum collectors.Summary, why error) error {
	d.mu.Lock()
	noted := d.scan
	d.mu.Unlock()
	row := cameTo(noted, sum)
	row.Repos, row.Unknown, row.Changes = max(row.Repos, noted.Repos), max(row.Unknown, noted.Unknown), max(row.Changes, noted.Changes)
	row.State = clickhouse.ScanInterrupted
	if ctx.Err() == nil {
		row.State, row.Error = clickhouse.ScanFailed, oneLine(why)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return d.write(ctx, d.spent(row))
}

// stretch is the time from when a scan began to when the next one did.
type stretch struct{ from, to metrics.Instant }

// cutOff returns when scans ran that were cut off, since one of all that s reads came to its end.
func (s *scanRun) cutOff(ctx context.Context, begun metrics.Instant, id uint64) (terms []stretch, err error) {
	silent := begun - query.HeardOf
	if s.alone {
		silent = begun + 1
	}
	rows, err := query.Scans(ctx, s.db, query.ScansQuestion{Silent: silent, After: &query.ScanKey{Began: begun, ID: id}})
	if err != nil {
		return nil, err
	}
	next := begun
	for _, row := range rows {
		began := metrics.At(row.Began)
		switch {
		case row.Done() && (row.Source == "" || row.Source == s.source) && (row.Shard == "" || row.Shard == s.part()):
			return terms, nil
		case !row.Done() && row.State != clickhouse.ScanRunning:
			terms = append(terms, stretch{began, next})
		}
		next = began
	}
	return terms, nil
}

// part names the part of the repositories that is read, as scans do.
func (s *scanRun) part() string {
	if s.shard.Count <= 1 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.shard.Index, s.shard.Count)
}

// resumed counts the repositories that had nothing new since scans read them that were cut off.
func (s *scanRun) resumed(ctx context.Context, lasts *clickhouse.Lasts, terms []stretch, sum collectors.Summary) (int, error) {
	if len(terms) == 0 {
		return 0, nil
	}
	rows, err := s.db.Repos(ctx)
	if err != nil {
		return 0, err
	}
	found := make(map[metrics.RepoID]bool)
	for _, row := range rows {
		read := lasts.Of(row.Source, row.ID).Reading
		if s.reads(row) && read.Complete && within(terms, read.At) {
			found[row.ID] = true
		}
	}
	for _, id := range sum.Changed {
		delete(found, id)
	}
	return min(len(found), sum.Unchanged), nil
}

// reads reports whether a repository that a source brought is among those that are read.
func (s *scanRun) reads(row metrics.Repo) bool {
	for _, source := range s.sources {
		if source.Name() == row.Source {
			return s.shard.Holds(row.ID)
		}
	}
	return false
}

// within reports whether a moment is in any of the terms.
func within(terms []stretch, at metrics.Instant) bool {
	for _, t := range terms {
		if at >= t.from && at <= t.to {
			return true
		}
	}
	return false
}
