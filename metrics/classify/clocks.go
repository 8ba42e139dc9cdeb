package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// clocks are the periods that do not come from a path's files: they begin and end by dates alone.
type clocks struct {
	active   []metrics.Period
	mandated []metrics.Period
	choice   []metrics.Period
	exempt   []metrics.Period
	archived []metrics.Period
	platform []metrics.Period // owned by a platform team, or provided by this repository
	mandates []mandate
	dormant  []metrics.Period // the golden pipeline did not run within active_within; known to be so
	ran      []metrics.Period // it ran lately
	partly   []metrics.Period // so it did, but what is no golden pipeline ran more often
	idle     []metrics.Period // it did not; known to be so
}

// mandate is one mandate as far as it concerns one unit.
type mandate struct {
	def     *metrics.Mandate
	covers  []metrics.Period // explains what happens
	inForce []metrics.Period // obliges
}

func (c *Classifier) clocks(f *metrics.History, b *branch, p *pathRules, name string, own owners) clocks {
	k := clocks{active: b.active(seconds(c.defs.Measure.ActiveWithin))}
	for i := range p.def.Mandates {
		m := mandate{def: &p.def.Mandates[i]}
		who := c.obliged(m.def, name, own)
		m.covers = intersect(who, m.def.Covers())
		m.inForce = intersect(who, metrics.Period{From: m.def.From, To: m.def.Until})
		k.mandates = append(k.mandates, m)
		k.mandated = union(append(k.mandated, m.covers...))
	}
	k.choice = subtract(alternatives(p.def), k.mandated)
	for _, e := range f.Exemptions {
		whole := e.Component == "" || metrics.UnitName(f.Repo.Name, e.Component) == name
		if e.Path == p.def.Key && whole {
			k.exempt = append(k.exempt, e.Period)
		}
	}
	k.exempt = union(k.exempt)
	for _, a := range f.Archivals {
		k.archived = append(k.archived, a.Period)
	}
	if f.Repo.Archived {
		k.archived = append(k.archived, metrics.Period{From: f.Repo.ArchivedSince(), To: metrics.Forever})
	}
	k.archived = union(k.archived)
	k.platform = c.excluded(f.Repo, p, name, own)
	return k
}

// obliged returns the times during which the unit is one of those that a mandate names. A group stands for the
// teams of all groups below it, too.
func (c *Classifier) obliged(m *metrics.Mandate, name string, own owners) []metrics.Period {
	all := len(m.Teams)+len(m.Groups)+len(m.Repos) == 0
	if all || matchRepo(m.Repos, name) {
		return []metrics.Period{always}
	}
	var list []metrics.Period
	for _, o := range own {
		if o.team == "" {
			continue
		}
		inGroup := func(g string) bool { return slices.Contains(c.teams.groups[o.team], g) }
		if slices.Contains(m.Teams, o.team) || slices.ContainsFunc(m.Groups, inGroup) {
			list = append(list, o.Period)
		}
	}
	return union(list)
}

// alternatives returns the times during which something else than the path could be chosen.
func alternatives(def *metrics.Path) []metrics.Period {
	if def.Optional {
		return []metrics.Period{always}
	}
	var list []metrics.Period
	for _, a := range def.Alternatives {
		list = append(list, metrics.Period{From: a.Since, To: a.Until})
	}
	return union(list)
}

// excluded returns the times during which the unit is no customer of the path: it provides the path, its
// owner is a platform team, or it is a fork or a template.
func (c *Classifier) excluded(r metrics.Repo, p *pathRules, name string, own owners) []metrics.Period {
	if matchRepo(p.def.ProvidedBy, name) || r.Fork || r.Template {
		return []metrics.Period{always}
	}
	var list []metrics.Period
	for _, o := range own {
		if slices.Contains(c.teams.platform, o.team) && !c.defs.Measure.IncludePlatform {
			list = append(list, o.Period)
		}
	}
	return union(list)
}

func intersect(list []metrics.Period, with metrics.Period) []metrics.Period {
	var out []metrics.Period
	for _, p := range list {
		if both := p.Overlap(with); !both.Empty() {
			out = append(out, both)
		}
	}
	return out
}

// union returns the periods in order and apart.
func union(list []metrics.Period) []metrics.Period {
	list = slices.DeleteFunc(slices.Clone(list), metrics.Period.Empty)
	slices.SortFunc(list, func(a, b metrics.Period) int { return int(a.From - b.From) })
	var out []metrics.Period
	for _, p := range list {
		if n := len(out); n > 0 && out[n-1].To >= p.From {
			out[n-1].To = max(out[n-1].To, p.To)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// subtract returns what is left of the first list, both being in order and apart.
func subtract(list, without []metrics.Period) []metrics.Period {
	for _, w := range without {
		var rest []metrics.Period
		for _, p := range list {
			rest = append(rest, metrics.Period{From: p.From, To: min(p.To, w.From)}, metrics.Period{From: max(p.From, w.To), To: p.To})
		}
		list = slices.DeleteFunc(rest, metrics.Period.Empty)
	}
	return list
}

// during reports whether one of the periods contains the instant.
func during(list []metrics.Period, t metrics.Instant) bool {
	return slices.ContainsFunc(list, func(p metrics.Period) bool { return p.Contains(t) })
}

// edges returns where the periods begin and end.
func edges(lists ...[]metrics.Period) []metrics.Instant {
	var out []metrics.Instant
	for _, list := range lists {
		for _, p := range list {
			out = append(out, p.From, p.To)
		}
	}
	return out
}
