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

	mayGolden, mayOther bool // others may be, by policies that nobody could read
}

// impositions says what policies make of a path, in order. Those of which it cannot be told whether they follow the
// path, since its rule asks for files too, count for nothing.
func (p *pathRules) impositions(c *Classifier, from ruling) []imposition {
	var cuts []metrics.Instant
	for _, d := range from.decrees {
		cuts = append(cuts, d.From, d.To)
	}
	for _, u := range from.unread {
		cuts = append(cuts, u.from)
	}
	var list []imposition
	for _, period := range pieces(always, cuts) {
		now := imposition{Period: period, begun: from.begunAt(period.From)}
		p.impose(c, &now, from.at(period.From))
		kinds := from.unreadAt(period.From)
		now.mayGolden = p.golden.mayBeImposed(c, kinds)
		now.mayOther = slices.ContainsFunc(p.others, func(r *rule) bool { return r.mayBeImposed(c, kinds) })
		list = append(list, now)
	}
	return list
}

// mayBeImposed reports whether a policy that runs something of some kinds could meet the rule, whatever files there are.
func (r *rule) mayBeImposed(c *Classifier, kinds []metrics.UseKind) bool {
	may, shown := r.mayBe(true, func(signal int, met bool) bool {
		return met && c.rules.MayUse(signal, kinds) || !met && c.rules.Used(signal, nil).Truth == metrics.No
	})
	return may && shown
}

// mayBe reports whether what a signal may be leaves it open that the rule is met, or is not; shown, whether anything
// would be evidence of that.
func (r *rule) mayBe(met bool, signal func(signal int, met bool) bool) (may, shown bool) {
	switch {
	case r.signal >= 0:
		may = signal(r.signal, met)
		return may, may && met
	case r.not != nil:
		may, _ = r.not.mayBe(!met, signal)
		return may, false
	}
	each := len(r.all) > 0 == met // all have to be so, rather than one of them
	may = each
	for _, sub := range slices.Concat(r.all, r.any) {
		is, evident := sub.mayBe(met, signal)
		if shown = shown || evident; each {
			may = may && is
		} else {
			may = may || is
		}
	}
	return may, may && shown
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
// Nothing is laid over what is not there, or not known; and what nobody could read makes unknown what it may decide.
func (i *imposition) over(t metrics.Tree, p *pathRules) (out metrics.Tree, golden bool) {
	if i == nil || t.State == 0 || t.State == metrics.Unknown {
		return t, false
	}
	golden = slices.Contains(i.ways, metrics.Golden) && !slices.Contains(t.Ways, metrics.Golden)
	used := func(way metrics.WayKey) bool { return slices.Contains(t.Ways, way) || slices.Contains(i.ways, way) }
	out = t
	out.Ways = slices.DeleteFunc(waysOf(p.def), func(way metrics.WayKey) bool { return !used(way) })
	another := slices.ContainsFunc(out.Ways, func(way metrics.WayKey) bool { return way != metrics.Golden })
	out.State = treeState(truthOf(used(metrics.Golden), i.mayGolden), truthOf(another, i.mayOther), len(p.others) > 0)
	if len(out.Ways) == len(t.Ways) && out.State == t.State {
		return t, false
	}
	out.Evidence = slices.Concat(t.Evidence, i.others)
	if golden {
		out.Version, out.Golden = version(i.golden), len(i.golden)
		out.Evidence = slices.Concat(i.golden, out.Evidence)
	}
	if out.State == metrics.Unknown {
		out.Reason = metrics.ReasonPolicies
	}
	return out, golden
}

// truthOf is Yes where something is so, and Maybe where it may be.
func truthOf(is, may bool) metrics.Truth {
	switch {
	case is:
		return metrics.Yes
	case may:
		return metrics.Maybe
	}
	return metrics.No
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
	if h.ruling.empty() {
		return h.steps
	}
	l := &layer{h: h, all: h.path.impositions(h.c, h.ruling)}
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
