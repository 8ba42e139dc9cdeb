package metrics

import "slices"

// PolicyList is the full list of the policies that make something run in a repository without any of its files, as
// a source saw it. It is told apart by repository, source and Seen. An empty one says that there is none; one that
// could not be read whole is not written, unless the source never read one before: then it is Missed, until there is
// one. A list that is the same as the one before need not be written again: what was not listed any more ended between
// two lists.
type PolicyList struct {
	Repo   RepoID
	Source string
	Seen   Instant
	List   []Policy // any order

	Missed bool      // nobody read a list: there is no List
	Unread []UseKind // then, where a later run may read one: of what policies may make run; none where nobody will
}

// Known reports whether there is a list, and it was read.
func (l *PolicyList) Known() bool { return l.Seen != Beginning && !l.Missed }

// Holds reports whether a policy is in the list, as it is. What commit its ref leads to may change.
func (l *PolicyList) Holds(p Policy) bool {
	return slices.ContainsFunc(l.List, func(q Policy) bool {
		p.Since, p.Runs.SHA = q.Since, q.Runs.SHA
		return p == q
	})
}

// Policy is something that a host runs in repositories of its own accord.
type Policy struct {
	ID    string // the host's
	Kind  PolicyKind
	Runs  Use     // what it runs
	Since Instant // since when it has been as it is, as the host tells; Beginning where it does not
}

// PolicyKind is a host's word for policies.
type PolicyKind string

// Kinds of policies.
const (
	RequiredWorkflow   PolicyKind = "required_workflow"   // GitHub, before rulesets
	Ruleset            PolicyKind = "ruleset"             // GitHub: a rule that workflows have to pass
	CompliancePipeline PolicyKind = "compliance_pipeline" // GitLab: that of a compliance framework
	InjectedPipeline   PolicyKind = "injected_pipeline"   // GitLab: a pipeline or scan execution policy
)
