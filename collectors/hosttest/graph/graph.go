// Package graph answers queries of GraphQL for the hosts of tests: by a schema, and by functions for its fields. What
// the schema does not allow is refused, and what a host does not have is reported, for null would be a lie.
package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Server answers queries. It may be used by several goroutines.
type Server struct {
	Schema *ast.Schema
	Types  map[string]Fields // by type: those of all connections as Connection, of their edges as Edge
	Report func(format string, args ...any)
}

// Has says whether the server can answer a field of a type.
func (s *Server) Has(kind, field string) bool { return s.field(kind, field) != nil }

func (s *Server) field(kind, field string) Field {
	for _, alike := range []string{"Connection", "Edge"} {
		if strings.HasSuffix(kind, alike) {
			kind = alike
		}
	}
	return s.Types[kind][field]
}

// Request is a question.
type Request struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

// Decode reads one request, or several in a list, of which there is at least one.
func Decode(body io.Reader) (asked []Request, several bool, err error) {
	var text json.RawMessage
	if err := json.NewDecoder(body).Decode(&text); err != nil {
		return nil, false, err
	}
	several = bytes.HasPrefix(bytes.TrimSpace(text), []byte("["))
	if !several {
		text = slices.Concat(json.RawMessage("["), text, json.RawMessage("]"))
	}
	list := json.NewDecoder(bytes.NewReader(text))
	list.UseNumber()
	if err := list.Decode(&asked); err != nil {
		return nil, several, err
	}
	if len(asked) == 0 {
		return nil, several, errors.New("nothing is asked")
	}
	return asked, several, nil
}

// Query is a question while it is answered.
type Query struct {
	Operation *ast.OperationDefinition
	// Null says whether a field that may be null is to be null, whatever it is; none is where nil.
	Null func(def *ast.Definition, f *ast.Field) bool
	// Lost says whether an entry of a list that may be null is to be null; none is where nil.
	Lost func(place int) bool

	server    *Server
	variables map[string]any
	host      any
	errors    []any
}

// Prepare checks a request. One that is refused is reported.
func (s *Server) Prepare(asked Request) (*Query, gqlerror.List) {
	q, refused := s.check(asked)
	if refused != nil {
		s.Report("query refused: %v\n%s", refused, asked.Query)
	}
	return q, refused
}

func (s *Server) check(asked Request) (*Query, gqlerror.List) {
	doc, refused := gqlparser.LoadQueryWithRules(s.Schema, asked.Query, rules.NewDefaultRules())
	if refused != nil {
		return nil, refused
	}
	op := doc.Operations.ForName(asked.Operation)
	if op == nil || op.Operation != ast.Query {
		return nil, gqlerror.List{gqlerror.Errorf("no query named %q, and the peer knows nothing but queries", asked.Operation)}
	}
	vars, err := validator.VariableValues(s.Schema, op, asked.Variables)
	if err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	return &Query{Operation: op, server: s, variables: vars}, nil
}

// Run answers the query. The host is what the functions of fields are called with.
func (q *Query) Run(host any) map[string]any {
	q.host = host
	data, ok := q.object(q.server.Schema.Query, nil, q.Operation.SelectionSet, nil)
	answer := map[string]any{"data": data}
	if !ok {
		answer["data"] = nil
	}
	if len(q.errors) > 0 {
		answer["errors"] = q.errors
	}
	return answer
}

// Error is an error that an answer tells of.
type Error struct {
	Kind    string // that a host gives it; none where empty
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an error of a kind.
func Errorf(kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}

// Fail notes what went wrong at a path of the answer.
func (q *Query) Fail(path []any, f *ast.Field, err error) {
	shown := map[string]any{"path": path, "message": err.Error(), "locations": []any{map[string]any{"line": f.Position.Line, "column": f.Position.Column}}}
	var typed *Error
	if errors.As(err, &typed) && typed.Kind != "" {
		shown["type"] = typed.Kind
	}
	q.errors = append(q.errors, shown)
}
