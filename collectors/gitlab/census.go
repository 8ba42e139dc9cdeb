package gitlab

import (
	"strings"

	"github.com/trodden/trodden/metrics"
)

// teams are the facts of groups, of which had tells who was in them. A group whose members the token does not see keeps
// those that it had.
func (s *Source) teams(found []*groupSeen, had []metrics.Membership) *metrics.Batch {
	now := s.config.Now()
	batch := &metrics.Batch{}
	c := &census{now: now, batch: batch, had: had, open: map[lasting]bool{}, there: map[stay]bool{},
		listed: map[metrics.TeamKey]bool{}, told: map[metrics.TeamKey]bool{}}
	for _, m := range had {
		c.open[lasting{stay{m.Alias, m.Team}, m.Period}] = true
	}
	for _, g := range found {
		if g.Path == "" {
			continue
		}
		team := metrics.HostTeam{Ref: ref(g.Path), Name: g.Name, Source: s.Name(), Seen: now}
		if at := strings.LastIndexByte(g.Path, '/'); at > 0 && !strings.EqualFold(g.Path, s.config.Group) {
			team.Parent = ref(g.Path[:at])
		}
		batch.HostTeams = append(batch.HostTeams, team)
		c.listed[team.Ref] = true
		if c.told[team.Ref] = g.Told; g.Told {
			for _, m := range g.Members {
				c.count(m)
			}
		}
	}
	c.conclude()
	return batch
}

// stay identifies the time that somebody is in a team.
type stay struct {
	alias metrics.AliasID
	team  metrics.TeamKey
}

// lasting is one such time.
type lasting struct {
	stay
	metrics.Period
}

// census finds out who is in which team, and who is not any more.
type census struct {
	now    metrics.Instant
	batch  *metrics.Batch
	had    []metrics.Membership // of before
	open   map[lasting]bool     // as they are
	there  map[stay]bool
	listed map[metrics.TeamKey]bool
	told   map[metrics.TeamKey]bool // teams whose members are known
}

// count adds a member.
func (c *census) count(m metrics.Membership) {
	here := stay{m.Alias, m.Team}
	c.there[here] = true
	if c.open[lasting{here, m.Period}] {
		return
	}
	m.Seen = c.now
	c.batch.Memberships = append(c.batch.Memberships, m)
}

// conclude ends the memberships of those who are not there any more: of teams whose members are known, and of teams
// that are gone.
func (c *census) conclude() {
	for _, m := range c.had {
		if m.To > c.now && !c.there[stay{m.Alias, m.Team}] && (c.told[m.Team] || !c.listed[m.Team]) {
			m.To, m.Seen = max(c.now, m.From), c.now
			c.batch.Memberships = append(c.batch.Memberships, m)
		}
	}
}
