package gitlab_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// everything is all that is read beside files.
var everything = gitlab.Parts{Runs: true, Pulls: true, Deployments: true, Teams: true, Policies: true, Releases: true}

const (
	includes = "include:\n  - project: acme/ci\n    ref: v1\n    file: /build.yml\n"
	build    = "build: {script: [make]}\n"
	pay      = "gitlab.invalid/acme/pay"
)

// newOrganisation makes a group with a project that offers a pipeline and one that includes it, and a scanner that reads
// some parts.
func newOrganisation(t testing.TB, parts gitlab.Parts, config gitlabtest.Config) *scanner {
	s := newScanner(t, config)
	people, err := collectors.NewPeople(collectors.Names{Key: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	s.config.Parts, s.config.People = parts, people
	s.peer.AddGroup("acme", gitlabtest.Group{})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "ci", Files: map[string]string{"build.yml": build}, Created: gitlabtest.Start.AddDate(-1, 0, 0)})
	s.peer.Tag("acme/ci", "v1", "")
	s.peer.AddProject("acme", gitlabtest.Project{Path: "pay", Files: map[string]string{".gitlab-ci.yml": includes}, Created: gitlabtest.Start.AddDate(-1, 0, 0)})
	return s
}

// ran is of a run what tests look at.
type ran struct {
	Event   string
	Branch  string
	Default bool
	Imposed bool
	Outcome metrics.RunResult
	Uses    string
}

func ranOf(runs []metrics.Run) (list []ran) {
	for _, r := range runs {
		x := ran{r.Event, r.Branch, r.Default, r.Imposed, r.Outcome, ""}
		for _, u := range r.Used {
			x.Uses += u.Name()
		}
		list = append(list, x)
	}
	return list
}

const golden = "acme/ci/build.yml@v1"

// TestRuns reads pipelines: whose they are, how they stand, what they include, and those that end later.
func TestRuns(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
	add := func(p gitlabtest.Pipeline) int64 { return s.peer.AddPipeline("acme/pay", p) }
	now := gitlabtest.Start
	add(gitlabtest.Pipeline{Created: now.AddDate(0, 0, -100)})
	add(gitlabtest.Pipeline{Created: now.AddDate(0, 0, -80), SHA: "1111111111111111111111111111111111111111"})
	running := add(gitlabtest.Pipeline{Status: "running", Created: now.Add(-time.Minute)})
	add(gitlabtest.Pipeline{Source: "merge_request_event", Ref: "refs/merge-requests/1/head", Status: "failed"})
	add(gitlabtest.Pipeline{Source: "security_orchestration_policy", Ref: "main"})
	add(gitlabtest.Pipeline{Source: "parent_pipeline"})
	s.scan()
	want := []ran{
		{"push", "main", true, false, metrics.RunSucceeded, ""}, // a commit of which nobody said what it includes
		{"push", "main", true, false, metrics.RunUnderWay, golden},
		{"merge_request_event", "refs/merge-requests/1/head", false, false, metrics.RunFailed, ""},
		{"security_orchestration_policy", "main", true, true, metrics.RunSucceeded, ""},
	}
	if diff := cmp.Diff(ranOf(s.store.RunsOf(pay)), want); diff != "" {
		t.Errorf("the first scan (-got +want):\n%s", diff)
	}
	r := s.store.RunsOf(pay)[1]
	tag := s.peer.Head("acme/ci")
	if r.Used[0].SHA.String() != tag || r.Workflow != ".gitlab-ci.yml" || r.Head.String() != s.peer.Head("acme/pay") || r.Finished != metrics.Beginning {
		t.Errorf("got the run %+v", r)
	}
	windows := s.store.Told(pay).Windows
	if len(windows) != 1 || windows[0].To != metrics.Forever || windows[0].From != metrics.At(s.now().AddDate(0, 0, -90)) {
		t.Errorf("got the windows %v", windows)
	}

	s.peer.Advance(2 * time.Hour)
	s.peer.EditPipeline("acme/pay", running, func(p *gitlabtest.Pipeline) {
		p.Status, p.Finished, p.Updated = "success", s.peer.Now(), s.peer.Now()
	})
	s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": "x"}})
	add(gitlabtest.Pipeline{})
	s.scan()
	runs := s.store.RunsOf(pay)
	if len(runs) != 5 || runs[1].Outcome != metrics.RunSucceeded || runs[1].Finished == metrics.Beginning || len(runs[1].Used) != 1 || len(runs[4].Used) != 1 {
		t.Errorf("when a run has ended there are %+v", ranOf(runs))
	}
	if n := s.peer.Counts().Routes["GET /projects/{id}/ci/lint"]; n != 0 {
		t.Errorf("what is included was asked for %d times, and nothing of it changed", n)
	}
}

// TestLint asks what a pipeline includes when its files change, or a branch that it includes moves; not else.
func TestLint(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
	lints := func(want int) {
		t.Helper()
		if got := s.peer.Counts().Routes["GET /projects/{id}/ci/lint"]; got != want {
			t.Errorf("what is included was asked for %d times, want %d", got, want)
		}
	}
	last := func(want string) {
		t.Helper()
		runs := s.store.RunsOf(pay)
		if got := ranOf(runs[len(runs)-1:])[0].Uses; got != want {
			t.Errorf("the last run used %q, want %q", got, want)
		}
	}
	push := func(file, content string) {
		s.peer.Advance(2 * time.Hour)
		s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{file: content}})
		s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
		s.scan()
	}
	s.scan()
	lints(0) // nothing ran
	push("README.md", "x")
	lints(1)
	last(golden)
	push(".gitlab-ci.yml", "include:\n  - project: acme/ci\n    ref: main\n    file: build.yml\n")
	lints(1)
	last("acme/ci/build.yml@main")
	push("README.md", "y")
	lints(0)
	last("acme/ci/build.yml@main")
	s.peer.Push("acme/ci", gitlabtest.Push{Files: map[string]string{"build.yml": build + "test: {script: [make]}\n"}})
	push("README.md", "z")
	lints(1)
	if runs := s.store.RunsOf(pay); runs[len(runs)-1].Used[0].SHA.String() != s.peer.Head("acme/ci") {
		t.Error("the last run did not use the newest commit of the branch")
	}
	s.peer.Edit("acme/pay", func(p *gitlabtest.Project) { p.CIConfigPath = "build.yml@acme/ci" })
	push("README.md", "u")
	lints(1)
	last("acme/ci/build.yml")
	if runs := s.store.RunsOf(pay); runs[len(runs)-1].Workflow != "build.yml@acme/ci" || ranOf(runs[:1])[0].Uses != golden {
		t.Errorf("got %+v", ranOf(runs))
	}
}

// TestRunsInBadHands reads pipelines of a host that fails in one way or another. What is known of files stays.
func TestRunsInBadHands(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults []gitlabtest.Fault
		want   int // runs that are known
		open   bool
		told   bool
	}{
		{"GraphQL tells too late, REST does", []gitlabtest.Fault{{Failure: gitlabtest.GatewayTimeout, Route: gitlabtest.GraphQL, After: 1, Times: -1}}, 3, true, false},
		{"nobody may see pipelines", []gitlabtest.Fault{{Failure: gitlabtest.GatewayTimeout, Route: gitlabtest.GraphQL, After: 1, Times: -1}, {Failure: gitlabtest.Forbidden, Route: "GET /projects/{id}/pipelines", Times: -1}}, 0, false, true},
		{"nulls everywhere", []gitlabtest.Fault{{Failure: gitlabtest.Nulls, Route: "GET /projects/{id}/ci/lint", Times: -1}}, 3, true, false},
		{"nulls in lists", []gitlabtest.Fault{{Failure: gitlabtest.GatewayTimeout, Route: gitlabtest.GraphQL, After: 1, Times: -1}, {Failure: gitlabtest.Nulls, Route: "GET /projects/{id}/pipelines", Times: -1}}, 0, false, true},
		{"nobody may see what is included", []gitlabtest.Fault{{Failure: gitlabtest.Missing, Route: "GET /projects/{id}/ci/lint", Times: -1}}, 3, true, true},
		{"deployments fail", []gitlabtest.Fault{{Failure: gitlabtest.Internal, Route: "GET /projects/{id}/deployments", Times: -1}}, 3, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Runs: true, Deployments: true}, gitlabtest.Config{})
			for i := range 3 {
				s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Created: gitlabtest.Start.Add(-time.Duration(i) * time.Hour)})
			}
			for _, f := range test.faults {
				s.peer.Fail(f)
			}
			sum := s.scan()
			if sum.Unknown != 0 || len(s.store.Files(pay)) == 0 {
				t.Errorf("the files are not known: %+v", sum.Problems)
			}
			if got := len(s.store.RunsOf(pay)); got != test.want {
				t.Errorf("%d runs are known, want %d", got, test.want)
			}
			if open := len(s.store.Told(pay).Windows) == 1; open != test.open || (len(sum.Warnings)+len(sum.Denied) == 1) != test.told {
				t.Errorf("got the windows %v, and is told %v, %v", s.store.Told(pay).Windows, sum.Warnings, sum.Denied)
			}
		})
	}
}

// TestWindowsClose closes the time whose runs are known where they cannot be read any more, and opens it again.
func TestWindowsClose(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
	s.scan()
	known := s.store.Told(pay).Windows[0]
	fail := func() {
		s.peer.Advance(2 * time.Hour)
		s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": fmt.Sprint(s.peer.Now())}})
		s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
		s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.GatewayTimeout, Route: gitlabtest.GraphQL, After: 2, Times: -1})
		s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Forbidden, Route: "GET /projects/{id}/pipelines", Times: -1})
		s.scan()
		s.peer.Heal()
	}
	for range 2 {
		fail()
		if got := s.store.Told(pay).Windows[0]; got.To != known.Seen || got.From != known.From {
			t.Errorf("got the window %+v, want it closed at %d", got, known.Seen)
		}
	}
	s.scan()
	if got := s.store.Told(pay).Windows; len(got) != 1 || got[0].To != metrics.Forever || len(s.store.RunsOf(pay)) != 2 {
		t.Errorf("when they are read again the windows are %+v, and %d runs", got, len(s.store.RunsOf(pay)))
	}
}

// TestManyRuns reads more pipelines than a page has, whichever way, and many of one second.
func TestManyRuns(t *testing.T) {
	for _, name := range []string{"GraphQL", "REST"} {
		t.Run(name, func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{MaxOffset: 300})
			for i := range 450 {
				s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Created: gitlabtest.Start.Add(-time.Duration(i/150) * time.Hour)})
			}
			if name == "REST" {
				s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.BadGateway, Route: gitlabtest.GraphQL, After: 1, Times: -1})
			}
			s.scan()
			if got := len(s.store.RunsOf(pay)); got != 450 {
				t.Errorf("%d runs are known, want 450: %v", got, s.peer.Counts().Routes)
			}
			s.requests(22) // GraphQL is asked twice before REST is
		})
	}
}

// TestFormerBranch knows pipelines of a branch that was the default one until now.
func TestFormerBranch(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true}, gitlabtest.Config{})
	s.scan()
	s.peer.Advance(2 * time.Hour)
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.peer.RenameBranch("acme/pay", "main", "trunk")
	s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": "x"}})
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{Ref: "feature"})
	s.scan()
	var got []bool
	for _, r := range s.store.RunsOf(pay) {
		got = append(got, r.Default)
	}
	if diff := cmp.Diff(got, []bool{true, true, false}); diff != "" {
		t.Errorf("runs on the default branch (-got +want):\n%s", diff)
	}
}

// TestDeletedMeanwhile reads the parts of a project that is deleted after it was listed.
func TestDeletedMeanwhile(t *testing.T) {
	s := newOrganisation(t, everything, gitlabtest.Config{})
	s.scan()
	s.peer.Advance(2 * time.Hour)
	s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": "x"}})
	s.peer.Fail(gitlabtest.Fault{Failure: gitlabtest.Missing, Repo: "acme/pay", Times: -1})
	sum := s.scan()
	if sum.Unknown != 1 || sum.Problems[0].Reason != metrics.ReasonForbidden {
		t.Errorf("got %+v", sum)
	}
}

// TestDeployments reads what was deployed, and what ends later.
func TestDeployments(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Runs: true, Deployments: true}, gitlabtest.Config{})
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	pipeline := s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.peer.AddDeployment("acme/pay", gitlabtest.Deployment{Environment: "production", Pipeline: pipeline})
	late := s.peer.AddDeployment("acme/pay", gitlabtest.Deployment{Environment: "staging", Status: "running"})
	s.scan()
	s.peer.Advance(2 * time.Hour)
	s.peer.EditDeployment("acme/pay", late, func(d *gitlabtest.Deployment) { d.Status, d.Updated = "failed", s.peer.Now() })
	s.peer.Push("acme/pay", gitlabtest.Push{Files: map[string]string{"README.md": "x"}})
	s.peer.AddPipeline("acme/pay", gitlabtest.Pipeline{})
	s.scan()
	got := map[string]metrics.RunResult{}
	for _, d := range s.store.Deployments {
		got[d.Environment] = d.Outcome
		if d.Finished < d.Created || d.SHA == "" || d.Ref != "main" {
			t.Errorf("got the deployment %+v", d)
		}
	}
	if diff := cmp.Diff(got, map[string]metrics.RunResult{"production": metrics.RunSucceeded, "staging": metrics.RunFailed}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}
