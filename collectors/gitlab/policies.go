package gitlab

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/trodden/trodden/metrics"
)

// policyFields tell what runs in a project of GitLab's own accord: the pipelines of the compliance frameworks that it
// carries, and the policies of itself and of all groups above it.
const policyFields = `id
	complianceFrameworks(first: 20) { nodes { id pipelineConfigurationFullPath } }
	pipelineExecutionPolicies(relationship: INHERITED, first: 50) { nodes { name enabled yaml updatedAt } }
	scanExecutionPolicies(relationship: INHERITED, first: 50) { nodes { name enabled yaml updatedAt } }`

// policyNodes are the policies of a project in an answer; nil where the host does not tell.
type policyNodes struct {
	ComplianceFrameworks      *struct{ Nodes []*framework }
	PipelineExecutionPolicies *struct{ Nodes []*securityPolicy }
	ScanExecutionPolicies     *struct{ Nodes []*securityPolicy }
}

// framework is a compliance framework in an answer.
type framework struct {
	ID                            string
	PipelineConfigurationFullPath *string
}

// securityPolicy is a policy in an answer.
type securityPolicy struct {
	Name      string
	Enabled   bool
	YAML      string
	UpdatedAt *time.Time
}

// policies reads the policies of those projects whose turn it is, and of those of which none are known.
func (x *side) policies(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Policies {
		return nil
	}
	var wanted []*reading
	for _, r := range all {
		if s.due(r) || s.forced.Load() || r.Last.Told.Policies.Seen == metrics.Beginning {
			wanted = append(wanted, r)
		}
	}
	for rest := wanted; len(rest) > 0 && !s.noPolicies.Load(); {
		some := rest[:min(len(rest), s.heads.Now())]
		err := x.somePolicies(ctx, some)
		if overloads(err) && s.heads.Overloaded(len(some)) {
			continue
		}
		rest = rest[len(some):]
		if err != nil {
			s.noPolicies.CompareAndSwap(false, errors.Is(err, errNoField))
			if err := s.failed(ctx, "policies", some[0], err); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// somePolicies asks once for the policies of projects. What is not told in whole is not known.
func (x *side) somePolicies(ctx context.Context, some []*reading) error {
	s := x.source
	b := newBatch()
	alias := b.add(some, policyFields)
	got, err := s.ask(ctx, b.text(), b.variables)
	if err != nil {
		return err
	}
	for _, r := range some {
		node, place := got.Data[alias].of(r)
		list, whole := []metrics.Policy(nil), false
		if node != nil && got.of(alias, place) == nil {
			list, whole = node.policies(scope{project: r.id})
		}
		if !whole {
			why := cmp.Or(got.of(alias, place), errHidden)
			if err := s.failed(ctx, "policies", r, why); err != nil {
				return err
			}
			continue
		}
		now := metrics.PolicyList{Repo: r.Repo.ID, Source: s.Name(), Seen: s.config.Now(), List: list}
		if before := r.Last.Told.Policies; before.Seen == metrics.Beginning || !samePolicies(before, now) {
			x.batch.Policies = append(x.batch.Policies, now)
		}
	}
	return nil
}

func samePolicies(a, b metrics.PolicyList) bool {
	return !slices.ContainsFunc(a.List, func(p metrics.Policy) bool { return !slices.Contains(b.List, p) }) &&
		!slices.ContainsFunc(b.List, func(p metrics.Policy) bool { return !slices.Contains(a.List, p) })
}

// scope is what policies choose projects by.
type scope struct {
	project    int
	frameworks []int
}

// policies are those in force in a project; whole is false where it cannot be told which these are.
func (p *policyNodes) policies(of scope) (list []metrics.Policy, whole bool) {
	if p.ComplianceFrameworks == nil || p.PipelineExecutionPolicies == nil || p.ScanExecutionPolicies == nil {
		return nil, false
	}
	for _, f := range p.ComplianceFrameworks.Nodes {
		if f == nil {
			return nil, false
		}
		of.frameworks = append(of.frameworks, idOf(f.ID))
		if runs, ok := pipelineAt(text(f.PipelineConfigurationFullPath)); ok {
			list = append(list, metrics.Policy{ID: lastPart(f.ID), Kind: metrics.CompliancePipeline, Runs: runs})
		}
	}
	for _, one := range slices.Concat(p.PipelineExecutionPolicies.Nodes, p.ScanExecutionPolicies.Nodes) {
		if one == nil {
			return nil, false
		}
		uses, in := one.runs(of)
		if in == metrics.Maybe {
			return nil, false
		}
		for _, u := range uses {
			list = append(list, metrics.Policy{ID: one.Name, Kind: metrics.InjectedPipeline, Runs: u, Since: instant(one.UpdatedAt)})
		}
	}
	return list, true
}

func idOf(id string) int {
	n, _ := strconv.Atoi(lastPart(id))
	return n
}

// pipelineAt reads the place of a pipeline that is written as FILE@GROUP/PROJECT.
func pipelineAt(path string) (metrics.Use, bool) {
	file, project, ok := strings.Cut(path, "@")
	if !ok || file == "" || project == "" {
		return metrics.Use{}, false
	}
	return metrics.Use{Kind: metrics.UsesProject, Target: strings.ToLower(project), File: strings.TrimPrefix(file, "/")}, true
}

// policyText is the text of a policy. Some versions of GitLab give it as the only one of a list.
type policyText struct {
	Content struct {
		Include includeList `yaml:"include"`
	} `yaml:"content"`
	Actions  []struct{ Scan string } `yaml:"actions"`
	Scope    policyScope             `yaml:"policy_scope"`
	Pipeline []policyText            `yaml:"pipeline_execution_policy"`
	Scans    []policyText            `yaml:"scan_execution_policy"`
}

// includeList are the includes of a policy: one, or several.
type includeList []policyInclude

type policyInclude struct {
	Project string
	File    string
	Ref     string
}

// UnmarshalYAML takes a mapping as well as a list of them.
func (l *includeList) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		*l = make(includeList, 1)
		return n.Decode(&(*l)[0])
	}
	return n.Decode((*[]policyInclude)(l))
}

// policyScope says for which projects a policy holds.
type policyScope struct {
	Frameworks []scopeID  `yaml:"compliance_frameworks"`
	Projects   scopeLists `yaml:"projects"`
	Groups     scopeLists `yaml:"groups"`
}

type scopeLists struct{ Including, Excluding []scopeID }

type scopeID struct{ ID int }

// runs is what a policy runs in a project: nothing where it does not hold there. It is Maybe where that cannot be told,
// or its text not be understood.
func (p *securityPolicy) runs(of scope) ([]metrics.Use, metrics.Truth) {
	if !p.Enabled {
		return nil, metrics.No
	}
	var told policyText
	if err := yaml.Unmarshal([]byte(p.YAML), &told); err != nil {
		return nil, metrics.Maybe
	}
	for _, one := range slices.Concat(told.Pipeline, told.Scans) {
		told.Content, told.Actions, told.Scope = one.Content, one.Actions, one.Scope
	}
	in := told.Scope.holds(of)
	if in != metrics.Yes {
		return nil, in
	}
	var uses []metrics.Use
	for _, i := range told.Content.Include {
		if i.Project != "" {
			uses = append(uses, metrics.Use{Kind: metrics.UsesProject, Target: strings.ToLower(i.Project), File: strings.TrimPrefix(i.File, "/"), Ref: i.Ref})
		}
	}
	for _, a := range told.Actions {
		if name := scans[a.Scan]; name != "" {
			uses = append(uses, metrics.Use{Kind: metrics.UsesTemplate, Target: name})
		}
	}
	return uses, metrics.Yes
}

// scans are the templates of GitLab's own that the actions of policies run.
var scans = map[string]string{
	"sast": "Jobs/SAST.gitlab-ci.yml", "sast_iac": "Jobs/SAST-IaC.gitlab-ci.yml", "secret_detection": "Jobs/Secret-Detection.gitlab-ci.yml",
	"dependency_scanning": "Jobs/Dependency-Scanning.gitlab-ci.yml", "container_scanning": "Jobs/Container-Scanning.gitlab-ci.yml",
	"dast": "DAST-On-Demand-Scan.gitlab-ci.yml",
}

// holds says whether a policy holds for a project. The groups above it are not known by their ids, so that it is Maybe
// where the policy chooses by them.
func (p policyScope) holds(of scope) metrics.Truth {
	is := func(id int) func(scopeID) bool { return func(s scopeID) bool { return s.ID == id } }
	carries := func(s scopeID) bool { return slices.Contains(of.frameworks, s.ID) }
	switch {
	case slices.ContainsFunc(p.Projects.Excluding, is(of.project)),
		len(p.Projects.Including) > 0 && !slices.ContainsFunc(p.Projects.Including, is(of.project)),
		len(p.Frameworks) > 0 && !slices.ContainsFunc(p.Frameworks, carries):
		return metrics.No
	case len(p.Groups.Including)+len(p.Groups.Excluding) > 0:
		return metrics.Maybe
	}
	return metrics.Yes
}
