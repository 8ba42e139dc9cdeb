package gitlab_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

const policyYAML = `name: scan
enabled: true
pipeline_config_strategy: inject_policy
content:
  include:
    - project: acme/policies
      file: /scan.yml
      ref: v2
policy_scope:
%s`

// TestPolicies reads what GitLab makes run, for whom it holds, and what is not known.
func TestPolicies(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
	soc := s.peer.AddFramework("acme", gitlabtest.Framework{Name: "SOC", Pipeline: "soc.yml@acme/Policies"})
	id := s.peer.ID("acme/pay")
	policy := func(name, scope string, enabled bool) {
		s.peer.AddPolicy("acme", gitlabtest.Policy{Name: name, Kind: "pipeline_execution_policy", Enabled: enabled, YAML: fmt.Sprintf(policyYAML, scope), Updated: gitlabtest.Start.AddDate(0, -1, 0)})
	}
	policy("off", "  {}", false)
	policy("all", "  {}", true)
	policy("framework", fmt.Sprintf("  compliance_frameworks: [{id: %d}]", soc), true)
	policy("without", fmt.Sprintf("  projects: {excluding: [{id: %d}]}", id), true)
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "secrets", Kind: "scan_execution_policy", Enabled: true, YAML: "actions: [{scan: secret_detection}]\n"})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "web", Frameworks: []string{"SOC"}})
	names := func(name string) (list []string) {
		for _, p := range s.store.told(name).Policies.List {
			list = append(list, string(p.Kind)+" "+p.ID+": "+p.Runs.Name())
		}
		slices.Sort(list)
		return list
	}
	s.scan()
	if diff := cmp.Diff(names(pay), []string{"injected_pipeline all: acme/policies/scan.yml@v2", "injected_pipeline secrets: Jobs/Secret-Detection.gitlab-ci.yml"}); diff != "" {
		t.Errorf("policies of one (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(names("gitlab.invalid/acme/web"), []string{
		fmt.Sprintf("compliance_pipeline %d: acme/policies/soc.yml", soc), "injected_pipeline all: acme/policies/scan.yml@v2",
		"injected_pipeline framework: acme/policies/scan.yml@v2", "injected_pipeline secrets: Jobs/Secret-Detection.gitlab-ci.yml",
		"injected_pipeline without: acme/policies/scan.yml@v2"}); diff != "" {
		t.Errorf("policies of one with a framework (-got +want):\n%s", diff)
	}
	if since := s.store.told(pay).Policies.List[0].Since; since != metrics.At(gitlabtest.Start.AddDate(0, -1, 0)) {
		t.Errorf("a policy is dated %v", since)
	}
	lists := len(s.store.policies)
	s.pause = 25 * time.Hour
	policy("groups", "  groups: {including: [{id: 7}]}", true)
	s.scan() // all are listed
	s.pause = 30 * time.Minute
	s.scan() // it is their turn
	if got := len(s.store.policies); got != lists {
		t.Errorf("%d lists are known, want %d: whom the policy is for cannot be told", got, lists)
	}
}

// TestPoliciesUnknown writes no list of policies where the host does not tell.
func TestPoliciesUnknown(t *testing.T) {
	for _, failure := range []gitlabtest.Failure{gitlabtest.Forbidden, gitlabtest.Nulls, gitlabtest.Scope, gitlabtest.HTML, gitlabtest.Unavailable} {
		t.Run(string(failure), func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
			s.peer.Fail(gitlabtest.Fault{Failure: failure, Route: gitlabtest.GraphQL, After: 2, Times: -1})
			sum := s.scan()
			if sum.Unknown != 0 || len(s.store.policies) != 0 || len(sum.Warnings) == 0 {
				t.Errorf("got %d lists and %+v: %v", len(s.store.policies), sum, s.peer.Counts().Trace)
			}
		})
	}
}
