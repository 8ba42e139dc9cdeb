package classify

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Positions of steps that no landed commit brought.
const (
	unseen = -1 // nobody knows when it came to be so: only that it was found so
	ruled  = -2 // a policy of the host, at the moment that the host tells
)

// unread reports whether a step says no more than that nothing is known.
func (s *step) unread() bool { return s.pos < 0 && s.tree.State == metrics.Unknown }

// imposition is a time in which the same policies make the same ways be in use.
type imposition struct {
	metrics.Period
	ways   []metrics.WayKey // as the definition has them
	golden []metrics.Evidence
	others []metrics.Evidence
	begun  bool // its begin is known, rather than when it was found so
}

// impositions says what policies make of a path, in order. Those of which it cannot be told whether they follow the
// path, since its rule asks for files too, count for nothing.
func (p *pathRules) impositions(c *Classifier, decrees []decree) []imposition {
	var cuts []metrics.Instant
	for _, d := range decrees {
		cuts = append(cuts, d.From, d.To)
	}
	var list []imposition
	for _, period := range pieces(always, cuts) {
		now := imposition{Period: period, begun: begunAt(decrees, period.From)}
		var inForce []decree
		for _, d := range decrees {
			if d.Contains(period.From) {
				inForce = append(inForce, d)
			}
		}
		p.impose(c, &now, inForce)
		list = append(list, now)
	}
	return list
}

// begunAt reports whether what changes at a moment is known to have changed then: policies begin as the host says, or
// when they are first seen; that one has ended is only seen.
func begunAt(decrees []decree, at metrics.Instant) bool {
	seen := false
	for _, d := range decrees {
		if d.From == at && d.dated {
			return true
		}
		seen = seen || d.From == at || d.To == at
	}
	return !seen
}

// impose finds the ways that policies follow.
func (p *pathRules) impose(c *Classifier, now *imposition, inForce []decree) {
	if len(inForce) == 0 {
		return
	}
	uses := usesOf(inForce)
	see := look{ask: func(signal int) metrics.Finding { return c.rules.Used(signal, uses) }}
	if f := p.golden.find(see); f.Truth == metrics.Yes && len(f.Evidence) > 0 {
		now.ways, now.golden = append(now.ways, metrics.Golden), cite(f.Evidence, inForce)
	}
	for i, r := range p.others {
		if f := r.find(see); f.Truth == metrics.Yes && len(f.Evidence) > 0 {
			now.ways, now.others = append(now.ways, p.def.Alternatives[i].Key), append(now.others, cite(f.Evidence, inForce)...)
		}
	}
}

// usesOf lists what policies run, each thing once.
func usesOf(inForce []decree) []metrics.Use {
	var uses []metrics.Use
	for _, d := range inForce {
		if !slices.Contains(uses, d.policy.Runs) {
			uses = append(uses, d.policy.Runs)
		}
	}
	return uses
}

// cite says in the evidence which policies it comes from.
func cite(list []metrics.Evidence, inForce []decree) []metrics.Evidence {
	cited := slices.Clone(list)
	for i := range cited {
		at := slices.IndexFunc(inForce, func(d decree) bool { return strings.HasPrefix(d.policy.Runs.Name(), cited[i].Text) })
		if at >= 0 {
			p := inForce[at].policy
			cited[i].Text = strings.TrimSpace(string(p.Kind)+" "+p.ID) + ": " + cited[i].Text
		}
	}
	return cited
}

// over lays what is imposed over what the files say. Golden is true where the files alone do not use the path.
// Nothing is laid over what is not there, or not known.
func (i *imposition) over(t metrics.Tree, p *pathRules) (out metrics.Tree, golden bool) {
	if i == nil || t.State == 0 || t.State == metrics.Unknown {
		return t, false
	}
	golden = slices.Contains(i.ways, metrics.Golden) && !slices.Contains(t.Ways, metrics.Golden)
	used := func(way metrics.WayKey) bool { return slices.Contains(t.Ways, way) || slices.Contains(i.ways, way) }
	out = t
	out.Ways = slices.DeleteFunc(waysOf(p.def), func(way metrics.WayKey) bool { return !used(way) })
	if len(out.Ways) == len(t.Ways) {
		return t, false
	}
	out.Evidence = slices.Concat(t.Evidence, i.others)
	if golden {
		out.Version, out.Golden = version(i.golden), len(i.golden)
		out.Evidence = slices.Concat(i.golden, out.Evidence)
	}
	other := metrics.No
	if slices.ContainsFunc(out.Ways, func(way metrics.WayKey) bool { return way != metrics.Golden }) {
		other = metrics.Yes
	}
	is := metrics.No
	if used(metrics.Golden) {
		is = metrics.Yes
	}
	out.State = treeState(is, other, len(p.others) > 0)
	return out, golden
}

// waysOf lists the ways of a path, golden first.
func waysOf(p *metrics.Path) []metrics.WayKey {
	list := []metrics.WayKey{metrics.Golden}
	for i := range p.Alternatives {
		list = append(list, p.Alternatives[i].Key)
	}
	return list
}

// layer lays impositions over steps.
type layer struct {
	h     *history
	all   []imposition
	now   *imposition  // what is laid over the steps; nil while there is no unit
	raw   metrics.Tree // of the last step, by its files
	until metrics.Instant
	out   []step
}

// withPolicies lays what hosts impose over the steps. A step of its own says from when on a policy changed the tree;
// what a commit brings while it is in force remains that commit's.
func (h *history) withPolicies() []step {
	if len(h.decrees) == 0 {
		return h.steps
	}
	l := &layer{h: h, all: h.path.impositions(h.c, h.decrees)}
	for i := range h.steps {
		s := h.steps[i]
		l.advance(s.at)
		l.land(s)
		l.turn(s.at, !h.branch.sighted(s.pos))
	}
	l.advance(metrics.Forever)
	return l.out
}

// advance lays over what began before a moment.
func (l *layer) advance(to metrics.Instant) {
	for i := range l.all {
		if at := l.all[i].From; at > l.until && at < to {
			l.turn(at, l.all[i].begun)
		}
	}
	l.until = max(l.until, to)
}

// land adds a step as it is under what is imposed already.
func (l *layer) land(s step) {
	if l.raw.State == 0 {
		l.now = nil
	}
	l.raw = s.tree
	s.tree, s.policy = l.now.over(s.tree, l.h.path)
	l.out = append(l.out, s)
}

// turn begins to lay over what is imposed at a moment.
func (l *layer) turn(at metrics.Instant, known bool) {
	if len(l.out) == 0 {
		return
	}
	l.now = &l.all[slices.IndexFunc(l.all, func(i imposition) bool { return i.Contains(at) })]
	tree, policy := l.now.over(l.raw, l.h.path)
	if tree.Same(l.out[len(l.out)-1].tree) {
		return
	}
	if l.now.From == at {
		known = l.now.begun
	}
	s := step{at: at, pos: ruled, tree: tree, policy: policy}
	if !known {
		s.pos = unseen
	}
	l.out = append(l.out, s)
}
