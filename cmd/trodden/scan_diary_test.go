package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// writtenDiary is a diary, and what it wrote.
type writtenDiary struct {
	diary
	flushed int
	rows    []clickhouse.Scan
	refuses error
}

func newWrittenDiary() *writtenDiary {
	w := &writtenDiary{}
	w.diary = diary{
		write: func(_ context.Context, s clickhouse.Scan) error {
			w.rows = append(w.rows, s)
			return w.refuses
		},
		flush: func(context.Context) error { w.flushed++; return nil },
		asked: func() spending { return spending{query.Spent{Source: "github", Requests: len(w.rows), Points: 2}} },
		now:   time.Now, scan: clickhouse.Scan{ID: 7, Began: metrics.At(time.Now())},
	}
	return w
}

// TestDiary shows what is in the store while a scan runs, after each of the pauses between two entries.
func TestDiary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWrittenDiary()
		begun := w.scan.Began
		stop, err := w.keep(t.Context(), func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		w.note(collectors.Progress{Read: 3, Unknown: 1, Changes: 40})
		time.Sleep(diaryPause)
		synctest.Wait()
		stop()
		entry := func(after, requests int, s clickhouse.Scan) clickhouse.Scan {
			s.ID, s.Began, s.Ended, s.State = 7, begun, begun+metrics.Instant(after), clickhouse.ScanRunning
			s.Requests, s.Points, s.Spent = uint64(requests), 2, []clickhouse.Spent{{Source: "github", Requests: uint64(requests), Points: 2}}
			return s
		}
		want := []clickhouse.Scan{entry(0, 0, clickhouse.Scan{}), entry(int(diaryPause.Seconds()), 1, clickhouse.Scan{Repos: 3, Unknown: 1, Changes: 40})}
		if diff := cmp.Diff(w.rows, want); diff != "" {
			t.Errorf("-got +want:\n%s", diff)
		}
		if w.flushed != 2 {
			t.Errorf("what was read was written %d times, want before each entry", w.flushed)
		}
	})
}

// TestDiaryFails ends a scan whose store refuses what is written.
func TestDiaryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, full := newWrittenDiary(), errors.New("the disk is full")
		var told []error
		stop, err := w.keep(t.Context(), func(err error) { told = append(told, err) })
		if err != nil {
			t.Fatal(err)
		}
		w.refuses = full
		time.Sleep(diaryPause)
		synctest.Wait()
		stop()
		if !slices.Equal(told, []error{full}) {
			t.Errorf("got %v, want %v", told, full)
		}
		if _, err := w.keep(t.Context(), nil); err != full {
			t.Errorf("at the beginning: got %v, want %v", err, full)
		}
	})
}

func TestDiaryCutOff(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name         string
		ctx          context.Context
		state, error string
	}{
		{"interrupted", over, clickhouse.ScanInterrupted, ""},
		{"failed", t.Context(), clickhouse.ScanFailed, "it broke"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWrittenDiary()
			w.note(collectors.Progress{Read: 3, Changes: 40}) // of which the summary may not tell
			if err := w.cutOff(test.ctx, collectors.Summary{Repos: 4, Unchanged: 2}, errors.New("it broke")); err != nil {
				t.Fatal(err)
			}
			if got := w.rows[0]; got.State != test.state || got.Error != test.error || got.Repos != 4 || got.Changes != 40 || got.Unchanged != 2 || got.Points != 2 {
				t.Errorf("got %+v", got)
			}
		})
	}
}
