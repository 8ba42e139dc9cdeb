package gitlab

import (
	"context"
	"crypto/sha1"
	"fmt"
	"strconv"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// wish is a blob that is wanted, and who wants it.
type wish struct {
	file
	home    *reading   // whose repository is asked
	readers []*reading // all of them
	blob    metrics.Blob
}

// library is what some projects want together.
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
				w.want, w.path, w.home = f.want, f.path, r
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

// bring reads blobs and writes them. One that cannot be read fails the projects that want it.
func (s *Source) bring(ctx context.Context, l *library, oids []metrics.OID, out collectors.Sink) error {
	var wishes []*wish
	for _, oid := range oids {
		w := l.wishes[oid]
		w.blob = metrics.Blob{OID: oid, Home: w.home.Repo.ID, Path: w.path}
		wishes = append(wishes, w)
	}
	batch := &metrics.Batch{}
	for _, w := range s.texts(ctx, wishes, batch) {
		if err := s.raw(ctx, w, batch); err != nil {
			fail(w.readers, spent(err))
		}
	}
	if batch.Rows() == 0 {
		return ctx.Err()
	}
	return out.Write(ctx, batch)
}

// got adds a blob whose content was read, or which is too big to be kept.
func (w *wish) got(content string, size uint64, batch *metrics.Batch) {
	w.blob.Status, w.blob.Content, w.blob.Size = metrics.BlobRead, content, size
	if size > w.want.Limit() {
		w.blob.Status, w.blob.Content = metrics.BlobTooBig, ""
	} else {
		w.home.done.Blobs++
	}
	batch.Blobs = append(batch.Blobs, w.blob)
}

// texts reads files by GraphQL, over all projects that have them, and returns those that it does not give as they
// are: binary ones, those whose encoding it changes, and those that are not at their path any more.
func (s *Source) texts(ctx context.Context, wishes []*wish, batch *metrics.Batch) (rest []*wish) {
	for len(wishes) > 0 && ctx.Err() == nil {
		some := wishes[:atOnce(wishes, s.blobs.Now())]
		wishes = wishes[len(some):]
		begun := s.config.Clock()
		again, odd, err := s.someTexts(ctx, some, batch)
		rest = append(rest, odd...)
		switch {
		case err == nil:
			s.blobs.Answered(len(some), s.config.Clock().Sub(begun))
		case !overloads(err):
			for _, w := range again {
				fail(w.readers, err)
			}
		case s.blobs.Overloaded(len(some)):
			wishes = append(again, wishes...)
		default:
			rest = append(rest, again...)
		}
	}
	return rest
}

// atOnce is how many of the wishes fit into one query.
func atOnce(wishes []*wish, most int) int {
	homes, paths := map[*reading]bool{}, map[string]bool{}
	for n, w := range wishes {
		homes[w.home], paths[w.path] = true, true
		if n > 0 && (n == most || len(homes) > listed || len(paths) > pathsAtOnce) {
			return n
		}
	}
	return len(wishes)
}

// someTexts asks for files at once: every project for all the paths that are wanted of any, which costs hardly more
// than to ask one. It returns those that were not told of because the host could not answer so much, with the error,
// and those whose text is not what is in them.
func (s *Source) someTexts(ctx context.Context, some []*wish, batch *metrics.Batch) (again, odd []*wish, err error) {
	b := newBatch()
	homes, paths := homesOf(some), pathsOf(some)
	b.with("paths", "[String!]!", paths)
	alias := b.add(homes, fmt.Sprintf(blobFields, len(paths)))
	got, err := s.ask(ctx, b.text(), b.variables)
	if err != nil {
		return some, nil, err
	}
	for _, w := range some {
		x, place := got.Data[alias].of(w.home)
		if x == nil || x.Repository == nil || x.Repository.Blobs == nil {
			if lost := got.of(alias, place); lost != nil {
				again, err = append(again, w), lost
			} else {
				odd = append(odd, w)
			}
			continue
		}
		if !w.take(x.Repository.Blobs.Nodes, batch) {
			odd = append(odd, w)
		}
	}
	return again, odd, err
}

// take looks for a file among those of an answer, and reports whether it is there as it was asked for.
func (w *wish) take(files []*content, batch *metrics.Batch) bool {
	for _, f := range files {
		if f == nil || f.Path != w.path || f.OID != w.oid.String() || f.Size == nil {
			continue
		}
		size, err := strconv.ParseUint(string(*f.Size), 10, 64)
		if err == nil && size > w.want.Limit() {
			w.got("", size, batch)
			return true
		}
		if f.RawTextBlob != nil && w.is(*f.RawTextBlob) {
			w.got(*f.RawTextBlob, uint64(len(*f.RawTextBlob)), batch)
			return true
		}
	}
	return false
}

// homesOf are the projects that wishes are asked of.
func homesOf(wishes []*wish) (homes []*reading) {
	seen := map[*reading]bool{}
	for _, w := range wishes {
		if !seen[w.home] {
			seen[w.home] = true
			homes = append(homes, w.home)
		}
	}
	return homes
}

// pathsOf are the paths of wishes, each once.
func pathsOf(wishes []*wish) (paths []string) {
	seen := map[string]bool{}
	for _, w := range wishes {
		if !seen[w.path] {
			seen[w.path] = true
			paths = append(paths, w.path)
		}
	}
	return paths
}

// is reports whether a content is the one that was asked for, to the byte.
func (w *wish) is(content string) bool {
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00%s", len(content), content)
	return string(sum.Sum(nil)) == string(w.oid)
}

// raw reads one file by REST.
func (s *Source) raw(ctx context.Context, w *wish, batch *metrics.Batch) error {
	content, _, err := s.client.Repositories.RawBlobContent(w.home.id, w.oid.String(), gitlab.WithContext(ctx))
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
	w.got(string(content), uint64(len(content)), batch)
	return nil
}
