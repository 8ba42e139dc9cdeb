package freshness

import (
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// FieldAudit is what a field of the catalog is worth.
type FieldAudit struct {
	Field    string
	Filled   Share // of the counted entities of kinds that have the field
	Right    Share // of the filled, as are the next two; unknown are those that nothing could check
	Wrong    Share
	Aged     Share
	Distinct int     // different values, in lower case
	Age      float64 // days since the last confirmation, the median of the filled for which one is known
	AgeKnown bool    // there is any
	Machine  Share   // of the filled, those that a program wrote

	Truth    string // what could fill it; "" for nothing
	Fillable Share  // of the entities of kinds that have the field, those that it could fill it for

	Advice     Advice
	Why        string
	IfFollowed Share // what catalog freshness would be then
}

// Audit returns what each field is worth, by name.
func (out *Judgement) Audit() []FieldAudit {
	tallies := out.tally()
	kinds := out.kinds()
	list := make([]FieldAudit, 0, len(tallies))
	for _, name := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[name]
		a := t.audit(name)
		for kind := range t.kinds {
			a.Filled.Den += kinds[kind]
		}
		out.truths(&a, t.kinds)
		out.advise(&a, t.needs)
		list = append(list, a)
	}
	return list
}

// kinds counts the counted entities by kind.
func (out *Judgement) kinds() map[string]int {
	kinds := map[string]int{}
	for i := range out.Entities {
		if e := &out.Entities[i]; e.Counted {
			kinds[e.Ref.Kind]++
		}
	}
	return kinds
}

// tally is what is counted of a field.
type tally struct {
	kinds    map[string]bool // that have it
	verdicts [len(verdictNames)]int
	hands    [metrics.EditedByMachine + 1]int
	ages     []float64
	values   map[string]bool
	needs    need
}

func (out *Judgement) tally() map[string]*tally {
	tallies := map[string]*tally{}
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted {
			continue
		}
		for k := range e.Fields {
			f := &e.Fields[k]
			t := tallies[f.Name]
			if t == nil {
				t = &tally{kinds: map[string]bool{}, values: map[string]bool{}}
				tallies[f.Name] = t
			}
			t.kinds[e.Ref.Kind] = true
			t.needs = max(t.needs, needed(e.Record, f.Name))
			t.add(f, out.judge.now)
		}
		for _, f := range e.Record.Fields {
			_, refers := Refers(f.Name, e.Ref.Kind)
			values := f.Values
			if f.Name == metrics.FieldOwner { // however it spells them
				values = out.judge.world.alike(f.Name, f.Values, e.Ref.Namespace)
			}
			tallies[f.Name].note(values, refers)
		}
	}
	return tallies
}

func (t *tally) add(f *Field, now metrics.Instant) {
	t.verdicts[f.Verdict]++
	if f.Verdict == Empty {
		return
	}
	t.hands[f.By]++
	if f.Confirmed != metrics.Beginning && f.Confirmed <= now {
		t.ages = append(t.ages, float64(now-f.Confirmed)/float64(metrics.Day))
	}
}

// note takes in the values of an entity's field, which may be references.
func (t *tally) note(values []string, refers bool) {
	for _, v := range values {
		if !placeholder(v) && !(refers && blank(v)) {
			t.values[v] = true
		}
	}
}

func (t *tally) audit(name string) FieldAudit {
	unchecked := t.verdicts[Aged] + t.verdicts[Unverified]
	all := t.verdicts[Right] + t.verdicts[Wrong] + unchecked
	slices.Sort(t.ages)
	a := FieldAudit{
		Field: name, Filled: Share{Num: all}, Distinct: t.distinct(),
		Right: Share{t.verdicts[Right], all, unchecked}, Wrong: Share{t.verdicts[Wrong], all, unchecked},
		Aged: Share{Num: t.verdicts[Aged], Den: all}, Machine: Share{t.hands[metrics.EditedByMachine], all, t.hands[metrics.EditorUnknown]},
	}
	a.Age, a.AgeKnown = stats.Quantile(t.ages, 0.5)
	return a
}

// distinct counts the values, whatever their case.
func (t *tally) distinct() int {
	lower := make(map[string]bool, len(t.values))
	for v := range t.values {
		lower[plain(v)] = true
	}
	return len(lower)
}

// set returns whether a name is among some.
func set(names ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

// Without returns what catalog freshness would be without some fields. Without the owner nobody asks for one; without all
// fields that make an entity fresh nothing is left to be so, and there is nothing to count.
func (out *Judgement) Without(fields ...string) Share {
	left := slices.DeleteFunc(append([]string{metrics.FieldOwner}, out.judge.m.FreshFields...), set(fields...))
	if len(left) == 0 {
		return Share{}
	}
	return out.freshness(set(fields...), nil)
}

// freshness counts the fresh entities without some fields, and with others filled where that is possible.
func (out *Judgement) freshness(without, automated func(string) bool) Share {
	var s Share
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted {
			continue
		}
		s.add(e.fresh(out.judge.m.FreshFields, without, func(field string) bool {
			return automated != nil && automated(field) && e.truth(field) != ""
		}))
	}
	return s
}
