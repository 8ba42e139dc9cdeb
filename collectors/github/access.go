package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Check implements collectors.Checker: one request, which tells of the account that is read as well as of the token.
func (s *Source) Check(ctx context.Context) error {
	if s.familiar() && s.config.SignIn(ctx) == nil { // else the look says why
		return nil
	}
	resp, err := s.look(ctx)
	if err != nil {
		return s.refused(ctx, resp, err)
	}
	if s.config.Signer != nil {
		s.config.Signer.letIn(s.installation())
	}
	return s.scopes(resp)
}

// look asks for the account that is read. Where the host allows no more of that, or does not tell this token of accounts,
// it asks for what is free.
func (s *Source) look(ctx context.Context) (*github.Response, error) {
	switch {
	case s.owner() == "":
		return s.free(ctx)
	case s.config.Signer != nil:
		return s.installed(ctx)
	}
	resp, err := s.account(ctx)
	var exhausted *quota.Exhausted
	a, _ := answered(err)
	switch {
	case errors.As(err, &exhausted), status(err) == http.StatusTooManyRequests, status(err) == http.StatusForbidden && !a.Locked():
		return s.free(ctx)
	case missing(err):
		return resp, s.absent(ctx, resp, err)
	}
	return resp, err
}

// account asks for the account. It fails where that is one of the other kind.
func (s *Source) account(ctx context.Context) (*github.Response, error) {
	if s.config.Org != "" {
		org, resp, err := s.client.Organizations.Get(ctx, s.config.Org)
		if err == nil && org.GetLogin() == "" {
			err = fmt.Errorf("an organisation without a name: %w", errGarbled)
		}
		return resp, err
	}
	user, resp, err := s.client.Users.Get(ctx, s.config.User)
	switch {
	case err != nil:
	case user.GetLogin() == "":
		err = fmt.Errorf("a user without a name: %w", errGarbled)
	case user.GetType() == "Organization":
		err = s.misnomer("user", "an organisation", "org")
	}
	return resp, err
}

// absent says why an account is not there: it is a user in place of an organisation, or nobody's; or no GitHub is there at
// all. Nil is for one that GitHub tells of in another way.
func (s *Source) absent(ctx context.Context, first *github.Response, err error) error {
	away := asItCame(first, err)
	if away.Elsewhere(s.at()) != "" {
		return err
	}
	if s.config.Org != "" {
		user, _, err := s.client.Users.Get(ctx, s.config.Org)
		switch {
		case err == nil && user.GetType() == "User":
			return s.misnomer("organisation", "a user", "user")
		case !missing(err):
			return err
		}
	}
	if !away.Shaped() && s.deaf(ctx) {
		return finding(away.Nowhere(s.at()))
	}
	return s.nobody()
}

// free asks for what costs nothing of what the host allows. A server that limits nothing says that it is not there. The
// client library must not see the answer: it would refuse by itself to ask for anything, queries too.
func (s *Source) free(ctx context.Context) (*github.Response, error) {
	req, err := s.client.NewRequest(http.MethodGet, "rate_limit", nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(ctx, req, nil)
	away := asItCame(resp, err)
	switch {
	case !missing(err) || away.Elsewhere(s.at()) != "":
		return resp, err
	case !away.Shaped() && s.deaf(ctx):
		return resp, finding(away.Nowhere(s.at()))
	}
	return resp, nil
}

// deaf reports whether the host does not even tell what every GitHub does, in words that are not GitHub's.
func (s *Source) deaf(ctx context.Context) bool {
	_, resp, err := s.client.Meta.Get(ctx)
	return missing(err) && !asItCame(resp, err).Shaped()
}

// finding is why nothing can be read, as a look found out.
type finding string

// Error implements error.
func (f finding) Error() string { return string(f) }

// misnomer says that an account is one of another kind.
func (s *Source) misnomer(kind, other, key string) finding {
	return finding(fmt.Sprintf("there is no %s %s on %s, but %s of that name: configure %s: %s", kind, s.owner(), s.host, other, key, s.owner()))
}

// at is the address of the host, for people.
func (s *Source) at() string { return strings.TrimSuffix(s.web, "/") }

// asItCame is what the host answered.
func asItCame(resp *github.Response, err error) quota.Answer {
	if a, ok := quota.Refused(err); ok {
		a.Product = product
		return a
	}
	if resp == nil {
		return quota.Answer{Product: product}
	}
	a := quota.Answer{Product: product, Status: resp.StatusCode, Header: resp.Header}
	var refused *github.ErrorResponse
	if errors.As(err, &refused) && refused.Response != nil {
		a.Body, _ = io.ReadAll(refused.Response.Body) // which the client keeps
		refused.Response.Body = io.NopCloser(bytes.NewReader(a.Body))
	}
	return a
}

// refused puts into words that the host did not let in.
func (s *Source) refused(ctx context.Context, resp *github.Response, err error) error {
	var nobody *absence
	var found finding
	if ctx.Err() != nil {
		return err
	}
	if away := asItCame(resp, err).Elsewhere(s.at()); away != "" {
		return fmt.Errorf("%w: %w", quota.Say(away, err), metrics.ErrUnavailable)
	}
	switch {
	case errors.As(err, &nobody), errors.As(err, &found):
		return fmt.Errorf("%w: %w", err, metrics.ErrUnavailable)
	case errors.Is(err, quota.ErrRefused):
		return fmt.Errorf("%w: %w", quota.Say(quota.Words(s.host, err), err), metrics.ErrUnavailable)
	case status(err) == http.StatusUnauthorized:
		return s.said("%s refuses the credentials: %s", err)
	}
	return s.said("ask %s: %s", err)
}

// said puts into words, by a format of the host and what went wrong, that the host did not let in.
func (s *Source) said(format string, err error) error {
	return fmt.Errorf("%w: %w", quota.Say(fmt.Sprintf(format, s.host, words(err)), err), metrics.ErrUnavailable)
}

// scopes fails for a token that says which scopes it has, without one that lets it see repositories. Fine-grained
// tokens and those of an App say nothing.
func (s *Source) scopes(resp *github.Response) error {
	scopes, told := scopesIn(resp.Header)
	if !told {
		return nil
	}
	if slices.Contains(scopes, "repo") || slices.Contains(scopes, "public_repo") {
		return nil
	}
	return fmt.Errorf("the token for %s lacks the scope repo (or public_repo, where all repositories are public): %w", s.host, metrics.ErrUnavailable)
}
