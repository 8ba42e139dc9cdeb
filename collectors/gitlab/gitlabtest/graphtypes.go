package gitlabtest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// graphTypes lists every field that the peer has, by its type.
func graphTypes() map[string]graph.Fields {
	policy := policyFields()
	return graph.Connections(map[string]graph.Fields{
		"Query": queryFields(), "QueryComplexity": complexityFields(), "Metadata": metadataFields(), "CurrentUser": userFields(),
		"Group": groupFields(), "Namespace": namespaceFields(), "Project": projectFields(), "ProjectStatistics": statisticsFields(), "RepositoryLanguage": languageFields(),
		"ComplianceFramework": frameworkFields(), "PipelineExecutionPolicy": policy, "ScanExecutionPolicy": policy,
		"Pipeline": pipelineFields(), "GroupMember": memberFields(), "AccessLevel": levelFields(), "UserCore": coreFields(),
		"Repository": repositoryFields(), "Tree": treeFields(), "TreeEntry": entryFields(), "Blob": entryFields(), "Submodule": entryFields(),
		"RepositoryBlob": blobFields(), "Commit": commitFields(),
		"Connection": {"count": graph.Of(func(c *graph.Connection) any { return c.Total })},
	})
}

func queryFields() graph.Fields {
	return graph.Fields{
		"queryComplexity": graph.Root(func(x *execution, _ graph.Arguments) (any, error) { return x, nil }),
		"metadata":        graph.Root(func(x *execution, _ graph.Arguments) (any, error) { return x.peer, nil }),
		"currentUser":     graph.Root(func(x *execution, _ graph.Arguments) (any, error) { return graph.Opt(x.call.token), nil }),
		"project":         graph.Root(func(x *execution, args graph.Arguments) (any, error) { return x.project(args.Text("fullPath")) }),
		"projects":        graph.Root((*execution).listProjects),
		"users":           graph.Root((*execution).listUsers),
		"group": graph.Root(func(x *execution, args graph.Arguments) (any, error) {
			n := x.peer.state.spaces[strings.ToLower(args.Text("fullPath"))]
			if n == nil || n.kind != "group" || !x.call.seesGroup(n) {
				return nil, nil
			}
			return n, nil
		}),
	}
}

// project finds a project by its full path, as it is now: old ones lead nowhere. One that is not there is
// null, without a word.
func (x *execution) project(path string) (any, error) {
	found := x.peer.state.project(path)
	if found == nil || !strings.EqualFold(found.fullPath(), path) {
		return nil, nil
	}
	return x.sound(found)
}

// sound returns the project; null where it cannot be seen or has a fault that hides it.
func (x *execution) sound(p *project) (any, error) {
	f := x.peer.FaultOf(p.fullPath(), GraphQL)
	switch {
	case !x.call.sees(p), f.Is(Missing), f.Is(Forbidden), f.Is(Gone), f.Is(Blocked):
		return nil, nil
	case f != nil:
		return nil, graph.Errorf("", "Internal server error")
	}
	return p, nil
}

// mostPaths is how many full paths a query may name.
const mostPaths = 50

func (x *execution) listProjects(args graph.Arguments) (any, error) {
	ids, paths := args.Words("ids"), args.Words("fullPaths")
	if len(paths) > mostPaths {
		return nil, graph.Errorf("", "You cannot provide more than 50 full_paths")
	}
	var list []*project
	for _, p := range slices.Backward(x.peer.state.listed) { // the newest first
		named := ids == nil || slices.Contains(ids, globalID("Project", p.id))
		named = named && (paths == nil || slices.ContainsFunc(paths, func(path string) bool { return strings.EqualFold(path, p.fullPath()) }))
		if !named || args.Flag("membership", false) && x.call.level(p.space.all(p.Members)) == 0 {
			continue
		}
		if found, _ := x.sound(p); found != nil {
			list = append(list, p)
		}
	}
	if args.Text("sort") == "id_asc" {
		slices.Reverse(list)
	}
	return connect(args, list)
}

func complexityFields() graph.Fields {
	return graph.Fields{
		"score": graph.Of(func(x *execution) any { return x.score }),
		"limit": graph.Of(func(x *execution) any { return x.limit() }),
	}
}

func metadataFields() graph.Fields {
	return graph.Fields{
		"version":    graph.Of(func(p *Peer) any { return p.config.Version }),
		"revision":   graph.Of(func(*Peer) any { return "0123456789a" }),
		"enterprise": graph.Of(func(p *Peer) any { return strings.HasSuffix(p.config.Version, "-ee") }),
	}
}

func userFields() graph.Fields {
	return graph.Fields{
		"id":       graph.Of(func(*Token) any { return globalID("User", 1) }),
		"username": graph.Of(func(t *Token) any { return t.User }),
		"name":     graph.Of(func(t *Token) any { return t.User }),
	}
}

func namespaceFields() graph.Fields {
	return graph.Fields{
		"id":       graph.Of(func(n *namespace) any { return globalID("Group", n.id) }),
		"name":     graph.Of(func(n *namespace) any { return n.name }),
		"path":     graph.Of(func(n *namespace) any { return n.path }),
		"fullPath": graph.Of(func(n *namespace) any { return n.fullPath() }),
		"fullName": graph.Of(func(n *namespace) any { return n.fullName() }),
	}
}

func groupFields() graph.Fields {
	fields := namespaceFields()
	fields["visibility"] = graph.Of(func(n *namespace) any { return n.Visibility })
	fields["parent"] = graph.Of(func(n *namespace) any { return graph.Opt(n.parent) })
	fields["projectsCount"] = graph.With(func(x *execution, n *namespace, _ graph.Arguments) (any, error) {
		return len(x.call.below(n, false)), nil
	})
	fields["projects"] = graph.With(groupProjects)
	fields["complianceFrameworks"] = graph.With(func(_ *execution, n *namespace, args graph.Arguments) (any, error) {
		return connect(args, n.frameworks)
	})
	fields["descendantGroups"], fields["groupMembers"] = graph.With(descendantsOf), graph.With(membersOf)
	for name, kind := range map[string]string{"pipelineExecutionPolicies": "pipeline_execution_policy", "scanExecutionPolicies": "scan_execution_policy"} {
		fields[name] = graph.With(func(_ *execution, n *namespace, args graph.Arguments) (any, error) {
			return connect(args, policiesOf(n.policies, n.parent, kind, "", args))
		})
	}
	return fields
}

// groupProjects lists the projects of a group, by id unless another order was asked for.
func groupProjects(x *execution, n *namespace, args graph.Arguments) (any, error) {
	list := slices.DeleteFunc(x.call.below(n, args.Flag("includeSubgroups", false)), func(p *project) bool {
		ids, archived := args.Words("ids"), args.Values["includeArchived"]
		found, _ := x.sound(p)
		return found == nil || archived == false && p.Archived || ids != nil && !slices.Contains(ids, globalID("Project", p.id))
	})
	switch sort := args.Text("sort"); sort {
	case "":
	case "ACTIVITY_DESC":
		slices.SortStableFunc(list, func(a, b *project) int { return cmp.Or(b.activity.Compare(a.activity), cmp.Compare(b.id, a.id)) })
	case "PATH_ASC":
		slices.SortStableFunc(list, func(a, b *project) int { return strings.Compare(a.Path, b.Path) })
	default:
		return nil, graph.Errorf("", "gitlabtest has no order %s", sort)
	}
	return connect(args, list)
}

func frameworkFields() graph.Fields {
	return graph.Fields{
		"id":                            graph.Of(func(f *framework) any { return globalID("ComplianceManagement::Framework", f.id) }),
		"name":                          graph.Of(func(f *framework) any { return f.Name }),
		"description":                   graph.Of(func(f *framework) any { return f.Description }),
		"color":                         graph.Of(func(*framework) any { return "#1f75cb" }),
		"default":                       graph.Of(func(f *framework) any { return f.Default }),
		"pipelineConfigurationFullPath": graph.Of(func(f *framework) any { return hosttest.OrNull(f.Pipeline) }),
	}
}

func policyFields() graph.Fields {
	return graph.Fields{
		"name":        graph.Of(func(p *policy) any { return p.Name }),
		"description": graph.Of(func(p *policy) any { return p.Description }),
		"enabled":     graph.Of(func(p *policy) any { return p.Enabled }),
		"yaml":        graph.Of(func(p *policy) any { return p.YAML }),
		"updatedAt":   graph.Of(func(p *policy) any { return cmp.Or(stamp(p.Updated), stamp(Start)) }),
	}
}
