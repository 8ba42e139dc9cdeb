package githubtest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// size is how many nodes of a connection are asked for.
func size(a graph.Arguments) int {
	if n, ok := a.Number("first"); ok {
		return n
	}
	n, _ := a.Number("last")
	return n
}

// order returns the field and the direction of an order that was asked for.
func order(a graph.Arguments) (by string, descending bool) {
	given, _ := a.Values["orderBy"].(map[string]any)
	by, _ = given["field"].(string)
	return by, given["direction"] == "DESC"
}

// ranked is a node of a connection, with what it is ordered by.
type ranked struct {
	key  string
	id   int64
	node any
	edge map[string]any // what the edge to it tells besides
}

// cursor names a place by what nodes are ordered by, so that it holds where nodes come, go and move.
func (r ranked) cursor() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "cursor:v2:%s|%d", r.key, r.id))
}

func (r ranked) compare(key string, id int64, descending bool) int {
	sign := 1
	if descending {
		sign = -1
	}
	if c := strings.Compare(r.key, key); c != 0 {
		return sign * c
	}
	return sign * int(r.id-id)
}

// connect orders nodes and takes the page that is asked for.
func connect(a graph.Arguments, all []ranked, descending bool) (*graph.Connection, error) {
	size, err := bounds(a)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y ranked) int { return x.compare(y.key, y.id, descending) })
	from, to := 0, len(all)
	if after := a.Text("after"); after != "" {
		key, id, err := parseCursor(after)
		if err != nil {
			return nil, err
		}
		for from < len(all) && all[from].compare(key, id, descending) <= 0 {
			from++
		}
	}
	if before := a.Text("before"); before != "" {
		key, id, err := parseCursor(before)
		if err != nil {
			return nil, err
		}
		for to > from && all[to-1].compare(key, id, descending) >= 0 {
			to--
		}
	}
	if _, first := a.Number("first"); first {
		to = min(to, from+size)
	} else {
		from = max(from, to-size)
	}
	page := &graph.Connection{Total: len(all), HasNext: to < len(all), HasPrevious: from > 0}
	for _, r := range all[from:to] {
		page.Edges = append(page.Edges, graph.Edge{Node: r.node, Cursor: r.cursor(), Extra: r.edge})
	}
	return page, nil
}

// bounds is how many nodes are asked for: that has to be said, and is a hundred at most.
func bounds(a graph.Arguments) (int, error) {
	name := a.Field.Name
	_, first := a.Number("first")
	_, last := a.Number("last")
	size := size(a)
	switch {
	case !first && !last:
		return 0, graph.Errorf("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `%s` connection.", name)
	case size > hosttest.MostPerPage:
		return 0, graph.Errorf("EXCESSIVE_PAGINATION", "Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", size, name)
	case size < 0:
		return 0, graph.Errorf("INVALID_PAGINATION", "`first` on the `%s` connection cannot be less than zero.", name)
	}
	return size, nil
}

func parseCursor(cursor string) (key string, id int64, err error) {
	plain, err := base64.StdEncoding.DecodeString(cursor)
	text, ok := strings.CutPrefix(string(plain), "cursor:v2:")
	at := strings.LastIndex(text, "|")
	if err != nil || !ok || at < 0 {
		return "", 0, graph.Errorf("INVALID_CURSOR_ARGUMENTS", "`%s` does not appear to be a valid cursor.", cursor)
	}
	_, err = fmt.Sscan(text[at+1:], &id)
	return text[:at], id, err
}

// connectionFields are those that connections of GitHub have besides the usual ones.
func connectionFields() graph.Fields {
	return graph.Fields{
		"totalCount": graph.Of(func(c *graph.Connection) any { return c.Total }),
		"totalSize":  graph.Of(func(c *graph.Connection) any { return c.Extra["totalSize"] }),
	}
}

// edgeFields are those that edges of GitHub have besides the usual ones.
func edgeFields() graph.Fields {
	fields := graph.Fields{}
	for _, name := range []string{"size", "role", "permission"} {
		fields[name] = graph.Of(func(e graph.Edge) any { return e.Extra[name] })
	}
	return fields
}
