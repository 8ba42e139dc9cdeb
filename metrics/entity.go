package metrics

import (
	"cmp"
	"fmt"
	"slices"
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

// things are the kinds that every portal has of its own for what is neither a team nor a person. Other kinds are what
// an organisation makes of them.
var things = [...]string{"api", "component", "domain", "location", "product", "resource", "service", "system", "template"}

// persons are what portals call them.
var persons = [...]string{"person", "user", "_user"}

// IsThing reports whether an owner is written as a thing, which owns nothing: as a reference to one, as a URL, or as what is
// no text but a mapping or a list of YAML.
func IsThing(owner string) bool {
	kind, _, typed := strings.Cut(owner, ":")
	return strings.Contains(owner, "://") || strings.HasPrefix(strings.TrimSpace(owner), "{") || strings.HasPrefix(strings.TrimSpace(owner), "[") ||
		typed && slices.Contains(things[:], strings.ToLower(strings.TrimSpace(kind)))
}

// IsPerson reports whether an owner is written as a person: of such a kind, as an e-mail address, or as @login.
func IsPerson(owner string) bool {
	owner = strings.TrimSpace(owner)
	kind, _, typed := strings.Cut(owner, ":")
	name, at := strings.CutPrefix(owner, "@")
	return typed && IsPersonKind(kind) || strings.Contains(name, "@") || at && !strings.Contains(name, "/")
}

// IsPersonKind reports whether entities of a kind are persons, whatever portals call them.
func IsPersonKind(kind string) bool { return slices.Contains(persons[:], strings.ToLower(kind)) }

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

	Edited   Instant // when a human last changed it in the portal, where that tells; Beginning where not
	Verified Instant // when a human last said in the portal that all of it is right; likewise
}

// Place is a file in a repository.
type Place struct {
	Repo string // identity
	Path string
}

// Snapshot is an entity as a source saw it, with what its successive snapshots tell. It is told apart by source, reference
// and Seen; one that is the same as the one before is not written.
type Snapshot struct {
	Entity
	Gone   bool          // a list that was whole did not have it any more: nothing but source, reference and Seen is told
	Owners []EntityOwner // whom the portal takes the owners for
	Since  []Instant     // of each of Fields: since when it is seen as it is, after it was seen otherwise; Beginning where it always was
	By     []Editor      // of each of Fields: who made it so then
}

// EntityOwner is whom a portal takes an owner for.
type EntityOwner struct {
	Ref    EntityRef // the zero EntityRef where it is none in this catalog; of a person, keyed
	Person AliasID   // where it is a person
	Gone   bool      // the portal itself says that there is no such team any more
	Since  Instant   // since when it is seen to say so, after it took it for a team; Beginning where it always said so, or does not
}

// Editor says who wrote the value of a field.
type Editor uint8

// Who writes fields.
const (
	EditorUnknown Editor = iota
	EditedByHuman
	EditedByMachine // a program that brings it from elsewhere
)

// Mark identifies what a snapshot says, whenever it was seen.
func (s *Snapshot) Mark() uint64 {
	parts := []string{s.Ref.String(), s.Repo, s.Folder, s.Descriptor.Repo, s.Descriptor.Path, fmt.Sprint(s.Gone, s.Orphan, int64(s.Edited), len(s.Problems))}
	parts = append(parts, s.Problems...)
	if s.Verified != Beginning {
		parts = append(parts, fmt.Sprint("verified ", int64(s.Verified)))
	}
	for _, o := range s.Owners {
		parts = append(parts, fmt.Sprint("owner ", o.Ref, uint64(o.Person), o.Gone))
	}
	for _, f := range s.Fields {
		parts = append(append(parts, fmt.Sprint("field ", f.Name, f.Unresolved, len(f.Values))), f.Values...)
	}
	return Fingerprint(parts...)
}

// CatalogList says how a source read its catalog. It is told apart by source and At.
type CatalogList struct {
	Source   string
	At       Instant
	Complete bool     // it was read whole: what was not in it is not there any more
	Kinds    []string // of which kinds that is so; none for all
	Entities int      // people and teams among them
	Requests int
	Detail   string // why it is not complete, in words for people, free of secrets
}

// Described is an entity as the files of a repository describe it at its head. People in it are nobody in particular. One
// without a Ref says that the file describes more, and that nobody read how: where its Folder is empty in files of the
// repository that is its Entity.Repo, else in what is written there, which may be about anything.
type Described struct {
	Repo      RepoID    // whose files they are
	Entity              // Source is DescribedSource, Seen when the head was committed
	Blob      OID       // what is in its file
	Line      int       // in its file
	Lines     []int     // of each of Fields; 0 where the file does not name it
	Confirmed []Instant // of each of Fields: when a human last gave it another value than it had; Beginning where that is not known
	Written   []Instant // likewise when anybody did, be it a program
}

// DescribedSource is the name under which all catalog files of repositories are a catalog of their own.
const DescribedSource = "files"

// Portals stands for all catalogs but that of files, where some of them are asked for; so no source is called that.
const Portals = "portals"

// AsksFor reports whether a question about a catalog is about that of a source: one about all is, which names none.
func AsksFor(asked, source string) bool {
	return asked == "" || asked == source || asked == Portals && source != DescribedSource
}

// Beside is who owns a unit by what is no catalog: what an owner in a catalog can be compared with.
type Beside struct {
	Unit
	Team   TeamKey
	Source OwnerSource
}
