package githubtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// graphRequest is the body of a question to GraphQL.
type graphRequest struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

// answerGraph answers POST /graphql. A query that GitHub's schema does not allow, or that asks for what the
// peer does not have, is answered by errors and reported.
func answerGraph(c *call) (any, error) {
	var asked graphRequest
	body := json.NewDecoder(c.request.Body)
	body.UseNumber()
	if err := body.Decode(&asked); err != nil {
		return nil, refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	x, refused := c.prepare(asked)
	if refused != nil {
		c.peer.report("query refused: %v\n%s", refused, asked.Query)
		return object{"errors": refused}, nil
	}
	cost := x.price()
	c.cost = cost.time(c.peer.config.Costs)
	if cost.nodes > mostNodes {
		message := fmt.Sprintf("This query requests up to %d possible nodes which exceeds the maximum limit of %d.", cost.nodes, mostNodes)
		return object{"errors": []any{object{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}}}, nil
	}
	if err := c.peer.limits.charge(c, cost.points()); err != nil {
		return nil, err
	}
	x.cost = cost
	return x.run(), nil
}

// execution is one query while it is answered.
type execution struct {
	call      *call
	peer      *Peer
	operation *ast.OperationDefinition
	variables map[string]any
	cost      cost
	errors    []any
	asked     int // things that were asked for by name, so far
}

// prepare reads and checks a query.
func (c *call) prepare(asked graphRequest) (*execution, gqlerror.List) {
	doc, refused := gqlparser.LoadQueryWithRules(c.peer.schema, asked.Query, rules.NewDefaultRules())
	if refused != nil {
		return nil, refused
	}
	op := doc.Operations.ForName(asked.Operation)
	if op == nil || op.Operation != ast.Query {
		return nil, gqlerror.List{gqlerror.Errorf("no query named %q, and the peer knows nothing but queries", asked.Operation)}
	}
	vars, err := validator.VariableValues(c.peer.schema, op, asked.Variables)
	if err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	return &execution{call: c, peer: c.peer, operation: op, variables: vars}, nil
}

// run answers the query.
func (x *execution) run() object {
	data, ok := x.object(x.peer.schema.Query, nil, x.operation.SelectionSet, nil)
	answer := object{"data": data}
	if !ok {
		answer["data"] = nil
	}
	if len(x.errors) > 0 {
		answer["errors"] = x.errors
	}
	return answer
}

// graphError is an error that GitHub gives a type.
type graphError struct{ kind, message string }

func (e *graphError) Error() string { return e.message }

func graphFail(kind, format string, args ...any) error {
	return &graphError{kind, fmt.Sprintf(format, args...)}
}

// fail notes what went wrong at a path of the answer.
func (x *execution) fail(path []any, f *ast.Field, err error) {
	shown := object{"path": path, "message": err.Error(), "locations": []any{object{"line": f.Position.Line, "column": f.Position.Column}}}
	var typed *graphError
	if errors.As(err, &typed) && typed.kind != "" {
		shown["type"] = typed.kind
	}
	x.errors = append(x.errors, shown)
}

// object answers a selection of what from is; false where something was null that must not be.
func (x *execution) object(def *ast.Definition, from any, set ast.SelectionSet, path []any) (object, bool) {
	answer := object{}
	for _, f := range x.fields(def, set) {
		at := append(slices.Clone(path), f.Alias)
		value, ok := x.field(def, from, f, at)
		if !ok {
			return nil, false
		}
		answer[f.Alias] = value
	}
	return answer, true
}

// fields lists what a selection asks of an object, fragments taken apart. What is asked for twice is asked
// for once, with both selections.
func (x *execution) fields(def *ast.Definition, set ast.SelectionSet) []*ast.Field {
	var list []*ast.Field
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if x.included(s.Directives) {
				list = append(list, s)
			}
		case *ast.InlineFragment:
			if x.included(s.Directives) && x.applies(def, s.TypeCondition) {
				list = append(list, x.fields(def, s.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if x.included(s.Directives) && x.applies(def, s.Definition.TypeCondition) {
				list = append(list, x.fields(def, s.Definition.SelectionSet)...)
			}
		}
	}
	return merged(list)
}

func merged(list []*ast.Field) []*ast.Field {
	var all []*ast.Field
	for _, f := range list {
		i := slices.IndexFunc(all, func(g *ast.Field) bool { return g.Alias == f.Alias })
		if i < 0 {
			all = append(all, f)
			continue
		}
		both := *all[i]
		both.SelectionSet = append(slices.Clone(both.SelectionSet), f.SelectionSet...)
		all[i] = &both
	}
	return all
}

// included says what @skip and @include say.
func (x *execution) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		given, _ := d.ArgumentMap(x.variables)["if"].(bool)
		if d.Name == "skip" && given || d.Name == "include" && !given {
			return false
		}
	}
	return true
}

func (x *execution) applies(def *ast.Definition, condition string) bool {
	if condition == "" || condition == def.Name {
		return true
	}
	return slices.ContainsFunc(x.peer.schema.GetPossibleTypes(x.peer.schema.Types[condition]), func(d *ast.Definition) bool { return d == def })
}

// field answers one field.
func (x *execution) field(def *ast.Definition, from any, f *ast.Field, path []any) (any, bool) {
	if f.Name == "__typename" {
		return def.Name, true
	}
	if x.nulled(def, f) {
		return nil, true
	}
	value, err := x.resolve(def, from, f)
	if err != nil {
		x.fail(path, f, err)
		return nil, !f.Definition.Type.NonNull
	}
	return x.complete(f.Definition.Type, value, f, path)
}

// nulled says whether a fault makes a field null.
func (x *execution) nulled(def *ast.Definition, f *ast.Field) bool {
	fault := x.call.fault
	if !fault.is(Nulls) || f.Definition.Type.NonNull {
		return false
	}
	container := slices.Contains([]string{"Query", "Organization", "User"}, def.Name) || strings.HasSuffix(def.Name, "Connection") || strings.HasSuffix(def.Name, "Edge")
	return fault.Type == def.Name || fault.Type == "" && !container
}

// resolve finds the value of a field. One that the peer does not have is reported, for null would be a lie.
func (x *execution) resolve(def *ast.Definition, from any, f *ast.Field) (any, error) {
	if def == x.peer.schema.Query && f.Name != "rateLimit" && f.Name != "viewer" {
		x.asked++
		if x.call.fault.is(Partial) && x.asked%2 == 0 {
			return nil, graphFail("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
		}
	}
	r := x.peer.types[kindOf(def.Name)][f.Name]
	if r == nil {
		x.peer.report("no field %s.%s in GraphQL", def.Name, f.Name)
		return nil, fmt.Errorf("githubtest has no %s.%s", def.Name, f.Name)
	}
	return r(x, from, arguments{f.ArgumentMap(x.variables), f})
}

// kindOf is the name under which the fields of a type are: connections are all alike.
func kindOf(name string) string {
	for _, kind := range []string{"Connection", "Edge"} {
		if strings.HasSuffix(name, kind) {
			return kind
		}
	}
	return name
}

// complete makes the answer of a value as its type wants it.
func (x *execution) complete(t *ast.Type, value any, f *ast.Field, path []any) (any, bool) {
	switch {
	case value == nil && t.NonNull:
		x.peer.report("null at %v, where GitHub's schema allows none", path)
		x.fail(path, f, errors.New("null where none is allowed"))
		return nil, false
	case value == nil:
		return nil, true
	case t.Elem != nil:
		return x.list(t, value, f, path)
	}
	def := x.peer.schema.Types[t.NamedType]
	if def.IsAbstractType() {
		def = x.peer.schema.Types[value.(typed).graphType()]
	}
	if !def.IsCompositeType() {
		if !fits(def, value) {
			x.peer.report("%v at %v is no %s", value, path, def.Name)
		}
		return value, true
	}
	answer, ok := x.object(def, value, f.SelectionSet, path)
	if !ok {
		return nil, !t.NonNull
	}
	return answer, true
}

// fits says whether a value is one of its type in GitHub's schema.
func fits(def *ast.Definition, value any) bool {
	text, isText := value.(string)
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues.ForName(text) != nil
	case def.Name == "Int":
		return reflect.ValueOf(value).CanInt()
	case def.Name == "Boolean":
		return reflect.ValueOf(value).Kind() == reflect.Bool
	case def.Name == "DateTime" || def.Name == "GitTimestamp":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case def.Name == "URI":
		return strings.HasPrefix(text, "http") || strings.HasPrefix(text, "/")
	}
	return isText
}

// typed is a value that can be of several types where it stands.
type typed interface{ graphType() string }

func (x *execution) list(t *ast.Type, value any, f *ast.Field, path []any) (any, bool) {
	all := []any{}
	for i, v := range value.([]any) {
		if x.call.fault.is(NullNodes) && i%2 == 1 && !t.Elem.NonNull {
			v = nil
		}
		entry, ok := x.complete(t.Elem, v, f, append(slices.Clone(path), i))
		if !ok {
			return nil, !t.NonNull
		}
		all = append(all, entry)
	}
	return all, true
}
