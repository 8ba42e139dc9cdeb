package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// App is a GitHub App that signs in with its private key. The tokens that it gets live for an hour, and are renewed
// before.
type App struct {
	ID           int64
	Installation int64
	Key          []byte            // in PEM
	URL          string            // as in Config
	Transport    http.RoundTripper // carries the requests for tokens; quota.Aside where nil
	Log          *slog.Logger      // told of a clock that is wrong; may be nil
}

// Signer signs requests with tokens of an installation, and what concerns the App itself with its key. It is safe for
// concurrent use.
type Signer struct {
	app    App
	path   string // below which the App asks for itself
	claims ghinstallation.Signer
	client *github.Client // that asks for tokens

	clock   hostClock
	mu      sync.Mutex
	token   string // "" where there is none
	ends    time.Time
	allowed map[string]string // as the newest token was told
	let     map[string]bool   // what looks found to be right: see Source.installation
}

// Signer returns what signs requests. It refuses a key that is none.
func (a App) Signer() (*Signer, error) {
	at, err := address(a.URL)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(at.api + "/")
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(a.Key)
	if err != nil {
		return nil, fmt.Errorf("the private key of the app %d is none: %w", a.ID, metrics.ErrInvalid)
	}
	if a.Transport == nil {
		a.Transport = quota.Aside{}
	}
	s := &Signer{app: a, path: base.EscapedPath() + "app/", claims: ghinstallation.NewRSASigner(jwt.SigningMethodRS256, key), clock: hostClock{log: a.Log}}
	s.client = github.NewClient(&http.Client{Transport: claiming{s, a.Transport}})
	s.client.BaseURL = base
	return s, nil
}

// Credential is how a pool knows the installation.
func (s *Signer) Credential() quota.Credential {
	name := fmt.Sprintf("app %d, installation %d", s.app.ID, s.app.Installation)
	return quota.Credential{Name: name, Account: name, Authorize: s.Sign, Refused: s.refused, Means: s.means}
}

// Sign signs a request: with a token of the installation, or, where the App asks for itself, with its key.
func (s *Signer) Sign(r *http.Request) error {
	if strings.HasPrefix(r.URL.EscapedPath(), s.path) {
		return s.claim(r)
	}
	token, err := s.current(r.Context())
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "token "+token)
	return nil
}

// How long before now a claim of an App begins, as GitHub advises because of clocks, and how long after now it ends: within
// the ten minutes that GitHub allows, on clocks that differ by a minute, too.
const (
	claimedBefore = time.Minute
	claimedAfter  = 8 * time.Minute
)

// claim signs a request with the key.
func (s *Signer) claim(r *http.Request) error {
	now := s.clock.now()
	text, err := s.claims.Sign(&jwt.RegisteredClaims{
		IssuedAt: jwt.NewNumericDate(now.Add(-claimedBefore)), ExpiresAt: jwt.NewNumericDate(now.Add(claimedAfter)), Issuer: strconv.FormatInt(s.app.ID, 10),
	})
	if err != nil {
		return fmt.Errorf("sign as the app %d: %w", s.app.ID, err)
	}
	r.Header.Set("Authorization", "Bearer "+text)
	return nil
}

// claiming signs requests with the key, and hears what time it is at the host.
type claiming struct {
	signer *Signer
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (c claiming) RoundTrip(r *http.Request) (*http.Response, error) {
	signed := r.Clone(r.Context())
	if err := c.signer.claim(signed); err != nil {
		return nil, err
	}
	resp, err := c.next.RoundTrip(signed)
	if err == nil {
		c.signer.clock.hear(resp.Header)
	}
	return resp, err
}

// renewedBefore is how long before its end a token is renewed.
const renewedBefore = time.Minute

// current is the token that holds. It is asked for once, however many want it.
func (s *Signer) current(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.valid() {
		return s.token, nil
	}
	given, resp, err := s.client.Apps.CreateInstallationToken(ctx, s.app.Installation, nil)
	if err == nil && given.GetToken() == "" {
		err = fmt.Errorf("a token without a value: %w", errGarbled)
	}
	if err != nil {
		return "", s.untold(ctx, resp, err)
	}
	s.token, s.ends, s.allowed = given.GetToken(), given.GetExpiresAt().Time, permitted(given.Permissions)
	return s.token, nil
}

// holds reports whether there is a token that holds.
func (s *Signer) holds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.valid()
}

// valid is holds with the lock held.
func (s *Signer) valid() bool {
	return s.token != "" && s.clock.now().Before(s.ends.Add(-renewedBefore))
}

// letIn notes that a look found an installation to be right.
func (s *Signer) letIn(installation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.let == nil {
		s.let = map[string]bool{}
	}
	s.let[installation] = true
}

// wasLetIn reports whether a look found that.
func (s *Signer) wasLetIn(installation string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.let[installation]
}

// tokenless means that the App got no token, for a reason that may not be there the next time.
type tokenless struct {
	app int64
	why error
}

// Error implements error.
func (t *tokenless) Error() string { return fmt.Sprintf("get a token of the app %d: %v", t.app, t.why) }

// Unwrap returns why.
func (t *tokenless) Unwrap() error { return t.why }

// untold says why there is no token. That the host takes the key or the installation for none is quota.ErrRefused; all else
// may pass.
func (s *Signer) untold(ctx context.Context, resp *github.Response, err error) error {
	var refused *github.ErrorResponse
	switch at := status(err); {
	case at == http.StatusTooManyRequests:
		return &tokenless{s.app.ID, errors.New("GitHub limits how often it is asked for one")}
	case at >= http.StatusInternalServerError:
		return &tokenless{s.app.ID, fmt.Errorf("GitHub answers %d", at)}
	case ctx.Err() != nil || !errors.As(err, &refused) || refused.Response == nil:
		return &tokenless{s.app.ID, err}
	}
	a := asItCame(resp, err)
	a.Text = refused.Message
	return fmt.Errorf("GitHub answers %d to the app %d, installation %d: %w", a.Status, s.app.ID, s.app.Installation, quota.Refuse(a))
}

// refused drops a token that the host does not take any more, and hears what time it is there.
func (s *Signer) refused(signed *http.Request, a quota.Answer) {
	s.clock.hear(a.Header)
	s.mu.Lock()
	defer s.mu.Unlock()
	if signed.Header.Get("Authorization") == "token "+s.token {
		s.token = ""
	}
}

// Permissions returns what the installation may do, by what: read, write or admin. It is told with a token, so that it is
// not known before a request was signed.
func (s *Signer) Permissions() (allowed map[string]string, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allowed, len(s.allowed) > 0
}

// permitted are permissions by their names.
func permitted(given *github.InstallationPermissions) (allowed map[string]string) {
	text, err := json.Marshal(given)
	if err != nil || json.Unmarshal(text, &allowed) != nil {
		return nil
	}
	return allowed
}

// means says why the host refuses the App, in its own words, and what to do about it.
func (s *Signer) means(a quota.Answer) string {
	text, off := cmp.Or(a.Said(), fmt.Sprintf("it answers %d", a.Status)), s.clock.off()
	switch {
	case a.Status == http.StatusNotFound:
		return fmt.Sprintf("%s; %s", text, s.app.nowhere())
	case a.Status == http.StatusForbidden && strings.Contains(text, "suspended"):
		return fmt.Sprintf("%s; %s", text, unsuspend)
	case a.Status == http.StatusForbidden:
		return fmt.Sprintf("%s; %s", text, a.Advice())
	case off != "":
		return fmt.Sprintf("%s; %s: set it right", text, off)
	}
	return fmt.Sprintf("%s; see whether the key is one of the app %d, and make a new one in its settings where it is not", text, s.app.ID)
}

// nowhere says that the App is not installed as it is configured.
func (a App) nowhere() string {
	return fmt.Sprintf("there is no installation %d of the app %d: see where it is installed, in its settings", a.Installation, a.ID)
}

// unsuspend says what to do about an installation that is suspended.
const unsuspend = "whoever owns the account that it is installed in can end that, in the settings of that account"
