package graph

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// object answers a selection of what from is; false where something was null that must not be.
func (q *Query) object(def *ast.Definition, from any, set ast.SelectionSet, path []any) (map[string]any, bool) {
	answer := map[string]any{}
	for _, f := range q.Selected(def, set) {
		value, ok := q.value(def, from, f, append(slices.Clone(path), f.Alias))
		if !ok {
			return nil, false
		}
		answer[f.Alias] = value
	}
	return answer, true
}

// value answers one field.
func (q *Query) value(def *ast.Definition, from any, f *ast.Field, path []any) (any, bool) {
	if f.Name == "__typename" {
		return def.Name, true
	}
	if !f.Definition.Type.NonNull && q.Null != nil && q.Null(def, f) {
		return nil, true
	}
	value, err := q.resolve(def, from, f)
	if err != nil {
		q.Fail(path, f, err)
		return nil, !f.Definition.Type.NonNull
	}
	return q.complete(f.Definition.Type, value, f, path)
}

func (q *Query) resolve(def *ast.Definition, from any, f *ast.Field) (any, error) {
	field := q.server.field(def.Name, f.Name)
	if field == nil {
		q.server.Report("no field %s.%s in GraphQL", def.Name, f.Name)
		return nil, fmt.Errorf("the peer has no %s.%s", def.Name, f.Name)
	}
	return field(q.host, from, q.Arguments(f))
}

// complete makes the answer of a value as its type wants it.
func (q *Query) complete(t *ast.Type, value any, f *ast.Field, path []any) (any, bool) {
	switch {
	case value == nil && t.NonNull:
		q.server.Report("null at %v, where the schema allows none", path)
		q.Fail(path, f, errors.New("null where none is allowed"))
		return nil, false
	case value == nil:
		return nil, true
	case t.Elem != nil:
		return q.list(t, value, f, path)
	}
	def := q.server.Schema.Types[t.NamedType]
	if def.IsAbstractType() {
		def = q.server.Schema.Types[value.(Typed).GraphType()]
	}
	if !def.IsCompositeType() {
		if !fits(def, value) {
			q.server.Report("%v at %v is no %s", value, path, def.Name)
		}
		return value, true
	}
	answer, ok := q.object(def, value, f.SelectionSet, path)
	if !ok {
		return nil, !t.NonNull
	}
	return answer, true
}

func (q *Query) list(t *ast.Type, value any, f *ast.Field, path []any) (any, bool) {
	all := []any{}
	for i, v := range value.([]any) {
		if !t.Elem.NonNull && q.Lost != nil && q.Lost(i) {
			v = nil
		}
		entry, ok := q.complete(t.Elem, v, f, append(slices.Clone(path), i))
		if !ok {
			return nil, !t.NonNull
		}
		all = append(all, entry)
	}
	return all, true
}

// Typed is a value that can be of several types where it stands.
type Typed interface{ GraphType() string }

// fits says whether a value is one of its type.
func fits(def *ast.Definition, value any) bool {
	text, isText := value.(string)
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues.ForName(text) != nil
	case def.Name == "Int":
		return reflect.ValueOf(value).CanInt()
	case def.Name == "Float":
		return reflect.ValueOf(value).CanFloat()
	case def.Name == "Boolean":
		return reflect.ValueOf(value).Kind() == reflect.Bool
	case slices.Contains([]string{"DateTime", "GitTimestamp", "Time"}, def.Name):
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case def.Name == "URI":
		return strings.HasPrefix(text, "http") || strings.HasPrefix(text, "/")
	}
	return isText
}
