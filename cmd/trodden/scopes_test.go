package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

func TestGitHubLacks(t *testing.T) {
	teams, policies, private := lack{"teams", "the scope read:org"}, lack{"policies of the organisation", "the scope admin:org"}, lack{"private repositories", "the scope repo"}
	acme := config.GitHub{Org: "acme"}
	without := acme
	without.Parts = config.Parts{NoTeams: true, NoPolicies: true}
	for _, test := range []struct {
		name   string
		source config.GitHub
		scopes string
		want   []lack
	}{
		{"all there is", acme, "repo admin:org", nil},
		{"no organisation", acme, "repo", []lack{teams, policies}},
		{"its teams", acme, "repo read:org", []lack{policies}},
		{"what is public", acme, "public_repo write:org", []lack{policies, private}},
		{"neither is wanted", without, "repo", nil},
		{"repositories by name have neither", config.GitHub{Repos: []string{"acme/pay"}}, "repo", nil},
	} {
		if diff := cmp.Diff(githubLacks(&test.source, strings.Fields(test.scopes)), test.want); diff != "" {
			t.Errorf("%s: -got +want\n%s", test.name, diff)
		}
	}
}

// TestScopesOfSeveralTokens hears answers to several tokens of one source: what one of them lacks may be lacking.
func TestScopesOfSeveralTokens(t *testing.T) {
	var s scopes
	if _, known := s.of("github"); known {
		t.Error("scopes are known that nobody told")
	}
	for _, given := range []string{"repo, read:org, admin:org", "repo, read:org"} {
		s.hear("github", &http.Response{Header: http.Header{"X-Oauth-Scopes": {given}}})
	}
	s.hear("github", &http.Response{Header: http.Header{}})
	got, known := s.of("github")
	if diff := cmp.Diff(got, []string{"repo", "read:org"}); diff != "" || !known {
		t.Errorf("%v, -got +want\n%s", known, diff)
	}
}

func TestRoomOf(t *testing.T) {
	for bytes, want := range map[int64]string{20e9: "20 GB", 1500e6: "1.5 GB", 500e6: "500 MB", 1234e6: "1234 MB", 2e12: "2 TB"} {
		if got := roomOf(bytes); got != want {
			t.Errorf("%d: got %s, want %s", bytes, got, want)
		}
	}
}

// TestCheckTellsWhatIsLacking shows what check says of a token that does not show everything, and of history.
func TestCheckTellsWhatIsLacking(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.add("pay", 10, map[string]string{"Jenkinsfile": "node {}\n"})
	w.peer.AddToken(githubtest.Token{Value: "narrow", Login: "ana", Scopes: []string{"repo"}})
	w.setenv("GITHUB_TOKEN", "narrow")
	w.says(`, history: true, cache: {dir: clones, max_size: 500MB}`)
	out, _ := w.run(exitDone, "check")
	for _, want := range []string{
		"source github: 1 repository\n",
		"  not read: teams, which take the scope read:org\n",
		"  not read: policies of the organisation, which take the scope admin:org\n",
		"  history: 1 repository is cloned, without contents, into " + w.dir + "/clones, which keeps at most 500 MB; with contents they take ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("check says\n%swant %q in it", out, want)
		}
	}
	w.setenv("GITHUB_TOKEN", githubtest.Secret)
	w.says("")
	if out, _ := w.run(exitDone, "check"); strings.Contains(out, "not read") || strings.Contains(out, "history") {
		t.Errorf("of a token that shows everything check says\n%s", out)
	}
}

// TestCheckAsksWhatIsLacking shows what check finds out of a token that tells no scopes: one request a part.
func TestCheckAsksWhatIsLacking(t *testing.T) {
	t.Parallel()
	p, peer := newGitLab(t, gitlabtest.Config{})
	peer.AddProject("acme", gitlabtest.Project{Path: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	p.run(exitDone, "check")
	peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Forbidden, Path: "/api/v4/projects/*/deployments", Times: -1})
	out, _ := p.run(exitDone, "check")
	const want = "  not read: deployments, which take the scope read_api, and the role Reporter in the project\n"
	if !strings.Contains(out, want) || strings.Count(out, "not read") != 1 {
		t.Errorf("check says\n%swant\n%s", out, want)
	}
}
