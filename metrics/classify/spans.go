package classify

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// keptAfter is how long after the end of a mandate a unit that is still there counts as kept.
const keptAfter = 180 * metrics.Day

// spans cuts the life of the unit wherever anything about it changes on this path.
func (h *history) spans() []metrics.Span {
	k := &h.clocks
	cuts := edges(k.active, k.mandated, k.choice, k.exempt, k.archived, k.platform, k.dormant, k.ran, k.partly, k.idle)
	for i := range h.steps {
		cuts = append(cuts, h.steps[i].at)
	}
	for _, o := range h.owners {
		cuts = append(cuts, o.From)
	}
	for i := range h.spells {
		cuts = append(cuts, h.spells[i].From)
	}
	for i := range h.stays {
		cuts = append(cuts, h.stays[i].kept())
	}
	var list []metrics.Span
	for _, p := range pieces(metrics.Period{From: h.steps[0].at, To: metrics.Forever}, cuts) {
		s, exists := h.span(p)
		if !exists {
			continue
		}
		if n := len(list); n > 0 && sameSpan(list[n-1], s) {
			list[n-1].To = s.To
		} else {
			list = append(list, s)
		}
	}
	return list
}

// kept returns the moment from which the stay is one that a mandate began and that outlived it.
func (s *stayGolden) kept() metrics.Instant {
	if s.origin != metrics.Mandated || s.mandate.Until == metrics.Forever {
		return metrics.Forever
	}
	return s.mandate.Until + keptAfter
}

// span says everything about the unit at the begin of a piece.
func (h *history) span(p metrics.Period) (s metrics.Span, exists bool) {
	t := p.From
	tree, since, dated := h.treeAt(t)
	if tree.State == 0 {
		return s, false
	}
	s = metrics.Span{
		Unit: h.id(), Path: h.path.def.Key, Period: p, Team: h.owners.at(t), State: h.state(t, tree), Tree: tree.State,
		Active: during(h.clocks.active, t), Choice: during(h.clocks.choice, t), Mandated: during(h.clocks.mandated, t),
		Dated: dated, Ways: tree.Ways, Version: tree.Version, Since: since, Reason: tree.Reason,
	}
	if s.State == metrics.Ineligible {
		s.Reason = h.notMeant(t, tree)
	}
	if !tree.State.Using() {
		return s, true
	}
	s.Activation = h.activation(t)
	if stay := h.stayAt(t); stay != nil {
		s.Origin, s.Kept = stay.origin, t >= stay.kept()
		if s.Reason == "" {
			s.Reason = stay.reason
		}
	}
	if spell := h.spellAt(t); spell != nil {
		s.SpellFrom = spell.From
		s.Voluntary = s.State.Using() && s.Origin.Voluntary() && spell.Choice
	}
	return s, true
}

// state is section 2: the first that holds. Files that are not needed to see that the path is not meant
// for the unit leave nothing unknown.
func (h *history) state(t metrics.Instant, tree metrics.Tree) metrics.State {
	notMeant := h.notMeant(t, tree) != ""
	unread := tree.State == metrics.Unknown || tree.Eligible == metrics.Maybe
	switch {
	case unread && !notMeant, unread && h.unreadable(tree.Reason):
		return metrics.Unknown
	case notMeant:
		return metrics.Ineligible
	case during(h.clocks.exempt, t):
		return metrics.Exempt
	case tree.State.Using() && during(h.clocks.dormant, t):
		return metrics.Dormant
	default:
		return tree.State
	}
}

// notMeant says why the path is not meant for the unit; "" where it may be.
func (h *history) notMeant(t metrics.Instant, tree metrics.Tree) metrics.Reason {
	switch {
	case during(h.clocks.archived, t):
		return metrics.ReasonArchived
	case during(h.clocks.platform, t):
		return metrics.ReasonPlatform
	case tree.Eligible == metrics.No:
		return metrics.ReasonNotMeant
	}
	return ""
}

// activation says whether the golden pipeline ran lately, and often enough.
func (h *history) activation(t metrics.Instant) metrics.Activation {
	switch {
	case during(h.clocks.partly, t):
		return metrics.Partly
	case during(h.clocks.ran, t):
		return metrics.Ran
	case during(h.clocks.idle, t):
		return metrics.Idle
	}
	return metrics.NotTold
}

// unreadable reports whether the repository as a whole was not read, rather than a file.
func (h *history) unreadable(reason metrics.Reason) bool {
	return reason == metrics.ReasonForbidden || reason == metrics.ReasonUnreadable || reason == metrics.ReasonBeforeGraft
}

func sameSpan(a, b metrics.Span) bool {
	if a.To != b.From || !slices.Equal(a.Ways, b.Ways) {
		return false
	}
	return spanKey(a) == spanKey(b)
}

// spanFields are a span's fields without its period and its slice, so that spans compare with ==.
type spanFields struct {
	unit                                             metrics.Unit
	path                                             metrics.PathKey
	team                                             metrics.TeamKey
	state, tree                                      metrics.State
	active, choice, mandated, voluntary, kept, dated bool
	origin                                           metrics.Origin
	version                                          string
	since, spell                                     metrics.Instant
	reason                                           metrics.Reason
	activation                                       metrics.Activation
}

func spanKey(s metrics.Span) spanFields {
	return spanFields{
		s.Unit, s.Path, s.Team, s.State, s.Tree, s.Active, s.Choice, s.Mandated, s.Voluntary, s.Kept, s.Dated,
		s.Origin, s.Version, s.Since, s.SpellFrom, s.Reason, s.Activation,
	}
}
