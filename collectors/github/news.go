package github

import (
	"context"
	"errors"
	"fmt"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// stream is one of the two lists of news: it ends at the mark.
type stream struct {
	at    func(*repoNode) metrics.Instant
	since metrics.Instant
	after *string
	open  bool
	total int
	top   metrics.Instant // the newest moment in it
	way   trail
}

// take yields what is new in a page, and closes the stream at the mark.
func (x *stream) take(l *list, p *page, m mark) error {
	if !x.open {
		return nil
	}
	if p == nil {
		return fmt.Errorf("the list is null: %w", errGarbled)
	}
	x.total, x.top = p.TotalCount, max(x.top, newest(p, x.at))
	after, err := x.way.on(p.PageInfo)
	x.after, x.open = cursorAt(after), after != "" || err != nil
	for _, n := range p.Nodes {
		if n == nil {
			l.hidden++
			continue
		}
		if at := x.at(n); at != metrics.Beginning && at < x.since {
			x.open = false
			break
		} else if at == metrics.Beginning {
			continue // an empty repository, which is in the other list if it is new
		}
		l.made(n, m)
		if err := l.found(n); err != nil {
			return err
		}
	}
	if !x.open { // it does not matter where it goes on
		return nil
	}
	return err
}

// made counts a repository that was made after the mark.
func (l *list) made(n *repoNode, m mark) {
	if at := metrics.At(n.CreatedAt); at > m.Created {
		l.fresh[l.source.name(n.NameWithOwner)] = true
		l.created = max(l.created, at)
	}
}

// news lists what is new since a mark. It is whole when the number of repositories is what follows from it: then
// nothing is gone, and nothing came that is not in it.
func (l *list) news(ctx context.Context, m mark) (whole bool, err error) {
	pushes := &stream{at: pushedAt, since: m.Pushed - overlap, open: true, way: trail{}}
	updates := &stream{at: updatedAt, since: m.Updated - overlap, open: true, way: trail{}}
	m.Start, m.Round = l.source.config.Now(), l.source.state.resume(&collectors.Round{})
	within := quota.Within(ctx, collectors.ListShare)
	if l.propertiesDue() {
		if err := l.properties(within); err != nil {
			return false, l.brokenOff(l.instead(m), err)
		}
	}
	for pushes.open || updates.open {
		got, err := l.ask(within, newsQuery, map[string]any{
			"pushes": pushes.open, "afterPush": pushes.after, "updates": updates.open, "afterUpdate": updates.after,
		})
		if err != nil {
			return false, l.tooMuchNew(m, err)
		}
		if err := pushes.take(l, got.RepositoryOwner.Pushed, m); err != nil {
			return false, err
		}
		if err := updates.take(l, got.RepositoryOwner.Updated, m); err != nil {
			return false, err
		}
	}
	total := max(pushes.total, updates.total)
	if l.hidden > 0 || total != m.Total+len(l.fresh) {
		return false, nil
	}
	if err := l.again(); err != nil {
		return false, err
	}
	m.Pushed, m.Updated = max(m.Pushed, pushes.top), max(m.Updated, updates.top)
	m.Created, m.Total = max(m.Created, l.created), total
	l.end(m, false)
	return true, nil
}

// tooMuchNew has the next run begin a list of all, which can be gone on with, where the budget does not reach the end of
// the news. What was listed by then is read now.
func (l *list) tooMuchNew(m mark, err error) error {
	s := l.source
	if errors.Is(err, collectors.ErrSpent) && len(l.seen) > 0 {
		m = l.instead(m)
		l.known.BreakOff(func() string { return s.text(m) })
	}
	return err
}

// instead is the mark of a list of all that takes the place of news.
func (l *list) instead(m mark) mark {
	return mark{Config: l.source.asked(), Full: m.Full, Unfinished: collectors.Unfinished{Start: m.Start, Listing: true}}
}

// again lists the repositories that could not be, or were not, read the last time, as they were: reading them asks for
// their heads.
// It lists likewise those that have begun something that may have ended by now, and those of which something beside
// files could not be read and is to be tried again; and those that have other custom properties, where these were missed.
func (l *list) again() error {
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		read := had.Last.Reading
		same := l.describe(had)
		if same && read.Complete && read.Watched == l.source.watched && !had.Last.Unfollowed && had.Head == read.Head && !l.source.due(had) && !l.source.missed(had.ID) || l.seen[had.Name] {
			continue
		}
		l.seen[had.Name] = true
		had.Seen = l.source.config.Now()
		if err := l.give(had.Repo); err != nil {
			return err
		}
	}
	return nil
}
