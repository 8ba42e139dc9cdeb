package collectors

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
)

// Names is what an installation knows about names. In the lists only * and ? are special; a pattern is
// compared, ignoring case, with the whole of a name, an e-mail address, its local part and a login.
type Names struct {
	Key        []byte   // the installation's privacy key
	Bots       []string // programs that change repositories on their own
	Initiators []string // programs that change repositories because somebody asked them to
	Teams      []metrics.Team
}

// Spelling is one way in which somebody is written. One of the two may be empty; a name that begins with @
// and has no address beside it is a login.
type Spelling struct{ Name, Email string }

// People turns spellings into keyed hashes and says who is meant, at the moment they are read: neither
// names nor addresses get beyond it. It is safe for concurrent use.
type People struct {
	names       Names
	fingerprint uint64

	mu      sync.RWMutex
	aliases map[string]metrics.AliasID
}

// NewPeople returns the people of an installation. Without a key hashes could be turned back into
// addresses, so an empty one is refused.
func NewPeople(names Names) (*People, error) {
	if len(names.Key) == 0 {
		return nil, fmt.Errorf("the privacy key is empty: %w", metrics.ErrInvalid)
	}
	p := &People{names: names, aliases: make(map[string]metrics.AliasID)}
	p.fingerprint = names.fingerprint()
	return p, nil
}

// Fingerprint identifies everything that decides about names, except .mailmap files. Where it differs from
// that of an earlier reading, names have to be read again.
func (p *People) Fingerprint() uint64 { return p.fingerprint }

func (n Names) fingerprint() uint64 {
	key := hmac.New(sha256.New, n.Key)
	key.Write([]byte("trodden names"))
	parts := []string{"names 1", string(key.Sum(nil)), "bots"}
	parts = append(append(parts, sorted(n.Bots)...), "initiators")
	parts = append(append(parts, sorted(n.Initiators)...), "members")
	var members []string
	for _, team := range n.Teams {
		for _, m := range team.Members {
			members = append(members, fmt.Sprintf("%q %q %d %d", team.Key, m.ID, m.From, m.Until))
		}
	}
	return metrics.Fingerprint(append(parts, sorted(members)...)...)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// IsTeam reports whether a spelling is exactly what a configured team is called, ignoring case: its key or one of its
// aliases. The configuration names it then, be it that of a person, too.
func (p *People) IsTeam(spelling string) bool {
	called := func(name string) bool { return strings.EqualFold(name, spelling) }
	return slices.ContainsFunc(p.names.Teams, func(t metrics.Team) bool {
		return called(string(t.Key)) || slices.ContainsFunc(t.Aliases, called)
	})
}

// Alias returns the keyed hash of a spelling, whose case does not matter; 0 where there is nothing to hash.
func (p *People) Alias(name, email []byte) metrics.AliasID {
	if len(name)+len(email) == 0 {
		return 0
	}
	var room [160]byte
	spelling := append(append(append(room[:0], name...), 0), email...)
	p.mu.RLock()
	id, known := p.aliases[string(spelling)]
	p.mu.RUnlock()
	if known {
		return id
	}
	id = metrics.AliasID(p.hash(lower(string(name)) + "\x00" + lower(string(email))))
	p.mu.Lock()
	p.aliases[string(spelling)] = id
	p.mu.Unlock()
	return id
}

// Identify says who is behind a spelling that stands for another one: as is what a .mailmap makes of it,
// or the spelling itself. The spelling belongs to the persons of both, which links them; but where the
// .mailmap told two users of one address apart by their names (shared), only to the person of as.
func (p *People) Identify(s, as Spelling, shared bool, source string, seen metrics.Instant) ([]metrics.Identity, []metrics.Membership) {
	alias := p.Alias([]byte(s.Name), []byte(s.Email))
	if alias == 0 {
		return nil, nil
	}
	written := []Spelling{as}
	if s != as && !shared {
		written = append(written, s)
	}
	var forms []string // all that patterns are compared with
	var persons []metrics.PersonID
	for _, w := range written {
		person, names := w.forms()
		forms = append(forms, names...)
		for _, id := range person {
			persons = append(persons, metrics.PersonID(p.hash(id)))
		}
	}
	_, raw := s.forms()
	kind := p.kind(append(raw, forms...))
	var identities []metrics.Identity
	for i, person := range persons {
		if !slices.Contains(persons[:i], person) {
			identities = append(identities, metrics.Identity{Alias: alias, Person: person, Kind: kind, Source: source, Seen: seen})
		}
	}
	if len(identities) == 0 {
		return nil, nil
	}
	memberships := p.memberships(forms)
	for i := range memberships {
		m := &memberships[i]
		m.Alias, m.Person, m.Source, m.Seen = alias, persons[0], source, seen
	}
	return identities, memberships
}

// forms returns what persons are told apart by, the chief one first, and the names that patterns are
// compared with.
func (s Spelling) forms() (persons, names []string) {
	name, email := lower(strings.TrimSpace(s.Name)), lower(strings.TrimSpace(s.Email))
	login := login(email)
	if handle, ok := strings.CutPrefix(name, "@"); ok && email == "" {
		login, name = handle, handle
	}
	if email != "" {
		persons = append(persons, email)
	}
	if login != "" {
		persons = append(persons, "login:"+login)
	}
	if len(persons) == 0 && name != "" {
		persons = append(persons, "name:"+name)
	}
	local, _, _ := strings.Cut(email, "@")
	for _, form := range []string{name, email, local, login} {
		if form != "" {
			names = append(names, form)
		}
	}
	return persons, names
}

// login returns the account behind an address that a code host made up so that the real one stays private:
// login@users.noreply.github.com, 123+login@users.noreply.github.com or 123-login@users.noreply.gitlab.com.
func login(email string) string {
	local, host, _ := strings.Cut(email, "@")
	host, ok := strings.CutPrefix(host, "users.noreply.")
	if !ok {
		return ""
	}
	separator := "+"
	if strings.HasPrefix(host, "gitlab.") {
		separator = "-"
	}
	if number, rest, found := strings.Cut(local, separator); found {
		if _, err := strconv.ParseUint(number, 10, 64); err == nil {
			return rest
		}
	}
	return local
}

func (p *People) kind(forms []string) metrics.Kind {
	meant := func(pattern string) bool { return metrics.Wildcard(pattern, forms...) }
	switch {
	case slices.ContainsFunc(p.names.Initiators, meant):
		return metrics.Initiator
	case slices.ContainsFunc(forms, func(f string) bool { return strings.HasSuffix(f, "[bot]") }),
		slices.ContainsFunc(p.names.Bots, meant):
		return metrics.Bot
	default:
		return metrics.Human
	}
}

// memberships lists the teams that name one of the forms as a member.
func (p *People) memberships(forms []string) []metrics.Membership {
	var list []metrics.Membership
	for _, team := range p.names.Teams {
		for _, m := range team.Members {
			if metrics.Wildcard(strings.TrimPrefix(m.ID, "@"), forms...) {
				list = append(list, metrics.Membership{Team: team.Key, Period: metrics.Period{From: m.From, To: m.Until}})
			}
		}
	}
	return list
}

// hash returns the keyed hash of a text, cut to 64 bits.
func (p *People) hash(text string) uint64 {
	h := hmac.New(sha256.New, p.names.Key)
	h.Write([]byte(text))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// lower is strings.ToLower that keeps bytes which are no UTF-8, so that names that differ in them only stay
// different.
func lower(s string) string {
	if utf8.ValidString(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b.WriteByte(s[i])
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		i += size
	}
	return b.String()
}
