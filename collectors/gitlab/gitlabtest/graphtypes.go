package gitlabtest

import (
	"cmp"
	"slices"
	"strings"
)

// resolvers find the values of a type's fields.
type resolvers map[string]func(x *execution, from any, args arguments) (any, error)

// of is a field that depends on its object alone.
func of[T any](value func(T) any) func(*execution, any, arguments) (any, error) {
	return func(_ *execution, from any, _ arguments) (any, error) { return value(from.(T)), nil }
}

// with is a field that depends on more than its object.
func with[T any](value func(*execution, T, arguments) (any, error)) func(*execution, any, arguments) (any, error) {
	return func(x *execution, from any, args arguments) (any, error) { return value(x, from.(T), args) }
}

// graphTypes lists every field that the peer has, by its type.
func graphTypes() map[string]resolvers {
	policy := policyFields()
	return map[string]resolvers{
		"Query": queryFields(), "QueryComplexity": complexityFields(), "Metadata": metadataFields(), "CurrentUser": userFields(),
		"Group": groupFields(), "Namespace": namespaceFields(), "Project": projectFields(), "RepositoryLanguage": languageFields(),
		"ComplianceFramework": frameworkFields(), "PipelineExecutionPolicy": policy, "ScanExecutionPolicy": policy,
		"Pipeline": pipelineFields(), "GroupMember": memberFields(), "AccessLevel": levelFields(), "UserCore": coreFields(),
		"Repository": repositoryFields(), "Tree": treeFields(), "TreeEntry": entryFields(), "Blob": entryFields(), "Submodule": entryFields(),
		"RepositoryBlob": blobFields(), "Commit": commitFields(),
		"Connection": connectionFields(), "Edge": edgeFields(), "PageInfo": pageFields(),
	}
}

// opt is a value that may be missing. A nil pointer in an interface is not nil.
func opt[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

func queryFields() resolvers {
	root := func(value func(*execution, arguments) (any, error)) func(*execution, any, arguments) (any, error) {
		return func(x *execution, _ any, args arguments) (any, error) { return value(x, args) }
	}
	return resolvers{
		"queryComplexity": root(func(x *execution, _ arguments) (any, error) { return x, nil }),
		"metadata":        root(func(x *execution, _ arguments) (any, error) { return x.peer, nil }),
		"currentUser":     root(func(x *execution, _ arguments) (any, error) { return opt(x.call.token), nil }),
		"project":         root(func(x *execution, args arguments) (any, error) { return x.project(args.text("fullPath")) }),
		"projects":        root((*execution).listProjects),
		"group": root(func(x *execution, args arguments) (any, error) {
			n := x.peer.state.spaces[strings.ToLower(args.text("fullPath"))]
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
	f := x.peer.faults.ofProject(p.fullPath())
	switch {
	case !x.call.sees(p), f.is(Missing), f.is(Forbidden), f.is(Gone), f.is(Blocked):
		return nil, nil
	case f != nil:
		return nil, said("Internal server error")
	}
	return p, nil
}

// mostPaths is how many full paths a query may name.
const mostPaths = 50

func (x *execution) listProjects(args arguments) (any, error) {
	ids, paths := args.words("ids"), args.words("fullPaths")
	if len(paths) > mostPaths {
		return nil, said("You cannot provide more than 50 full_paths")
	}
	var list []*project
	for _, p := range slices.Backward(x.peer.state.listed) { // the newest first
		named := ids == nil || slices.Contains(ids, globalID("Project", p.id))
		named = named && (paths == nil || slices.ContainsFunc(paths, func(path string) bool { return strings.EqualFold(path, p.fullPath()) }))
		if !named || args.flag("membership") && x.call.level(p.space.all(p.Members)) == 0 {
			continue
		}
		if found, _ := x.sound(p); found != nil {
			list = append(list, p)
		}
	}
	if args.text("sort") == "id_asc" {
		slices.Reverse(list)
	}
	return connect(args, list)
}

func complexityFields() resolvers {
	return resolvers{
		"score": of(func(x *execution) any { return x.score }),
		"limit": of(func(x *execution) any { return x.limit() }),
	}
}

func metadataFields() resolvers {
	return resolvers{
		"version":    of(func(p *Peer) any { return p.config.Version }),
		"revision":   of(func(*Peer) any { return "0123456789a" }),
		"enterprise": of(func(p *Peer) any { return strings.HasSuffix(p.config.Version, "-ee") }),
	}
}

func userFields() resolvers {
	return resolvers{
		"id":       of(func(*Token) any { return globalID("User", 1) }),
		"username": of(func(t *Token) any { return t.User }),
		"name":     of(func(t *Token) any { return t.User }),
	}
}

func namespaceFields() resolvers {
	return resolvers{
		"id":       of(func(n *namespace) any { return globalID("Group", n.id) }),
		"name":     of(func(n *namespace) any { return n.name }),
		"path":     of(func(n *namespace) any { return n.path }),
		"fullPath": of(func(n *namespace) any { return n.fullPath() }),
		"fullName": of(func(n *namespace) any { return n.fullName() }),
	}
}

func groupFields() resolvers {
	fields := namespaceFields()
	fields["visibility"] = of(func(n *namespace) any { return n.Visibility })
	fields["projectsCount"] = with(func(x *execution, n *namespace, _ arguments) (any, error) { return len(x.call.below(n, false)), nil })
	fields["projects"] = with(groupProjects)
	fields["complianceFrameworks"] = with(func(_ *execution, n *namespace, args arguments) (any, error) { return connect(args, n.frameworks) })
	fields["descendantGroups"], fields["groupMembers"] = with(descendantsOf), with(membersOf)
	for name, kind := range map[string]string{"pipelineExecutionPolicies": "pipeline_execution_policy", "scanExecutionPolicies": "scan_execution_policy"} {
		fields[name] = with(func(_ *execution, n *namespace, args arguments) (any, error) {
			return connect(args, policiesOf(nil, n, kind, true))
		})
	}
	return fields
}

// groupProjects lists the projects of a group, by id unless another order was asked for.
func groupProjects(x *execution, n *namespace, args arguments) (any, error) {
	list := slices.DeleteFunc(x.call.below(n, args.flag("includeSubgroups")), func(p *project) bool {
		ids, archived := args.words("ids"), args.values["includeArchived"]
		found, _ := x.sound(p)
		return found == nil || archived == false && p.Archived || ids != nil && !slices.Contains(ids, globalID("Project", p.id))
	})
	switch sort := args.text("sort"); sort {
	case "":
	case "ACTIVITY_DESC":
		slices.SortStableFunc(list, func(a, b *project) int { return cmp.Or(b.activity.Compare(a.activity), cmp.Compare(b.id, a.id)) })
	case "PATH_ASC":
		slices.SortStableFunc(list, func(a, b *project) int { return strings.Compare(a.Path, b.Path) })
	default:
		return nil, said("gitlabtest has no order " + sort)
	}
	return connect(args, list)
}

func frameworkFields() resolvers {
	return resolvers{
		"id":                            of(func(f *framework) any { return globalID("ComplianceManagement::Framework", f.id) }),
		"name":                          of(func(f *framework) any { return f.Name }),
		"description":                   of(func(f *framework) any { return f.Description }),
		"color":                         of(func(*framework) any { return "#1f75cb" }),
		"default":                       of(func(f *framework) any { return f.Default }),
		"pipelineConfigurationFullPath": of(func(f *framework) any { return orNull(f.Pipeline) }),
	}
}

func policyFields() resolvers {
	return resolvers{
		"name":        of(func(p *policy) any { return p.Name }),
		"description": of(func(p *policy) any { return p.Description }),
		"enabled":     of(func(p *policy) any { return p.Enabled }),
		"yaml":        of(func(p *policy) any { return p.YAML }),
		"updatedAt":   of(func(p *policy) any { return cmp.Or(stamp(p.Updated), stamp(Start)) }),
	}
}
