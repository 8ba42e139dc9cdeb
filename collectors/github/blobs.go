package github

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// maxText is the size in bytes above which GraphQL cuts the text of a file.
const maxText = 512_000

// wish is a content that is wanted.
type wish = present.Wish[*reading]

// bring reads contents: many in one request, one by one those that it does not tell as they are, and those of repositories
// of which nothing could be told in time.
func (s *Source) bring(ctx context.Context, wishes []*wish, batch *metrics.Batch) {
	var small, large []*wish
	for _, w := range wishes {
		if w.Size > maxText || w.Home.Slow {
			large = append(large, w)
		} else {
			small = append(small, w)
		}
	}
	for _, w := range append(large, s.texts(ctx, small, batch)...) {
		if err := s.raw(ctx, w, batch); err != nil {
			w.Fail(err)
		}
	}
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
		i, known := at[w.Home]
		if !known {
			i, all = len(all), append(all, shelf{home: w.Home})
			at[w.Home] = i
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
			files, bytes = files+1, bytes+w.Size
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
		case errors.Is(err, errNoGraphQL):
			for _, sh := range slices.Concat(some, rest) {
				odd = append(odd, sh.wishes...)
			}
			return odd
		case !overloads(err):
			for _, sh := range some {
				sh.fail(err)
			}
		case s.blobs.Overloaded(len(some)):
			rest = append(again, rest...)
		default:
			odd = append(odd, some[0].wishes...)
			present.Patient([]*reading{some[0].home}, err)
		}
	}
	return odd
}

// fail gives an error to all that want something of a shelf.
func (sh shelf) fail(err error) {
	for _, w := range sh.wishes {
		w.Fail(err)
	}
}

// someTexts asks for files at once. It returns those that were not told of because the host could not answer so much,
// with the error, and those whose text is not what is in them.
func (s *Source) someTexts(ctx context.Context, some []shelf, batch *metrics.Batch) (again []shelf, odd []*wish, err error) {
	b, aliases := newBatch(), make([]string, len(some))
	for i, sh := range some {
		aliases[i] = b.add(sh.home.owner, sh.home.name, objects("b", "blob", sh.wishes, func(w *wish) string { return w.OID.String() }))
	}
	begun := s.config.Clock()
	answer, err := s.ask(quota.About(ctx, "files"), b.query(blobFields), b.variables)
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
		if got := told[fmt.Sprintf("b%d", i)]; got != nil && got.Text != nil && w.Is(*got.Text) {
			w.Got(*got.Text, uint64(len(*got.Text)), batch)
		} else {
			odd = append(odd, w)
		}
	}
	return odd
}

// raw reads one file by REST.
func (s *Source) raw(ctx context.Context, w *wish, batch *metrics.Batch) error {
	content, err := s.content(ctx, w)
	switch {
	case missing(err):
		return w.Absent()
	case err != nil:
		return err
	case !w.Is(content):
		return fmt.Errorf("blob %s of %d bytes: %w", w.OID, len(content), errGarbled)
	}
	w.Got(content, uint64(len(content)), batch)
	return nil
}

// content asks for what is in a file as JSON, which every host has that speaks REST.
func (s *Source) content(ctx context.Context, w *wish) (string, error) {
	blob, _, err := s.client.Git.GetBlob(ctx, w.Home.owner, w.Home.name, w.OID.String())
	if err != nil || blob.GetEncoding() != "base64" {
		return blob.GetContent(), err
	}
	text, err := base64.StdEncoding.DecodeString(blob.GetContent()) // which passes over the ends of lines
	if err != nil {
		return "", fmt.Errorf("blob %s: %w", w.OID, errGarbled)
	}
	return string(text), nil
}
