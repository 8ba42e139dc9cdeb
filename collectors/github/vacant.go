package github

import (
	"context"
	"fmt"
)

// vacant fails for a list of nothing of an account of which the host tells that it has repositories: the credentials do not
// see them, and whoever took the list for whole would be told of nothing.
func (l *list) vacant(ctx context.Context, m mark) error {
	s := l.source
	if m.Shown > 0 {
		return nil
	}
	held, err := s.held(ctx)
	switch {
	case err != nil && !denied(err):
		return l.brokenOff(m, err)
	case held > 0:
		return fmt.Errorf("none is listed, and the host counts %d: see what the credentials may see", held)
	}
	return nil
}

// held is how many repositories the account has, as far as the host tells who asks.
func (s *Source) held(ctx context.Context) (repos int, err error) {
	if s.config.Org != "" {
		org, _, err := s.client.Organizations.Get(ctx, s.config.Org)
		return org.GetPublicRepos() + int(org.GetTotalPrivateRepos()), err
	}
	user, _, err := s.client.Users.Get(ctx, s.config.User)
	return user.GetPublicRepos() + int(user.GetOwnedPrivateRepos()), err
}
