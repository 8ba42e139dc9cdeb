package detect

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
	"github.com/trodden/trodden/metrics"
)

// celKind is the signal that an expression over the repository and its files is true.
func celKind() Kind {
	return Kind{
		Name: "cel", Main: "expr", Whole: true,
		Help: "a CEL expression over repo and files is true",
		Keys: []Key{{"expr", Expression, true, `expression such as "go.mod" in files && repo.topics.exists(t, t == "api")`}},
		how:  byExpression, files: celFiles,
		compile: func(s metrics.Signal) (any, []Problem) { return compileCEL(s.Expr) },
	}
}

// maxCost bounds the work of one evaluation, in the units of cel-go: about one a step, a tenth a character.
const maxCost = 1_000_000

// celEnv returns what expressions may speak about: repo.id is host/owner/name, files maps the path of each
// watched file to its content. In a component paths are relative to its folder; a leading slash means the
// root of the repository.
var celEnv = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		ext.Strings(), ext.Sets(),
		cel.Variable("repo.id", cel.StringType),
		cel.Variable("repo.host", cel.StringType),
		cel.Variable("repo.owner", cel.StringType),
		cel.Variable("repo.name", cel.StringType),
		cel.Variable("repo.topics", cel.ListType(cel.StringType)),
		cel.Variable("repo.properties", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("repo.languages", cel.ListType(cel.StringType)),
		cel.Variable("repo.archived", cel.BoolType),
		cel.Variable("repo.fork", cel.BoolType),
		cel.Variable("repo.template", cel.BoolType),
		cel.Variable("repo.template_of", cel.StringType),
		cel.Variable("repo.default_branch", cel.StringType),
		cel.Variable("files", cel.MapType(cel.StringType, cel.StringType)),
	)
})

// celTest is a compiled cel signal.
type celTest struct {
	program cel.Program
	paths   []string // that it names
}

// compileCEL prepares an expression.
func compileCEL(expr string) (any, []Problem) {
	checked, problems := parseCEL(expr)
	if problems != nil {
		return nil, problems
	}
	env, err := celEnv()
	if err != nil {
		return nil, problem("expr", "%v", err)
	}
	program, err := env.Program(checked, cel.CostLimit(maxCost), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, problem("expr", "%v", err)
	}
	return celTest{program, namedFiles(checked)}, nil
}

// parseCEL parses and checks an expression.
func parseCEL(expr string) (*cel.Ast, []Problem) {
	env, err := celEnv()
	if err != nil {
		return nil, problem("expr", "%v", err)
	}
	checked, issues := env.Compile(expr)
	if issues.Err() != nil {
		var problems []Problem
		for _, e := range issues.Errors() {
			problems = append(problems, problem("expr", "no CEL expression: %s at %d:%d of it",
				strings.Replace(e.Message, " (in container '')", "", 1), e.Location.Line(), e.Location.Column()+1)...)
		}
		return nil, problems
	}
	if checked.OutputType() != cel.BoolType {
		return nil, problem("expr", "the expression is of type %s, expected bool", checked.OutputType())
	}
	return checked, nil
}

// celFiles returns the files that an expression names: files["go.mod"], "go.mod" in files.
func celFiles(s metrics.Signal) []string {
	checked, problems := parseCEL(s.Expr)
	if problems != nil {
		return nil
	}
	return namedFiles(checked)
}

// namedFiles returns the paths that stand in an expression as keys of files.
func namedFiles(checked *cel.Ast) (paths []string) {
	root := ast.NavigateAST(checked.NativeRep())
	for _, call := range ast.MatchDescendants(root, ast.KindMatcher(ast.CallKind)) {
		args := call.AsCall().Args()
		if len(args) != 2 {
			continue
		}
		m, key := args[0], args[1]
		switch call.AsCall().FunctionName() {
		case operators.In:
			m, key = args[1], args[0]
		case operators.Index:
		default:
			continue
		}
		if m.Kind() != ast.IdentKind || m.AsIdent() != "files" || key.Kind() != ast.LiteralKind {
			continue
		}
		if text, ok := key.AsLiteral().(types.String); ok && literal(string(text)) && text != "" {
			if !slices.Contains(paths, string(text)) {
				paths = append(paths, string(text))
			}
		}
	}
	return paths
}

// identity splits host/owner/name.
func identity(name string) (host, owner, short string) {
	host, rest, _ := strings.Cut(name, "/")
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		return host, rest[:i], rest[i+1:]
	}
	return host, "", rest
}
