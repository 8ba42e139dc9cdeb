package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// referring are the references in a spec by their key, with the kind of those that name none.
var referring = map[string]struct{ field, kind string }{
	"system": {metrics.FieldSystem, "system"}, "domain": {metrics.FieldDomain, "domain"},
	"subcomponentOf": {metrics.FieldParent, "component"}, "subdomainOf": {metrics.FieldParent, "domain"}, "parent": {metrics.FieldParent, kindGroup},
	"dependsOn": {metrics.FieldDependsOn, ""}, "providesApis": {metrics.FieldProvides, "api"}, "consumesApis": {metrics.FieldConsumes, "api"},
}

// elsewhere are the parts of the spec that items tell in another way.
var elsewhere = []string{"profile", "members", "memberOf"}

// machines are the annotations that the catalog writes.
var machines = []string{
	managedLocation, "backstage.io/managed-by-origin-location", "backstage.io/view-url", "backstage.io/edit-url", sourceLocation, "backstage.io/orphan",
}

// fields are what is written in an entity.
func (e *envelope) fields(entity *metrics.Entity) []metrics.EntityField {
	f := &written{newFilled(), map[string]bool{}}
	f.some(metrics.FieldTitle, e.Metadata.Title)
	f.some(metrics.FieldDescription, e.Metadata.Description)
	f.some(metrics.FieldTags, e.Metadata.Tags)
	for _, link := range e.Metadata.Links.is {
		f.some(metrics.FieldLinks, link.URL)
	}
	for key, raw := range e.Metadata.Annotations.is {
		if !slices.Contains(machines, key) {
			f.raw("annotation."+key, raw)
		}
	}
	for key, raw := range e.Metadata.Labels.is {
		f.raw("label."+key, raw)
	}
	for _, key := range slices.Sorted(maps.Keys(e.Spec.is)) { // several may fill one field
		f.spec(key, e.Spec.is[key], entity.Ref.Namespace)
	}
	if template := e.annotation("backstage.io/source-template"); template != "" {
		f.set(metrics.FieldTemplate, full(template, "template", entity.Ref.Namespace))
	}
	if e.namesSource() {
		f.set(metrics.FieldSource, metrics.UnitName(entity.Repo, entity.Folder))
	}
	for _, problem := range f.problems {
		entity.Problems = appendNew(entity.Problems, problem)
	}
	return f.fields()
}

// written are the fields of an entity while it is put together, with those that a placeholder stands for.
type written struct {
	*filled
	unresolved map[string]bool
}

func (w *written) some(name string, values loose) {
	if len(values) > 0 {
		w.set(name, digested(values)...)
	}
}

func (w *written) raw(name string, raw json.RawMessage) {
	values, unresolved := typed(raw)
	w.set(name, digested(values)...)
	w.unresolved[name] = w.unresolved[name] || unresolved
}

// spec fills the field of a key in the spec.
func (w *written) spec(key string, raw json.RawMessage, namespace string) {
	to, isReference := referring[key]
	switch {
	case slices.Contains(elsewhere, key):
	case isReference:
		values, unresolved := typed(raw)
		for i, v := range values {
			values[i] = full(v, to.kind, namespace)
		}
		w.set(to.field, values...)
		w.unresolved[to.field] = w.unresolved[to.field] || unresolved
	case slices.Contains([]string{metrics.FieldOwner, metrics.FieldLifecycle, metrics.FieldType}, key):
		w.raw(key, raw)
	default:
		w.raw("property."+key, raw)
	}
}

// fields returns the fields by name.
func (w *written) fields() []metrics.EntityField {
	list := w.filled.fields()
	for i := range list {
		list[i].Unresolved = w.unresolved[list[i].Name]
	}
	return list
}

// full is a reference in full, without secrets: in lower case they are not known for such any more. A text that is none stays
// what it is.
func full(text, kind, namespace string) string {
	if ref, err := metrics.ParseEntityRef(metrics.WithoutSecrets(strings.TrimSpace(text)), kind, namespace); err == nil {
		return ref.String()
	}
	return text
}

// typed is a value as texts, and whether one of them stands for something else: an object whose only key begins with $, which
// the catalog replaces with what it names when it takes an entity in, or a text that a template was to fill in.
func typed(raw json.RawMessage) (values loose, unresolved bool) {
	switch {
	case len(raw) == 0:
		return nil, false
	case raw[0] == '[':
		return typedList(raw)
	case raw[0] == '{':
		if name := placeholder(raw); name != "" {
			return loose{name}, true
		}
	}
	if json.Unmarshal(raw, &values) != nil {
		return nil, false
	}
	return values, slices.ContainsFunc(values, func(text string) bool { return strings.Contains(text, "${{") })
}

func typedList(raw json.RawMessage) (values loose, unresolved bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, false
	}
	for _, element := range list {
		v, u := typed(element)
		values, unresolved = append(values, v...), unresolved || u
	}
	return values, unresolved
}

// placeholder is what an object stands for; "" where it is itself meant.
func placeholder(raw json.RawMessage) string {
	var object map[string]loose
	if json.Unmarshal(raw, &object) != nil || len(object) != 1 {
		return ""
	}
	for key, named := range object {
		if strings.HasPrefix(key, "$") {
			return key + ": " + named.first()
		}
	}
	return ""
}

// maxText is how long a value may be to be kept as it is. Longer ones are documents, such as the definition of an API: they
// are told by a hash, which changes when they do.
const maxText = 4 << 10

func digested(values []string) []string {
	short := slices.Clone(values)
	for i, v := range short {
		if len(v) > maxText {
			short[i] = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(v)))
		}
	}
	return short
}
