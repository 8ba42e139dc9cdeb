package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// contributions tells from where the changes of a repository came that provides the path. A component that provides
// one tells nothing: which commits touched its folder is not known of all files.
func (h *history) contributions() []metrics.Contributions {
	globs := h.providing()
	if h.unit.component != "" || len(globs) == 0 {
		return nil
	}
	staffed := h.staffed()
	c := metrics.Contributions{Repo: h.facts.Repo.ID, Path: h.path.def.Key, ProvidedBy: globs, Known: h.knownFor()}
	for pos, at := range h.branch.dates[:h.branch.walked] {
		c.At = append(c.At, at)
		c.From = append(c.From, h.contributor(pos, during(staffed, at)))
	}
	return []metrics.Contributions{c}
}

// providing returns the globs by which the unit provides the path.
func (h *history) providing() []string {
	var globs []string
	for _, glob := range h.path.def.ProvidedBy {
		if matchRepo([]string{glob}, h.name()) {
			globs = append(globs, glob)
		}
	}
	return globs
}

// contributor judges what landed at a position by its actor alone. Whoever writes together with others counts as
// who wrote it, as with origins. While nobody is known to be in a platform team, nobody can be told to be outside.
func (h *history) contributor(pos int, staffed bool) metrics.Contributor {
	at := h.branch.dates[pos]
	j := h.judge(&step{at: at, pos: pos, change: author(h.branch.commits[pos])}, false)
	switch {
	case j.machine:
		return metrics.FromMachine
	case j.actor == 0 || !staffed:
		return metrics.FromNobody
	case h.people.member(j.actor, at, h.c.teams.platform...):
		return metrics.FromPlatform
	default:
		return metrics.FromOutside
	}
}

// author returns the commit whose author a landed change has: the first of the merged side that is no merge itself,
// or the landed one.
func author(group []metrics.Commit) *metrics.Commit {
	i := slices.IndexFunc(group[1:], func(c metrics.Commit) bool { return !c.Merge })
	return &group[i+1]
}

// staffed returns the times during which somebody is known to be in a platform team.
func (h *history) staffed() []metrics.Period {
	list := h.people.memberships(h.c.teams.platform)
	for _, team := range h.c.teams.list {
		if !slices.Contains(h.c.teams.platform, team.Key) {
			continue
		}
		for _, m := range team.Members {
			list = append(list, metrics.Period{From: m.From, To: m.Until})
		}
	}
	return union(list)
}

// memberships returns when somebody was in one of the teams.
func (p *People) memberships(teams []metrics.TeamKey) []metrics.Period {
	var list []metrics.Period
	for _, ofPerson := range p.teams {
		for _, m := range ofPerson {
			if slices.Contains(teams, m.Team) {
				list = append(list, m.Period)
			}
		}
	}
	return list
}

// knownFor returns the time for which all that landed is known: from the cut of a shallow clone on, if there is
// one, until readings began to fail and the last good one grew too old.
func (h *history) knownFor() metrics.Period {
	good, failing := metrics.Beginning, false
	for _, r := range h.facts.Readings {
		if r.Complete {
			good = r.At
		}
		failing = !r.Complete
	}
	known := always
	switch {
	case len(h.facts.Walks) == 0 && (good == metrics.Beginning || len(h.branch.sights) > 0): // or its heads alone
		return metrics.Period{}
	case failing:
		known.To = good + seconds(h.c.defs.Measure.UnknownAfter)
		if n := len(h.branch.dates); n > 0 {
			known.To = max(known.To, h.branch.dates[n-1])
		}
	}
	if h.branch.grafted && len(h.branch.dates) > 0 {
		known.From = h.branch.dates[0]
	}
	return known
}
