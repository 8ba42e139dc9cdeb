package classify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Knowing returns a classifier that knows which teams of code hosts and of catalogs are one, as catalogs say. They have the
// key that the configuration gives any of them, else that of the host: it is what they are called where no catalog is.
// A host has to have the team, for what catalogs say of it may be long out of date. What a catalog said holds until it is
// not configured any more. It knows, too, which of those whom catalogs name as owners are teams, as portals tell.
func (c *Classifier) Knowing(hosts []metrics.HostTeam, portals ...metrics.PortalTeams) *Classifier {
	known, teams := *c, *c.teams
	teams.joined = c.teams.eras(hosts)
	teams.known = teams.rolls(hosts, portals)
	known.teams = &teams
	return &known
}

// era is a time in which the same teams are one.
type era struct {
	metrics.Period
	of map[string]metrics.TeamKey // teams by how they are called
}

// eras finds which teams are one at each time; none where none ever are.
func (t *teams) eras(hosts []metrics.HostTeam) []era {
	var ends []metrics.Instant
	for _, h := range hosts {
		ends = append(ends, h.Retired)
	}
	var list []era
	any := false
	for _, p := range pieces(always, ends) {
		of := t.join(slices.DeleteFunc(slices.Clone(hosts), func(h metrics.HostTeam) bool { return h.Retired != metrics.Beginning && h.Retired <= p.From }))
		list, any = append(list, era{p, of}), any || len(of) > 0
	}
	if !any {
		return nil
	}
	return list
}

// ofCatalog returns the teams that catalogs say one is, by how it is called, and that of its own name while they do not; none
// where they never do.
func (t *teams) ofCatalog(ref string, name metrics.TeamKey) (list []stay) {
	said := false
	for _, e := range t.joined {
		key, ok := e.of[ref]
		if said = said || ok; !ok {
			key = name
		}
		if n := len(list); n > 0 && list[n-1].team == key {
			list[n-1].To = e.To
		} else {
			list = append(list, stay{e.Period, key})
		}
	}
	if !said {
		return nil
	}
	return list
}

// Joined lists how catalogs call a team by now otherwise than by its key, and hosts.
func (c *Classifier) Joined(team metrics.TeamKey) (spelled []string) {
	if len(c.teams.joined) == 0 {
		return nil
	}
	last := c.teams.joined[len(c.teams.joined)-1].of
	for _, text := range slices.Sorted(maps.Keys(last)) {
		if last[text] == team {
			spelled = append(spelled, text)
		}
	}
	return spelled
}

// JoinedMark identifies which teams are one; 0 where none are.
func (c *Classifier) JoinedMark() uint64 {
	if len(c.teams.joined) == 0 {
		return 0
	}
	parts := []string{"joined"}
	for _, e := range c.teams.joined {
		parts = append(parts, fmt.Sprint(e.From))
		for _, text := range slices.Sorted(maps.Keys(e.of)) {
			parts = append(parts, text, string(e.of[text]))
		}
	}
	return metrics.Fingerprint(parts...)
}

// join finds the keys of teams that are one by how hosts and catalogs call them.
func (t *teams) join(hosts []metrics.HostTeam) map[string]metrics.TeamKey {
	there := map[metrics.TeamKey]bool{} // teams of hosts
	names := map[string]bool{}          // that they have for keys
	var catalogs []metrics.HostTeam
	for _, h := range hosts {
		if len(h.Aliases) > 0 {
			catalogs = append(catalogs, h)
		} else if strings.HasPrefix(string(h.Ref), "@") {
			there[h.Ref], names[lastOf(string(h.Ref))] = true, true
		}
	}
	slices.SortFunc(catalogs, func(a, b metrics.HostTeam) int {
		return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Source, b.Source))
	})
	j := joining{teams: t, of: map[string]metrics.TeamKey{}, several: map[string]bool{}, given: map[metrics.TeamKey]metrics.TeamKey{}}
	for i := range catalogs {
		catalogs[i].Aliases = slices.DeleteFunc(slices.Clone(catalogs[i].Aliases), func(ref metrics.TeamKey) bool { return !there[ref] })
		if key, ok := t.named(string(catalogs[i].Ref)); ok {
			for _, ref := range catalogs[i].Aliases {
				j.given[ref] = cmp.Or(j.given[ref], key)
			}
		}
	}
	for _, h := range catalogs {
		if len(h.Aliases) > 0 {
			j.add(h, names)
		}
	}
	for text := range j.several {
		delete(j.of, text)
	}
	return j.of
}

// joining is how spellings of teams are put together.
type joining struct {
	teams   *teams
	of      map[string]metrics.TeamKey
	several map[string]bool                     // spellings of which catalogs say that they are several teams
	given   map[metrics.TeamKey]metrics.TeamKey // to teams of hosts by the configuration, by way of a catalog
}

// add puts a team of a catalog and those of hosts together that are the same. By its name alone it can be meant where no host
// has a team of that name.
func (j *joining) add(h metrics.HostTeam, names map[string]bool) {
	key := j.key(h.Aliases)
	for _, ref := range h.Aliases {
		j.spell(string(ref), key)
	}
	j.spell(string(h.Ref), key)
	if kind, name, ok := strings.Cut(string(h.Ref), ":"+metrics.DefaultNamespace+"/"); ok {
		j.spell(kind+":"+name, key)
		j.spell(metrics.DefaultNamespace+"/"+name, key)
		if !names[name] {
			j.spell(name, key)
		}
	}
}

// key is that of a team of hosts: what the configuration gives it, be it by way of a catalog, else its own name.
func (j *joining) key(refs []metrics.TeamKey) metrics.TeamKey {
	for _, ref := range refs {
		if key, ok := j.teams.named(string(ref)); ok {
			return key
		}
	}
	for _, ref := range refs {
		if j.given[ref] != "" {
			return j.given[ref]
		}
	}
	return metrics.TeamKey(lastOf(string(slices.Min(refs))))
}

// spell notes a spelling, unless the configuration says itself what it means.
func (j *joining) spell(text string, key metrics.TeamKey) {
	if _, configured := j.teams.named(text); configured {
		return
	}
	if had, there := j.of[text]; there && had != key {
		j.several[text] = true
	}
	j.of[text] = key
}

// named returns the team of the configuration that is called so.
func (t *teams) named(ref string) (metrics.TeamKey, bool) {
	name := strings.TrimPrefix(lastOf(ref), "@")
	for _, team := range t.list {
		if t.means(team, ref, name) {
			return team.Key, true
		}
	}
	return "", false
}

// lastOf is the name that a reference ends in. An address is no reference.
func lastOf(ref string) string {
	if isAddress(ref) {
		return ref
	}
	return ref[strings.LastIndexAny(ref, ":/")+1:]
}

// isAddress reports whether a text is a URL.
func isAddress(text string) bool { return strings.Contains(text, "://") }
