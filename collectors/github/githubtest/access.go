package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Token lets somebody ask.
type Token struct {
	Value   string
	Login   string    // whose it is; all tokens of one share the limits
	Scopes  []string  // such as repo and read:org; nil sees everything
	Expires time.Time // never where zero

	installation *installation
}

// App is a GitHub App, which signs claims with its key.
type App struct {
	ID     int64
	Slug   string
	Public KeyPEM // PKIX or PKCS 1
}

// access knows who may ask.
type access struct {
	mu            sync.Mutex
	tokens        map[string]*Token
	app           App
	installations []*installation
	issued        int
}

func (a *access) init(config Config) {
	a.tokens = map[string]*Token{}
	a.app = config.App
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

// Revoke ends a token at once, as an owner would.
func (p *Peer) Revoke(value string) {
	p.access.mu.Lock()
	defer p.access.mu.Unlock()
	delete(p.access.tokens, value)
}

// credential returns what a request is signed with: a token, or the claim of an App.
func credential(r *http.Request) string {
	kind, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case ok && (strings.EqualFold(kind, "bearer") || strings.EqualFold(kind, "token")):
		return value
	case ok && strings.EqualFold(kind, "basic"):
		_, password, _ := r.BasicAuth()
		return password
	}
	return kind
}

func (a *access) find(r *http.Request) *Token {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tokens[credential(r)]
}

// check refuses whoever is not who they say, or lacks a scope that the route needs.
func (a *access) check(c *call) error {
	if c.route.app {
		return c.peer.checkClaim(credential(c.Request))
	}
	given := credential(c.Request) != ""
	expired := c.token != nil && !c.token.Expires.IsZero() && !c.peer.Now().Before(c.token.Expires)
	switch {
	case given && (c.token == nil || expired) || c.Fault.Is(BadToken):
		return hosttest.Refuse(http.StatusUnauthorized, "Bad credentials")
	case c.token == nil && c.route.pattern == GraphQL:
		return hosttest.Refuse(http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
	}
	if err := a.suspended(c.token); err != nil {
		return err
	}
	c.scopes()
	if !c.has(c.route.scope) {
		return hosttest.Refuse(http.StatusForbidden, "Must have admin rights to Repository or the scope %s.", c.route.scope)
	}
	return nil
}

// suspended refuses the token of an installation that is suspended.
func (a *access) suspended(t *Token) error {
	if t == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return t.installation.suspended()
}

// scopes tells which scopes the token has and which would do. Tokens of installations have none to tell.
func (c *call) scopes() {
	if c.token == nil || c.token.installation != nil {
		return
	}
	scopes := c.token.Scopes
	if scopes == nil {
		scopes = []string{"admin:org", "repo"}
	}
	accepted := "repo"
	switch c.route.scope {
	case "read:org":
		accepted = "admin:org, read:org, repo, user, write:org"
	case "admin:org":
		accepted = "admin:org"
	}
	c.Header.Set("X-Oauth-Scopes", strings.Join(scopes, ", "))
	c.Header.Set("X-Accepted-Oauth-Scopes", accepted)
}

// has says whether the caller has a scope, or one that holds it.
func (c *call) has(scope string) bool {
	switch {
	case scope == "" || c.token != nil && (c.token.Scopes == nil || c.token.installation != nil):
		return true
	case c.token == nil:
		return false
	case scope == "read:org":
		return slices.ContainsFunc(c.token.Scopes, func(s string) bool { return strings.HasSuffix(s, ":org") })
	}
	return slices.Contains(c.token.Scopes, scope)
}

// sees says whether the caller may know of a repository.
func (c *call) sees(r *repository) bool {
	switch {
	case c.token != nil && c.token.installation != nil:
		return c.token.installation.has(r)
	case !r.private():
		return true
	}
	return c.has("repo")
}

// account is whose limits go down when the token asks; empty where there is none.
func (t *Token) account() string {
	switch {
	case t == nil:
		return ""
	case t.installation != nil:
		return "installation " + strconv.FormatInt(t.installation.id, 10)
	}
	return t.Login
}
