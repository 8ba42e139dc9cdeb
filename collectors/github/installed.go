package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors/quota"
)

// installed asks where the App is installed, which tells of the account that is read as well as of the key: to an
// installation in another account hosts show what is public, or nothing, without a word.
func (s *Source) installed(ctx context.Context) (*github.Response, error) {
	app := s.config.Signer.app
	found, resp, err := s.client.Apps.GetInstallation(ctx, app.Installation)
	var exhausted *quota.Exhausted
	switch away := asItCame(resp, err); {
	case errors.As(err, &exhausted), status(err) == http.StatusTooManyRequests:
		return s.free(ctx)
	case missing(err) && away.Elsewhere(s.at()) == "" && !away.Shaped() && s.deaf(ctx):
		return resp, finding(away.Nowhere(s.at()))
	case missing(err) && away.Elsewhere(s.at()) == "":
		return resp, finding(app.nowhere())
	case err != nil:
		return resp, err
	case found.SuspendedAt != nil:
		return resp, finding(fmt.Sprintf("the installation %d of the app %d is suspended: %s", app.Installation, app.ID, unsuspend))
	}
	return resp, s.installedIn(found.GetAccount())
}

// installedIn fails for an installation in another account than the one that is read. Nobody knows of those of a whole
// enterprise.
func (s *Source) installedIn(account *github.User) error {
	login, kind := account.GetLogin(), account.GetType()
	switch {
	case login == "":
		return nil
	case !strings.EqualFold(login, s.owner()):
		return finding(fmt.Sprintf("the installation %d of the app %d is one of %s, not of %s: configure the one of %s",
			s.config.Signer.app.Installation, s.config.Signer.app.ID, login, s.owner(), s.owner()))
	case s.config.Org != "" && kind == "User":
		return s.misnomer("organisation", "a user", "user")
	case s.config.User != "" && kind == "Organization":
		return s.misnomer("user", "an organisation", "org")
	}
	return nil
}

// familiar reports whether the App was let in before, as the newest list noted, and has no token: getting one tells whether
// it still is. In what account it is installed does not change.
func (s *Source) familiar() bool {
	c := &s.config
	var m mark
	return c.Signer != nil && c.SignIn != nil && !c.Signer.holds() && json.Unmarshal([]byte(c.Mark), &m) == nil && m.Installed == s.installation()
}

// installation names the installation and what is read with it.
func (s *Source) installation() string {
	app := s.config.Signer.app
	return fmt.Sprintf("%d/%d %s", app.ID, app.Installation, strings.ToLower(s.owner()))
}
