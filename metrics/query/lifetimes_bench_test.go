package query_test

import (
	"os"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics/query"
)

// BenchmarkTimes asks about 200,000 stays and 80,000 units on 8 paths among 600,000 spans: stays-ms is what
// retention takes, waits-ms what the time to adopt does. Both are medians of whole questions.
func BenchmarkTimes(b *testing.B) {
	db := openStore(b)
	fill(b, db)
	spells, err := os.ReadFile("testdata/bench_spells.sql")
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Exec(b.Context(), string(spells), nil); err != nil {
		b.Fatal(err)
	}
	q := query.CohortQuestion{AsOf: at("2022-01-01")}
	var stays, waits []time.Duration
	for b.Loop() {
		begun := time.Now()
		rows, err := query.Retention(b.Context(), db, q)
		if err != nil || len(rows) != 3*8 {
			b.Fatalf("got %d rows and %v, want 3 for each of 8 paths", len(rows), err)
		}
		stays = append(stays, time.Since(begun))
		begun = time.Now()
		if _, err := query.TimeToAdopt(b.Context(), db, q); err != nil {
			b.Fatal(err)
		}
		waits = append(waits, time.Since(begun))
	}
	b.ReportMetric(median(stays), "stays-ms")
	b.ReportMetric(median(waits), "waits-ms")
}
