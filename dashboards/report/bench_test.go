package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// large is an organisation of 1,000 teams and 10,000 repositories on 8 paths, in which every repository came to each path
// at some time in five years.
func large(b *testing.B) *clickhouse.DB {
	b.Helper()
	const teams, repos, paths = 1000, 10_000, 8
	db, ctx := emptyStore(b), b.Context()
	g, err := db.NextGeneration(ctx)
	check(b, err)
	defs := metrics.Definitions{Org: "large", Measure: metrics.DefaultMeasure()}
	for i := range paths {
		defs.Paths = append(defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprintf("path-%d", i)), Title: fmt.Sprintf("Path %d", i), Alternatives: []metrics.Alternative{{Key: "other"}}})
	}
	for i := range teams {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: metrics.TeamKey(fmt.Sprintf("team-%04d", i)), Title: fmt.Sprintf("Team %d", i)})
	}
	var facts metrics.Batch
	var marks []clickhouse.Mark
	check(b, db.WriteDefined(ctx, g, &defs))
	var c clickhouse.Conclusions
	for i := range repos {
		id := metrics.NewRepoID(repoName(i))
		facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: repoName(i), Source: "git", Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: id, At: at("2026-06-30"), Complete: true})
		marks = append(marks, clickhouse.Mark{Repo: id, Generation: g})
		for p := range paths {
			begins := at("2021-07-01")
			turns := begins + metrics.Instant((i*7919+p*104_729)%2100)*metrics.Day
			base := metrics.Span{Unit: metrics.Unit{Repo: id}, Path: defs.Paths[p].Key, Team: metrics.TeamKey(fmt.Sprintf("team-%04d", i%teams)), Active: i%11 != 0, Choice: true, Dated: true}
			off, on := base, base
			off.Period, off.State, off.Tree, off.Since, off.Ways = metrics.Period{From: begins, To: turns}, metrics.Off, metrics.Off, begins, []metrics.WayKey{"other"}
			on.Period, on.State, on.Tree, on.Since, on.Ways = metrics.Period{From: turns, To: metrics.Forever}, metrics.On, metrics.On, turns, []metrics.WayKey{metrics.Golden}
			on.Origin, on.Voluntary, on.SpellFrom, on.Version = metrics.Chosen, true, turns, "v1"
			if turns > begins {
				c.Spans = append(c.Spans, off)
			}
			c.Spans = append(c.Spans, on)
		}
	}
	check(b, db.Write(ctx, &facts))
	check(b, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: repos}))
	check(b, db.WriteConclusions(ctx, g, &c))
	check(b, db.Publish(ctx, g, 0, marks))
	return db
}

// BenchmarkThousandTeams makes the report of leadership, and then a mail for each of 1,000 teams.
func BenchmarkThousandTeams(b *testing.B) {
	db := large(b)
	objectives := []metrics.Objective{{Key: "o", Results: []metrics.KeyResult{{Key: "k", Measure: "adoption.teams.voluntary", Path: "path-1",
		Baseline: metrics.Baseline{At: at("2026-01-01")}, Target: 1, From: at("2026-01-01"), To: at("2027-01-01"), Weight: 1}}}}
	mail := func(r *report.Report) int {
		text, err := r.EML(report.Envelope{From: "a@acme.dev", To: "b@acme.dev", Date: at(now).Time()})
		check(b, err)
		return len(text)
	}
	for b.Loop() {
		builder := report.NewBuilder(cached(db), at(now))
		builder.Expect(1000)
		begun := time.Now()
		r, err := builder.Build(b.Context(), report.Question{Scope: everything, Week: lastWeek(), Objectives: objectives, Org: "large"})
		check(b, err)
		size := mail(r)
		b.Logf("leadership: %s, a mail of %d bytes, %d teams chose, %d left", time.Since(begun), size, len(r.Chose), len(r.Left))
		b.ReportMetric(time.Since(begun).Seconds(), "leadership-s")
		begun = time.Now()
		for i := range 1000 {
			r, err := builder.Build(b.Context(), report.Question{Scope: report.Scope{Kind: report.OfTeam, Key: fmt.Sprintf("team-%04d", i)}, Week: lastWeek(), Org: "large"})
			check(b, err)
			mail(r)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "1000-teams-s")
	}
}
