package githubtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkSuite is what GraphQL tells of a run as a check of its commit. One that is attempted again is the same suite.
type checkSuite struct{ *run }

// commitChecks lists the check suites of a commit, in the order in which they were made.
func commitChecks(_ *execution, o gitObject, args arguments) (any, error) {
	var all []ranked
	for _, r := range o.repo.runs {
		if r.SHA == o.oid() {
			all = append(all, ranked{id: r.id, node: checkSuite{r}})
		}
	}
	return args.connect(all, false)
}

func checkSuiteFields() resolvers {
	return resolvers{
		"id":         of(func(c checkSuite) any { return nodeID("CS", c.id) }),
		"databaseId": of(func(c checkSuite) any { return c.id }),
		"createdAt":  of(func(c checkSuite) any { return stamp(c.Created) }),
		"updatedAt":  of(func(c checkSuite) any { return stamp(c.Updated) }),
	}
}

// commitParents lists the commits before one.
func commitParents(_ *execution, o gitObject, args arguments) (any, error) {
	var all []ranked
	for i, oid := range o.value.(*commit).parents {
		if c := o.repo.commits[oid]; c != nil {
			all = append(all, ranked{id: int64(i), node: gitObject{o.repo, c}})
		}
	}
	return args.connect(all, false)
}

// deployed is a deployment in its repository.
type deployed struct {
	repo       *repository
	deployment *deployment
}

// graphDeployments lists deployments.
func graphDeployments(_ *execution, r *repository, args arguments) (any, error) {
	by, descending := args.order()
	environments := args.words("environments")
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
	return args.connect(all, descending)
}

func deploymentFields() resolvers {
	one := func(value func(*deployment) any) func(*execution, any, arguments) (any, error) {
		return of(func(d deployed) any { return value(d.deployment) })
	}
	return resolvers{
		"id":                  one(func(d *deployment) any { return nodeID("DE", d.id) }),
		"databaseId":          one(func(d *deployment) any { return d.id }),
		"environment":         one(func(d *deployment) any { return orNull(d.Environment) }),
		"originalEnvironment": one(func(d *deployment) any { return orNull(d.Environment) }),
		"task":                one(func(d *deployment) any { return d.Task }),
		"commitOid":           one(func(d *deployment) any { return d.SHA }),
		"createdAt":           one(func(d *deployment) any { return stamp(d.Created) }),
		"updatedAt":           one(func(d *deployment) any { return stamp(d.updated()) }),
		"state":               one(func(d *deployment) any { return d.graphState() }),
		"latestStatus":        one(func(d *deployment) any { return d.latest() }),
		"ref":                 of(func(d deployed) any { return d.repo.branchRef(d.deployment.Ref) }),
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

func deploymentStatusFields() resolvers {
	return resolvers{
		"state":     of(func(s DeploymentStatus) any { return strings.ToUpper(s.State) }),
		"createdAt": of(func(s DeploymentStatus) any { return stamp(s.At) }),
		"updatedAt": of(func(s DeploymentStatus) any { return stamp(s.At) }),
	}
}

// graphRulesets lists the rulesets of a repository, those of its organisation too unless they are not asked for.
func graphRulesets(_ *execution, r *repository, args arguments) (any, error) {
	parents, given := args.flag("includeParents")
	var all []ranked
	for _, s := range rulesetsOf(r, parents || !given) {
		all = append(all, ranked{id: s.id, node: s})
	}
	return args.connect(all, false)
}

func rulesetFields() resolvers {
	return resolvers{
		"id":          of(func(s *ruleset) any { return nodeID("RRS", s.id) }),
		"databaseId":  of(func(s *ruleset) any { return s.id }),
		"name":        of(func(s *ruleset) any { return s.Name }),
		"target":      of(func(*ruleset) any { return "BRANCH" }),
		"enforcement": of(func(s *ruleset) any { return strings.ToUpper(s.Enforcement) }),
		"createdAt":   of(func(s *ruleset) any { return stamp(s.at) }),
		"updatedAt":   of(func(s *ruleset) any { return stamp(s.at) }),
		"conditions":  of(func(s *ruleset) any { return s }),
		"rules":       with(graphRules),
	}
}

func conditionFields() resolvers {
	return resolvers{"refName": of(func(s *ruleset) any { return s })}
}

func refConditionFields() resolvers {
	return resolvers{
		"include": of(func(s *ruleset) any { return each(s.Branches, func(b string) any { return b }) }),
		"exclude": of(func(*ruleset) any { return []any{} }),
	}
}

// graphRule is one rule of a ruleset.
type graphRule struct {
	set  *ruleset
	kind string
}

func graphRules(_ *execution, s *ruleset, args arguments) (any, error) {
	var all []ranked
	for i, rule := range []struct {
		kind  string
		there bool
	}{{"DELETION", s.Deletion}, {"WORKFLOWS", len(s.Workflows) > 0}} {
		if rule.there && (args.text("type") == "" || args.text("type") == rule.kind) {
			all = append(all, ranked{id: int64(i), node: graphRule{s, rule.kind}})
		}
	}
	return args.connect(all, false)
}

func ruleFields() resolvers {
	return resolvers{
		"id":   of(func(r graphRule) any { return "RRR_" + strconv.FormatInt(r.set.id, 36) + r.kind }),
		"type": of(func(r graphRule) any { return r.kind }),
		"parameters": of(func(r graphRule) any {
			if r.kind != "WORKFLOWS" {
				return nil
			}
			return requiredWorkflows{r.set}
		}),
	}
}

// requiredWorkflows are the parameters of a rule that lets workflows run.
type requiredWorkflows struct{ set *ruleset }

func (requiredWorkflows) graphType() string { return "WorkflowsParameters" }

func requiredFields() resolvers {
	return resolvers{
		"doNotEnforceOnCreate": of(func(requiredWorkflows) any { return false }),
		"workflows": of(func(p requiredWorkflows) any {
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

func requiredFileFields() resolvers {
	return resolvers{
		"path":         of(func(f requiredFile) any { return f.Path }),
		"ref":          of(func(f requiredFile) any { return orNull(f.Ref) }),
		"sha":          of(func(f requiredFile) any { return orNull(f.SHA) }),
		"repositoryId": of(func(f requiredFile) any { return f.home }),
	}
}
