package freshness

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Disagreement is a field on which two portals say different things of one place.
type Disagreement struct {
	Place string // repository, or the folder in it, in the manner of metrics.UnitName
	Field string
	Sides [2]Side // by source
}

// Side is what one portal says.
type Side struct {
	Source string
	Ref    metrics.EntityRef
	Values []string // as they were typed
}

// compared are the fields of which portals can say the same thing. Words for people, and lists that each portal keeps of
// its own, differ without being at odds.
var compared = [...]string{
	metrics.FieldDomain, metrics.FieldLifecycle, metrics.FieldOwner, metrics.FieldSystem, metrics.FieldTemplate, metrics.FieldTier,
	metrics.FieldType,
}

// standIns are the kinds that stand for a place which several entities of one portal are about.
var standIns = [...]string{"component", "service"}

// Disagreements compares portals with one another, two at a time, about every place that both have an entity for. A field
// has to be filled in both, and to differ when both are spelled alike: owners are compared as teams, lifecycles by what
// they mean, references by the name that they end in.
func Disagreements(portals ...*Judgement) []Disagreement {
	var list []Disagreement
	places := make([]map[string]*Judged, len(portals))
	for i, p := range portals {
		places[i] = p.places()
	}
	for i := range portals {
		for k := i + 1; k < len(portals); k++ {
			list = append(list, between(portals[i].judge.world, places[i], places[k])...)
		}
	}
	slices.SortStableFunc(list, func(a, b Disagreement) int {
		return cmp.Or(strings.Compare(a.Place, b.Place), strings.Compare(a.Field, b.Field),
			strings.Compare(a.Sides[0].Source, b.Sides[0].Source), strings.Compare(a.Sides[1].Source, b.Sides[1].Source))
	})
	return list
}

// places returns the entity that stands for each place: the only one, or the only one that is a component.
func (out *Judgement) places() map[string]*Judged {
	all := map[string][]*Judged{}
	for i := range out.Entities {
		if e := &out.Entities[i]; e.Counted && e.Repo != "" {
			name := metrics.UnitName(out.judge.world.newest(e.Repo), e.Folder)
			all[name] = append(all[name], e)
		}
	}
	places := make(map[string]*Judged, len(all))
	for name, list := range all {
		if len(list) > 1 {
			list = slices.DeleteFunc(list, func(e *Judged) bool { return !slices.Contains(standIns[:], e.Ref.Kind) })
		}
		if len(list) == 1 {
			places[name] = list[0]
		}
	}
	return places
}

func between(x *index, left, right map[string]*Judged) []Disagreement {
	var list []Disagreement
	for _, place := range slices.Sorted(maps.Keys(left)) {
		a, b := left[place], right[place]
		if b == nil {
			continue
		}
		if b.Source < a.Source {
			a, b = b, a
		}
		for _, field := range compared {
			if values, differ := disagree(x, a, b, field); differ {
				list = append(list, Disagreement{place, field, [2]Side{{a.Source, a.Ref, values[0]}, {b.Source, b.Ref, values[1]}}})
			}
		}
	}
	return list
}

// disagree returns what two entities have in a field, and whether that differs.
func disagree(x *index, a, b *Judged, field string) (values [2][]string, differ bool) {
	var alike [2][]string
	for i, e := range [...]*Judged{a, b} {
		k := slices.IndexFunc(e.Record.Fields, func(f metrics.EntityField) bool { return f.Name == field })
		if k < 0 || e.Record.Fields[k].Unresolved {
			return values, false
		}
		values[i] = e.Record.Fields[k].Values
		alike[i] = x.alike(field, values[i], e.Ref.Namespace)
		if len(alike[i]) == 0 {
			return values, false
		}
	}
	return values, !slices.Equal(alike[0], alike[1])
}

// alike returns the values of a field in the spelling in which they are compared, in order and each once; none of a field
// that is not filled.
func (x *index) alike(field string, values []string, namespace string) []string {
	if field == metrics.FieldOwner {
		values = ownersIn(values)
	}
	var list []string
	for _, v := range values {
		if _, refers := Refers(field, ""); !placeholder(v) && !(refers && blank(v)) {
			list = append(list, x.spelled(field, v, namespace))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// stageNames are what lifecycles are compared by.
var stageNames = [...]string{building: "building", serving: "serving", ending: "ending", over: "over"}

func (x *index) spelled(field, value, namespace string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	last := plain(value[strings.LastIndexAny(value, ":/")+1:])
	switch field {
	case metrics.FieldOwner:
		if c := x.lookUp(value, namespace); c.team != nil {
			return string(c.team.Key)
		}
		if metrics.IsThing(value) { // which is no team, however it ends
			return value
		}
		return strings.TrimPrefix(last, "@")
	case metrics.FieldLifecycle:
		return cmp.Or(stageNames[stages[plain(value)]], plain(value))
	case metrics.FieldTier:
		return strings.TrimPrefix(plain(value), "tier-")
	case metrics.FieldType:
		return plain(value)
	}
	return last
}
