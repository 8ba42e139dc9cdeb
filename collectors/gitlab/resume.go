package gitlab

import (
	"cmp"
	"context"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// How much of the budget of a run is used when no more is listed, so that something is left for reading what was.
const (
	listShare  = 0.5
	asideShare = 0.25
)

// resumeFor is how long a list that was broken off is gone on with.
const resumeFor = 7 * metrics.Day

// begin begins a list of all projects, or goes on with one that a run broke off for want of budget: then with what was
// left unread of it.
func (l *list) begin(ctx context.Context) (m mark, err error) {
	s := l.source
	now := s.config.Now()
	if m = l.last; m.Page > 0 && m.Full <= now && now < m.Full+resumeFor {
		l.known.Resume(m.Full)
		return m, l.again()
	}
	m = mark{Config: s.asked(), Full: now, Page: 1, Pulls: l.last.Pulls, Teams: l.last.Teams, Round: l.last.Round, Turn: l.last.Turn}
	err = l.seldom(quota.Within(ctx, asideShare), &m)
	if errors.Is(err, collectors.ErrSpent) {
		s.config.Log.Warn("what belongs to the whole group is not read, it would take too much of the budget", "source", s.Name(), "group", s.config.Group)
		err = nil
	}
	return m, err
}

// goneMeanwhile reports whether a list that was broken off cannot be gone on with: a project less, and every page after
// it begins with another one.
func (l *list) goneMeanwhile(m mark, p page) bool {
	return m.Shown > 0 && m.Total > 0 && p.total > 0 && p.total < m.Total
}

// anew lists all projects from the beginning.
func (l *list) anew(ctx context.Context) error {
	l.known.Resume(metrics.Beginning)
	l.last.Page = 0
	return l.everything(ctx)
}

// brokenOff notes how far a list of all came that ends because nothing more may be asked.
func (l *list) brokenOff(m mark, err error) error {
	if m.Begun == metrics.Beginning {
		m.Begun = l.begun
	}
	if m.Shown > 0 && errors.Is(err, collectors.ErrSpent) {
		l.known.BreakOff(func(left bool) string {
			m.Left = m.Left || left
			return m.String()
		})
	}
	return err
}

// ended is the mark of a list of all that came to its end. Where something of an earlier part was left unread, the next
// list is one of all again.
func (m mark) ended(begun, now metrics.Instant) mark {
	m.Begun = cmp.Or(m.Begun, begun)
	m.Pulls, m.Round = cmp.Or(m.Pulls, m.Begun), cmp.Or(m.Round, m.Full)
	switch {
	case m.Left:
		m.Full = metrics.Beginning
	case now > m.Full+fullAfter/2:
		m.Full = now
	}
	m.Page, m.Shown, m.Left = 0, 0, false
	return m
}
