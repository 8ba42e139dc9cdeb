package gitlabtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// mostCharacters is how long a query may be, or several that are sent at once.
const mostCharacters = 10_000

// graphRequest is a question to GraphQL.
type graphRequest struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

// answerGraph answers POST /api/graphql: one query, or several in a list, whose complexity counts together. A
// query of what the peer does not have is answered by errors and reported.
func answerGraph(c *call) (any, error) {
	asked, multiplexed, err := c.questions()
	if err != nil {
		return nil, err
	}
	var all []*execution
	answers, sum, size := make([]any, len(asked)), 0, 0
	for i, one := range asked {
		size += len([]rune(one.Query))
		x, refused := c.prepare(one)
		if refused != nil {
			c.peer.report("query refused: %v\n%s", refused, one.Query)
			answers[i] = object{"errors": refused}
			continue
		}
		x.at, x.score = i, x.complexity()
		sum += x.score
		all = append(all, x)
	}
	if size > mostCharacters {
		no := refuse(http.StatusUnprocessableEntity, "Query too large")
		no.body = object{"errors": []any{object{"message": no.message}}}
		return nil, no
	}
	c.peer.limits.priced(sum)
	for _, x := range all {
		answers[x.at] = x.answer(sum)
	}
	if multiplexed {
		return answers, nil
	}
	return answers[0], nil
}

// questions reads the body of a request.
func (c *call) questions() (asked []graphRequest, multiplexed bool, err error) {
	var text json.RawMessage
	if err := json.NewDecoder(c.request.Body).Decode(&text); err != nil {
		return nil, false, refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	multiplexed = bytes.HasPrefix(bytes.TrimSpace(text), []byte("["))
	if !multiplexed {
		text = slices.Concat(json.RawMessage("["), text, json.RawMessage("]"))
	}
	body := json.NewDecoder(bytes.NewReader(text))
	body.UseNumber()
	if err := body.Decode(&asked); err != nil || len(asked) == 0 {
		return nil, false, refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	return asked, multiplexed, nil
}

// execution is one query while it is answered.
type execution struct {
	call      *call
	peer      *Peer
	operation *ast.OperationDefinition
	variables map[string]any
	at        int // place among those that were sent at once
	score     int
	errors    []any
	projects  int // that were found so far
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

// limit is the complexity that a query may have.
func (x *execution) limit() int {
	most := x.peer.config.Limits.Complexity
	switch {
	case x.call.token == nil:
		return most - 50
	case x.call.token.Admin:
		return most + 50
	}
	return most
}

// answer answers the query, unless it is too complex together with those that came with it.
func (x *execution) answer(together int) object {
	if together > x.limit() {
		message := fmt.Sprintf("Query has complexity of %d, which exceeds max complexity of %d", together, x.limit())
		return object{"errors": []any{object{"message": message}}}
	}
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

// said is an error in GitLab's words.
type said string

func (s said) Error() string { return string(s) }

// fail notes what went wrong at a path of the answer.
func (x *execution) fail(path []any, f *ast.Field, err error) {
	x.errors = append(x.errors, object{"path": path, "message": err.Error(),
		"locations": []any{object{"line": f.Position.Line, "column": f.Position.Column}}})
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
			if x.included(s.Directives) {
				list = append(list, x.fields(def, s.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if x.included(s.Directives) {
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

// field answers one field.
func (x *execution) field(def *ast.Definition, from any, f *ast.Field, path []any) (any, bool) {
	if f.Name == "__typename" {
		return def.Name, true
	}
	t := f.Definition.Type
	container := def.Name == "Query" || strings.HasSuffix(def.Name, "Connection")
	if x.call.fault.is(Nulls) && !t.NonNull && !container {
		return nil, true
	}
	r := x.peer.types[kindOf(def.Name)][f.Name]
	if r == nil {
		x.peer.report("no field %s.%s in GraphQL", def.Name, f.Name)
		x.fail(path, f, fmt.Errorf("gitlabtest has no %s.%s", def.Name, f.Name))
		return nil, !t.NonNull
	}
	value, err := r(x, from, arguments{f.ArgumentMap(x.variables), f})
	if err != nil {
		x.fail(path, f, err)
		return nil, !t.NonNull
	}
	return x.complete(t, value, f, path)
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
		x.peer.report("null at %v, where the documentation allows none", path)
		x.fail(path, f, errors.New("null where none is allowed"))
		return nil, false
	case value == nil:
		return nil, true
	case t.Elem != nil:
		return x.list(t, value, f, path)
	}
	def := x.peer.schema.Types[t.NamedType]
	if !def.IsCompositeType() {
		return value, true
	}
	answer, ok := x.object(def, value, f.SelectionSet, path)
	if !ok {
		return nil, !t.NonNull
	}
	return answer, true
}

func (x *execution) list(t *ast.Type, value any, f *ast.Field, path []any) (any, bool) {
	all := []any{}
	for i, v := range value.([]any) {
		entry, ok := x.complete(t.Elem, v, f, append(slices.Clone(path), i))
		if !ok {
			return nil, !t.NonNull
		}
		all = append(all, entry)
	}
	return all, true
}
