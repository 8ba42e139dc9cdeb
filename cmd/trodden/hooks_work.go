package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// hintWorker has what hints are about read again. It holds nothing that matters: what is not done is in the queue,
// and a process that begins anew, or another one, goes on with that.
type hintWorker struct {
	queue hintQueue
	lists func(host string) []string // the names of the sources of a kind of host
	// read has repositories and lists read again, and says of the subjects of those that it tried whether they were read.
	// It fails with metrics.ErrConflict while something else reads.
	read func(ctx context.Context, tasks []hintTask) (read map[string]bool, err error)
	now  func() time.Time
	log  *slog.Logger
	wake chan struct{} // something was put into the queue

	tries  map[string]retry                     // of what could not be read, by subject
	served map[metrics.HintID]map[string]string // what became of the subjects of hints that are not done, of those that are
	worked map[metrics.HintID]bool              // that could not be taken off the queue, and are not worked again

	mu      sync.Mutex
	waiting int            // hints that are not done
	ended   map[string]int // hints by what became of them
}

const (
	// debounce is how long hints are collected before the first of them is worked: a push comes with a run, a
	// deployment and a pull request.
	debounce = 2 * time.Second
	// lookEvery is how often the queue is looked at for what another process has put there.
	lookEvery = time.Minute
	// busyWait is how long a scan that runs is left alone.
	busyWait = 5 * time.Second
)

// What became of hints.
const (
	hintsDone    = "done"
	hintsGivenUp = "given_up"
	hintsFailed  = "failed" // to be tried again
)

func newHintWorker(queue hintQueue, lists func(string) []string, read func(context.Context, []hintTask) (map[string]bool, error), now func() time.Time, log *slog.Logger) *hintWorker {
	return &hintWorker{queue: queue, lists: lists, read: read, now: now, log: log, wake: make(chan struct{}, 1),
		tries: map[string]retry{}, served: map[metrics.HintID]map[string]string{}, worked: map[metrics.HintID]bool{}, ended: map[string]int{}}
}

// arrived tells the worker that hints were put into the queue.
func (w *hintWorker) arrived(hints int) {
	w.mu.Lock()
	w.waiting += hints
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it knows
	}
}

// figures returns how many hints are not done, and what became of the others.
func (w *hintWorker) figures() (waiting int, ended map[string]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ended = map[string]int{hintsDone: 0, hintsGivenUp: 0, hintsFailed: 0}
	for outcome, n := range w.ended {
		ended[outcome] = n
	}
	return w.waiting, ended
}

// run works hints until ctx ends. It begins with those that were left by whoever worked before.
func (w *hintWorker) run(ctx context.Context) {
	var rest time.Duration
	for {
		timer := time.NewTimer(rest)
		select {
		case <-w.wake:
			timer.Reset(debounce)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
		rest = w.round(ctx)
	}
}

// round works what is due, and returns after what time to look again at the latest.
func (w *hintWorker) round(ctx context.Context) time.Duration {
	pending, err := w.queue.pending(ctx)
	if err != nil {
		w.log.Error("hints of webhooks cannot be looked up", "error", err)
		return firstRetry
	}
	pending = w.unworked(ctx, pending)
	w.settle(len(pending), "", 0)
	due := w.due(pending)
	if len(due) == 0 {
		w.end(ctx, pending, nil, nil)
		return w.rest()
	}
	read, err := w.read(ctx, due)
	busy := errors.Is(err, metrics.ErrConflict)
	if ctx.Err() != nil {
		return lookEvery
	}
	if err != nil && !busy {
		w.log.Error("what webhooks hint at cannot be read", "subjects", len(due), "error", err)
		read = failedAll(due, read)
	}
	w.end(ctx, pending, due, read)
	if busy {
		return busyWait
	}
	return w.rest()
}

// unworked returns the hints that are to be worked. Those that were, and could not be taken off the queue, are taken off
// now, if that is possible by now.
func (w *hintWorker) unworked(ctx context.Context, pending []metrics.Hint) []metrics.Hint {
	if len(w.worked) == 0 {
		return pending
	}
	var off, rest []metrics.Hint
	for _, h := range pending {
		if w.worked[h.ID] {
			off = append(off, h)
		} else {
			rest = append(rest, h)
		}
	}
	clear(w.worked)
	w.takeOff(ctx, off)
	return rest
}

// takeOff takes hints off the queue that were worked, or tried often enough.
func (w *hintWorker) takeOff(ctx context.Context, off []metrics.Hint) {
	if err := w.queue.done(ctx, off); err != nil {
		w.log.Error("hints cannot be taken off the queue, that is tried again: another process works them again", "hints", len(off), "error", err)
		for _, h := range off {
			w.worked[h.ID] = true
		}
	}
}

// end takes hints off the queue of which everything was read, or was tried often enough, be it because a source is not
// configured any more. Those that came meanwhile are not in pending, and stay.
func (w *hintWorker) end(ctx context.Context, pending []metrics.Hint, due []hintTask, read map[string]bool) {
	failed, subjects := map[metrics.HintID]bool{}, 0
	for _, t := range due {
		well, was := read[t.subject]
		if !was {
			continue
		}
		again := w.outcome(t, well) == hintsFailed
		for _, h := range t.hints {
			failed[h.ID] = failed[h.ID] || again
		}
		if well {
			subjects++
		}
	}
	var off []metrics.Hint
	count := map[string]int{}
	for _, h := range pending {
		switch outcome := w.became(h); {
		case outcome != "":
			count[outcome]++
			off = append(off, h)
		case failed[h.ID]:
			count[hintsFailed]++
		}
	}
	if len(count) == 0 {
		return
	}
	w.takeOff(ctx, off)
	for outcome, n := range count {
		w.settle(len(pending)-len(off), outcome, n)
	}
	w.log.Info("worked hints of webhooks", "hints", len(off), "subjects", subjects, "failed", len(read)-subjects)
}

// rest returns how long there is nothing to do, unless something arrives.
func (w *hintWorker) rest() time.Duration {
	rest := lookEvery
	for _, try := range w.tries {
		rest = min(rest, max(try.at.Sub(w.now()), time.Second))
	}
	return rest
}

// settle counts hints.
func (w *hintWorker) settle(waiting int, outcome string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = waiting
	if outcome != "" {
		w.ended[outcome] += n
	}
}
