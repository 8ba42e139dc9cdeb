package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

func TestCovering(t *testing.T) {
	github := func(change func(*config.GitHub)) config.Source {
		g := &config.GitHub{Org: "acme"}
		change(g)
		return config.Source{GitHub: g}
	}
	gitlab := func(url string) config.Source { return config.Source{GitLab: &config.GitLab{Group: "acme", URL: url}} }
	all := github(func(*config.GitHub) {})
	for _, test := range []struct {
		name  string
		first config.Source
		then  config.Source
		want  bool
	}{
		{"the same parts of one host", all, all, true},
		{"another host", all, github(func(g *config.GitHub) { g.URL = "https://ghe.acme.dev" }), false},
		{"other parts", all, github(func(g *config.GitHub) { g.Parts.NoRuns = true }), false},
		{"only the second has history", all, github(func(g *config.GitHub) { g.History.Wanted = true }), false},
		{"only the first has history", github(func(g *config.GitHub) { g.History.Wanted = true }), all, true},
		{"gitlab.com, named or not", gitlab("https://gitlab.com"), gitlab(""), true},
		{"another kind", all, gitlab(""), false},
		{"clones", config.Source{Git: &config.Git{}}, all, false},
		{"clones and clones", config.Source{Git: &config.Git{}}, config.Source{Git: &config.Git{}}, true},
		{"clones of another branch", config.Source{Git: &config.Git{}}, config.Source{Git: &config.Git{Branch: "next"}}, false},
		{"only the second fetches", config.Source{Git: &config.Git{}}, config.Source{Git: &config.Git{Fetch: true}}, false},
	} {
		if got := len(covering([]config.Source{test.first, test.then}, 1)) > 0; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// overlapping makes a place whose configuration reads an organisation of a peer twice: once all of it, and once two of
// its repositories, with more keys.
func overlapping(t *testing.T, more string) (*place, *githubtest.Peer) {
	p, peer := newHosted(t)
	settled := time.Now().Add(-time.Hour)
	peer.AddRepo("acme", githubtest.Repo{Name: "golden", Created: settled, Files: map[string]string{".github/workflows/ci.yml": "on: workflow_call\n"}})
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Created: settled, Files: map[string]string{".github/workflows/ci.yml": usesGolden}})
	peer.AddRepo("acme", githubtest.Repo{Name: "web", Created: settled, Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	one := fmt.Sprintf("{github: {org: acme, token: \"${GITHUB_TOKEN}\", url: %q}}", peer.URL)
	two := fmt.Sprintf("{github: {name: two, repos: [acme/pay, acme/web], token: \"${GITHUB_TOKEN}\", url: %q%s}}", peer.URL, more)
	p.write("sources: [" + one + ", " + two + "]\n" + hostedPaths)
	return p, peer
}

// adopted is what a test looks at of a row of adoption.
type adopted struct {
	States map[string]int
	Repos  struct{ Total struct{ Num, Den int } }
}

// TestOverlap reads repositories by two sources: that is said once, they are read and counted once, and what changes
// later is found whichever source is asked for it.
func TestOverlap(t *testing.T) {
	t.Parallel()
	p, peer := overlapping(t, "")
	const says = "sources github and two have 2 repositories in common (127.0.0.1/acme/pay, 127.0.0.1/acme/web): each counts once, and github reads it for all of them\n"
	if out, _ := p.run(exitDone, "check"); strings.Count(out, says) != 1 {
		t.Errorf("check says\n%s", out)
	}
	alone := p.with(t, "alone")
	peer.ResetCounts()
	alone.run(exitDone, "scan", "--source", "github")
	once := peer.Counts().Requests
	peer.ResetCounts()
	out, stderr := p.run(exitDone, "scan")
	if strings.Count(stderr, says) != 1 || !strings.Contains(out, "repos read                3\n") || !strings.Contains(out, "unchanged                 0\n") {
		t.Errorf("the scan says\n%s%s", out, stderr)
	}
	if twice := peer.Counts(); twice.Requests > once+2 { // the look at the second token, and its list
		t.Errorf("two sources asked %d requests, one asked %d: %v", twice.Requests, once, twice.Routes)
	}
	if diff := cmp.Diff(p.hosted(), alone.hosted()); diff != "" {
		t.Errorf("read by two sources, and by one (-got +want):\n%s", diff)
	}
	if got := ask[adopted](p, "adoption")[0]; got.Repos.Total.Den != 2 || got.Repos.Total.Num != 1 {
		t.Errorf("got adoption %+v, want 1 of 2", got)
	}
	peer.ResetCounts()
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "repos read                3\n") || !strings.Contains(out, "unchanged                 3\n") {
		t.Errorf("a scan of nothing new says\n%s", out)
	}
	if counts := peer.Counts(); counts.Requests > 4 {
		t.Errorf("a scan of nothing new asked %v", counts.Routes)
	}
	peer.Push("acme/web", githubtest.Push{Files: map[string]string{".github/workflows/ci.yml": usesGolden}, Author: "ana"})
	p.run(exitDone, "scan", "--source", "two")
	if got := p.hosted()["web"].State; got != "mixed" {
		t.Errorf("after a push that only the second source was asked for web is %q, want mixed", got)
	}
	if out, _ := p.run(exitDone, "scan"); !strings.Contains(out, "repos read                3\n") || !strings.Contains(out, "unknown                   0\n") {
		t.Errorf("the scan after that says\n%s", out)
	}
}

// TestOverlapOfOtherParts reads repositories by two sources that read different things of them: both are asked.
func TestOverlapOfOtherParts(t *testing.T) {
	t.Parallel()
	p, _ := overlapping(t, ", runs: false")
	out, stderr := p.run(exitDone, "scan")
	if !strings.Contains(stderr, "each counts once, and is read by each of them") || !strings.Contains(out, "repos read                3\n") {
		t.Errorf("the scan says\n%s%s", out, stderr)
	}
	if got := ask[adopted](p, "adoption")[0]; got.Repos.Total.Den != 2 || got.Repos.Total.Num != 1 {
		t.Errorf("got adoption %+v, want 1 of 2", got)
	}
}

// TestOverlapOfClones reads folders by two sources: what that comes to is what one source comes to.
func TestOverlapOfClones(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 4, 20)
	p.run(exitDone, "scan") // makes the privacy key
	want := p.answers()
	alone := ask[scanCounts](p.with(t, "alone"), "scan")[0]
	p.write("sources: [{git: {dirs: [\"repos/*\"]}}, {git: {dirs: [\"repos/*\"]}}]\n" + generatedPaths)
	both := p.with(t, "both")
	if got := ask[scanCounts](both, "scan")[0]; got != alone {
		t.Errorf("two sources come to %+v, one to %+v", got, alone)
	}
	if diff := cmp.Diff(both.answers(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if got := ask[scanCounts](both, "scan")[0]; got != (scanCounts{Repos: 4, Unchanged: 4}) {
		t.Errorf("a scan of nothing new comes to %+v", got)
	}
}

// handing is a source of a code host that lists two repositories and reads them as it is told to.
type handing struct {
	door
	calls  atomic.Int32
	lists  func() // while it lists; may be nil
	comes  func(collectors.Job) (collectors.Outcome, bool)
	before func() // it reads; may be nil
}

func (h *handing) Chunk() int { return 10 }
func (h *handing) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		for _, name := range []string{"h/acme/a", "h/acme/b"} {
			if !yield(metrics.Repo{Name: name, HostID: "host:" + name, Source: h.name, Seen: 5}, nil) {
				return
			}
		}
		if h.lists != nil {
			h.lists()
		}
	}
}

func (h *handing) ReadAll(_ context.Context, jobs []collectors.Job, _ collectors.Sink) iter.Seq[collectors.Outcome] {
	return func(yield func(collectors.Outcome) bool) {
		if h.before != nil {
			h.before()
		}
		for _, j := range jobs {
			h.calls.Add(1)
			if o, says := h.comes(j); says && !yield(o) {
				return
			}
		}
	}
}

func reads(j collectors.Job) (collectors.Outcome, bool) {
	return collectors.Outcome{Repo: j.Repo.ID, Done: collectors.Done{Changes: 1}}, true
}

// TestOverlapHandsOver shows what the second of two sources reads, by what becomes of the first, with one worker and
// with several. What is wanted is the same whichever of them is faster.
func TestOverlapHandsOver(t *testing.T) {
	fails := func(err error) func(collectors.Job) (collectors.Outcome, bool) {
		return func(j collectors.Job) (collectors.Outcome, bool) {
			return collectors.Outcome{Repo: j.Repo.ID, Err: err}, true
		}
	}
	for _, test := range []struct {
		name   string
		first  *handing
		second int32 // repositories that the second reads
		repos  int
		not    int // unknown
	}{
		{"it reads all", &handing{comes: reads}, 0, 2, 0},
		{"it can read nothing", &handing{comes: fails(errors.New("forbidden"))}, 2, 2, 2},
		{"it has spent its budget", &handing{comes: fails(collectors.ErrSpent)}, 0, 2, 0},
		{"it says nothing", &handing{comes: func(collectors.Job) (collectors.Outcome, bool) { return collectors.Outcome{}, false }}, 2, 2, 2},
		{"reading panics", &handing{comes: reads, before: func() { panic("boom") }}, 2, 2, 2},
		{"listing panics", &handing{comes: reads, lists: func() { panic("boom") }}, 2, 2, 0},
	} {
		for _, workers := range []int{1, 4} {
			t.Run(fmt.Sprint(test.name, " ", workers), func(t *testing.T) {
				first, second := test.first, &handing{door: door{name: "b"}, comes: reads}
				first.name = "a"
				acme := config.Source{GitHub: &config.GitHub{Org: "acme"}}
				all, sources := newOverlap([]config.Source{acme, acme}, []collectors.Source{first, second}, collectors.Shard{})
				sum, err := collectors.Run(t.Context(), collectors.Options{
					Sources: sources, Store: collectorstest.New(), Workers: workers, Now: time.Now, Log: slog.New(slog.DiscardHandler),
				})
				if err != nil {
					t.Fatal(err)
				}
				sum = all.once(sum)
				if got := second.calls.Load(); got != test.second || sum.Repos != test.repos || sum.Unknown != test.not {
					t.Errorf("the second source reads %d, the scan %d of which %d are unknown; want %d, %d and %d", got, sum.Repos, sum.Unknown, test.second, test.repos, test.not)
				}
			})
		}
	}
}
