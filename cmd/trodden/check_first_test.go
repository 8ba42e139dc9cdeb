package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

func TestFirstOf(t *testing.T) {
	one := config.GitHub{Org: "acme", Tokens: make([]config.Secret, 1)}
	two := config.GitHub{Org: "acme", Tokens: make([]config.Secret, 2)}
	for _, test := range []struct {
		name   string
		source config.Source
		repos  int
		want   string
	}{
		{"nothing there", config.Source{GitHub: &one}, 0, "with about 6 to 6 requests, which take at most about a minute"},
		{"a few", config.Source{GitHub: &one}, 40, "with about 10 to 131 requests, which take at most about a minute"},
		{"within an hour's allowance", config.Source{GitHub: &one}, 1000, "with about 76 to 3096 requests, which take at most about 8 minutes"},
		{"more than one token may ask in two", config.Source{GitHub: &one}, 10_000, "with about 706 to 30906 requests, which take at most about 7 hours"},
		{"with two tokens", config.Source{GitHub: &two}, 10_000, "with about 706 to 30906 requests, which take at most about 4 hours"},
		{"of GitLab", config.Source{GitLab: &config.GitLab{Group: "acme"}}, 1000, "with about 76 to 4076 requests, which take at most about 11 minutes"},
		{"files alone", config.Source{GitLab: &config.GitLab{Parts: config.Parts{NoRuns: true, NoPulls: true, NoDeployments: true}}}, 100, "with about 13 to 113 requests, which take at most about a minute"},
	} {
		if got := firstOf(test.source, test.repos).words(); got != "never read: the first scan reads all of it, "+test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	if got := firstOf(config.Source{Git: &config.Git{}}, 5); got != nil {
		t.Errorf("of clones: got %v, want nothing", got)
	}
}

// TestCheckOfASourceNeverRead compares what check says of the first scan with what that asks: first of an empty store, then
// of a second source beside one that was read.
func TestCheckOfASourceNeverRead(t *testing.T) {
	t.Parallel()
	hub, lab, github, gitlab := bothHosts(t)
	generate(t, hub.repos(), 1, 3)
	for i := range 40 {
		files := map[string]string{"Jenkinsfile": fmt.Sprint(i)}
		github.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i), Files: files})
		gitlab.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("r", i), Files: files})
	}
	for name, p := range map[string]*place{"github": hub, "gitlab": lab} {
		checked := ask[struct{ First *firstScan }](p, "check")[0].First
		if checked == nil || checked.Repos != 44 {
			t.Fatalf("%s: check says %+v of a source that was never read", name, checked)
		}
		if got := ask[spentOf](p, "scan")[0].Requests; got > checked.Most {
			t.Errorf("%s: the first scan makes %d requests, check says %+v", name, got, checked)
		}
		if out, _ := p.run(exitDone, "check"); strings.Contains(out, "never read") || !strings.Contains(out, "a scan reads only what is new") {
			t.Errorf("%s: of a source that was read check says\n%s", name, out)
		}
	}
	hub.write(fmt.Sprintf("sources: [{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q}}, {git: {dirs: [repos/*]}}]\n%s", github.URL, hostedPaths))
	out, _ := hub.run(exitDone, "check")
	if strings.Count(out, "never read: the first scan reads all of it, with its whole history\n") != 1 || !strings.Contains(out, ": a scan reads all of git, and of the others only what is new\n") {
		t.Errorf("of a second source check says\n%s", out)
	}
}
