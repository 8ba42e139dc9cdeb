package query_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
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
	execFile(b, db, "testdata/bench_spells.sql", nil)
	execFile(b, db, "testdata/bench_run_windows.sql", nil)
	tellRuns(b, db)
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

// tellRuns writes the runs, over five years, of repositories of unlike size.
func tellRuns(b *testing.B, db *clickhouse.DB) {
	b.Helper()
	var repos []struct {
		ID uint64 `ch:"id"`
	}
	if err := db.Select(b.Context(), &repos, "SELECT DISTINCT repo AS id FROM spans ORDER BY id", nil); err != nil {
		b.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(5, 6))
	const batch = 100_000
	for first := 0; first < *benchRuns; first += batch {
		var facts metrics.Batch
		for i := first; i < min(first+batch, *benchRuns); i++ {
			created := at("2019-01-01") + metrics.Instant(int64(i)*157_766_400/int64(*benchRuns))
			facts.Runs = append(facts.Runs, metrics.Run{
				Repo: metrics.RepoID(repos[dice.IntN(len(repos))/(1+dice.IntN(3))].ID), ID: uint64(i), Attempt: 1, Source: "github", Default: dice.IntN(5) < 2,
				Workflow: fmt.Sprintf(".github/workflows/w%d.yml", dice.IntN(3)), Created: created, Started: created + 5, Finished: created + 5 + metrics.Instant(dice.IntN(1800)),
				Outcome: []metrics.RunResult{metrics.RunSucceeded, metrics.RunFailed, metrics.RunCancelled, metrics.RunSucceeded}[max(0, dice.IntN(8)-4)], Seen: created + 3600,
				Used: []metrics.Use{{Kind: metrics.UsesWorkflow, Target: "acme/golden/.github/workflows/build.yml", Ref: "v3"}},
			})
		}
		if err := db.Write(b.Context(), &facts); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.FindReds(b.Context()); err != nil {
		b.Fatal(err)
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
