package detect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// TestUsed says what signals find in what pipelines used, without any file.
func TestUsed(t *testing.T) {
	workflow := func(target, ref string) metrics.Use {
		return metrics.Use{Kind: metrics.UsesWorkflow, Target: target, Ref: ref}
	}
	uses := metrics.Signal{Kind: "workflow_uses", Target: "acme/golden/.github/workflows/*"}
	all := metrics.Signal{Kind: "workflow_uses", AllOf: []string{"acme/golden/**", "acme/scan/**"}}
	project := metrics.Signal{Kind: "gitlab_include", Project: "platform/ci", Template: "Jobs/*"}
	for _, test := range []struct {
		name   string
		signal metrics.Signal
		uses   []metrics.Use
		truth  metrics.Truth
		text   string // of the first evidence
	}{
		{"a workflow", uses, []metrics.Use{workflow("a/b", ""), workflow("acme/golden/.github/workflows/ci.yml", "v3")}, metrics.Yes, "acme/golden/.github/workflows/ci.yml@v3"},
		{"owner and repository in any case", uses, []metrics.Use{workflow("ACME/Golden/.github/workflows/ci.yml", "")}, metrics.Yes, "ACME/Golden/.github/workflows/ci.yml"},
		{"another one", uses, []metrics.Use{workflow("acme/golden-setup/.github/workflows/ci.yml", "v3")}, metrics.No, ""},
		{"nothing", uses, nil, metrics.No, ""},
		{"an include of that name", uses, []metrics.Use{{Kind: metrics.UsesProject, Target: "acme/golden/.github/workflows/ci.yml"}}, metrics.No, ""},
		{"one of all", all, []metrics.Use{workflow("acme/golden/x.yml", "")}, metrics.No, ""},
		{"all of all", all, []metrics.Use{workflow("acme/golden/x.yml", ""), workflow("acme/scan/y.yml", "")}, metrics.Yes, "acme/golden/x.yml"},
		{"jobs or steps, by a job", metrics.Signal{Kind: "uses", Target: "acme/**"}, []metrics.Use{workflow("acme/golden/x.yml", "")}, metrics.Yes, "acme/golden/x.yml"},
		{"jobs or steps, by no job", metrics.Signal{Kind: "uses", Target: "acme/**"}, []metrics.Use{workflow("a/b", "")}, metrics.Maybe, ""},
		{"steps", metrics.Signal{Kind: "action_uses", Target: "acme/**"}, []metrics.Use{workflow("acme/golden/x.yml", "")}, metrics.Maybe, ""},
		{"a project, in any case", project, []metrics.Use{{Kind: metrics.UsesProject, Target: "Platform/CI", File: "build.yml", Ref: "main"}}, metrics.Yes, "Platform/CI/build.yml@main"},
		{"a template", project, []metrics.Use{{Kind: metrics.UsesTemplate, Target: "Jobs/Build.gitlab-ci.yml"}}, metrics.Yes, "Jobs/Build.gitlab-ci.yml"},
		{"a remote of that name", project, []metrics.Use{{Kind: metrics.UsesRemote, Target: "platform/ci"}}, metrics.No, ""},
		{"files", metrics.Signal{Kind: "file", Path: "**"}, []metrics.Use{workflow("acme/golden/x.yml", "")}, metrics.Maybe, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, err := detect.Compile([]metrics.Signal{test.signal})
			if err != nil {
				t.Fatal(err)
			}
			got := set.Used(0, test.uses)
			text := ""
			if len(got.Evidence) > 0 {
				text = got.Evidence[0].Text
			}
			if got.Truth != test.truth || text != test.text || (got.Reason != "") != (got.Truth == metrics.Maybe) {
				t.Errorf("got %+v, want truth %v and text %q", got, test.truth, test.text)
			}
		})
	}
}

func TestUsedEvidence(t *testing.T) {
	set, err := detect.Compile([]metrics.Signal{{Kind: "gitlab_include", Component: "gitlab.com/acme/*"}})
	if err != nil {
		t.Fatal(err)
	}
	got := set.Used(0, []metrics.Use{{Kind: metrics.UsesComponent, Target: "gitlab.com/Acme/build", Ref: "1.2"}})
	want := metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{{Signal: "gitlab_include", Text: "gitlab.com/Acme/build@1.2", Version: "1.2"}}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}
