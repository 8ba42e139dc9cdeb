package gitlabtest

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// size is how many nodes of a connection are asked for: a hundred where that is not said, and never more.
func size(a graph.Arguments) int {
	for _, name := range []string{"first", "last"} {
		if n, ok := a.Number(name); ok {
			return min(n, hosttest.MostPerPage)
		}
	}
	return hosttest.MostPerPage
}

// bounds are the first and the last place of the page that is asked for, of so many. The cursor of a node is its place.
func bounds(a graph.Arguments, total int) (from, to int, err error) {
	if a.Text("before") != "" || a.Values["last"] != nil {
		return 0, 0, fmt.Errorf("gitlabtest pages forward only")
	}
	if after := a.Text("after"); after != "" {
		place, err := placeOf(after)
		if err != nil {
			return 0, 0, err
		}
		from = min(place+1, total)
	}
	return from, min(total, from+size(a)), nil
}

// connect takes the page of a list that is asked for.
func connect[T any](a graph.Arguments, all []T) (any, error) {
	from, to, err := bounds(a, len(all))
	if err != nil {
		return nil, err
	}
	page := &graph.Connection{Total: len(all), HasNext: to < len(all), HasPrevious: from > 0}
	for i, node := range all[from:to] {
		page.Edges = append(page.Edges, graph.Edge{Node: node, Cursor: cursorOf(from + i)})
	}
	return page, nil
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
