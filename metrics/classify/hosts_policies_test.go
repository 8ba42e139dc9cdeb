package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

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
		got := c.Explain(h, anaAndBot(), blobs, midnight+d*day)[0]
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
