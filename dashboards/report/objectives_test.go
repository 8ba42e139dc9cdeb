package report

import (
	"strings"
	"testing"
	"time"

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

// TestWay says where a key result comes from only where that is known.
func TestWay(t *testing.T) {
	tenth := 0.1
	for want, row := range map[string]query.OKRRow{
		"From 10 % to 40 % by 31 Dec 2026.": {Measure: "adoption.teams.total", Baseline: &tenth, Value: &tenth, Target: 0.4, To: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)},
		"To 40 % by 31 Dec 2026.":           {Measure: "adoption.teams.total", Value: &tenth, Target: 0.4, To: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)},
	} {
		if got := (Result{OKRRow: row}).way(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if all(2) != "both" || all(3) != "all 3" {
		t.Errorf("two are %q and three %q", all(2), all(3))
	}
}
