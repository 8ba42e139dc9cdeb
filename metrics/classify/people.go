package classify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// People knows who is behind an alias and which teams they were in when. It is safe for concurrent use.
type People struct {
	person map[metrics.AliasID]metrics.PersonID
	kind   map[metrics.AliasID]metrics.Kind
	same   map[metrics.PersonID]metrics.PersonID // union-find: towards the smallest id of one person
	teams  map[metrics.PersonID][]metrics.Membership
	habits map[metrics.PersonID]metrics.Period // when a person did nothing but what programs do
}

// NewPeople links the aliases to persons. The rows may come in any order and any number of times; of
// contradicting kinds of one alias the newest holds. There is one habit an alias.
func NewPeople(identities []metrics.Identity, memberships []metrics.Membership, habits []metrics.Habit) *People {
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
	p.habits = p.machineLike(habits)
	return p
}

// machineLike finds the persons that are programs by all that they did, and when that was so: from their
// tenth commit on, and until the first of another sort. What comes later changes nothing of what was before.
func (p *People) machineLike(habits []metrics.Habit) map[metrics.PersonID]metrics.Period {
	routine, other := make(map[metrics.PersonID][]metrics.Instant), make(map[metrics.PersonID]metrics.Instant)
	for _, h := range habits {
		id, known := p.person[h.Alias]
		if !known {
			continue
		}
		id = p.root(id)
		routine[id] = append(routine[id], h.Routine...)
		if until, seen := other[id]; !seen || h.Other < until {
			other[id] = h.Other
		}
	}
	found := make(map[metrics.PersonID]metrics.Period)
	for id, list := range routine {
		if list = slices.Compact(slices.Sorted(slices.Values(list))); len(list) < metrics.HabitAfter {
			continue
		}
		if since := list[metrics.HabitAfter-1]; since < other[id] {
			found[id] = metrics.Period{From: since, To: other[id]}
		}
	}
	return found
}

// Fingerprint identifies what one repository's facts say of persons in all others: which of them are the same, which
// are programs by what they did, and who is in one of the teams when.
func (p *People) Fingerprint(teams ...metrics.TeamKey) uint64 {
	parts := []string{"people"}
	for _, id := range slices.Sorted(maps.Keys(p.same)) {
		parts = append(parts, fmt.Sprint("same ", id, p.same[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(p.habits)) {
		parts = append(parts, fmt.Sprint("program ", id, p.habits[id].From, p.habits[id].To))
	}
	for _, id := range slices.Sorted(maps.Keys(p.teams)) {
		var stays []string
		for _, m := range p.teams[id] {
			if slices.Contains(teams, m.Team) {
				stays = append(stays, fmt.Sprint("member ", id, " ", m.Team, m.From, m.To))
			}
		}
		slices.Sort(stays)
		parts = append(parts, slices.Compact(stays)...)
	}
	return metrics.Fingerprint(parts...)
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

// of returns the person behind an alias and what kind of account it was at a moment; a person of 0 is unknown.
func (p *People) of(alias metrics.AliasID, at metrics.Instant) (metrics.PersonID, metrics.Kind) {
	id, ok := p.person[alias]
	if !ok {
		return 0, 0
	}
	id = p.root(id)
	kind := p.kind[alias]
	if habit, found := p.habits[id]; found && kind == metrics.Human && habit.Contains(at) {
		kind = metrics.Bot
	}
	return id, kind
}

// member reports whether the person belonged to one of the teams then.
func (p *People) member(id metrics.PersonID, at metrics.Instant, teams ...metrics.TeamKey) bool {
	return slices.ContainsFunc(p.teams[id], func(m metrics.Membership) bool {
		return m.Contains(at) && slices.Contains(teams, m.Team)
	})
}

// human reports whether a human had a part in the commit, which landed with a proposed change or without (nil). An
// alias nobody knows counts as one.
func (p *People) human(c *metrics.Commit, pull *metrics.Pull, creator metrics.AliasID) bool {
	_, kind := p.of(c.Author, c.Committed)
	switch kind {
	case metrics.Bot:
		return false
	case metrics.Initiator:
		return p.principal(c, pull, creator) != 0
	default:
		return true
	}
}

// principal returns the human for whom a scaffolder or coding agent made the commit: the first co-author
// or requester who is one, else to whom the proposed change was assigned, else who created the repository; 0 where
// there is none.
func (p *People) principal(c *metrics.Commit, pull *metrics.Pull, creator metrics.AliasID) metrics.PersonID {
	lists := [][]metrics.AliasID{c.RequestedBy, c.CoAuthors}
	if pull != nil {
		lists = append(lists, pull.Assignees)
	}
	if creator != 0 {
		lists = append(lists, []metrics.AliasID{creator})
	}
	for _, list := range lists {
		for _, alias := range list {
			if id, kind := p.of(alias, c.Committed); kind == metrics.Human {
				return id
			}
		}
	}
	return 0
}
