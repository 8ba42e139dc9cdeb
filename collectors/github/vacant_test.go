package github_test

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// TestListOfNothing lists an account of which the credentials see nothing. It is whole only where the host does not tell
// that there is something, and takes one request more, once a day.
func TestListOfNothing(t *testing.T) {
	for _, test := range []struct {
		name       string
		visibility string // of the only repository; "" for none
		token      githubtest.Token
		says       string
	}{
		{"there is nothing", "", githubtest.Token{}, ""},
		{"the host tells of private ones", "private", githubtest.Token{Scopes: []string{"public_repo", "admin:org"}},
			"github: list the repositories of github.invalid/acme: none is listed, and the host counts 1: see what the credentials may see"},
		{"the host does not tell of private ones", "private", githubtest.Token{Scopes: []string{"public_repo"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.peer.AddOrganization("acme")
			if test.visibility != "" {
				s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Visibility: test.visibility, Files: map[string]string{ciFile: "on: push\n"}})
			}
			test.token.Value, test.token.Login = "githubtest-narrow", "nina"
			s.peer.AddToken(test.token)
			s.token = test.token.Value
			if got := strings.Join(s.scan().Partial, "; "); got != test.says {
				t.Errorf("it is said %q, want %q", got, test.says)
			}
			s.requests(3) // custom properties, the list, the account
			if s.scan(); test.says == "" {
				s.requests(1)
			}
		})
	}
}

// TestListOfAnotherInstallation lists an account in which the App is not installed.
func TestListOfAnotherInstallation(t *testing.T) {
	s := asApp(t, otherOwner, time.Now())
	s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Visibility: "public"})
	if got := strings.Join(s.scan().Partial, "; "); !strings.Contains(got, "and the host counts 1: see what the credentials may see") {
		t.Errorf("it is said %q", got)
	}
}
