package query_test

import (
	"fmt"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

// TestOKRsOfUncertainCatalogs judges key results about a catalog of which much is not known: no count is met, and no share is
// missed, for that.
func TestOKRsOfUncertainCatalogs(t *testing.T) {
	share := func(num, den, unknown int) freshness.Share {
		return freshness.Share{Num: num, Den: den, Unknown: unknown}
	}
	now := at("2026-07-01")
	for _, test := range []struct {
		name, measure string
		target        float64
		catalog       func(*clickhouse.Judgement)
		want          string
	}{
		{"no ghost may be known", "catalog.ghosts", 5, func(j *clickhouse.Judgement) { j.Ghosts = share(0, 20, 20) }, "unknown all_unknown: - scores - []"},
		{"too many may be ghosts", "catalog.ghosts", 5, func(j *clickhouse.Judgement) { j.Ghosts = share(1, 20, 7) }, "unknown uncertain: 1 scores - [up to 8, if what is not known were so]"},
		{"few may be ghosts", "catalog.ghosts", 5, func(j *clickhouse.Judgement) { j.Ghosts = share(1, 20, 4) }, "met : 1 scores 1 [up to 5, if what is not known were so]"},
		{"all is known of ghosts", "catalog.ghosts", 5, func(j *clickhouse.Judgement) { j.Ghosts = share(1, 20, 0) }, "met : 1 scores 1 []"},
		{"too many are ghosts", "catalog.ghosts", 0, func(j *clickhouse.Judgement) { j.Ghosts = share(18, 20, 1) }, "off_track : 18 scores 0.1 [up to 19, if what is not known were so]"},
		{"no repository is known", "catalog.dark", 5, func(j *clickhouse.Judgement) { j.Coverage = share(0, 0, 0) }, "unknown empty: - scores - []"},
		{"no repository is known to be active", "catalog.dark", 5, func(j *clickhouse.Judgement) { j.Coverage, j.Unread = share(0, 0, 0), make([]string, 9) }, "unknown all_unknown: - scores - []"},
		{"too many may be dark", "catalog.dark", 5, func(j *clickhouse.Judgement) {
			j.Coverage, j.Unread, j.Dark = share(3, 4, 0), make([]string, 9), []string{"a"}
		}, "unknown uncertain: 1 scores - [up to 10, if what is not known were so]"},
		{"what covers them is not known", "catalog.dark", 2, func(j *clickhouse.Judgement) { j.Coverage, j.Dark = share(1, 5, 3), []string{"a"} }, "unknown uncertain: 1 scores - [up to 4, if what is not known were so]"},
		{"few may be dark", "catalog.dark", 5, func(j *clickhouse.Judgement) {
			j.Coverage, j.Unread, j.Dark = share(3, 4, 0), make([]string, 2), []string{"a"}
		}, "met : 1 scores 1 [up to 3, if what is not known were so]"},
		{"no owner is known to be right", "catalog.owners", 0.5, func(j *clickhouse.Judgement) { j.Owners = share(0, 18, 18) }, "unknown all_unknown: - scores - []"},
		{"one owner is known to be wrong", "catalog.owners", 0.5, func(j *clickhouse.Judgement) { j.Owners = share(0, 18, 17) }, "off_track : 0 scores 0 []"},
		{"nothing is known to be fresh", "catalog.freshness", 0.5, func(j *clickhouse.Judgement) { j.Fresh = share(0, 18, 18) }, "unknown all_unknown: - scores - []"},
		{"nothing is fresh", "catalog.freshness", 0.5, func(j *clickhouse.Judgement) { j.Fresh = share(0, 18, 0) }, "off_track : 0 scores 0 []"},
		{"nothing is known to be covered", "catalog.coverage", 0.5, func(j *clickhouse.Judgement) { j.Coverage = share(0, 5, 5) }, "unknown all_unknown: - scores - []"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, ctx := openStore(t), t.Context()
			j := judged("backstage", now-metrics.Day)
			j.Fresh = share(5, 20, 0)
			test.catalog(&j)
			if err := db.WriteJudgements(ctx, now-metrics.Day, []clickhouse.Judgement{j}, nil); err != nil {
				t.Fatal(err)
			}
			baseline := 20.0
			if figure, _ := metrics.FindFigure(test.measure); figure.Share {
				baseline = 0
			}
			k := metrics.KeyResult{Key: "k", Measure: test.measure, Target: test.target, From: now - 90*metrics.Day, To: now + 90*metrics.Day, Weight: 1, Baseline: metrics.Baseline{Value: &baseline}}
			rows, err := query.OKRs(ctx, db, []metrics.Objective{{Key: "o", Results: []metrics.KeyResult{k}}}, now)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%+v, %v", rows, err)
			}
			r := rows[0]
			notes := []string{}
			for _, note := range r.Notes {
				if note[0] == 'u' { // up to
					notes = append(notes, note)
				}
			}
			if got := fmt.Sprintf("%s %s: %s scores %s %v", r.Status, r.Reason, said(r.Value), said(r.Score), notes); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if r.Status == stats.Status("unknown") && (r.ObjectiveScore != nil || r.Pace != nil) {
				t.Errorf("the objective scores %s at a pace of %s", said(r.ObjectiveScore), said(r.Pace))
			}
		})
	}
}
