package gitlab

import (
	"context"
	"errors"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// stream is a list of news, the newest first, which ends at the mark.
type stream struct {
	by    string // the order
	at    func(*gitlab.Project) metrics.Instant
	since metrics.Instant
	total int
	top   metrics.Instant // the newest moment in it
}

// take yields what is new, page by page.
func (x *stream) take(ctx context.Context, l *list, m mark) error {
	for next := 1; next > 0; {
		p, err := l.page(ctx, x.by, "desc", next)
		if err != nil {
			return err
		}
		x.total, next = max(x.total, p.total), p.next
		for _, project := range p.projects {
			if project == nil {
				continue
			}
			at := x.at(project)
			if at != metrics.Beginning && at < x.since {
				return nil
			}
			x.top = max(x.top, at)
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
// are listed the next time.
func (l *list) news(ctx context.Context, m mark) (whole bool, err error) {
	activity := &stream{by: "last_activity_at", at: func(x *gitlab.Project) metrics.Instant { return instant(x.LastActivityAt) }, since: m.Begun - coarse - overlap}
	updates := &stream{by: "updated_at", at: func(x *gitlab.Project) metrics.Instant { return instant(x.UpdatedAt) }, since: m.Updated - overlap}
	if err := l.aside(ctx, &m); err != nil {
		return false, err
	}
	for _, x := range []*stream{activity, updates} {
		if err := x.take(ctx, l, m); err != nil {
			return false, err
		}
	}
	total := max(activity.total, updates.total)
	if m.Total > 0 && total > 0 && total != m.Total+len(l.fresh) {
		return false, nil
	}
	if err := errors.Join(l.again(), l.fetched(), l.rotate(&m), l.bearer(), l.release()); err != nil {
		return false, err
	}
	m.Begun, m.Updated, m.Newest, m.Total = l.begun, max(m.Updated, updates.top), max(m.Newest, l.newest), total
	l.known.End(m.String(), false)
	return true, nil
}

// again lists the projects that could not be read the last time, as they were: reading them asks for their heads.
func (l *list) again() error {
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		if had.Last.Reading.Complete && had.Last.Reading.Watched == l.source.watched || l.seen[had.Name] {
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
