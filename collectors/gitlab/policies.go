package gitlab

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// question is one way to ask what runs in a project of GitLab's own accord: for the pipelines of the compliance
// frameworks that it carries, and the policies of itself and of all groups above it.
type question struct {
	fields  string
	scoped  bool // GitLab leaves out what does not hold for the project
	injects bool // it is asked for pipeline execution policies
}

// questions are the ways to ask, that of the newest versions of GitLab first: older ones do not judge for which
// projects a policy holds, and still older ones know but one kind of policies.
var questions = [...]question{
	{frameworkFields + injectedFields("pipeline", ", includeUnscoped: false") + injectedFields("scan", ", includeUnscoped: false"), true, true},
	{frameworkFields + placeFields + injectedFields("pipeline", "") + injectedFields("scan", ""), false, true},
	{frameworkFields + placeFields + injectedFields("scan", ""), false, false},
}

const (
	frameworkFields = "id complianceFrameworks(first: 20) { nodes { id pipelineConfigurationFullPath } pageInfo { hasNextPage } }\n"
	// placeFields tell what policies choose a project by. Groups are asked for as deep as they commonly are.
	placeFields = "archived group { id parent { id parent { id parent { id parent { id parent { id } } } } } }\n"
	placeDeep   = 6
)

func injectedFields(kind, scope string) string {
	return kind + "ExecutionPolicies(relationship: INHERITED" + scope + ", first: 50) { nodes { name enabled yaml updatedAt } pageInfo { hasNextPage } }\n"
}

// policyNodes are the policies of a project in an answer; nil where the host does not tell.
type policyNodes struct {
	ComplianceFrameworks      *listOf[framework]
	PipelineExecutionPolicies *listOf[securityPolicy]
	ScanExecutionPolicies     *listOf[securityPolicy]
	Archived                  *bool
	Group                     *groupNode // null where a project is one of a user
}

// listOf is a list in an answer; nil where it is hidden from who asks.
type listOf[T any] struct {
	Nodes    []*T
	PageInfo pageInfo // there is no more than what was asked for in any project
}

// cut reports whether there is more than what the list tells.
func (l *listOf[T]) cut() bool { return l != nil && l.PageInfo.goesOn() }

// hollow reports whether there is a list, and nothing where its entries have to be.
func (l *listOf[T]) hollow() bool { return l != nil && l.Nodes == nil }

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
	vain := inVain{}
	for _, r := range all {
		if r.look.Due || r.look.Forced || !r.Last.Told.Policies.Known() {
			wanted = append(wanted, r)
		}
	}
	for rest := wanted; len(rest) > 0 && !s.noPolicies.Load(); {
		some, way := rest[:present.Abreast(rest, s.heads.Now())], s.policyWay.Load()
		again, err := x.somePolicies(ctx, some, questions[way], vain)
		old := errors.Is(err, errNoField)
		if old && s.askOlder(way, err) || !old && overloads(err) && (s.heads.Overloaded(len(some)) || vain.oncemore(some[0], err)) {
			continue
		}
		if rest = append(again, rest[len(some):]...); len(again) > 0 {
			s.heads.Overloaded(len(some))
		}
		present.Patient(some, err)
		if err != nil {
			s.noPolicies.CompareAndSwap(false, old)
			for _, r := range some {
				if err := s.failed(ctx, policiesTopic, r, err); err != nil {
					return err
				}
			}
		}
		for _, r := range some {
			if !slices.Contains(again, r) {
				r.Parts |= policiesRead
			}
		}
	}
	return ctx.Err()
}

// inVain counts how often projects were asked for in vain.
type inVain map[*reading]int

// oncemore reports whether it makes sense to ask for a project again after an error. One that takes too long alone is not.
func (v inVain) oncemore(r *reading, err error) bool {
	if !overloads(err) || quota.Late(err) {
		return false
	}
	v[r]++
	return v[r] < triesMost
}

// askOlder turns to the next way to ask, in which older versions of GitLab are asked; false where there is none, or
// this GitLab has no policies at all.
func (s *Source) askOlder(way int32, err error) bool {
	if int(way)+1 >= len(questions) || strings.Contains(err.Error(), "complianceFrameworks") {
		return false
	}
	if s.policyWay.CompareAndSwap(way, way+1) {
		s.round.Load().Save(wayStep, way+1)
	}
	return true
}

// wayStep is the way in which policies are asked for, as the runs before found out.
const wayStep = "way of policies"

// somePolicies asks once for the policies of projects, and returns those that are to be asked for again. What is not told in
// whole is not known.
func (x *side) somePolicies(ctx context.Context, some []*reading, as question, vain inVain) (again []*reading, err error) {
	s := x.source
	b := newBatch()
	alias := b.add(some, as.fields)
	got, err := s.ask(quota.About(ctx, policiesTopic.Name), b.text(), b.variables)
	if err == nil {
		err = got.all(alias)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range some {
		node, place := got.Data[alias].of(r)
		list, whole := []metrics.Policy(nil), false
		if node != nil && got.of(alias, place) == nil && !node.hollow() {
			list, whole = node.policies(as, r.id)
		}
		if !whole {
			why := got.why(alias, place)
			if node != nil && node.hollow() {
				why = errHollow
			}
			if vain.oncemore(r, why) {
				again = append(again, r)
			} else if err := s.failed(ctx, policiesTopic, r, why); err != nil {
				return again, err
			}
			continue
		}
		r.ruled = true
		now := metrics.PolicyList{Repo: r.Repo.ID, Source: s.Name(), Seen: s.config.Now(), List: list}
		if before := r.Last.Told.Policies; !before.Known() || !samePolicies(before, now) {
			x.Batch.Policies = append(x.Batch.Policies, now)
		}
	}
	return again, nil
}

// unruled notes of which projects nobody knows yet what policies make run in them.
func (s *Source) unruled(ctx context.Context, all []*reading, out collectors.Sink) {
	present.Unruled(ctx, s.writer(out), all, s.rules, metrics.UsesProject, metrics.UsesTemplate)
}

// rules says what became of the policies of a project.
func (s *Source) rules(r *reading) present.Rules {
	switch done := r.Parts&policiesRead != 0; {
	case !s.config.Parts.Policies || s.noPolicies.Load():
		return present.RulesHidden
	case r.ruled:
		return present.RulesSettled
	case slices.Contains(r.Done.Missed, policiesTopic.Name) || !done && r.Done.Left:
		return present.RulesMissed
	case done && r.before&policiesRead == 0:
		return present.RulesHidden
	}
	return present.RulesSettled
}

func samePolicies(a, b metrics.PolicyList) bool {
	return !slices.ContainsFunc(a.List, func(p metrics.Policy) bool { return !slices.Contains(b.List, p) }) &&
		!slices.ContainsFunc(b.List, func(p metrics.Policy) bool { return !slices.Contains(a.List, p) })
}

// hollow reports whether nothing is told where something has to be.
func (p *policyNodes) hollow() bool {
	return p.ComplianceFrameworks.hollow() || p.PipelineExecutionPolicies.hollow() || p.ScanExecutionPolicies.hollow()
}

// hidden reports whether something of what was asked for is not shown.
func (p *policyNodes) hidden(as question) bool {
	return p.ComplianceFrameworks == nil || as.injects && p.PipelineExecutionPolicies == nil || p.ScanExecutionPolicies == nil
}

// policies are those in force in a project; whole is false where it cannot be told which these are.
func (p *policyNodes) policies(as question, project int) (list []metrics.Policy, whole bool) {
	if p.hidden(as) || p.ComplianceFrameworks.cut() || p.PipelineExecutionPolicies.cut() || p.ScanExecutionPolicies.cut() {
		return nil, false
	}
	of := p.place(project)
	for _, f := range p.ComplianceFrameworks.Nodes {
		if f == nil {
			return nil, false
		}
		of.frameworks = append(of.frameworks, idOf(f.ID))
		if runs, ok := pipelineAt(text(f.PipelineConfigurationFullPath)); ok {
			list = append(list, metrics.Policy{ID: lastPart(f.ID), Kind: metrics.CompliancePipeline, Runs: runs})
		}
	}
	all := p.ScanExecutionPolicies.Nodes
	if as.injects {
		all = slices.Concat(p.PipelineExecutionPolicies.Nodes, all)
	}
	for _, one := range all {
		if one == nil {
			return nil, false
		}
		uses, in := one.runs(of, as.scoped)
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

// runs is what a policy runs in a project: nothing where it does not hold there. It is Maybe where that cannot be told,
// or its text not be understood. Where GitLab has told only of those that hold (scoped) that is not asked.
func (p *securityPolicy) runs(of place, scoped bool) ([]metrics.Use, metrics.Truth) {
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
	if in := told.Scope.holds(of); in != metrics.Yes && !scoped {
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
