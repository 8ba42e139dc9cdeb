package gitlab

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// rotated is how many projects have their turn in one listing: as many as three requests tell of.
const rotated = 3 * listed

// aside asks for what there is of the whole group beside its projects. That comes before any project is listed, since it
// is written when projects are read.
func (l *list) aside(ctx context.Context, m *mark) error {
	if err := l.groupMerges(ctx, m); err != nil {
		return err
	}
	return l.groups(ctx, m)
}

// bearer lists a project where none is listed, so that there is something to write what was told of the group with.
func (l *list) bearer() error {
	if l.source.held.full() && len(l.seen) == 0 && len(l.known.Repos) > 0 {
		return l.asItWas(l.known.Repos[0].Repo)
	}
	return nil
}

// seldom is aside in a listing of all projects, unless the last listing is not long ago: then the next one of news,
// which is cheap, asks for it. Where listings are rare it is the turn of every project.
func (l *list) seldom(ctx context.Context, m *mark) error {
	if l.source.uncredited() { // it takes the place of one of news
		return l.aside(ctx, m)
	}
	before := m.Before
	if before != metrics.Beginning && l.source.hostNow() < before+metrics.Day/2 {
		return nil
	}
	l.source.everyTurn.Store(before != metrics.Beginning)
	return l.aside(ctx, m)
}

// without goes on without something that is told of the whole group. It returns the errors that end the listing. That it
// is not read is told at the end of the listing: one that ends with an error has that to tell.
func (l *list) without(ctx context.Context, t present.Topic, err error) error {
	err = spent(err)
	if ctx.Err() != nil || errors.Is(err, collectors.ErrSpent) {
		return cmp.Or(ctx.Err(), err)
	}
	switch {
	case passes(err):
		l.missing = append(l.missing, t.Name)
	case refuses(err) && l.source.missed.Load() != nil:
		l.source.deny(t, nil, err)
		l.source.failures.Denied(t, why(t, err))
		return nil
	}
	l.lacking = append(l.lacking, func() { _ = l.source.failures.Note(ctx, t, nil, why(t, err), passes(err), err) })
	return nil
}

// rotate lists projects in which nothing seems to happen, some at a time, so that each has its turn about once a day:
// a schedule begins pipelines, and a policy comes into force, without moving the time of any activity.
func (l *list) rotate(m *mark) error {
	s := l.source
	now := s.config.Now()
	if !s.config.Parts.rotates() || m.Turn == 0 && now < m.Circle+metrics.Day {
		return nil
	}
	if m.Turn == 0 {
		m.Circle = now
	}
	waiting := slices.DeleteFunc(slices.Clone(l.known.Repos), func(h collectors.Had) bool { return number(h.Repo) <= m.Turn })
	slices.SortFunc(waiting, func(a, b collectors.Had) int { return cmp.Compare(number(a.Repo), number(b.Repo)) })
	some := waiting[:min(len(waiting), max(0, rotated-len(l.seen)))]
	for _, had := range some {
		m.Turn = number(had.Repo)
		s.turn.Store(had.HostID, true)
		if l.seen[had.Name] {
			continue
		}
		if err := l.asItWas(had.Repo); err != nil {
			return err
		}
	}
	if len(some) == len(waiting) {
		m.Turn = 0
	}
	return nil
}

// notice keeps what a list says of a project beside its fact.
func (l *list) notice(x *gitlab.Project, had metrics.Repo) {
	s := l.source
	id := s.hostID(x.ID)
	if before := had.DefaultBranch; before != "" && before != x.DefaultBranch {
		s.former.Store(id, before)
	}
	if x.Archived && had.ID != 0 && !had.Archived {
		s.shut.Store(id, true)
	}
	if s.config.Parts.Teams {
		s.given.Store(id, accesses(x))
		s.founders.Store(id, x.CreatorID)
	}
}
