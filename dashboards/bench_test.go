package dashboards

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// largeStore is one of 1,000 teams, 10,000 repositories and 8 paths over five years, with 600,000 spans.
func largeStore(b *testing.B) *clickhouse.DB {
	b.Helper()
	db, ctx := emptyStore(b), b.Context()
	defs := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure()}
	for i := range 8 {
		defs.Paths = append(defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprint("path", i)), Alternatives: []metrics.Alternative{{Key: "other"}}})
	}
	for i := range 1000 {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: metrics.TeamKey(fmt.Sprint("team", i)), Group: fmt.Sprint("group", i%20)})
	}
	g, err := db.NextGeneration(ctx)
	check(b, err)
	check(b, db.WriteDefined(ctx, g, &defs))
	check(b, db.WriteConclusions(ctx, g, &clickhouse.Conclusions{}))
	check(b, db.Publish(ctx, g, 0, nil))
	spans, err := os.ReadFile("../metrics/query/testdata/bench_spans.sql")
	check(b, err)
	spells, err := os.ReadFile("../metrics/query/testdata/bench_spells.sql")
	check(b, err)
	for _, sql := range []string{
		string(spans), "INSERT INTO current (repo, generation) SELECT DISTINCT spans.repo, spans.generation FROM spans", "OPTIMIZE TABLE spans FINAL", string(spells),
		"INSERT INTO repos (id, name, source, seen) SELECT DISTINCT spans.repo, concat('github.com/acme/', toString(spans.repo)), 'git', toDateTime('2023-12-31 00:00:00') FROM spans",
	} {
		check(b, db.Exec(ctx, sql, nil))
	}
	check(b, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2023-12-31") - 9, Ended: at("2023-12-31"), Complete: true, Repos: 10_000}))
	return db
}

// BenchmarkPages asks for each page of an organisation of 1,000 teams × 10,000 repositories × 8 paths × 5 years: as it is seen first
// after a scan (first), and with the answers kept (again), both medians in milliseconds, and its weight in kB.
func BenchmarkPages(b *testing.B) {
	db := largeStore(b)
	now := func() time.Time { return at("2024-01-01").Time() }
	pages := maps.Clone(everyPage)
	maps.DeleteFunc(pages, func(name, _ string) bool { return name == "mistakes" || name == "problem" || name == "embed" })
	for name, address := range map[string]string{"path": "/path?path=path0", "flows": "/flows?path=path0", "stays": "/stays?path=path0", "team": "/team?team=team3", "repo": "", "explore": "/explore?by=team&show=time&path=path0"} {
		pages[name] = address
	}
	var repo []struct {
		Name string `ch:"name"`
	}
	check(b, db.Select(b.Context(), &repo, "SELECT name FROM repos ORDER BY name LIMIT 1", nil))
	pages["repo"] = "/repo?repo=" + repo[0].Name
	first, again, weight := map[string][]time.Duration{}, map[string][]time.Duration{}, map[string]int{}
	for b.Loop() {
		for name, address := range pages {
			p, err := New(Options{DB: query.NewCache(db, now), Now: now, Objectives: nil})
			check(b, err)
			for _, took := range []map[string][]time.Duration{first, again} {
				w, begun := httptest.NewRecorder(), time.Now()
				p.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
				took[name] = append(took[name], time.Since(begun))
				if weight[name] = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatalf("%s: got %d", address, w.Code)
				}
			}
		}
	}
	middle := func(list []time.Duration) float64 {
		slices.Sort(list)
		return float64(list[len(list)/2].Microseconds()) / 1000
	}
	for name := range pages {
		b.ReportMetric(middle(first[name]), name+"-first-ms")
		b.ReportMetric(middle(again[name]), name+"-again-ms")
		b.ReportMetric(float64(weight[name])/1000, name+"-kB")
	}
}

// firstPainted waits for the first chart of a page, and returns when it was painted and when the answer was there, in milliseconds
// since the page was asked for.
const firstPainted = `(async () => {
  while (performance.getEntriesByName("painted").length === 0) await new Promise(requestAnimationFrame);
  return { Painted: performance.getEntriesByName("painted")[0].startTime, Answered: performance.getEntriesByType("navigation")[0].responseEnd };
})()`

// BenchmarkPaint opens the pages that have charts in a browser, with the answers kept but nothing in the browser's own store: until
// the first chart is painted (painted), and of this until the answer was there (answered), both 95th percentiles in milliseconds.
func BenchmarkPaint(b *testing.B) {
	db := largeStore(b)
	now := func() time.Time { return at("2024-01-01").Time() }
	p, err := New(Options{DB: query.NewCache(db, now), Now: now})
	check(b, err)
	server := httptest.NewServer(p)
	defer server.Close()
	ctx := browser(b)
	pages := map[string]string{"overview": "/", "path": "/path?path=path0", "team": "/team?team=team3", "explore": "/explore?by=team&show=time&path=path0"}
	painted, answered := map[string][]float64{}, map[string][]float64{}
	_, err = chromedp.Call(ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	check(b, err)
	for _, address := range pages {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
	}
	for b.Loop() {
		for name, address := range pages {
			check(b, chromedp.Do(ctx, chromedp.Navigate(server.URL+address)))
			got, err := chromedp.Run(ctx, chromedp.Evaluate[struct{ Painted, Answered float64 }](firstPainted, chromedp.EvalAwaitPromise))
			check(b, err)
			painted[name], answered[name] = append(painted[name], got.Painted), append(answered[name], got.Answered)
		}
	}
	p95 := func(list []float64) float64 {
		slices.Sort(list)
		return list[(len(list)*95+99)/100-1]
	}
	for name := range pages {
		b.ReportMetric(p95(painted[name]), name+"-painted-ms")
		b.ReportMetric(p95(answered[name]), name+"-answered-ms")
	}
}
