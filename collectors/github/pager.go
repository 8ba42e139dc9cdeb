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
	PageInfo cursor
}

// listOf is a page of a list with whose it is.
type listOf[N any] struct {
	DatabaseID *int64 `json:"databaseId"`
	List       *nodes[N]
}

// there reports whether a page is told, at least in part.
func (l *listOf[N]) there() bool { return l != nil && l.List != nil }

// pager goes through a list of each of several repositories, the newest first, asking for many at once. Of a list that a
// run breaks off the round keeps what was told, and where it goes on.
type pager[N, F any] struct {
	part   part
	bit    uint32 // of the part
	step   string // names the list
	fields string // of the list, with %s for how much is asked for and from where
	each   bool   // an entry says nothing of others: where one is not told, the others are known
	first  func(*reading) int
	lacks  func(*N) bool // an entry has not what makes it one; nil where all have
	take   func(*reading, *N) (facts []F, more bool)
	done   func(context.Context, *reading, []F) error // all that is wanted was told
}

// turn is a repository whose list is not at its end.
type turn[F any] struct {
	*reading
	told[F]
	way   trail
	again bool // its next page was asked for, and was not whole
}

// told is how far a list was told.
type told[F any] struct {
	Size  int
	After string
	Facts []F
	Whole bool
	Lacks bool // something in it was not told
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
		t := &turn[F]{reading: r, way: trail{}}
		if !round.Load(collectors.StepOf(p.step, r.Repo.ID), &t.told) {
			t.told = told[F]{Size: p.first(r)}
		}
		if t.Slow {
			t.Size = min(t.Size, pagerFew)
		}
		if t.Lacks {
			r.missed |= p.part.lack
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
		aliases[i] = b.add(t.owner, t.name, "databaseId list: "+fmt.Sprintf(p.fields, t.from()))
	}
	got, err := s.ask(quota.About(ctx, p.part.Name), b.priced(""), b.variables)
	if err != nil {
		return nil, err
	}
	var found map[string]*listOf[N]
	if err := got.decode(&found); err != nil {
		return nil, err
	}
	for i, t := range some {
		told := found[aliases[i]]
		if err := p.page(ctx, s, t, told, p.gaps(s, t, told, got, aliases[i])); err != nil {
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

// page takes a page. One that is not whole is asked for again first, in a smaller piece; then it fails the list, but where
// each entry is known by itself the others are taken and what is not told is noted.
func (p pager[N, F]) page(ctx context.Context, s *Source, t *turn[F], told *listOf[N], why error) error {
	if why != nil && !t.again && (told.there() || passes(why)) {
		t.again, t.Size = true, max(t.Size/2, 1)
		return nil
	}
	t.again = false
	switch {
	case why != nil && (!p.each || !told.there() || errors.Is(why, errTaken)):
		return p.fail(ctx, s, t, why)
	case why != nil:
		t.Lacks = true
		if err := s.failed(ctx, p.part, t.reading, why); err != nil {
			return err
		}
	}
	if err := p.entries(t, told.List); err != nil {
		return p.fail(ctx, s, t, err)
	}
	return nil
}

// gaps says why something of a page is not told; nil where all is.
func (p pager[N, F]) gaps(s *Source, t *turn[F], told *listOf[N], got *answer, alias string) error {
	if !told.there() {
		return cmp.Or(got.of(alias), errGarbled)
	}
	return cmp.Or(s.other(t.reading, told.DatabaseID), gaps(got, alias, told.List.Nodes, p.lacks))
}

// entries takes the entries of a page, and notes where the list goes on.
func (p pager[N, F]) entries(t *turn[F], list *nodes[N]) error {
	for _, n := range list.Nodes {
		if n == nil {
			continue
		}
		facts, wanted := p.take(t.reading, n)
		if t.Facts = append(t.Facts, facts...); !wanted {
			t.Whole = true
			return nil
		}
	}
	after, err := t.way.on(list.PageInfo)
	if t.Whole = after == ""; !t.Whole {
		t.After, t.Size = after, pagerMore
	}
	if t.Slow {
		t.Size = min(t.Size, pagerFew)
	}
	return err
}
