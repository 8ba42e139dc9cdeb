package gitlabtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// arguments are those of a field.
type arguments struct {
	values map[string]any
	field  *ast.Field
}

func (a arguments) text(name string) string {
	text, _ := a.values[name].(string)
	return text
}

func (a arguments) flag(name string) bool {
	value, _ := a.values[name].(bool)
	return value
}

// words lists the values of an argument that is a list; nil where it was not given.
func (a arguments) words(name string) []string {
	given, _ := a.values[name].([]any)
	var all []string
	for _, v := range given {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

// size is how many nodes of a connection are asked for: a hundred where that is not said, and never more.
func (a arguments) size() int {
	for _, name := range []string{"first", "last"} {
		if n, ok := number(a.values[name]); ok {
			return min(n, largestPage)
		}
	}
	return largestPage
}

func number(v any) (int, bool) {
	switch n := v.(type) {
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

// connection is a page of nodes.
type connection struct {
	nodes    []any
	from, to int // places that it holds among all
	total    int
}

// connect takes the page of a list that is asked for. The cursor of a node is its place in the list.
func connect[T any](a arguments, all []T) (any, error) {
	from := 0
	if after := a.text("after"); after != "" {
		place, err := placeOf(after)
		if err != nil {
			return nil, err
		}
		from = min(place+1, len(all))
	}
	if a.text("before") != "" || a.values["last"] != nil {
		return nil, fmt.Errorf("gitlabtest pages forward only")
	}
	to := min(len(all), from+a.size())
	return &connection{nodes: each(all[from:to], func(v T) any { return v }), from: from, to: to, total: len(all)}, nil
}

func cursorOf(place int) string {
	return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(place)))
}

func placeOf(cursor string) (int, error) {
	plain, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, fmt.Errorf("invalid cursor %q", cursor)
	}
	return strconv.Atoi(string(plain))
}

// edge is a node with its place.
type edge struct {
	node  any
	place int
}

func connectionFields() resolvers {
	return resolvers{
		"count":    of(func(c *connection) any { return c.total }),
		"pageInfo": of(func(c *connection) any { return c }),
		"nodes":    of(func(c *connection) any { return c.nodes }),
		"edges": of(func(c *connection) any {
			all := []any{}
			for i, n := range c.nodes {
				all = append(all, edge{n, c.from + i})
			}
			return all
		}),
	}
}

func edgeFields() resolvers {
	return resolvers{
		"cursor": of(func(e edge) any { return cursorOf(e.place) }),
		"node":   of(func(e edge) any { return e.node }),
	}
}

func pageFields() resolvers {
	end := func(c *connection, place int) any {
		if len(c.nodes) == 0 {
			return nil
		}
		return cursorOf(place)
	}
	return resolvers{
		"hasNextPage":     of(func(c *connection) any { return c.to < c.total }),
		"hasPreviousPage": of(func(c *connection) any { return c.from > 0 }),
		"startCursor":     of(func(c *connection) any { return end(c, c.from) }),
		"endCursor":       of(func(c *connection) any { return end(c, c.to-1) }),
	}
}
