package github

import (
	"context"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

// rulesetFields tell of the rulesets of a repository: without those of its organisation, where these are known.
const rulesetFields = `rulesets(%%s, includeParents: %v) {
	pageInfo { hasNextPage endCursor }
	nodes {
		databaseId enforcement target createdAt conditions { refName { include exclude } }
		rules(first: 1, type: WORKFLOWS) { nodes { parameters { ... on WorkflowsParameters { workflows { path ref sha repositoryId } } } } }
	}
}`

type rulesetNode struct {
	DatabaseID  *int64 `json:"databaseId"`
	Enforcement string
	Target      *string
	CreatedAt   time.Time
	Conditions  struct{ RefName *globs }
	Rules       *struct {
		Nodes []*struct {
			Parameters *struct{ Workflows []requiredGraph }
		}
	}
}

// requiredGraph is a workflow that has to pass, as GraphQL tells of it.
type requiredGraph struct {
	Path         string
	Ref, SHA     *string
	RepositoryID int64 `json:"repositoryId"`
}

func (g requiredGraph) node() requiredNode {
	n := requiredNode{Path: g.Path, RepositoryID: g.RepositoryID}
	if g.Ref != nil {
		n.Ref = *g.Ref
	}
	if g.SHA != nil {
		n.SHA = *g.SHA
	}
	return n
}

// ownPolicies reads those rulesets of repositories that the organisation does not tell of. A repository of which they
// are not known is not in the answer.
func (x *side) ownPolicies(ctx context.Context, some []*reading) (map[*reading][]metrics.Policy, error) {
	s := x.source
	found, whole := map[*reading][]*rulesetNode{}, map[*reading][]metrics.Policy{}
	err := pager[rulesetNode]{
		part: policiesPart, fields: fmt.Sprintf(rulesetFields, s.config.Org == ""),
		first: func(*reading) int { return 10 },
		take: func(r *reading, n *rulesetNode) bool {
			found[r] = append(found[r], n)
			return true
		},
		done: func(r *reading) { whole[r] = nil },
	}.read(ctx, s, some)
	if err != nil {
		return nil, err
	}
	for r := range whole {
		list, err := s.enforced(ctx, r, found[r])
		if err != nil {
			delete(whole, r)
			if err := s.failed(ctx, policiesPart, r, err); err != nil {
				return nil, err
			}
			continue
		}
		whole[r] = list
	}
	return whole, nil
}

// enforced lists what the rulesets of a repository run on its default branch.
func (s *Source) enforced(ctx context.Context, r *reading, nodes []*rulesetNode) (list []metrics.Policy, err error) {
	for _, n := range nodes {
		target := ""
		if n.Target != nil {
			target = *n.Target
		}
		refs := n.Conditions.RefName
		if n.DatabaseID == nil || n.Rules == nil || !inForce(n.Enforcement, target) || refs != nil && !refs.branch(r.Repo.DefaultBranch) {
			continue
		}
		for _, rule := range n.Rules.Nodes {
			if rule == nil || rule.Parameters == nil {
				continue
			}
			var required []requiredNode
			for _, w := range rule.Parameters.Workflows {
				required = append(required, w.node())
			}
			uses, err := s.uses(ctx, required)
			if err != nil {
				return nil, err
			}
			list = append(list, policiesOf(*n.DatabaseID, &n.CreatedAt, uses)...)
		}
	}
	return list, nil
}
