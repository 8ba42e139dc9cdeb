package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// roll says which of the owners that a catalog names are teams: those of the configuration and of code hosts, whatever
// catalogs say, and those that a portal has, while it does. Others are none where all teams are known; where that is not so,
// nobody can tell, and they are teams of their own name.
type roll struct {
	certain map[metrics.TeamKey]bool
	called  map[metrics.TeamKey][]alias // teams of portals by what else these call them
	has     map[string][]metrics.Period // of all portals
	known   []metrics.Period            // when all teams are known, in order
	read    []metrics.Period            // when it is asked for them at all, be they all known or not
}

// alias is a team of a portal by another name than its own, which references to it end in.
type alias struct {
	team metrics.TeamKey
	own  string
}

// there returns when an owner is a team, of the time that a catalog names it, and which. What was none when all teams were known
// is none until a portal has it, however the lists are that follow. One that is lost is none by the word of the portal itself.
// While a portal has no team of that name, but one that it calls so, too, that is the one.
func (r *roll) there(s stay, lost bool) []stay {
	if r.certain[s.team] {
		return []stay{s}
	}
	var list []stay
	var otherwise []metrics.Period
	for _, other := range r.called[s.team] {
		if lost {
			break
		}
		there := union(subtract(intersect(r.has[other.own], s.Period), r.taken(s.team, other)))
		for _, p := range there {
			list = append(list, stay{p, other.team})
		}
		otherwise = append(otherwise, there...)
	}
	for _, own := range r.named(s, lost) {
		for _, p := range subtract([]metrics.Period{own.Period}, otherwise) {
			list = append(list, stay{p, s.team})
		}
	}
	slices.SortFunc(list, func(a, b stay) int { return cmp.Compare(a.From, b.From) })
	return list
}

// taken returns when another name of a team is the own one of another, or nobody can tell which team is meant.
func (r *roll) taken(name metrics.TeamKey, by alias) []metrics.Period {
	list := slices.Clone(r.has[string(name)])
	for _, other := range r.called[name] {
		if other != by {
			list = append(list, r.has[other.own]...)
		}
	}
	return list
}

// named returns when an owner is a team of its own name.
func (r *roll) named(s stay, lost bool) []stay {
	missing := r.missing(s.Period)
	if lost {
		missing = []metrics.Period{s.Period}
	}
	var list []stay
	for _, p := range union(subtract([]metrics.Period{s.Period}, subtract(missing, r.has[string(s.team)]))) {
		list = append(list, stay{p, s.team})
	}
	return list
}

// missing returns when it is known of an owner, named for a time, whether a portal has it.
func (r *roll) missing(named metrics.Period) []metrics.Period {
	var list []metrics.Period
	for _, k := range r.known {
		p := k.Overlap(named)
		if i := slices.IndexFunc(r.read, func(read metrics.Period) bool { return read.Contains(p.From) }); i >= 0 && !p.Empty() {
			list = append(list, metrics.Period{From: p.From, To: min(named.To, r.read[i].To)})
		}
	}
	return list
}

// mark says what portals tell of an owner; it is empty where that changes nothing.
func (r *roll) mark(team metrics.TeamKey, lost bool) string {
	whole := stay{always, team}
	there := r.there(whole, lost)
	if len(there) == 1 && there[0] == whole {
		return ""
	}
	return fmt.Sprint(there, r.known, r.read)
}

// rolls makes those of all portals, and that of files, whose owners may be in any portal: all teams are known where all of
// them are of each portal. A portal without any team has none that owners could be.
func (t *teams) rolls(hosts []metrics.HostTeam, portals []metrics.PortalTeams) map[string]*roll {
	certain, has := t.certain(hosts), map[string][]metrics.Period{}
	first := metrics.Forever
	files := &roll{certain: certain, has: has, called: t.called(hosts, "")}
	list := map[string]*roll{"": {certain: certain, has: has}, metrics.DescribedSource: files}
	for i := range portals {
		p := &portals[i]
		begins := metrics.Forever
		for name, periods := range p.Teams {
			has[name] = append(has[name], periods...)
			for _, there := range periods {
				begins = min(begins, there.From)
			}
		}
		first = min(first, begins)
		list[p.Source] = &roll{certain: certain, has: has, called: t.called(hosts, p.Source), known: intersect(p.Known, metrics.Period{From: begins, To: metrics.Forever}), read: []metrics.Period{p.Read}}
		files.read = append(files.read, p.Read)
	}
	files.known, files.read = intersect(knownOfAll(portals), metrics.Period{From: first, To: metrics.Forever}), union(files.read)
	return list
}

// called are the teams of a portal by what else it calls them, or called them last; of all portals for "".
func (t *teams) called(hosts []metrics.HostTeam, source string) map[metrics.TeamKey][]alias {
	list := map[metrics.TeamKey][]alias{}
	for i := range hosts {
		h := &hosts[i]
		meant := t.resolve(string(h.Ref))
		if source != "" && h.Source != source || len(meant) == 0 {
			continue
		}
		for _, name := range h.Names() {
			if is := (alias{now(meant), lastOf(string(h.Ref))}); !slices.Contains(list[name], is) {
				list[name] = append(list[name], is)
			}
		}
	}
	return list
}

// certain are the teams that are there, whatever catalogs say.
func (t *teams) certain(hosts []metrics.HostTeam) map[metrics.TeamKey]bool {
	list := map[metrics.TeamKey]bool{}
	for i := range t.list {
		list[t.list[i].Key] = true
	}
	for _, h := range hosts {
		if strings.HasPrefix(string(h.Ref), "@") {
			for _, s := range t.resolve(string(h.Ref)) {
				list[s.team] = true
			}
		}
	}
	return list
}

// knownOfAll returns when all teams of all portals are known that are read then.
func knownOfAll(portals []metrics.PortalTeams) (list []metrics.Period) {
	var cuts []metrics.Instant
	for i := range portals {
		cuts = append(cuts, edges(portals[i].Known, []metrics.Period{portals[i].Read})...)
	}
	for _, p := range pieces(always, cuts) {
		read := func(x metrics.PortalTeams) bool { return x.Read.Contains(p.From) }
		unknown := func(x metrics.PortalTeams) bool { return read(x) && !during(x.Known, p.From) }
		if slices.ContainsFunc(portals, read) && !slices.ContainsFunc(portals, unknown) {
			list = append(list, p)
		}
	}
	return union(list)
}

// named lists whom catalogs name as owners of a unit that the configuration does not know: by which catalog, and as which
// team. Where they are teams is not for the facts of the repository alone to say.
func (c *Classifier) named(f *metrics.History, u *unit) (list []string) {
	add := func(source string, refs []string, lost bool) {
		for _, ref := range refs {
			for _, s := range c.teams.resolve(ref) {
				if !slices.ContainsFunc(c.teams.list, func(t metrics.Team) bool { return t.Key == s.team }) {
					list = append(list, nameOf(source, s.team, lost))
				}
			}
		}
	}
	for i := range f.CatalogClaims {
		add(f.CatalogClaims[i].Source, f.CatalogClaims[i].Owners, false)
		add(f.CatalogClaims[i].Source, f.CatalogClaims[i].Lost, true)
	}
	for i := range u.claims {
		add(metrics.DescribedSource, u.claims[i].catalog, false)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

const lostMark = "-" // of an owner that is no team any more, as the portal says

func nameOf(source string, team metrics.TeamKey, lost bool) string {
	name := source + "/" + string(team)
	if lost {
		name = lostMark + name
	}
	return name
}

// TeamsMark identifies what is known of the teams that a conclusion names (see Result.Named); 0 where nothing is that
// changes it.
func (c *Classifier) TeamsMark(named []string) uint64 {
	var parts []string
	for _, name := range named {
		text, lost := strings.CutPrefix(name, lostMark)
		i := strings.LastIndexByte(text, '/')
		if i < 0 {
			continue
		}
		if mark := c.roll(text[:i]).mark(metrics.TeamKey(text[i+1:]), lost); mark != "" {
			parts = append(parts, name, mark)
		}
	}
	if len(parts) == 0 {
		return 0
	}
	return metrics.Fingerprint(parts...)
}

// roll is that of a catalog; of one that was never read, that which knows no team but those that are certain.
func (c *Classifier) roll(source string) *roll {
	if r, ok := c.teams.known[source]; ok {
		return r
	}
	return c.teams.known[""]
}
