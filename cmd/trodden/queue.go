package main

import (
	"context"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// hintQueue keeps hints until they are worked, through an end of this process.
type hintQueue interface {
	// put keeps hints. Once it returns without an error no end of the process loses them. One that is put twice may
	// be worked twice, which does no harm.
	put(ctx context.Context, hints []metrics.Hint) error
	// pending returns the hints that are not done, oldest first.
	pending(ctx context.Context) ([]metrics.Hint, error)
	// done takes hints off.
	done(ctx context.Context, hints []metrics.Hint) error
	// told returns the ids of all hints that were put within rememberFor, be they done or not.
	told(ctx context.Context) ([]metrics.HintID, error)
}

const (
	// rememberFor is how long a delivery is known when it comes again. GitHub can be asked for three days to send
	// one again.
	rememberFor = 4 * 24 * time.Hour
	// pendingFor is how long a hint may stay undone. A scan has found by then what it told of.
	pendingFor = 4 * 24 * time.Hour
)

// storeQueue keeps hints in the store, where every replica finds them.
type storeQueue struct {
	db  *clickhouse.DB
	now func() time.Time
}

// openStoreQueue writes once, of a hint that there is not: it shows whether the store can be written, and the first
// write of a process takes longer than a host waits for an answer.
func openStoreQueue(ctx context.Context, db *clickhouse.DB, now func() time.Time) (storeQueue, error) {
	q := storeQueue{db, now}
	return q, q.done(ctx, []metrics.Hint{{At: metrics.At(now())}})
}

func (q storeQueue) put(ctx context.Context, hints []metrics.Hint) error {
	return q.db.PutHints(ctx, hints)
}

func (q storeQueue) pending(ctx context.Context) ([]metrics.Hint, error) {
	return q.db.Hints(ctx, metrics.At(q.now().Add(-pendingFor)))
}

func (q storeQueue) done(ctx context.Context, hints []metrics.Hint) error {
	return q.db.EndHints(ctx, hints, metrics.At(q.now()))
}

func (q storeQueue) told(ctx context.Context) ([]metrics.HintID, error) {
	return q.db.Hinted(ctx, metrics.At(q.now().Add(-rememberFor)))
}
