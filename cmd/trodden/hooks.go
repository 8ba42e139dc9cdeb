package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trodden/trodden/metrics"
)

// inbox takes hints from many deliveries at once and puts them into a queue together: what arrives while some are
// being written waits for the next write, so that a slow disk or store is asked seldom rather than often. That one does not
// wait longer than the others can: a write that takes long has others beside it.
type inbox struct {
	queue   hintQueue
	waiting chan letter
	known   *remembered
	arrived func(hints int) // told after hints were kept
	log     *slog.Logger
}

// letter is a hint on its way into the queue. Either who writes takes it, or who sent it takes it back: what a sender
// is told of it is what became of it.
type letter struct {
	hint  metrics.Hint
	kept  chan error
	taken *atomic.Bool
}

const (
	inboxRoom  = 4096            // letters that may wait
	inboxBatch = 1024            // that are written together
	inboxTime  = 9 * time.Second // that one write may take: hosts wait 10 s for an answer

	inboxWriters  = 8                     // writes that may be under way
	inboxPatience = 10 * time.Millisecond // after which one does not keep the next from beginning
)

// newInbox returns an inbox that knows the deliveries that came before.
func newInbox(ctx context.Context, queue hintQueue, now func() time.Time, arrived func(int), log *slog.Logger) (*inbox, error) {
	ids, err := queue.told(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up which deliveries came before: %w", err)
	}
	b := &inbox{queue: queue, waiting: make(chan letter, inboxRoom), known: newRemembered(now), arrived: arrived, log: log}
	b.known.add(ids...)
	return b, nil
}

// Put implements api.Hints. A hint that nobody has begun to write when ctx ends is taken back; of one that is being
// written Put waits for the end, since who is told that it is not kept would send it again.
func (b *inbox) Put(ctx context.Context, h metrics.Hint) (fresh bool, err error) {
	if b.known.has(h.ID) {
		return false, nil
	}
	l := letter{h, make(chan error, 1), new(atomic.Bool)}
	select {
	case b.waiting <- l:
	case <-ctx.Done():
		return true, fmt.Errorf("%d hints wait to be kept: %w", inboxRoom, metrics.ErrUnavailable)
	}
	select {
	case err := <-l.kept:
		return true, err
	case <-ctx.Done():
	}
	if l.taken.CompareAndSwap(false, true) {
		return true, fmt.Errorf("the hint was not kept in time: %w", metrics.ErrUnavailable)
	}
	return true, <-l.kept
}

// run writes what arrives until ctx ends, and then what has arrived.
func (b *inbox) run(ctx context.Context) {
	var writers sync.WaitGroup
	defer writers.Wait()
	free := make(chan struct{}, inboxWriters)
	for {
		l, ok := b.next(ctx)
		if !ok {
			return
		}
		free <- struct{}{}
		letters, over := b.batch(l), make(chan struct{})
		writers.Go(func() {
			b.write(ctx, letters)
			<-free
			close(over)
		})
		select {
		case <-over:
		case <-time.After(inboxPatience):
		}
	}
}

// next waits for a letter. When ctx ends it returns those that are there, and then none.
func (b *inbox) next(ctx context.Context) (l letter, ok bool) {
	select {
	case l = <-b.waiting:
		return l, true
	case <-ctx.Done():
	}
	select {
	case l = <-b.waiting:
		return l, true
	default:
		return l, false
	}
}

// batch returns a letter with those that wait behind it.
func (b *inbox) batch(l letter) []letter {
	list := []letter{l}
	for len(list) < inboxBatch {
		select {
		case l := <-b.waiting:
			list = append(list, l)
		default:
			return list
		}
	}
	return list
}

func (b *inbox) write(ctx context.Context, letters []letter) {
	letters = slices.DeleteFunc(letters, func(l letter) bool { return !l.taken.CompareAndSwap(false, true) })
	if len(letters) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inboxTime)
	defer cancel()
	hints := make([]metrics.Hint, len(letters))
	for i, l := range letters {
		hints[i] = l.hint
	}
	err := b.queue.put(ctx, hints)
	if err != nil {
		b.log.Error("hints of webhooks could not be kept, the next scan finds what they told of", "hints", len(hints), "error", err)
		err = fmt.Errorf("%w: %w", err, metrics.ErrUnavailable)
	}
	for _, l := range letters {
		if err == nil {
			b.known.add(l.hint.ID)
		}
		l.kept <- err
	}
	if err == nil {
		b.arrived(len(hints))
	}
}

// remembered are the deliveries that came within rememberFor, and some that came before. There is room for a number
// of them; beyond that the oldest are forgotten.
type remembered struct {
	now func() time.Time

	mu         sync.Mutex
	began      time.Time // when the newer ones began
	newer, old map[metrics.HintID]struct{}
}

// rememberMost is how many deliveries of each of the two generations are remembered.
const rememberMost = 1 << 20

func newRemembered(now func() time.Time) *remembered {
	return &remembered{now: now, began: now(), newer: map[metrics.HintID]struct{}{}}
}

func (r *remembered) has(id metrics.HintID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, newer := r.newer[id]
	_, old := r.old[id]
	return newer || old
}

func (r *remembered) add(ids ...metrics.HintID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if len(r.newer) >= rememberMost || r.now().Sub(r.began) > rememberFor {
			r.old, r.newer, r.began = r.newer, map[metrics.HintID]struct{}{}, r.now()
		}
		r.newer[id] = struct{}{}
	}
}
