package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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

// flag returns a truth that was given, and whether it was.
func (a arguments) flag(name string) (value, given bool) {
	value, given = a.values[name].(bool)
	return value, given
}

func (a arguments) number(name string) (int, bool) {
	switch n := a.values[name].(type) {
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

// size is how many nodes of a connection are asked for.
func (a arguments) size() int {
	if n, ok := a.number("first"); ok {
		return n
	}
	n, _ := a.number("last")
	return n
}

// order returns the field and the direction of an order that was asked for.
func (a arguments) order() (by string, descending bool) {
	given, _ := a.values["orderBy"].(map[string]any)
	by, _ = given["field"].(string)
	return by, given["direction"] == "DESC"
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

// connection is a page of nodes.
type connection struct {
	page                 []ranked
	total                int
	hasNext, hasPrevious bool
	extra                map[string]any // what the connection tells besides
}

// connect orders nodes and takes the page that is asked for.
func (a arguments) connect(all []ranked, descending bool) (*connection, error) {
	size, err := a.bounds()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y ranked) int { return x.compare(y.key, y.id, descending) })
	from, to := 0, len(all)
	if after := a.text("after"); after != "" {
		key, id, err := parseCursor(after)
		if err != nil {
			return nil, err
		}
		for from < len(all) && all[from].compare(key, id, descending) <= 0 {
			from++
		}
	}
	if before := a.text("before"); before != "" {
		key, id, err := parseCursor(before)
		if err != nil {
			return nil, err
		}
		for to > from && all[to-1].compare(key, id, descending) >= 0 {
			to--
		}
	}
	if _, first := a.number("first"); first {
		to = min(to, from+size)
	} else {
		from = max(from, to-size)
	}
	return &connection{page: all[from:to], total: len(all), hasNext: to < len(all), hasPrevious: from > 0}, nil
}

// bounds is how many nodes are asked for: that has to be said, and is a hundred at most.
func (a arguments) bounds() (int, error) {
	name := a.field.Name
	_, first := a.number("first")
	_, last := a.number("last")
	size := a.size()
	switch {
	case !first && !last:
		return 0, graphFail("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `%s` connection.", name)
	case size > largestPage:
		return 0, graphFail("EXCESSIVE_PAGINATION", "Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", size, name)
	case size < 0:
		return 0, graphFail("INVALID_PAGINATION", "`first` on the `%s` connection cannot be less than zero.", name)
	}
	return size, nil
}

func parseCursor(cursor string) (key string, id int64, err error) {
	plain, err := base64.StdEncoding.DecodeString(cursor)
	text, ok := strings.CutPrefix(string(plain), "cursor:v2:")
	at := strings.LastIndex(text, "|")
	if err != nil || !ok || at < 0 {
		return "", 0, graphFail("INVALID_CURSOR_ARGUMENTS", "`%s` does not appear to be a valid cursor.", cursor)
	}
	_, err = fmt.Sscan(text[at+1:], &id)
	return text[:at], id, err
}

func connectionFields() resolvers {
	return resolvers{
		"totalCount": of(func(c *connection) any { return c.total }),
		"pageInfo":   of(func(c *connection) any { return c }),
		"nodes":      of(func(c *connection) any { return each(c.page, func(r ranked) any { return r.node }) }),
		"edges":      of(func(c *connection) any { return each(c.page, func(r ranked) any { return r }) }),
		"totalSize":  of(func(c *connection) any { return c.extra["totalSize"] }),
	}
}

func edgeFields() resolvers {
	return resolvers{
		"cursor":     of(func(r ranked) any { return r.cursor() }),
		"node":       of(func(r ranked) any { return r.node }),
		"size":       of(func(r ranked) any { return r.edge["size"] }),
		"role":       of(func(r ranked) any { return r.edge["role"] }),
		"permission": of(func(r ranked) any { return r.edge["permission"] }),
	}
}

func pageFields() resolvers {
	end := func(c *connection, i int) any {
		if len(c.page) == 0 {
			return nil
		}
		return c.page[i].cursor()
	}
	return resolvers{
		"hasNextPage":     of(func(c *connection) any { return c.hasNext }),
		"hasPreviousPage": of(func(c *connection) any { return c.hasPrevious }),
		"startCursor":     of(func(c *connection) any { return end(c, 0) }),
		"endCursor":       of(func(c *connection) any { return end(c, len(c.page)-1) }),
	}
}
