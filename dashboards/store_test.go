package dashboards

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

const (
	now   = "2026-07-01T12:00:00Z"
	teams = 12
	repos = 60
)

func at(s string) metrics.Instant {
	t, err := metrics.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func repoName(i int) string { return fmt.Sprintf("github.com/acme/repo-%02d", i) }

func teamKey(i int) metrics.TeamKey { return metrics.TeamKey(fmt.Sprintf("team-%02d", i)) }

// definitions are two paths that are used, and one that is not launched yet.
func definitions() metrics.Definitions {
	d := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{
		{Key: "ci", Title: "Build & test <a> service", Alternatives: []metrics.Alternative{{Key: "circleci"}}},
		{Key: "image"},
		{Key: "later", Title: "Not launched yet", Since: at("2030-01-01")},
	}}
	for i := range teams {
		d.Teams.List = append(d.Teams.List, metrics.Team{Key: teamKey(i), Title: fmt.Sprintf("Team %d", i)})
	}
	return d
}

// span is what one repository was for a time.
func span(i int, path metrics.PathKey, from, to metrics.Instant, state metrics.State) metrics.Span {
	s := metrics.Span{
		Unit: metrics.Unit{Repo: metrics.NewRepoID(repoName(i))}, Path: path, Period: metrics.Period{From: from, To: to},
		Team: teamKey(i % teams), State: state, Tree: state, Active: i%10 != 9, Choice: true, Dated: true, Since: from,
		Ways: []metrics.WayKey{},
	}
	switch {
	case state.Using():
		s.Ways, s.Origin, s.Voluntary, s.SpellFrom = []metrics.WayKey{metrics.Golden}, metrics.Chosen, true, from
	case state == metrics.Off:
		s.Ways = []metrics.WayKey{"circleci"}
	case state == metrics.Unknown:
		s.Tree, s.Reason = metrics.Unknown, metrics.ReasonMissingObjects
	case state == metrics.Exempt, state == metrics.Ineligible, state == metrics.Dormant:
		s.Tree = metrics.None
	}
	if i%7 == 0 && state.Using() {
		s.Origin, s.Voluntary, s.Kept = metrics.Mandated, false, true
	}
	return s
}

// conclusions tell of repositories that take up path ci over three years, one after the other.
func conclusions() clickhouse.Conclusions {
	var c clickhouse.Conclusions
	born := at("2023-07-10")
	others := []metrics.State{metrics.Exempt, metrics.Ineligible, metrics.Unknown, metrics.None, metrics.Dormant}
	for i := range repos {
		enters := born + metrics.Instant(i*i+20)*metrics.Day
		switch {
		case i%12 == 11:
			c.Spans = append(c.Spans, span(i, "ci", born, metrics.Forever, others[i/12%len(others)]))
		case enters < at(now):
			state := []metrics.State{metrics.On, metrics.Mixed}[i%2]
			c.Spans = append(c.Spans, span(i, "ci", born, enters, metrics.Off), span(i, "ci", enters, metrics.Forever, state))
			c.Spells = append(c.Spells, metrics.Spell{Unit: metrics.Unit{Repo: metrics.NewRepoID(repoName(i))}, Path: "ci",
				Period: metrics.Period{From: enters, To: metrics.Forever}, Outcome: metrics.Running, Known: true, Choice: true,
				Origin: metrics.Chosen, Change: metrics.OID(fmt.Sprintf("%020d", i))})
		default:
			c.Spans = append(c.Spans, span(i, "ci", born, metrics.Forever, metrics.Off))
		}
		c.Spans = append(c.Spans, span(i, "image", born, metrics.Forever, metrics.Off))
	}
	return c
}

// emptyStore is a store that was never filled.
func emptyStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	return clickhousetest.OpenMigrated(t)
}

// openStore is a store that knows the organisation.
func openStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	var facts metrics.Batch
	var marks []clickhouse.Mark
	g, err := db.NextGeneration(ctx)
	check(t, err)
	for i := range repos {
		id := metrics.NewRepoID(repoName(i))
		facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: repoName(i), Source: "git", Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: id, At: at("2026-06-30"), Complete: true})
		marks = append(marks, clickhouse.Mark{Repo: id, Generation: g})
	}
	check(t, db.Write(ctx, &facts))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: repos}))
	c, defs := conclusions(), definitions()
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}

// explainer finds one thing and misses another.
type explainer struct{}

func (explainer) Explain(_ context.Context, _ metrics.RepoID, _ string, path metrics.PathKey, _ metrics.Instant) (metrics.Explanation, error) {
	if path == "image" {
		return metrics.Explanation{}, fmt.Errorf("no files: %w", metrics.ErrNotFound)
	}
	return metrics.Explanation{Commit: metrics.OID(fmt.Sprintf("%020d", 7)), Signals: []metrics.SignalFinding{
		{Path: path, Way: metrics.Golden, Signal: metrics.Signal{Kind: "uses", Target: "acme/golden/**"},
			Finding: metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{{File: ".github/workflows/ci.yml", Line: 12, Text: "uses: acme/golden/ci@v3", Via: []string{"build.yml"}}}}},
		{Path: path, Way: "circleci", Negated: true, Signal: metrics.Signal{Kind: "file", Path: "x"}, Absence: "no file matches x"},
		{Path: path, Way: "circleci", Negated: true, Signal: metrics.Signal{Kind: "file", Path: "y"}, Finding: metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{{File: "y"}}}},
		{Path: path, Signal: metrics.Signal{Kind: "file", Path: "go.mod"}, Finding: metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}},
	}}, nil
}

func clock() time.Time { return at(now).Time() }
