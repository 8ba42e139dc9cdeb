package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestWorkOfPulls(t *testing.T) {
	for _, c := range []struct {
		name string
		pull metrics.Pull
		want metrics.Work
	}{
		{"nothing tells", metrics.Pull{AuthorKind: metrics.Human}, metrics.Unclassified},
		{"a program on its own", metrics.Pull{AuthorKind: metrics.Bot, Class: "feat", Labels: []string{"feature"}}, metrics.Upkeep},
		{"a program that was asked to", metrics.Pull{AuthorKind: metrics.Initiator, Class: "feat"}, metrics.Improvement},
		{"a title as programs write them", metrics.Pull{Class: metrics.PullRoutine}, metrics.Upkeep},
		{"type fix", metrics.Pull{Class: "fix"}, metrics.Upkeep},
		{"type chore", metrics.Pull{Class: "chore"}, metrics.Upkeep},
		{"type revert", metrics.Pull{Class: "revert"}, metrics.Upkeep},
		{"type feat", metrics.Pull{Class: "feat"}, metrics.Improvement},
		{"type perf", metrics.Pull{Class: "perf"}, metrics.Improvement},
		{"type docs", metrics.Pull{Class: "docs"}, metrics.Improvement},
		{"the type goes before labels", metrics.Pull{Class: "feat", Labels: []string{"bug"}}, metrics.Improvement},
		{"a type that tells nothing", metrics.Pull{Class: "refactor"}, metrics.Unclassified},
		{"a type that tells nothing, and a label", metrics.Pull{Class: "test", Labels: []string{"roadmap"}}, metrics.Improvement},
		{"a label", metrics.Pull{Labels: []string{"wontfix", "bug"}}, metrics.Upkeep},
		{"a label with a scope", metrics.Pull{Labels: []string{"kind/bug"}}, metrics.Upkeep},
		{"a label with a scope and spaces", metrics.Pull{Labels: []string{"Type:  Tech debt"}}, metrics.Upkeep},
		{"a scoped label of GitLab", metrics.Pull{Labels: []string{"type::feature"}}, metrics.Improvement},
		{"labels for both", metrics.Pull{Labels: []string{"enhancement", "maintenance"}}, metrics.Upkeep},
		{"a label that only begins so", metrics.Pull{Labels: []string{"bugbear"}}, metrics.Unclassified},
		{"an empty label", metrics.Pull{Labels: []string{"", "/"}}, metrics.Unclassified},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.pull.Work(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
