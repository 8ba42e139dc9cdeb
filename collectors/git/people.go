package git

import (
	"bytes"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// spellings collects who is named in the commits of one repository.
type spellings struct {
	people *collectors.People
	seen   map[metrics.AliasID]collectors.Spelling
}

func newSpellings(people *collectors.People) *spellings {
	return &spellings{people: people, seen: make(map[metrics.AliasID]collectors.Spelling)}
}

// add returns the alias of a spelling and remembers it.
func (s *spellings) add(name, email []byte) metrics.AliasID {
	alias := s.people.Alias(name, email)
	if _, known := s.seen[alias]; !known && alias != 0 {
		s.seen[alias] = collectors.Spelling{Name: string(name), Email: string(email)}
	}
	return alias
}

// maxTrailers is how many people are taken from one message.
const maxTrailers = 100

// trailers returns who a message says wrote the change together with its author, and on whose request. They
// may stand anywhere: a squash merge carries the messages of its commits along.
func (s *spellings) trailers(message []byte) (together, requested []metrics.AliasID) {
	if !mentions(message) {
		return nil, nil
	}
	for line := range bytes.Lines(message) {
		key, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || len(key) > 20 {
			continue
		}
		list := &together
		switch strings.ToLower(string(key)) {
		case "co-authored-by":
		case "requested-by", "initiated-by", "triggered-by", "prompted-by":
			list = &requested
		default:
			continue
		}
		name, email := person(value)
		if len(*list) == maxTrailers || len(name) > maxName || len(email) > maxName {
			continue
		}
		if alias := s.add(name, email); alias != 0 && !slices.Contains(*list, alias) {
			*list = append(*list, alias)
		}
	}
	return together, requested
}

// mentions reports whether there is a "-by:" in a message, which most do not have.
func mentions(message []byte) bool {
	for {
		i := bytes.IndexByte(message, ':')
		if i < 0 {
			return false
		}
		if i >= 3 && bytes.EqualFold(message[i-3:i], []byte("-by")) {
			return true
		}
		message = message[i+1:]
	}
}

// person reads "Name <address>", a bare address, or a name or login alone.
func person(text []byte) (name, email []byte) {
	text = bytes.TrimSpace(text)
	name, rest, found := bytes.Cut(text, []byte{'<'})
	if found {
		email, _, _ = bytes.Cut(rest, []byte{'>'})
		return bytes.TrimSpace(name), bytes.TrimSpace(email)
	}
	if at := bytes.IndexByte(text, '@'); at > 0 && !bytes.ContainsAny(text, " \t") {
		return nil, text
	}
	return text, nil
}

// facts says who is behind the spellings, in the light of a .mailmap.
func (s *spellings) facts(m mailmap, source string, now metrics.Instant, out *metrics.Batch) {
	for _, spelling := range s.seen {
		as, shared := m.resolve(spelling)
		identities, memberships := s.people.Identify(spelling, as, shared, source, now)
		out.Identities = append(out.Identities, identities...)
		out.Memberships = append(out.Memberships, memberships...)
	}
}
