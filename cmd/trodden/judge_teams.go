package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// roster is the teams that there are, for one catalog.
type roster struct {
	list []freshness.Team
	at   map[metrics.TeamKey]int
	told map[metrics.TeamKey]bool // of teams that are not configured: all of their members are told
	host map[metrics.TeamKey]bool // of them, those that are teams of code hosts

	names map[string]metrics.TeamKey // what else portals call them; "" where that is several
}

// teams returns the teams that are configured, those that code hosts have, and those of one catalog.
func (s *survey) teams(c *catalogState) []freshness.Team {
	r := &roster{at: map[metrics.TeamKey]int{}, told: map[metrics.TeamKey]bool{}, host: map[metrics.TeamKey]bool{}, names: map[string]metrics.TeamKey{}}
	for _, t := range s.rules.Definitions().Teams.List {
		team := r.team(t.Key)
		team.Aliases, team.Known = t.Aliases, len(t.Members) > 0
		for _, m := range t.Members { // also one who never committed anywhere
			team.Members = append(team.Members, metrics.Period{From: m.From, To: m.Until})
		}
	}
	configured := len(r.list)
	for _, h := range s.hosts {
		if key, ok := s.rules.Team(string(h.Ref)); ok && strings.HasPrefix(string(h.Ref), "@") {
			r.tell(key, s.staffed[h.Source], true)
		}
	}
	r.tellOf(s, c)
	there := map[metrics.TeamKey]bool{} // also in another namespace
	for _, ref := range c.groups {
		key, _ := s.rules.Team(ref.String())
		there[key] = true
	}
	for key, gone := range c.goneTeams {
		if team := r.team(key); r.at[key] >= configured && !there[key] {
			team.Gone, team.Found = gone.at, gone.found
		}
	}
	r.named()
	several := s.several(c)
	for i := range r.list {
		t := &r.list[i]
		t.Members, t.Known = append(t.Members, s.members[t.Key]...), t.Known || r.told[t.Key]
		t.Several = i >= configured && several[t.Key]
		t.Aliases = append(slices.Clone(t.Aliases), s.rules.Joined(t.Key)...)
	}
	slices.SortFunc(r.list[configured:], func(a, b freshness.Team) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return r.list
}

// several are the names that teams in several namespaces of a catalog have, so that nobody can tell who is in which. For files those
// of portals count, and their own where no portal has a team of that name.
func (s *survey) several(c *catalogState) map[metrics.TeamKey]bool {
	namesakes := func(c *catalogState) (named, several map[metrics.TeamKey]bool) {
		in := map[metrics.TeamKey]string{}
		named, several = map[metrics.TeamKey]bool{}, map[metrics.TeamKey]bool{}
		for _, ref := range c.groups {
			key, ok := s.rules.Team(ref.String())
			if other, is := in[key]; ok && is && other != ref.Namespace {
				several[key] = true
			}
			in[key], named[key] = ref.Namespace, true
		}
		return named, several
	}
	_, several := namesakes(c)
	if c.source != metrics.DescribedSource {
		return several
	}
	for _, portal := range s.portals {
		named, theirs := namesakes(portal)
		maps.DeleteFunc(several, func(key metrics.TeamKey, _ bool) bool { return named[key] && !theirs[key] })
		maps.Copy(several, theirs)
	}
	return several
}

// tellOf notes the teams that a catalog has, and what else it calls them. What files refer to may be in portals, which know
// better who is in a team; where one left out persons, nobody does.
func (r *roster) tellOf(s *survey, c *catalogState) {
	catalogs := []*catalogState{c}
	if c.source == metrics.DescribedSource {
		catalogs = append(slices.Clone(s.portals), c)
	}
	known, called := map[metrics.TeamKey]bool{}, s.called()
	for _, from := range catalogs {
		if from != c && from.unread {
			continue
		}
		for _, ref := range from.groups {
			key, ok := s.rules.Team(ref.String())
			if ok && (from.source != metrics.DescribedSource || !known[key]) {
				r.tell(key, from.complete && s.staffed[from.source] && from.has(ref.Kind) && from.has("user"), false)
				known[key] = true
				r.call(key, called[calledBy{from.source, ref.String()}])
			}
		}
	}
}

// calledBy is a team of a portal.
type calledBy struct{ source, ref string }

// called are the other names that portals have for their teams. What means something without them is none.
func (s *survey) called() map[calledBy][]string {
	list := map[calledBy][]string{}
	for i := range s.hosts {
		h := &s.hosts[i]
		for _, name := range h.Names() {
			if key, ok := s.rules.Team(string(name)); ok && key == name && h.Retired == metrics.Beginning {
				list[calledBy{h.Source, string(h.Ref)}] = append(list[calledBy{h.Source, string(h.Ref)}], string(name))
			}
		}
	}
	return list
}

// call notes other names of a team.
func (r *roster) call(key metrics.TeamKey, names []string) {
	for _, name := range names {
		if other, taken := r.names[name]; taken && other != key {
			r.names[name] = "" // nobody can tell which
		} else {
			r.names[name] = key
		}
	}
}

// named lets teams be found by their other names, but for those that are another's own. Of a name that several have nothing is
// known but that there is a team.
func (r *roster) named() {
	for _, name := range slices.Sorted(maps.Keys(r.names)) {
		key := metrics.TeamKey(name)
		if _, own := r.at[key]; own {
			continue
		}
		team := r.team(cmp.Or(r.names[name], key))
		if team.Key != key {
			team.Aliases = append(slices.Clone(team.Aliases), name)
		}
	}
}

// team returns the team of a key, which is there from then on. It is valid until the next.
func (r *roster) team(key metrics.TeamKey) *freshness.Team {
	i, there := r.at[key]
	if !there {
		i = len(r.list)
		r.at[key] = i
		r.list = append(r.list, freshness.Team{Key: key})
	}
	return &r.list[i]
}

// tell notes that a code host or a catalog has a team, and whether it tells all who are in it. Where code hosts have it,
// they are believed, for catalogs often name teams alone; all of them have to tell.
func (r *roster) tell(key metrics.TeamKey, all, host bool) {
	r.team(key)
	told, before := r.told[key]
	switch {
	case !before || host && !r.host[key]:
		r.told[key] = all
	case host == r.host[key]:
		r.told[key] = told && all
	}
	r.host[key] = r.host[key] || host
}
