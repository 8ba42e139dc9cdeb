package github

import (
	"context"
	"crypto/sha1"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// maxText is the size in bytes above which GraphQL cuts the text of a file.
const maxText = 512_000

// wish is a blob that is wanted, and who wants it.
type wish struct {
	file
	home    *reading   // whose repository is asked
	readers []*reading // all of them
	blob    metrics.Blob
}

// library is what some repositories want together.
type library struct {
	order  []metrics.OID
	wishes map[metrics.OID]*wish
}

func newLibrary(readings []*reading) *library {
	l := &library{wishes: map[metrics.OID]*wish{}}
	for _, r := range readings {
		for _, f := range r.wanted {
			w := l.wishes[f.oid]
			if w == nil {
				w = &wish{file: f, home: r}
				l.wishes[f.oid] = w
				l.order = append(l.order, f.oid)
			}
			if f.want > w.want {
				w.want, w.path = f.want, f.path
			}
			w.readers = append(w.readers, r)
		}
	}
	return l
}

// readBlobs reads those of the wanted files that nobody has. It asks until nobody else is reading one of them.
func (s *Source) readBlobs(ctx context.Context, readings []*reading, out collectors.Sink) {
	l := newLibrary(readings)
	for len(l.order) > 0 {
		mine, err := out.Lacking(ctx, l.order)
		if err != nil {
			fail(readings, err)
			return
		}
		if len(mine) == 0 {
			return
		}
		if err := s.bring(ctx, l, mine, out); err != nil {
			fail(readings, err)
			return
		}
	}
}

// bring reads blobs and writes them. One that cannot be read fails the repositories that want it.
func (s *Source) bring(ctx context.Context, l *library, oids []metrics.OID, out collectors.Sink) error {
	var small, large []*wish
	batch := &metrics.Batch{}
	for _, oid := range oids {
		w := l.wishes[oid]
		w.blob = metrics.Blob{OID: oid, Size: w.size, Home: w.home.Repo.ID, Path: w.path}
		switch {
		case w.size > w.want.Limit():
			w.blob.Status = metrics.BlobTooBig
			batch.Blobs = append(batch.Blobs, w.blob)
		case w.size == 0:
			w.blob.Status = metrics.BlobRead
			batch.Blobs = append(batch.Blobs, w.blob)
		case w.size > maxText:
			large = append(large, w)
		default:
			small = append(small, w)
		}
	}
	large = append(large, s.texts(ctx, small, batch)...)
	for _, w := range large {
		if err := s.raw(ctx, w, batch); err != nil {
			fail(w.readers, err)
		}
	}
	if batch.Rows() == 0 {
		return ctx.Err()
	}
	return out.Write(ctx, batch)
}

// got adds a blob whose content was read.
func (w *wish) got(content string, batch *metrics.Batch) {
	w.blob.Status, w.blob.Content, w.blob.Size = metrics.BlobRead, content, uint64(len(content))
	w.home.done.Blobs++
	batch.Blobs = append(batch.Blobs, w.blob)
}

// shelf is what is wanted of one repository.
type shelf struct {
	home   *reading
	wishes []*wish
}

// shelves sorts wishes by the repositories that are asked for them.
func shelves(wishes []*wish) []shelf {
	var all []shelf
	at := map[*reading]int{}
	for _, w := range wishes {
		i, known := at[w.home]
		if !known {
			i, all = len(all), append(all, shelf{home: w.home})
			at[w.home] = i
		}
		all[i].wishes = append(all[i].wishes, w)
	}
	return all
}

// atOnce cuts off as many shelves as fit into one answer. A shelf that fits in none is cut itself.
func atOnce(all []shelf, most int) (some, rest []shelf) {
	files, bytes := 0, uint64(0)
	for n, sh := range all {
		if n == most {
			return all[:n], all[n:]
		}
		for i, w := range sh.wishes {
			files, bytes = files+1, bytes+w.size
			if files <= blobsAnswer && bytes <= blobBytes || files == 1 {
				continue
			}
			if i == 0 {
				return all[:n], all[n:]
			}
			some = append(slices.Clone(all[:n]), shelf{sh.home, sh.wishes[:i]})
			return some, append([]shelf{{sh.home, sh.wishes[i:]}}, all[n+1:]...)
		}
	}
	return all, nil
}

// texts reads files by GraphQL, over all repositories that have them, and returns those that it does not give as
// they are: binary ones, and those whose encoding it changes.
func (s *Source) texts(ctx context.Context, wishes []*wish, batch *metrics.Batch) (odd []*wish) {
	for rest := shelves(wishes); len(rest) > 0 && ctx.Err() == nil; {
		var some []shelf
		some, rest = atOnce(rest, s.blobs.Now())
		again, other, err := s.someTexts(ctx, some, batch)
		odd = append(odd, other...)
		switch {
		case err == nil:
		case !overloads(err):
			for _, sh := range some {
				sh.fail(err)
			}
		case s.blobs.Overloaded(len(some)):
			rest = append(again, rest...)
		default:
			odd = append(odd, some[0].wishes...)
		}
	}
	return odd
}

// fail gives an error to all that want something of a shelf.
func (sh shelf) fail(err error) {
	for _, w := range sh.wishes {
		fail(w.readers, err)
	}
}

// someTexts asks for files at once. It returns those that were not told of because the host could not answer so much,
// with the error, and those whose text is not what is in them.
func (s *Source) someTexts(ctx context.Context, some []shelf, batch *metrics.Batch) (again []shelf, odd []*wish, err error) {
	b, aliases := newBatch(), make([]string, len(some))
	for i, sh := range some {
		aliases[i] = b.add(sh.home.owner, sh.home.name, objects("b", "blob", sh.wishes, func(w *wish) string { return w.oid.String() }))
	}
	begun := s.config.Clock()
	answer, err := s.ask(ctx, b.query(blobFields), b.variables)
	var found map[string]map[string]*struct{ Text *string }
	if err == nil {
		err = answer.decode(&found)
	}
	if err != nil {
		return some, nil, err
	}
	for i, sh := range some {
		told, lost := found[aliases[i]], answer.of(aliases[i])
		switch {
		case told == nil && overloads(lost):
			again, err = append(again, sh), lost
		case told == nil && lost != nil:
			sh.fail(lost)
		default:
			odd = append(odd, sh.take(told, batch)...)
		}
	}
	if err == nil {
		s.blobs.Answered(len(some), s.config.Clock().Sub(begun))
	}
	return again, odd, err
}

// take takes the texts of a shelf and returns what has none, or another one than is in the file.
func (sh shelf) take(told map[string]*struct{ Text *string }, batch *metrics.Batch) (odd []*wish) {
	for i, w := range sh.wishes {
		if got := told[fmt.Sprintf("b%d", i)]; got != nil && got.Text != nil && w.is(*got.Text) {
			w.got(*got.Text, batch)
		} else {
			odd = append(odd, w)
		}
	}
	return odd
}

// is reports whether a content is the one that was asked for, to the byte.
func (w *wish) is(content string) bool {
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00%s", len(content), content)
	return string(sum.Sum(nil)) == string(w.oid)
}

// raw reads one file by REST.
func (s *Source) raw(ctx context.Context, w *wish, batch *metrics.Batch) error {
	content, _, err := s.client.Git.GetBlobRaw(ctx, w.home.owner, w.home.name, w.oid.String())
	switch {
	case missing(err):
		w.blob.Status = metrics.BlobMissing
		batch.Blobs = append(batch.Blobs, w.blob)
		return nil
	case err != nil:
		return err
	case !w.is(string(content)):
		return fmt.Errorf("blob %s of %d bytes: %w", w.oid, len(content), errGarbled)
	}
	w.got(string(content), batch)
	return nil
}
