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
// 600,000 spans: repos-ms is what the rates of units take, verdicts-ms what they take with those of 1,000 teams: whole questions,
// as the API asks them, with all their statements and rows. spans-ms of that is what the store takes for the spans. All are
// medians.
func BenchmarkAdoption(b *testing.B) {
	store := openStore(b)
	fill(b, store)
	db := &clocked{DB: store}
	q := query.AdoptionQuestion{Interval: query.Month, From: at("2014-01-01"), To: at("2024-01-01")}
	var units, teams, spans []time.Duration
	for b.Loop() {
		for range 5 {
			units = append(units, timed(b, func() (int, error) {
				rows, err := query.AdoptionByOrigin(b.Context(), db, q)
				return len(rows) / len(metrics.Origins()), err
			}))
			db.took = 0
			teams = append(teams, timed(b, func() (int, error) {
				rows, err := query.Adoption(b.Context(), db, q)
				return len(rows), err
			}))
			if db.took == 0 {
				b.Fatal("the store was asked for no spans")
			}
			spans = append(spans, db.took)
		}
	}
	b.ReportMetric(median(units), "repos-ms")
	b.ReportMetric(median(teams), "verdicts-ms")
	b.ReportMetric(median(spans), "spans-ms")
}

// clocked is a store that adds up how long the statement about the spans of a series takes, with its rows.
type clocked struct {
	query.DB
	took time.Duration
}

func (c *clocked) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	begun := time.Now()
	err := c.DB.Each(ctx, sql, args, into, row)
	if strings.HasPrefix(sql, "-- adoption_series:") {
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
