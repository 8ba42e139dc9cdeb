package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// keys takes persons out of what catalogs tell. What a person is replaced by follows from the text alone, so that the same
// text reads the same each time, whatever else is known by then.
type keys struct{ people *collectors.People }

var (
	// referred matches references to persons, and what stands before them.
	referred = regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}_.-])((?:_user|user|person):(?:[\p{L}\p{N}._-]+/)?[\p{L}\p{N}](?:[\p{L}\p{N}._@%+-]*[\p{L}\p{N}])?)`)
	// addressed matches e-mail addresses.
	addressed = regexp.MustCompile(`[\p{L}\p{N}_%+](?:[\p{L}\p{N}._%+'-]*[\p{L}\p{N}_%+-])?@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`)
)

// maxKept is how much is kept of a value, in bytes. Of a longer one it is known only whether it changed.
const maxKept = 200

// text returns a text without the secrets in it, and with keys for the references to persons and the e-mail addresses in it.
// git@ begins the address of a repository, and nobody has it for a mailbox.
func (k keys) text(text string) string {
	text = metrics.WithoutSecrets(text)
	if lower := strings.ToLower(text); strings.Contains(lower, "user:") || strings.Contains(lower, "person:") {
		text = referred.ReplaceAllStringFunc(text, func(found string) string {
			parts := referred.FindStringSubmatch(found)
			ref, err := metrics.ParseEntityRef(parts[2], "", "")
			if err != nil {
				return found
			}
			return parts[1] + k.ref(ref).String()
		})
	}
	if !strings.Contains(text, "@") {
		return text
	}
	return addressed.ReplaceAllStringFunc(text, func(address string) string {
		if strings.HasPrefix(strings.ToLower(address), "git@") {
			return address
		}
		return key(k.alias(collectors.Spelling{Email: address}))
	})
}

// somebody stands for a person in what a portal says when it refuses something: who it is matters to nobody, and is no reference.
const somebody = "somebody"

// nobody returns a text without secrets, references to persons and e-mail addresses.
func nobody(text string) string {
	text = referred.ReplaceAllString(metrics.WithoutSecrets(text), "${1}"+somebody)
	return addressed.ReplaceAllStringFunc(text, func(address string) string {
		if strings.HasPrefix(strings.ToLower(address), "git@") {
			return address
		}
		return somebody
	})
}

// value is a text as it is kept.
func (k keys) value(text string) string { return cut(k.text(text)) }

// cut replaces a text that is too long to be kept.
func cut(text string) string {
	if len(text) > maxKept {
		return fmt.Sprintf("#%016x", metrics.Fingerprint(text))
	}
	return text
}

func key(alias metrics.AliasID) string { return fmt.Sprintf("person-%016x", uint64(alias)) }

// keyRef is a person as catalogs refer to one.
func keyRef(alias metrics.AliasID) metrics.EntityRef {
	return metrics.EntityRef{Kind: kindUser, Namespace: metrics.DefaultNamespace, Name: key(alias)}
}

func (k keys) alias(s collectors.Spelling) metrics.AliasID {
	return k.people.Alias([]byte(s.Name), []byte(s.Email))
}

// spelling is how a reference to a person is written: as an address where it is called by one.
func spelling(ref metrics.EntityRef) collectors.Spelling {
	if s := mailed(ref.Name); s != nil {
		return *s
	}
	ref.Kind = kindUser
	return collectors.Spelling{Name: ref.String()}
}

// ref is a reference to a person, keyed.
func (k keys) ref(ref metrics.EntityRef) metrics.EntityRef { return keyRef(k.alias(spelling(ref))) }

// fields are those of an entity as they are kept, by name. Those whose names are the same by then are one.
func (k keys) fields(list []metrics.EntityField, owners []Owner) []metrics.EntityField {
	kept := make([]metrics.EntityField, 0, len(list))
	for _, f := range list {
		f = k.field(f, owners)
		i, again := slices.BinarySearchFunc(kept, f.Name, func(had metrics.EntityField, name string) int { return strings.Compare(had.Name, name) })
		if !again {
			kept = slices.Insert(kept, i, f)
			continue
		}
		kept[i].Values = append(kept[i].Values, f.Values...)
		kept[i].Unresolved = kept[i].Unresolved || f.Unresolved
	}
	return kept
}

// field is a field as it is kept. Owners that are persons are told as references, so that they can be told from teams.
func (k keys) field(f metrics.EntityField, owners []Owner) metrics.EntityField {
	if part, key, ok := strings.Cut(f.Name, "."); ok { // a dot is part of addresses, too
		f.Name = part + "." + k.text(key)
	}
	f.Values = slices.Clone(f.Values)
	for i, v := range f.Values {
		switch {
		case f.Name == metrics.FieldOwner && len(owners) == len(f.Values):
			f.Values[i] = k.typed(v, owners, &owners[i])
		case f.Name == metrics.FieldOwner:
			f.Values[i] = k.typed(v, owners, nil)
		default:
			f.Values[i] = k.value(v)
		}
	}
	return f
}

// separators are what stands between several owners in one text.
var separators = regexp.MustCompile(`[,;]`)

// typed is a text that names an owner, or several, of all that the portal tells; said, where it is not nil, is whom it takes
// this one for, unless another one has its name.
func (k keys) typed(text string, all []Owner, said *Owner) string {
	text = metrics.WithoutSecrets(text)
	if named := k.named(text, all); named != nil {
		said = named
	}
	switch parts := separators.Split(text, -1); {
	case k.people.IsTeam(strings.TrimSpace(text)):
		return text
	case len(parts) > 1:
		for i, part := range parts {
			parts[i] = k.typed(part, all, nil)
		}
		return cut(strings.Join(parts, ","))
	case metrics.IsPerson(text):
		return k.person(strings.TrimSpace(text)).String()
	case said != nil && k.whom(*said) != 0:
		return keyRef(k.whom(*said)).String()
	}
	return k.value(text)
}

// named is the owner of the name that is typed; nil where there is none.
func (k keys) named(text string, all []Owner) *Owner {
	ref, err := metrics.ParseEntityRef(strings.TrimSpace(text), kindGroup, "")
	if err != nil {
		return nil
	}
	if i := slices.IndexFunc(all, func(o Owner) bool { return o.Ref.Name == ref.Name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// person is who is meant by an owner that is written as a person.
func (k keys) person(owner string) metrics.EntityRef {
	if ref, err := metrics.ParseEntityRef(owner, "", ""); err == nil {
		return k.ref(ref)
	}
	if address := addressed.FindString(owner); address != "" {
		return keyRef(k.alias(collectors.Spelling{Email: address}))
	}
	return keyRef(k.alias(collectors.Spelling{Name: owner}))
}

// owner is whom a portal takes an owner for. A reference that cannot be written as one is none.
func (k keys) owner(o Owner) metrics.EntityOwner {
	own := metrics.EntityOwner{Ref: o.Ref, Person: k.whom(o), Gone: o.Gone}
	if again, err := metrics.ParseEntityRef(o.Ref.String(), "", ""); err != nil || again != o.Ref {
		own.Ref = metrics.EntityRef{}
	} else if own.Person != 0 {
		own.Ref = keyRef(own.Person)
	}
	return own
}

// whom is the person that an owner is; 0 where it is none.
func (k keys) whom(o Owner) metrics.AliasID {
	switch {
	case metrics.IsPersonKind(o.Ref.Kind):
		return k.alias(spelling(o.Ref))
	case o.Person != nil:
		return k.alias(*o.Person)
	}
	return 0
}
