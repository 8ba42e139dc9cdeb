package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// decisions lists the moments at which the unit's team decided about the path, freely or not: its birth, which
// is told once its first days are over, and every coming and going after that. One thing that happens is one
// decision: what a unit did in its first days is part of its birth.
func (h *history) decisions() []metrics.Decision {
	var list []metrics.Decision
	born, known := h.bornAt()
	if known {
		if d, ok := h.birth(born); ok {
			list = append(list, d)
		}
	}
	for i := range h.spells {
		s := &h.spells[i]
		if s.Known && !(known && s.From <= born) {
			list = append(list, h.entry(s))
		}
		if s.Outcome == metrics.LeftPath && !(known && s.To <= born) {
			list = append(list, h.exit(s))
		}
	}
	return list
}

// bornAt returns the end of the unit's first days; ok is false where its begin was not seen.
func (h *history) bornAt() (at metrics.Instant, ok bool) {
	first, ok := h.firstDay()
	return first + seconds(h.c.defs.Measure.BornWithin), ok
}

// birth is the decision of a new unit, if the path is meant for it then.
func (h *history) birth(at metrics.Instant) (d metrics.Decision, ok bool) {
	tree, _, _ := h.treeAt(at)
	if tree.State == 0 || !h.state(at, tree).Served() {
		return d, false
	}
	d = metrics.Decision{
		Unit: h.id(), Path: h.path.def.Key, At: at, Told: at, Kind: metrics.Birth, Team: h.owners.at(at),
		Choice: during(h.clocks.choice, at), Free: during(h.clocks.choice, at),
	}
	if spell := h.spellAt(at); spell != nil && tree.State.Using() {
		d.For, d.Choice, d.Origin, d.Commit, d.Change = true, spell.Choice, spell.Origin, spell.Commit, spell.Change
		d.Free = spell.Choice && spell.Origin.Voluntary()
	}
	return d, true
}

func (h *history) entry(s *metrics.Spell) metrics.Decision {
	return metrics.Decision{
		Unit: h.id(), Path: h.path.def.Key, At: s.From, Told: s.From, Kind: metrics.Entry, Team: s.Team, For: true,
		Choice: s.Choice, Free: s.Choice && s.Origin.Voluntary(), Origin: s.Origin, Commit: s.Commit, Change: s.Change,
	}
}

// exit is the end of a spell. Who left is told by the step that took the path away.
func (h *history) exit(s *metrics.Spell) metrics.Decision {
	d := metrics.Decision{
		Unit: h.id(), Path: h.path.def.Key, At: s.To, Told: s.To.Add(h.c.defs.Measure.LeaveAfter), Kind: metrics.Exit,
		Team: h.owners.at(s.To), Choice: during(h.clocks.choice, s.To),
	}
	i := slices.IndexFunc(h.steps, func(x step) bool { return x.at == s.To && golden(x.tree) == metrics.No })
	if i < 0 {
		d.Origin = metrics.UnknownOrigin
		return d
	}
	if d.Origin = h.judge(&h.steps[i], false).origin; h.steps[i].pos < 0 {
		return d
	}
	d.Free = d.Choice && d.Origin.Voluntary()
	d.Commit, d.Change = h.branch.commits[h.steps[i].pos][0].OID, h.steps[i].change.OID
	return d
}
