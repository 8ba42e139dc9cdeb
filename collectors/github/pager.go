package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
)

// nodes is a page of a list in a repository.
type nodes[N any] struct {
	Nodes    []*N
	PageInfo struct {
		HasNextPage bool
		EndCursor   *string
	}
}

// pager goes through a list of each of several repositories, the newest first, asking for many at once. Of a list that a
// run breaks off the round keeps what was told, and where it goes on.
type pager[N, F any] struct {
	part   part
	bit    uint32 // of the part
	step   string // names the list
	fields string // of the list, with %s for how much is asked for and from where
	first  func(*reading) int
	take   func(*reading, *N) (facts []F, more bool)
	done   func(context.Context, *reading, []F) error // all that is wanted was told
}

// turn is a repository whose list is not at its end.
type turn[F any] struct {
	*reading
	told[F]
}

// told is how far a list was told.
type told[F any] struct {
	Size  int
	After string
	Facts []F
	Whole bool
}

const (
	// pagerAtOnce is how many entries are asked for at once, of all repositories together.
	pagerAtOnce = 500
	// pagerMore is how many entries of a repository are asked for once the first were told.
	pagerMore = 50
	// pagerFew is how many are asked for of a repository that is slow.
	pagerFew = 5
)

// read goes through the lists of repositories. One that cannot be read is a warning.
func (p pager[N, F]) read(ctx context.Context, s *Source, all []*reading) error {
	round := s.state.open()
	var turns []*turn[F]
	for _, r := range all {
		t := &turn[F]{reading: r}
		if !round.Load(collectors.StepOf(p.step, r.Repo.ID), &t.told) {
			t.told = told[F]{Size: p.first(r)}
		}
		if t.Slow {
			t.Size = min(t.Size, pagerFew)
		}
		turns = append(turns, t)
	}
	err := p.readAll(ctx, s, turns)
	for _, t := range turns {
		step := collectors.StepOf(p.step, t.Repo.ID)
		if errors.Is(err, collectors.ErrSpent) && t.Parts&p.bit == 0 && (t.After != "" || t.Whole) {
			round.Save(step, t.told)
		} else {
			round.Drop(step)
		}
	}
	return err
}

func (p pager[N, F]) readAll(ctx context.Context, s *Source, turns []*turn[F]) error {
	var rest []*turn[F]
	for _, t := range turns {
		if !t.Whole {
			rest = append(rest, t)
		} else if err := p.end(ctx, t); err != nil {
			return err
		}
	}
	for len(rest) > 0 {
		n, entries := 0, 0
		for n < len(rest) && n < s.lists.Now() && (n == 0 || entries+rest[n].Size <= pagerAtOnce && !rest[0].Slow && !rest[n].Slow) {
			entries += rest[n].Size
			n++
		}
		begun := s.config.Clock()
		again, err := p.some(ctx, s, rest[:n])
		switch {
		case err == nil:
			s.lists.Answered(n, s.config.Clock().Sub(begun))
			rest = append(again, rest[n:]...)
		case overloads(err) && s.lists.Overloaded(n):
		case overloads(err) && rest[0].smaller(err):
		default:
			for _, t := range rest[:n] {
				if err := p.fail(ctx, s, t, err); err != nil {
					return err
				}
			}
			rest = rest[n:]
		}
	}
	return nil
}

// smaller lets a list be asked for fewer entries at once after an error; false where that makes no sense any more. Each
// answer that does not come in time is waited for long, so that few are asked for at once then.
func (t *turn[F]) smaller(err error) bool {
	size := t.Size / 2
	if quota.Late(err) {
		t.Slow, size = true, pagerFew
	}
	if size < 1 || size >= t.Size {
		return false
	}
	t.Size = size
	return true
}

// fail gives up a list. It returns the errors that end the reading of all parts.
func (p pager[N, F]) fail(ctx context.Context, s *Source, t *turn[F], err error) error {
	if err := s.failed(ctx, p.part, t.reading, err); err != nil {
		return err
	}
	t.Parts |= p.bit
	return nil
}

// end is done with a list.
func (p pager[N, F]) end(ctx context.Context, t *turn[F]) error {
	if err := p.done(ctx, t.reading, t.Facts); err != nil {
		return err
	}
	t.Parts |= p.bit
	return nil
}

// some asks for the next entries of some lists, and returns those that have more. What was told is taken before a list
// is ended, which may ask for more.
func (p pager[N, F]) some(ctx context.Context, s *Source, some []*turn[F]) (again []*turn[F], err error) {
	b, aliases := newBatch(), make([]string, len(some))
	for i, t := range some {
		aliases[i] = b.add(t.owner, t.name, "list: "+fmt.Sprintf(p.fields, t.from()))
	}
	got, err := s.ask(quota.About(ctx, p.part.Name), b.priced(""), b.variables)
	if err != nil {
		return nil, err
	}
	var found map[string]*struct{ List *nodes[N] }
	if err := got.decode(&found); err != nil {
		return nil, err
	}
	for i, t := range some {
		if n := found[aliases[i]]; n != nil && n.List != nil {
			p.page(t, n.List)
		} else if err := p.fail(ctx, s, t, cmp.Or(got.of(aliases[i]), errGarbled)); err != nil {
			return nil, err
		}
	}
	for _, t := range some {
		switch {
		case t.Parts&p.bit != 0: // it is given up
		case !t.Whole:
			again = append(again, t)
		default:
			if err := p.end(ctx, t); err != nil {
				return nil, err
			}
		}
	}
	return again, nil
}

// from says how much of a list is asked for, and from where on.
func (t *turn[F]) from() string {
	from := fmt.Sprintf("first: %d", t.Size)
	if t.After != "" {
		from += fmt.Sprintf(", after: %q", t.After)
	}
	return from
}

// page takes a page.
func (p pager[N, F]) page(t *turn[F], list *nodes[N]) {
	more := list.PageInfo.HasNextPage && list.PageInfo.EndCursor != nil
	for _, n := range list.Nodes {
		if n == nil {
			continue
		}
		facts, wanted := p.take(t.reading, n)
		if !wanted {
			more = false
			break
		}
		t.Facts = append(t.Facts, facts...)
	}
	if t.Whole = !more; more {
		t.After, t.Size = *list.PageInfo.EndCursor, pagerMore
	}
	if t.Slow {
		t.Size = min(t.Size, pagerFew)
	}
}
