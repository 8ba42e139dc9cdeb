package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// signing signs requests as an App does.
type signing struct {
	sign func(*http.Request) error
	next http.RoundTripper
}

func (s signing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if err := s.sign(r); err != nil {
		return nil, err
	}
	return s.next.RoundTrip(r)
}

// TestApp scans as an App that may see one repository of two.
// One token does for all requests.
func TestApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	s := newScanner(t, githubtest.Config{
		Clock: hosttest.NewManual(time.Now()), // signers of claims read the machine's
		App:   githubtest.App{ID: 7, Slug: "trodden", Public: githubtest.KeyPEM(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))},
	})
	s.peer.AddOrganization("acme")
	for _, name := range []string{"pay", "web"} {
		s.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"ci.yml": "x"}})
	}
	app := github.App{ID: 7, Installation: s.peer.Install("acme", "acme/pay"), Key: private, URL: s.peer.URL, Transport: s.peer.Transport()}
	signer, err := app.Signer()
	if err != nil {
		t.Fatal(err)
	}
	s.wrap = func(http.RoundTripper) http.RoundTripper { return signing{signer.Sign, s.peer.Transport()} }
	s.peer.Advance(-30 * time.Minute) // a scan begins half an hour later
	if got := s.scan(); got.Repos != 1 || got.Unknown != 0 || s.store.Files(host + "acme/pay")["ci.yml"] != "x" {
		t.Errorf("the scan came to %+v", got)
	}
	if n := s.peer.Counts().Routes["POST /app/installations/{id}/access_tokens"]; n != 1 {
		t.Errorf("%d tokens were asked for, want 1 for all requests", n)
	}

	app.Installation++
	if signer, err = app.Signer(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, s.peer.Enterprise()+"user", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := signer.Sign(r); !errors.Is(err, quota.ErrRefused) {
		t.Errorf("an installation that there is not: got %v", err)
	}
	app.Key = []byte("none")
	if _, err := app.Signer(); !errors.Is(err, metrics.ErrInvalid) {
		t.Errorf("a key that is none: got %v", err)
	}
}
