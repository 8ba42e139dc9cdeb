package github

import (
	"context"
	"fmt"
	"slices"
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
	Rules       *struct{ Nodes []*ruleNode }
}

type ruleNode struct {
	Parameters *struct{ Workflows []requiredGraph }
}

// lacks reports whether it is not told what a ruleset is about.
func (n *rulesetNode) lacks() bool {
	return n.DatabaseID == nil || n.Rules == nil || slices.ContainsFunc(n.Rules.Nodes, func(rule *ruleNode) bool { return rule == nil || rule.Parameters == nil })
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

// ownPolicies writes which policies hold in repositories that have rulesets of which the organisation does not tell.
func (x *side) ownPolicies(ctx context.Context, o *org, some []*reading) error {
	s := x.source
	return pager[rulesetNode, rulesetNode]{
		part: policiesPart, bit: listsRead, step: "rulesets", fields: fmt.Sprintf(rulesetFields, s.parents(o)),
		first: func(*reading) int { return 10 },
		lacks: (*rulesetNode).lacks,
		take:  func(_ *reading, n *rulesetNode) ([]rulesetNode, bool) { return []rulesetNode{*n}, true },
		done: func(ctx context.Context, r *reading, found []rulesetNode) error {
			list, err := s.enforced(ctx, r, found)
			if err != nil {
				return s.failed(ctx, policiesPart, r, err)
			}
			x.policy(r, append(list, o.imposed(r, s.hostID)...))
			return nil
		},
	}.read(ctx, s, some)
}

// parents reports whether repositories are asked for the rulesets of their organisation, too.
func (s *Source) parents(o *org) bool { return s.config.Org == "" || o.hides() }

// enforced lists what the rulesets of a repository run on its default branch.
func (s *Source) enforced(ctx context.Context, r *reading, nodes []rulesetNode) (list []metrics.Policy, err error) {
	for _, n := range nodes {
		target := ""
		if n.Target != nil {
			target = *n.Target
		}
		refs := n.Conditions.RefName
		if !inForce(n.Enforcement, target) || refs != nil && !refs.branch(r.Repo.DefaultBranch) {
			continue
		}
		for _, rule := range n.Rules.Nodes {
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
