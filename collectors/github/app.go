package github

import (
	"context"
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

// Signer returns what signs a request with a token of the installation. It refuses a key that is none.
func (a App) Signer() (func(*http.Request) error, error) {
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
	return func(r *http.Request) error {
		token, err := tokens.Token(r.Context())
		if err != nil {
			return a.refused(r.Context(), err)
		}
		r.Header.Set("Authorization", "token "+token)
		return nil
	}, nil
}

// refused says why there is no token. That the host takes the key or the installation for none is
// quota.ErrRefused.
func (a App) refused(ctx context.Context, err error) error {
	var answered *ghinstallation.HTTPError
	if ctx.Err() != nil || !errors.As(err, &answered) || answered.Response == nil {
		return fmt.Errorf("get a token of the app %d: %w", a.ID, err)
	}
	if code := answered.Response.StatusCode; code < http.StatusInternalServerError && code != http.StatusTooManyRequests {
		return fmt.Errorf("GitHub answers %d to the app %d, installation %d: %w", code, a.ID, a.Installation, quota.ErrRefused)
	}
	return fmt.Errorf("get a token of the app %d: GitHub answers %d", a.ID, answered.Response.StatusCode)
}
