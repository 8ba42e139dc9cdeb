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
	// read has repositories and lists read again, and returns the hints that it could not serve. It fails with
	// metrics.ErrConflict while something else reads.
	read func(ctx context.Context, hints []metrics.Hint) (left []metrics.Hint, err error)
	now  func() time.Time
	log  *slog.Logger
	wake chan struct{} // something was put into the queue

	tries  map[string]retry        // of what could not be read, by subject
	worked map[metrics.HintID]bool // that could not be taken off the queue, and are not worked again

	mu      sync.Mutex
	waiting int            // hints that are not done
	ended   map[string]int // hints by what became of them
}

// retry says when a subject is tried again.
type retry struct {
	failed int
	at     time.Time
}

const (
	// debounce is how long hints are collected before the first of them is worked: a push comes with a run, a
	// deployment and a pull request.
	debounce = 2 * time.Second
	// lookEvery is how often the queue is looked at for what another process has put there.
	lookEvery = time.Minute
	// busyWait is how long a scan that runs is left alone.
	busyWait = 5 * time.Second

	firstRetry = 30 * time.Second // it doubles each time
	lastRetry  = time.Hour
	maxTries   = 10 // about four hours; a scan has come by then
)

// What became of hints.
const (
	hintsDone    = "done"
	hintsGivenUp = "given_up"
	hintsFailed  = "failed" // to be tried again
)

func newHintWorker(queue hintQueue, read func(context.Context, []metrics.Hint) ([]metrics.Hint, error), now func() time.Time, log *slog.Logger) *hintWorker {
	return &hintWorker{queue: queue, read: read, now: now, log: log, wake: make(chan struct{}, 1),
		tries: map[string]retry{}, worked: map[metrics.HintID]bool{}, ended: map[string]int{}}
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
		return w.rest()
	}
	left, err := w.read(ctx, due)
	switch {
	case ctx.Err() != nil:
		return lookEvery
	case errors.Is(err, metrics.ErrConflict):
		return busyWait
	case err != nil:
		w.log.Error("what webhooks hint at cannot be read", "hints", len(due), "error", err)
		left = due
	}
	w.end(ctx, pending, due, left)
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

// due returns the newest hint of each subject whose time has come.
func (w *hintWorker) due(pending []metrics.Hint) []metrics.Hint {
	at := make(map[string]int)
	var list []metrics.Hint
	for _, h := range pending { // oldest first
		subject := h.Subject()
		if try, ok := w.tries[subject]; ok && try.at.After(w.now()) {
			continue
		}
		if i, ok := at[subject]; ok {
			list[i] = h
			continue
		}
		at[subject] = len(list)
		list = append(list, h)
	}
	return list
}

// end takes hints off the queue whose subjects were read, or were tried often enough. Those that came meanwhile are
// not in pending, and stay.
func (w *hintWorker) end(ctx context.Context, pending, due, left []metrics.Hint) {
	outcomes := make(map[string]string, len(due))
	for _, h := range due {
		outcomes[h.Subject()] = hintsDone
	}
	for _, h := range left {
		outcomes[h.Subject()] = w.postpone(h)
	}
	var off []metrics.Hint
	count := map[string]int{}
	for _, h := range pending {
		outcome, tried := outcomes[h.Subject()]
		if !tried {
			continue
		}
		count[outcome]++
		if outcome != hintsFailed {
			delete(w.tries, h.Subject())
			off = append(off, h)
		}
	}
	w.takeOff(ctx, off)
	for outcome, n := range count {
		w.settle(len(pending)-len(off), outcome, n)
	}
	w.log.Info("worked hints of webhooks", "hints", len(off), "subjects", len(due)-len(left), "failed", len(left))
}

// postpone notes that a subject could not be read.
func (w *hintWorker) postpone(h metrics.Hint) (outcome string) {
	subject := h.Subject()
	try := w.tries[subject]
	try.failed++
	if try.failed >= maxTries {
		w.log.Warn("gave up what a webhook hinted at, a scan will read it", "subject", subject, "event", h.Event, "tries", try.failed)
		return hintsGivenUp
	}
	try.at = w.now().Add(min(firstRetry<<(try.failed-1), lastRetry))
	w.tries[subject] = try
	return hintsFailed
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
