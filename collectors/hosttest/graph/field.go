package graph

import (
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// Field finds the value of a field of what from is. The host is what the query was run with.
type Field func(host, from any, args Arguments) (any, error)

// Fields are those of a type, by name.
type Fields map[string]Field

// Of is a field that depends on its object alone.
func Of[T any](value func(T) any) Field {
	return func(_, from any, _ Arguments) (any, error) { return value(from.(T)), nil }
}

// With is a field that depends on more than its object.
func With[H, T any](value func(H, T, Arguments) (any, error)) Field {
	return func(host, from any, args Arguments) (any, error) { return value(host.(H), from.(T), args) }
}

// Root is a field of a query itself.
func Root[H any](value func(H, Arguments) (any, error)) Field {
	return func(host, _ any, args Arguments) (any, error) { return value(host.(H), args) }
}

// Opt is a value that may be missing. A nil pointer in an interface is not nil.
func Opt[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

// Arguments are those of a field.
type Arguments struct {
	Values map[string]any
	Field  *ast.Field
}

// Arguments returns those of a field.
func (q *Query) Arguments(f *ast.Field) Arguments {
	return Arguments{f.ArgumentMap(q.variables), f}
}

// Text returns a text; empty where it was not given.
func (a Arguments) Text(name string) string {
	text, _ := a.Values[name].(string)
	return text
}

// Flag returns a truth, or what it is where it was not given.
func (a Arguments) Flag(name string, missing bool) bool {
	if given, ok := a.Values[name].(bool); ok {
		return given
	}
	return missing
}

// Number returns a number, and whether it was given.
func (a Arguments) Number(name string) (int, bool) {
	switch n := a.Values[name].(type) {
	case int64:
		return int(n), true
	case int:
		return n, true
	case float64:
		return int(n), true
	case json.Number:
		whole, err := n.Int64()
		return int(whole), err == nil
	}
	return 0, false
}

// Words lists the values of a list; nil where it was not given.
func (a Arguments) Words(name string) []string {
	given, _ := a.Values[name].([]any)
	var all []string
	for _, v := range given {
		all = append(all, fmt.Sprint(v))
	}
	return all
}
