package gitlabtest

import (
	"slices"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// Framework is a compliance framework of a group, which may bring a pipeline of its own to the projects that
// carry it.
type Framework struct {
	Name        string
	Description string
	Pipeline    string // path of a file, an @ and the project that it is in; none where empty
	Default     bool
}

type framework struct {
	Framework
	id int64
}

// Policy is a policy of a group or a project that brings pipelines or jobs to projects.
type Policy struct {
	Name        string
	Description string
	Kind        string // pipeline_execution_policy or scan_execution_policy
	Enabled     bool
	YAML        string
	Updated     time.Time
	Only        []string // full paths of the projects that its scope is about; all below where empty
}

type policy struct {
	Policy
	from string // full path of the group or project
}

// AddFramework makes a compliance framework of a group.
func (p *Peer) AddFramework(group string, f Framework) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	made := &framework{Framework: f, id: p.state.id()}
	n := p.state.space(group)
	n.frameworks = append(n.frameworks, made)
	return made.id
}

// AddPolicy makes a policy of a group, which holds for all projects below it.
func (p *Peer) AddPolicy(group string, made Policy) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	n := p.state.space(group)
	n.policies = append(n.policies, &policy{made, n.fullPath()})
}

// AddProjectPolicy makes a policy of a project.
func (p *Peer) AddProjectPolicy(path string, made Policy) {
	p.change(path, func(x *project) { x.policies = append(x.policies, &policy{made, x.fullPath()}) })
}

// frameworksOf lists the compliance frameworks that a project carries.
func frameworksOf(x *project) []*framework {
	var list []*framework
	for n := x.space; n != nil; n = n.parent {
		for _, f := range n.frameworks {
			if slices.Contains(x.Frameworks, f.Name) {
				list = append(list, f)
			}
		}
	}
	return list
}

// policiesOf lists the policies of a kind that a project or a group has: its own, and where inherited those of the
// groups above. Only those are left that are about the project where the rest was not asked for.
func policiesOf(own []*policy, above *namespace, kind, project string, args graph.Arguments) []*policy {
	all := slices.Clone(own)
	for n := above; args.Text("relationship") != "DIRECT" && n != nil; n = n.parent {
		all = append(all, n.policies...)
	}
	return slices.DeleteFunc(all, func(p *policy) bool {
		other := project != "" && len(p.Only) > 0 && !slices.Contains(p.Only, project)
		return p.Kind != kind || other && !args.Flag("includeUnscoped", false)
	})
}
