// Package descriptor reads the files in which repositories describe themselves to software catalogs: Backstage's
// catalog-info.yaml, cortex.yaml, opslevel.yml and port.yml. It is pure: a text in, entities out, each with the lines on
// which its fields stand. It also writes patches that correct single values, and dates when fields were last confirmed.
package descriptor

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Format is the way in which a file describes entities, named after the portal that reads it.
type Format string

// The formats.
const (
	Backstage Format = "backstage" // Roadie and Spotify Portal too
	Cortex    Format = "cortex"
	OpsLevel  Format = "opslevel"
	Port      Format = "port"
)

// FormatOf returns the format of the file with a path. Every file that is not named after another portal is one of
// Backstage's, which may have any name.
func FormatOf(file string) Format {
	name, _, _ := strings.Cut(path.Base(file), ".")
	switch {
	case name == "cortex", strings.HasPrefix(file, ".cortex/"), strings.Contains(file, "/.cortex/"):
		return Cortex
	case name == "opslevel":
		return OpsLevel
	case name == "port":
		return Port
	}
	return Backstage
}

// File is what a catalog file says.
type File struct {
	Format    Format
	Place     metrics.Place
	Entities  []Entity   // as they stand in the file; an entity that is described twice is there twice
	Locations []Location // other files that describe entities
	Warnings  []metrics.Warning
	Broken    bool // some of it could not be read: what is not in Entities may yet be in the file
	LeftOut   bool // it means to describe more than is in Entities, be it broken or not so that a portal would take it
}

// Entity is an entity as a file describes it. People in it are in the clear, as they are in a catalog.Item: owners in its
// fields are as they were typed, references of other fields in full. Source and Seen are left zero.
type Entity struct {
	metrics.Entity
	Begin  int     // line of its kind, or of the first key of what describes it
	Owners []Party // whom its owners are; those that cannot be read are in its field alone
	Team   *Team   // of a team
	Person *Person // of a person, who has no fields

	places map[string][]place // by name of the field, one for each of its values; one where it has none
}

// Party is who owns something or is in a team.
type Party struct {
	Ref   metrics.EntityRef // the zero EntityRef where it is none
	Email string
	Name  string // of a person, where the file tells
}

// Team is what a file says of a team besides its fields.
type Team struct {
	Title   string
	Parent  metrics.EntityRef // the zero EntityRef where it is in none
	Aliases []string          // what hosts call it, as @org/team
	Members []Party           // where the file itself lists them
}

// Person is what a file says of a person.
type Person struct {
	Name   string
	Email  string
	Logins []string // at code hosts
	In     []metrics.EntityRef
}

// Line returns the line of the first value of a field, counted from 1; 0 where the file does not name the field.
func (e Entity) Line(field string) int {
	if at := e.places[field]; len(at) > 0 {
		return at[0].line
	}
	return 0
}

// Field returns a field; ok is false where the file does not name it.
func (e Entity) Field(name string) (field metrics.EntityField, ok bool) {
	for _, f := range e.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return metrics.EntityField{}, false
}

// maxSize is how large a file may be. The largest that people write, inventories of whole organisations, have a few
// megabytes.
const maxSize = 16 << 20

// Parse reads the content of the file at a place. It never fails: what cannot be read is left out and warned of, and one
// broken document of a file does not hide the others. A port.yml, cortex.yaml or opslevel.yml that is something else
// altogether, as other programs have files of these names, has no entities and no warnings.
func Parse(place metrics.Place, content string) File {
	r := &reader{file: File{Format: FormatOf(place.Path), Place: place}, steps: 10_000 + len(content)}
	if len(content) > maxSize {
		r.warnAt(1, 1, "the file has %d bytes, more than the %d that are read", len(content), maxSize)
		r.file.Broken, r.file.LeftOut = true, true
		return r.file
	}
	for _, root := range r.documents(content) {
		r.document(resolve(root))
	}
	if r.steps < 0 {
		r.warnAt(1, 1, "aliases expand too far")
		r.file.Entities, r.file.Locations, r.file.Broken = nil, nil, true
	}
	r.file.LeftOut = (r.file.Broken || r.file.LeftOut) && !skeleton(content)
	slices.SortStableFunc(r.file.Warnings, func(a, b metrics.Warning) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	return r.file
}

// skeleton reports whether a file is there for descriptors to be made of it, and is none itself. What is filled in by
// templates is not always YAML. A descriptor of templates has such marks, too.
func skeleton(content string) bool {
	return (strings.Contains(content, "{{") || strings.Contains(content, "{%")) && !strings.Contains(content, "kind: Template")
}

// document reads one document.
func (r *reader) document(root *node) {
	switch r.file.Format {
	case Cortex:
		r.cortex(root)
	case OpsLevel:
		r.opsLevel(root)
	case Port:
		r.port(root)
	default:
		r.backstage(root)
	}
}
