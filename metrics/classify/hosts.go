package classify

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// provided returns the teams that hosts gave a repository to, each from the list that first says so to the first that
// does not. What the first list of a source says holds backwards, too.
func (c *Classifier) provided(lists []metrics.AccessList) []stay {
	var list []stay
	for i, l := range lists {
		p := metrics.Period{From: l.Seen, To: metrics.Forever}
		if i == 0 || lists[i-1].Source != l.Source {
			p.From = metrics.Beginning
		}
		if i+1 < len(lists) && lists[i+1].Source == l.Source {
			p.To = lists[i+1].Seen
		}
		if team := c.keeper(l.List, p.From); team != "" && !p.Empty() {
			list = append(list, stay{p, team})
		}
	}
	return list
}

// keeper returns the team that may do more at a moment with a repository than all others, and may push at least; "" where several
// may do the same, for then the host does not say whose it is. Teams that the configuration takes for one are one.
func (c *Classifier) keeper(list []metrics.Access, at metrics.Instant) metrics.TeamKey {
	highest, found := metrics.MayTriage, []metrics.TeamKey(nil)
	for _, a := range list {
		meant := slices.DeleteFunc(c.teams.resolve(string(a.Team)), func(s stay) bool { return !s.Contains(at) })
		if a.Permission < highest || a.Permission < metrics.MayPush || len(meant) == 0 {
			continue
		}
		if a.Permission > highest {
			highest, found = a.Permission, nil
		}
		if !slices.Contains(found, meant[0].team) {
			found = append(found, meant[0].team)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// Memberships turns the teams of hosts, which begin with an @, and those of catalogs, which are references, into those that
// they stand for: a configured one, or one of their own name. Who is in a team of GitHub or of a catalog is in all teams
// above it, too. Of groups of GitLab that does not
// hold: there members of a group are let into the groups below, which is no more than a right, and makes them none of
// the team.
func (c *Classifier) Memberships(list []metrics.Membership, hosts ...metrics.HostTeam) []metrics.Membership {
	list = slices.Clone(list)
	above := parentsOf(hosts)
	for _, m := range list[:len(list):len(list)] {
		for _, ref := range upwards(above, m.Team) {
			if !strings.HasPrefix(string(m.Team), string(ref)+"/") {
				m.Team = ref
				list = append(list, m)
			}
		}
	}
	all := list[:0:0]
	for _, m := range list {
		all = append(all, c.teams.member(m)...)
	}
	return all
}

// member returns in which teams somebody is who is in one that hosts or catalogs have.
func (t *teams) member(m metrics.Membership) []metrics.Membership {
	if !t.foreign(m.Team) {
		return []metrics.Membership{m}
	}
	meant := t.resolve(string(m.Team))
	if len(meant) == 0 {
		return []metrics.Membership{m}
	}
	var list []metrics.Membership
	for _, s := range meant {
		if p := m.Period.Overlap(s.Period); !p.Empty() || len(meant) == 1 {
			part := m
			part.Team, part.Period = s.team, p
			list = append(list, part)
		}
	}
	return list
}

// foreign reports whether a team is called as hosts or catalogs call theirs, and not by its key.
func (t *teams) foreign(team metrics.TeamKey) bool {
	kind, name, full := strings.Cut(string(team), ":")
	reference := full && kind != "" && strings.Contains(name, "/")
	return (strings.HasPrefix(string(team), "@") || reference) &&
		!slices.ContainsFunc(t.list, func(x metrics.Team) bool { return x.Key == team })
}

// hostWarnings returns what hosts find wrong with the files of a repository.
func hostWarnings(f *metrics.History) []metrics.Warning {
	var list []metrics.Warning
	for _, told := range f.Warnings {
		for _, w := range told.List {
			w.Repo = f.Repo.ID
			list = append(list, w)
		}
	}
	return list
}
