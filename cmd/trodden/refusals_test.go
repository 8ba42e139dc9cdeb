package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// TestServerTriesATokenAgain revokes the token of a server and lets it be good again: the next scan reads, as it does after
// one refusal that was a mistake.
func TestServerTriesATokenAgain(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	server := serveHooks(p)
	defer server.stop()
	p.run(exitDone, "scan")
	peer.Fail(githubtest.Fault{Failure: githubtest.BadToken, Route: githubtest.GraphQL})
	p.run(exitDone, "scan")
	peer.Fail(githubtest.Fault{Failure: githubtest.BadToken, Route: githubtest.GraphQL, Times: -1})
	p.run(exitUnknown, "scan")
	peer.Heal()
	p.run(exitDone, "scan")
}

// TestOneTokenOfTwo says of a scan that came to its end which of its tokens was refused.
func TestOneTokenOfTwo(t *testing.T) {
	t.Parallel()
	const said = "source github: the host refuses token 1: it may be wrong, expired or revoked; the others do its work\n"
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	peer.AddToken(githubtest.Token{Value: "githubtest-two", Login: "second"})
	p.setenv("SECOND_TOKEN", "githubtest-two")
	p.write(fmt.Sprintf("sources: [{github: {org: acme, tokens: [\"${GITHUB_TOKEN}\", \"${SECOND_TOKEN}\"], url: %q}}]\n%s", peer.URL, hostedPaths))
	if _, stderr := p.run(exitDone, "scan"); strings.Contains(stderr, "refuses") {
		t.Errorf("of good tokens it is said\n%s", stderr)
	}
	peer.Revoke(githubtest.Secret)
	if _, stderr := p.run(exitDone, "scan", "--full"); strings.Count(stderr, said) != 1 {
		t.Errorf("here it is said\n%s", stderr)
	}
	if out, _ := p.run(exitDone, "check"); strings.Count(out, "\n  "+strings.TrimPrefix(said, "source github: ")) != 1 {
		t.Errorf("a check says\n%s", out)
	}
	if got := ask[struct{ Refused []string }](p, "check"); len(got) != 1 || !slices.Equal(got[0].Refused, []string{"token 1"}) {
		t.Errorf("in JSON a check says %+v", got)
	}
	server := serveHooks(p)
	defer server.stop()
	for range 2 {
		if _, stderr := p.run(exitDone, "scan", "--full"); strings.Count(stderr, said) != 1 {
			t.Errorf("by a server it is said\n%s", stderr)
		}
	}
}

// appPlace is a place that reads organisations as an App that is installed in them.
type appPlace struct {
	*place
	peer      *githubtest.Peer
	installed map[string]int64
}

func newAppPlace(t *testing.T, orgs ...string) *appPlace {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})
	p := &appPlace{&place{TB: t, dir: t.TempDir(), store: "store"}, githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}, App: githubtest.App{ID: 7, Public: githubtest.KeyPEM(public)}}), map[string]int64{}}
	p.setenv("APP_KEY", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	for _, org := range orgs {
		p.peer.AddOrganization(org)
		p.installed[org] = p.peer.Install(org)
	}
	return p
}

// as has the place read an organisation as the installation in one.
func (p *appPlace) as(org, installedIn string) {
	p.Helper()
	p.write(fmt.Sprintf("sources: [{github: {org: %s, app: {id: 7, installation: %d, key: \"${APP_KEY}\"}, url: %q}}]\n%s", org, p.installed[installedIn], p.peer.URL, hostedPaths))
}

// TestAppBudget reads an organisation as an App, with as few requests a scan as lead anywhere.
func TestAppBudget(t *testing.T) {
	t.Parallel()
	p := newAppPlace(t, "acme")
	settled := time.Now().Add(-time.Hour)
	for i := range 3 {
		p.peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i), Created: settled, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	p.as("acme", "acme")
	if _, said := p.run(exitUsage, "scan", "--budget", "3"); !strings.Contains(said, "the least is 4 requests: 4 for github, ") {
		t.Errorf("of 3 requests it says %q", said)
	}
	for scans := 1; ; scans++ {
		p.peer.ResetCounts()
		out, _, status := p.ends("scan", "--budget", "4", "--output", "json")
		counts := p.peer.Counts()
		var answer struct{ Data []spentOf }
		if err := json.Unmarshal([]byte(out), &answer); err != nil || len(answer.Data) != 1 || answer.Data[0].Requests != counts.Requests || counts.Requests > 4 {
			t.Fatalf("scan %d makes %v and says %s (%v)", scans, counts.Routes, out, err)
		}
		if status == exitDone {
			break
		}
		if scans == 12 {
			t.Fatalf("after %d scans it is not read: %s", scans, out)
		}
	}
	if got := len(p.hosted()); got != 3 {
		t.Errorf("%d repositories are read, want 3", got)
	}
}

// TestApp signs in as an App that is installed where it is to read, and elsewhere.
func TestApp(t *testing.T) {
	t.Parallel()
	p := newAppPlace(t, "acme", "other", "void")
	peer, installed, as := p.peer, p.installed, p.as
	settled := time.Now().Add(-time.Hour)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Created: settled, Files: map[string]string{"Jenkinsfile": "node {}\n"}})

	as("acme", "other")
	elsewhere := fmt.Sprintf("the installation %d of the app 7 is one of other, not of acme: configure the one of acme", installed["other"])
	if _, stderr := p.run(exitFailed, "scan"); !strings.Contains(stderr, elsewhere) {
		t.Errorf("a scan as an installation elsewhere says\n%s", stderr)
	}
	if out, _ := p.run(exitUnknown, "check"); !strings.Contains(out, elsewhere) {
		t.Errorf("a check as an installation elsewhere says\n%s", out)
	}

	as("void", "void")
	const empty = "source github: the list of void is empty: the credentials may not see its repositories\n"
	for _, command := range []string{"scan", "check"} {
		if _, stderr := p.run(exitDone, command); !strings.Contains(stderr, empty) {
			t.Errorf("a %s of nothing says\n%s", command, stderr)
		}
	}

	as("acme", "acme")
	for range 2 {
		peer.ResetCounts()
		got := ask[spentOf](p.place, "scan")[0]
		if counts := peer.Counts(); got.Requests != counts.Requests || counts.Routes["POST /app/installations/{id}/access_tokens"] != 1 {
			t.Errorf("a scan says that it made %d requests, of %v", got.Requests, counts.Routes)
		}
	}
	if counts := peer.Counts(); counts.Requests != 2 {
		t.Errorf("a scan of nothing new asked %v, want a token and a query", counts.Routes)
	}
	peer.Suspend(installed["acme"])
	if _, stderr := p.run(exitFailed, "scan"); !strings.Contains(stderr, "is suspended") {
		t.Errorf("a scan as an installation that is suspended says\n%s", stderr)
	}
}
