package classify

import (
	"github.com/trodden/trodden/metrics"
)

// spellBuilder follows whether a unit uses the path and turns that into spells.
type spellBuilder struct {
	h       *history
	leave   metrics.Instant
	list    []metrics.Spell
	open    bool
	absent  metrics.Instant // begin of an absence, Forever where there is none
	unknown metrics.Instant // begin of not knowing, Forever where there is none
}

// findSpells smooths the golden stays: an absence shorter than leave_after does not end a spell, not
// knowing for a while neither; being excused, or unknown for good, ends it without a leave. That an
// absence may still be too short at some T is for the questions to see, from its begin.
func (h *history) findSpells() []metrics.Spell {
	b := &spellBuilder{h: h, leave: seconds(h.c.defs.Measure.LeaveAfter), absent: metrics.Forever, unknown: metrics.Forever}
	cuts := edges(h.clocks.exempt, h.clocks.archived, h.clocks.platform)
	for i := range h.steps {
		cuts = append(cuts, h.steps[i].at)
	}
	whole := metrics.Period{From: h.steps[0].at, To: metrics.Forever}
	for _, p := range pieces(whole, cuts) {
		tree, _, _ := h.treeAt(p.From)
		switch {
		case tree.State == 0 || tree.State != metrics.Unknown && h.excused(p.From, tree):
			b.end(p.From, metrics.Censored)
		case tree.State == metrics.Unknown:
			b.unknown = min(b.unknown, p.From)
		case tree.State.Using():
			b.use(p.From)
		default:
			b.absent, b.unknown = min(b.absent, p.From), metrics.Forever
		}
	}
	b.end(metrics.Forever, metrics.Running)
	return b.list
}

func (b *spellBuilder) use(at metrics.Instant) {
	if b.open && b.absent != metrics.Forever && at-b.absent >= b.leave {
		b.close(b.absent, metrics.LeftPath)
	}
	b.absent, b.unknown = metrics.Forever, metrics.Forever
	if b.open {
		return
	}
	b.open = true
	b.list = append(b.list, b.h.spell(at))
}

// end closes what is open for another reason than a return.
func (b *spellBuilder) end(at metrics.Instant, how metrics.Outcome) {
	switch {
	case !b.open:
	case b.absent != metrics.Forever && at-b.absent >= b.leave:
		b.close(b.absent, metrics.LeftPath)
	case b.absent != metrics.Forever:
		b.close(b.absent, metrics.Censored)
	case b.unknown != metrics.Forever:
		b.close(b.unknown, metrics.Censored)
	default:
		b.close(at, how)
	}
	b.absent, b.unknown = metrics.Forever, metrics.Forever
}

func (b *spellBuilder) close(at metrics.Instant, how metrics.Outcome) {
	s := &b.list[len(b.list)-1]
	s.To, s.Outcome = at, how
	b.open = false
}

// spell opens a spell at a moment at which the unit is on the golden way. Whether it had a choice is told by
// the commit that brought it there: that an exemption or the like is over makes nobody choose.
func (h *history) spell(at metrics.Instant) metrics.Spell {
	s := metrics.Spell{
		Unit: h.id(), Path: h.path.def.Key, Period: metrics.Period{From: at, To: metrics.Forever},
		Outcome: metrics.Running, Choice: during(h.clocks.choice, at), Team: h.owners.at(at),
	}
	if stay := h.stayAt(at); stay != nil {
		s.Known, s.Origin, s.Actor, s.Machine = stay.known, stay.origin, stay.actor, stay.machine
		if stay.known {
			s.Choice = during(h.clocks.choice, stay.From)
		}
		if stay.step.pos >= 0 && !stay.step.policy {
			s.Commit, s.Change, s.Marks = h.branch.commits[stay.step.pos][0].OID, stay.step.change.OID, stay.step.marks
		}
	}
	return s
}

// spellAt returns the spell that is under way at a moment, or nil.
func (h *history) spellAt(t metrics.Instant) *metrics.Spell {
	for i := len(h.spells) - 1; i >= 0; i-- {
		if h.spells[i].Contains(t) {
			return &h.spells[i]
		}
	}
	return nil
}
