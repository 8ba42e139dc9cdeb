package git

import (
	"strings"

	"github.com/trodden/trodden/collectors"
)

// mailmap is a .mailmap file: which spellings stand for which other ones. Names and addresses are compared
// ignoring case, as git does.
type mailmap map[string]mapping // by address in lower case

// mapping is what is known of one address.
type mapping struct {
	any   collectors.Spelling            // for every name that has no entry of its own; zero where there is none
	named map[string]collectors.Spelling // by name in lower case
}

// parseMailmap reads a .mailmap file. Lines that it does not understand are passed over, as in git.
func parseMailmap(text string) mailmap {
	m := mailmap{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, email, rest, ok := cutPerson(line)
		if !ok || email == "" {
			continue
		}
		proper, written := collectors.Spelling{Name: name}, collectors.Spelling{Email: email}
		if name2, email2, _, ok := cutPerson(rest); ok {
			proper.Email, written = email, collectors.Spelling{Name: name2, Email: email2}
		}
		m.add(proper, written)
	}
	return m
}

// cutPerson reads "Name <address>" at the start of text.
func cutPerson(text string) (name, email, rest string, ok bool) {
	name, rest, ok = strings.Cut(text, "<")
	if !ok {
		return "", "", "", false
	}
	email, rest, ok = strings.Cut(rest, ">")
	return strings.TrimSpace(name), email, rest, ok
}

// add notes that a written spelling stands for a proper one. Later lines add to earlier ones.
func (m mailmap) add(proper, written collectors.Spelling) {
	key := strings.ToLower(written.Email)
	entry := m[key]
	if written.Name == "" {
		entry.any = merged(entry.any, proper)
		m[key] = entry
		return
	}
	if entry.named == nil {
		entry.named = map[string]collectors.Spelling{}
	}
	name := strings.ToLower(written.Name)
	entry.named[name] = merged(entry.named[name], proper)
	m[key] = entry
}

// merged returns old with what is set in add.
func merged(old, add collectors.Spelling) collectors.Spelling {
	if add.Name != "" {
		old.Name = add.Name
	}
	if add.Email != "" {
		old.Email = add.Email
	}
	return old
}

// resolve returns the spelling that a spelling stands for, itself where it stands for no other. It is
// shared when the address alone would not have told whose it is.
func (m mailmap) resolve(s collectors.Spelling) (as collectors.Spelling, shared bool) {
	entry, ok := m[strings.ToLower(s.Email)]
	if !ok {
		return s, false
	}
	if proper, ok := entry.named[strings.ToLower(s.Name)]; ok {
		return merged(s, proper), true
	}
	return merged(s, entry.any), false
}
