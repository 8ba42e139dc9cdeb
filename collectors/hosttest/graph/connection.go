package graph

import "maps"

// Connection is a page of nodes.
type Connection struct {
	Edges                []Edge
	Total                int // nodes in all
	HasNext, HasPrevious bool
	Extra                map[string]any // what the connection tells besides
}

// Edge is a node of a connection with its place.
type Edge struct {
	Node   any
	Cursor string
	Extra  map[string]any // what the edge tells besides
}

// Connections adds the fields of connections, of their edges and of their pages to what a host has of them besides.
func Connections(types map[string]Fields) map[string]Fields {
	for name, fields := range map[string]Fields{"Connection": connectionFields(), "Edge": edgeFields(), "PageInfo": pageFields()} {
		maps.Copy(fields, types[name])
		types[name] = fields
	}
	return types
}

func connectionFields() Fields {
	each := func(show func(Edge) any) Field {
		return Of(func(c *Connection) any {
			all := make([]any, 0, len(c.Edges))
			for _, e := range c.Edges {
				all = append(all, show(e))
			}
			return all
		})
	}
	return Fields{
		"pageInfo": Of(func(c *Connection) any { return c }),
		"nodes":    each(func(e Edge) any { return e.Node }),
		"edges":    each(func(e Edge) any { return e }),
	}
}

func edgeFields() Fields {
	return Fields{
		"cursor": Of(func(e Edge) any { return e.Cursor }),
		"node":   Of(func(e Edge) any { return e.Node }),
	}
}

func pageFields() Fields {
	end := func(place func(last int) int) Field {
		return Of(func(c *Connection) any {
			if len(c.Edges) == 0 {
				return nil
			}
			return c.Edges[place(len(c.Edges)-1)].Cursor
		})
	}
	return Fields{
		"hasNextPage":     Of(func(c *Connection) any { return c.HasNext }),
		"hasPreviousPage": Of(func(c *Connection) any { return c.HasPrevious }),
		"startCursor":     end(func(int) int { return 0 }),
		"endCursor":       end(func(last int) int { return last }),
	}
}
