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

// Part is something that is read of repositories beside their files.
type Part[R Reader] struct {
	Bit  uint32 // tells it from the others in Reading.Parts
	Read func(context.Context, []R) error
}

// ReadBeside reads one part after the other of those repositories that are open, each of those of which it was not read
// yet, and writes what it gathered. A part that was read is noted with its repositories; where nothing more may be asked
// in the middle of one, it has noted itself with those of which it was read to the end, what was gathered is kept, and
// the repositories that lack a part are left for another run. Where nothing more can be kept, they fail.
func ReadBeside[R Reader](ctx context.Context, b *Beside, all []R, open func(R) bool, parts ...Part[R]) {
	for _, part := range parts {
		some := slices.DeleteFunc(slices.Clone(all), func(r R) bool { return !open(r) || r.Base().Parts&part.Bit != 0 })
		err := part.Read(ctx, some)
		if err == nil {
			err = b.Flush(ctx)
		}
		if errors.Is(err, collectors.ErrSpent) {
			leave(all, parts)
			if err = b.Flush(ctx); err == nil {
				return
			}
		}
		if err != nil {
			Fail(all, err)
			return
		}
		for _, r := range some {
			r.Base().Parts |= part.Bit
		}
	}
}

// leave notes which repositories lack a part.
func leave[R Reader](all []R, parts []Part[R]) {
	whole := uint32(0)
	for _, part := range parts {
		whole |= part.Bit
	}
	for _, r := range all {
		r.Base().Done.Left = r.Base().Err == nil && r.Base().Parts&whole != whole
	}
}
