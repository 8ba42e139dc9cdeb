package gitlabtest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Token lets somebody ask.
type Token struct {
	Value   string
	User    string    // whose it is; all tokens of one share the limits
	Scopes  []string  // such as read_api; api where nil
	Expires time.Time // never where zero
	Member  bool      // sees only what is public or internal and what its user is a member of, instead of everything
	Admin   bool      // may ask somewhat larger queries, as administrators may

	revoked bool
}

func (t *Token) scopes() []string {
	if t.Scopes == nil {
		return []string{"api"}
	}
	return t.Scopes
}

// access knows who may ask.
type access struct {
	mu     sync.Mutex
	tokens map[string]*Token
}

func (a *access) init(config Config) {
	a.tokens = map[string]*Token{}
	for _, t := range config.Tokens {
		a.tokens[t.Value] = &t
	}
}

// AddToken lets another token ask, or changes one.
func (p *Peer) AddToken(t Token) {
	p.access.mu.Lock()
	defer p.access.mu.Unlock()
	p.access.tokens[t.Value] = &t
}

// Revoke ends a token at once, as its owner would.
func (p *Peer) Revoke(value string) {
	p.access.mu.Lock()
	defer p.access.mu.Unlock()
	ended := *p.access.tokens[value]
	ended.revoked = true
	p.access.tokens[value] = &ended
}

// credential returns what a request is signed with.
func credential(r *http.Request) string {
	if value := r.Header.Get("Private-Token"); value != "" {
		return value
	}
	kind, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(kind, "bearer") {
		return value
	}
	return r.URL.Query().Get("private_token")
}

func (a *access) find(r *http.Request) *Token {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tokens[credential(r)]
}

// check refuses whoever is not who they say, or lacks a scope that the route needs.
func (a *access) check(c *call) error {
	t := c.token
	switch {
	case c.Fault.Is(BadToken):
		return invalidToken("Token was revoked. You have to re-authorize from the user.")
	case t == nil && (credential(c.Request) != "" || c.route.signed):
		return hosttest.Refuse(http.StatusUnauthorized, "401 Unauthorized")
	case t == nil:
		return nil
	case t.revoked:
		return invalidToken("Token was revoked. You have to re-authorize from the user.")
	case !t.Expires.IsZero() && !c.peer.Now().Before(t.Expires):
		return invalidToken("Token is expired. You can either do re-authorization or token refresh.")
	case c.Fault.Is(Scope) || !c.route.anyScope && !c.allowed():
		return insufficientScope(c.route.scopes())
	}
	return nil
}

// allowed says whether one of the token's scopes is one that the route takes.
func (c *call) allowed() bool {
	return slices.ContainsFunc(c.token.scopes(), func(scope string) bool { return slices.Contains(c.route.scopes(), scope) })
}

func invalidToken(why string) *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusUnauthorized, "%s", why)
	no.Body = object{"error": "invalid_token", "error_description": why}
	return no
}

func insufficientScope(scopes []string) *hosttest.Refusal {
	no := hosttest.Refuse(http.StatusForbidden, "insufficient_scope")
	no.Body = object{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.",
		"scope": strings.Join(scopes, " ")}
	return no
}

// sees says whether the caller may know of a project.
func (c *call) sees(x *project) bool {
	switch {
	case x.Visibility == "public":
		return true
	case c.token == nil:
		return false
	case !c.token.Member || x.Visibility == "internal":
		return true
	}
	return c.level(x.space.all(x.Members)) > 0
}

// seesGroup says whether the caller may know of a group.
func (c *call) seesGroup(n *namespace) bool {
	switch {
	case n.Visibility == "public":
		return true
	case c.token == nil:
		return false
	case !c.token.Member || n.Visibility == "internal":
		return true
	case c.level(n.all(nil)) > 0:
		return true
	}
	return slices.ContainsFunc(c.peer.state.listed, func(x *project) bool { return x.space.within(n) && c.sees(x) })
}

// readsCode says whether the caller may read the files of a project: guests of a private one may not.
func (c *call) readsCode(x *project) bool {
	if x.Visibility != "private" || c.token != nil && !c.token.Member {
		return c.sees(x)
	}
	return c.token != nil && c.level(x.space.all(x.Members)) >= Reporter
}

// level is the access of the caller among some members; 0 where there is none.
func (c *call) level(members []Member) int {
	for _, m := range members {
		if strings.EqualFold(m.User, c.token.User) && (m.Expires.IsZero() || m.Expires.After(c.peer.Now())) {
			return m.access()
		}
	}
	return 0
}

// account is whose limits go down when the token asks; empty where there is none.
func (t *Token) account() string {
	if t == nil {
		return ""
	}
	return t.User
}
