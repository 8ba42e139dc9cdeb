package classify

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

// teams answers which team is meant by a name, a reference or a person.
type teams struct {
	order    []metrics.OwnerSource
	platform []metrics.TeamKey
	list     []metrics.Team
	groups   map[metrics.TeamKey][]string // the team's own first, then upwards
	joined   []era                        // which teams catalogs say to be one
	known    map[string]*roll             // which owners are teams, by the catalogs that name them
}

func newTeams(def metrics.Teams) *teams {
	t := &teams{order: def.Order, platform: def.Platform, list: def.List, groups: map[metrics.TeamKey][]string{}}
	for _, team := range def.List {
		t.groups[team.Key] = def.Upwards(team.Group)
	}
	t.known = t.rolls(nil, nil)
	return t
}

// placeholders are what people write when they have no owner to name.
var placeholders = [...]string{"", "tbd", "todo", "unknown", "n/a", "na", "none", "guest", "guests", "nobody", "default"}

// stay is a team that a reference means, for a time.
type stay struct {
	metrics.Period
	team metrics.TeamKey
}

// always is the time in which nothing limits.
var always = metrics.Period{From: metrics.Beginning, To: metrics.Forever}

// resolve returns the teams that an owner reference means: a team by key or alias, else the teams of a
// person while they were in them, else the one that catalogs say it is, else a group that nobody has configured, by its own
// name. An address means only a team that has it for an alias.
func (t *teams) resolve(ref string) []stay {
	ref = strings.ToLower(strings.TrimSpace(ref))
	name := lastOf(ref)
	if slices.Contains(placeholders[:], name) {
		return nil
	}
	if key, ok := t.named(ref); ok {
		return []stay{{always, key}}
	}
	if found := t.ofPerson(loginIn(name), ref); len(found) > 0 {
		return found
	}
	if found := t.ofCatalog(ref, metrics.TeamKey(name)); len(found) > 0 {
		return found
	}
	if name = strings.TrimSpace(name); metrics.IsPerson(ref) || name == "" || isAddress(ref) || metrics.IsThing(ref) {
		return nil
	}
	return []stay{{always, metrics.TeamKey(name)}}
}

// loginIn is the name of a person as it stands at the end of a reference.
func loginIn(name string) string { return strings.TrimPrefix(strings.TrimPrefix(name, "@"), "user:") }

// now is the team that is meant at last, of those that are at any time.
func now(meant []stay) metrics.TeamKey {
	i := slices.IndexFunc(meant, func(s stay) bool { return s.To == metrics.Forever })
	return meant[max(i, 0)].team
}

func (t *teams) means(team metrics.Team, ref, name string) bool {
	if strings.EqualFold(string(team.Key), name) && !strings.HasPrefix(ref, "user:") {
		return true
	}
	return slices.ContainsFunc(team.Aliases, func(alias string) bool {
		return metrics.Wildcard(alias, ref, name)
	})
}

func (t *teams) ofPerson(login, ref string) []stay {
	local, _, _ := strings.Cut(login, "@")
	var found []stay
	for _, team := range t.list {
		for _, m := range team.Members {
			if metrics.Wildcard(m.ID, login, ref, local) {
				found = append(found, stay{metrics.Period{From: m.From, To: m.Until}, team.Key})
			}
		}
	}
	return found
}

// configured returns the team whose configuration names the unit.
func (t *teams) configured(name string) []stay {
	if team, _ := t.configuredBy(name); team != "" {
		return []stay{{always, team}}
	}
	return nil
}

// configuredBy returns the team whose configuration names the unit, and the glob that does.
func (t *teams) configuredBy(name string) (team metrics.TeamKey, glob string) {
	for _, team := range t.list {
		for _, glob := range team.Repos {
			if matchRepo([]string{glob}, name) {
				return team.Key, glob
			}
		}
	}
	return "", ""
}

// matchRepo reports whether one of the globs means the repository (or, for a component, its repository).
func matchRepo(globs []string, name string) bool {
	repo, _, _ := strings.Cut(name, "//")
	return slices.ContainsFunc(globs, func(g string) bool {
		g = strings.ToLower(g)
		whole, _ := doublestar.Match(g, name)
		part, _ := doublestar.Match(g, repo)
		return whole || part
	})
}

// owners are the teams that owned a unit, in order, apart, without gaps: nobody is the empty team.
type owners []owner

type owner struct {
	stay
	source metrics.OwnerSource
}

// ownership returns who owned a unit: at each moment whom the first source in the configured order names that names an
// owner then. Beside is who did by what is no catalog. A portal goes before the files, for it is what people see.
func (c *Classifier) ownership(f *metrics.History, u *unit) (own, beside owners) {
	sources := map[metrics.OwnerSource][]stay{
		metrics.OwnerConfig:     c.teams.configured(metrics.UnitName(f.Repo.Name, u.component)),
		metrics.OwnerCodeowners: c.claimed(u.claims, func(cl claim) []string { return cl.codeowners }, nil),
		metrics.OwnerProvider:   c.provided(f.Accesses),
	}
	catalog := append(c.portals(f.CatalogClaims, u.component), c.claimed(u.claims, func(cl claim) []string { return cl.catalog }, c.roll(metrics.DescribedSource))...)
	beside = c.teams.lay(sources)
	if len(catalog) == 0 {
		return beside, beside
	}
	sources[metrics.OwnerCatalog] = catalog
	return c.teams.lay(sources), beside
}

// lay lays sources over one another.
func (t *teams) lay(sources map[metrics.OwnerSource][]stay) owners {
	var cuts []metrics.Instant
	for _, list := range sources {
		for _, s := range list {
			cuts = append(cuts, s.From, s.To)
		}
	}
	var out owners
	for _, p := range pieces(always, cuts) {
		now := owner{stay: stay{Period: p}}
		for _, source := range t.order {
			i := slices.IndexFunc(sources[source], func(s stay) bool { return s.Contains(p.From) })
			if i >= 0 {
				now.team, now.source = sources[source][i].team, source
				break
			}
		}
		if n := len(out); n > 0 && out[n-1].team == now.team && out[n-1].source == now.source {
			out[n-1].To = now.To
		} else {
			out = append(out, now)
		}
	}
	return out
}

// claimed dates the teams that a kind of file, or a portal, named: where there is a roll, those that are teams by it.
func (c *Classifier) claimed(claims []claim, refs func(claim) []string, r *roll) []stay {
	var list []stay
	for i, cl := range claims {
		p := metrics.Period{From: cl.at, To: metrics.Forever}
		if i+1 < len(claims) {
			p.To = claims[i+1].at
		}
		for _, ref := range refs(cl) {
			for _, s := range c.teams.resolve(ref) {
				both := stay{p.Overlap(s.Period), s.team}
				switch {
				case both.Empty():
				case r == nil:
					list = append(list, both)
				default:
					list = append(list, r.there(both, slices.Contains(cl.lost, ref))...)
				}
			}
		}
	}
	return list
}

// at returns the owner at a moment.
func (o owners) at(t metrics.Instant) metrics.TeamKey {
	i := slices.IndexFunc(o, func(x owner) bool { return x.Contains(t) })
	if i < 0 {
		return ""
	}
	return o[i].team
}

// last returns the owner of a unit as of the last facts, where there is one and the unit is still there.
func (o owners) last(f *metrics.History, b *branch, u *unit) []metrics.Beside {
	if f.Gone != metrics.Beginning || u.component != "" && u.files == 0 {
		return nil
	}
	now := metrics.Beginning
	if n := len(b.dates); n > 0 {
		now = b.dates[n-1]
	}
	for i := range f.Readings {
		now = max(now, f.Readings[i].At)
	}
	i := slices.IndexFunc(o, func(x owner) bool { return x.Contains(now) })
	if i < 0 || o[i].team == "" {
		return nil
	}
	return []metrics.Beside{{Unit: metrics.Unit{Repo: f.Repo.ID, Component: u.component}, Team: o[i].team, Source: o[i].source}}
}

func (o owners) facts(repo metrics.RepoID, component string) []metrics.Ownership {
	var list []metrics.Ownership
	for _, x := range o {
		if x.team != "" {
			list = append(list, metrics.Ownership{
				Unit: metrics.Unit{Repo: repo, Component: component}, Team: x.team, Period: x.Period, Source: x.source,
			})
		}
	}
	return list
}

// pieces cuts a period at the given instants and returns the parts in order.
func pieces(whole metrics.Period, cuts []metrics.Instant) []metrics.Period {
	cuts = append(slices.Clone(cuts), whole.From, whole.To)
	slices.Sort(cuts)
	var list []metrics.Period
	for i := 1; i < len(cuts); i++ {
		p := metrics.Period{From: cuts[i-1], To: cuts[i]}.Overlap(whole)
		if !p.Empty() {
			list = append(list, p)
		}
	}
	return list
}
