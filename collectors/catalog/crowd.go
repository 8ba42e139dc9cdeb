package catalog

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// crowd are the persons and teams of a catalog while it is read. What is told of them is written together, at the end of
// the reading: of one spelling only what is told with it holds.
type crowd struct {
	*reading
	persons int                      // that were listed
	teams   map[metrics.TeamKey]bool // that were listed, and whether they tell who is in them
	veiled  bool                     // of some of them members are told who are no persons of the portal

	identities  []metrics.Identity
	memberships []metrics.Membership
	groups      []metrics.HostTeam

	met    map[[2]collectors.Spelling]metrics.Identity
	among  map[metrics.AliasID]bool    // of whom was met
	before []metrics.Membership        // in teams of catalogs
	open   map[stay]metrics.Membership // of them
	stays  map[stay]bool               // that are told
}

// stay tells a stay in a team apart.
type stay struct {
	alias metrics.AliasID
	team  metrics.TeamKey
}

func newCrowd(x *reading) *crowd {
	c := &crowd{
		reading: x, teams: map[metrics.TeamKey]bool{}, met: map[[2]collectors.Spelling]metrics.Identity{}, among: map[metrics.AliasID]bool{},
		open: map[stay]metrics.Membership{}, stays: map[stay]bool{},
	}
	for _, m := range x.Members {
		if !strings.Contains(string(m.Team), ":") {
			continue
		}
		c.before = append(c.before, m)
		at := stay{m.Alias, m.Team}
		if had, twice := c.open[at]; m.To == metrics.Forever && (!twice || m.From < had.From) {
			c.open[at] = m
		}
	}
	return c
}

// note notes whom an item is about, or names.
func (c *crowd) note(item *Item) {
	switch {
	case metrics.IsPersonKind(item.Entity.Ref.Kind):
		c.person(item)
	case item.Team != nil:
		c.team(item)
	}
	for _, o := range item.Owners {
		if o.Person != nil {
			c.introduce(*o.Person, *o.Person)
		}
		if o.Person != nil && metrics.IsPersonKind(o.Ref.Kind) {
			c.introduce(spelling(o.Ref), *o.Person)
		}
	}
}

// person notes a person. All spellings belong to the first, that of references to the person and the addresses without a
// name among them.
func (c *crowd) person(item *Item) {
	c.persons++
	ref := spelling(item.Entity.Ref)
	spelled := append(slices.Clone(item.Spelled), ref)
	for _, s := range item.Spelled {
		if s.Email != "" {
			spelled = append(spelled, collectors.Spelling{Email: s.Email})
		}
	}
	id, known := c.introduce(spelled[0], spelled[0])
	for _, s := range spelled[1:] {
		c.introduce(s, spelled[0])
	}
	for _, team := range item.In {
		if known {
			c.join(id, metrics.TeamKey(team.String()))
		}
	}
}

func (c *crowd) team(item *Item) {
	team := metrics.HostTeam{Ref: metrics.TeamKey(item.Entity.Ref.String()), Name: c.keys.text(item.Team.Title), Source: c.Name, Seen: c.now}
	if item.Team.Parent != (metrics.EntityRef{}) {
		team.Parent = metrics.TeamKey(item.Team.Parent.String())
	}
	for _, alias := range item.Team.Aliases {
		alias = strings.ToLower(strings.TrimSpace(alias))
		host, key := strings.HasPrefix(alias, "@") && strings.Contains(alias, "/"), metrics.TeamKey(alias)
		name := key.IsName() && alias != item.Entity.Ref.Name && c.keys.text(alias) == alias
		if (host || name) && !slices.Contains(team.Aliases, key) {
			team.Aliases = append(team.Aliases, key)
		}
	}
	c.groups, c.teams[team.Ref] = append(c.groups, team), item.Team.Known
	c.veiled = c.veiled || item.Team.Hidden
	for _, member := range item.Team.Members {
		if id, ok := c.introduce(member, member); ok {
			c.join(id, team.Ref)
		}
	}
}

// introduce notes who is behind a spelling that stands for another one, and returns that; ok is false where nobody is.
func (c *crowd) introduce(s, as collectors.Spelling) (id metrics.Identity, ok bool) {
	if id, ok = c.met[[2]collectors.Spelling{s, as}]; ok {
		return id, true
	}
	identities, memberships := c.People.Identify(s, as, false, c.Name, c.now)
	if len(identities) == 0 {
		return id, false
	}
	c.met[[2]collectors.Spelling{s, as}] = identities[0]
	c.among[identities[0].Alias] = true
	c.identities = append(c.identities, identities...)
	c.memberships = append(c.memberships, memberships...) // of the teams of the configuration
	return identities[0], true
}

// join notes that somebody is in a team. Nobody tells since when: whoever is there in the first list that is whole and tells of
// anybody, or in one before, counts as having been there always, others begin when they are seen first.
func (c *crowd) join(id metrics.Identity, team metrics.TeamKey) {
	at := stay{id.Alias, team}
	if c.stays[at] {
		return
	}
	c.stays[at] = true
	m := metrics.Membership{Alias: id.Alias, Person: id.Person, Team: team, Source: c.Name, Period: metrics.Period{To: metrics.Forever}, Seen: c.now}
	if had, is := c.open[at]; is {
		m.From = had.From
	} else if c.whole.At != metrics.Beginning && len(c.before) > 0 {
		m.From = c.now
	}
	c.memberships = append(c.memberships, m)
}

// close adds the stays that are not told any more, and has all written. After a whole list they are over, unless their team
// does not tell who is in it; those that were over before are told again with whoever is met.
func (c *crowd) close(whole bool) {
	if whole {
		c.renamed()
	}
	told := map[stay]metrics.Instant{} // since when those that are told
	for _, m := range c.memberships {
		told[stay{m.Alias, m.Team}] = m.From
	}
	for _, m := range c.before {
		at := stay{m.Alias, m.Team}
		from, again := told[at]
		switch {
		case again && from <= m.From: // it is a part of that
			continue
		case m.To == metrics.Forever && c.stays[at]:
			continue
		case m.To == metrics.Forever && whole && c.tells(m.Team):
			m.To = max(c.now, m.From)
		case !c.among[m.Alias]:
			continue
		}
		m.Seen = c.now
		c.memberships = append(c.memberships, m)
	}
	c.batch.Identities, c.batch.Memberships, c.batch.HostTeams = c.identities, c.memberships, c.groups
}

// renamed lets teams that are others under new names have the past of these: who is in one has been in it as long as in the other,
// and who was in the other was in it then.
func (c *crowd) renamed() {
	names := c.called()
	for i := range c.memberships {
		m := &c.memberships[i]
		for _, was := range names[m.Team] {
			if had, is := c.open[stay{m.Alias, was}]; is {
				m.From = min(m.From, had.From)
			}
		}
	}
	for team, former := range names {
		for _, m := range c.before {
			if !slices.Contains(former, m.Team) || c.stays[stay{m.Alias, team}] {
				continue
			}
			if m.Team, m.Seen = team, c.now; m.To == metrics.Forever {
				m.To = max(c.now, m.From)
			}
			c.memberships = append(c.memberships, m)
		}
	}
}

// called returns under which names of teams that are not listed any more those that are may have gone before: those that they
// have still beside their own, and that of the team whose people they alone have, which nobody is in any more.
func (c *crowd) called() map[metrics.TeamKey][]metrics.TeamKey {
	names := map[metrics.TeamKey][]metrics.TeamKey{}
	for i := range c.groups {
		ref := string(c.groups[i].Ref)
		for _, name := range c.groups[i].Names() {
			if was := metrics.TeamKey(ref[:strings.LastIndex(ref, "/")+1]) + name; !c.listed(was) {
				names[c.groups[i].Ref] = append(names[c.groups[i].Ref], was)
			}
		}
	}
	left, before := map[metrics.TeamKey]map[metrics.AliasID]bool{}, map[metrics.TeamKey]bool{} // in the last whole list
	for i := range c.reading.before {
		if was := &c.reading.before[i]; !was.Gone && was.Seen <= c.whole.At {
			before[metrics.TeamKey(was.Ref.String())] = true
		}
	}
	peopled := map[metrics.TeamKey]bool{}
	for at := range c.stays {
		peopled[at.team] = true
	}
	for at, m := range c.open {
		before[at.team] = before[at.team] || m.From <= c.whole.At
		if !peopled[at.team] && !c.hidden() { // it may stay behind as an orphan
			addTo(left, at)
		}
	}
	came := map[metrics.TeamKey]map[metrics.AliasID]bool{}
	for at := range c.stays {
		if !before[at.team] && c.listed(at.team) {
			addTo(came, at)
		}
	}
	heirs := map[metrics.TeamKey][]metrics.TeamKey{}
	for team, people := range came {
		if was, ok := sameTeam(people, left); ok {
			heirs[was] = append(heirs[was], team)
		}
	}
	for was, teams := range heirs {
		if len(teams) == 1 && !slices.Contains(names[teams[0]], was) {
			names[teams[0]] = append(names[teams[0]], was)
		}
	}
	return names
}

func addTo(teams map[metrics.TeamKey]map[metrics.AliasID]bool, at stay) {
	if teams[at.team] == nil {
		teams[at.team] = map[metrics.AliasID]bool{}
	}
	teams[at.team][at.alias] = true
}

// sameTeam returns the one of some teams that has the same people: more than half of those who are in either are in both, so that
// it can be no more than one.
func sameTeam(people map[metrics.AliasID]bool, among map[metrics.TeamKey]map[metrics.AliasID]bool) (metrics.TeamKey, bool) {
	var same []metrics.TeamKey
	for team, others := range among {
		both := 0
		for alias := range people {
			if others[alias] {
				both++
			}
		}
		if 2*both > len(people)+len(others)-both {
			same = append(same, team)
		}
	}
	if len(same) != 1 { // some people are in several teams
		return "", false
	}
	return same[0], true
}

// listed reports whether a team was listed.
func (c *crowd) listed(team metrics.TeamKey) bool {
	_, is := c.teams[team]
	return is
}

// tells reports whether it is known by now who is in a team: it says so, or persons do, or it is not there any more. While
// nobody is told of, one that is not there may be called otherwise.
func (c *crowd) tells(team metrics.TeamKey) bool {
	knows, listed := c.teams[team]
	if !listed {
		knows = len(c.teams) > 0
	}
	return (knows || listed && c.persons > 0) && !c.hidden()
}

// hidden reports whether nobody is told of any more who is in a team, where somebody was before, and that need not be so: no
// person is listed at all, or none of those whom teams have for members. A token that may not see persons is answered like that.
func (c *crowd) hidden() bool {
	return len(c.before) > 0 && len(c.stays) == 0 && (c.persons == 0 || c.veiled)
}
