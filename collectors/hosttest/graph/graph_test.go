package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const schema = `
type Query { tree(name: String, tall: Boolean, ages: [Int!], most: Int): Tree  plants: [Plant]  all(first: Int): PlantConnection  wrong: Wrong!  untold: String }
interface Plant { name: String! }
type Tree implements Plant { name: String!  age: Int  seen: DateTime  kind: Kind  height: Float  evergreen: Boolean  fruit: Fruit! }
type Fruit implements Plant { name: String!  ripe: Boolean! }
type Wrong { age: Int!  kind: Kind }
type PlantConnection { count: Int  nodes: [Plant]  edges: [PlantEdge]  pageInfo: PageInfo! }
type PlantEdge { cursor: String!  node: Plant }
type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
enum Kind { LEAF NEEDLE }
scalar DateTime`

type tree struct{ name, seen string }

func (tree) GraphType() string { return "Tree" }

type fruit string

func (fruit) GraphType() string { return "Fruit" }

// garden is what queries are run with.
type garden struct{ trees []tree }

// server answers the schema but for one field, and tells told what it reports.
func server(told *[]string) *graph.Server {
	types := graph.Connections(map[string]graph.Fields{
		"Query": {
			"tree":   graph.Root((*garden).tree),
			"plants": graph.Root(func(g *garden, _ graph.Arguments) (any, error) { return []any{g.trees[0], fruit("fig"), nil}, nil }),
			"all": graph.Root(func(g *garden, _ graph.Arguments) (any, error) {
				return &graph.Connection{Total: 9, HasNext: true, Edges: []graph.Edge{{Node: g.trees[0], Cursor: "a"}, {Node: fruit("fig"), Cursor: "b"}}}, nil
			}),
			"wrong": graph.Root(func(*garden, graph.Arguments) (any, error) { return "wrong", nil }),
		},
		"Tree": {
			"name": graph.Of(func(t tree) any { return t.name }), "age": graph.Of(func(tree) any { return 7 }), "seen": graph.Of(func(t tree) any { return t.seen }),
			"kind": graph.Of(func(tree) any { return "LEAF" }), "height": graph.Of(func(tree) any { return 1.5 }), "evergreen": graph.Of(func(tree) any { return false }),
			"fruit": graph.With(func(g *garden, t tree, _ graph.Arguments) (any, error) {
				if t == g.trees[0] {
					return fruit("pear"), nil
				}
				return nil, graph.Errorf("BARREN", "no fruit of %s", t.name)
			}),
		},
		"Fruit":      {"name": graph.Of(func(f fruit) any { return string(f) }), "ripe": graph.Of(func(fruit) any { return true })},
		"Wrong":      {"age": graph.Of(func(string) any { return nil }), "kind": graph.Of(func(string) any { return "BARK" })},
		"Connection": {"count": graph.Of(func(c *graph.Connection) any { return c.Total })},
	})
	return &graph.Server{Schema: gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: schema}), Types: types,
		Report: func(format string, args ...any) { *told = append(*told, fmt.Sprintf(format, args...)) }}
}

// tree finds a tree by its name. Other arguments are told in its name.
func (g *garden) tree(args graph.Arguments) (any, error) {
	i := slices.IndexFunc(g.trees, func(t tree) bool { return t.name == args.Text("name") })
	if i < 0 {
		return nil, fmt.Errorf("no tree %q", args.Text("name"))
	}
	if most, given := args.Number("most"); given {
		return tree{name: fmt.Sprint(args.Flag("tall", true), args.Words("ages"), most)}, nil
	}
	return g.trees[i], nil
}

// run answers a query, and says what was reported.
func run(t *testing.T, text string, variables map[string]any, spoil func(*graph.Query)) (answer string, told []string) {
	t.Helper()
	q, refused := server(&told).Prepare(graph.Request{Query: text, Variables: variables})
	if refused != nil {
		return "refused", told
	}
	if spoil != nil {
		spoil(q)
	}
	out, err := json.Marshal(q.Run(&garden{[]tree{{"pear", "2026-06-01T08:00:00Z"}, {"oak", "long ago"}}}))
	if err != nil {
		t.Fatal(err)
	}
	return string(out), told
}

func TestQueries(t *testing.T) {
	for _, test := range []struct {
		name, query string
		variables   map[string]any
		want        string
	}{
		{"scalars", `{ tree(name: "pear") { __typename name age seen kind height evergreen } }`, nil,
			`{"data":{"tree":{"__typename":"Tree","age":7,"evergreen":false,"height":1.5,"kind":"LEAF","name":"pear","seen":"2026-06-01T08:00:00Z"}}}`},
		{"twice is once, with both selections", `{ tree(name: "pear") { fruit { name } } tree(name: "pear") { fruit { ripe } n: name } }`, nil,
			`{"data":{"tree":{"fruit":{"name":"pear","ripe":true},"n":"pear"}}}`},
		{"fragments and directives", `query($no: Boolean = false, $yes: Boolean!) { plants { name ...t ... on Fruit { ripe @skip(if: $no) } ... on Plant { again: name @include(if: $no) } } } fragment t on Tree { age @include(if: $yes) kind @skip(if: $yes) }`,
			map[string]any{"yes": true}, `{"data":{"plants":[{"age":7,"name":"pear"},{"name":"fig","ripe":true},null]}}`},
		{"arguments", `query($most: Int) { tree(name: "pear", tall: false, ages: [1, 2], most: $most) { name } }`, map[string]any{"most": json.Number("3")},
			`{"data":{"tree":{"name":"false [1 2] 3"}}}`},
		{"an error", `{ tree(name: "elm") { name } }`, nil,
			`{"data":{"tree":null},"errors":[{"locations":[{"column":3,"line":1}],"message":"no tree \"elm\"","path":["tree"]}]}`},
		{"an error of a kind, where null is not allowed", `{ tree(name: "oak") { fruit { name } } }`, nil,
			`{"data":{"tree":null},"errors":[{"locations":[{"column":23,"line":1}],"message":"no fruit of oak","path":["tree","fruit"],"type":"BARREN"}]}`},
		{"a connection", `{ all { count nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, nil,
			`{"data":{"all":{"count":9,"edges":[{"cursor":"a","node":{"name":"pear"}},{"cursor":"b","node":{"name":"fig"}}],"nodes":[{"name":"pear"},{"name":"fig"}],"pageInfo":{"endCursor":"b","hasNextPage":true,"hasPreviousPage":false,"startCursor":"a"}}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, told := run(t, test.query, test.variables, nil)
			if diff := cmp.Diff(got, test.want); diff != "" || len(told) > 0 {
				t.Errorf("reported %q; got (-), want (+):\n%s", told, diff)
			}
		})
	}
}

func TestWhatIsReported(t *testing.T) {
	for _, test := range []struct{ query, answer, report string }{
		{`{ tree { size } }`, "refused", `Cannot query field "size"`},
		{`mutation { x }`, "refused", "query refused"},
		{`{`, "refused", "query refused"},
		{`query a { plants { name } }  query b { plants { name } }`, "refused", "knows nothing but queries"},
		{`query($n: Int!) { all(first: $n) { count } }`, "refused", "must be defined"},
		{`{ untold }`, `"untold":null`, "no field Query.untold"},
		{`{ wrong { age } }`, `{"data":null,"errors":[`, "null at [wrong age]"},
		{`{ wrong { kind } }`, `"kind":"BARK"`, "BARK at [wrong kind] is no Kind"},
		{`{ tree(name: "oak") { seen } }`, `"seen":"long ago"`, "long ago at [tree seen] is no DateTime"},
	} {
		got, told := run(t, test.query, nil, nil)
		if !strings.Contains(got, test.answer) || len(told) != 1 || !strings.Contains(told[0], test.report) {
			t.Errorf("%s: got %s and reports %q, want %s and %s", test.query, got, told, test.answer, test.report)
		}
	}
}

func TestNulls(t *testing.T) {
	const query = `{ plants { name ... on Tree { age } } }`
	for name, test := range map[string]struct {
		spoil func(*graph.Query)
		want  string
	}{
		"fields": {func(q *graph.Query) {
			q.Null = func(def *ast.Definition, _ *ast.Field) bool { return def.Name == "Tree" }
		}, `{"data":{"plants":[{"age":null,"name":"pear"},{"name":"fig"},null]}}`},
		"nodes": {func(q *graph.Query) { q.Lost = func(place int) bool { return place == 0 } }, `{"data":{"plants":[null,{"name":"fig"},null]}}`},
	} {
		if got, told := run(t, query, nil, test.spoil); got != test.want || len(told) > 0 {
			t.Errorf("%s: got %s, reports %q, want %s", name, got, told, test.want)
		}
	}
}

func TestDecode(t *testing.T) {
	for text, want := range map[string]string{
		`{"query":"a","variables":{"n":1}}`:      "[{a  map[n:1]}] false",
		` [{"query":"a"},{"operationName":"b"}]`: "[{a  map[]} { b map[]}] true",
		`[]`:                                     "nothing is asked",
		`"query"`:                                "cannot unmarshal string",
		`{`:                                      "unexpected EOF",
	} {
		asked, several, err := graph.Decode(strings.NewReader(text))
		got := fmt.Sprint(asked, several)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
