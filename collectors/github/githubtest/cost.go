package githubtest

import (
	"math"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// mostNodes is how many nodes a query may ask for at most.
const mostNodes = 500_000

// cost is what a query asks for.
type cost struct {
	requests int // that are needed to fill all connections
	nodes    int // that it can bring at most
	aliases  int // things asked for by name or id
	objects  int // files and trees looked up
}

// points are those of GitHub's documentation: a hundredth of the requests, rounded, at least one.
func (c cost) points() int { return max(1, int(math.Round(float64(c.requests)/100))) }

// time is the processor time that the query takes.
func (c cost) time(costs Costs) time.Duration {
	return costs.Query + time.Duration(c.aliases)*costs.Alias + time.Duration(c.objects)*costs.Object + time.Duration(c.nodes)*costs.Node
}

// price adds up what the query asks for, as if every page were full.
func (x *execution) price() cost {
	var sum cost
	x.add(&sum, x.peer.graph.Schema.Query, x.Operation.SelectionSet, 1)
	return sum
}

// add adds what a selection asks for, which stands below so many nodes.
func (x *execution) add(sum *cost, def *ast.Definition, set ast.SelectionSet, times int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if x.Included(s.Directives) && s.Definition != nil {
				x.addField(sum, def, s, times)
			}
		case *ast.InlineFragment:
			if x.Included(s.Directives) {
				x.add(sum, def, s.SelectionSet, times)
			}
		case *ast.FragmentSpread:
			if x.Included(s.Directives) {
				x.add(sum, def, s.Definition.SelectionSet, times)
			}
		}
	}
}

func (x *execution) addField(sum *cost, def *ast.Definition, f *ast.Field, times int) {
	args := x.Arguments(f)
	if def == x.peer.graph.Schema.Query && f.Name != "rateLimit" {
		ids, listed := args.Values["ids"].([]any)
		if listed {
			times *= max(1, len(ids))
		}
		sum.aliases += times
	}
	if def.Name == "Repository" && f.Name == "object" {
		sum.objects += times
	}
	t := x.peer.graph.Schema.Types[f.Definition.Type.Name()]
	if strings.HasSuffix(t.Name, "Connection") {
		sum.requests += times
		times *= max(1, size(args))
		sum.nodes += times
	}
	x.add(sum, t, f.SelectionSet, times)
}
