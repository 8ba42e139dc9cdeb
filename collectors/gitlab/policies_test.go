package gitlab_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
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

// older answers like a GitLab that does not know some words.
type older struct {
	next    http.RoundTripper
	without []string
	asked   *atomic.Int64
}

func (o older) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return o.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	for _, word := range o.without {
		if strings.Contains(string(body), word) {
			o.asked.Add(1)
			text := fmt.Sprintf(`{"errors":[{"message":"Field 'x' doesn't accept argument '%s'"}]}`, word)
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
		}
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return o.next.RoundTrip(r)
}

// TestPolicies reads what GitLab makes run, and for whom it holds: as GitLab judges it, and as older versions leave it
// to be judged.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		name    string
		without []string
		pay     []string
		web     []string
	}{
		{name: "that judges scopes", pay: []string{"all", "any", "group", "secrets", "without frameworks"}, web: []string{"all", "any", "framework", "project", "secrets", "subgroup"}},
		{
			name: "that leaves scopes to be judged", without: []string{"includeUnscoped"},
			pay: []string{"all", "any", "group", "secrets", "without frameworks"}, web: []string{"all", "any", "framework", "project", "secrets", "subgroup"},
		},
		{name: "that has scans alone", without: []string{"includeUnscoped", "pipelineExecutionPolicies"}, pay: []string{"secrets"}, web: []string{"secrets"}},
		{name: "without policies", without: []string{"complianceFrameworks"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
			var asked atomic.Int64
			s.wrap = func(next http.RoundTripper) http.RoundTripper { return older{next, c.without, &asked} }
			soc := s.peer.AddFramework("acme", gitlabtest.Framework{Name: "SOC", Pipeline: "soc.yml@acme/Policies"})
			sub := s.peer.AddGroup("acme/sub", gitlabtest.Group{})
			web := s.peer.AddProject("acme/sub", gitlabtest.Project{Path: "web", Frameworks: []string{"SOC"}})
			pay := s.peer.ID("acme/pay")
			policy := func(name string, enabled bool, only, scope string, ids ...any) {
				s.peer.AddPolicy("acme", gitlabtest.Policy{
					Name: name, Kind: "pipeline_execution_policy", Enabled: enabled, Only: strings.Fields(only),
					YAML: fmt.Sprintf(policyYAML, "  "+fmt.Sprintf(scope, ids...)), Updated: gitlabtest.Start.AddDate(0, -1, 0),
				})
			}
			policy("off", false, "", "{}")
			policy("all", true, "", "{}")
			policy("framework", true, "acme/sub/web", "{compliance_frameworks: [{id: %d}]}", soc)
			policy("project", true, "acme/sub/web", "{projects: {excluding: [{id: %d}, {type: archived}]}}", pay)
			policy("group", true, "acme/pay", "{projects: {excluding: [{type: personal}]}, groups: {excluding: [{id: %d}]}}", sub)
			policy("subgroup", true, "acme/sub/web", "{projects: {including: [{id: %d}]}, groups: {including: [{id: %d}]}}", web, sub)
			policy("any", true, "acme/pay acme/sub/web", "{match_mode: any, projects: {including: [{id: %d}]}, groups: {including: [{id: %d}]}}", pay, sub)
			policy("without frameworks", true, "acme/pay", "{match_mode: all, projects: {including: [{id: %d}]}}", pay)
			s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "secrets", Kind: "scan_execution_policy", Enabled: true, YAML: "actions: [{scan: secret_detection}]\n"})
			s.scan()
			if got := asked.Load(); got > 2*int64(len(c.without)) { // once for each of two batches at the same time
				t.Errorf("%d questions were not understood", got)
			}
			names := func(repo string) (list []string) {
				for _, p := range s.store.Told(repo).Policies.List {
					if p.Kind == metrics.InjectedPipeline {
						list = append(list, p.ID)
					}
				}
				slices.Sort(list)
				return list
			}
			if diff := cmp.Diff(names("gitlab.invalid/acme/pay"), c.pay); diff != "" {
				t.Errorf("policies of one (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(names("gitlab.invalid/acme/sub/web"), c.web); diff != "" {
				t.Errorf("policies of the other (-got +want):\n%s", diff)
			}
		})
	}
}

// TestPoliciesRun says what policies run, and since when.
func TestPoliciesRun(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
	soc := s.peer.AddFramework("acme", gitlabtest.Framework{Name: "SOC", Pipeline: "soc.yml@acme/Policies"})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "web", Frameworks: []string{"SOC"}})
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "scan", Kind: "pipeline_execution_policy", Enabled: true, YAML: fmt.Sprintf(policyYAML, "  {}"), Updated: gitlabtest.Start.AddDate(0, -1, 0)})
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "secrets", Kind: "scan_execution_policy", Enabled: true, YAML: "actions: [{scan: secret_detection}]\n"})
	s.scan()
	var got []string
	for _, p := range s.store.Told("gitlab.invalid/acme/web").Policies.List {
		got = append(got, fmt.Sprintf("%s %s: %s since %d", p.Kind, p.ID, p.Runs.Name(), max(p.Since-metrics.At(gitlabtest.Start.AddDate(0, -1, 0)), -1)))
	}
	if diff := cmp.Diff(got, []string{
		fmt.Sprintf("compliance_pipeline %d: acme/policies/soc.yml since -1", soc), "injected_pipeline scan: acme/policies/scan.yml@v2 since 0",
		fmt.Sprintf("injected_pipeline secrets: Jobs/Secret-Detection.gitlab-ci.yml since %d", 31*metrics.Day),
	}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestPoliciesDeep writes no list where a policy chooses by a group above those that are told.
func TestPoliciesDeep(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
	var asked atomic.Int64
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return older{next, []string{"includeUnscoped"}, &asked}
	}
	path := "acme"
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		path += "/" + name
		s.peer.AddGroup(path, gitlabtest.Group{})
	}
	s.peer.AddProject(path, gitlabtest.Project{Path: "deep"})
	s.peer.AddPolicy("acme", gitlabtest.Policy{Name: "groups", Kind: "pipeline_execution_policy", Enabled: true, YAML: fmt.Sprintf(policyYAML, "  groups: {including: [{id: 99999}]}")})
	s.scan()
	if pay := s.store.Told(pay).Policies; pay.Seen == metrics.Beginning || len(pay.List) != 0 {
		t.Errorf("of a project in another group %+v is known", pay)
	}
	if deep := s.store.Told("gitlab.invalid/" + path + "/deep").Policies; deep.Seen != metrics.Beginning {
		t.Errorf("of the one that is deep %+v is known", deep)
	}
}

// TestPoliciesUnknown writes no list of policies where the host does not tell, and that they could not be read yet where it
// may the next time.
func TestPoliciesUnknown(t *testing.T) {
	for failure, passes := range map[gitlabtest.Failure]bool{
		gitlabtest.Forbidden: false, gitlabtest.Nulls: false, gitlabtest.Scope: false, gitlabtest.HTML: true, gitlabtest.Unavailable: true,
	} {
		t.Run(string(failure), func(t *testing.T) {
			s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
			s.peer.Fail(gitlabtest.Fault{Failure: failure, Route: gitlabtest.GraphQL, After: 2, Times: -1})
			sum := s.scan()
			known := s.store.Knowledge()
			if sum.Unknown != 0 || len(known.Policies) != 0 || len(sum.Warnings)+len(sum.Denied) != 1 || passes != (len(sum.Partial) > 0) {
				t.Errorf("got %d lists and %+v: %v", len(known.Policies), sum, s.peer.Counts().Trace)
			}
			want := map[metrics.RepoID][]metrics.UseKind{}
			for _, r := range s.store.All() {
				if passes {
					want[r.ID] = []metrics.UseKind{metrics.UsesProject, metrics.UsesTemplate}
				}
			}
			if diff := cmp.Diff(known.Unruled, want); diff != "" {
				t.Error("of which nobody knows yet, -got +want\n" + diff)
			}
			s.peer.Heal()
			s.scan()
			if known := s.store.Knowledge(); passes && (len(known.Unruled) != 0 || len(known.Policies) != len(want)) {
				t.Errorf("the next scan leaves %+v, and knows %+v", known.Unruled, known.Policies)
			}
		})
	}
}

// TestPoliciesThatNobodyWaitsFor: where nobody could read which policies there are, and then they are denied or not asked for any
// more, nothing is unknown because of them; they count as missed no more, and again where they fail again.
func TestPoliciesThatNobodyWaitsFor(t *testing.T) {
	fault := passing{query: "ExecutionPolicies", failing: func() bool { return true }}
	for name, edit := range map[string]func(s *scanner){
		"denied":            func(s *scanner) { s.wrap = fault.denying(http.StatusForbidden) },
		"not asked for":     func(s *scanner) { s.config.Parts.Policies = false },
		"nothing asked for": func(s *scanner) { s.config.Parts = gitlab.Parts{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := many(t)
			set := func(edit func(s *scanner)) func() {
				return func() {
					s.wrap, s.config.Parts = nil, everything
					edit(s)
				}
			}
			collectorstest.Unruled{
				TB: t, Store: s.store, Scan: s.scan, Advance: s.peer.Advance, Over: set(edit),
				Fail: set(func(s *scanner) { s.wrap = fault.wrap }), Heal: set(func(*scanner) {}),
			}.Ends(10)
		})
	}
}

// TestPoliciesCut takes a list of policies that is longer than what is asked for as not known, not as whole.
func TestPoliciesCut(t *testing.T) {
	s := newOrganisation(t, gitlab.Parts{Policies: true}, gitlabtest.Config{})
	for i := range 51 {
		s.peer.AddPolicy("acme", gitlabtest.Policy{Name: fmt.Sprint("scan ", i), Kind: "scan_execution_policy", Enabled: true, YAML: "rules: []\n", Updated: time.Unix(0, 0)})
	}
	if sum := s.scan(); sum.Unknown != 0 || len(s.store.Policies) != 0 {
		t.Errorf("got %d lists and %+v", len(s.store.Policies), sum)
	}
}
