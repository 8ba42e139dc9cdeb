package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// loose is a value of JSON as texts, whatever its type: a text, a number, true or false as it is written, a list as its
// elements, anything else as JSON. What is null, blank or empty is none.
type loose []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(data []byte) error {
	*l = nil
	switch data[0] {
	case 'n':
		return nil
	case '[':
		return l.list(data)
	case '{':
		return l.object(data)
	}
	text := string(data)
	if data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	if strings.TrimSpace(text) != "" {
		*l = loose{text}
	}
	return nil
}

func (l *loose) list(data []byte) error {
	var elements []loose
	if err := json.Unmarshal(data, &elements); err != nil {
		return err
	}
	*l = slices.Concat(elements...)
	return nil
}

func (l *loose) object(data []byte) error {
	var text bytes.Buffer
	if err := json.Compact(&text, data); err != nil {
		return err
	}
	if text.String() != "{}" {
		*l = loose{text.String()}
	}
	return nil
}

// first is the first of the texts; "" where there is none.
func (l loose) first() string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}

// maxField is how much is kept of a field, in bytes. Longer ones are documents, which are nobody's owner or lifecycle.
const maxField = 64 << 10

// filled are the fields of an entity while it is put together.
type filled struct {
	values   map[string][]string
	problems []string
}

func newFilled() *filled { return &filled{values: map[string][]string{}} }

// set fills a field, beside what is in it already. Blank values are none, and a field without any is there, but empty.
func (f *filled) set(name string, values ...string) {
	kept, left, lost := f.values[name], maxField, 0
	for _, had := range kept {
		left -= len(had)
	}
	for _, v := range values {
		if strings.TrimSpace(v) == "" {
			continue
		}
		part := cutTo(v, left)
		left, lost = left-len(part), lost+len(v)-len(part)
		if part != "" {
			kept = append(kept, part)
		}
	}
	if f.values[name] = kept; lost > 0 {
		f.problems = append(f.problems, fmt.Sprintf("%s is too long: %d bytes of it are left out", name, lost))
	}
}

// cutTo is the beginning of a text that has so many bytes at most.
func cutTo(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}

// fields returns the fields by name.
func (f *filled) fields() []metrics.EntityField {
	list := make([]metrics.EntityField, 0, len(f.values))
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		list = append(list, metrics.EntityField{Name: name, Values: f.values[name]})
	}
	return list
}

// Kinds of what every catalog has.
const (
	kindGroup = "group"
	kindUser  = "user"
)

// refOf is the reference of what a portal calls by one name, whatever is in it but secrets: in lower case they are not known for
// such any more.
func refOf(kind, name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: strings.ToLower(kind), Namespace: metrics.DefaultNamespace, Name: strings.ToLower(metrics.WithoutSecrets(strings.TrimSpace(name)))}
}

// mailed is the person whose e-mail address a text is; nil where it is none. @org/team is none.
func mailed(text string) *collectors.Spelling {
	text = strings.TrimSpace(text)
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(text, " \t\n/<>,;") {
		return nil
	}
	return &collectors.Spelling{Email: text}
}

// roster are the teams and persons of a catalog, by which owners are known.
type roster struct {
	ids   map[string]metrics.EntityRef // teams by their own names, in lower case
	teams map[string]metrics.EntityRef // by all that they are called; the zero EntityRef for what several are
	users map[string]bool              // by e-mail address, in lower case
	known bool                         // these are all teams; never where there are none, for a key may not see any

	closed bool // the portal does not let the persons be read, or lists none
}

func newRoster() *roster {
	return &roster{ids: map[string]metrics.EntityRef{}, teams: map[string]metrics.EntityRef{}, users: map[string]bool{}}
}

// team notes a team and what else it is called.
func (r *roster) team(ref metrics.EntityRef, names ...string) {
	r.ids[strings.ToLower(ref.Name)] = ref
	for _, name := range append([]string{ref.Name}, names...) {
		name = strings.ToLower(strings.TrimSpace(name))
		if other, taken := r.teams[name]; taken && other != ref {
			r.teams[name] = metrics.EntityRef{}
		} else if name != "" {
			r.teams[name] = ref
		}
	}
}

// owner is whom a typed owner stands for. The own name of a team goes before what others are called. Where the teams could not
// be read, or several are called so, a name is taken for that of a team.
func (r *roster) owner(typed string) Owner {
	if person := mailed(typed); person != nil {
		owner := Owner{Person: person, Unlisted: r.closed}
		if r.users[strings.ToLower(person.Email)] {
			owner.Ref, owner.Unlisted = refOf(kindUser, person.Email), false
		}
		return owner
	}
	name := strings.ToLower(strings.TrimSpace(typed))
	if ref, ok := r.ids[name]; ok {
		return Owner{Ref: ref}
	}
	ref, called := r.teams[name]
	if ref != (metrics.EntityRef{}) {
		return Owner{Ref: ref}
	}
	if called || !r.known {
		return Owner{Ref: refOf(kindGroup, typed), Unlisted: true}
	}
	return Owner{}
}

// told tells things that were told already from others. A list that tells one twice moved while it was read.
type told map[string]bool

// again reports whether a thing was told before, and notes it.
func (t told) again(name string) bool {
	had := t[name]
	t[name] = true
	return had
}
