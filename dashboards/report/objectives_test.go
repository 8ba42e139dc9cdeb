package report

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics/query"
)

// TestAtTheExpenseOf tells what suffered for an objective: in words, where that can be seen, and never the objective itself.
func TestAtTheExpenseOf(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	guards := []query.Guard{
		{Guard: "exemptions", Baseline: number(2), Value: number(5), Worse: true},
		{Guard: "retention.d90", Baseline: number(0.5359), Value: number(0.5357), Worse: true},
		{Guard: "activation", Baseline: number(0.8), Value: number(0.61), Worse: true},
	}
	for measure, want := range map[string]string{
		"adoption.teams.voluntary": "At the expense of exemptions: from 2 to 5. At the expense of pipelines that run: from 80\u00a0% to 61\u00a0%.",
		"activation":               "At the expense of exemptions: from 2 to 5.",
	} {
		r := Report{Results: []Result{{OKRRow: query.OKRRow{Key: "k", Measure: measure, Guards: guards}}}}
		var told []string
		for _, line := range r.objectives().Figures[0].Beside {
			if strings.HasPrefix(line, "At the expense") {
				told = append(told, line)
			}
		}
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s: got %q, want %q", measure, got, want)
		}
	}
}
