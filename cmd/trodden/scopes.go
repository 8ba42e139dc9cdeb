package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// scopes are what hosts say that tokens may do, by the names of sources. It listens to answers that are asked for anyway.
type scopes struct {
	mu  sync.Mutex
	all map[string][]string
}

// of returns the scopes that all tokens of a source have; known is false where the host tells none, as of fine-grained
// tokens and of those of apps.
func (s *scopes) of(source string) (list []string, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, known = s.all[source]
	return list, known
}

// hear notes the scopes in an answer.
func (s *scopes) hear(source string, answer *http.Response) {
	given, told := answer.Header[http.CanonicalHeaderKey("X-OAuth-Scopes")]
	if !told {
		return
	}
	list := strings.FieldsFunc(strings.Join(given, ","), func(r rune) bool { return r == ',' || r == ' ' })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[string][]string)
	}
	if before, known := s.all[source]; known { // perhaps of another token
		list = slices.DeleteFunc(list, func(scope string) bool { return !slices.Contains(before, scope) })
	}
	s.all[source] = list
}

// listening carries requests, and has the answers heard.
type listening struct {
	http.RoundTripper
	source string
	scopes *scopes
}

// RoundTrip implements http.RoundTripper.
func (l listening) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		l.scopes.hear(l.source, answer)
	}
	return answer, err
}

// listen returns a transport for a source whose answers are heard, if anybody wants to know.
func (h hosts) listen(source string, t http.RoundTripper) http.RoundTripper {
	if h.scopes == nil {
		return t
	}
	return listening{t, source, h.scopes}
}

// lack is a part of what a source reads that its token does not show.
type lack struct {
	Part  string `json:"part"`
	Needs string `json:"needs"`
}

// githubLacks lists the parts that a token with some scopes does not show. Those of repositories come with the scope
// without which a source is not let in at all.
func githubLacks(g *config.GitHub, scopes []string) (list []lack) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(scopes, name) })
	}
	if g.Org != "" && !g.Parts.NoTeams && !has("read:org", "write:org", "admin:org") {
		list = append(list, lack{"teams", "the scope read:org"})
	}
	if g.Org != "" && !g.Parts.NoPolicies && !has("admin:org") {
		list = append(list, lack{"policies of the organisation", "the scope admin:org"})
	}
	if !has("repo") {
		list = append(list, lack{unlisted, "the scope repo"})
	}
	return list
}
