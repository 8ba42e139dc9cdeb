package freshness_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// company is a catalog of n components with 20 fields each, one a repository, and 1,000 teams.
func company(n int) ([]freshness.Record, freshness.World) {
	const teams = 1000
	var repos []freshness.Repo
	var records []freshness.Record
	for i := range n {
		team := metrics.TeamKey(fmt.Sprint("team-", i%teams))
		repos = append(repos, freshness.Repo{
			Name: fmt.Sprint("github.com/acme/r", i), LastHuman: ago(metrics.Instant(i % 300)), Archived: i%17 == 0,
			Work: worked(did(team, i%3, i%5), did("team-0", i%2, i%4)), Owner: team, OwnedBy: metrics.OwnerCodeowners,
		})
		fields := []string{
			"owner=group:default/" + string(team), "lifecycle=production", fmt.Sprint("system=system:default/s", i%50), fmt.Sprint("source=https://github.com/acme/r", i),
			fmt.Sprint("depends_on=component:default/c", (i+1)%n, "|component:default/c", i+2), fmt.Sprint("annotation.github.com/project-slug=acme/r", i),
			"links=https://wiki.acme.dev/a|https://wiki.acme.dev/b", "tags=go|grpc", "tier=1", "description=pays", "title=Pay", "type=service",
		}
		for k := range 20 - len(fields) {
			fields = append(fields, fmt.Sprintf("annotation.acme.dev/f%d=https://github.com/acme/r%d/blob/main/%d", k, i, k))
		}
		records = append(records, component(fmt.Sprint("c", i), fmt.Sprint("github.com/acme/r", i), fields...))
	}
	w := world(repos...)
	for i := range teams {
		w.Teams = append(w.Teams, freshness.Team{Key: metrics.TeamKey(fmt.Sprint("team-", i)), Members: staff(since(100)), Known: true})
	}
	return records, w
}

// BenchmarkJudge judges and audits 10,000 entities with 20 fields each: two seconds on one core and 200 MB are the limits.
func BenchmarkJudge(b *testing.B) {
	records, w := company(10_000)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	var out *freshness.Judgement
	for b.Loop() {
		out = judge(w, records...)
		out.Audit()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(out)
}
