package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/metrics"
)

const (
	takesTeams    = "the scope read:org, or Members: read of the organisation"
	takesRulesets = "the scope admin:org, or Administration: read of the organisation"
	takesRuns     = "the scope repo, or Actions: read"
)

// TestLacks asks for each part once, and finds those that the host refuses.
func TestLacks(t *testing.T) {
	pay := metrics.Repo{Name: host + "acme/pay", Location: "https://github.invalid/acme/pay"}
	for _, c := range []struct {
		name     string
		parts    github.Parts
		refused  string // glob of paths
		repo     metrics.Repo
		want     map[string]string
		requests int
	}{
		{"a token that sees all", allParts, "", pay, map[string]string{}, 5},
		{"no runs", allParts, "/repos/acme/pay/actions/*", pay, map[string]string{"workflow runs": takesRuns}, 5},
		{"nothing of the organisation", allParts, "/orgs/acme/*", pay, map[string]string{"teams": takesTeams, "rulesets": takesRulesets}, 5},
		{"what is not wanted is not asked for", github.Parts{Pulls: true}, "/orgs/acme/*", pay, map[string]string{}, 1},
		{"no repository", allParts, "", metrics.Repo{}, map[string]string{}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, c.parts)
			s.repo("pay", map[string]string{ciFile: "on: push\n"})
			if c.refused != "" {
				s.peer.Fail(githubtest.Fault{Failure: githubtest.Forbidden, Path: c.refused, Times: -1})
			}
			got, err := s.source().Lacks(t.Context(), c.repo)
			if diff := gocmp.Diff(got, c.want); diff != "" || err != nil {
				t.Errorf("%v, -got +want\n%s", err, diff)
			}
			if n := s.peer.Counts().Requests; n != c.requests {
				t.Errorf("%d requests were made, want %d", n, c.requests)
			}
		})
	}
}

// TestLacksOfAnApp looks at what an App was told that it may do, and asks for nothing.
func TestLacksOfAnApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	s := newScanner(t, githubtest.Config{
		Clock: hosttest.NewManual(time.Now()), // signers of claims read the machine's
		App:   githubtest.App{ID: 7, Slug: "trodden", Public: githubtest.KeyPEM(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))},
	})
	s.peer.AddOrganization("acme")
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	signer, err := github.App{ID: 7, Installation: s.peer.Install("acme"), Key: private, URL: s.peer.URL, Transport: s.peer.Transport()}.Signer()
	if err != nil {
		t.Fatal(err)
	}
	if _, told := signer.Permissions(); told {
		t.Error("what it may do is told before anything was asked")
	}
	s.config.Parts, s.config.Signer = allParts, signer
	s.wrap = func(http.RoundTripper) http.RoundTripper { return signing{signer.Sign, s.peer.Transport()} }
	source := s.source()
	if err := source.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range source.Repos(t.Context(), new(collectors.Known)) { // as whoever checks a source does before
		if err != nil {
			t.Fatal(err)
		}
	}
	s.peer.ResetCounts()
	got, err := source.Lacks(t.Context(), metrics.Repo{Location: "https://github.invalid/acme/pay"})
	if diff := gocmp.Diff(got, map[string]string{"rulesets": takesRulesets}); diff != "" || err != nil {
		t.Errorf("%v, -got +want\n%s", err, diff)
	}
	if n := s.peer.Counts().Requests; n != 0 {
		t.Errorf("%d requests were made, want none", n)
	}
}
