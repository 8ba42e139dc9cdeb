package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Selected lists what a selection asks of an object, fragments taken apart. What is asked for twice is asked for once,
// with both selections.
func (q *Query) Selected(def *ast.Definition, set ast.SelectionSet) []*ast.Field {
	var list []*ast.Field
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if q.Included(s.Directives) {
				list = append(list, s)
			}
		case *ast.InlineFragment:
			if q.Included(s.Directives) && q.applies(def, s.TypeCondition) {
				list = append(list, q.Selected(def, s.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if q.Included(s.Directives) && q.applies(def, s.Definition.TypeCondition) {
				list = append(list, q.Selected(def, s.Definition.SelectionSet)...)
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

// Included says what @skip and @include say.
func (q *Query) Included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		given, _ := d.ArgumentMap(q.variables)["if"].(bool)
		if d.Name == "skip" && given || d.Name == "include" && !given {
			return false
		}
	}
	return true
}

// applies says whether a fragment on a type is one on objects of this definition.
func (q *Query) applies(def *ast.Definition, condition string) bool {
	if condition == "" || condition == def.Name {
		return true
	}
	return slices.Contains(q.server.Schema.GetPossibleTypes(q.server.Schema.Types[condition]), def)
}
