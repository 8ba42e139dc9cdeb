package gitlabtest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/vektah/gqlparser/v2/ast"
)

// mostCharacters is how long a query may be, or several that are sent at once.
const mostCharacters = 10_000

// execution is one query while it is answered.
type execution struct {
	*graph.Query
	call     *call
	peer     *Peer
	at       int // place among those that were sent at once
	score    int
	projects int // that were found so far
}

// answerGraph answers POST /api/graphql: one query, or several in a list, whose complexity counts together. A
// query of what the peer does not have is answered by errors and reported.
func answerGraph(c *call) (any, error) {
	asked, several, err := graph.Decode(c.Request.Body)
	if err != nil {
		return nil, hosttest.Refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	var all []*execution
	answers, sum, size := make([]any, len(asked)), 0, 0
	for i, one := range asked {
		size += len([]rune(one.Query))
		query, refused := c.peer.graph.Prepare(one)
		if refused != nil {
			answers[i] = object{"errors": refused}
			continue
		}
		x := &execution{Query: query, call: c, peer: c.peer, at: i}
		x.Null = x.null
		x.score = x.complexity()
		sum += x.score
		all = append(all, x)
	}
	if size > mostCharacters {
		return nil, hosttest.Refuse(http.StatusUnprocessableEntity, "").With(object{"errors": []any{object{"message": "Query too large"}}})
	}
	c.peer.limits.priced(sum)
	for _, x := range all {
		answers[x.at] = hollow(x.answer(sum), c.Fault)
	}
	if several {
		return answers, nil
	}
	return answers[0], nil
}

// null says whether a fault makes a field null.
func (x *execution) null(def *ast.Definition, _ *ast.Field) bool {
	return x.call.Fault.Is(Nulls) && def.Name != "Query" && !strings.HasSuffix(def.Name, "Connection")
}

// limit is the complexity that a query may have.
func (x *execution) limit() int {
	most := x.peer.config.Limits.Complexity
	switch {
	case x.call.token == nil:
		return most - 50
	case x.call.token.Admin:
		return most + 50
	}
	return most
}

// answer answers the query, unless it is too complex together with those that came with it.
func (x *execution) answer(together int) object {
	if together > x.limit() {
		message := fmt.Sprintf("Query has complexity of %d, which exceeds max complexity of %d", together, x.limit())
		return object{"errors": []any{object{"message": message}}}
	}
	return x.Run(x)
}
