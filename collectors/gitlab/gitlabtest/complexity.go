package gitlabtest

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// complexity adds up what a query costs, by the rules that GitLab documents: every field costs 1, one that
// reads a repository 1 more, one that has to look for something (a resolver) 1 more and something for certain
// arguments; and each entry that such a list may bring adds a hundredth of what one entry costs.
func (x *execution) complexity() int {
	return x.sum(x.peer.graph.Schema.Query, x.Operation.SelectionSet)
}

func (x *execution) sum(def *ast.Definition, set ast.SelectionSet) int {
	all := 0
	for _, f := range x.Selected(def, set) {
		all += x.price(def, f)
	}
	return all
}

// price is what a field costs with all that is below it.
func (x *execution) price(def *ast.Definition, f *ast.Field) int {
	below := x.sum(x.peer.graph.Schema.Types[definedType(f)], f.SelectionSet)
	name := def.Name + "." + f.Name
	if constant, ok := dear[name]; ok {
		return below + constant
	}
	own := 1
	if slices.Contains(inRepository, name) {
		own++
	}
	if !slices.Contains(resolved, name) {
		return below + own
	}
	args := x.Arguments(f)
	if args.Text("sort") != "" {
		own++
	}
	if args.Text("search") != "" {
		own += 5
	}
	if name == "Group.projects" {
		own += 10
	}
	own += len(args.Words("paths"))
	one := below + own
	if f.Definition.Arguments.ForName("first") == nil {
		return one
	}
	return one + int(float64(one)*float64(size(args))*0.01)
}

func definedType(f *ast.Field) string {
	if f.Definition == nil {
		return ""
	}
	return f.Definition.Type.Name()
}

// dear lists the fields that cost so much whatever they are asked for with.
var dear = map[string]int{"Tree.lastCommit": 10}

// resolved lists the fields that have to look for something.
var resolved = []string{"Query.project", "Query.projects", "Query.group", "Query.users", "Group.projects", "Group.complianceFrameworks",
	"Group.pipelineExecutionPolicies", "Group.scanExecutionPolicies", "Project.complianceFrameworks", "Project.pipelineExecutionPolicies",
	"Project.scanExecutionPolicies", "Project.pipelines", "Group.descendantGroups", "Group.groupMembers",
	"Repository.tree", "Repository.paginatedTree", "Repository.blobs"}

// inRepository lists the fields that read a repository.
var inRepository = []string{"Repository.rootRef", "Repository.empty", "Repository.exists", "Repository.tree", "Repository.paginatedTree", "Repository.blobs",
	"Tree.blobs", "Tree.submodules", "Commit.title", "Blob.lfsOid", "RepositoryBlob.lfsOid", "RepositoryBlob.language",
	"Project.pipelineExecutionPolicies", "Project.scanExecutionPolicies"}
