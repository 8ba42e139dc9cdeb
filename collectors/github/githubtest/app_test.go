package githubtest_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
)

// keyOf makes a key, with its public half as the App's owner would give it to the host.
func keyOf(t testing.TB) (*rsa.PrivateKey, githubtest.KeyPEM) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	check(t, err)
	return key, githubtest.KeyPEM(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

// claim signs what an App says of itself.
func claim(t testing.TB, key *rsa.PrivateKey, app int64, issued, expires time.Time) string {
	t.Helper()
	coded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	text := coded(`{"alg":"RS256","typ":"JWT"}`) + "." + coded(fmt.Sprintf(`{"iss":"%d","iat":%d,"exp":%d}`, app, issued.Unix(), expires.Unix()))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	check(t, err)
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestClaimsOfAnApp(t *testing.T) {
	key, public := keyOf(t)
	stranger, _ := keyOf(t)
	p := acme(t, githubtest.Config{App: githubtest.App{ID: 7, Slug: "trodden-acme", Public: public}})
	for _, test := range []struct {
		name  string
		claim string
		want  int
	}{
		{"good", claim(t, key, 7, at(0), at(0).Add(10*time.Minute)), 200},
		{"of another App", claim(t, key, 8, at(0), at(0).Add(time.Minute)), 401},
		{"by another key", claim(t, stranger, 7, at(0), at(0).Add(time.Minute)), 401},
		{"expired", claim(t, key, 7, at(-1), at(0)), 401},
		{"from the future", claim(t, key, 7, at(0).Add(2*time.Minute), at(0).Add(3*time.Minute)), 401},
		{"for too long", claim(t, key, 7, at(0), at(1)), 401},
		{"no claim", "nonsense", 401},
		{"a token", githubtest.Secret, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			app, _, err := client(t, p, test.claim).Apps.Get(ctx, "")
			if got := status(t, err); got != test.want || got == 200 && app.GetSlug() != "trodden-acme" {
				t.Errorf("got %d %s, want %d", got, app.GetSlug(), test.want)
			}
		})
	}
}

func TestInstallations(t *testing.T) {
	key, public := keyOf(t)
	p := acme(t, githubtest.Config{App: githubtest.App{ID: 7, Public: public}})
	p.AddOrganization("other")
	p.AddRepo("other", githubtest.Repo{Name: "secret", Files: map[string]string{"a": "b"}})
	id := p.Install("acme", "acme/app")
	app := client(t, p, claim(t, key, 7, at(0), at(0).Add(time.Minute)))
	list, _, err := app.Apps.ListInstallations(ctx, nil)
	check(t, err)
	if len(list) != 1 || list[0].GetID() != id || list[0].GetAccount().GetLogin() != "acme" {
		t.Errorf("got %v, want the one of acme", list)
	}
	if found, _, err := app.Apps.FindOrganizationInstallation(ctx, "acme"); err != nil || found.GetID() != id {
		t.Errorf("got %v, %v, want the one of acme", found, err)
	}
	if found, _, err := app.Apps.GetInstallation(ctx, id); err != nil || found.GetAccount().GetLogin() != "acme" || found.SuspendedAt != nil {
		t.Errorf("got %v, %v, want the one of acme", found, err)
	}
	token, resp, err := app.Apps.CreateInstallationToken(ctx, id, nil)
	check(t, err)
	if resp.StatusCode != 201 || !token.GetExpiresAt().Equal(github.Timestamp{Time: at(1)}) {
		t.Errorf("got %d, expires %s, want 201, %s", resp.StatusCode, token.GetExpiresAt(), at(1))
	}
	c := client(t, p, token.GetToken())
	repos, _, err := c.Apps.ListRepos(ctx, nil)
	check(t, err)
	if got, want := repoNames(repos.Repositories), "app"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, _, err = c.Repositories.Get(ctx, "other", "secret")
	if got := status(t, err); got != 404 {
		t.Errorf("got %d for a repository of another account, want 404", got)
	}
	p.Suspend(id)
	_, _, err = c.Apps.ListRepos(ctx, nil)
	if got := status(t, err); got != 403 {
		t.Errorf("got %d of an installation that is suspended, want 403", got)
	}
	p.Unsuspend(id)
	_, _, err = c.Apps.ListRepos(ctx, nil)
	check(t, err)
	p.Advance(githubtest.TokenLife)
	_, _, err = c.Apps.ListRepos(ctx, nil)
	if got := status(t, err); got != 401 {
		t.Errorf("got %d an hour later, want 401", got)
	}
}
