package classify

import (
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
	// brief asks only what it takes to see whether a tree changed: of all the evidence the first that names a version.
	brief bool
	ways  []metrics.WayKey // room for the ways of a tree that nobody keeps
}

// find evaluates the rule on what the signals find. What cannot be decided is Maybe, unless the rest of the
// rule decides it anyway.
func (r *rule) find(see look) metrics.Finding {
	switch {
	case r.signal >= 0:
		return see.ask(r.signal)
	case r.not != nil:
		f := r.not.find(see)
		return metrics.Finding{Truth: f.Truth.Not(), Reason: f.Reason}
	case len(r.all) > 0:
		return combine(see, r.all, metrics.Yes, metrics.Truth.And)
	default:
		return combine(see, r.any, metrics.No, metrics.Truth.Or)
	}
}

func combine(see look, rules []*rule, truth metrics.Truth, op func(a, b metrics.Truth) metrics.Truth) metrics.Finding {
	out := metrics.Finding{Truth: truth}
	for _, r := range rules {
		f := r.find(see)
		out.Truth = op(out.Truth, f.Truth)
		if f.Truth == metrics.Yes {
			out.Evidence = see.add(out.Evidence, f.Evidence)
		}
		if f.Truth == metrics.Maybe && out.Reason == "" {
			out.Reason = f.Reason
		}
	}
	if out.Truth != metrics.Yes {
		out.Evidence = nil
	}
	if out.Truth != metrics.Maybe {
		out.Reason = ""
	}
	return out
}

// add puts more evidence behind a list.
func (l look) add(list, more []metrics.Evidence) []metrics.Evidence {
	switch {
	case len(list) == 0, l.brief && version(list) == "" && version(more) != "":
		return more
	case l.brief:
		return list
	default:
		return append(slices.Clip(list), more...)
	}
}

// tree evaluates the whole path: which ways are in use, and the state that follows.
func (p *pathRules) tree(see look) metrics.Tree {
	golden := p.golden.find(see)
	out := metrics.Tree{Eligible: metrics.Yes, Evidence: golden.Evidence, Golden: len(golden.Evidence), Ways: see.ways}
	if golden.Truth == metrics.Yes {
		out.Ways = append(out.Ways, metrics.Golden)
		out.Version = version(golden.Evidence)
	}
	other := metrics.No
	for i, r := range p.others {
		f := r.find(see)
		other = other.Or(f.Truth)
		if f.Truth == metrics.Yes {
			out.Ways = append(out.Ways, p.def.Alternatives[i].Key)
			out.Evidence = see.add(out.Evidence, f.Evidence)
		} else if out.Reason == "" {
			out.Reason = f.Reason
		}
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
	f := p.eligible.find(see)
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
