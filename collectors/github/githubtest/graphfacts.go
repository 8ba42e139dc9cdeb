package githubtest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// checkSuite is what GraphQL tells of a run as a check of its commit. One that is attempted again is the same suite.
type checkSuite struct{ *run }

// commitChecks lists the check suites of a commit, in the order in which they were made.
func commitChecks(_ *execution, o gitObject, args graph.Arguments) (any, error) {
	var all []ranked
	for _, r := range o.repo.runs {
		if r.SHA == o.oid() {
			all = append(all, ranked{id: r.id, node: checkSuite{r}})
		}
	}
	return connect(args, all, false)
}

func checkSuiteFields() graph.Fields {
	return graph.Fields{
		"id":         graph.Of(func(c checkSuite) any { return nodeID("CS", c.id) }),
		"databaseId": graph.Of(func(c checkSuite) any { return c.id }),
		"createdAt":  graph.Of(func(c checkSuite) any { return stamp(c.Created) }),
		"updatedAt":  graph.Of(func(c checkSuite) any { return stamp(c.Updated) }),
	}
}

// commitParents lists the commits before one.
func commitParents(_ *execution, o gitObject, args graph.Arguments) (any, error) {
	var all []ranked
	for i, oid := range o.value.(*objects.Commit).Parents {
		if c := o.repo.git.Commits[oid]; c != nil {
			all = append(all, ranked{id: int64(i), node: gitObject{o.repo, c}})
		}
	}
	return connect(args, all, false)
}

// deployed is a deployment in its repository.
type deployed struct {
	repo       *repository
	deployment *deployment
}

// graphDeployments lists deployments.
func graphDeployments(_ *execution, r *repository, args graph.Arguments) (any, error) {
	by, descending := order(args)
	environments := args.Words("environments")
	var all []ranked
	for _, d := range r.deployments {
		if environments != nil && !slices.Contains(environments, d.Environment) {
			continue
		}
		n := ranked{id: d.id, node: deployed{r, d}}
		if by == "CREATED_AT" {
			n.key = d.Created.UTC().Format("20060102150405")
		}
		all = append(all, n)
	}
	return connect(args, all, descending)
}

func deploymentFields() graph.Fields {
	one := func(value func(*deployment) any) graph.Field {
		return graph.Of(func(d deployed) any { return value(d.deployment) })
	}
	return graph.Fields{
		"id":                  one(func(d *deployment) any { return nodeID("DE", d.id) }),
		"databaseId":          one(func(d *deployment) any { return d.id }),
		"environment":         one(func(d *deployment) any { return hosttest.OrNull(d.Environment) }),
		"originalEnvironment": one(func(d *deployment) any { return hosttest.OrNull(d.Environment) }),
		"task":                one(func(d *deployment) any { return d.Task }),
		"commitOid":           one(func(d *deployment) any { return d.SHA }),
		"createdAt":           one(func(d *deployment) any { return stamp(d.Created) }),
		"updatedAt":           one(func(d *deployment) any { return stamp(d.updated()) }),
		"state":               one(func(d *deployment) any { return d.graphState() }),
		"latestStatus":        one(func(d *deployment) any { return d.latest() }),
		"ref":                 graph.Of(func(d deployed) any { return d.repo.branchRef(d.deployment.Ref) }),
	}
}

func (d *deployment) updated() time.Time {
	if n := len(d.Statuses); n > 0 {
		return d.Statuses[n-1].At
	}
	return d.Created
}

// graphState is what GraphQL calls the state of a deployment: one that succeeded is active.
func (d *deployment) graphState() string {
	n := len(d.Statuses)
	if n == 0 {
		return "PENDING"
	}
	if state := strings.ToUpper(d.Statuses[n-1].State); state != "SUCCESS" {
		return state
	}
	return "ACTIVE"
}

func (d *deployment) latest() any {
	if n := len(d.Statuses); n > 0 {
		return d.Statuses[n-1]
	}
	return nil
}

func deploymentStatusFields() graph.Fields {
	return graph.Fields{
		"state":     graph.Of(func(s DeploymentStatus) any { return strings.ToUpper(s.State) }),
		"createdAt": graph.Of(func(s DeploymentStatus) any { return stamp(s.At) }),
		"updatedAt": graph.Of(func(s DeploymentStatus) any { return stamp(s.At) }),
	}
}

// graphRulesets lists the rulesets of a repository, those of its organisation too unless they are not asked for.
func graphRulesets(_ *execution, r *repository, args graph.Arguments) (any, error) {
	var all []ranked
	for _, s := range rulesetsOf(r, args.Flag("includeParents", true)) {
		all = append(all, ranked{id: s.id, node: s})
	}
	return connect(args, all, false)
}

func rulesetFields() graph.Fields {
	return graph.Fields{
		"id":          graph.Of(func(s *ruleset) any { return nodeID("RRS", s.id) }),
		"databaseId":  graph.Of(func(s *ruleset) any { return s.id }),
		"name":        graph.Of(func(s *ruleset) any { return s.Name }),
		"target":      graph.Of(func(*ruleset) any { return "BRANCH" }),
		"enforcement": graph.Of(func(s *ruleset) any { return strings.ToUpper(s.Enforcement) }),
		"createdAt":   graph.Of(func(s *ruleset) any { return stamp(s.at) }),
		"updatedAt":   graph.Of(func(s *ruleset) any { return stamp(s.at) }),
		"conditions":  graph.Of(func(s *ruleset) any { return s }),
		"rules":       graph.With(graphRules),
	}
}

func conditionFields() graph.Fields {
	return graph.Fields{"refName": graph.Of(func(s *ruleset) any { return s })}
}

func refConditionFields() graph.Fields {
	return graph.Fields{
		"include": graph.Of(func(s *ruleset) any { return hosttest.Each(s.Branches, func(b string) any { return b }) }),
		"exclude": graph.Of(func(*ruleset) any { return []any{} }),
	}
}

// graphRule is one rule of a ruleset.
type graphRule struct {
	set  *ruleset
	kind string
}

func graphRules(_ *execution, s *ruleset, args graph.Arguments) (any, error) {
	var all []ranked
	for i, rule := range []struct {
		kind  string
		there bool
	}{{"DELETION", s.Deletion}, {"WORKFLOWS", len(s.Workflows) > 0}} {
		if rule.there && (args.Text("type") == "" || args.Text("type") == rule.kind) {
			all = append(all, ranked{id: int64(i), node: graphRule{s, rule.kind}})
		}
	}
	return connect(args, all, false)
}

func ruleFields() graph.Fields {
	return graph.Fields{
		"id":   graph.Of(func(r graphRule) any { return "RRR_" + strconv.FormatInt(r.set.id, 36) + r.kind }),
		"type": graph.Of(func(r graphRule) any { return r.kind }),
		"parameters": graph.Of(func(r graphRule) any {
			if r.kind != "WORKFLOWS" {
				return nil
			}
			return requiredWorkflows{r.set}
		}),
	}
}

// requiredWorkflows are the parameters of a rule that lets workflows run.
type requiredWorkflows struct{ set *ruleset }

func (requiredWorkflows) GraphType() string { return "WorkflowsParameters" }

func requiredFields() graph.Fields {
	return graph.Fields{
		"doNotEnforceOnCreate": graph.Of(func(requiredWorkflows) any { return false }),
		"workflows": graph.Of(func(p requiredWorkflows) any {
			all := []any{}
			for i, w := range p.set.Workflows {
				all = append(all, requiredFile{w, p.set.homes[i]})
			}
			return all
		}),
	}
}

// requiredFile is a required workflow with the repository that it lies in.
type requiredFile struct {
	RequiredWorkflow
	home int64
}

func requiredFileFields() graph.Fields {
	return graph.Fields{
		"path":         graph.Of(func(f requiredFile) any { return f.Path }),
		"ref":          graph.Of(func(f requiredFile) any { return hosttest.OrNull(f.Ref) }),
		"sha":          graph.Of(func(f requiredFile) any { return hosttest.OrNull(f.SHA) }),
		"repositoryId": graph.Of(func(f requiredFile) any { return f.home }),
	}
}
