package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// TestCheckThroughProxies looks at a GitHub before which something takes headers and routes away: it is one all the same.
func TestCheckThroughProxies(t *testing.T) {
	const nobody = "there is no organisation typo on github.invalid, or the token does not see it"
	for _, c := range []struct {
		name   string
		closed string // the path that answers with 404
		org    string // "" for repositories by name
		want   string
	}{
		{"headers are taken out", "", "acme", ""},
		{"headers are taken out, and the account is not there", "", "typo", nobody},
		{"nobody tells of organisations", "/api/v3/orgs/acme", "acme", ""},
		{"nobody tells of limits", "/api/v3/rate_limit", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScanner(t, githubtest.Config{})
			s.peer.AddOrganization("acme")
			if s.config.Org = c.org; c.org == "" {
				s.config.Repos = []string{"acme/pay"}
			}
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err != nil {
						return nil, err
					}
					if resp.Header = (http.Header{}); r.URL.Path == c.closed {
						resp.StatusCode, resp.Body = http.StatusNotFound, http.NoBody
					}
					return resp, nil
				})
			}
			err := s.source().Check(t.Context())
			if got := errorText(err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// errorText is an error in words; "" for none.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return metrics.Detail(err)
}

// TestCheckAsAnAppOfAnotherHost has an App ask for its token where no GitHub is: that is told, rather than that its
// credentials were refused.
func TestCheckAsAnAppOfAnotherHost(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for kind, want := range map[string]string{
		"text/html":        "http://github.invalid answers, but not as GitHub does (404, with a page for people): is it a GitLab host, or a web server? see whether the url is right, and whether a proxy or a login page stands before it",
		"application/json": "github.invalid refuses the credentials (app 7, installation 1): they may be wrong, expired or revoked",
	} {
		s := newScanner(t, githubtest.Config{})
		app := github.App{ID: 7, Installation: 1, Key: private, URL: s.peer.URL, Transport: transport(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{"Content-Type": {kind}}, Body: http.NoBody, Request: r}, nil
		})}
		signer, err := app.Signer()
		if err != nil {
			t.Fatal(err)
		}
		s.pooled(quota.Credential{Name: "app 7, installation 1", Authorize: signer.Sign})
		if got := errorText(s.source().Check(t.Context())); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", kind, got, want)
		}
	}
}
