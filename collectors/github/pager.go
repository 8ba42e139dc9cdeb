package github

import (
	"context"
	"fmt"
)

// nodes is a page of a list in a repository.
type nodes[N any] struct {
	Nodes    []*N
	PageInfo struct {
		HasNextPage bool
		EndCursor   *string
	}
}

// pager goes through a list of each of several repositories, the newest first, asking for many at once.
type pager[N any] struct {
	part   part
	fields string // of the list, with %s for how much is asked for and from where
	first  func(*reading) int
	take   func(*reading, *N) (more bool)
	done   func(*reading) // all that is wanted was told
}

// turn is a repository whose list is not at its end.
type turn struct {
	*reading
	size  int
	after string
}

// pagerAtOnce is how many entries are asked for at once, of all repositories together.
const pagerAtOnce = 500

// read goes through the lists of repositories. One that cannot be read is a warning.
func (p pager[N]) read(ctx context.Context, s *Source, all []*reading) error {
	var rest []*turn
	for _, r := range all {
		rest = append(rest, &turn{reading: r, size: p.first(r)})
	}
	for len(rest) > 0 {
		n, entries := 0, 0
		for n < len(rest) && n < s.lists.Now() && (n == 0 || entries+rest[n].size <= pagerAtOnce) {
			entries += rest[n].size
			n++
		}
		begun := s.config.Clock()
		again, err := p.some(ctx, s, rest[:n])
		switch {
		case err == nil:
			s.lists.Answered(n, s.config.Clock().Sub(begun))
			rest = append(again, rest[n:]...)
		case overloads(err) && s.lists.Overloaded(n):
		case overloads(err) && rest[0].size > 1:
			rest[0].size /= 2
		default:
			for _, t := range rest[:n] {
				if err := s.failed(ctx, p.part, t.reading, err); err != nil {
					return err
				}
			}
			rest = rest[n:]
		}
	}
	return nil
}

// some asks for the next entries of some lists, and returns those that have more.
func (p pager[N]) some(ctx context.Context, s *Source, some []*turn) (again []*turn, err error) {
	b, aliases := newBatch(), make([]string, len(some))
	for i, t := range some {
		from := fmt.Sprintf("first: %d", t.size)
		if t.after != "" {
			from += fmt.Sprintf(", after: %q", t.after)
		}
		aliases[i] = b.add(t.owner, t.name, "list: "+fmt.Sprintf(p.fields, from))
	}
	got, err := s.ask(ctx, b.query(""), b.variables)
	if err != nil {
		return nil, err
	}
	var found map[string]*struct{ List *nodes[N] }
	if err := got.decode(&found); err != nil {
		return nil, err
	}
	for i, t := range some {
		n := found[aliases[i]]
		if n == nil || n.List == nil {
			err := got.of(aliases[i])
			if err == nil {
				err = errGarbled
			}
			if err := s.failed(ctx, p.part, t.reading, err); err != nil {
				return nil, err
			}
			continue
		}
		if p.page(t, n.List) {
			again = append(again, t)
		}
	}
	return again, nil
}

// page takes a page, and reports whether there are more that are wanted.
func (p pager[N]) page(t *turn, list *nodes[N]) (more bool) {
	more = list.PageInfo.HasNextPage && list.PageInfo.EndCursor != nil
	for _, n := range list.Nodes {
		if n != nil && !p.take(t.reading, n) {
			more = false
			break
		}
	}
	if more {
		t.after, t.size = *list.PageInfo.EndCursor, 50
	} else if p.done != nil {
		p.done(t.reading)
	}
	return more
}
