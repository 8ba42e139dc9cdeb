package query_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// benchRuns is how many runs the benchmark of friction has: a few here, millions where somebody asks for them.
var benchRuns = flag.Int("bench.runs", 200_000, "runs of the benchmark of friction")

// BenchmarkFriction asks about the runs of 10,000 repositories on 8 paths with 600,000 spans, two in five of them on
// default branches: each measure for all time, in milliseconds, and those of the last twelve weeks (recent) as key
// results ask for them. All are medians of whole questions.
func BenchmarkFriction(b *testing.B) {
	db := openStore(b)
	fill(b, db)
	const batch = 100_000
	execFile(b, db, "testdata/bench_spells.sql", nil)
	execFile(b, db, "testdata/bench_run_windows.sql", nil)
	for first := 0; first < *benchRuns; first += batch {
		execFile(b, db, "testdata/bench_runs.sql", map[string]any{"first": first, "count": min(batch, *benchRuns-first), "runs": *benchRuns})
	}
	if err := db.Exec(b.Context(), "OPTIMIZE TABLE run_ends FINAL", nil); err != nil {
		b.Fatal(err)
	}
	now := at("2024-01-01")
	took := make(map[string][]time.Duration)
	for b.Loop() {
		for name, q := range map[string]query.FrictionQuestion{
			"scaffold":        {Measure: query.ScaffoldLead},
			"pipeline":        {Measure: query.Pipelines},
			"recovery":        {Measure: query.Recovery},
			"recent-pipeline": {Measure: query.Pipelines, CohortQuestion: query.CohortQuestion{From: now - 84*metrics.Day}},
			"recent-recovery": {Measure: query.Recovery, CohortQuestion: query.CohortQuestion{From: now - 84*metrics.Day}},
		} {
			q.AsOf = now
			begun := time.Now()
			rows, err := query.Friction(b.Context(), db, q)
			if err != nil || len(rows) < 16 {
				b.Fatalf("got %d rows and %v, want 2 or 4 for each of 8 paths", len(rows), err)
			}
			took[name] = append(took[name], time.Since(begun))
		}
	}
	for name, list := range took {
		b.ReportMetric(median(list), name+"-ms")
	}
}

func execFile(b *testing.B, db *clickhouse.DB, file string, args map[string]any) {
	b.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Exec(b.Context(), string(text), args); err != nil {
		b.Fatal(err)
	}
}
