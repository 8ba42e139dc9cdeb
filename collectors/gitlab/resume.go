package gitlab

import (
	"cmp"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Least implements collectors.Frugal: the looks, and the questions whether anything is new. Fewer would get further, too,
// as what they do not reach is asked for by the next run: but of a group in which nothing is new only every other run
// would come to its end then, and the one between would be told as broken off.
func (s *Source) Least() int { return looks + asNew }

// What a run asks at most before it knows whether anything is new, in a group that one answer of each kind tells of.
const (
	looks = 3 // at the token, at the version where there is no such token, and at what is to be read
	asNew = 7 // for merge requests, the last activity, other changes, where groups are, and pipelines; and for a while after a push, for heads and who created projects
)

// Least is how many requests a run needs, the looks not counted, to get any further: a step that cannot be divided, which
// is the head of a project with its first files where it is asked for alone.
const Least = 2

// resumes reports whether a round that a run did not bring to its end is to be gone on with.
func (s *Source) resumes(m mark) bool {
	return m.Config == s.asked() && m.GoesOn(s.config.Now())
}

// resume goes on with a round: with what was told of the whole group, and with what was listed and left unread.
func (l *list) resume(m mark) error {
	s := l.source
	l.last = m
	s.round.Store(m.Round)
	s.forced.Store(m.Forced)
	s.everyTurn.Store(m.Every)
	s.held.load(m.Round)
	if way := int32(0); m.Round.Load(wayStep, &way) {
		s.policyWay.Store(way)
	}
	for _, had := range m.Round.Resume(l.known.Repos) {
		if err := l.asItWas(had.Repo); err != nil {
			return err
		}
	}
	return nil
}

// rest lists only what is left unread of a round whose list is at its end: what changed meanwhile is asked when that is
// read.
func (l *list) rest(m mark) error {
	if err := l.resume(m); err != nil {
		return err
	}
	if err := l.bearer(); err != nil {
		return err
	}
	l.end(m, false)
	return nil
}

// open begins a round.
func (l *list) open(m mark) mark {
	s := l.source
	round := s.round.Load()
	if round == nil { // else it is gone on with, as what was listed by now is part of it
		round = &collectors.Round{}
		s.round.Store(round)
	}
	m.Unfinished = collectors.Unfinished{Start: s.config.Now(), Listing: true, Round: round}
	m.progress = progress{Before: l.last.Begun, Forced: s.forced.Load(), Every: s.everyTurn.Load()}
	return m
}

// begin begins a list of all projects, or goes on with one that was broken off.
func (l *list) begin(m mark) (mark, error) {
	s := l.source
	if s.resumes(m) && m.Listing && !m.News {
		l.known.Resume(m.Start)
		return m, l.resume(m)
	}
	m = mark{Config: s.asked(), Full: s.config.Now(), Pulls: l.last.Pulls, Teams: l.last.Teams, Turn: l.last.Turn, Circle: l.last.Circle}
	m = l.open(m)
	m.Page = 1
	return m, nil
}

// goneMeanwhile reports whether a list that was broken off cannot be gone on with: a project less, and every page after
// it begins with another one.
func (l *list) goneMeanwhile(m mark, p page) bool {
	return m.Shown > 0 && m.Total > 0 && p.total > 0 && p.total < m.Total
}

// brokenOff notes how far a list came that ends because nothing more may be asked.
func (l *list) brokenOff(m mark, err error) error {
	m.Begun, m.Every = cmp.Or(m.Begun, l.begun), l.source.everyTurn.Load()
	told := m.Shown > 0 || m.Merged || m.Teams >= m.Start || len(l.seen) > 0 || !m.Round.Empty()
	if told && errors.Is(err, collectors.ErrSpent) {
		l.known.BreakOff(func() string { return l.source.text(m) })
	}
	return err
}

// end says that a list came to its end. The mark tells of what is still unread by then.
func (l *list) end(m mark, whole bool) {
	m.Listing, m.Shown, m.progress = false, 0, progress{}
	l.source.round.Load().Drop(newsStep)
	l.known.EndRound(func() string { return l.source.text(m) }, whole)
}

// ended is the mark of a list of all that came to its end.
func (m mark) ended(begun, now metrics.Instant) mark {
	m.Begun = cmp.Or(m.Begun, begun)
	m.Pulls, m.Circle = cmp.Or(m.Pulls, m.Begun), cmp.Or(m.Circle, m.Full)
	if now > m.Full+fullAfter/2 {
		m.Full = now
	}
	return m
}

// text is a mark with what is left unread by now.
func (s *Source) text(m mark) string {
	if m.Round = s.round.Load(); !m.Settled() {
		s.held.save(m.Round)
	}
	m.Unfinished, m.Missed = m.Kept(), s.missed.Load().Kept()
	return m.String()
}
