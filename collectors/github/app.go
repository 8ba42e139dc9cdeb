package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/bradleyfalzon/ghinstallation/v2"

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
	Transport    http.RoundTripper // carries the requests for tokens; that of net/http where nil
}

// Signer signs requests with tokens of an installation.
type Signer struct {
	app    App
	tokens *ghinstallation.Transport
}

// Signer returns what signs requests. It refuses a key that is none.
func (a App) Signer() (*Signer, error) {
	at, err := address(a.URL)
	if err != nil {
		return nil, err
	}
	carrier := a.Transport
	if carrier == nil {
		carrier = http.DefaultTransport
	}
	tokens, err := ghinstallation.New(carrier, a.ID, a.Installation, a.Key)
	if err != nil {
		return nil, fmt.Errorf("the private key of the app %d is none: %w", a.ID, metrics.ErrInvalid)
	}
	tokens.BaseURL = at.api
	return &Signer{a, tokens}, nil
}

// Sign signs a request with a token of the installation.
func (s *Signer) Sign(r *http.Request) error {
	token, err := s.tokens.Token(r.Context())
	if err != nil {
		return s.app.refused(r.Context(), err)
	}
	r.Header.Set("Authorization", "token "+token)
	return nil
}

// Permissions returns what the installation may do, by what: read, write or admin. It is told with a token, so that it is
// not known before a request was signed.
func (s *Signer) Permissions() (allowed map[string]string, told bool) {
	given, err := s.tokens.Permissions()
	if err != nil {
		return nil, false
	}
	text, err := json.Marshal(given)
	if err != nil || json.Unmarshal(text, &allowed) != nil {
		return nil, false
	}
	return allowed, len(allowed) > 0
}

// refused says why there is no token. That the host takes the key or the installation for none is
// quota.ErrRefused.
func (a App) refused(ctx context.Context, err error) error {
	var answered *ghinstallation.HTTPError
	if ctx.Err() != nil || !errors.As(err, &answered) || answered.Response == nil {
		return fmt.Errorf("get a token of the app %d: %w", a.ID, err)
	}
	if code := answered.Response.StatusCode; code < http.StatusInternalServerError && code != http.StatusTooManyRequests {
		return fmt.Errorf("GitHub answers %d to the app %d, installation %d: %w", code, a.ID, a.Installation, quota.Refuse(quota.Answer{Status: code, Header: answered.Response.Header}))
	}
	return fmt.Errorf("get a token of the app %d: GitHub answers %d", a.ID, answered.Response.StatusCode)
}
