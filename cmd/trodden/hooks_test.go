package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// pile is a queue in memory.
type pile struct {
	mu    sync.Mutex
	hints map[metrics.HintID]metrics.Hint
	ended map[metrics.HintID]bool
	puts  []int         // hints that were put together
	takes time.Duration // of each put
	fail  error
	stuck error // of what is to be taken off
}

func newPile() *pile {
	return &pile{hints: map[metrics.HintID]metrics.Hint{}, ended: map[metrics.HintID]bool{}}
}

func (p *pile) put(ctx context.Context, hints []metrics.Hint) error {
	select {
	case <-time.After(p.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.puts = append(p.puts, len(hints))
	for _, h := range hints {
		p.hints[h.ID] = h
	}
	return nil
}

func (p *pile) pending(context.Context) ([]metrics.Hint, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.SortedFunc(maps.Values(p.hints), func(a, b metrics.Hint) int { return int(a.ID) - int(b.ID) })
	return slices.DeleteFunc(list, func(h metrics.Hint) bool { return p.ended[h.ID] }), p.fail
}

func (p *pile) done(_ context.Context, hints []metrics.Hint) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := errors.Join(p.fail, p.stuck); err != nil {
		return err
	}
	for _, h := range hints {
		p.ended[h.ID] = true
	}
	return nil
}

func (p *pile) told(context.Context) ([]metrics.HintID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.hints)), nil
}

func (p *pile) left() []metrics.HintID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []metrics.HintID
	for id := range p.hints {
		if !p.ended[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// openBox begins to take hints, until the returned function is called.
func openBox(t *testing.T, p hintQueue) (*inbox, func()) {
	t.Helper()
	box, err := newInbox(t.Context(), p, time.Now, func(int) {}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { box.run(ctx) })
	return box, func() { cancel(); running.Wait() }
}

// TestInbox keeps what comes at once together, tells deliveries that came before, and knows them in a new process.
func TestInbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile()
		p.takes = 10 * time.Millisecond
		box, stop := openBox(t, p)
		var senders sync.WaitGroup
		for i := range 100 {
			senders.Go(func() {
				if fresh, err := box.Put(t.Context(), pushHint(metrics.HintID(i+1), "a", time.Now())); !fresh || err != nil {
					t.Errorf("%d: got %t, %v", i, fresh, err)
				}
			})
		}
		senders.Wait()
		if len(p.puts) > 3 {
			t.Errorf("got %d writes of %v hints, want them together", len(p.puts), p.puts)
		}
		if fresh, err := box.Put(t.Context(), pushHint(7, "a", time.Now())); fresh || err != nil {
			t.Errorf("sent again: got %t, %v, want it known", fresh, err)
		}
		stop()
		again, stop := openBox(t, p)
		defer stop()
		if fresh, err := again.Put(t.Context(), pushHint(7, "a", time.Now())); fresh || err != nil {
			t.Errorf("sent again to a new process: got %t, %v, want it known", fresh, err)
		}
		time.Sleep(3 * 24 * time.Hour)
		if fresh, err := again.Put(t.Context(), pushHint(7, "a", time.Now())); fresh || err != nil {
			t.Errorf("sent again after three days: got %t, %v, want it known", fresh, err)
		}
	})
}

// TestInboxFails says when a hint was not kept, and takes it when it is sent again.
func TestInboxFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile()
		p.fail = errors.New("disk full")
		box, stop := openBox(t, p)
		defer stop()
		if _, err := box.Put(t.Context(), pushHint(1, "a", time.Now())); !errors.Is(err, metrics.ErrUnavailable) {
			t.Errorf("got %v, want it unavailable", err)
		}
		p.fail = nil
		if fresh, err := box.Put(t.Context(), pushHint(1, "a", time.Now())); !fresh || err != nil {
			t.Errorf("sent again: got %t, %v", fresh, err)
		}
	})
}

// TestInboxSlow says of hints what becomes of them while a store is slow, such as one that was just opened: one that is
// being written is kept, however long that takes, others are written beside it, and one that nobody began to write is not
// kept later either.
func TestInboxSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile()
		p.takes = time.Second
		box, stop := openBox(t, p)
		put := func(id metrics.HintID) (fresh bool, took time.Duration, err error) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			begun := time.Now()
			fresh, err = box.Put(ctx, pushHint(id, "a", time.Now()))
			return fresh, time.Since(begun), err
		}
		var first sync.WaitGroup
		var want []metrics.HintID
		for id := metrics.HintID(1); id <= inboxWriters; id++ {
			want = append(want, id)
			first.Go(func() {
				if fresh, took, err := put(id); !fresh || err != nil || took != time.Second {
					t.Errorf("%d: got %t, %v after %v, want it kept when it is written", id, fresh, err, took)
				}
			})
			time.Sleep(inboxPatience)
		}
		if _, took, err := put(inboxWriters + 1); !errors.Is(err, metrics.ErrUnavailable) || took != 50*time.Millisecond {
			t.Errorf("the one behind all writers: got %v after %v, want it unavailable at once", err, took)
		}
		first.Wait()
		stop()
		if got := p.left(); !slices.Equal(got, want) {
			t.Errorf("got %v in the queue, want %v", got, want)
		}
	})
}

// reader remembers what it was asked to read.
type reader struct {
	mu    sync.Mutex
	asked []string // "time: subjects"
	fail  map[string]int
	busy  int // times that a scan runs
	err   error
	later error // what takes the place of err
	begun time.Time

	sources []string
	slow    string // the subject behind which a scan begins
}

func (r *reader) read(_ context.Context, tasks []hintTask) (read map[string]bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy > 0 {
		r.busy--
		return nil, fmt.Errorf("a scan is running: %w", metrics.ErrConflict)
	}
	line := time.Since(r.begun).Round(time.Second).String() + ":"
	read = map[string]bool{}
	for _, t := range tasks {
		ids := fmt.Sprint(t.newest().ID)
		if t.source != "" {
			ids = ""
			for _, h := range t.hints {
				ids += " " + fmt.Sprint(h.ID)
			}
			ids = ids[1:]
		}
		line += fmt.Sprintf(" %s(%s)", t.subject, ids)
		if read[t.subject] = r.fail[t.subject] == 0; !read[t.subject] {
			r.fail[t.subject]--
		}
		if r.slow == t.subject {
			r.slow, r.err = "", metrics.ErrConflict
			break
		}
	}
	r.asked = append(r.asked, line)
	if err, r.err = r.err, r.later; err != nil && !errors.Is(err, metrics.ErrConflict) {
		return nil, err
	}
	return read, err
}

func (r *reader) lists(string) []string { return r.sources }

// work runs a worker on a pile in a bubble while do puts hints, and returns what was read when.
func work(t *testing.T, r *reader, p *pile, do func(w *hintWorker)) []string {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r.begun = time.Now()
		w := newHintWorker(p, r.lists, r.read, time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.run(ctx) })
		synctest.Wait()
		do(w)
		cancel()
		running.Wait()
	})
	return r.asked
}

func TestHintWorker(t *testing.T) {
	put := func(p *pile, w *hintWorker, hints ...metrics.Hint) {
		p.put(context.Background(), hints)
		w.arrived(len(hints))
	}
	hint := func(id metrics.HintID, repo string) metrics.Hint { return pushHint(id, repo, time.Now()) }
	list := func(id metrics.HintID) metrics.Hint {
		h := hint(id, "a")
		h.Listing = true
		return h
	}
	t.Run("collects for a while and reads the newest of each repository", func(t *testing.T) {
		r, p := new(reader), newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"), hint(2, "b"))
			time.Sleep(time.Second)
			put(p, w, hint(3, "a"), list(4))
			time.Sleep(5 * time.Second)
			put(p, w, hint(5, "c"))
			time.Sleep(time.Hour)
		})
		want := []string{"2s: github.com#a(3) github.com#b(2) sources of github(4)", "8s: github.com#c(5)"}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("begins with what a process before it left", func(t *testing.T) {
		r, p := new(reader), newPile()
		p.put(context.Background(), []metrics.Hint{hint(1, "a")})
		got := work(t, r, p, func(*hintWorker) { time.Sleep(time.Minute / 2) })
		if diff := cmp.Diff(got, []string{"0s: github.com#a(1)"}); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
	})
	t.Run("finds what another process put", func(t *testing.T) {
		r, p := new(reader), newPile()
		got := work(t, r, p, func(*hintWorker) {
			p.put(context.Background(), []metrics.Hint{hint(1, "a")})
			time.Sleep(2 * time.Minute)
		})
		if diff := cmp.Diff(got, []string{"1m0s: github.com#a(1)"}); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
	})
	t.Run("waits for a scan", func(t *testing.T) {
		r, p := &reader{busy: 3}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"))
			time.Sleep(time.Minute)
		})
		if diff := cmp.Diff(got, []string{"17s: github.com#a(1)"}); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
	})
	t.Run("tries again, ever later, and leaves the others alone", func(t *testing.T) {
		r, p := &reader{fail: map[string]int{"github.com#a": 3}}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"), hint(2, "b"))
			time.Sleep(10 * time.Minute)
			if waiting, ended := w.figures(); waiting != 0 || ended[hintsDone] != 2 || ended[hintsFailed] != 3 {
				t.Errorf("got figures %d, %v", waiting, ended)
			}
		})
		want := []string{"2s: github.com#a(1) github.com#b(2)", "32s: github.com#a(1)", "1m32s: github.com#a(1)", "3m32s: github.com#a(1)"}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("gives up after hours", func(t *testing.T) {
		r, p := &reader{fail: map[string]int{"github.com#a": 1000}}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"))
			time.Sleep(24 * time.Hour)
			if _, ended := w.figures(); ended[hintsGivenUp] != 1 {
				t.Errorf("got figures %v", ended)
			}
		})
		if len(got) != maxTries || len(p.left()) > 0 {
			t.Errorf("got %d tries, %v left, want %d and none", len(got), p.left(), maxTries)
		}
	})
	t.Run("lists every source for all that is told, and only those again that cannot be listed", func(t *testing.T) {
		r, p := &reader{sources: []string{"x", "y"}, fail: map[string]int{"source y": 3}}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, list(1), list(2))
			time.Sleep(10 * time.Second)
			if waiting, ended := w.figures(); waiting != 2 || ended[hintsDone] != 0 || ended[hintsFailed] != 2 {
				t.Errorf("got figures %d, %v", waiting, ended)
			}
			put(p, w, list(3))
			time.Sleep(10 * time.Minute)
			if waiting, ended := w.figures(); waiting != 0 || ended[hintsDone] != 3 {
				t.Errorf("got figures %d, %v", waiting, ended)
			}
		})
		want := []string{"2s: source x(1 2) source y(1 2)", "12s: source x(3)", "32s: source y(1 2 3)", "1m32s: source y(1 2 3)", "3m32s: source y(1 2 3)"}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("gives up one source and goes on with the others", func(t *testing.T) {
		r, p := &reader{sources: []string{"x", "y"}, fail: map[string]int{"source y": 1000}}, newPile()
		work(t, r, p, func(w *hintWorker) {
			put(p, w, list(1))
			time.Sleep(24 * time.Hour)
			put(p, w, list(2))
			time.Sleep(10 * time.Second)
			if waiting, ended := w.figures(); waiting != 1 || ended[hintsGivenUp] != 1 || ended[hintsDone] != 0 {
				t.Errorf("got figures %d, %v", waiting, ended)
			}
		})
		if got := r.asked[len(r.asked)-1]; got != "24h0m2s: source x(2) source y(2)" {
			t.Errorf("after it gave up it read %s", got)
		}
	})
	t.Run("is done where the source that is left is taken out", func(t *testing.T) {
		r, p := &reader{sources: []string{"x", "y"}, fail: map[string]int{"source y": 1000}}, newPile()
		work(t, r, p, func(w *hintWorker) {
			put(p, w, list(1))
			time.Sleep(10 * time.Second)
			r.sources = []string{"x"}
			time.Sleep(2 * time.Minute)
			if waiting, ended := w.figures(); waiting != 0 || ended[hintsDone] != 1 || len(p.left()) != 0 {
				t.Errorf("got figures %d, %v, %v left", waiting, ended, p.left())
			}
		})
	})
	t.Run("does nothing twice when a scan begins in between", func(t *testing.T) {
		r, p := &reader{sources: []string{"x", "y"}, slow: "source x"}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, list(1))
			time.Sleep(time.Minute)
		})
		if diff := cmp.Diff(got, []string{"2s: source x(1)", "7s: source y(1)"}); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("keeps all while the store is down", func(t *testing.T) {
		down := errors.New("store is down")
		r, p := &reader{err: down, later: down}, newPile()
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"))
			time.Sleep(10 * time.Second)
			r.mu.Lock()
			r.err, r.later = nil, nil
			r.mu.Unlock()
			time.Sleep(time.Minute)
		})
		if len(got) != 2 || len(p.left()) > 0 {
			t.Errorf("got %v, %v left", got, p.left())
		}
	})
	t.Run("works nothing again that cannot be taken off", func(t *testing.T) {
		r, p := new(reader), newPile()
		p.stuck = errors.New("disk full")
		got := work(t, r, p, func(w *hintWorker) {
			put(p, w, hint(1, "a"), hint(2, "a"))
			time.Sleep(10 * time.Minute)
			put(p, w, hint(3, "b"))
			time.Sleep(10 * time.Minute)
			if waiting, ended := w.figures(); waiting != 0 || ended[hintsDone] != 3 {
				t.Errorf("got figures %d, %v, want each done once, and none to be worked", waiting, ended)
			}
			if left := p.left(); len(left) != 3 {
				t.Errorf("%v are left, want all that could not be taken off", left)
			}
			p.mu.Lock()
			p.stuck = nil
			p.mu.Unlock()
			time.Sleep(2 * time.Minute)
		})
		if diff := cmp.Diff(got, []string{"2s: github.com#a(2)", "10m2s: github.com#b(3)"}); diff != "" {
			t.Errorf("read (-got +want):\n%s", diff)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("%v are left once they can be taken off", left)
		}
	})
	t.Run("keeps what comes while it reads", func(t *testing.T) {
		p := newPile()
		var w *hintWorker
		r := new(reader)
		synctest.Test(t, func(t *testing.T) {
			r.begun = time.Now()
			again := func(ctx context.Context, tasks []hintTask) (map[string]bool, error) {
				read, err := r.read(ctx, tasks)
				if len(r.asked) == 1 {
					put(p, w, hint(2, "a")) // pushed again after it was read
				}
				return read, err
			}
			w = newHintWorker(p, r.lists, again, time.Now, slog.New(slog.DiscardHandler))
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { w.run(ctx) })
			put(p, w, hint(1, "a"))
			time.Sleep(time.Minute)
			cancel()
			running.Wait()
		})
		if len(r.asked) != 2 || len(p.left()) > 0 {
			t.Errorf("got %v, %v left, want the second push read, too", r.asked, p.left())
		}
	})
}
