package classify

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// pathRules is a definition whose rules refer to compiled signals.
type pathRules struct {
	def      *metrics.Path
	eligible *rule // nil: every repository
	golden   *rule
	others   []*rule // as def.Alternatives
	signals  []int   // of all of them
	idle     bool    // nothing is concluded about it
}

// rule is a compiled metrics.Rule.
type rule struct {
	any, all []*rule
	not      *rule
	signal   int // index in the detect.Set, where the others are nil
}

func compilePath(set *detect.Set, def *metrics.Path) pathRules {
	p := pathRules{def: def, golden: compileRule(set, &def.Golden)}
	if def.Eligible != nil {
		p.eligible = compileRule(set, def.Eligible)
	}
	for i := range def.Alternatives {
		p.others = append(p.others, compileRule(set, &def.Alternatives[i].When))
	}
	for _, s := range pathSignals(def) {
		if index, known := set.Index(s); known && !slices.Contains(p.signals, index) {
			p.signals = append(p.signals, index)
		}
	}
	return p
}

// settled reports whether the tree is still the one that was evaluated last.
func (p *pathRules) settled(t *detect.Tracker) bool {
	return !slices.ContainsFunc(p.signals, func(i int) bool { return !t.Settled(i) })
}

func compileRule(set *detect.Set, def *metrics.Rule) *rule {
	r := &rule{signal: -1}
	if def.Signal != nil {
		r.signal, _ = set.Index(*def.Signal)
		return r
	}
	for i := range def.Any {
		r.any = append(r.any, compileRule(set, &def.Any[i]))
	}
	for i := range def.All {
		r.all = append(r.all, compileRule(set, &def.All[i]))
	}
	if def.Not != nil {
		r.not = compileRule(set, def.Not)
	}
	return r
}

// look is how a rule asks what signals find.
type look struct {
	ask func(signal int) metrics.Finding
	// brief asks only what it takes to see whether a tree changed, and gathers no evidence.
	brief bool
	room  *room
}

// room is what an evaluation fills, and the next one fills again.
type room struct {
	ways  []metrics.WayKey // of the last tree that nobody keeps
	parts [][]metrics.Evidence
}

// find evaluates the rule on what the signals find. What cannot be decided is Maybe, unless the rest of the
// rule decides it anyway.
func (r *rule) find(see look) metrics.Finding {
	f, parts := r.weigh(see, nil)
	f.Evidence = gather(parts)
	return f
}

// weigh evaluates the rule, and puts the evidence of what holds behind parts, one list a signal.
func (r *rule) weigh(see look, parts [][]metrics.Evidence) (metrics.Finding, [][]metrics.Evidence) {
	switch {
	case r.signal >= 0:
		f := see.ask(r.signal)
		if f.Truth == metrics.Yes && len(f.Evidence) > 0 {
			parts = append(parts, f.Evidence)
		}
		return metrics.Finding{Truth: f.Truth, Reason: f.Reason}, parts
	case r.not != nil:
		f, more := r.not.weigh(see, parts)
		return metrics.Finding{Truth: f.Truth.Not(), Reason: f.Reason}, more[:len(parts)]
	case len(r.all) > 0:
		return combine(see, parts, r.all, metrics.Yes, metrics.Truth.And)
	default:
		return combine(see, parts, r.any, metrics.No, metrics.Truth.Or)
	}
}

func combine(see look, parts [][]metrics.Evidence, rules []*rule, truth metrics.Truth, op func(a, b metrics.Truth) metrics.Truth) (metrics.Finding, [][]metrics.Evidence) {
	out, before := metrics.Finding{Truth: truth}, len(parts)
	for _, r := range rules {
		var f metrics.Finding
		f, parts = r.weigh(see, parts)
		out.Truth = op(out.Truth, f.Truth)
		if f.Truth == metrics.Maybe && out.Reason == "" {
			out.Reason = f.Reason
		}
	}
	if out.Truth != metrics.Yes {
		parts = parts[:before]
	}
	if out.Truth != metrics.Maybe {
		out.Reason = ""
	}
	return out, parts
}

// gather returns evidence as one list. A single one is shared with the signal that found it.
func gather(parts [][]metrics.Evidence) []metrics.Evidence {
	if len(parts) == 1 {
		return parts[0]
	}
	return slices.Concat(parts...)
}

// tree evaluates the whole path: which ways are in use, and the state that follows.
func (p *pathRules) tree(see look) metrics.Tree {
	golden, parts := p.golden.weigh(see, see.room.parts[:0])
	out := metrics.Tree{Eligible: metrics.Yes}
	if see.brief {
		out.Ways = see.room.ways[:0]
	}
	if golden.Truth == metrics.Yes {
		out.Ways = append(out.Ways, metrics.Golden)
		for _, list := range parts {
			out.Golden += len(list)
			out.Version = cmp.Or(out.Version, version(list))
		}
	}
	other := metrics.No
	for i, r := range p.others {
		var f metrics.Finding
		f, parts = r.weigh(see, parts)
		other = other.Or(f.Truth)
		if f.Truth == metrics.Yes {
			out.Ways = append(out.Ways, p.def.Alternatives[i].Key)
		} else if out.Reason == "" {
			out.Reason = f.Reason
		}
	}
	if see.room.parts = parts; see.brief {
		see.room.ways = out.Ways
	} else {
		out.Evidence = gather(parts)
	}
	out.State = treeState(golden.Truth, other, len(p.others) > 0)
	if golden.Truth == metrics.Maybe {
		out.Reason = golden.Reason
	}
	p.judgeEligible(see, &out)
	if out.State != metrics.Unknown && out.Eligible != metrics.Maybe {
		out.Reason = ""
	}
	return out
}

func (p *pathRules) judgeEligible(see look, out *metrics.Tree) {
	if p.eligible == nil {
		return
	}
	f, _ := p.eligible.weigh(see, nil)
	out.Eligible = f.Truth
	if f.Truth == metrics.Maybe && out.State != metrics.Unknown {
		out.Reason = f.Reason
	}
}

// treeState is the table of section 2 for what files alone decide. Where the outcome depends on something
// that was not read, it is Unknown.
func treeState(golden, other metrics.Truth, alternatives bool) metrics.State {
	switch {
	case golden == metrics.Maybe:
		return metrics.Unknown
	case golden == metrics.Yes && other == metrics.Yes:
		return metrics.Mixed
	case other == metrics.Yes:
		return metrics.Off
	case other == metrics.Maybe:
		return metrics.Unknown
	case golden == metrics.Yes:
		return metrics.On
	case alternatives:
		return metrics.None
	default:
		return metrics.Off
	}
}

// version returns the version of the golden way: the first that its evidence names.
func version(list []metrics.Evidence) string {
	for _, e := range list {
		if e.Version != "" {
			return e.Version
		}
	}
	return ""
}

// golden reports whether the tree uses the golden way, as far as is known.
func golden(t metrics.Tree) metrics.Truth {
	switch {
	case len(t.Ways) > 0 && t.Ways[0] == metrics.Golden:
		return metrics.Yes
	case t.State == metrics.Unknown:
		return metrics.Maybe
	default:
		return metrics.No
	}
}
