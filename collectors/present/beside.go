package present

import (
	"context"
	"errors"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// gathered is how many rows are gathered before they are written.
const gathered = 5_000

// Beside is what is gathered of repositories beside their files, on its way to a sink.
type Beside struct {
	Batch *metrics.Batch
	Out   collectors.Sink
}

// Flush writes what was gathered.
func (b *Beside) Flush(ctx context.Context) error {
	if b.Batch.Rows() == 0 {
		return ctx.Err()
	}
	batch := b.Batch
	b.Batch = &metrics.Batch{}
	return b.Out.Write(ctx, batch)
}

// Room writes what was gathered where that is much.
func (b *Beside) Room(ctx context.Context) error {
	if b.Batch.Rows() < gathered {
		return ctx.Err()
	}
	return b.Flush(ctx)
}

// ReadBeside reads one part after the other of those repositories that are open, and writes what each gathered. Where nothing more may be
// asked, what was gathered is kept and the repositories are left for another run, but for what drop takes out of it,
// which would seem to be known to its end. Where nothing more can be kept, they fail.
func ReadBeside[R Reader](ctx context.Context, b *Beside, all []R, open func(R) bool, drop func(*metrics.Batch), parts ...func(context.Context, []R) error) {
	for _, read := range parts {
		err := read(ctx, slices.DeleteFunc(slices.Clone(all), func(r R) bool { return !open(r) }))
		if err == nil {
			err = b.Flush(ctx)
		}
		if errors.Is(err, collectors.ErrSpent) {
			for _, r := range all {
				r.Base().Done.Left = r.Base().Err == nil
			}
			drop(b.Batch)
			err = b.Flush(ctx)
			if err == nil {
				return
			}
		}
		if err != nil {
			Fail(all, err)
			return
		}
	}
}
