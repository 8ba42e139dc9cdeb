package config

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Schema is a JSON Schema (draft 2020-12), as far as configurations need one.
type Schema struct {
	Version     string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        Types              `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Above       *float64           `json:"exclusiveMinimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Closed      bool               `json:"-"` // no other keys
	Others      *Schema            `json:"-"` // what other keys have
	MinKeys     int                `json:"minProperties,omitempty"`
	MaxKeys     int                `json:"maxProperties,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	Unique      bool               `json:"uniqueItems,omitempty"`
	AnyOf       []*Schema          `json:"anyOf,omitempty"`
	Defs        map[string]*Schema `json:"$defs,omitempty"`
}

// Types are the types that a value may have.
type Types []string

// MarshalJSON writes a single type without brackets.
func (t Types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// MarshalJSON implements json.Marshaler.
func (s *Schema) MarshalJSON() ([]byte, error) {
	type plain Schema // without this method
	out := struct {
		*plain
		Additional any `json:"additionalProperties,omitempty"`
	}{plain: (*plain)(s)}
	switch {
	case s.Closed:
		out.Additional = false
	case s.Others != nil:
		out.Additional = s.Others
	}
	return json.Marshal(out)
}

// orNull also allows a key that is there without a value.
func (s *Schema) orNull() *Schema {
	switch {
	case len(s.Enum) > 0 || s.Ref != "":
		return &Schema{AnyOf: []*Schema{s, {Type: Types{"null"}}}}
	case len(s.AnyOf) > 0:
		c := *s
		c.AnyOf = append(slices.Clone(s.AnyOf), &Schema{Type: Types{"null"}})
		return &c
	default:
		c := *s
		c.Type = append(slices.Clone(s.Type), "null")
		return &c
	}
}

// described returns the schema with a description.
func (s *Schema) described(doc string) *Schema {
	c := *s
	c.Description = doc
	return &c
}

// JSONSchema returns the published schema of trodden.yaml. It is made from the same tables that read the
// file; what a schema cannot say (globs, expressions, references between parts) only `trodden check` does.
func JSONSchema() ([]byte, error) {
	root := configShape().schema.described("Configuration of trodden: https://github.com/trodden/trodden")
	root.Version = "https://json-schema.org/draft/2020-12/schema"
	root.ID = "https://raw.githubusercontent.com/trodden/trodden/main/deploy/trodden.schema.json"
	root.Title = "trodden.yaml"
	root.Defs = map[string]*Schema{"rule": ruleSchema()}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return append(text, '\n'), nil
}
