package collectors

import (
	"context"
	"slices"
	"sync"

	"github.com/trodden/trodden/metrics"
)

// notesAt is the number of rows from which readings of unchanged repositories are written.
const notesAt = 2000

// ledger is what a run knows of its blobs: which the store holds, and who has undertaken to read which. It
// stands between the readers of a run and its store.
type ledger struct {
	store  Store
	failed func(error) // told when the store refuses something

	mu      sync.Mutex
	settled *sync.Cond // a blob was written, or its reader gave it up
	blobs   map[metrics.OID]claim
	notes   metrics.Batch // rows that can wait, since nothing depends on them
}

// claim says how a blob stands in a run. With neither held nor a reader, nobody has brought it yet.
type claim struct {
	held bool    // the store has all that can be had
	by   *reader // who undertook to read it
}

func newLedger(store Store, failed func(error)) *ledger {
	l := &ledger{store: store, failed: failed, blobs: make(map[metrics.OID]claim)}
	l.settled = sync.NewCond(&l.mu)
	return l
}

// reader is the Sink of one repository's reading.
type reader struct {
	ledger *ledger
	lane   string               // whose others it waits for
	open   map[metrics.OID]bool // undertaken and not written yet
	tried  map[metrics.OID]bool // written without content: not asked of this reader again
}

func (l *ledger) reader(lane string) *reader {
	return &reader{ledger: l, lane: lane, open: make(map[metrics.OID]bool), tried: make(map[metrics.OID]bool)}
}

// Write implements Sink.
func (r *reader) Write(ctx context.Context, batch *metrics.Batch) error {
	l := r.ledger
	if batch.Rows() == len(batch.Readings)+len(batch.Repos) {
		return l.note(ctx, batch)
	}
	kept := make(map[metrics.OID]bool, len(batch.Blobs)) // the batch is the store's once it is written
	for i := range batch.Blobs {
		b := &batch.Blobs[i]
		kept[b.OID] = Kept(b.Status, b.Size)
	}
	if err := l.write(ctx, batch); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for oid, all := range kept {
		delete(r.open, oid)
		l.blobs[oid] = claim{held: all || l.blobs[oid].held}
		if !all {
			r.tried[oid] = true
		}
	}
	l.settled.Broadcast()
	return nil
}

// Kept reports whether what is known of a blob is all that any reader can bring. A blob that is missing
// from one clone may be in another, and one that is too big for its presence may be wanted whole.
func Kept(status metrics.BlobStatus, size uint64) bool {
	return status == metrics.BlobRead || status == metrics.BlobTooBig && size > metrics.MaxBlob
}

// Lacking implements Sink.
func (r *reader) Lacking(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	l := r.ledger
	stop := context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.settled.Broadcast()
	})
	defer stop()
	for {
		mine, ask, wait := r.undertake(blobs)
		lacking, err := r.ask(ctx, ask)
		if err != nil {
			return nil, err
		}
		mine = append(mine, lacking...)
		if len(mine) > 0 || len(wait) == 0 {
			return mine, nil
		}
		if again, err := r.await(ctx, wait); !again {
			return nil, err
		}
	}
}

// Held implements Holder, where the store does.
func (r *reader) Held(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
	if store, ok := r.ledger.store.(Holder); ok {
		return store.Held(ctx, blobs)
	}
	return nil, nil
}

// undertake divides blobs into those that are now this reader's, those that the store has to be asked for
// (also this reader's until it answers), and those that others of its lane are reading.
func (r *reader) undertake(blobs []metrics.OID) (mine, ask, wait []metrics.OID) {
	l := r.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, oid := range blobs {
		now, known := l.blobs[oid]
		switch {
		case now.held || now.by == r || r.tried[oid]:
		case !known:
			ask = append(ask, oid)
			l.blobs[oid], r.open[oid] = claim{by: r}, true
		case now.by == nil, now.by.lane != r.lane: // which may have to wait for its host
			mine = append(mine, oid)
			l.blobs[oid], r.open[oid] = claim{by: r}, true
		default:
			wait = append(wait, oid)
		}
	}
	return mine, ask, wait
}

// ask returns those of the blobs that the store does not hold, and gives up the others.
func (r *reader) ask(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	if len(blobs) == 0 {
		return nil, nil
	}
	l := r.ledger
	lacking, err := l.store.Lacking(ctx, blobs)
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.settled.Broadcast()
	if err != nil {
		for _, oid := range blobs {
			delete(r.open, oid)
			delete(l.blobs, oid)
		}
		l.fail(ctx, err)
		return nil, err
	}
	absent := make(map[metrics.OID]bool, len(lacking))
	for _, oid := range lacking {
		absent[oid] = true
	}
	mine := make([]metrics.OID, 0, len(lacking))
	for _, oid := range blobs { // in the order of the question, which is the reader's
		if absent[oid] {
			mine = append(mine, oid)
		} else {
			delete(r.open, oid)
			l.blobs[oid] = claim{held: true}
		}
	}
	return mine, nil
}

// await returns when one of the blobs fell free or all are held; again says whether it is worth asking for
// them once more. A reader that has something to read itself does not wait: two could wait for each other.
func (r *reader) await(ctx context.Context, blobs []metrics.OID) (again bool, err error) {
	l := r.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for ctx.Err() == nil {
		if len(r.open) > 0 {
			return false, nil
		}
		blobs = slices.DeleteFunc(blobs, func(oid metrics.OID) bool { return l.blobs[oid].held })
		free := func(oid metrics.OID) bool { by := l.blobs[oid].by; return by == nil || by.lane != r.lane }
		if len(blobs) == 0 || slices.ContainsFunc(blobs, free) {
			return len(blobs) > 0, nil
		}
		l.settled.Wait()
	}
	return false, ctx.Err()
}

// release gives up what the reader undertook and did not write, so that others can read it.
func (r *reader) release() {
	l := r.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for oid := range r.open {
		l.blobs[oid] = claim{}
	}
	clear(r.open)
	l.settled.Broadcast()
}

// note keeps rows that can wait until there are enough of them.
func (l *ledger) note(ctx context.Context, batch *metrics.Batch) error {
	l.mu.Lock()
	l.notes.Readings = append(l.notes.Readings, batch.Readings...)
	l.notes.Repos = append(l.notes.Repos, batch.Repos...)
	full := l.notes.Rows() >= notesAt
	l.mu.Unlock()
	if !full {
		return nil
	}
	return l.flush(ctx)
}

// flush writes the rows that waited.
func (l *ledger) flush(ctx context.Context) error {
	l.mu.Lock()
	batch := l.notes
	l.notes = metrics.Batch{}
	l.mu.Unlock()
	if batch.Rows() == 0 {
		return nil
	}
	return l.write(ctx, &batch)
}

// write hands a batch to the store and tells the run when it refuses it.
func (l *ledger) write(ctx context.Context, batch *metrics.Batch) error {
	err := l.store.Write(ctx, batch)
	if err != nil {
		l.fail(ctx, err)
	}
	return err
}

func (l *ledger) fail(ctx context.Context, err error) {
	if ctx.Err() == nil {
		l.failed(err)
	}
}
