package github

import (
	"errors"

	"github.com/trodden/trodden/collectors"
)

// Least implements collectors.Frugal: the look at the token, that of an App, and of what a run takes a step that cannot be
// divided: the head of a repository with the folders at it, where it is asked for alone.
func (s *Source) Least() int {
	if s.config.Signer != nil {
		return 2 + Least
	}
	return 1 + Least
}

// Least is how many requests a run needs, the look at the token not counted, to get any further.
const Least = 2

// resumes reports whether a round that a run did not bring to its end is to be gone on with.
func (s *Source) resumes(m mark) bool {
	return m.Config == s.asked() && m.GoesOn(s.config.Now())
}

// begin begins a list, or goes on with one that a run broke off for want of budget: then with what was left unread of it.
func (l *list) begin(m mark, daily bool) (mark, error) {
	s := l.source
	if s.resumes(m) && m.Listing && !l.known.Anew {
		l.known.Resume(m.Start)
		m.Round = s.state.resume(m.Round)
		return m, l.open(m)
	}
	now := s.config.Now()
	if daily {
		m = mark{Config: s.asked(), Full: now, REST: s.graphless.Load()}
	}
	m.After, m.Unfinished = "", collectors.Unfinished{Start: now, Listing: true, Round: s.state.resume(&collectors.Round{Daily: daily})}
	return m, nil
}

// open lists what an earlier run of the round left unread, as it was.
func (l *list) open(m mark) error {
	for _, had := range m.Round.Resume(l.known.Repos) {
		l.seen[had.Name] = true
		had.Seen = l.source.config.Now()
		if err := l.give(had.Repo); err != nil {
			return err
		}
	}
	return nil
}

// rest lists only what is left unread of a round whose list is at its end: what changed meanwhile is asked when that is
// read.
func (l *list) rest(m mark) error {
	m.Round = l.source.state.resume(m.Round)
	if err := l.open(m); err != nil {
		return err
	}
	l.end(m, false)
	return nil
}

// brokenOff notes how far a list came that ends because nothing more may be asked.
func (l *list) brokenOff(m mark, err error) error {
	round := l.source.state.open()
	if errors.Is(err, collectors.ErrSpent) && l.props.Next != 0 {
		round.Save(propertiesStep, &l.props)
	}
	if errors.Is(err, collectors.ErrSpent) && (m.Shown > 0 || m.REST || !round.Empty()) { // else nothing was told yet
		l.known.BreakOff(func() string { return l.source.text(m) })
	}
	return err
}

// end says that a list came to its end. The mark tells of what is still unread by then.
func (l *list) end(m mark, whole bool) {
	l.confess()
	now := l.source.config.Now()
	if whole && m.Full == m.Start && now > m.Full+fullAfter/2 {
		m.Full = now
	}
	m.Listing, m.After, m.Shown = false, "", 0
	l.source.state.open().Drop(propertiesStep)
	l.known.EndRound(func() string { return l.source.text(m) }, whole)
}
