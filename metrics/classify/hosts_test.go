package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

const (
	workflow = ".github/workflows/ci.yml"
	midnight = metrics.Instant(1_700_006_400) // days of runs are whole
)

// called is the golden workflow as something that ran.
func called(ref string) metrics.Use {
	return metrics.Use{Kind: metrics.UsesWorkflow, Target: "acme/golden/.github/workflows/build.yml", Ref: ref}
}

// ruling is a list of policies, seen on a day; each runs the golden workflow at a ref.
func ruling(seen int, policies ...metrics.Policy) metrics.PolicyList {
	return metrics.PolicyList{Repo: 1, Source: "github", Seen: midnight + metrics.Instant(seen)*day, List: policies}
}

func ruleset(ref string, since int) metrics.Policy {
	p := metrics.Policy{ID: "7", Kind: metrics.Ruleset, Runs: called(ref)}
	if since >= 0 {
		p.Since = midnight + metrics.Instant(since)*day
	}
	return p
}

// told is what these tests look at of a span; days count from there.
type told struct {
	from      int
	state     metrics.State
	origin    metrics.Origin
	dated     bool
	voluntary bool
	version   string
}

func toldOf(r classify.Result) []told {
	var list []told
	for _, s := range r.Spans {
		if s.Path != "ci" {
			continue
		}
		next := told{int((s.From - midnight) / day), s.State, s.Origin, s.Dated, s.Voluntary, s.Version}
		if n := len(list); n > 0 {
			same := next
			if same.from = list[n-1].from; same == list[n-1] {
				continue
			}
		}
		list = append(list, next)
	}
	return list
}

func TestEnforced(t *testing.T) {
	jenkins := landed{midnight, 1, "Jenkinsfile", "pipeline {}"}
	readme := landed{midnight, 1, "README", "x"}
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	for _, test := range []struct {
		name    string
		commits []landed
		lists   []metrics.PolicyList
		want    []told
	}{
		{"dated by the host", []landed{jenkins}, []metrics.PolicyList{ruling(90, ruleset("v1", 50))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"},
		}},
		{"first seen", []landed{jenkins}, []metrics.PolicyList{ruling(90, ruleset("v1", -1))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {90, metrics.Mixed, metrics.Enforced, false, false, "v1"},
		}},
		{"without an alternative", []landed{readme}, []metrics.PolicyList{ruling(90, ruleset("v1", 50))}, []told{
			{0, metrics.None, 0, true, false, ""}, {50, metrics.On, metrics.Enforced, true, false, "v1"},
		}},
		{"older than the repository", []landed{jenkins}, []metrics.PolicyList{ruling(90, ruleset("v1", -1), metrics.Policy{
			ID: "8", Kind: metrics.RequiredWorkflow, Runs: called("v2"), Since: midnight - 500*day,
		})}, []told{
			{0, metrics.Mixed, metrics.Enforced, true, false, "v2"},
		}},
		{"extended to the repository long after it was made", []landed{jenkins}, []metrics.PolicyList{ruling(60), ruling(90, ruleset("v1", 50))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {90, metrics.Mixed, metrics.Enforced, false, false, "v1"},
		}},
		{"not listed any more", []landed{jenkins}, []metrics.PolicyList{ruling(90, ruleset("v1", 50)), ruling(120)}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"}, {120, metrics.Off, 0, false, false, ""},
		}},
		{"another ref", []landed{jenkins}, []metrics.PolicyList{ruling(90, ruleset("v1", 50)), ruling(120, ruleset("v2", 100))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"},
			{100, metrics.Mixed, metrics.Enforced, true, false, "v2"},
		}},
		{"files first keep their origin", []landed{jenkins, {on(30), 1, workflow, golden}}, []metrics.PolicyList{ruling(90, ruleset("v1", 50))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {30, metrics.Mixed, metrics.Chosen, true, true, "v3"},
		}},
		{"files that go leave what is imposed", []landed{jenkins, {on(30), 1, workflow, golden}, {on(70), 1, workflow, ""}},
			[]metrics.PolicyList{ruling(90, ruleset("v1", 50))}, []told{
				{0, metrics.Off, 0, true, false, ""}, {30, metrics.Mixed, metrics.Chosen, true, true, "v3"}, {70, metrics.Mixed, metrics.Enforced, true, false, "v1"},
			}},
		{"files come to what is imposed", []landed{jenkins, {on(70), 1, workflow, golden}}, []metrics.PolicyList{ruling(90, ruleset("v1", 50))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"}, {70, metrics.Mixed, metrics.Enforced, true, false, "v3"},
		}},
		{"of something else", []landed{jenkins}, []metrics.PolicyList{ruling(90, metrics.Policy{
			ID: "7", Runs: metrics.Use{Kind: metrics.UsesWorkflow, Target: "acme/other/.github/workflows/build.yml"}, Since: on(50),
		})}, []told{{0, metrics.Off, 0, true, false, ""}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, test.commits...)
			h.Policies = test.lists
			r := concluded(t, twoPaths(), blobs, h, anaAndBot())
			if diff := cmp.Diff(toldOf(r), test.want, cmp.AllowUnexported(told{})); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
		})
	}
}

// TestEventsOfPolicies says what a policy does when it comes and goes: there is no commit, and nobody decided freely.
func TestEventsOfPolicies(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"})
	h.Policies = []metrics.PolicyList{ruling(90, ruleset("v1", 50)), ruling(120)}
	defs := twoPaths()
	defs.Paths = defs.Paths[:1]
	r := concluded(t, defs, blobs, h, anaAndBot())
	want := []metrics.Event{{
		Unit: metrics.Unit{Repo: 1}, Path: "ci", At: midnight, Order: 16, Kind: metrics.Changed, To: metrics.Off, Ways: []metrics.WayKey{"jenkins"},
		Commit: h.Commits[0].OID, Change: h.Commits[0].OID, Evidence: []metrics.Evidence{{Signal: "file", File: "Jenkinsfile", Text: "Jenkinsfile"}},
	}, {
		Unit: metrics.Unit{Repo: 1}, Path: "ci", At: midnight + 50*day, Order: 17, Kind: metrics.Entered, From: metrics.Off, To: metrics.Mixed,
		Ways: []metrics.WayKey{metrics.Golden, "jenkins"}, Version: "v1", Origin: metrics.Enforced, Evidence: []metrics.Evidence{
			{Signal: "workflow_uses", Text: "ruleset 7: acme/golden/.github/workflows/build.yml@v1", Version: "v1"}, {Signal: "file", File: "Jenkinsfile", Text: "Jenkinsfile"},
		},
	}, {
		Unit: metrics.Unit{Repo: 1}, Path: "ci", At: midnight + 120*day, Order: 18, Kind: metrics.Left, From: metrics.Mixed, To: metrics.Off,
		Ways: []metrics.WayKey{"jenkins"}, Origin: metrics.Enforced, Evidence: []metrics.Evidence{{Signal: "file", File: "Jenkinsfile", Text: "Jenkinsfile"}},
	}}
	if diff := cmp.Diff(r.Events, want, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(metrics.Event{}, "ID"), cmpopts.IgnoreFields(metrics.Evidence{}, "Line")); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	for _, d := range r.Decisions {
		if d.Kind != metrics.Birth && (d.Free || d.Commit != "" || d.Origin != metrics.Enforced) {
			t.Errorf("a decision of nobody: %+v", d)
		}
	}
	if s := r.Spells[0]; s.Origin != metrics.Enforced || s.Commit != "" || s.Actor != 0 || s.From != midnight+50*day || s.To != midnight+120*day {
		t.Errorf("got spell %+v", s)
	}
}

// TestExplainPolicies: what no file says is told by the policy in force.
func TestExplainPolicies(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"})
	h.Policies = []metrics.PolicyList{ruling(90, ruleset("v1", 50)), ruling(120)}
	c, err := classify.New(twoPaths())
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[metrics.Instant][]metrics.Evidence{
		49: nil, 50: {{Signal: "workflow_uses", Text: "ruleset 7: acme/golden/.github/workflows/build.yml@v1", Version: "v1"}}, 120: nil,
	} {
		got, err := c.Explain(h, anaAndBot(), blobs, "", "ci", midnight+d*day)
		if err != nil {
			t.Fatal(err)
		}
		if s := got.Signals[0]; !cmp.Equal(s.Evidence, want, cmpopts.EquateEmpty()) || (s.Absence == "") != (want != nil) {
			t.Errorf("on day %d: got %+v, want evidence %v", d, s, want)
		}
	}
}

// TestEnforcedByRuns finds what no policy tells, since a token may not read policies.
func TestEnforcedByRuns(t *testing.T) {
	blobs := contents{}
	ran := func(imposed bool, from, to int) metrics.RunDays {
		return metrics.RunDays{Repo: 1, Workflow: workflow, Used: called("v1"), Imposed: imposed, Days: []metrics.Period{
			{From: midnight + metrics.Instant(from)*day, To: midnight + metrics.Instant(to)*day},
		}}
	}
	known := []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
	for _, test := range []struct {
		name    string
		runs    []metrics.RunDays
		windows []metrics.RunWindow
		lists   []metrics.PolicyList
		want    []told
	}{
		{"until it was not seen for as long as a repository is active", []metrics.RunDays{ran(true, 50, 51), ran(true, 60, 61)}, known, nil, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"}, {61 + 180, metrics.Off, 0, false, false, ""},
		}},
		{"since nobody knows when", []metrics.RunDays{ran(true, 50, 51)}, nil, nil, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, false, false, "v1"}, {51 + 180, metrics.Off, 0, false, false, ""},
		}},
		{"not by what files bring", []metrics.RunDays{ran(false, 50, 51)}, known, nil, []told{{0, metrics.Off, 0, true, false, ""}}},
		{"until a list of policies tells", []metrics.RunDays{ran(true, 50, 51)}, known, []metrics.PolicyList{ruling(70)}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"}, {70, metrics.Off, 0, false, false, ""},
		}},
		{"until a list of policies goes on", []metrics.RunDays{ran(true, 50, 51)}, known, []metrics.PolicyList{ruling(70, ruleset("v1", -1))}, []told{
			{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"})
			h.Runs, h.RunWindows, h.Policies = test.runs, test.windows, test.lists
			if diff := cmp.Diff(toldOf(concluded(t, twoPaths(), blobs, h, anaAndBot())), test.want, cmp.AllowUnexported(told{})); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
		})
	}
}

func TestDormant(t *testing.T) {
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	known := metrics.RunWindow{Repo: 1, Source: "github", Period: metrics.Period{From: midnight, To: metrics.Forever}}
	ran := func(file string, used metrics.Use, days ...int) metrics.RunDays {
		d := metrics.RunDays{Repo: 1, Workflow: file, Used: used}
		for _, n := range days {
			d.Days = append(d.Days, metrics.Period{From: on(n), To: on(n + 1)})
		}
		return d
	}
	commits := func(days ...int) []landed {
		list := []landed{{midnight, 1, workflow, golden}}
		for _, d := range days {
			list = append(list, landed{on(d), 1, "README", string(rune('a' + d))})
		}
		return list
	}
	busy := commits(20, 40, 60, 80, 100)
	const wrapper = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/inner.yml\n"
	inner := landed{midnight, 1, ".github/workflows/inner.yml", "on: workflow_call\njobs:\n  b:\n    uses: acme/golden/.github/workflows/build.yml@v3\n"}
	for _, test := range []struct {
		name    string
		commits []landed
		runs    []metrics.RunDays
		windows []metrics.RunWindow
		within  int   // days
		want    []int // from and to of dormancy, in days
	}{
		{"it never ran", busy, nil, []metrics.RunWindow{known}, 30, []int{30, 130}},
		{"it ran", busy, []metrics.RunDays{ran(workflow, metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"it stopped, and ran again", busy, []metrics.RunDays{ran(workflow, metrics.Use{}, 10, 70)}, []metrics.RunWindow{known}, 30, []int{41, 70, 101, 130}},
		{"the path does not ask", busy, nil, []metrics.RunWindow{known}, 0, nil},
		{"nobody asked for runs", busy, nil, nil, 30, nil},
		{"runs are not known for so long", busy, nil, []metrics.RunWindow{{Period: metrics.Period{From: on(50), To: metrics.Forever}}}, 30, []int{80, 130}},
		{"runs are not known any more", busy, nil, []metrics.RunWindow{{Period: metrics.Period{From: midnight, To: on(90)}}}, 30, []int{30, 90}},
		{"runs are not known for a while", busy, nil, []metrics.RunWindow{
			{Period: metrics.Period{From: midnight, To: on(40)}}, {Period: metrics.Period{From: on(50), To: metrics.Forever}},
		}, 30, []int{30, 40, 80, 130}},
		{"nobody committed", commits(20, 100), nil, []metrics.RunWindow{known}, 30, []int{30, 50, 100, 130}},
		{"only others ran", busy, []metrics.RunDays{ran(".github/workflows/own.yml", metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, []int{30, 130}},
		{"another workflow used it", busy, []metrics.RunDays{ran(".github/workflows/own.yml", called("v3"), 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"behind a workflow of its own", append([]landed{inner, {midnight, 1, workflow, wrapper}}, busy[1:]...),
			[]metrics.RunDays{ran(workflow, metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"it has not been there for so long", append([]landed{{midnight, 1, "README", "x"}}, landed{on(60), 1, workflow, golden}, landed{on(80), 1, "README", "y"}),
			nil, []metrics.RunWindow{known}, 30, []int{90, 110}},
		{"its file has moved", append(commits(20), landed{on(40), 1, ".github/workflows/new.yml", golden + "#"}, landed{on(40), 1, workflow, ""}, landed{on(60), 1, "README", "y"}),
			[]metrics.RunDays{ran(workflow, metrics.Use{}, 10, 39), ran(".github/workflows/new.yml", metrics.Use{}, 65)}, []metrics.RunWindow{known}, 30, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, test.commits...)
			h.Runs, h.RunWindows = test.runs, test.windows
			defs := twoPaths()
			defs.Paths[0].ActiveWithin = metrics.Instant(test.within * int(day)).Time().Sub(metrics.Beginning.Time())
			var got []int
			for _, s := range concluded(t, defs, blobs, h, anaAndBot()).Spans {
				if s.Path != "ci" || s.State != metrics.Dormant {
					continue
				}
				from, to := int((s.From-midnight)/day), int((s.To-midnight)/day)
				if n := len(got); n > 0 && got[n-1] == from {
					got[n-1] = to
				} else {
					got = append(got, from, to)
				}
				if s.Voluntary || s.Tree != metrics.On {
					t.Errorf("dormant is %+v", s)
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("dormant (-got +want):\n%s", diff)
			}
		})
	}
}

// TestDormantGitLab: a project has one pipeline, whatever its file is called.
func TestDormantGitLab(t *testing.T) {
	defs := twoPaths()
	defs.Paths = defs.Paths[:1]
	defs.Paths[0].Golden = signal("gitlab_include", func(s *metrics.Signal) { s.Project = "platform/ci" })
	defs.Paths[0].ActiveWithin = (30 * day).Time().Sub(metrics.Beginning.Time())
	for file, want := range map[string]metrics.State{".gitlab-ci.yml": metrics.On, "ci/main.yml": metrics.On, workflow: metrics.Dormant} {
		blobs := contents{}
		h := past(blobs, landed{midnight, 1, ".gitlab-ci.yml", "include:\n  - project: platform/ci\n    file: build.yml\n"}, landed{midnight + 35*day, 1, "README", "x"})
		h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
		h.Runs = []metrics.RunDays{{Repo: 1, Workflow: file, Days: []metrics.Period{{From: midnight + 30*day, To: midnight + 31*day}}}}
		for _, s := range concluded(t, defs, blobs, h, anaAndBot()).Spans {
			if s.Contains(midnight+40*day) && s.State != want {
				t.Errorf("runs of %s: got %v, want %v", file, s.State, want)
			}
		}
	}
}

func TestActivation(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, workflow, golden}, landed{midnight + 60*day, 1, "README", "x"})
	h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
	h.Runs = []metrics.RunDays{{Repo: 1, Workflow: workflow, Days: []metrics.Period{{From: midnight, To: midnight + day}, {From: midnight + 70*day, To: midnight + 71*day}}}}
	got := map[int]metrics.Activation{}
	r := concluded(t, twoPaths(), blobs, h, anaAndBot())
	days := []int{0, 27, 28, 59, 60, 69, 70, 87, 88}
	for _, d := range days {
		for _, s := range r.Spans {
			if s.Path == "ci" && s.Contains(midnight+metrics.Instant(d)*day) {
				got[d] = s.Activation
			}
		}
	}
	want := map[int]metrics.Activation{
		0: metrics.Ran, 27: metrics.Ran, 28: metrics.NotTold, 59: metrics.NotTold, 60: metrics.Idle, 69: metrics.Idle, 70: metrics.Ran, 87: metrics.Ran, 88: metrics.NotTold,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("by day (-got +want):\n%s", diff)
	}
}

func TestOriginsOfPulls(t *testing.T) {
	people := classify.NewPeople([]metrics.Identity{
		{Alias: 1, Person: 1, Kind: metrics.Human}, {Alias: 2, Person: 2, Kind: metrics.Bot},
		{Alias: 3, Person: 3, Kind: metrics.Initiator}, {Alias: 4, Person: 4, Kind: metrics.Human},
	}, nil, nil)
	const entry = metrics.OID("b") // of the second commit of past
	for _, test := range []struct {
		name string
		by   metrics.AliasID
		pull metrics.Pull
		want metrics.Origin
	}{
		{"none", 1, metrics.Pull{}, metrics.Chosen},
		{"a label of a campaign", 1, metrics.Pull{MergeCommit: entry, Labels: []string{"x", "Rollout"}}, metrics.Automated},
		{"another label", 1, metrics.Pull{MergeCommit: entry, Labels: []string{"rollout-done"}}, metrics.Chosen},
		{"a branch of a campaign", 1, metrics.Pull{MergeCommit: entry, HeadBranch: "campaign/ci"}, metrics.Automated},
		{"of a squash with a merge behind it", 1, metrics.Pull{Squash: entry, MergeCommit: "z", HeadBranch: "campaign/ci"}, metrics.Automated},
		{"another pull", 1, metrics.Pull{MergeCommit: "z", HeadBranch: "campaign/ci"}, metrics.Chosen},
		{"an agent that nobody asked", 3, metrics.Pull{MergeCommit: entry}, metrics.UnknownOrigin},
		{"an agent, assigned to somebody", 3, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{3, 2, 4}}, metrics.Chosen},
		{"an agent in a campaign", 3, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{4}, Labels: []string{"rollout"}}, metrics.Automated},
		{"a bot, assigned to somebody", 2, metrics.Pull{MergeCommit: entry, Assignees: []metrics.AliasID{4}}, metrics.Automated},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"}, landed{midnight + 50*day, test.by, workflow, golden})
			h.Pulls = []metrics.Pull{test.pull}
			defs := twoPaths()
			defs.Campaigns = metrics.Campaigns{Labels: []string{"rollout"}, Branches: []string{"campaign/*"}}
			r := concluded(t, defs, blobs, h, people)
			if got := r.Spells[0]; got.Origin != test.want || got.Machine != (test.want == metrics.Automated) {
				t.Errorf("got %v by a machine %v, want %v", got.Origin, got.Machine, test.want)
			}
		})
	}
}

func TestOwnersByProvider(t *testing.T) {
	access := func(seen int, list ...metrics.Access) metrics.AccessList {
		return metrics.AccessList{Repo: 1, Source: "github", Seen: midnight + metrics.Instant(seen)*day, List: list}
	}
	may := func(p metrics.Permission, team metrics.TeamKey) metrics.Access {
		return metrics.Access{Team: team, Permission: p}
	}
	owned := func(team metrics.TeamKey, from, to metrics.Instant, by metrics.OwnerSource) metrics.Ownership {
		return metrics.Ownership{Unit: metrics.Unit{Repo: 1}, Team: team, Period: metrics.Period{From: from, To: to}, Source: by}
	}
	whole := func(team metrics.TeamKey) []metrics.Ownership {
		return []metrics.Ownership{owned(team, metrics.Beginning, metrics.Forever, metrics.OwnerProvider)}
	}
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	for _, test := range []struct {
		name   string
		files  []landed
		access []metrics.AccessList
		want   []metrics.Ownership
	}{
		{"nobody", nil, []metrics.AccessList{access(9)}, nil},
		{"an alias", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/pay-devs"))}, whole("payments")},
		{"a team that nobody has configured", nil, []metrics.AccessList{access(9, may(metrics.MayPush, "@acme/search"))}, whole("search")},
		{"the highest", nil, []metrics.AccessList{access(9, may(metrics.MayPush, "@acme/a"), may(metrics.MayMaintain, "@acme/b"), may(metrics.MayRead, "@acme/all"))}, whole("b")},
		{"several of the same", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a"), may(metrics.MayAdmin, "@acme/b"), may(metrics.MayPush, "@acme/c"))}, nil},
		{"two names of one team", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/pay-devs"), may(metrics.MayAdmin, "@acme/pay-ops"))}, whole("payments")},
		{"may not push", nil, []metrics.AccessList{access(9, may(metrics.MayTriage, "@acme/a"), may(metrics.MayRead, "@acme/b"))}, nil},
		{"it changed hands", nil, []metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a")), access(20, may(metrics.MayAdmin, "@acme/b")), access(30)},
			[]metrics.Ownership{owned("a", metrics.Beginning, on(20), metrics.OwnerProvider), owned("b", on(20), on(30), metrics.OwnerProvider)}},
		{"after those that stand before it in the order", []landed{{on(10), 1, "CODEOWNERS", "* @acme/web\n"}, {on(15), 1, "CODEOWNERS", ""}},
			[]metrics.AccessList{access(9, may(metrics.MayAdmin, "@acme/a"))}, []metrics.Ownership{
				owned("a", metrics.Beginning, on(10), metrics.OwnerProvider), owned("web", on(10), on(15), metrics.OwnerCodeowners),
				owned("a", on(15), metrics.Forever, metrics.OwnerProvider),
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.Teams = metrics.Teams{
				Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider},
				List:  []metrics.Team{{Key: "payments", Aliases: []string{"@acme/pay-*"}}},
			}
			h := past(blobs, append([]landed{{midnight, 1, "README", "x"}}, test.files...)...)
			h.Accesses = test.access
			if diff := cmp.Diff(concluded(t, defs, blobs, h, anaAndBot()).Ownership, test.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// TestMembersOfHostTeams: who is in a host's team is in the one that it stands for.
func TestMembersOfHostTeams(t *testing.T) {
	defs := twoPaths()
	defs.Teams = metrics.Teams{Platform: []metrics.TeamKey{"platform"}, List: []metrics.Team{{Key: "platform", Aliases: []string{"@acme/paved-*"}}}}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	always := metrics.Period{To: metrics.Forever}
	given := []metrics.Membership{
		{Person: 1, Team: "@acme/paved-roads", Period: always}, {Person: 2, Team: "@acme/search", Period: always}, {Person: 3, Team: "platform", Period: always},
	}
	var got []metrics.TeamKey
	for _, m := range c.Memberships(given) {
		got = append(got, m.Team)
	}
	if diff := cmp.Diff(got, []metrics.TeamKey{"platform", "search", "platform"}); diff != "" || given[0].Team != "@acme/paved-roads" {
		t.Errorf("(-got +want):\n%s, and what was given is %v", diff, given)
	}
	ana := []metrics.Identity{{Alias: 1, Person: 1, Kind: metrics.Human}}
	before, after := classify.NewPeople(ana, nil, nil), classify.NewPeople(ana, c.Memberships(given), nil)
	if before.Fingerprint("platform") == after.Fingerprint("platform") {
		t.Error("who is in the platform team makes no difference")
	}
	if before.Fingerprint("other") != after.Fingerprint("other") {
		t.Error("who is in a team that nobody asks for makes a difference")
	}
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"}, landed{midnight + 50*day, 1, workflow, golden})
	if got := c.Repo(h, after, blobs, nil).Spells[0].Origin; got != metrics.Assisted {
		t.Errorf("got %v, want assisted", got)
	}
}

func TestWarningsOfHosts(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "README", "x"})
	h.Warnings = []metrics.HostWarnings{{Repo: 1, Source: "github", List: []metrics.Warning{{File: "CODEOWNERS", Line: 3, Message: "Unknown owner"}}}}
	want := []metrics.Warning{{Repo: 1, File: "CODEOWNERS", Line: 3, Message: "Unknown owner"}}
	if diff := cmp.Diff(concluded(t, twoPaths(), blobs, h, anaAndBot()).Warnings, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

// hosted makes up what hosts tell of the repositories of a firm.
func (f *firm) hosted(r *rapid.T) {
	f.defs.Paths[0].ActiveWithin = (20 * day).Time().Sub(metrics.Beginning.Time())
	f.defs.Campaigns = metrics.Campaigns{Labels: []string{"rollout"}}
	moment := func(name string) metrics.Instant {
		return firmBegin + metrics.Instant(rapid.IntRange(-20, 250).Draw(r, name))*day
	}
	for i := range f.histories {
		h := &f.histories[i]
		for range rapid.IntRange(0, 2).Draw(r, "windows") {
			from := moment("known from")
			h.RunWindows = append(h.RunWindows, metrics.RunWindow{Repo: h.Repo.ID, Period: metrics.Period{From: from, To: from + 90*day}})
		}
		for range rapid.IntRange(0, 3).Draw(r, "runs") {
			from := moment("ran") / day * day
			used := rapid.SampledFrom([]metrics.Use{{}, called("v1"), {Kind: metrics.UsesWorkflow, Target: "a/b"}}).Draw(r, "used")
			h.Runs = append(h.Runs, metrics.RunDays{
				Repo: h.Repo.ID, Workflow: rapid.SampledFrom([]string{workflow, "other.yml"}).Draw(r, "workflow"), Used: used,
				Imposed: rapid.IntRange(0, 3).Draw(r, "imposed") == 0, Days: []metrics.Period{{From: from, To: from + 3*day}},
			})
		}
		at := firmBegin
		for range rapid.IntRange(0, 3).Draw(r, "lists") {
			at += metrics.Instant(rapid.IntRange(1, 60).Draw(r, "seen")) * day
			list := metrics.PolicyList{Repo: h.Repo.ID, Source: "github", Seen: at}
			for range rapid.IntRange(0, 2).Draw(r, "policies") {
				list.List = append(list.List, metrics.Policy{
					ID: rapid.SampledFrom([]string{"1", "2"}).Draw(r, "id"), Since: max(moment("since"), 0),
					Runs: called(rapid.SampledFrom([]string{"v1", "v2"}).Draw(r, "ref")),
				})
			}
			h.Policies = append(h.Policies, list)
		}
		for _, c := range h.Commits {
			if rapid.IntRange(0, 3).Draw(r, "pull") == 0 {
				h.Pulls = append(h.Pulls, metrics.Pull{MergeCommit: c.OID, Labels: []string{rapid.SampledFrom([]string{"rollout", "x"}).Draw(r, "label")}})
			}
		}
	}
}

// TestWhatHostsTellHoldsTogether adds policies, runs and pulls to a firm: its units are still in exactly one state at
// any time, and neither the order of facts nor telling them twice changes anything.
func TestWhatHostsTellHoldsTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFirm(r)
		f.hosted(r)
		once := f.conclude(r)
		checkPartition(r, f, once.Spans)
		for _, e := range once.Events {
			if e.Kind == metrics.Entered && e.Origin == metrics.Enforced && e.Commit != "" {
				r.Fatalf("a commit entered what was enforced: %+v", e)
			}
		}
		for i := range f.histories {
			h := &f.histories[i]
			h.Runs = rapid.Permutation(append(h.Runs, h.Runs...)).Draw(r, "runs again")
			h.RunWindows = rapid.Permutation(append(h.RunWindows, h.RunWindows...)).Draw(r, "windows again")
			slices.Reverse(h.Pulls)
			for j := range h.Policies {
				h.Policies[j].List = rapid.Permutation(h.Policies[j].List).Draw(r, "policies again")
			}
		}
		if diff := cmp.Diff(f.conclude(r), once, cmpopts.EquateEmpty()); diff != "" {
			r.Fatalf("told again in another order (-got +want):\n%s", diff)
		}
	})
}
