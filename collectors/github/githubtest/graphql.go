package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/vektah/gqlparser/v2/ast"
)

// execution is one query while it is answered.
type execution struct {
	*graph.Query
	call  *call
	peer  *Peer
	cost  cost
	asked int // things that were asked for by name, so far
}

// answerGraph answers POST /graphql. A query that GitHub's schema does not allow, or that asks for what the
// peer does not have, is answered by errors and reported.
func answerGraph(c *call) (any, error) {
	asked, several, err := graph.Decode(c.Request.Body)
	if err != nil || several {
		return nil, hosttest.Refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	query, refused := c.peer.graph.Prepare(asked[0])
	if refused != nil {
		return object{"errors": refused}, nil
	}
	x := &execution{Query: query, call: c, peer: c.peer}
	x.Null, x.Lost = x.null, x.lost
	x.cost = x.price()
	c.cost = x.cost.time(c.peer.config.Costs)
	if x.cost.nodes > mostNodes {
		message := fmt.Sprintf("This query requests up to %d possible nodes which exceeds the maximum limit of %d.", x.cost.nodes, mostNodes)
		return object{"errors": []any{object{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}}}, nil
	}
	if err := c.peer.limits.charge(c, x.cost.points()); err != nil {
		return nil, err
	}
	return x.Run(x), nil
}

// null says whether a fault makes a field null.
func (x *execution) null(def *ast.Definition, _ *ast.Field) bool {
	fault := x.call.Fault
	if !fault.Is(Nulls) {
		return false
	}
	container := slices.Contains([]string{"Query", "Organization", "User"}, def.Name) || strings.HasSuffix(def.Name, "Connection") || strings.HasSuffix(def.Name, "Edge")
	return fault.Type == def.Name || fault.Type == "" && !container
}

// lost says whether a fault makes an entry of a list null.
func (x *execution) lost(place int) bool { return x.call.Fault.Is(NullNodes) && place%2 == 1 }

// named is a field of a query by which something is asked for by name. A fault takes every other one.
func named(value func(*execution, graph.Arguments) (any, error)) graph.Field {
	return graph.Root(func(x *execution, args graph.Arguments) (any, error) {
		x.asked++
		if x.call.Fault.Is(Partial) && x.asked%2 == 0 {
			return nil, graph.Errorf("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
		}
		return value(x, args)
	})
}
