package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// People knows who is behind an alias and which teams they were in when. It is safe for concurrent use.
type People struct {
	person map[metrics.AliasID]metrics.PersonID
	kind   map[metrics.AliasID]metrics.Kind
	same   map[metrics.PersonID]metrics.PersonID // union-find: towards the smallest id of one person
	teams  map[metrics.PersonID][]metrics.Membership
}

// NewPeople links the aliases to persons. The rows may come in any order and any number of times; of
// contradicting kinds of one alias the newest holds.
func NewPeople(identities []metrics.Identity, memberships []metrics.Membership) *People {
	p := &People{
		person: make(map[metrics.AliasID]metrics.PersonID, len(identities)),
		kind:   make(map[metrics.AliasID]metrics.Kind, len(identities)),
		same:   make(map[metrics.PersonID]metrics.PersonID, len(identities)),
		teams:  make(map[metrics.PersonID][]metrics.Membership),
	}
	seen := make(map[metrics.AliasID]metrics.Instant, len(identities))
	for _, id := range identities {
		if first, known := p.person[id.Alias]; known {
			p.join(first, id.Person)
		} else {
			p.person[id.Alias] = id.Person
		}
		if at, known := seen[id.Alias]; !known || id.Seen > at || id.Seen == at && id.Kind > p.kind[id.Alias] {
			seen[id.Alias], p.kind[id.Alias] = id.Seen, id.Kind
		}
	}
	for id := range p.same { // settle the links, so that later look-ups only read
		p.same[id] = p.root(id)
	}
	for _, m := range memberships {
		root := p.root(m.Person)
		p.teams[root] = append(p.teams[root], m)
	}
	return p
}

func (p *People) root(id metrics.PersonID) metrics.PersonID {
	for {
		next, ok := p.same[id]
		if !ok || next == id {
			return id
		}
		id = next
	}
}

func (p *People) join(a, b metrics.PersonID) {
	a, b = p.root(a), p.root(b)
	if a != b {
		p.same[max(a, b)] = min(a, b)
	}
}

// of returns the person behind an alias and what kind of account it is; a person of 0 is unknown.
func (p *People) of(alias metrics.AliasID) (metrics.PersonID, metrics.Kind) {
	id, ok := p.person[alias]
	if !ok {
		return 0, 0
	}
	return p.root(id), p.kind[alias]
}

// member reports whether the person belonged to one of the teams then.
func (p *People) member(id metrics.PersonID, at metrics.Instant, teams ...metrics.TeamKey) bool {
	return slices.ContainsFunc(p.teams[id], func(m metrics.Membership) bool {
		return m.Contains(at) && slices.Contains(teams, m.Team)
	})
}

// human reports whether a human had a part in the commit. An alias nobody knows counts as one.
func (p *People) human(c *metrics.Commit) bool {
	_, kind := p.of(c.Author)
	switch kind {
	case metrics.Bot:
		return false
	case metrics.Initiator:
		return p.principal(c) != 0
	default:
		return true
	}
}

// principal returns the human for whom a scaffolder or coding agent made the commit: the first co-author
// or requester who is one; 0 where there is none.
func (p *People) principal(c *metrics.Commit) metrics.PersonID {
	for _, list := range [][]metrics.AliasID{c.RequestedBy, c.CoAuthors} {
		for _, alias := range list {
			if id, kind := p.of(alias); kind == metrics.Human {
				return id
			}
		}
	}
	return 0
}
