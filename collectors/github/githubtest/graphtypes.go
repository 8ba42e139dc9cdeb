package githubtest

import (
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

// graphTypes lists every field that the peer has, by the type that GitHub's schema gives it.
func graphTypes() map[string]resolvers {
	return map[string]resolvers{
		"Query": queryFields(), "RateLimit": rateFields(),
		"Organization": ownerFields(), "User": ownerFields(), "Bot": ownerFields(), "Team": teamFields(),
		"Repository": repositoryFields(), "RepositoryTopic": topicFields(), "Topic": topicFields(), "Language": languageFields(),
		"RepositoryCodeowners": codeownersFields(), "RepositoryCodeownersError": codeownersErrorFields(),
		"Ref": refFields(), "Commit": commitFields(), "Tree": treeFields(), "TreeEntry": entryFields(), "Blob": blobFields(), "Tag": tagFields(),
		"CheckSuite": checkSuiteFields(), "Deployment": deploymentFields(), "DeploymentStatus": deploymentStatusFields(),
		"RepositoryRuleset": rulesetFields(), "RepositoryRuleConditions": conditionFields(), "RefNameConditionTarget": refConditionFields(),
		"RepositoryRule": ruleFields(), "WorkflowsParameters": requiredFields(), "WorkflowFileReference": requiredFileFields(),
		"GitActor": actorFields(), "PullRequest": pullFields(), "Label": labelFields(),
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
		"viewer": root(func(x *execution, _ arguments) (any, error) {
			return &account{id: 1, login: x.call.token.Login, created: Start}, nil
		}),
		"rateLimit":       root(func(x *execution, _ arguments) (any, error) { return x.limits(), nil }),
		"organization":    root(func(x *execution, args arguments) (any, error) { return x.owner(args, "Organization") }),
		"user":            root(func(x *execution, args arguments) (any, error) { return x.owner(args, "User") }),
		"repositoryOwner": root(func(x *execution, args arguments) (any, error) { return x.anyOwner(args), nil }),
		"repository":      root(func(x *execution, args arguments) (any, error) { return x.repository(args) }),
		"node":            root(func(x *execution, args arguments) (any, error) { return x.node(args.text("id")) }),
		"nodes":           root(func(x *execution, args arguments) (any, error) { return x.nodes(args), nil }),
	}
}

// limits is what rateLimit tells of; null where there are no limits.
func (x *execution) limits() any {
	if x.peer.config.Unlimited {
		return nil
	}
	return x
}

func (x *execution) anyOwner(args arguments) any {
	return opt(x.peer.state.accounts[strings.ToLower(args.text("login"))])
}

func (x *execution) owner(args arguments, kind string) (any, error) {
	if a, ok := x.anyOwner(args).(*account); ok && a.kind() == kind {
		return a, nil
	}
	article := map[string]string{"Organization": "an", "User": "a"}[kind]
	return nil, graphFail("NOT_FOUND", "Could not resolve to %s %s with the login of '%s'.", article, kind, args.text("login"))
}

// repository finds a repository by its name. Old names lead to it, unless followRenames says no.
func (x *execution) repository(args arguments) (any, error) {
	name := args.text("owner") + "/" + args.text("name")
	r := x.peer.state.repo(name)
	follow, given := args.flag("followRenames")
	if r == nil || !x.call.sees(r) || given && !follow && !strings.EqualFold(r.fullName(), name) {
		return nil, graphFail("NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", name)
	}
	return x.sound(r)
}

// sound returns the repository, or the error of a fault that it has.
func (x *execution) sound(r *repository) (any, error) {
	if f := x.peer.faults.ofRepo(r.fullName()); f != nil {
		return nil, f.graph(r.fullName())
	}
	return r, nil
}

// node finds a repository, an account or a team by its global id.
func (x *execution) node(id string) (any, error) {
	kind, number, _ := fromNodeID(id)
	if r := x.peer.state.repos[number]; kind == "R" && r != nil && x.call.sees(r) {
		return x.sound(r)
	}
	for _, a := range x.peer.state.accounts {
		if a.nodeID() == id {
			return a, nil
		}
		i := slices.IndexFunc(a.teams, func(t *team) bool { return t.nodeID() == id })
		if i >= 0 {
			return a.teams[i], nil
		}
	}
	return nil, graphFail("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
}

// nodes finds several; one that is not there is null and has its own error, as GitHub has it.
func (x *execution) nodes(args arguments) any {
	all := []any{}
	for i, id := range args.words("ids") {
		n, err := x.node(id)
		if err != nil {
			x.fail([]any{args.field.Alias, i}, args.field, err)
		}
		all = append(all, n)
	}
	return all
}

func rateFields() resolvers {
	graph := func(value func(allowance) any) func(*execution, any, arguments) (any, error) {
		return with(func(x *execution, _ *execution, _ arguments) (any, error) {
			_, a := x.peer.limits.allowances(x.call)
			return value(a), nil
		})
	}
	return resolvers{
		"cost":      of(func(x *execution) any { return x.cost.points() }),
		"nodeCount": of(func(x *execution) any { return x.cost.nodes }),
		"limit":     graph(func(a allowance) any { return a.limit }),
		"used":      graph(func(a allowance) any { return a.used }),
		"remaining": graph(func(a allowance) any { return a.remaining }),
		"resetAt":   graph(func(a allowance) any { return stamp(a.reset) }),
	}
}
