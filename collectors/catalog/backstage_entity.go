package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// envelope is an entity as the catalog tells it. Whatever has a wrong type in it, as a server that validates nothing may
// let pass, costs that part alone.
type envelope struct {
	Kind     loose
	Metadata struct {
		Name, Namespace, Title, Description loose
		Annotations, Labels                 lenient[map[string]json.RawMessage]
		Tags                                loose
		Links                               lenient[[]struct{ URL loose }]
	}
	Spec      lenient[map[string]json.RawMessage]
	Relations lenient[[]relation]
	Status    lenient[struct {
		Items []struct{ Level, Message loose }
	}]
}

// lenient is a part of an entity that is left zero where it is of another shape.
type lenient[T any] struct{ is T }

// UnmarshalJSON implements json.Unmarshaler.
func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	var is T
	if json.Unmarshal(data, &is) == nil {
		l.is = is
	}
	return nil
}

// relation is what the catalog has made of a reference. Servers before 2023 tell the target in parts, newer ones in one.
type relation struct {
	Type, TargetRef string
	Target          struct{ Kind, Namespace, Name string }
}

// to is what a relation leads to.
func (r relation) to() (metrics.EntityRef, bool) {
	text := r.TargetRef
	if text == "" {
		text = r.Target.Kind + ":" + r.Target.Namespace + "/" + r.Target.Name
	}
	ref, err := metrics.ParseEntityRef(metrics.WithoutSecrets(text), "", "")
	return ref, err == nil
}

// related are the targets of the relations of one type.
func (e *envelope) related(kind string) (refs []metrics.EntityRef) {
	for _, r := range e.Relations.is {
		if ref, ok := r.to(); ok && r.Type == kind {
			refs = append(refs, ref)
		}
	}
	return refs
}

// annotation is the text of an annotation; "" where there is none.
func (e *envelope) annotation(key string) string {
	v, _ := typed(e.Metadata.Annotations.is[key])
	return strings.TrimSpace(v.first())
}

// gathered is an item and what has to be known before it is handed on.
type gathered struct {
	item    Item
	owners  []metrics.EntityRef
	members []metrics.EntityRef // of a group
}

// person is how a listed user is written; the zero person is none.
type person struct{ as *collectors.Spelling }

// person is who the item is.
func (g gathered) person() person {
	if len(g.item.Spelled) == 0 {
		return person{}
	}
	return person{&g.item.Spelled[0]}
}

// refers tells what an item refers to as owners or members.
func (g gathered) refers() iter.Seq[metrics.EntityRef] {
	return slices.Values(slices.Concat(g.owners, g.members))
}

// gather reads an entity; ok is false where it has no kind or no name.
func gather(raw []byte) (g gathered, ok bool) {
	if len(raw) > maxEntity {
		return gatherName(raw, len(raw))
	}
	var e envelope
	if json.Unmarshal(raw, &e) != nil {
		return gatherName(raw, 0)
	}
	return e.gather()
}

// gatherName reads no more of an entity than what it is called, for it is too large or of no shape.
func gatherName(raw []byte, size int) (g gathered, ok bool) {
	var e struct {
		Kind     loose
		Metadata lenient[struct{ Name, Namespace loose }]
	}
	if json.Unmarshal(raw, &e) != nil {
		return g, false
	}
	if g.item.Entity.Ref, ok = refOfParts(e.Kind, e.Metadata.is.Namespace, e.Metadata.is.Name); !ok {
		return g, false
	}
	g.item.Unread = "it has parts of a wrong type"
	if size > 0 {
		g.item.Unread = fmt.Sprintf("it has %d bytes, more than %d", size, maxEntity)
	}
	g.item.Entity.Problems = []string{"nothing but the name of the entity is read: " + g.item.Unread}
	return g, true
}

// gatherRow reads what was not processed, with its errors.
func gatherRow(raw []byte) (g gathered, ok bool) {
	var row struct {
		Entity json.RawMessage                    `json:"unprocessed_entity"`
		Errors lenient[[]struct{ Message loose }] `json:"errors"`
	}
	if json.Unmarshal(raw, &row) != nil {
		return g, false
	}
	if g, ok = gather(row.Entity); !ok {
		return g, false
	}
	for _, e := range row.Errors.is {
		g.item.Entity.Problems = appendNew(g.item.Entity.Problems, e.Message.first())
	}
	return g, true
}

func refOfParts(kind, namespace, name loose) (metrics.EntityRef, bool) {
	ref := metrics.EntityRef{Kind: strings.ToLower(kind.first()), Namespace: strings.ToLower(namespace.first()), Name: strings.ToLower(metrics.WithoutSecrets(name.first()))}
	if ref.Namespace == "" {
		ref.Namespace = metrics.DefaultNamespace
	}
	return ref, ref.Kind != "" && ref.Name != ""
}

// gather makes an item of an entity. Of a user it has no fields, for they would be of a person.
func (e *envelope) gather() (g gathered, ok bool) {
	entity := &g.item.Entity
	if entity.Ref, ok = refOfParts(e.Kind, e.Metadata.Namespace, e.Metadata.Name); !ok {
		return g, false
	}
	entity.Orphan = e.annotation("backstage.io/orphan") == "true"
	for _, s := range e.Status.is.Items {
		if s.Level.first() == "error" {
			entity.Problems = appendNew(entity.Problems, s.Message.first())
		}
	}
	if entity.Ref.Kind == kindUser {
		g.item.Spelled, g.item.In = e.spelled(), e.references("memberOf", "memberOf", kindGroup, entity.Ref.Namespace)
		return g, true
	}
	e.locate(entity)
	entity.Fields = e.fields(entity)
	g.owners = e.references("ownedBy", "owner", kindGroup, entity.Ref.Namespace)
	if entity.Ref.Kind == kindGroup {
		g.item.Team = e.team(entity.Ref.Namespace)
		g.members = e.references("hasMember", "members", kindUser, entity.Ref.Namespace)
	}
	return g, true
}

// maxProblem is how much is kept of what a portal says of a problem, in bytes.
const maxProblem = 1000

func appendNew(list []string, text string) []string {
	text = cutTo(metrics.WithoutSecrets(strings.TrimSpace(text)), maxProblem) // what is left of a secret that is cut is not known for one
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// references are what the relations of a type lead to. Where there are none, as of what was never processed, they are what
// is written in the spec.
func (e *envelope) references(relation, key, kind, namespace string) []metrics.EntityRef {
	if refs := e.related(relation); len(refs) > 0 {
		return refs
	}
	values, unresolved := typed(e.Spec.is[key])
	if unresolved {
		return nil
	}
	var refs []metrics.EntityRef
	for _, v := range values {
		if ref, err := metrics.ParseEntityRef(metrics.WithoutSecrets(strings.TrimSpace(v)), kind, namespace); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs
}

// spelled are the ways in which a user is written, the address first.
func (e *envelope) spelled() (all []collectors.Spelling) {
	name, email := e.profile()
	if email != "" {
		all = append(all, collectors.Spelling{Name: name, Email: email})
	}
	for _, key := range slices.Sorted(maps.Keys(e.Metadata.Annotations.is)) {
		if login := strings.TrimPrefix(e.annotation(key), "@"); login != "" && strings.HasSuffix(key, "/user-login") {
			all = append(all, collectors.Spelling{Name: "@" + login})
		}
	}
	if len(all) > 0 {
		return all
	}
	return []collectors.Spelling{{Name: cmp.Or(name, e.Metadata.Name.first())}}
}

// profile is what groups and users call themselves; the name is that of the entity where there is none.
func (e *envelope) profile() (name, email string) {
	var p lenient[struct{ DisplayName, Email loose }]
	if raw := e.Spec.is["profile"]; raw != nil && json.Unmarshal(raw, &p) != nil {
		return "", ""
	}
	return cmp.Or(p.is.DisplayName.first(), e.Metadata.Title.first()), strings.TrimSpace(p.is.Email.first())
}

// team is what an entity says of a group. The catalog lists all of its members, as relations.
func (e *envelope) team(namespace string) *Team {
	name, _ := e.profile()
	t := &Team{Title: cmp.Or(e.Metadata.Title.first(), name), Known: true}
	if parents := e.references("childOf", "parent", kindGroup, namespace); len(parents) > 0 {
		t.Parent = parents[0]
	}
	if slug := strings.TrimPrefix(e.annotation("github.com/team-slug"), "@"); slug != "" {
		t.Aliases = []string{"@" + slug}
	}
	return t
}
