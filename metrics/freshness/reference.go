package freshness

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Refers returns of which kind things are that a field refers to where it does not say so itself. It is not ok for
// fields that hold no references.
func Refers(field, kind string) (of string, ok bool) {
	switch field {
	case metrics.FieldOwner:
		return "group", true
	case metrics.FieldSystem, metrics.FieldDomain, metrics.FieldTemplate:
		return field, true
	case metrics.FieldParent:
		return kind, true
	case metrics.FieldDependsOn:
		return "component", true
	case metrics.FieldProvides, metrics.FieldConsumes:
		return "api", true
	}
	return "", false
}

// references judges a field that refers to other entities: one reference to nothing makes it wrong, one of which nothing
// is known makes it unchecked.
func (j *judge) references(s *subject, kind string) Field {
	found := Field{Verdict: Right, Cause: CauseThere, Reason: "what it refers to is in the catalog"}
	unknown := false
	for _, v := range s.field.Values {
		if j.blank(s, v, kind) {
			continue
		}
		f, there := j.reference(s, v, kind)
		switch there {
		case metrics.No:
			return f
		case metrics.Maybe:
			unknown = true
		}
		found.Reason, found.Evidence = cmp.Or(f.Reason, found.Reason), append(found.Evidence, f.Evidence...)
	}
	if unknown {
		return unchecked(CauseUnchecked, "not all of the catalog is known, and it is not in the rest")
	}
	return found
}

// blank reports whether a reference names nothing. Where a thing is called so, it is that thing.
func (j *judge) blank(s *subject, value, kind string) bool {
	if !blank(value) {
		return false
	}
	ref, err := metrics.ParseEntityRef(strings.TrimSpace(value), kind, s.Ref.Namespace)
	return err != nil || !j.world.entities[ref] && !j.world.Elsewhere[ref]
}

// reference looks up one reference. A text that cannot be one refers to nothing.
func (j *judge) reference(s *subject, value, kind string) (f Field, there metrics.Truth) {
	ref, err := metrics.ParseEntityRef(strings.TrimSpace(value), kind, s.Ref.Namespace)
	switch {
	case err != nil:
		return Field{Verdict: Wrong, Cause: CauseDangling, Reason: quote(value) + " is no reference"}, metrics.No
	case s.field.Name == metrics.FieldParent && ref == s.Ref:
		return Field{Verdict: Wrong, Cause: CauseSelf, Reason: "it is said to be its own parent"}, metrics.No
	case j.world.entities[ref]:
		f.Evidence = []Evidence{{Fact: "entity", Subject: value}}
		return f, metrics.Yes
	case j.world.Elsewhere[ref]:
		return Field{Reason: "what it refers to is in the catalog of a portal", Evidence: []Evidence{{Fact: "entity", Subject: value}}}, metrics.Yes
	case !j.world.nowhere(ref, s.confirmed.found(CauseDangling)):
		return f, metrics.Maybe
	}
	since := j.world.Vanished[ref]
	return Field{
		Verdict: Wrong, Cause: CauseDangling, Since: since, Reason: fmt.Sprintf("%s is not in the catalog", quote(ref.String())),
		Evidence: []Evidence{{Fact: "entity", Subject: ref.String(), At: since}},
	}, metrics.No
}
