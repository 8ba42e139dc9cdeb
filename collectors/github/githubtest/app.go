package githubtest

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// KeyPEM is a public key in the form of a PEM block.
type KeyPEM string

// TokenLife is how long the token of an installation is good for.
const TokenLife = time.Hour

// Bounds of a claim of an App.
const (
	claimLife = 10 * time.Minute
	claimSkew = 60 * time.Second
)

type installation struct {
	id      int64
	account *account
	repos   []int64 // those that were selected; all of the account where nil
	at      time.Time
	ended   time.Time // it was suspended; never where zero
}

func (i *installation) has(r *repository) bool {
	return r.owner == i.account && (i.repos == nil || slices.Contains(i.repos, r.id))
}

func (i *installation) selection() string {
	if i.repos == nil {
		return "all"
	}
	return "selected"
}

// Install installs the App in an account, for the repositories that are named or for all, and returns the
// id of the installation.
func (p *Peer) Install(login string, repos ...string) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	made := &installation{id: p.state.id(), account: p.state.owner(login), at: p.Now()}
	for _, name := range repos {
		made.repos = append(made.repos, p.state.must(name).id)
	}
	p.access.mu.Lock()
	defer p.access.mu.Unlock()
	p.access.installations = append(p.access.installations, made)
	return made.id
}

// Suspend suspends an installation: its tokens do for nothing any more, and it gets no other ones.
func (p *Peer) Suspend(id int64) { p.suspend(id, p.Now()) }

// Unsuspend lets a suspended installation go on.
func (p *Peer) Unsuspend(id int64) { p.suspend(id, time.Time{}) }

func (p *Peer) suspend(id int64, at time.Time) {
	p.access.mu.Lock()
	defer p.access.mu.Unlock()
	for _, i := range p.access.installations {
		if i.id == id {
			i.ended = at
		}
	}
}

// suspended refuses whoever asks for an installation that is suspended; nil for others. The lock of the access is held.
func (i *installation) suspended() error {
	if i == nil || i.ended.IsZero() {
		return nil
	}
	return hosttest.Refuse(http.StatusForbidden, "This installation has been suspended")
}

// checkClaim refuses a claim that the App did not sign, or not for now.
func (p *Peer) checkClaim(token string) error {
	claim, err := p.access.app.verify(token)
	if err != nil {
		return hosttest.Refuse(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	now := p.Now()
	issued, expires := time.Unix(int64(claim.Issued), 0), time.Unix(int64(claim.Expires), 0)
	switch {
	case strings.Trim(string(claim.Issuer), `"`) != strconv.FormatInt(p.access.app.ID, 10):
		return hosttest.Refuse(http.StatusUnauthorized, "'Issuer' claim ('iss') must be an Integer")
	case !expires.After(now):
		return hosttest.Refuse(http.StatusUnauthorized, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case issued.After(now.Add(claimSkew)):
		return hosttest.Refuse(http.StatusUnauthorized, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	case expires.After(now.Add(claimLife + claimSkew)):
		return hosttest.Refuse(http.StatusUnauthorized, "'Expiration time' claim ('exp') is too far in the future")
	}
	return nil
}

// claim is what an App says of itself.
type claim struct {
	Issued  float64         `json:"iat"`
	Expires float64         `json:"exp"`
	Issuer  json.RawMessage `json:"iss"` // a number, or a number in a text
}

// verify reads a claim that is signed by RS256 with the App's key.
func (a App) verify(token string) (claim, error) {
	var header struct {
		Algorithm string `json:"alg"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claim{}, errors.New("not a JSON web token")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err := errors.Join(err, segment(parts[0], &header)); err != nil || header.Algorithm != "RS256" {
		return claim{}, fmt.Errorf("algorithm %q: %w", header.Algorithm, err)
	}
	key, err := a.Public.parse()
	if err != nil {
		return claim{}, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		return claim{}, err
	}
	var made claim
	return made, segment(parts[1], &made)
}

func segment(text string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func (k KeyPEM) parse() (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(k))
	if block == nil {
		return nil, errors.New("the App has no key")
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("a key of type %T", key)
	}
	return public, nil
}

// name is the App's short name.
func (a App) name() string { return cmp.Or(a.Slug, "trodden") }

// bot is the login under which the App works.
func (a App) bot() string { return a.name() + "[bot]" }

// getApp answers GET /app.
func getApp(c *call) (any, error) {
	app := c.peer.access.app
	slug := app.name()
	return object{"id": app.ID, "slug": slug, "node_id": nodeID("A", app.ID), "name": slug, "created_at": stamp(Start), "updated_at": stamp(Start)}, nil
}

// listInstallations answers GET /app/installations.
func listInstallations(c *call) (any, error) {
	c.peer.access.mu.Lock()
	defer c.peer.access.mu.Unlock()
	return paged(c, c.peer.access.installations, func(i *installation) any { return i.object(c.peer) }), nil
}

// getOrgInstallation answers GET /orgs/{org}/installation.
func getOrgInstallation(c *call, org *account) (any, error) {
	c.peer.access.mu.Lock()
	defer c.peer.access.mu.Unlock()
	for _, i := range c.peer.access.installations {
		if i.account == org {
			return i.object(c.peer), nil
		}
	}
	return nil, notFound()
}

// getInstallation answers GET /app/installations/{id}.
func getInstallation(c *call) (any, error) {
	a := &c.peer.access
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.installed(c.Path("id"))
	if i == nil {
		return nil, notFound()
	}
	return i.object(c.peer), nil
}

// installed returns an installation by its id; nil where there is none. The lock is held.
func (a *access) installed(id string) *installation {
	for _, i := range a.installations {
		if strconv.FormatInt(i.id, 10) == id {
			return i
		}
	}
	return nil
}

// createInstallationToken answers POST /app/installations/{id}/access_tokens.
func createInstallationToken(c *call) (any, error) {
	a := &c.peer.access
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.installed(c.Path("id"))
	if i == nil {
		return nil, notFound()
	}
	if err := i.suspended(); err != nil {
		return nil, err
	}
	a.issued++
	t := &Token{Value: fmt.Sprintf("githubtest-installation-%d-%d", i.id, a.issued), Login: a.app.bot(), Expires: c.peer.Now().Add(TokenLife), installation: i}
	a.tokens[t.Value] = t
	return object{"token": t.Value, "expires_at": stamp(t.Expires), "repository_selection": i.selection(), "permissions": grants()}, nil
}

func (i *installation) object(p *Peer) object {
	return object{"id": i.id, "account": i.account.simple(p), "app_id": p.access.app.ID, "target_id": i.account.id, "target_type": i.account.kind(),
		"repository_selection": i.selection(), "permissions": grants(), "events": []any{}, "created_at": stamp(i.at), "updated_at": stamp(i.at),
		"suspended_at": stamp(i.ended), "access_tokens_url": p.URL + "/app/installations/" + strconv.FormatInt(i.id, 10) + "/access_tokens"}
}

// grants are what the App may do: read.
func grants() object {
	return object{"actions": "read", "contents": "read", "deployments": "read", "members": "read", "metadata": "read", "pull_requests": "read"}
}
