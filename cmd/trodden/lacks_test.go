package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

func TestUnseen(t *testing.T) {
	token := make([]config.Secret, 1)
	acme, ana := config.GitHub{Org: "acme", Tokens: token}, config.GitHub{User: "ana", Tokens: token}
	public, mixed := []metrics.Repo{{Visibility: metrics.Public}}, []metrics.Repo{{Visibility: metrics.Public}, {Visibility: metrics.Internal}}
	for _, test := range []struct {
		name   string
		source config.GitHub
		scopes string // "-": the host does not tell
		listed []metrics.Repo
		want   string
	}{
		{"the scope for all", acme, "repo", public, ""},
		{"the one for what is public", acme, "public_repo read:org", public, "the scope repo"},
		{"likewise, where another token saw more before", acme, "public_repo", mixed, "the scope repo"},
		{"of a user", ana, "public_repo", nil, "the scope repo"},
		{"repositories by name, which are told of one by one", config.GitHub{Repos: []string{"acme/pay"}, Tokens: token}, "public_repo", public, ""},
		{"a fine-grained token", acme, "-", mixed, ""},
		{"one that shows nothing private", acme, "-", public, "access of its token to them, and none is shown"},
		{"an App that shows nothing private", config.GitHub{Org: "acme", App: new(config.GitHubApp)}, "-", public, "access of its token to them, and none is shown"},
		{"nothing listed", acme, "-", nil, ""},
		{"no token", config.GitHub{Org: "acme"}, "-", public, "a token"},
	} {
		if got := unseen(&test.source, strings.Fields(test.scopes), test.scopes != "-", test.listed); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestScanTellsOfWhatIsNotListed scans an organisation with a token for public repositories, here and through a server: a
// line and the JSON say what may be missing, which takes no request; with another token they do not.
func TestScanTellsOfWhatIsNotListed(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	settled := time.Now().Add(-time.Hour)
	for name, visibility := range map[string]string{"open": "public", "shut": "private"} {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Visibility: visibility, Created: settled, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	}
	peer.AddToken(githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"public_repo", "read:org", "admin:org"}})
	p.setenv("GITHUB_TOKEN", "narrow")
	const want = "source github: not read: private repositories, if there are any; they take the scope repo\n"
	if _, said := p.run(exitDone, "scan"); said != want {
		t.Errorf("a scan says %q, want %q", said, want)
	}
	peer.ResetCounts()
	type row struct{ Lacks []sourceLack }
	lacks := []row{{[]sourceLack{{Source: "github", Part: unlisted, Needs: "the scope repo"}}}}
	if diff := cmp.Diff(ask[row](p, "scan"), lacks); diff != "" || peer.Counts().Requests != 2 {
		t.Errorf("a scan of nothing new makes %d requests and says -got +want\n%s", peer.Counts().Requests, diff)
	}
	server := serveHooks(p)
	if _, said := p.run(exitDone, "scan"); !strings.HasSuffix(said, want) {
		t.Errorf("through a server it is said %q", said)
	}
	if diff := cmp.Diff(ask[row](p, "scans")[:1], lacks); diff != "" {
		t.Errorf("it is listed with -got +want\n%s", diff)
	}
	server.stop()
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	if _, said := p.run(exitDone, "scan"); said != "" {
		t.Errorf("with a token for all it is said %q", said)
	}
}

// TestScanTellsOfWhatIsDenied scans an organisation whose rulesets are denied: each scan is complete and says so, whether it
// tries them or not, until one is answered.
func TestScanTellsOfWhatIsDenied(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Created: time.Now().Add(-time.Hour), Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	peer.AddToken(githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"repo", "read:org"}})
	p.setenv("GITHUB_TOKEN", "narrow")
	for i := range 3 {
		_, said := p.run(exitDone, "scan")
		if !strings.HasPrefix(said, "source github: not read: rulesets, as ") || strings.Count(said, "\n") != 1 || !strings.Contains(said, "; it takes the scope admin:org, or Administration: read of the organisation (since 20") {
			t.Errorf("scan %d says %q", i, said)
		}
	}
	type row struct{ Lacks []sourceLack }
	rows := ask[row](p, "scan")
	if lacks := rows[0].Lacks; len(lacks) != 1 || lacks[0].Why == "" || lacks[0].Since.IsZero() || !strings.HasPrefix(lacks[0].Needs, "the scope admin:org") {
		t.Errorf("in JSON it is %+v", lacks)
	}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	if _, said := p.run(exitDone, "scan", "--full"); said != "" {
		t.Errorf("with a token for all it is said %q", said)
	}
}
