package present

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Wish is a content that is wanted, and who wants it.
type Wish[R Reader] struct {
	File
	Home    R   // whose repository is asked
	Readers []R // all of them
}

// library is what some repositories want together.
type library[R Reader] struct {
	order  []metrics.OID
	wishes map[metrics.OID]*Wish[R]
}

func newLibrary[R Reader](readings []R) *library[R] {
	l := &library[R]{wishes: map[metrics.OID]*Wish[R]{}}
	for _, r := range readings {
		for _, f := range r.Base().Wanted {
			w := l.wishes[f.OID]
			if w == nil {
				w = &Wish[R]{File: f, Home: r}
				l.wishes[f.OID] = w
				l.order = append(l.order, f.OID)
			}
			if f.Want > w.Want {
				w.Want, w.Path, w.Home = f.Want, f.Path, r
			}
			w.Readers = append(w.Readers, r)
		}
	}
	return l
}

// ReadBlobs reads those of the wanted contents that nobody has, and writes them. Bring asks the host for some of them:
// it calls Got or Missing for each that it found out about, and Fail for the readers of the others. ReadBlobs goes on
// until nobody else is reading one of them.
func ReadBlobs[R Reader](ctx context.Context, w Writer, readings []R, bring func(ctx context.Context, wishes []*Wish[R], batch *metrics.Batch)) {
	l := newLibrary(readings)
	for len(l.order) > 0 {
		mine, err := w.Out.Lacking(ctx, l.order)
		if err == nil && len(mine) == 0 {
			return
		}
		if err == nil {
			batch := &metrics.Batch{}
			bring(ctx, l.asked(mine, batch), batch)
			if err = ctx.Err(); batch.Rows() > 0 {
				err = w.Out.Write(ctx, batch)
			}
		}
		if err != nil {
			Fail(readings, err)
			return
		}
	}
}

// empty is the id of the file with nothing in it.
const empty metrics.OID = "\xe6\x9d\xe2\x9b\xb2\xd1\xd6\x43\x4b\x8b\x29\xae\x77\x5a\xd8\xc2\xe4\x8c\x53\x91"

// asked returns the wishes for contents that have to be asked for. Nobody asks for one that is too big, as the host told
// before, or empty.
func (l *library[R]) asked(oids []metrics.OID, batch *metrics.Batch) []*Wish[R] {
	var list []*Wish[R]
	for _, oid := range oids {
		switch w := l.wishes[oid]; {
		case w.Size > w.Want.Limit(), oid == empty:
			w.Got("", w.Size, batch)
		default:
			list = append(list, w)
		}
	}
	return list
}

// Is reports whether a content is the one that was asked for, to the byte.
func (w *Wish[R]) Is(content string) bool {
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00%s", len(content), content)
	return string(sum.Sum(nil)) == string(w.OID)
}

// Got adds a content that was read, or which is too big to be kept: of that only the size is known.
func (w *Wish[R]) Got(content string, size uint64, batch *metrics.Batch) {
	if size > w.Want.Limit() {
		batch.Blobs = append(batch.Blobs, w.told(metrics.BlobTooBig, "", size))
		return
	}
	w.Home.Base().Done.Blobs++
	batch.Blobs = append(batch.Blobs, w.told(metrics.BlobRead, content, size))
}

// ErrAbsent is that a host does not give a content that it lists.
var ErrAbsent = errors.New("the host lists it and does not give its content")

// Absent is the error of a content that the host says is not there. What a repository holds cannot be known without it, and
// the host may give it the next time: the reading fails, lest the file is taken for one that nobody can read.
func (w *Wish[R]) Absent() error {
	return &collectors.ReadError{Reason: metrics.ReasonMissingObjects, Err: fmt.Errorf("%s: %w", w.Path, ErrAbsent)}
}

func (w *Wish[R]) told(status metrics.BlobStatus, content string, size uint64) metrics.Blob {
	return metrics.Blob{OID: w.OID, Status: status, Content: content, Size: size, Home: w.Home.Base().Repo.ID, Path: w.Path}
}

// Fail gives an error to all that want it.
func (w *Wish[R]) Fail(err error) { Fail(w.Readers, err) }
