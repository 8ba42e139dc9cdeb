package metrics

import (
	"cmp"
	"fmt"
	"strings"
)

// EntityRef names an entity of a software catalog. Its parts are in lower case, as portals compare them.
type EntityRef struct {
	Kind      string // component, api, system, domain, resource, group, user, or what the portal calls it
	Namespace string // DefaultNamespace in most catalogs
	Name      string
}

// DefaultNamespace is that of entities which name none.
const DefaultNamespace = "default"

// String returns kind:namespace/name.
func (r EntityRef) String() string { return r.Kind + ":" + r.Namespace + "/" + r.Name }

// ParseEntityRef reads a reference in any of its spellings: name, namespace/name, kind:name or kind:namespace/name. What
// it leaves out is taken from the given kind and namespace. It fails for a text that cannot be a reference: one without a
// name, with white space, or with more colons or slashes than a reference has.
func ParseEntityRef(text, kind, namespace string) (EntityRef, error) {
	ref := EntityRef{Kind: kind, Namespace: cmp.Or(namespace, DefaultNamespace), Name: text}
	if before, after, ok := strings.Cut(text, ":"); ok {
		ref.Kind, ref.Name = before, after
	}
	if before, after, ok := strings.Cut(ref.Name, "/"); ok {
		ref.Namespace, ref.Name = before, after
	}
	if ref.Kind == "" || ref.Namespace == "" || ref.Name == "" || strings.ContainsAny(ref.Name, ":/") || strings.ContainsAny(text, " \t\r\n") {
		return EntityRef{}, fmt.Errorf("entity reference %q: %w", text, ErrInvalid)
	}
	ref.Kind, ref.Namespace, ref.Name = strings.ToLower(ref.Kind), strings.ToLower(ref.Namespace), strings.ToLower(ref.Name)
	return ref, nil
}

// Names of the fields of entities that mean the same in every catalog. Others are named as the catalog names them:
// annotation.KEY, label.KEY, property.KEY.
const (
	FieldTitle       = "title"
	FieldDescription = "description"
	FieldType        = "type"
	FieldOwner       = "owner"
	FieldLifecycle   = "lifecycle"
	FieldTier        = "tier"
	FieldSystem      = "system" // of a component, an API or a resource
	FieldDomain      = "domain" // of a system
	FieldParent      = "parent" // of a component or a group
	FieldSource      = "source" // the repository, and the folder in it
	FieldTags        = "tags"
	FieldLinks       = "links"         // URLs
	FieldDependsOn   = "depends_on"    // references
	FieldProvides    = "provides_apis" // references
	FieldConsumes    = "consumes_apis" // references
	FieldTemplate    = "template"      // reference of the template that it was created from
)

// EntityField is one field of an entity as its catalog has it.
type EntityField struct {
	Name       string
	Values     []string // as they were typed, references in full; none where it is empty
	Unresolved bool     // a placeholder such as $text stands for its value, which nobody has looked up
}

// Entity is what a catalog says of one thing, as a source saw it. People in it are keyed (see Identity), never in the clear.
type Entity struct {
	Source string
	Ref    EntityRef
	Seen   Instant
	Fields []EntityField // by name, each once

	Repo       string // identity of the repository that it is about; "" where it names none
	Folder     string // in that repository; "" for all of it
	Descriptor Place  // the file that it is written in; the zero Place where there is none or that is not told

	Orphan   bool     // nothing in the catalog brings it any more
	Problems []string // what the portal finds wrong with it, in its words

	Edited Instant // when a human last changed it in the portal, where that tells; Beginning where not
}

// Place is a file in a repository.
type Place struct {
	Repo string // identity
	Path string
}
