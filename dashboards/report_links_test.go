package dashboards

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
)

// TestLinksOfReports follows what reports lead to: a rate leads to all that it is of, and a step to as many as it speaks of.
func TestLinksOfReports(t *testing.T) {
	const base = "https://trodden.acme.dev"
	rate := regexp.MustCompile(`^- \*\*\[.*\]\(` + base + `(/(?:teams|states)\?[^)]*)\): .*\n  - (\d+) of (\d+) `)
	step := regexp.MustCompile(`^\d\. (Look after|Upgrade|Make it easy|Make) (?:.*: )?(\d+) (?:unknown )?repositor.*\n.*\n   - \[See which\]\(` + base + `(/[^)]*)\)`)
	p, full := newTest(t, moversStore(t)), 1.0
	lasting := []metrics.Objective{{Key: "stay", Results: []metrics.KeyResult{{Key: "d90", Measure: "retention.d90", Path: "ci", Baseline: metrics.Baseline{Value: &full}, Target: 1,
		From: at("2025-01-01"), To: at("2026-12-31"), Weight: 1}}}}
	rates, steps := 0, map[string]bool{}
	for _, scope := range []report.Scope{{Kind: report.Leadership}, {Kind: report.OfPath, Key: "ci"}, {Kind: report.OfTeam, Key: string(moverTeam(7))}, {Kind: report.OfTeam, Key: string(moverTeam(1))}} {
		for _, day := range []string{"2025-08-05", "2025-11-20", now} {
			r, err := report.Build(t.Context(), p.DB, at(now), report.Question{Scope: scope, Week: report.LastWeek(at(day), time.UTC), Base: base, Objectives: lasting})
			check(t, err)
			text, err := r.Markdown()
			check(t, err)
			lines := strings.Split(strings.ReplaceAll(text, "\u00a0", " "), "\n")
			for i := range lines {
				rest := strings.Join(lines[i:min(i+3, len(lines))], "\n")
				want, address := "", ""
				if found := rate.FindStringSubmatch(rest); found != nil {
					want, address = found[3], found[1]
					rates++
				} else if found := step.FindStringSubmatch(rest); found != nil {
					want, address = found[2], found[3]
					steps[found[1]] = true
				} else {
					continue
				}
				if got := rowsOf(t, p, strings.ReplaceAll(address, "&amp;", "&")); strconv.Itoa(got) != want {
					t.Errorf("%v: %s has %d rows, of\n%s", scope, address, got, rest)
				}
			}
		}
	}
	if rates < 4 || !steps["Look after"] || !steps["Upgrade"] || !steps["Make it easy"] {
		t.Errorf("followed %d rates, and steps %v", rates, steps)
	}
}
