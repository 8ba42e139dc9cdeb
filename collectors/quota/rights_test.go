package quota_test

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestNarrowCredentials shares requests out to tokens that may do different things: those that may do less are set aside,
// whichever was asked first, and what they were asked is asked again.
func TestNarrowCredentials(t *testing.T) {
	secrets := map[string]string{"all": "githubtest-all", "repo": "githubtest-repo", "public": "githubtest-public", "none": "githubtest-none", "fine": "githubtest-fine"}
	known := []githubtest.Token{
		{Value: secrets["all"], Login: "ana", Scopes: []string{"repo", "admin:org"}}, {Value: secrets["repo"], Login: "bob", Scopes: []string{"repo"}},
		{Value: secrets["public"], Login: "cem", Scopes: []string{"public_repo", "admin:org"}}, {Value: secrets["none"], Login: "dov", Scopes: []string{}},
		{Value: secrets["fine"], Login: "eve"},
	}
	for _, test := range []struct {
		tokens string
		aside  string // those that are set aside, in order
	}{
		{"none all", "none"},
		{"all none", "none"},
		{"public repo", "public"},
		{"all repo public", "public repo"},
		{"repo repo", ""},
		{"none none", ""},
		{"none", ""},
		{"fine all", ""},
		{"fine none", "none"},
		{"none fine", "none"},
		{"public all", "public"},
	} {
		t.Run(test.tokens, func(t *testing.T) {
			within(t, githubtest.Config{Tokens: known}, func(t *testing.T, peer *githubtest.Peer) {
				var list []quota.Credential
				for _, name := range strings.Fields(test.tokens) {
					list = append(list, token(name, secrets[name]))
				}
				a := ask(t, peer, quota.Config{Credentials: list})
				a.many(1, 12, a.user)
				for _, name := range strings.Fields(test.tokens) {
					aside := strings.Contains(a.log.String(), "credential="+name+" ")
					if want := strings.Contains(" "+test.aside+" ", " "+name+" "); aside != want {
						t.Errorf("%s is set aside: %v, want %v\n%s", name, aside, want, a.log)
					}
				}
				if got, most := peer.Counts().Requests, 12+2*len(list); got > most {
					t.Errorf("got %d requests, want %d at most", got, most)
				}
			})
		})
	}
}
