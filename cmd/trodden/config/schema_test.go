package config_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/trodden/trodden/cmd/trodden/config"
)

var (
	schemaFile  = filepath.Join("..", "..", "..", "deploy", "trodden.schema.json")
	exampleFile = filepath.Join("..", "..", "..", "deploy", "trodden.example.yaml")
)

func TestSchemaIsCurrent(t *testing.T) {
	want, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(want)); diff != "" {
		t.Errorf("%s is not what the decoder reads, run make generate (-got +want):\n%s", schemaFile, diff)
	}
}

// compiledSchema returns the published schema.
func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("trodden.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("trodden.schema.json")
}

// asJSON turns a YAML text into what a schema judges.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	j, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAcceptsWhatTheDecoderAccepts(t *testing.T) {
	for _, file := range []string{exampleFile, filepath.Join("testdata", "contract.yaml"), filepath.Join("testdata", "forms.yaml")} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if _, err := config.Load(file, surroundings(nil)); err != nil {
				t.Errorf("the decoder refuses it:\n%v", err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := compiledSchema(t).Validate(asJSON(t, string(text))); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
		})
	}
}

// schema is what the test needs of the published one.
type schema struct {
	Ref        string             `json:"$ref"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	AnyOf      []*schema          `json:"anyOf"`
	Defs       map[string]*schema `json:"$defs"`
}

// place is a mapping somewhere in the configuration: how to get there, and the keys that the schema gives it.
type place struct {
	path []string // keys; "-" for an entry of a list
	keys []string
}

// places lists every mapping that the schema describes. Rules are entered once.
func places(s, root *schema, path []string, rules int) []place {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		if rules > 0 {
			return nil
		}
		return places(root.Defs["rule"], root, path, rules+1)
	}
	var list []place
	if s.Properties != nil {
		list = append(list, place{path, slices.Sorted(maps.Keys(s.Properties))})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		list = append(list, places(s.Properties[name], root, append(slices.Clone(path), name), rules)...)
	}
	list = append(list, places(s.Items, root, append(slices.Clone(path), "-"), rules)...)
	for _, other := range s.AnyOf {
		list = append(list, places(other, root, path, rules)...)
	}
	return list
}

// document writes a configuration that has one key in a mapping, and nothing else.
func document(path []string, key string) string {
	text := "{" + key + ": null}"
	for _, step := range slices.Backward(path) {
		if step == "-" {
			text = "[" + text + "]"
		} else {
			text = "{" + step + ": " + text + "}"
		}
	}
	return text
}

// TestSchemaHasTheDecodersKeys asks the decoder, in every mapping that the schema knows, which keys it
// expects there.
func TestSchemaHasTheDecodersKeys(t *testing.T) {
	text, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	list := places(&root, &root, nil, 0)
	if len(list) < 50 {
		t.Fatalf("found %d mappings in the schema, want all of them", len(list))
	}
	for _, p := range list {
		name := strings.Join(p.path, ".")
		_, err := config.Parse("t.yaml", document(p.path, "0000000000"), surroundings(nil))
		if err == nil {
			t.Errorf("%s: an unknown key was accepted", name)
			continue
		}
		_, expected, found := strings.Cut(err.Error(), `unknown key "0000000000" in `)
		expected, _, _ = strings.Cut(expected, "\n")
		_, expected, _ = strings.Cut(expected, ", expected ")
		got := strings.Split(strings.TrimPrefix(expected, "one of "), ", ")
		if diff := cmp.Diff(got, p.keys); !found || diff != "" {
			t.Errorf("%s: keys of the decoder (-got +want those of the schema), from\n%v\n%s", name, err, diff)
		}
	}
}
