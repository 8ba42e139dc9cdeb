package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubpeers"
	"github.com/trodden/trodden/metrics"
)

// TestRequestsAreDescribed sends every kind of request that the collector makes by REST to a program that knows GitHub's
// own description of it, and refuses what that does not allow. Its answers are the examples in the description, always
// of the same repository.
func TestRequestsAreDescribed(t *testing.T) {
	peer := githubpeers.StartPrism(t)
	now := time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	pooled, _ := pooledClient(t, peer.URL)
	store := collectorstest.New()
	scan := func(config github.Config) collectors.Summary {
		t.Helper()
		config.Name, config.URL, config.Client = "github", peer.URL, pooled
		config.Watch, config.Parts, config.People = metrics.WatchSet{Folders: []string{"**"}}, allParts, people(t)
		config.Now = func() metrics.Instant { return metrics.At(now) }
		source, err := github.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := collectors.Run(t.Context(), collectors.Options{
			Sources: []collectors.Source{source}, Store: store, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		})
		if err != nil || got.Repos != 1 || got.Unknown != 0 || len(got.Partial) != 0 {
			t.Fatalf("the scan came to %+v, %v", got, err)
		}
		if _, err := source.Contents(t.Context(), store.Repo("127.0.0.1/octocat/hello-world"), []metrics.OID{metrics.OID(strings.Repeat("\x01", 20))}); err == nil {
			t.Error("the example of a file is taken for one that was asked for")
		}
		now = now.AddDate(0, 0, 1)
		return got
	}
	scan(github.Config{Org: "octocat"})
	scan(github.Config{User: "octocat"})
	scan(github.Config{Repos: []string{"octocat/Hello-World"}})
	signIn(t, peer.URL)

	asked := map[string]bool{}
	for _, a := range peer.Asked() {
		if a.Path != "/graphql" && a.Status >= http.StatusBadRequest {
			t.Errorf("%s %s was refused: %d", a.Method, a.Path, a.Status)
		}
		asked[a.Method+" "+kindOf(a.Path)] = true
	}
	var got []string
	for kind := range asked {
		got = append(got, kind)
	}
	slices.Sort(got)
	want := []string{
		"GET /orgs/octocat", "GET /orgs/octocat/properties/schema", "GET /orgs/octocat/properties/values", "GET /orgs/octocat/repos", "GET /orgs/octocat/rulesets", "GET /orgs/octocat/rulesets/N", "GET /orgs/octocat/teams",
		"GET /orgs/octocat/teams/justice-league/members", "GET /orgs/octocat/teams/justice-league/repos", "GET /rate_limit", "GET /repos/octocat/Hello-World",
		"GET /repos/octocat/Hello-World/actions/runs", "GET /repos/octocat/Hello-World/git/blobs/SHA", "GET /repos/octocat/Hello-World/git/ref/heads%2Fmaster",
		"GET /repos/octocat/Hello-World/git/trees/SHA", "GET /repos/octocat/Hello-World/languages", "GET /users/octocat", "GET /users/octocat/repos",
		"POST /app/installations/N/access_tokens", "POST /graphql",
	}
	if diff := gocmp.Diff(got, want); diff != "" {
		t.Errorf("what was asked (-got +want):\n%s", diff)
	}
	if len(store.Runs) == 0 || len(store.Teams) == 0 || len(store.Memberships) == 0 {
		t.Errorf("of runs, teams and members %d, %d and %d are known", len(store.Runs), len(store.Teams), len(store.Memberships))
	}
}

// numbered are the parts of a path that tell one thing of a kind from others.
var numbered = regexp.MustCompile(`/([0-9a-f]{40}|[0-9]+)(/|$)`)

// kindOf is what the path of a request asks for.
func kindOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return numbered.ReplaceAllStringFunc(path, func(part string) string {
		word := "/N"
		if len(strings.Trim(part, "/")) == 40 {
			word = "/SHA"
		}
		if strings.HasSuffix(part, "/") {
			word += "/"
		}
		return word
	})
}

// signIn signs in as an App.
func signIn(t *testing.T, url string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	signer, err := github.App{ID: 1, Installation: 1, Key: text, URL: url}.Signer()
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err = errors.Join(err, signer.Sign(r)); err != nil || r.Header.Get("Authorization") == "" {
		t.Errorf("the App does not get a token: %v", err)
	}
}
