package query_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// BenchmarkAdoption asks for adoption by month over ten years of 10,000 repositories on 8 paths, about
// 600,000 spans: repos-ms is what the statement behind the rates of units takes, verdicts-ms the same with those
// of 1,000 teams, each from the store's side of the driver; the whole questions, as the API asks them, with all
// their statements and rows take answer-ms. All are medians.
func BenchmarkAdoption(b *testing.B) {
	store := openStore(b)
	fill(b, store)
	db := &clocked{DB: store}
	q := query.AdoptionQuestion{Interval: query.Month, From: at("2014-01-01"), To: at("2024-01-01")}
	var units, teams, answers []time.Duration
	for b.Loop() {
		for range 5 {
			db.took = 0
			timed(b, func() (int, error) {
				rows, err := query.AdoptionByOrigin(b.Context(), db, q)
				return len(rows) / len(metrics.Origins()), err
			})
			units = append(units, db.took)
			db.took = 0
			answers = append(answers, timed(b, func() (int, error) {
				rows, err := query.Adoption(b.Context(), db, q)
				return len(rows), err
			}))
			teams = append(teams, db.took)
		}
	}
	b.ReportMetric(median(units), "repos-ms")
	b.ReportMetric(median(teams), "verdicts-ms")
	b.ReportMetric(median(answers), "answer-ms")
}

// clocked is a store that adds up how long the statements about adoption take.
type clocked struct {
	query.DB
	took time.Duration
}

func (c *clocked) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	begun := time.Now()
	err := c.DB.Select(ctx, dest, sql, args)
	if strings.HasPrefix(sql, "-- adoption_") {
		c.took += time.Since(begun)
	}
	return err
}

// fill puts the data of the benchmark into the store.
func fill(b *testing.B, db *clickhouse.DB) {
	b.Helper()
	spans, err := os.ReadFile("testdata/bench_spans.sql")
	if err != nil {
		b.Fatal(err)
	}
	defs := metrics.Definitions{Measure: metrics.DefaultMeasure()}
	for i := range 8 {
		defs.Paths = append(defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprint("path", i)), Alternatives: []metrics.Alternative{{Key: "other"}}})
	}
	for i := range 1000 {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: metrics.TeamKey(fmt.Sprint("team", i)), Group: fmt.Sprint("group", i%20)})
	}
	publish(b, db, 1, defs, clickhouse.Conclusions{})
	for _, sql := range []string{
		string(spans),
		"INSERT INTO current (repo, generation) SELECT DISTINCT spans.repo, spans.generation FROM spans",
		"OPTIMIZE TABLE spans FINAL",
	} {
		if err := db.Exec(b.Context(), sql, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// timed measures a question, which must have a row for each path and month.
func timed(b *testing.B, ask func() (int, error)) time.Duration {
	b.Helper()
	begun := time.Now()
	rows, err := ask()
	took := time.Since(begun)
	if err != nil || rows != 8*120 {
		b.Fatalf("got %d rows and %v, want one for each of 8 paths and 120 months", rows, err)
	}
	return took
}

// median is in milliseconds.
func median(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2]) / float64(time.Millisecond)
}
