package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// now is the moment at which tests ask.
const now = "2026-07-01T12:00:00Z"

func at(s string) metrics.Instant {
	t, err := metrics.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

func clock() time.Time { return at(now).Time() }

func repoName(i int) string { return fmt.Sprintf("github.com/acme/r%02d", i) }

func repoID(i int) metrics.RepoID { return metrics.NewRepoID(repoName(i)) }

// oid is a made-up object id.
func oid(i int) metrics.OID { return metrics.OID(fmt.Sprintf("%020d", i)) }

// definitions are two paths and three teams.
func definitions() metrics.Definitions {
	return metrics.Definitions{
		Org: "acme", Measure: metrics.DefaultMeasure(),
		Teams: metrics.Teams{
			Platform: []metrics.TeamKey{"platform"},
			List: []metrics.Team{
				{Key: "pay", Title: "Payments", Group: "fintech", Weight: 3}, {Key: "shop", Group: "retail"}, {Key: "platform"},
			},
			Groups: []metrics.Group{{Key: "fintech", Title: "Fintech", Parent: "retail"}, {Key: "retail", Title: "Retail"}},
		},
		Paths: []metrics.Path{
			{Key: "ci", Title: "Golden pipeline", Alternatives: []metrics.Alternative{{Key: "circleci"}}, LatestTagsOf: repoName(5), ProvidedBy: []string{repoName(5)}},
			{Key: "image", Title: "Golden image", Since: at("2026-01-01")},
		},
	}
}

// repos is the number of repositories of the organisation that tests ask about.
const repos = 6

// span is what a unit was for a time; repositories 0, 2, 4 belong to pay, the others to shop.
func span(i int, path metrics.PathKey, from, to metrics.Instant, state metrics.State) metrics.Span {
	s := metrics.Span{
		Unit: metrics.Unit{Repo: repoID(i)}, Path: path, Period: metrics.Period{From: from, To: to}, State: state, Tree: state,
		Team: []metrics.TeamKey{"pay", "shop"}[i%2], Active: true, Choice: true, Dated: true, Since: from, Ways: []metrics.WayKey{},
	}
	switch {
	case state.Using():
		s.Ways, s.Origin, s.Voluntary, s.SpellFrom, s.Version = []metrics.WayKey{metrics.Golden}, metrics.Chosen, true, from, "v3"
	case state == metrics.Off:
		s.Ways = []metrics.WayKey{"circleci"}
	case state == metrics.Unknown:
		s.Reason = metrics.ReasonMissingObjects
	}
	return s
}

// conclusions are one entering a quarter on path ci, repository by repository, and one unknown.
func conclusions() clickhouse.Conclusions {
	var c clickhouse.Conclusions
	for i := range repos {
		born, enters := at("2025-01-15"), at("2025-01-15")+metrics.Instant(i+1)*90*metrics.Day
		state := metrics.Off
		if i == repos-1 {
			state = metrics.Unknown
		}
		if enters < at(now) {
			c.Spans = append(c.Spans, span(i, "ci", born, enters, state), span(i, "ci", enters, metrics.Forever, metrics.On))
			entered := metrics.Event{ID: uint64(100 + i), Unit: metrics.Unit{Repo: repoID(i)}, Path: "ci", At: enters,
				Kind: metrics.Entered, From: metrics.Off, To: metrics.On, Ways: []metrics.WayKey{metrics.Golden}, Version: "v3",
				Commit: oid(i), Change: oid(i), Origin: metrics.Chosen, Evidence: []metrics.Evidence{{Signal: "uses", File: "ci.yml", Line: 3, Text: "uses: golden, it says"}}}
			events, err := clickhouse.Events([]metrics.Event{entered})
			if err != nil {
				panic(err)
			}
			c.Events = append(c.Events, events...)
			c.Spells = append(c.Spells, metrics.Spell{Unit: metrics.Unit{Repo: repoID(i)}, Path: "ci",
				Period: metrics.Period{From: enters, To: metrics.Forever}, Outcome: metrics.Running, Known: true, Choice: true,
				Origin: metrics.Chosen, Team: "pay", Commit: oid(i), Change: oid(i)})
			c.Decisions = append(c.Decisions, metrics.Decision{Unit: metrics.Unit{Repo: repoID(i)}, Path: "ci", At: enters, Told: enters,
				Kind: metrics.Entry, For: true, Choice: true, Free: true, Origin: metrics.Chosen, Team: "pay", Commit: oid(i), Change: oid(i)})
		} else {
			c.Spans = append(c.Spans, span(i, "ci", born, metrics.Forever, state))
		}
		c.Spans = append(c.Spans, span(i, "image", born, metrics.Forever, metrics.Off))
	}
	c.Contributions = []metrics.Contributions{{Repo: repoID(5), Path: "ci", ProvidedBy: []string{repoName(5)}, Known: metrics.Period{To: metrics.Forever},
		At:   []metrics.Instant{at("2025-10-01"), at("2025-10-02"), at("2025-10-03"), at("2025-10-04")},
		From: []metrics.Contributor{metrics.FromPlatform, metrics.FromOutside, metrics.FromMachine, metrics.FromNobody}}}
	return c
}

// openStore gives t a store that knows the organisation.
func openStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, ctx := clickhousetest.OpenMigrated(t), t.Context()
	var facts metrics.Batch
	for i := range repos {
		facts.Repos = append(facts.Repos, metrics.Repo{ID: repoID(i), Name: repoName(i), Source: "git", Seen: at("2026-06-30"), DefaultBranch: "main", Head: oid(i)})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: repoID(i), At: at("2026-06-30"), Complete: true})
	}
	facts.Releases = []metrics.Release{
		{Repo: repoID(5), Tag: "v2.0.0", Object: oid(2), Commit: oid(2), At: at("2025-03-01"), Source: "git", Seen: at("2026-06-30")},
		{Repo: repoID(5), Tag: "v3.0.0", Object: oid(3), Commit: oid(3), At: at("2026-03-01"), Source: "git", Seen: at("2026-06-30")},
	}
	facts.RunWindows, facts.Runs = runs()
	facts.Repos = append(facts.Repos, metrics.Repo{ID: repoID(0), Name: "github.com/acme/old-name", Source: "git", Seen: at("2025-01-01")})
	check(t, db.Write(ctx, &facts))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-06-29"), Ended: at("2026-06-29") + 5, Complete: true, Repos: repos}))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 2, Began: at("2026-06-30"), Ended: at("2026-06-30") + 7, Repos: repos, Unknown: 1, Changes: 40}))
	check(t, db.WriteExemption(ctx, metrics.Exemption{Repo: repoID(3), Path: "ci", Period: metrics.Period{From: at("2026-01-01"), To: at("2026-02-01")},
		By: "ana", Reason: "audit", Recorded: at("2026-01-01")}))
	publish(ctx, t, db, conclusions())
	judge(ctx, t, db)
	return db
}

// runs are those of the first three repositories: a failure an hour after the first commit, a success after two hours,
// and one later for each.
func runs() (windows []metrics.RunWindow, list []metrics.Run) {
	born := at("2025-01-15")
	for i := range 3 {
		windows = append(windows, metrics.RunWindow{Repo: repoID(i), Source: "git", Period: metrics.Period{To: metrics.Forever}, Seen: born})
		for n, begun := range []metrics.Instant{born, born + 3600, at("2026-03-01") + metrics.Instant(i)*3600} {
			list = append(list, metrics.Run{
				Repo: repoID(i), ID: uint64(10*i + n), Attempt: 1, Source: "git", Workflow: "ci.yml", Default: true, Created: begun, Started: begun,
				Finished: begun + metrics.Instant(i+1)*1800, Outcome: []metrics.RunResult{metrics.RunFailed, metrics.RunSucceeded, metrics.RunSucceeded}[n],
			})
		}
	}
	return windows, list
}

// publish puts conclusions in force.
func publish(ctx context.Context, t testing.TB, db *clickhouse.DB, c clickhouse.Conclusions) {
	t.Helper()
	g, err := db.NextGeneration(ctx)
	check(t, err)
	defs := definitions()
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks(g)))
}

// marks put a generation in force for all repositories.
func marks(g clickhouse.Generation) []clickhouse.Mark {
	var list []clickhouse.Mark
	for i := range repos {
		list = append(list, clickhouse.Mark{Repo: repoID(i), Generation: g})
	}
	return list
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
