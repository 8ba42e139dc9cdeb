package githubtest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// installed is the path of a file of a package that npm put into the folder of the module.
func installed(file string) string {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return filepath.Join(folder, "node_modules", filepath.FromSlash(file))
}

// schemas are read once by path: reading GitHub's takes longer than most tests.
var schemas sync.Map

type loadedSchema struct {
	schema *ast.Schema
	err    error
}

// loadSchema reads a schema. GitHub's defines some fields twice, which no strict reader takes: the later ones
// are left out.
func loadSchema(path string) (*ast.Schema, error) {
	load, _ := schemas.LoadOrStore(path, sync.OnceValue(func() loadedSchema {
		schema, err := readSchema(path)
		return loadedSchema{schema, err}
	}))
	loaded := load.(func() loadedSchema)()
	return loaded.schema, loaded.err
}

func readSchema(path string) (*ast.Schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read GitHub's GraphQL schema (npm ci --ignore-scripts installs it): %w", err)
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: path, Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("read GitHub's GraphQL schema: %w", err)
	}
	for _, def := range doc.Definitions {
		seen := map[string]bool{}
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		return nil, fmt.Errorf("check GitHub's GraphQL schema: %w", err)
	}
	return schema, nil
}
