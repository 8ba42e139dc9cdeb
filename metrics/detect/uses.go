package detect

import (
	"github.com/trodden/trodden/metrics"
)

// usesKind is the signal that a workflow uses something: uses looks at all uses:, workflow_uses at those of
// jobs, action_uses at those of steps.
func usesKind(name string) Kind {
	help := map[string]string{
		"uses":          "a job or step of a GitHub Actions workflow uses a workflow or action",
		"workflow_uses": "a job of a GitHub Actions workflow calls a reusable workflow",
		"action_uses":   "a step of a GitHub Actions workflow or composite action uses an action",
	}
	return Kind{
		Name: name, Main: "target", Whole: true, Root: true, Help: help[name],
		Keys: []Key{
			{"target", Pattern, false, "pattern of what is used, without its ref; owner and repository in any case"},
			{"all_of", Patterns, false, "patterns that one workflow, with what it refers to, must all use"},
		},
		AnyOf: []string{"target", "all_of"},
		how:   byGraph, graph: githubGraph, files: workflowFiles, roots: 2,
		compile: compileUses,
	}
}

// maxParts is how many patterns all_of may have.
const maxParts = 64

// compileUses prepares a uses signal.
func compileUses(s metrics.Signal) (any, []Problem) {
	problems := checkTarget("target", s.Target, "@")
	if len(s.AllOf) > maxParts {
		problems = append(problems, problem("all_of", "%d patterns, expected at most %d", len(s.AllOf), maxParts)...)
	}
	t := usesTest{jobs: s.Kind != "action_uses", steps: s.Kind != "workflow_uses"}
	if s.Target != "" {
		target := newRepoPattern(s.Target)
		t.target = &target
	}
	for _, text := range s.AllOf {
		problems = append(problems, checkTarget("all_of", text, "@")...)
		t.all = append(t.all, newRepoPattern(text))
	}
	return t, problems
}

// usesTest is a compiled uses signal.
type usesTest struct {
	target      *pattern
	all         []pattern
	jobs, steps bool // which uses: count
}

// skip implements graphTest.
func (t usesTest) skip(content string) bool {
	for _, p := range t.all {
		if p.lacks(content) {
			return true
		}
	}
	return t.target != nil && t.target.lacks(content)
}

// look implements graphTest.
func (t usesTest) look(d *draft) look {
	var l look
	for _, u := range d.uses {
		if u.step && !t.steps || !u.step && !t.jobs {
			continue
		}
		matched := t.target != nil && t.target.matchRepo(u.target, u.folded)
		for i, p := range t.all {
			if i < maxParts && p.matchRepo(u.target, u.folded) {
				l.parts |= 1 << i
				matched = matched || t.target == nil
			}
		}
		if matched {
			l.add(jobHit{d.cite(u), u.job, ""})
		}
	}
	return l
}

// conclude implements graphTest: the target is used somewhere in the pipeline, and every one of all_of is.
func (t usesTest) conclude(name string, nodes []node, ordinal int) metrics.Finding {
	var out metrics.Finding
	var unknown metrics.Reason
	var parts uint64
	for _, n := range nodes {
		if n.digest == nil {
			unknown = firstReason(unknown, n.reason)
			continue
		}
		l := n.digest.look(ordinal)
		parts |= l.parts
		out.Evidence = appendHits(out.Evidence, name, n, l.hits)
	}
	switch {
	case len(out.Evidence) > 0 && parts == 1<<len(t.all)-1:
		out.Truth = metrics.Yes
		return out
	case unknown != "":
		return metrics.Finding{Truth: metrics.Maybe, Reason: unknown}
	}
	return metrics.Finding{}
}
