package gitlab_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// TestCheckOfAnotherName looks at a group that was renamed, and at names that are of the other kind: what is to be
// configured is said, as far as the host tells of it.
func TestCheckOfAnotherName(t *testing.T) {
	const gone = "there is no group acme on gitlab.invalid, or the token does not see it"
	const renamed = "the group acme on gitlab.invalid has another path by now: configure group: globex"
	rename := func(s *scanner) { s.peer.RenameGroup("acme", "globex") }
	for _, c := range []struct {
		name       string
		visibility string // of the group
		leads      bool   // REST leads from the old path
		happens    func(*scanner)
		want       string
	}{
		{"nothing happened", "private", false, func(*scanner) {}, ""},
		{"renamed, and nobody tells", "private", false, rename, gone},
		{"renamed, and its page tells", "public", false, rename, renamed},
		{"renamed, and REST tells", "private", true, rename, renamed},
		{"renamed, and written otherwise", "private", false, func(s *scanner) { s.config.Group = "ACME" }, ""},
		{"a user in place of a group", "private", false, func(s *scanner) {
			s.peer.AddUser(gitlabtest.User{Username: "ana"})
			s.config.Group = "ana"
		}, "there is no group ana on gitlab.invalid, but a user of that name: configure user: ana"},
		{"a group in place of a user", "private", false, func(s *scanner) { s.config.Group, s.config.User = "", "acme" },
			"there is no user acme on gitlab.invalid, but a group of that name: configure group: acme"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScanner(t, gitlabtest.Config{LeadOn: c.leads})
			s.peer.AddGroup("acme", gitlabtest.Group{Visibility: c.visibility})
			c.happens(s)
			err := s.source().Check(t.Context())
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want nothing", err)
			case c.want != "" && (!errors.Is(err, metrics.ErrUnavailable) || metrics.Detail(err) != c.want):
				t.Errorf("got %v, want %s", err, c.want)
			}
			if c.want == "" {
				s.requests(2)
			}
		})
	}
}

// TestCheckThroughProxies looks at a GitLab before which something takes headers and routes away: it is one all the same.
func TestCheckThroughProxies(t *testing.T) {
	for name, closed := range map[string]string{"headers are taken out": "", "only what is read is let through": "/personal_access_tokens/ /version"} {
		t.Run(name, func(t *testing.T) {
			s := newScanner(t, gitlabtest.Config{})
			s.peer.AddGroup("acme", gitlabtest.Group{})
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err != nil {
						return nil, err
					}
					resp.Header = http.Header{}
					for _, part := range strings.Fields(closed) {
						if strings.Contains(r.URL.Path, part) {
							resp.StatusCode = http.StatusNotFound
						}
					}
					return resp, nil
				})
			}
			if err := s.source().Check(t.Context()); err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}
