package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// The size from which equal changes of one author are a campaign (section 3).
const (
	campaignWithin = 7 * metrics.Day
	campaignRepos  = 5
	campaignTeams  = 3
)

// Campaigns names the entries that were part of a mass change.
type Campaigns map[entry]struct{}

// entry is a commit that brought a unit onto a path.
type entry struct {
	unit   metrics.Unit
	path   metrics.PathKey
	change metrics.OID
}

func (c Campaigns) has(u metrics.Unit, p metrics.PathKey, change metrics.OID) bool {
	_, found := c[entry{u, p, change}]
	return found
}

// Has reports whether the spell began with a campaign.
func (c Campaigns) Has(s *metrics.Spell) bool { return c.has(s.Unit, s.Path, s.Change) }

// Overturn reports whether the origin of a spell was concluded without knowing these campaigns, or with one
// that is none any more, since other repositories changed.
func (c Campaigns) Overturn(s *metrics.Spell) bool {
	switch s.Origin {
	case metrics.Mandated:
		return false
	case metrics.Automated:
		return !c.Has(s) && !s.Machine
	default:
		return c.Has(s)
	}
}

// FindCampaigns is the one global step: among the spells of all repositories it finds the same change made
// by one author within 7 days in 5 or more repositories of at least 3 teams that the author does not
// belong to. The order of the spells does not matter.
func FindCampaigns(spells []metrics.Spell, people *People) Campaigns {
	type change struct {
		actor metrics.PersonID
		mark  uint64
	}
	same := map[change][]*metrics.Spell{}
	for i := range spells {
		for _, mark := range spells[i].Marks {
			if spells[i].Actor != 0 {
				key := change{spells[i].Actor, mark}
				same[key] = append(same[key], &spells[i])
			}
		}
	}
	found := Campaigns{}
	for _, list := range same {
		if len(list) >= campaignRepos {
			found.window(list, people)
		}
	}
	return found
}

// window slides over the spells that began with one change and adds those of every window that is wide
// enough.
func (c Campaigns) window(list []*metrics.Spell, people *People) {
	slices.SortFunc(list, func(a, b *metrics.Spell) int { return int(a.From - b.From) })
	repos, teams := map[metrics.RepoID]int{}, map[metrics.TeamKey]int{}
	count := func(s *metrics.Spell, n int) {
		if s.Team == "" || people.member(s.Actor, s.From, s.Team) {
			return
		}
		if repos[s.Unit.Repo] += n; repos[s.Unit.Repo] == 0 {
			delete(repos, s.Unit.Repo)
		}
		if teams[s.Team] += n; teams[s.Team] == 0 {
			delete(teams, s.Team)
		}
	}
	first, marked := 0, 0
	for last, s := range list {
		count(s, 1)
		for s.From-list[first].From > campaignWithin {
			count(list[first], -1)
			first++
		}
		if len(repos) < campaignRepos || len(teams) < campaignTeams {
			continue
		}
		for _, member := range list[max(first, marked) : last+1] {
			c[entry{member.Unit, member.Path, member.Change}] = struct{}{}
		}
		marked = last + 1
	}
}
