package quota

import (
	"net/http"
	"slices"
	"strings"
)

// Rights says how much the credential of an answer may do, as a number that is larger for more; told is false where the
// host does not say.
type Rights func(http.Header) (rights int, told bool)

// scopesOfGitHub are the rights of classic tokens, whose scopes GitHub tells with each answer: to see private repositories
// above all, and then what belongs to an organisation. Fine-grained tokens and those of an App say nothing.
func scopesOfGitHub(h http.Header) (rights int, told bool) {
	given, told := h[http.CanonicalHeaderKey("X-OAuth-Scopes")]
	has := func(names ...string) bool {
		return slices.ContainsFunc(strings.FieldsFunc(strings.Join(given, ","), func(r rune) bool { return r == ',' || r == ' ' }),
			func(scope string) bool { return slices.Contains(names, scope) })
	}
	for _, x := range []struct {
		rights int
		scopes []string
	}{{seesPrivate, []string{"repo"}}, {4, []string{"repo", "public_repo"}}, {2, []string{"read:org", "write:org", "admin:org"}}, {1, []string{"admin:org"}}} {
		if has(x.scopes...) {
			rights += x.rights
		}
	}
	return rights, told
}

// seesPrivate is the right to see private repositories, beyond which every token is asked as its turn comes.
const seesPrivate = 8

// outranked reports whether an answer came by a credential that may do less than another one of the pool: it is then set
// aside, and the request is the other's. Else what is read would hang on whose turn it is.
func (p *Pool) outranked(m *member, h http.Header) bool {
	if p.config.Family.Rights == nil || len(p.members) < 2 {
		return false
	}
	rights, told := p.config.Family.Rights(h)
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	m.rights, m.told, m.heard = rights, told, true
	if !told {
		return false
	}
	i := slices.IndexFunc(p.members, func(other *member) bool {
		return other.live() && (other.told && other.rights > rights || other.heard && !other.told && rights == 0)
	})
	if i < 0 { // one that was not heard of yet is asked before, if that may do more
		return rights < seesPrivate && slices.ContainsFunc(p.members, func(other *member) bool { return other.live() && !other.heard })
	}
	if m.live() {
		m.aside = true
		p.log.Warn("a credential has fewer scopes than another one, and is set aside: what it shows would hang on whose turn it is",
			"source", p.config.Source, "credential", m.Name, "other", p.members[i].Name)
		p.change()
	}
	return true
}
