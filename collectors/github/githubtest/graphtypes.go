package githubtest

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// graphTypes lists every field that the peer has, by the type that GitHub's schema gives it.
func graphTypes() map[string]graph.Fields {
	return graph.Connections(map[string]graph.Fields{
		"Query": queryFields(), "RateLimit": rateFields(),
		"Organization": ownerFields(), "User": ownerFields(), "Bot": ownerFields(), "Team": teamFields(),
		"Repository": repositoryFields(), "RepositoryTopic": topicFields(), "Topic": topicFields(), "Language": languageFields(),
		"RepositoryCodeowners": codeownersFields(), "RepositoryCodeownersError": codeownersErrorFields(),
		"Ref": refFields(), "Commit": commitFields(), "Tree": treeFields(), "TreeEntry": entryFields(), "Blob": blobFields(), "Tag": tagFields(),
		"CheckSuite": checkSuiteFields(), "Deployment": deploymentFields(), "DeploymentStatus": deploymentStatusFields(),
		"RepositoryRuleset": rulesetFields(), "RepositoryRuleConditions": conditionFields(), "RefNameConditionTarget": refConditionFields(),
		"RepositoryRule": ruleFields(), "WorkflowsParameters": requiredFields(), "WorkflowFileReference": requiredFileFields(),
		"GitActor": actorFields(), "PullRequest": pullFields(), "Label": labelFields(),
		"Connection": connectionFields(), "Edge": edgeFields(),
	})
}

func queryFields() graph.Fields {
	return graph.Fields{
		"viewer": graph.Root(func(x *execution, _ graph.Arguments) (any, error) {
			return &account{id: 1, login: x.call.token.Login, created: Start}, nil
		}),
		"rateLimit":       graph.Root(func(x *execution, _ graph.Arguments) (any, error) { return x.limits(), nil }),
		"organization":    named(func(x *execution, args graph.Arguments) (any, error) { return x.owner(args, "Organization") }),
		"user":            named(func(x *execution, args graph.Arguments) (any, error) { return x.owner(args, "User") }),
		"repositoryOwner": named(func(x *execution, args graph.Arguments) (any, error) { return x.anyOwner(args), nil }),
		"repository":      named(func(x *execution, args graph.Arguments) (any, error) { return x.repository(args) }),
		"node":            named(func(x *execution, args graph.Arguments) (any, error) { return x.node(args.Text("id")) }),
		"nodes":           named(func(x *execution, args graph.Arguments) (any, error) { return x.nodes(args), nil }),
	}
}

// limits is what rateLimit tells of; null where there are no limits.
func (x *execution) limits() any {
	if x.peer.config.Unlimited {
		return nil
	}
	return x
}

func (x *execution) anyOwner(args graph.Arguments) any {
	return graph.Opt(x.peer.state.accounts[strings.ToLower(args.Text("login"))])
}

func (x *execution) owner(args graph.Arguments, kind string) (any, error) {
	if a, ok := x.anyOwner(args).(*account); ok && a.kind() == kind {
		return a, nil
	}
	article := map[string]string{"Organization": "an", "User": "a"}[kind]
	return nil, graph.Errorf("NOT_FOUND", "Could not resolve to %s %s with the login of '%s'.", article, kind, args.Text("login"))
}

// repository finds a repository by its name. Old names lead to it, unless followRenames says no.
func (x *execution) repository(args graph.Arguments) (any, error) {
	name := args.Text("owner") + "/" + args.Text("name")
	r := x.peer.state.repo(name)
	if r == nil || !x.call.sees(r) || !args.Flag("followRenames", true) && !strings.EqualFold(r.fullName(), name) {
		return nil, graph.Errorf("NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", name)
	}
	return x.sound(r)
}

// sound returns the repository, or the error of a fault that it has.
func (x *execution) sound(r *repository) (any, error) {
	if f := x.peer.FaultOf(r.fullName(), GraphQL); f != nil {
		return nil, graphFault(f, r.fullName())
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
	return nil, graph.Errorf("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
}

// nodes finds several; one that is not there is null and has its own error, as GitHub has it.
func (x *execution) nodes(args graph.Arguments) any {
	all := []any{}
	for i, id := range args.Words("ids") {
		n, err := x.node(id)
		if err != nil {
			x.Fail([]any{args.Field.Alias, i}, args.Field, err)
		}
		all = append(all, n)
	}
	return all
}

func rateFields() graph.Fields {
	left := func(value func(allowance) any) graph.Field {
		return graph.With(func(x *execution, _ *execution, _ graph.Arguments) (any, error) {
			_, a := x.peer.limits.allowances(x.call)
			return value(a), nil
		})
	}
	return graph.Fields{
		"cost":      graph.Of(func(x *execution) any { return x.cost.points() }),
		"nodeCount": graph.Of(func(x *execution) any { return x.cost.nodes }),
		"limit":     left(func(a allowance) any { return a.limit }),
		"used":      left(func(a allowance) any { return a.used }),
		"remaining": left(func(a allowance) any { return a.remaining }),
		"resetAt":   left(func(a allowance) any { return stamp(a.reset) }),
	}
}
