package github_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// mixed is an organisation of twenty public repositories and two private ones.
func mixed(t *testing.T, rest bool) *scanner {
	s := newScanner(t, githubtest.Config{RESTOnly: rest})
	s.peer.AddOrganization("acme")
	for i := range 20 {
		s.peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprintf("r%02d", i), Visibility: "public", Files: map[string]string{"ci.yml": "on: push\n"}})
	}
	for _, name := range []string{"pay", "ledger"} {
		s.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"ci.yml": "on: push\n"}})
	}
	return s
}

// sees changes what the token of the scanner may do.
func (s *scanner) sees(scopes ...string) {
	s.peer.AddToken(githubtest.Token{Value: githubtest.Secret, Login: "ana", Scopes: scopes})
}

// silent has the host say nothing of scopes, as of fine-grained tokens.
func silent(next http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err == nil {
			resp.Header.Del("X-OAuth-Scopes")
		}
		return resp, err
	})
}

// TestPrivateRepositoriesThatAreNotShown: where a token may not see private repositories any more, none of them is gone.
func TestPrivateRepositoriesThatAreNotShown(t *testing.T) {
	const narrow, none = "lacks the scope repo: 2 private repositories (acme/pay, acme/ledger); nothing is concluded to be gone", "none of 2 private repositories (acme/pay, acme/ledger) is listed any more"
	tests := []struct {
		name   string
		wrap   func(http.RoundTripper) http.RoundTripper
		change func(*scanner)
		says   string
		gone   int
	}{
		{"a token without the scope repo", nil, func(s *scanner) { s.sees("public_repo", "read:org") }, narrow, 0},
		{"likewise, and a public one is deleted", nil, func(s *scanner) {
			s.sees("public_repo", "read:org")
			s.peer.Delete("acme/r07")
		}, narrow, 0},
		{"a token of which nothing is told", silent, func(s *scanner) { s.sees("public_repo", "read:org") }, none, 0},
		{"such a one, and one of two is deleted", silent, func(s *scanner) { s.peer.Delete("acme/pay") }, "", 1},
		{"such a one, and another one is made", silent, func(s *scanner) {
			s.peer.Delete("acme/pay")
			s.peer.Delete("acme/ledger")
			s.peer.AddRepo("acme", githubtest.Repo{Name: "new"})
		}, "", 2},
		{"such a one, and both are made public", silent, func(s *scanner) {
			for _, name := range []string{"acme/pay", "acme/ledger"} {
				s.peer.Edit(name, func(r *githubtest.Repo) { r.Visibility = "public" })
			}
		}, "", 0},
		{"a token with the scope repo, and both are deleted", nil, func(s *scanner) {
			s.sees("repo", "read:org")
			s.peer.Delete("acme/pay")
			s.peer.Delete("acme/ledger")
		}, "", 2},
		{"those that are gone are excluded", silent, func(s *scanner) {
			s.peer.Delete("acme/pay")
			s.peer.Delete("acme/ledger")
			s.config.Exclude = []string{"pay", "ledger"}
		}, "", 2},
	}
	for _, test := range tests {
		for _, rest := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, REST alone %v", test.name, rest), func(t *testing.T) {
				s := mixed(t, rest)
				s.wrap = test.wrap
				s.scan()
				s.peer.Advance(24 * time.Hour)
				test.change(s)
				for range 2 {
					got := s.scan()
					if test.says == "" {
						if len(got.Partial) != 0 || got.Unknown != 0 || got.Gone != test.gone {
							t.Fatalf("the scan came to %+v, want %d gone", got, test.gone)
						}
						return
					}
					if got.Gone != 0 || len(got.Partial) != 1 || !strings.Contains(got.Partial[0], test.says) {
						t.Fatalf("%d are gone, and the scan says %q, want %q", got.Gone, got.Partial, test.says)
					}
				}
				s.sees("repo", "read:org")
				if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || !slices.Contains([]int{0, 1}, got.Gone) {
					t.Errorf("with the scope the scan came to %+v", got)
				}
			})
		}
	}
}
