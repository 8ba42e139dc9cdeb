package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A crew is the cast made ready for lookup.
type crew struct {
	teams   []team
	byKey   map[string]person // by first name, or by the name of a bot
	byTeam  map[string]team
	members map[string][]person
}

// words splits a list written as one string.
func words(s string) []string { return strings.Fields(s) }

// people reads a list such as "mira.kovac Mira Kovač, jonas.weber Jonas Weber".
func people(list string) []person {
	var out []person
	for entry := range strings.SplitSeq(list, ", ") {
		local, name, _ := strings.Cut(entry, " ")
		out = append(out, person{mail: local + "@acme.dev", name: name})
	}
	return out
}

// newCrew assembles the teams with their moves, and the bots.
func newCrew(cast []team, changes []move) crew {
	c := crew{teams: cast, byKey: map[string]person{}, byTeam: map[string]team{}, members: map[string][]person{}}
	for _, t := range cast {
		c.byTeam[t.key] = t
		for _, p := range t.people {
			p.zone = t.zone
			c.byKey[p.key()] = p
			c.members[t.key] = append(c.members[t.key], p)
		}
	}
	for _, m := range changes {
		c.move(m)
	}
	for i, name := range []string{renovate, dependabot, scaffolder} {
		mail := fmt.Sprintf("%d+%s@users.noreply.github.com", 29139614+i*20560085, name)
		c.byKey[name] = person{mail: mail, name: name, zone: "+0000", bot: true}
	}
	return c
}

// move enters one change of team or address.
func (c crew) move(m move) {
	p := c.byKey[m.key]
	p.since, p.until = m.since, m.until
	if m.former != "" {
		p.former, p.formerUntil = m.former, m.formerUntil
	}
	members := c.members[m.team]
	i := slices.IndexFunc(members, func(q person) bool { return q.key() == m.key })
	if i < 0 {
		c.members[m.team] = append(members, p)
	} else {
		members[i] = p
	}
	if m.former != "" {
		c.byKey[m.key] = p
	}
}

// present are the members that a team had so many days before today.
func (c crew) present(team string, ago int) []person {
	var out []person
	for _, p := range c.members[team] {
		if (p.since == 0 || ago <= p.since) && ago > p.until {
			out = append(out, p)
		}
	}
	return out
}

// pick draws a member of the team, and not somebody if that can be.
func (c crew) pick(rng *rand.Rand, team string, ago int, not person) person {
	found := c.present(team, ago)
	others := slices.DeleteFunc(slices.Clone(found), func(p person) bool { return p.mail == not.mail })
	if len(others) > 0 {
		found = others
	}
	return found[rng.IntN(len(found))]
}

// address is the e-mail address that a person used at that time.
func (p person) address(ago int) string {
	if p.former != "" && ago > p.formerUntil {
		return p.former
	}
	return p.mail
}
