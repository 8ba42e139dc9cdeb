package classify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// parentsOf is the team that each team of a host or a catalog is part of. Who is in one of a catalog that is not configured
// any more was in those above it.
func parentsOf(hosts []metrics.HostTeam) map[metrics.TeamKey]metrics.TeamKey {
	above := make(map[metrics.TeamKey]metrics.TeamKey, len(hosts))
	for _, live := range [...]bool{false, true} {
		for _, h := range hosts {
			if h.Parent != "" && live == (h.Retired == metrics.Beginning) {
				above[h.Ref] = h.Parent
			}
		}
	}
	return above
}

// upwards lists the teams above one of a host, the nearest first. It ends where one would be met again.
func upwards(above map[metrics.TeamKey]metrics.TeamKey, ref metrics.TeamKey) (list []metrics.TeamKey) {
	for at := above[ref]; at != "" && at != ref && !slices.Contains(list, at); at = above[at] {
		list = append(list, at)
	}
	return list
}

// Grouped returns the teams of the configuration together with the groups that code hosts have teams in: a team that
// others are part of is a group of its own name, which they and itself are in. What the configuration says of a team or
// a group comes first. A name that is that of several teams in different groups is in none. Only questions see these
// groups: no mandate is for one.
func (c *Classifier) Grouped(hosts []metrics.HostTeam) metrics.Teams {
	hosts = slices.DeleteFunc(slices.Clone(hosts), func(h metrics.HostTeam) bool { return h.Retired != metrics.Beginning })
	g := &grouping{teams: c.teams, all: c.defs.Teams, above: parentsOf(hosts), in: map[metrics.TeamKey]string{}, names: map[string]metrics.HostTeam{}}
	g.all.List, g.all.Groups = slices.Clone(g.all.List), slices.Clone(g.all.Groups)
	hosts = slices.SortedFunc(slices.Values(hosts), func(a, b metrics.HostTeam) int {
		return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Source, b.Source))
	})
	parents := map[metrics.TeamKey]bool{}
	for _, h := range hosts {
		parents[h.Parent] = true
	}
	for _, h := range hosts {
		if parents[h.Ref] {
			g.group(h)
		}
		g.team(h, parents[h.Ref])
	}
	g.add(hosts)
	return g.all
}

// grouping is how teams of hosts are put into groups.
type grouping struct {
	teams *teams
	all   metrics.Teams
	above map[metrics.TeamKey]metrics.TeamKey
	in    map[metrics.TeamKey]string  // the group of each team; "" where several of its name are in different ones
	names map[string]metrics.HostTeam // of groups that are there already
}

// name is the key of the group that a team of a host is.
func (g *grouping) name(ref metrics.TeamKey) string {
	if ref == "" {
		return ""
	}
	if meant := g.teams.resolve(string(ref)); len(meant) > 0 {
		return string(now(meant))
	}
	return strings.TrimPrefix(string(ref[strings.LastIndexByte(string(ref), '/')+1:]), "@")
}

// group makes a group of a team that others are part of.
func (g *grouping) group(h metrics.HostTeam) {
	key := g.name(h.Ref)
	if _, there := g.names[key]; there || slices.ContainsFunc(g.all.Groups, func(x metrics.Group) bool { return x.Key == key }) {
		return
	}
	g.names[key] = h
	parent := g.name(g.above[h.Ref])
	if i := slices.IndexFunc(g.all.List, func(t metrics.Team) bool { return string(t.Key) == key }); i >= 0 && g.all.List[i].Group != "" {
		parent = g.all.List[i].Group
	}
	if parent == key || slices.Contains(g.all.Upwards(parent), key) {
		parent = ""
	}
	g.all.Groups = append(g.all.Groups, metrics.Group{Key: key, Title: h.Name, Parent: parent})
}

// team notes which group a team is in: its own where others are part of it, else the one that it is part of.
func (g *grouping) team(h metrics.HostTeam, parent bool) {
	meant := g.teams.resolve(string(h.Ref))
	if len(meant) == 0 {
		return
	}
	key, group := now(meant), g.name(h.Parent)
	if parent {
		group = g.name(h.Ref)
	}
	if had, there := g.in[key]; there && had != group {
		group = ""
	}
	g.in[key] = group
}

// add adds the teams that are in a group, and puts those of the configuration that are in none into theirs.
func (g *grouping) add(hosts []metrics.HostTeam) {
	for _, h := range hosts {
		meant := g.teams.resolve(string(h.Ref))
		if len(meant) == 0 || g.in[now(meant)] == "" {
			continue
		}
		key := now(meant)
		group := g.in[key]
		g.in[key] = ""
		if i := slices.IndexFunc(g.all.List, func(t metrics.Team) bool { return t.Key == key }); i >= 0 {
			g.all.List[i].Group = cmp.Or(g.all.List[i].Group, group)
			continue
		}
		g.all.List = append(g.all.List, metrics.Team{Key: key, Title: cmp.Or(h.Name, string(key)), Group: group, Hosted: true})
	}
}
