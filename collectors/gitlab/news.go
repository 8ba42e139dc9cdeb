package gitlab

import (
	"cmp"
	"context"
	"errors"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// newsStep is how far a list of news came.
const newsStep = "news"

// newsSeen is what it told by then.
type newsSeen struct {
	Begun   metrics.Instant // when it began, by the host's clock
	Streams [2]streamSeen   // by activity, and by changes of another kind
	Fresh   map[string]bool // names of those that were made after the mark
	Newest  int             // the largest id of them
	Moved   bool            // a group has another path: then all is to be listed
}

// streamSeen is how far one of its two parts was told.
type streamSeen struct {
	Page  int // that is next; 0 before the first, -1 at its end
	Total int
	Top   metrics.Instant // the newest moment in it
}

// stream is a list of news, the newest first, which ends at the mark.
type stream struct {
	*streamSeen
	by    string // the order
	at    func(*gitlab.Project) metrics.Instant
	since metrics.Instant
}

// take yields what is new, page by page.
func (x *stream) take(ctx context.Context, l *list, m mark) error {
	var been trail
	for x.Page >= 0 {
		p, err := l.page(ctx, &been, x.by, "desc", max(x.Page, 1))
		if err != nil {
			return err
		}
		if x.Page = p.next; x.Page == 0 {
			x.Page = -1
		}
		x.Total = max(x.Total, p.total)
		for _, project := range p.projects {
			at := x.at(project)
			if at != metrics.Beginning && at < x.since {
				x.Page = -1
				break
			}
			x.Top = max(x.Top, at)
			l.made(project, m)
			if err := l.found(project); err != nil {
				return err
			}
		}
	}
	return nil
}

// made counts a project that was made after the mark.
func (l *list) made(x *gitlab.Project, m mark) {
	if x.ID > m.Newest {
		l.fresh[l.source.name(x.PathWithNamespace)] = true
		l.newest = max(l.newest, x.ID)
	}
}

// news lists what is new since a mark. It is whole when the number of projects is what follows from it: then nothing
// is gone, and nothing came that is not in it. Where the host does not say how many there are, that shows when all
// are listed the next time. It is not whole either where a group has another path.
func (l *list) news(ctx context.Context, m mark) (whole bool, err error) {
	var at newsSeen
	if l.source.resumes(m) {
		if err := l.resume(m); err != nil {
			return false, err
		}
		m.Round.Load(newsStep, &at)
	} else {
		m = l.open(m)
		m.News = true
	}
	for name := range at.Fresh {
		l.fresh[name] = true
	}
	l.newest = at.Newest
	err = l.someNews(ctx, &m, &at)
	at.Begun, at.Fresh, at.Newest = cmp.Or(at.Begun, l.begun), l.fresh, l.newest
	if err != nil {
		m.Round.Save(newsStep, at)
		return false, errors.Join(l.release(), l.brokenOff(m, err))
	}
	if at.Moved || !l.addsUp(&m, &at) {
		l.last.Teams = m.Teams
		return false, nil
	}
	if err := errors.Join(l.again(), l.fetched(), l.rotate(&m), l.bearer(), l.release()); err != nil {
		return false, err
	}
	m.Begun, m.Updated, m.Newest, m.Total = at.Begun, max(m.Updated, at.Streams[1].Top), max(m.Newest, l.newest), at.total()
	l.end(m, false)
	return true, nil
}

// total is how many projects there are; 0 where the host does not say.
func (at *newsSeen) total() int { return max(at.Streams[0].Total, at.Streams[1].Total) }

// addsUp reports whether there are as many projects as there were, and those that are new.
func (l *list) addsUp(m *mark, at *newsSeen) bool {
	return m.Total == 0 || at.total() == 0 || at.total() == m.Total+len(l.fresh)
}

// someNews asks for what is new and not told yet.
func (l *list) someNews(ctx context.Context, m *mark, at *newsSeen) error {
	activity := &stream{&at.Streams[0], "last_activity_at", func(x *gitlab.Project) metrics.Instant { return instant(x.LastActivityAt) }, m.Begun - coarse - overlap}
	updates := &stream{&at.Streams[1], "updated_at", func(x *gitlab.Project) metrics.Instant { return instant(x.UpdatedAt) }, m.Updated - overlap}
	if err := l.aside(ctx, m); err != nil {
		return err
	}
	for _, x := range []*stream{activity, updates} {
		if err := x.take(ctx, l, *m); err != nil {
			return err
		}
	}
	if !l.addsUp(m, at) { // all are listed anyway
		return nil
	}
	if !at.Moved {
		moved, err := l.moved(ctx, m)
		if err != nil || !moved {
			return err
		}
		if at.Moved = true; m.Teams < m.Start { // they are told of by the paths that they had
			m.Teams = metrics.Beginning
		}
	}
	l.moves = true
	return l.groups(ctx, m)
}

// again lists the projects that could not be read the last time, as they were: reading them asks for their heads. It lists
// likewise those of which something beside files could not be read and is to be tried again.
func (l *list) again() error {
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		_, due := l.source.missed.Load().Due(had.ID)
		if !due && had.Last.Reading.Complete && had.Last.Reading.Watched == l.source.watched && !had.Last.Unfollowed || l.seen[had.Name] {
			continue
		}
		if err := l.asItWas(had.Repo); err != nil {
			return err
		}
	}
	return nil
}

// asItWas lists a project of which no list told.
func (l *list) asItWas(repo metrics.Repo) error {
	l.seen[repo.Name] = true
	repo.Seen = l.source.config.Now()
	return l.give(repo)
}
