package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// unruled is a list of policies that nobody could read on a day, on a host whose policies run workflows.
func unruled(seen int) metrics.PolicyList {
	l := ruling(seen)
	l.Missed, l.Unread = true, []metrics.UseKind{metrics.UsesWorkflow}
	return l
}

// TestUnreadPolicies: what a policy may decide is unknown from when on it could not be read, as long as none is read; all
// else stays as it is.
func TestUnreadPolicies(t *testing.T) {
	jenkins := landed{midnight, 1, "Jenkinsfile", "pipeline {}"}
	readme := landed{midnight, 1, "README", "x"}
	built := landed{midnight, 1, workflow, golden}
	include := signal("gitlab_include", func(s *metrics.Signal) { s.Project = "platform/ci" })
	build := uses("acme/golden/.github/workflows/*")
	both := func(list ...metrics.Rule) metrics.Rule { return metrics.Rule{All: list} }
	not := func(r metrics.Rule) metrics.Rule { return metrics.Rule{Not: &r} }
	off := told{0, metrics.Off, 0, true, false, ""}
	unknown := told{90, metrics.Unknown, 0, false, false, ""}
	from := func(lists ...metrics.PolicyList) []metrics.PolicyList { return lists }
	on := func(day int, l metrics.PolicyList) metrics.PolicyList {
		l.Seen = midnight + metrics.Instant(day)*metrics.Day
		return l
	}
	for _, test := range []struct {
		name   string
		first  landed
		lists  []metrics.PolicyList
		golden metrics.Rule
		other  metrics.Rule
		want   []told
	}{
		{"off", jenkins, from(unruled(90)), build, file("Jenkinsfile"), []told{off, unknown}},
		{"none", readme, from(unruled(90)), build, file("Jenkinsfile"), []told{{0, metrics.None, 0, true, false, ""}, unknown}},
		{"on by its files", built, from(unruled(90)), build, file("Jenkinsfile"), []told{{0, metrics.On, metrics.Born, true, true, "v3"}}},
		{"on, where a policy may run the alternative", built, from(unruled(90)), build, uses("acme/old/*"), []told{
			{0, metrics.On, metrics.Born, true, true, "v3"}, {90, metrics.Unknown, 0, false, false, "v3"},
		}},
		{"by files alone", jenkins, from(unruled(90)), file("mkdocs.yml"), file("Jenkinsfile"), []told{off}},
		{"by what other hosts run", jenkins, from(unruled(90)), include, file("Jenkinsfile"), []told{off}},
		{"by either", jenkins, from(unruled(90)), metrics.Rule{Any: []metrics.Rule{include, build}}, file("Jenkinsfile"), []told{off, unknown}},
		{"by files, too", jenkins, from(unruled(90)), both(build, file("mkdocs.yml")), file("Jenkinsfile"), []told{off}},
		{"without another", jenkins, from(unruled(90)), both(build, not(uses("acme/old/*"))), file("Jenkinsfile"), []told{off, unknown}},
		{"without what other hosts run", jenkins, from(unruled(90)), both(build, not(include)), file("Jenkinsfile"), []told{off, unknown}},
		{"without all of them", jenkins, from(unruled(90)), both(build, not(both(include, uses("acme/old/*")))), file("Jenkinsfile"), []told{off, unknown}},
		{"without some file", jenkins, from(unruled(90)), both(build, not(file("mkdocs.yml"))), file("Jenkinsfile"), []told{off}},
		{"by what no policy adds", jenkins, from(unruled(90)), not(uses("acme/old/*")), file("Jenkinsfile"), []told{
			{0, metrics.Mixed, metrics.Born, true, true, ""},
		}},
		{"read by another source", jenkins, from(unruled(90), metrics.PolicyList{Repo: 1, Source: "mirror", Seen: midnight}), build, file("Jenkinsfile"), []told{off, unknown}},
		{"read later: none", jenkins, from(unruled(90), ruling(91)), build, file("Jenkinsfile"), []told{off}},
		{"read later: one that the host dates", jenkins, from(unruled(90), ruling(91, ruleset("v1", 50))), build, file("Jenkinsfile"), []told{
			off, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"},
		}},
		{"read later: one that the host does not date", jenkins, from(unruled(90), ruling(91, ruleset("v1", -1))), build, file("Jenkinsfile"), []told{
			off, {91, metrics.Mixed, metrics.Enforced, false, false, "v1"},
		}},
		{"not shown later", jenkins, from(unruled(90), metrics.PolicyList{Repo: 1, Source: "github", Seen: midnight + 91*day, Missed: true}), build, file("Jenkinsfile"), []told{off}},
		{"not shown, and then missed", jenkins, from(metrics.PolicyList{Repo: 1, Source: "github", Seen: midnight + 89*day, Missed: true}, unruled(90)), build, file("Jenkinsfile"), []told{off, unknown}},
		{"not shown by another source", jenkins, from(unruled(90), metrics.PolicyList{Repo: 1, Source: "mirror", Seen: midnight + 91*day, Missed: true}), build, file("Jenkinsfile"), []told{off, unknown}},
		{"from the first look on", jenkins, from(on(0, unruled(0))), build, file("Jenkinsfile"), []told{{0, metrics.Unknown, 0, false, false, ""}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			defs, blobs := twoPaths(), contents{}
			defs.Paths = defs.Paths[:1]
			defs.Paths[0].Golden, defs.Paths[0].Alternatives[0].When = test.golden, test.other
			h := past(blobs, test.first)
			h.Policies = test.lists
			r := concluded(t, defs, blobs, h, anaAndBot())
			if diff := cmp.Diff(toldOf(r), test.want, cmp.AllowUnexported(told{})); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
			for _, s := range r.Spans {
				if want := map[bool]metrics.Reason{true: metrics.ReasonPolicies}[s.State == metrics.Unknown]; s.Reason != want {
					t.Errorf("got the reason %q of %s, want %q", s.Reason, s.State, want)
				}
			}
			for _, e := range r.Events {
				if e.To == metrics.Unknown {
					t.Errorf("not knowing is no event: %+v", e)
				}
			}
		})
	}
}

// TestUnreadPoliciesByRuns: what a policy started shows that there is one, whether anybody could read it or not.
func TestUnreadPoliciesByRuns(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "Jenkinsfile", "pipeline {}"})
	h.Runs = []metrics.RunDays{{Repo: 1, Workflow: workflow, Used: called("v1"), Imposed: true, Days: []metrics.Period{{From: midnight + 50*day, To: midnight + 51*day}}}}
	h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
	h.Policies = []metrics.PolicyList{unruled(70)}
	want := []told{
		{0, metrics.Off, 0, true, false, ""}, {50, metrics.Mixed, metrics.Enforced, true, false, "v1"}, {51 + 180, metrics.Unknown, 0, false, false, ""},
	}
	if diff := cmp.Diff(toldOf(concluded(t, twoPaths(), blobs, h, anaAndBot())), want, cmp.AllowUnexported(told{})); diff != "" {
		t.Errorf("spans (-got +want):\n%s", diff)
	}
}

func TestExplainUnreadPolicies(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, "README", "x"})
	h.Policies = []metrics.PolicyList{unruled(90)}
	c, err := classify.New(twoPaths())
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[metrics.Instant]metrics.Finding{
		89: {Truth: metrics.No}, 90: {Truth: metrics.Maybe, Reason: metrics.ReasonPolicies},
	} {
		got := c.Explain(h, anaAndBot(), blobs, midnight+d*day)[0]
		if s := got.Signals[0]; !cmp.Equal(s.Finding, want) || (s.Absence == "") != (want.Truth == metrics.Maybe) {
			t.Errorf("on day %d: got %+v, want %+v", d, s, want)
		}
		if s := got.Signals[1]; s.Truth != metrics.No || s.Absence == "" {
			t.Errorf("on day %d: a file that no policy brings: %+v", d, s)
		}
	}
}
