package github

import (
	"context"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// How much of the budget of a run is used when no more is listed, so that something is left for reading what was.
const (
	listShare       = 0.5
	propertiesShare = 0.25
)

// resumeFor is how long a list that was broken off is gone on with.
const resumeFor = 7 * metrics.Day

// begin begins a list of all repositories, or goes on with one that a run broke off for want of budget: then with what
// was left unread of it.
func (l *list) begin(ctx context.Context) (m mark, err error) {
	s := l.source
	s.state.daily()
	now := s.config.Now()
	m, _ = s.mark(l.known.Mark)
	if m.After != nil && m.Config == s.asked() && m.Full <= now && now < m.Full+resumeFor && !l.known.Anew {
		l.known.Resume(m.Full)
		return m, l.again()
	}
	m = mark{Config: s.asked(), Full: now}
	err = l.properties(quota.Within(ctx, propertiesShare))
	if errors.Is(err, collectors.ErrSpent) {
		s.config.Log.Warn("custom properties are not read, they would take too much of the budget", "source", s.Name(), "org", s.config.Org)
		err = nil
	}
	return m, err
}

// brokenOff notes how far a list of all came that ends because nothing more may be asked.
func (l *list) brokenOff(m mark, err error) error {
	if m.After != nil && errors.Is(err, collectors.ErrSpent) {
		l.known.BreakOff(func(left bool) string {
			m.Left = m.Left || left
			return m.String()
		})
	}
	return err
}

// ended is the mark of a list of all that came to its end. Where something of an earlier part was left unread, the next
// list is one of all again.
func (m mark) ended(now metrics.Instant) mark {
	switch {
	case m.Left:
		m.Full = metrics.Beginning
	case now > m.Full+fullAfter/2:
		m.Full = now
	}
	m.After, m.Shown, m.Left = nil, 0, false
	return m
}
