package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// Role says what a caller may do. A role may do all that the roles before it may.
type Role uint8

// The roles.
const (
	Nobody Role = iota // nothing
	Viewer             // ask
	Editor             // start scans, exempt
	Admin              // manage tokens
)

var roleNames = [...]string{"nobody", "viewer", "editor", "admin"}

// String returns the role's name in answers.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "Role(?)"
}

// Caller is who asks: the bearer of a token, or an anonymous one.
type Caller struct {
	Name string // of the token; "" for an anonymous caller
	Role Role
}

// Tokens tells who holds a token.
type Tokens interface {
	// Caller returns the holder of a token. An unknown token has the role Nobody; an error means that it
	// could not be looked up.
	Caller(ctx context.Context, token string) (Caller, error)
}

// StaticToken is one token that is given when the server starts. Only its hash is kept.
type StaticToken struct {
	hash   [sha256.Size]byte
	caller Caller
}

// NewStaticToken returns the token of a caller.
func NewStaticToken(token string, caller Caller) *StaticToken {
	return &StaticToken{hash: sha256.Sum256([]byte(token)), caller: caller}
}

// Caller implements Tokens in constant time.
func (t *StaticToken) Caller(_ context.Context, token string) (Caller, error) {
	hash := sha256.Sum256([]byte(token))
	if token == "" || subtle.ConstantTimeCompare(hash[:], t.hash[:]) == 0 {
		return Caller{}, nil
	}
	return t.caller, nil
}

// Access says who may come in.
type Access struct {
	Tokens    Tokens   // nil: there are none
	Anonymous Role     // what callers without a token may do
	AnyHost   bool     // anonymous callers may call the server by any name; else by a loopback name or one of Hosts
	Hosts     []string // names without port
}

// admits reports whether an anonymous caller may use this Host header. A page on another site that makes
// its own name point to this machine (DNS rebinding) cannot send any of the admitted ones.
func (a Access) admits(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if a.AnyHost || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(a.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

const callerKey = "caller"

// callerOf returns who sent the request.
func callerOf(c echo.Context) Caller {
	caller, _ := c.Get(callerKey).(Caller)
	return caller
}

// allow lets callers of a role pass.
func (s *Server) allow(role Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			caller, err := s.identify(c.Request())
			if err != nil {
				return err
			}
			if caller.Role < role {
				return refusal(caller, role)
			}
			c.Set(callerKey, caller)
			return next(c)
		}
	}
}

// identify finds out who sent a request.
func (s *Server) identify(r *http.Request) (Caller, error) {
	token, given := bearer(r)
	if given {
		if s.access.Tokens == nil {
			return Caller{}, &failure{kind: errUnauthorized, detail: "this server knows no tokens",
				hint: "start it with TRODDEN_TOKEN set, or ask without a token"}
		}
		caller, err := s.access.Tokens.Caller(r.Context(), token)
		if err == nil && caller.Role == Nobody {
			err = &failure{kind: errUnauthorized, detail: "this token is not known"}
		}
		return caller, err
	}
	if s.access.Anonymous > Nobody && !s.access.admits(r.Host) {
		return Caller{}, &failure{kind: errMisdirected,
			detail: "a caller without a token may not call this server by the name " + r.Host,
			hint:   "call it by 127.0.0.1 or localhost, or send a token"}
	}
	return Caller{Role: s.access.Anonymous}, nil
}

// bearer returns the token of a request. Browsers cannot send a bearer token for a page, so reading takes
// it as the password of basic authentication too; writing does not, because browsers repeat a password
// unasked.
func bearer(r *http.Request) (token string, given bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	if scheme, value, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(value), true
	}
	if _, password, ok := r.BasicAuth(); ok && safe(r.Method) {
		return password, true
	}
	return "", true
}

// refusal says why a caller may not do what takes a role.
func refusal(caller Caller, role Role) error {
	if caller.Name == "" {
		return &failure{kind: errUnauthorized, detail: "this takes a token with the role " + role.String(),
			hint: "send Authorization: Bearer TOKEN"}
	}
	return &failure{kind: errForbidden,
		detail: "this takes the role " + role.String() + "; the token has the role " + caller.Role.String()}
}

// challenge says how to authenticate: pages by a password, everything else by a bearer token.
func challenge(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return `Bearer realm="trodden"`
	}
	return `Basic realm="trodden: any name, the token as password", charset="UTF-8"`
}

// safe reports whether a method changes nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
