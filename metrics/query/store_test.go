package query_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// openStore gives t a store with its schema.
func openStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	return clickhousetest.OpenMigrated(t)
}

// publish puts conclusions in force.
func publish(t testing.TB, db *clickhouse.DB, g clickhouse.Generation, defs metrics.Definitions, c clickhouse.Conclusions) {
	t.Helper()
	ctx := t.Context()
	if err := db.WriteDefined(ctx, g, &defs); err != nil {
		t.Fatal(err)
	}
	if err := db.WriteConclusions(ctx, g, &c); err != nil {
		t.Fatal(err)
	}
	if err := db.Publish(ctx, g, 0, marks(g, c)); err != nil {
		t.Fatal(err)
	}
}

// marks names every repository that is concluded about.
func marks(g clickhouse.Generation, c clickhouse.Conclusions) []clickhouse.Mark {
	seen := make(map[metrics.RepoID]bool)
	for _, s := range c.Spans {
		seen[s.Repo] = true
	}
	for _, e := range c.Events {
		seen[e.Repo] = true
	}
	for _, s := range c.Spells {
		seen[s.Repo] = true
	}
	for _, d := range c.Decisions {
		seen[d.Repo] = true
	}
	for _, p := range c.Contributions {
		seen[p.Repo] = true
	}
	for _, w := range c.Warnings {
		seen[w.Repo] = true
	}
	for _, d := range c.Described {
		seen[d.Repo] = true
	}
	for _, b := range c.Beside {
		seen[b.Repo] = true
	}
	for _, o := range c.Ownership {
		seen[o.Repo] = true
	}
	var list []clickhouse.Mark
	for id := range seen {
		list = append(list, clickhouse.Mark{Repo: id, Generation: g})
	}
	return list
}

// at reads a date or time.
func at(s string) metrics.Instant {
	t, err := metrics.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}
