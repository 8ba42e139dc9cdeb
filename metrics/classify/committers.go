package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Committer returns the human who made a commit with an author at a moment; where a program made it for somebody, be it
// one of those, that one. Of an author whom nobody knows the person is 0: it counts as a human. It is not ok where a
// program made it by itself.
func (p *People) Committer(author metrics.AliasID, madeFor []metrics.AliasID, at metrics.Instant) (person metrics.PersonID, ok bool) {
	c := metrics.Commit{Author: author, RequestedBy: madeFor, Committed: at}
	if !p.human(&c, nil, 0) {
		return 0, false
	}
	person, kind := p.of(author, at)
	if kind == metrics.Initiator {
		person = p.principal(&c, nil, 0)
	}
	return person, true
}

// Teams returns the teams that a person was in at a moment, each once.
func (p *People) Teams(person metrics.PersonID, at metrics.Instant) []metrics.TeamKey {
	var list []metrics.TeamKey
	for _, m := range p.teams[person] {
		if m.Contains(at) && !slices.Contains(list, m.Team) {
			list = append(list, m.Team)
		}
	}
	return list
}

// Joined returns the teams that a person joined after a moment, each once, those that they left again among them.
func (p *People) Joined(person metrics.PersonID, after metrics.Instant) []metrics.TeamKey {
	var list []metrics.TeamKey
	for _, m := range p.teams[person] {
		if m.From > after && m.From < m.To && !slices.Contains(list, m.Team) {
			list = append(list, m.Team)
		}
	}
	return list
}

// Aliases returns the aliases of all who were ever in a team, by team.
func (p *People) Aliases() map[metrics.TeamKey][]metrics.AliasID {
	all := map[metrics.TeamKey][]metrics.AliasID{}
	for alias, person := range p.person {
		for _, m := range p.teams[p.root(person)] {
			all[m.Team] = append(all[m.Team], alias)
		}
	}
	for team, list := range all {
		slices.Sort(list)
		all[team] = slices.Compact(list)
	}
	return all
}

// Team returns the team that a reference means, as hosts and catalogs write theirs. It is not ok where that is none, or
// stands for nobody.
func (c *Classifier) Team(ref string) (team metrics.TeamKey, ok bool) {
	meant := c.teams.resolve(ref)
	if len(meant) == 0 {
		return "", false
	}
	return now(meant), true
}
