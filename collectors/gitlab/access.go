package gitlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Check implements collectors.Checker: it asks what the token is good for, and whether it sees what is to be read.
// Where that is public there need be no token.
func (s *Source) Check(ctx context.Context) error {
	token, resp, err := s.client.PersonalAccessTokens.GetSinglePersonalAccessToken(gitlab.WithContext(ctx))
	code := status(err)
	if away := s.elsewhere(resp, err); away != nil && ctx.Err() == nil {
		return away
	}
	switch {
	case err == nil:
		err = s.scopes(token.Scopes)
	case code == http.StatusUnauthorized:
		if there := s.there(ctx); status(there) != http.StatusUnauthorized {
			return s.seen(ctx, there)
		}
		err = s.refused(ctx, err)
	case code == http.StatusNotFound, code == http.StatusBadRequest, code == http.StatusForbidden: // no token of that kind, or an old server
		_, again, untold := s.client.Version.GetVersion(gitlab.WithContext(ctx))
		if code == http.StatusNotFound && missing(untold) {
			return s.anything(ctx, again)
		}
		err = s.refused(ctx, untold)
	default:
		err = s.refused(ctx, err)
	}
	if err != nil {
		return err
	}
	return s.seen(ctx, s.there(ctx))
}

// elsewhere is that an answer is surely none of GitLab's; nil where that is not so.
func (s *Source) elsewhere(resp *gitlab.Response, err error) error {
	a, refused := quota.Refused(err)
	switch {
	case err == nil, !refused && resp == nil:
		return nil
	case !refused:
		a = quota.Answer{Status: resp.StatusCode, Header: resp.Header}
	}
	if a.Product = product; a.Elsewhere(s.at()) == "" {
		return nil
	}
	return fmt.Errorf("%w: %w", quota.Say(a.Elsewhere(s.at()), err), metrics.ErrUnavailable)
}

// anything looks at what is to be read of a host that knows nothing of tokens, and not its version either, as it answered:
// a proxy may let only the rest through, or nothing of a GitLab is there.
func (s *Source) anything(ctx context.Context, resp *gitlab.Response) error {
	err := s.there(ctx)
	if missing(err) {
		a := quota.Answer{Product: product, Status: resp.StatusCode}
		return fmt.Errorf("%w: %w", quota.Say(a.Nowhere(s.at()), err), metrics.ErrUnavailable)
	}
	return s.seen(ctx, err)
}

// at is the address of the host, for people.
func (s *Source) at() string {
	at, err := url.Parse(strings.TrimSuffix(s.web, "/"))
	if err != nil {
		return s.host
	}
	at.User = nil
	return at.String()
}

// scopes fails for a token without one that lets it ask. An answer that tells of none is no answer of GitLab's.
func (s *Source) scopes(given []string) error {
	switch {
	case len(given) == 0:
		return s.said("ask %s: %s", errGarbled)
	}
	s.granted.Store(&given)
	switch {
	case slices.Contains(given, "api") || slices.Contains(given, "read_api"):
		return nil
	}
	return fmt.Errorf("the token for %s lacks the scope read_api, it has %s: %w", s.host, strings.Join(given, ", "), metrics.ErrUnavailable)
}

// Unclonable says what it would take to clone, where the token is known to lack it; else "".
func (s *Source) Unclonable() (needs string) {
	given := s.granted.Load()
	if given == nil || slices.ContainsFunc(*given, func(scope string) bool {
		return slices.Contains([]string{"read_repository", "write_repository", "api"}, scope)
	}) {
		return ""
	}
	return "the scope read_repository"
}

// refused puts into words that the host did not answer what a token is good for.
func (s *Source) refused(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.Is(err, quota.ErrRefused):
		return fmt.Errorf("%w: %w", quota.Say(quota.Words(s.host, err), err), metrics.ErrUnavailable)
	case status(err) == http.StatusUnauthorized:
		return s.said("%s refuses the credentials: %s", err)
	case scopeless(err):
		return s.said("the token for %s lacks the scope read_api: %s", err)
	}
	return s.said("ask %s: %s", err)
}

// said puts into words, by a format of the host and what went wrong, that the host did not let in.
func (s *Source) said(format string, err error) error {
	return fmt.Errorf("%w: %w", quota.Say(fmt.Sprintf(format, s.host, words(err)), spent(err)), metrics.ErrUnavailable)
}

// scopeless reports whether a host says that a token lacks a scope.
func scopeless(err error) bool {
	var refused *gitlab.ErrorResponse
	return errors.As(err, &refused) && bytes.Contains(refused.Body, []byte("insufficient_scope"))
}

// there asks for what is to be read: the group, the user, or the first project. It fails for a group that has another path.
func (s *Source) there(ctx context.Context) (err error) {
	switch {
	case s.config.Group != "":
		var group *gitlab.Group
		group, err = s.groupAt(ctx, s.config.Group)
		if err == nil && group.FullPath != "" && !strings.EqualFold(group.FullPath, s.config.Group) {
			return s.renamed(group.FullPath)
		}
	case s.config.User != "":
		one := gitlab.ListOptions{PerPage: 1}
		_, _, err = s.client.Projects.ListUserProjects(s.config.User, &gitlab.ListProjectsOptions{ListOptions: one}, gitlab.WithContext(ctx))
	default:
		_, _, err = s.client.Projects.GetProject(s.config.Projects[0], nil, gitlab.WithContext(ctx))
	}
	return spent(err)
}

// seen fails where a group or a user is not to be seen at all. Of single projects reading says so.
func (s *Source) seen(ctx context.Context, err error) error {
	var found finding
	switch {
	case errors.As(err, &found):
		return fmt.Errorf("%w: %w", err, metrics.ErrUnavailable)
	case missing(err) && len(s.config.Projects) > 0:
		return nil
	case missing(err):
		return fmt.Errorf("%w: %w", s.absent(ctx), metrics.ErrUnavailable)
	}
	return s.refused(ctx, err)
}
