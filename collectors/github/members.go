package github

import (
	"github.com/trodden/trodden/metrics"
)

// stay tells a stay in a team apart.
type stay struct {
	alias metrics.AliasID
	team  metrics.TeamKey
}

// members writes the teams and who is in them. Nobody tells since when: whoever is there when teams are seen the first
// time counts as having been there always, others begin when they are seen first, and end when they are not any more.
// All stays of one spelling are told together, for what is not told with it any more does not hold.
func (x *side) members(crews []*crew) {
	s := x.source
	now, known := s.config.Now(), s.state.known()
	open := map[stay]metrics.Membership{}
	for _, m := range known {
		if m.To == metrics.Forever {
			open[stay{m.Alias, m.Team}] = m
		}
	}
	told := map[metrics.AliasID]bool{}
	for _, c := range crews {
		x.Batch.HostTeams = append(x.Batch.HostTeams, metrics.HostTeam{
			Ref: s.ref(c.Slug), Parent: s.ref(c.Parent), Name: c.Name, Source: s.Name(), Seen: now,
		})
		for _, member := range c.Members {
			id := x.introduce(member, told, now)
			m := metrics.Membership{Alias: id.Alias, Person: id.Person, Team: s.ref(c.Slug), Source: s.Name(), Period: metrics.Period{To: metrics.Forever}, Seen: now}
			at := stay{m.Alias, m.Team}
			if had, is := open[at]; is {
				m.From = had.From
				delete(open, at)
			} else if len(known) > 0 {
				m.From = now
			}
			x.Batch.Memberships = append(x.Batch.Memberships, m)
		}
	}
	x.past(known, open, told, now)
}

// introduce writes once who a member is, and returns that.
func (x *side) introduce(member introduction, told map[metrics.AliasID]bool, now metrics.Instant) metrics.Identity {
	id := member.Identities[0]
	if told[id.Alias] {
		return id
	}
	told[id.Alias] = true
	x.source.met.Store(id.Alias, true)
	for _, i := range member.Identities {
		i.Seen = now
		x.Batch.Identities = append(x.Batch.Identities, i)
	}
	for _, m := range member.Memberships {
		m.Seen = now
		x.Batch.Memberships = append(x.Batch.Memberships, m)
	}
	return id
}

// past writes the stays that are over: those that ended just now, and those before of whoever is told of.
func (x *side) past(known []metrics.Membership, ended map[stay]metrics.Membership, told map[metrics.AliasID]bool, now metrics.Instant) {
	for _, m := range known {
		_, over := ended[stay{m.Alias, m.Team}]
		switch {
		case m.To == metrics.Forever && over:
			m.To = max(now, m.From)
		case m.To == metrics.Forever || !told[m.Alias]:
			continue
		}
		m.Seen = now
		x.Batch.Memberships = append(x.Batch.Memberships, m)
	}
}
