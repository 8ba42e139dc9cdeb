package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Check implements collectors.Checker: one request, which costs nothing of what the host allows.
func (s *Source) Check(ctx context.Context) error {
	_, resp, err := s.client.RateLimit.Get(ctx)
	switch {
	case errors.Is(err, quota.ErrRefused):
		return fmt.Errorf("%w: %w", quota.Say(quota.Words(s.host, err), err), metrics.ErrUnavailable)
	case status(err) == http.StatusUnauthorized:
		return s.said("%s refuses the credentials: %s", err)
	case status(err) == http.StatusNotFound: // a server that limits nothing
		err = nil
	case err != nil && ctx.Err() == nil:
		return s.said("ask %s: %s", err)
	}
	if err != nil {
		return err
	}
	return s.scopes(resp)
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
