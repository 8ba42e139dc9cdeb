package classify

import (
	"slices"
	"strconv"

	"github.com/trodden/trodden/metrics"
)

// events tells what happened to the unit on the path, in the order in which it happened.
func (h *history) events() []metrics.Event {
	var list []metrics.Event
	last := metrics.Tree{}
	for i := range h.steps {
		s := &h.steps[i]
		if e, ok := h.event(i, last); ok {
			list = append(list, e)
		}
		last = s.tree
	}
	list = append(list, h.clockEvents()...)
	slices.SortStableFunc(list, func(a, b metrics.Event) int { return int(a.At - b.At) })
	for i := range list {
		e := &list[i]
		e.Unit, e.Path = h.id(), h.path.def.Key
		if i > 0 {
			e.Order = max(e.Order, list[i-1].Order+1)
		}
		e.ID = eventID(e, list[:i])
	}
	return list
}

// eventID is the same as long as the event is: it outlives a new name of the repository, and events that are found before it.
func eventID(e *metrics.Event, before []metrics.Event) uint64 {
	alike := 0
	for i := len(before) - 1; i >= 0 && before[i].At == e.At; i-- {
		if b := &before[i]; b.Kind == e.Kind && b.Commit == e.Commit && b.From == e.From && b.To == e.To {
			alike++
		}
	}
	return metrics.Fingerprint("event", strconv.FormatUint(uint64(e.Unit.Repo), 16), e.Unit.Component, string(e.Path), e.At.String(),
		e.Kind.String(), e.Commit.String(), e.From.String(), e.To.String(), strconv.Itoa(alike))
}

// orderOf returns the place of what a landed commit brought among all that happened to its repository; what the
// clock brings comes behind the commits up to then, with room for several.
func orderOf(pos int) uint32 { return uint32(pos+1) * 16 }

// orderAt returns the place of what the clock brings at a moment.
func (h *history) orderAt(at metrics.Instant) uint32 {
	behind, _ := slices.BinarySearch(h.branch.dates, at+1)
	return orderOf(behind-1) + 1
}

// event describes a step; ok is false for steps that only tell what is not known, and for those that change nothing
// but eligibility, which events ignore.
func (h *history) event(i int, last metrics.Tree) (e metrics.Event, ok bool) {
	s := &h.steps[i]
	if s.unread() {
		return e, false
	}
	now := s.tree
	same := now.State == last.State && slices.Equal(now.Ways, last.Ways)
	if same && now.Version == last.Version {
		return e, false
	}
	e = metrics.Event{
		At: s.at, Kind: kind(last, now, same), From: last.State, To: now.State, Ways: now.Ways, Version: now.Version,
		Evidence: now.Evidence, Order: h.orderAt(s.at),
	}
	if s.pos >= 0 {
		e.Commit, e.Change, e.Order = h.branch.commits[s.pos][0].OID, s.change.OID, orderOf(s.pos)
	}
	if e.Kind == metrics.Upgraded {
		e.Evidence = naming(now)
	}
	switch stay := h.stayOf(i); {
	case e.Kind == metrics.Left:
		j := h.judge(s, false)
		e.Origin, e.Actor = j.origin, j.actor
	case stay != nil && now.State.Using():
		e.Origin, e.Actor = stay.origin, stay.actor
	}
	return e, true
}

// naming returns the evidence of an upgrade: what names the version that a tree now has. The rest of a large tree was
// there before, and says nothing of it.
func naming(t metrics.Tree) []metrics.Evidence {
	other := func(e metrics.Evidence) bool { return e.Version != t.Version }
	if t.Version == "" {
		return t.Evidence
	}
	return slices.DeleteFunc(slices.Clone(t.Evidence[:t.Golden]), other)
}

func kind(last, now metrics.Tree, same bool) metrics.EventKind {
	switch {
	case now.State == 0:
		return metrics.Removed
	case now.State.Using() && !last.State.Using() && last.State != metrics.Unknown:
		return metrics.Entered
	case last.State.Using() && (now.State == metrics.Off || now.State == metrics.None):
		return metrics.Left
	case same:
		return metrics.Upgraded
	default:
		return metrics.Changed
	}
}

// clockEvents are those that no commit brought: exemptions, mandates, archival.
func (h *history) clockEvents() []metrics.Event {
	var list []metrics.Event
	add := func(at metrics.Instant, kind metrics.EventKind) {
		tree, _, _ := h.treeAt(at)
		if at == metrics.Forever || tree.State == 0 {
			return
		}
		list = append(list, metrics.Event{
			At: at, Order: h.orderAt(at), Kind: kind, From: tree.State, To: tree.State, Ways: tree.Ways, Version: tree.Version,
		})
	}
	for _, p := range h.clocks.exempt {
		add(p.From, metrics.Exempted)
		add(p.To, metrics.ExemptionEnded)
	}
	for _, m := range h.clocks.mandates {
		for _, p := range m.inForce {
			add(p.From, metrics.MandateStarted)
			add(p.To, metrics.MandateEnded)
		}
	}
	for _, p := range h.clocks.archived {
		add(p.From, metrics.ArchivedEvent)
	}
	return list
}
