package metrics

import (
	"slices"
	"strings"
)

// Work says what a change was for, as far as its author, its title and its labels tell.
type Work string

// What changes are for.
const (
	Upkeep       Work = "upkeep"       // that what is there goes on working: upgrades, bumps, breakage, migrations
	Improvement  Work = "improvement"  // that there is more than before
	Unclassified Work = "unclassified" // nothing tells
)

// Work returns what a proposed change is for, the first that holds: what programs propose on their own, or under the
// titles that they write, is upkeep; then the type of its title tells, then its labels. A label that speaks for upkeep
// goes before one that speaks for improvement. Which files it touched is not known of most.
func (p *Pull) Work() Work {
	if p.AuthorKind == Bot || p.Class == PullRoutine {
		return Upkeep
	}
	switch p.Class {
	case "fix", "chore", "build", "ci", "revert":
		return Upkeep
	case "feat", "perf", "docs":
		return Improvement
	}
	switch {
	case slices.ContainsFunc(p.Labels, labelIn(upkeepLabels())):
		return Upkeep
	case slices.ContainsFunc(p.Labels, labelIn(improvementLabels())):
		return Improvement
	}
	return Unclassified
}

func upkeepLabels() []string {
	return []string{
		"bug", "breakage", "chore", "dependencies", "incident", "maintenance", "migration", "regression", "security",
		"tech-debt", "toil", "upgrade",
	}
}

func improvementLabels() []string {
	return []string{"enhancement", "feature", "improvement", "roadmap"}
}

// labelIn reports of a label whether it is one of the words, ignoring case, what spaces words, and a scope before the
// last slash or colon: kind/bug, Type: Bug.
func labelIn(words []string) func(label string) bool {
	return func(label string) bool {
		word := strings.ToLower(label[strings.LastIndexAny(label, "/:")+1:])
		return slices.Contains(words, strings.Join(strings.FieldsFunc(word, func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), "-"))
	}
}
