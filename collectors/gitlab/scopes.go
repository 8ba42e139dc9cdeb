package gitlab

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// place is what policies choose a project by.
type place struct {
	project    int
	frameworks []int
	groups     []int // that it is in, the nearest first
	whole      bool  // no group is missing among them
	personal   bool  // it is one of a user
	archived   metrics.Truth
}

// groupNode is a group in an answer, with those above it.
type groupNode struct {
	ID     string
	Parent *groupNode
}

// place is where the project of an answer is, without its frameworks.
func (p *policyNodes) place(project int) place {
	at := place{project: project, personal: p.Group == nil, archived: metrics.Maybe}
	if p.Archived != nil {
		at.archived = metrics.No
		if *p.Archived {
			at.archived = metrics.Yes
		}
	}
	for g := p.Group; g != nil; g = g.Parent {
		at.groups = append(at.groups, idOf(g.ID))
	}
	at.whole = len(at.groups) < placeDeep
	return at
}

// policyScope says for which projects a policy holds: those that all parts of it which say something fit, or any.
type policyScope struct {
	Frameworks []scopeID      `yaml:"compliance_frameworks"`
	Projects   scopeLists     `yaml:"projects"`
	Groups     scopeLists     `yaml:"groups"`
	Match      string         `yaml:"match_mode"`
	Others     map[string]any `yaml:",inline"` // that nobody here understands
}

type scopeLists struct{ Including, Excluding []scopeID }

func (l scopeLists) says() bool { return len(l.Including)+len(l.Excluding) > 0 }

// scopeID is one thing by its id, or all projects of a type.
type scopeID struct {
	ID   int
	Type string
}

// holds says whether a policy holds for a project: Maybe where that hangs on something that is not known of it, or not
// understood of the policy.
func (p policyScope) holds(at place) metrics.Truth {
	var parts []metrics.Truth
	if len(p.Frameworks) > 0 {
		parts = append(parts, among(p.Frameworks, at.frameworks, true))
	}
	if p.Projects.says() {
		parts = append(parts, p.Projects.choose(at.typed(p.Projects.Excluding), []int{at.project}, true))
	}
	if p.Groups.says() {
		parts = append(parts, p.Groups.choose(metrics.No, at.groups, at.whole))
	}
	if len(p.Others) > 0 {
		parts = append(parts, metrics.Maybe)
	}
	if len(parts) == 0 {
		return metrics.Yes
	}
	holds := parts[0]
	for _, part := range parts[1:] {
		if p.Match == "any" {
			holds = holds.Or(part)
		} else {
			holds = holds.And(part)
		}
	}
	return holds
}

// choose says whether lists choose something of these ids, of which whole says that they are all. What is excluded is
// not included; with nothing to include, everything else is. Out says whether it is excluded by something else.
func (l scopeLists) choose(out metrics.Truth, ids []int, whole bool) metrics.Truth {
	in := metrics.Yes
	if len(l.Including) > 0 {
		in = among(l.Including, ids, whole)
	}
	return in.And(among(l.Excluding, ids, whole).Or(out).Not())
}

// among says whether one of the ids is in a list.
func among(list []scopeID, ids []int, whole bool) metrics.Truth {
	switch {
	case slices.ContainsFunc(list, func(s scopeID) bool { return s.ID != 0 && slices.Contains(ids, s.ID) }):
		return metrics.Yes
	case whole || len(list) == 0:
		return metrics.No
	}
	return metrics.Maybe
}

// typed says whether a project is of one of the types in a list.
func (at place) typed(list []scopeID) metrics.Truth {
	is := metrics.No
	for _, s := range list {
		switch s.Type {
		case "":
		case "personal":
			if at.personal {
				return metrics.Yes
			}
		case "archived":
			is = is.Or(at.archived)
		default:
			is = is.Or(metrics.Maybe)
		}
	}
	return is
}
