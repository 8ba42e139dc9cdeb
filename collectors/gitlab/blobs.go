package gitlab

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// wish is a content that is wanted.
type wish = present.Wish[*reading]

// bring reads contents: many in one request, one by one those that it does not tell as they are, and those of projects of
// which nothing could be told in time.
func (s *Source) bring(ctx context.Context, wishes []*wish, batch *metrics.Batch) {
	var many, single []*wish
	for _, w := range wishes {
		if w.Home.Slow {
			single = append(single, w)
		} else {
			many = append(many, w)
		}
	}
	for _, w := range append(single, s.texts(ctx, many, batch)...) {
		if err := s.rawOfAny(ctx, w, batch); err != nil {
			w.Fail(spent(err))
		}
	}
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
				w.Fail(err)
			}
		case s.blobs.Overloaded(len(some)):
			wishes = append(again, wishes...)
		default:
			rest = append(rest, again...)
			present.Patient([]*reading{some[0].Home}, err)
		}
	}
	return rest
}

// atOnce is how many of the wishes fit into one query.
func atOnce(wishes []*wish, most int) int {
	homes, paths := map[*reading]bool{}, map[string]bool{}
	for n, w := range wishes {
		homes[w.Home], paths[w.Path] = true, true
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
	got, err := s.ask(quota.About(ctx, "files"), b.text(), b.variables)
	if err != nil {
		return some, nil, err
	}
	for _, w := range some {
		x, place := got.Data[alias].of(w.Home)
		if x == nil || x.Repository == nil || x.Repository.Blobs == nil {
			if lost := got.of(alias, place); lost != nil {
				again, err = append(again, w), lost
			} else {
				odd = append(odd, w)
			}
			continue
		}
		if !take(w, x.Repository.Blobs.Nodes, batch) {
			odd = append(odd, w)
		}
	}
	return again, odd, err
}

// take looks for a file among those of an answer, and reports whether it is there as it was asked for.
func take(w *wish, files []*content, batch *metrics.Batch) bool {
	for _, f := range files {
		if f == nil || f.Path != w.Path || f.OID != w.OID.String() || f.Size == nil {
			continue
		}
		size, err := strconv.ParseUint(string(*f.Size), 10, 64)
		if err == nil && size > w.Want.Limit() {
			w.Got("", size, batch)
			return true
		}
		if f.RawTextBlob != nil && w.Is(*f.RawTextBlob) {
			w.Got(*f.RawTextBlob, uint64(len(*f.RawTextBlob)), batch)
			return true
		}
	}
	return false
}

// homesOf are the projects that wishes are asked of.
func homesOf(wishes []*wish) (homes []*reading) {
	seen := map[*reading]bool{}
	for _, w := range wishes {
		if !seen[w.Home] {
			seen[w.Home] = true
			homes = append(homes, w.Home)
		}
	}
	return homes
}

// pathsOf are the paths of wishes, each once.
func pathsOf(wishes []*wish) (paths []string) {
	seen := map[string]bool{}
	for _, w := range wishes {
		if !seen[w.Path] {
			seen[w.Path] = true
			paths = append(paths, w.Path)
		}
	}
	return paths
}

// homesMost is how many projects are asked for a file that all of them have, until one gives it.
const homesMost = 3

// rawOfAny reads one file by REST: of other projects that have it where the first one does not give it.
func (s *Source) rawOfAny(ctx context.Context, w *wish, batch *metrics.Batch) error {
	err := s.raw(ctx, w, batch)
	asked := 1
	for _, r := range w.Readers {
		if err == nil || asked == homesMost || errors.Is(spent(err), collectors.ErrSpent) || quota.Late(err) || ctx.Err() != nil {
			return err
		}
		if first := w.Home; r != first {
			asked++
			w.Home = r
			if s.raw(ctx, w, batch) == nil {
				return nil
			}
			w.Home = first
		}
	}
	return err
}

// raw reads one file by REST.
func (s *Source) raw(ctx context.Context, w *wish, batch *metrics.Batch) error {
	content, _, err := s.client.Repositories.RawBlobContent(w.Home.id, w.OID.String(), gitlab.WithContext(ctx))
	switch {
	case missing(err):
		return w.Absent()
	case err != nil:
		return err
	case !w.Is(string(content)):
		return fmt.Errorf("blob %s of %d bytes: %w", w.OID, len(content), errGarbled)
	}
	w.Got(string(content), uint64(len(content)), batch)
	return nil
}
