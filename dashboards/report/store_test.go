package report_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
	"github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// The moment at which tests ask: a Wednesday. The last week that is over is that of 22 June.
const now = "2026-07-01T12:00:00Z"

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

// stay is what a repository was from a day on.
type stay struct {
	from   string
	state  metrics.State
	origin metrics.Origin
}

// unit is a repository of a team and what it was on path ci, one after the other.
type unit struct {
	name, team string
	stays      []stay
}

// born is when all repositories of tests came to be.
const born = "2025-01-01"

// hostile is a name that is a tag, a formula, a mention, markup, a header and the other direction of writing.
const hostile = "<script>alert(1)</script> =cmd() *x* @here [a](http://b) \u202eevil\u202c \U0001F980"

// organisation is what most tests ask about: of path ci team alpha chose it last week, team beta left it, gamma is one
// repository short, delta chose it long ago, and something of eps cannot be read.
func organisation() []unit {
	return []unit{
		{"github.com/acme/alpha-1", "alpha", []stay{{born, metrics.Off, 0}, {"2026-06-24", metrics.On, metrics.Chosen}}},
		{"github.com/acme/beta-1", "beta", []stay{{born, metrics.On, metrics.Born}, {"2026-06-25T10:00:00Z", metrics.Off, metrics.Chosen}}},
		{"github.com/acme/gamma-1", "gamma", []stay{{born, metrics.On, metrics.Chosen}}},
		{"github.com/acme/gamma-2", "gamma", []stay{{born, metrics.Off, 0}}},
		{"github.com/acme/gamma-3", "gamma", []stay{{born, metrics.Off, 0}}},
		{"github.com/acme/delta-1", "delta", []stay{{born, metrics.Off, 0}, {"2026-03-10", metrics.On, metrics.Chosen}}},
		{"github.com/acme/eps-1", "eps", []stay{{born, metrics.Off, 0}}},
		{"github.com/acme/eps-2", "eps", []stay{{born, metrics.Off, 0}, {"2026-06-26", metrics.Unknown, 0}}},
		{"github.com/acme/odd", "odd", []stay{{born, metrics.Off, 0}}},
	}
}

// spans are the intervals and events of a repository on path ci.
func (u unit) conclude(c *clickhouse.Conclusions) {
	id := metrics.Unit{Repo: metrics.NewRepoID(u.name)}
	for i, s := range u.stays {
		to := metrics.Forever
		if i+1 < len(u.stays) {
			to = at(u.stays[i+1].from)
		}
		span := metrics.Span{Unit: id, Path: "ci", Period: metrics.Period{From: at(s.from), To: to}, Team: metrics.TeamKey(u.team), State: s.state,
			Tree: s.state, Active: true, Choice: true, Dated: true, Since: at(s.from), Ways: []metrics.WayKey{"circleci"}}
		switch {
		case s.state.Using():
			span.Origin, span.Voluntary, span.SpellFrom, span.Ways = s.origin, s.origin == metrics.Chosen || s.origin == metrics.Born, at(s.from), []metrics.WayKey{metrics.Golden}
		case s.state == metrics.Unknown:
			span.Reason, span.Ways = metrics.ReasonForbidden, []metrics.WayKey{}
		case s.state == metrics.Exempt:
			span.Tree, span.Choice = metrics.Off, false
		}
		c.Spans = append(c.Spans, span)
		if s.state.Using() {
			spell := metrics.Spell{Unit: id, Path: "ci", Period: span.Period, Outcome: metrics.Running, Known: true, Choice: true, Origin: s.origin, Team: span.Team}
			if to < metrics.Forever {
				spell.Outcome = metrics.LeftPath
			}
			c.Spells = append(c.Spells, spell)
		}
		var before metrics.State
		switch {
		case i > 0:
			before = u.stays[i-1].state
		case !s.state.Using():
			continue
		}
		kind := metrics.Entered
		if before.Using() {
			kind = metrics.Left
		}
		c.Events = append(c.Events, clickhouse.Event{Evidence: "[]", Event: metrics.Event{ID: uint64(id.Repo) + uint64(i), Unit: id, Path: "ci", At: at(s.from),
			Kind: kind, From: before, To: s.state, Ways: span.Ways, Origin: s.origin}})
	}
}

// definitions are path ci and a path that is not launched.
func definitions() metrics.Definitions {
	d := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{
		{Key: "ci", Title: "Build & test <a> service", Alternatives: []metrics.Alternative{{Key: "circleci"}}},
		{Key: "later", Title: "Not launched yet", Since: at("2030-01-01")},
	}}
	for _, key := range []metrics.TeamKey{"alpha", "beta", "gamma", "delta", "eps"} {
		d.Teams.List = append(d.Teams.List, metrics.Team{Key: key, Title: "Team " + string(key), Group: map[bool]string{true: "greek"}[key < "d"]})
	}
	d.Teams.List = append(d.Teams.List, metrics.Team{Key: "odd", Title: hostile}, metrics.Team{Key: "bare"})
	return d
}

// emptyStore is a store that was never filled.
func emptyStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	return clickhousetest.OpenMigrated(t)
}

// fill writes an organisation.
func fill(t testing.TB, units []unit, defs metrics.Definitions) *clickhouse.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	g, err := db.NextGeneration(ctx)
	check(t, err)
	var facts metrics.Batch
	var c clickhouse.Conclusions
	var marks []clickhouse.Mark
	for _, u := range units {
		id := metrics.NewRepoID(u.name)
		facts.Repos = append(facts.Repos, metrics.Repo{ID: id, Name: u.name, Source: "git", Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: "git", Repo: id, At: at("2026-06-30"), Complete: true})
		marks = append(marks, clickhouse.Mark{Repo: id, Generation: g})
		u.conclude(&c)
	}
	check(t, db.Write(ctx, &facts))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 9, Began: at("2026-06-22") - 9, Ended: at("2026-06-22"), Complete: true, Repos: uint32(len(units))})) // the first
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: uint32(len(units))}))
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}

// openStore is a store that knows the organisation, and a catalog of it.
func openStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db := fill(t, organisation(), definitions())
	catalog(t, db, at("2026-06-20"), "nobody")
	catalog(t, db, at("2026-06-27"), "alpha")
	return db
}

// catalog judges a small catalog of which one owner is as given.
func catalog(t testing.TB, db *clickhouse.DB, when metrics.Instant, owner string) {
	t.Helper()
	entity := func(name string, fields ...metrics.EntityField) freshness.Record {
		return freshness.Record{Entity: metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name},
			Repo: "github.com/acme/" + name, Descriptor: metrics.Place{Repo: "github.com/acme/" + name, Path: "catalog-info.yaml"}, Fields: fields}}
	}
	field := func(name string, value string) metrics.EntityField {
		return metrics.EntityField{Name: name, Values: []string{value}}
	}
	work := func(team metrics.TeamKey) freshness.Work {
		n := freshness.Count{In90: 4, In180: 4}
		return freshness.Work{Known: true, All: n, Teams: []freshness.TeamWork{{Team: team, Count: n, Last: when}}}
	}
	always := []metrics.Period{{From: metrics.Beginning, To: metrics.Forever}}
	world := freshness.World{Now: when, TeamsKnown: true, Complete: true,
		Teams: []freshness.Team{{Key: "alpha", Known: true, Members: always}, {Key: "gamma", Known: true, Members: always}},
		Repos: []freshness.Repo{{Name: "github.com/acme/alpha-1", Work: work("alpha"), LastHuman: when}, {Name: "github.com/acme/gamma-1", Work: work("gamma"), LastHuman: when},
			{Name: "github.com/acme/gamma-2", Work: work("gamma"), LastHuman: when}}}
	m := metrics.DefaultMeasure()
	j := freshness.Judge([]freshness.Record{
		entity("alpha-1", field(metrics.FieldLifecycle, "production"), field(metrics.FieldOwner, owner)),
		entity("gamma-1", field(metrics.FieldLifecycle, "production"), field(metrics.FieldOwner, "nobody")),
	}, world, m)
	audit := j.Audit()
	check(t, db.WriteJudgements(t.Context(), when, []clickhouse.Judgement{{Source: "backstage", Judgement: j, Audit: audit,
		FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: math.NaN()}}, nil))
}

// objectives are one of all teams and one of a team alone.
func objectives() []metrics.Objective {
	zero := 0.1
	result := metrics.KeyResult{Key: "vol", Title: "Voluntary adoption", Measure: "adoption.teams.voluntary", Path: "ci",
		Baseline: metrics.Baseline{Value: &zero}, Target: 0.8, From: at("2026-01-01"), To: at("2027-01-01"), Weight: 1}
	own := result
	own.Key, own.Title, own.Measure, own.Team = "own", "All of ours", "adoption.repos.voluntary", "gamma"
	return []metrics.Objective{{Key: "2026", Title: "Teams choose the paved path", Results: []metrics.KeyResult{result, own}}}
}

// asked builds a report of the last week.
func asked(t testing.TB, db *clickhouse.DB, scope string) *report.Report {
	t.Helper()
	s, err := report.ParseScope(scope)
	check(t, err)
	r, err := report.Build(t.Context(), cached(db), at(now), report.Question{Scope: s, Week: lastWeek(), Objectives: objectives(), Org: "acme", Base: "https://trodden.acme.dev"})
	check(t, err)
	return r
}

func lastWeek() report.Week { return report.LastWeek(at(now), time.UTC) }

func repoName(i int) string { return fmt.Sprintf("github.com/acme/repo-%05d", i) }

// cached asks nothing twice.
func cached(db query.DB) *query.Cache {
	return query.NewCache(db, func() time.Time { return at(now).Time() })
}
