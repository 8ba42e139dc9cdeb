package gitlabtest

import (
	_ "embed"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// source is what is documented of GraphQL, as far as the peer has it.
//
//go:embed schema.graphql
var source string

func documented() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: source})
}
