package classify

import (
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

// history is one unit on one path: what its files said when, with all that is laid over it.
type history struct {
	c         *Classifier
	facts     *metrics.History
	branch    *branch
	people    *People
	unit      *unit
	owners    owners
	path      *pathRules
	campaigns Campaigns
	steps     []step
	clocks    clocks
	stays     []stayGolden
	spells    []metrics.Spell
	ruling    ruling
	golden    workflowDays // when each workflow was a golden pipeline, of whichever path
}

// stayGolden is an unbroken time on the golden way.
type stayGolden struct {
	metrics.Period
	judgement
	known bool // its begin was seen
	step  *step
	first int // the steps that it covers: several may bear one date
	after int
}

// conclude adds what follows for the unit on the path to the result.
func (h *history) conclude(r *Result) {
	r.Contributions = append(r.Contributions, h.contributions()...)
	h.steps = h.withReadings()
	if len(h.steps) == 0 {
		return
	}
	h.steps = h.withPolicies()
	h.clocks = h.c.clocks(h.facts, h.branch, h.path, h.name(), h.owners)
	h.stays = h.goldenStays()
	h.layRuns()
	h.spells = h.findSpells()
	r.Spells = append(r.Spells, h.spells...)
	r.Events = append(r.Events, h.events()...)
	r.Decisions = append(r.Decisions, h.decisions()...)
	r.Spans = append(r.Spans, h.spans()...)
}

func (h *history) id() metrics.Unit {
	return metrics.Unit{Repo: h.facts.Repo.ID, Component: h.unit.component}
}

func (h *history) name() string { return metrics.UnitName(h.facts.Repo.Name, h.unit.component) }

// withReadings adds what the readings themselves say: nothing is known before a graft, nor of a repository
// that was never read, nor once the last good reading is too old.
func (h *history) withReadings() []step {
	steps := h.steps
	if len(steps) > 0 && steps[0].pos == 0 && h.branch.grafted {
		steps = append([]step{blank(metrics.Beginning, metrics.ReasonBeforeGraft)}, steps...)
	}
	good, bad := metrics.Beginning, (*metrics.Reading)(nil)
	for i := range h.facts.Readings {
		r := &h.facts.Readings[i]
		if r.Complete {
			good, bad = r.At, nil
		} else if bad == nil {
			bad = r
		}
	}
	switch {
	case bad == nil:
	case good == metrics.Beginning && len(h.branch.dates) == 0:
		if h.unit.component == "" {
			steps = append(steps, blank(bad.At, bad.Reason))
		}
	case len(steps) > 0:
		from := max(good+seconds(h.c.defs.Measure.UnknownAfter), steps[len(steps)-1].at)
		steps = append(slices.Clone(steps), blank(from, bad.Reason))
	}
	return h.untilGone(steps)
}

// untilGone ends what is told of a unit where its repository is not there any more.
func (h *history) untilGone(steps []step) []step {
	gone := h.facts.Gone
	if gone == metrics.Beginning {
		return steps
	}
	n := slices.IndexFunc(steps, func(s step) bool { return s.at >= gone })
	if n < 0 {
		n = len(steps)
	}
	if n == 0 || steps[n-1].tree.State == 0 {
		return steps[:n]
	}
	return append(slices.Clone(steps[:n]), step{at: gone, pos: unseen})
}

func blank(at metrics.Instant, reason metrics.Reason) step {
	return step{at: at, pos: unseen, tree: metrics.Tree{State: metrics.Unknown, Eligible: metrics.Yes, Reason: reason}}
}

// goldenStays finds the unbroken times on the golden way. Not knowing for a while breaks none. What goes on only
// because a policy imposes it, after the files have gone, is another stay, for nobody chose that; files that come
// to what is imposed begin none.
func (h *history) goldenStays() []stayGolden {
	var list []stayGolden
	open := false
	for i := range h.steps {
		s := &h.steps[i]
		switch now := golden(s.tree); {
		case now == metrics.Yes && open && s.policy && !list[len(list)-1].step.policy:
			list[len(list)-1].To, list[len(list)-1].after = s.at, i
			list = append(list, h.begin(i))
		case now == metrics.Yes && !open:
			list = append(list, h.begin(i))
			open = true
		case now == metrics.No && open:
			list[len(list)-1].To, list[len(list)-1].after = s.at, i
			open = false
		}
	}
	return list
}

// begin opens a stay at a step. What begins out of the unknown began nobody knows when, by whom.
func (h *history) begin(i int) stayGolden {
	s := &h.steps[i]
	stay := stayGolden{Period: metrics.Period{From: s.at, To: metrics.Forever}, step: s, first: i, after: len(h.steps)}
	if s.policy {
		stay.judgement, stay.known = judgement{origin: metrics.Enforced}, s.pos != unseen && !h.branch.sighted(s.pos)
		return stay
	}
	if i > 0 && h.steps[i-1].tree.State == metrics.Unknown {
		stay.judgement = judgement{origin: metrics.UnknownOrigin, reason: h.steps[i-1].tree.Reason}
		return stay
	}
	stay.known = i > 0 || !h.branch.sighted(s.pos) // what was there at the first sight came nobody knows when
	stay.judgement = h.judge(s, true)
	return stay
}

// stayAt returns the golden stay at a moment, or nil.
func (h *history) stayAt(t metrics.Instant) *stayGolden {
	for i := len(h.stays) - 1; i >= 0; i-- {
		if h.stays[i].Contains(t) {
			return &h.stays[i]
		}
	}
	return nil
}

// stayOf returns the golden stay that a step belongs to, or nil.
func (h *history) stayOf(step int) *stayGolden {
	i := slices.IndexFunc(h.stays, func(s stayGolden) bool { return s.first <= step && step < s.after })
	if i < 0 {
		return nil
	}
	return &h.stays[i]
}

// treeAt returns what the files say at a moment, and since when they have been in that state.
func (h *history) treeAt(t metrics.Instant) (tree metrics.Tree, since metrics.Instant, dated bool) {
	i, _ := slices.BinarySearchFunc(h.steps, t+1, func(s step, t metrics.Instant) int { return int(s.at - t) })
	if i == 0 {
		return metrics.Tree{}, 0, false
	}
	i--
	tree = h.steps[i].tree
	for i > 0 && h.steps[i-1].tree.State == tree.State {
		i--
	}
	cutOff := i > 0 && h.steps[i-1].unread() || h.steps[i].pos == unseen || h.branch.sighted(h.steps[i].pos)
	return tree, h.steps[i].at, !cutOff
}

// excused reports whether the unit is not followed at a moment although its files are known.
func (h *history) excused(t metrics.Instant, tree metrics.Tree) bool {
	return tree.Eligible == metrics.No || during(h.clocks.exempt, t) || during(h.clocks.archived, t) || during(h.clocks.platform, t)
}

func seconds(d time.Duration) metrics.Instant { return metrics.Instant(d / time.Second) }
