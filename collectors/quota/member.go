package quota

import (
	"net/http"
	"slices"
	"time"
)

// member is a credential as the pool uses it. The lock of the pool's Accounts guards it.
type member struct {
	Credential
	account *account
	refused bool // by the host, in this run
	aside   bool // another one may do more: see outranked
	rights  int  // as the last answer told
	told    bool // it told
	heard   bool // there was one

	sent    int // requests
	flying  int // those that are unanswered
	doubted int // how many it had sent when the host refused one, after which it answered none well yet; 0 where it did not
}

// live reports whether a credential is used.
func (m *member) live() bool { return !m.refused && !m.aside }

// send counts a request that begins.
func (m *member) send(now time.Time, q ask) *lease {
	m.sent++
	m.flying++
	l := m.account.send(now, m, q)
	l.number = m.sent
	return l
}

// hold says what a request has to wait for. After the host refused one, one goes ahead alone.
func (m *member) hold(now time.Time, q ask, p plan) hold {
	if m.doubted > 0 && m.flying > 0 {
		return hold{change: true}
	}
	return m.account.hold(now, q, p)
}

// well forgets the doubts in a credential that was answered.
func (m *member) well(l *lease) {
	if l.number > m.doubted {
		m.doubted = 0
	}
}

// doubt takes that the host refused a request. Once may be a mistake of the host's, or the end of a token that can be
// renewed: only where it is so again, of the same request or of the next one, the use of the credential ends. A request that
// changes something, such as one that signs in, is none to try it with.
func (p *Pool) doubt(l *lease, a *answer) {
	m := l.member
	again := l.again || m.doubted > 0 && l.number > m.doubted
	switch {
	case m.refused:
	case again, a.final, !l.safe, len(p.config.Credentials) == 0:
		p.retire(m, a)
	case m.doubted == 0:
		m.doubted = m.sent
	}
}

// retire ends the use of a credential in this run. Of the last one the error tells that is made of it.
func (p *Pool) retire(m *member, a *answer) {
	m.refused = true
	p.away = &turnedAway{answer: a.said}
	if a.said != nil {
		p.away.means = m.meaning(*a.said)
	}
	log := p.log.Info
	if slices.ContainsFunc(p.members, (*member).live) {
		log = p.log.Warn
	}
	log("the host refuses a credential", "source", p.config.Source, "credential", m.Name)
}

// meaning says why a credential is refused: as who gave it knows, or else as the host says it, where that is another thing
// than that it does not know who asks.
func (m *member) meaning(a Answer) string {
	if m.Means != nil {
		if text := m.Means(a); text != "" {
			return text
		}
	}
	if a.Status == http.StatusForbidden {
		return a.Said()
	}
	return ""
}

// pardon gives each credential that was refused another chance. Where one was, those that were set aside may be needed, and
// all are heard anew.
func (p *Pool) pardon() {
	anew := slices.ContainsFunc(p.members, func(m *member) bool { return m.refused })
	for _, m := range p.members {
		m.refused, m.doubted = false, 0
		if anew {
			m.aside, m.heard, m.told = false, false, false
		}
	}
	p.away = nil
}

// turnAway says that no credential is left.
func (p *Pool) turnAway() error {
	away := turnedAway{}
	if p.away != nil {
		away = *p.away
	}
	away.source = p.config.Source
	if len(p.config.Credentials) > 0 {
		for _, m := range p.members {
			away.names = append(away.names, m.Name)
		}
	}
	return &away
}

// Refusals lists by their names the credentials that the host has refused in this run while others do their work. There
// are none where no other is left: then requests fail with ErrRefused.
func (p *Pool) Refusals() (names []string) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	for _, m := range p.members {
		if m.refused || m.doubted > 0 {
			names = append(names, m.Name)
		}
	}
	if !slices.ContainsFunc(p.members, func(m *member) bool { return m.live() && m.doubted == 0 }) {
		return nil
	}
	return names
}
