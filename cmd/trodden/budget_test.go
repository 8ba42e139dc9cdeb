package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// twoHosts makes a place whose configuration reads an organisation of one peer or named repositories of it, and a group of
// another one.
func twoHosts(t *testing.T, sources ...string) (p *place, requests func() int) {
	hub := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}})
	hub.Generate(githubtest.Fleet{Org: "acme", Repos: 14, Teams: 3, Runs: 2, Pulls: 2})
	lab := gitlabtest.New(t, gitlabtest.Config{Clock: hosttest.Wall{}})
	lab.Generate(gitlabtest.Fleet{Group: "works", Projects: 7, Subgroups: 2, Pipelines: 2, Merges: 2})
	all := map[string]string{
		"github": fmt.Sprintf("  - github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q}\n", hub.URL),
		"named":  fmt.Sprintf("  - github: {name: named, repos: [acme/golden, acme/repo-00001], token: \"${GITHUB_TOKEN}\", url: %q}\n", hub.URL),
		"gitlab": fmt.Sprintf("  - gitlab: {group: works, token: \"${GITLAB_TOKEN}\", url: %q}\n", strings.Replace(lab.URL, "127.0.0.1", "localhost", 1)),
	}
	text := "sources:\n"
	for _, source := range sources {
		text += all[source]
	}
	p = &place{TB: t, dir: t.TempDir(), store: "store"}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	p.setenv("GITLAB_TOKEN", gitlabtest.Secret)
	p.write(text + hostedPaths)
	return p, func() int {
		n := hub.Counts().Requests + lab.Counts().Requests
		hub.ResetCounts()
		lab.ResetCounts()
		return n
	}
}

// TestBudgetsLeadSomewhere scans with a small budget again and again, until a scan is complete: each keeps to its
// budget, there are not many more than it takes to spend all that one scan without a budget does, and then as much is
// known. A scan after that finds nothing new.
func TestBudgetsLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sources []string
		budget  int
	}{
		{[]string{"github", "gitlab"}, 13},
		{[]string{"named", "github"}, 8}, // which have repositories in common
	} {
		t.Run(strings.Join(c.sources, " and "), func(t *testing.T) {
			whole, requests := twoHosts(t, c.sources...)
			whole.run(exitDone, "scan")
			takes, want := requests(), whole.hosted()
			p, requests := twoHosts(t, c.sources...)
			bound := 4 + 2*takes/(c.budget-3*len(c.sources)) // what the looks take is not there for reading
			scans, _ := p.complete(c.budget, bound, requests)
			if diff := cmp.Diff(p.hosted(), want); diff != "" {
				t.Errorf("after %d scans -got +want\n%s", scans, diff)
			}
			if _, got := p.complete(c.budget, bound, requests); got.Repos < len(want) || got.Unchanged != got.Repos {
				t.Errorf("a scan of nothing new came to %+v, want %d", got, len(want))
			}
			t.Logf("%d requests in %d scans of %d", takes, scans, c.budget)
		})
	}
}

// complete scans with a budget until a scan is complete, and returns how many it took and what the last one came to.
func (p *place) complete(budget, bound int, requests func() int) (scans int, last scanRow) {
	p.Helper()
	for status := exitUnknown; status != exitDone; scans++ {
		if scans == bound {
			p.Fatalf("after %d scans it is not done", scans)
		}
		cmd := p.command("scan", "--budget", fmt.Sprint(budget), "--output", "json")
		out, err := cmd.Output()
		status = cmd.ProcessState.ExitCode()
		var answer struct{ Data []scanRow }
		if status != exitDone && status != exitUnknown || json.Unmarshal(out, &answer) != nil {
			p.Fatalf("scan %d ends with %v and says\n%s", scans, err, out)
		}
		last = answer.Data[0]
		goesOn := len(last.Problems) > 0 && strings.Contains(last.Problems[0].Detail, "the next scan goes on with ")
		if n := requests(); n > budget || goesOn == (status == exitDone) {
			p.Fatalf("scan %d makes %d requests and says\n%s", scans, n, out)
		}
	}
	return scans, last
}

// TestBudgetsThatLeadNowhere refuses budgets that are too small before anything is asked, here and on a server.
func TestBudgetsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	p, requests := twoHosts(t, "github", "gitlab")
	const want = "trodden: a budget of 11 leads nowhere, the least is 13 requests: 3 for github, 10 for gitlab, for the look at its credentials and one step\n"
	refuse := func(where string) {
		t.Helper()
		if _, said := p.run(exitUsage, "scan", "--budget", "11"); !strings.HasSuffix(said, want) {
			t.Errorf("%s it says\n%swant\n%s", where, said, want)
		}
		if n := requests(); n > 0 {
			t.Errorf("%s %d requests were made", where, n)
		}
	}
	refuse("here")
	p.run(exitUnknown, "scan", "--budget", "13")
	requests()
	defer p.serve()()
	refuse("on a server")
	if _, said := p.run(exitUsage, "scan", "--budget", "2", "--source", "github"); !strings.Contains(said, "the least is 3 requests: 3 for github, ") {
		t.Errorf("of one source it says %s", said)
	}
}

// TestBudgetsSayTheLeast has all that people read of budgets say the least that a scan takes.
func TestBudgetsSayTheLeast(t *testing.T) {
	t.Parallel()
	p, _ := twoHosts(t, "github", "gitlab")
	_, said := p.run(exitUsage, "scan", "--budget", "1")
	least := regexp.MustCompile(`(\d+) for github, (\d+) for gitlab`).FindStringSubmatch(said)
	if least == nil {
		t.Fatalf("it says %s", said)
	}
	help, _ := p.run(exitDone, "scan", "--help")
	read := func(file string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for where, text := range map[string]string{"help": help, "README": read("README.md"), "API": read("api/openapi.yaml")} {
		found := regexp.MustCompile(`(\d+) (?:or more |requests )?for each (?:source of )?GitHub(?: source)?(?:,| and) (\d+) (?:or more )?for each (?:of )?GitLab`).FindAllStringSubmatch(strings.Join(strings.Fields(text), " "), -1)
		if len(found) == 0 {
			t.Errorf("%s says nothing of the least", where)
		}
		for _, words := range found {
			if !slices.Equal(words[1:], least[1:]) {
				t.Errorf("%s says %q, want %q", where, words[0], least[0])
			}
		}
	}
}
