package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// clockAt is a clock that stands until it is moved.
type clockAt struct{ time.Time }

func (c *clockAt) now() time.Time { return c.Time }

func pushHint(id metrics.HintID, repo string, at time.Time) metrics.Hint {
	return metrics.Hint{ID: id, Host: "github", Repo: "github.com/acme/" + repo, HostID: "github.com#" + repo, Event: "push", At: metrics.At(at)}
}

// queues are the places where hints are kept, each empty, with a clock and a way to open it again.
func queues(t *testing.T) map[string]func() (*clockAt, func() hintQueue) {
	return map[string]func() (*clockAt, func() hintQueue){
		"in a folder": func() (*clockAt, func() hintQueue) {
			clock, dir := &clockAt{time.Now()}, filepath.Join(t.TempDir(), "a", "queue")
			return clock, func() hintQueue {
				q, err := openDirQueue(dir, clock.now, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				return q
			}
		},
		"in the store": func() (*clockAt, func() hintQueue) {
			clock, db := &clockAt{time.Now()}, ownStore(t)
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			return clock, func() hintQueue {
				q, err := openStoreQueue(t.Context(), db, clock.now)
				if err != nil {
					t.Fatal(err)
				}
				return q
			}
		},
	}
}

// TestQueue holds both queues to the same: what was put is there until it is done, for whoever opens the queue.
func TestQueue(t *testing.T) {
	for name, begin := range queues(t) {
		t.Run(name, func(t *testing.T) {
			clock, open := begin()
			q := open()
			do := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			pending := func(what string, want ...metrics.Hint) {
				t.Helper()
				for _, q := range []hintQueue{q, open()} {
					got, err := q.pending(t.Context())
					do(err)
					if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("%s (-got +want):\n%s", what, diff)
					}
				}
			}
			pending("empty")
			old := pushHint(9, "old", clock.Add(-pendingFor-time.Hour))
			a, b, c := pushHint(1, "größe", clock.Time), pushHint(2, "b", clock.Add(time.Second)), pushHint(3, "c", clock.Add(2*time.Second))
			c.Listing, c.Action = true, "renamed"
			do(q.put(t.Context(), []metrics.Hint{c, old}))
			do(q.put(t.Context(), []metrics.Hint{a, b}))
			pending("put", a, b, c)
			do(q.done(t.Context(), nil))
			pending("with nothing done", a, b, c)
			do(q.done(t.Context(), []metrics.Hint{a}))
			pending("with a done", b, c)
			do(open().done(t.Context(), []metrics.Hint{a, b, c})) // another process has worked all, and a again
			pending("with all done")
			do(q.done(t.Context(), []metrics.Hint{b}))
			pending("with b done twice")

			told, err := open().told(t.Context())
			do(err)
			slices.Sort(told)
			for _, id := range []metrics.HintID{1, 2, 3} {
				if !slices.Contains(told, id) {
					t.Errorf("got %v as told, want %d among them", told, id)
				}
			}
			clock.Time = clock.Add(rememberFor + 49*time.Hour)
			late := pushHint(4, "d", clock.Time)
			do(q.put(t.Context(), []metrics.Hint{late}))
			do(q.done(t.Context(), []metrics.Hint{late}))
			told, err = open().told(t.Context())
			told = slices.DeleteFunc(told, func(id metrics.HintID) bool { return id == 0 }) // of no hint
			if err != nil || !slices.Equal(told, []metrics.HintID{4}) {
				t.Errorf("got %v, %v, want to remember only what was told within %v", told, err, rememberFor)
			}
		})
	}
}

// TestQueueFiles looks at what a process that was killed, or a disk that went bad, may leave in the folder.
func TestQueueFiles(t *testing.T) {
	clock, dir := &clockAt{time.Now()}, t.TempDir()
	var log strings.Builder
	q, err := openDirQueue(dir, clock.now, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	good := pushHint(1, "a", clock.Time)
	if err := q.put(t.Context(), []metrics.Hint{good}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{".put-1": `[{"ID":7`, "0.hints": `[{"ID":8`, "1.hints": "", "notes.txt": "x", "done/2026-01-01": "00000000000000", "done/odd": "zz\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := q.pending(t.Context())
	if err != nil || len(got) != 1 || got[0] != good {
		t.Errorf("got %v, %v, want the one that is whole", got, err)
	}
	if !strings.Contains(log.String(), "file=0.hints") {
		t.Errorf("got %q, want to be told of what cannot be read", log.String())
	}
	if told, err := q.told(t.Context()); err != nil || !slices.Contains(told, 1) {
		t.Errorf("got %v, %v as told", told, err)
	}
	if err := q.done(t.Context(), got); err != nil {
		t.Error(err)
	}
}

// TestQueueNotesNothing cannot note what is done, as on a full disk: what is done goes all the same, which makes room, and
// what is not stays.
func TestQueueNotesNothing(t *testing.T) {
	clock, dir := &clockAt{time.Now()}, t.TempDir()
	var log strings.Builder
	q, err := openDirQueue(dir, clock.now, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "done", clock.UTC().Format(time.DateOnly)), 0o700); err != nil {
		t.Fatal(err)
	}
	a, b, c := pushHint(1, "a", clock.Time), pushHint(2, "b", clock.Time), pushHint(3, "c", clock.Time)
	for _, hints := range [][]metrics.Hint{{a, b}, {c}} {
		if err := q.put(t.Context(), hints); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.done(t.Context(), []metrics.Hint{a, c}); err != nil {
		t.Errorf("got %v, want them taken off", err)
	}
	left, err := q.pending(t.Context())
	if diff := cmp.Diff(left, []metrics.Hint{b}); err != nil || diff != "" {
		t.Errorf("left (-got +want), %v:\n%s", err, diff)
	}
	if !strings.Contains(log.String(), "which hints are done is not noted") {
		t.Errorf("got %q, want to be told", log.String())
	}
}

// TestQueueFolderGoes removes the folder, and what is in it, while a process uses it: what is put afterwards is kept.
func TestQueueFolderGoes(t *testing.T) {
	clock, dir := &clockAt{time.Now()}, filepath.Join(t.TempDir(), "queue")
	q, err := openDirQueue(dir, clock.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	gone := pushHint(1, "a", clock.Time)
	if err := q.put(t.Context(), []metrics.Hint{gone}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		do   func() error
		left []metrics.Hint
	}{
		{"looked at", func() error { return nil }, nil},
		{"done", func() error { return q.done(t.Context(), []metrics.Hint{gone}) }, nil},
		{"put", func() error { return q.put(t.Context(), []metrics.Hint{gone}) }, []metrics.Hint{gone}},
	} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		err := step.do()
		left, looked := q.pending(t.Context())
		if diff := cmp.Diff(left, step.left, cmpopts.EquateEmpty()); err != nil || looked != nil || diff != "" {
			t.Errorf("%s: got %v, %v, left (-got +want):\n%s", step.name, err, looked, diff)
		}
	}
	if _, err := q.told(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestQueueRefusesFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openDirQueue(file, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// TestQueueShared lets two processes put and work in one folder. Nothing is lost, whoever is faster.
func TestQueueShared(t *testing.T) {
	dir, clock := t.TempDir(), &clockAt{time.Now()}
	open := func() *dirQueue {
		q, err := openDirQueue(dir, clock.now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	worked := make(chan metrics.HintID, 2*30*100)
	errs := make(chan error, 4)
	for p := range 2 {
		q := open()
		go func() {
			for i := range 50 {
				h := pushHint(metrics.HintID(p*100+i+1), fmt.Sprint(p, "-", i), clock.Time)
				if err := q.put(context.Background(), []metrics.Hint{h}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
		go func() {
			for range 30 {
				list, err := q.pending(context.Background())
				if err == nil {
					err = q.done(context.Background(), list)
				}
				if err != nil {
					errs <- err
					return
				}
				for _, h := range list {
					worked <- h.ID
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	rest, err := open().pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[metrics.HintID]bool{}
	for _, h := range rest {
		all[h.ID] = true
	}
	close(worked)
	for id := range worked {
		all[id] = true
	}
	if len(all) != 100 {
		t.Errorf("got %d hints worked or waiting, want 100", len(all))
	}
}

// ownStore opens a store of a test in this process. It is closed with the test: others open theirs, and a process can
// have one open at a time.
func ownStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, err := clickhouse.Open(t.Context(), "embedded:"+filepath.Join(t.TempDir(), "store"), clickhouse.Options{Engine: engineForTests()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
