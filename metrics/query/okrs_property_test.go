package query_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestOKRsAgreeWithTheReference compares key results with the reference on random organisations: what they measure, where
// they began, how they stand and will stand, and what is beside them. Of some the baselines are frozen first, as a scan does
// it.
func TestOKRsAgreeWithTheReference(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	near := cmpopts.EquateApprox(1e-9, 1e-9)
	links := gocmp.FilterPath(func(p gocmp.Path) bool { // what they lead to has tests of its own
		return slices.Contains([]string{"Behind", "Rows"}, p.Last().String()[1:])
	}, gocmp.Ignore())
	fewer(t, 40) // each takes long, and has up to ten key results
	rapid.Check(t, func(r *rapid.T) {
		generation++
		c := drawCompany(r, generation)
		goals, asOf := drawWanted(r, generation)
		c.publish(t, r, db, generation, goals)
		rows, err := query.OKRs(t.Context(), db, goals, asOf)
		if err != nil {
			r.Fatal(err)
		}
		if diff := gocmp.Diff(rows, c.okrs(goals, asOf, rows), near, links); diff != "" {
			r.Fatalf("%+v at %s of %+v with %+v and %+v, frozen %+v\n-got +want\n%s", goals, asOf, c.lives.lives, c.decisions, c.shop.providers, c.frozen, diff)
		}
	})
}

// publish puts the company in force, and freezes baselines: some at what they are, of which is demanded what the reference
// has, some at what they once may have been.
func (c *company) publish(t *testing.T, r *rapid.T, db *clickhouse.DB, g clickhouse.Generation, goals []metrics.Objective) {
	t.Helper()
	facts := c.shop.released()
	if err := db.Write(t.Context(), &facts); err != nil {
		t.Fatal(err)
	}
	conclusions := clickhouse.Conclusions{Spans: c.spans, Decisions: c.decisions}
	for _, l := range c.lives.lives {
		conclusions.Spells = append(conclusions.Spells, l.spells...)
	}
	force(t, db, g, c.defs, conclusions)
	switch among(r, "frozen", "not", "not", "as told", "as it was") {
	case "as told":
		c.freeze(t, r, db, goals)
	case "as it was":
		c.drawFrozen(r, goals)
	}
	if err := db.WriteBaselines(t.Context(), c.frozen); err != nil {
		t.Fatal(err)
	}
}

// freeze finds the baselines that are due.
func (c *company) freeze(t *testing.T, r *rapid.T, db *clickhouse.DB, goals []metrics.Objective) {
	t.Helper()
	seen, now := at("2024-03-01"), at("2024-03-02")
	due, err := query.DueBaselines(t.Context(), db, goals, 0, seen, now)
	if err != nil {
		t.Fatal(err)
	}
	var want []metrics.FrozenBaseline
	for _, o := range goals {
		for _, k := range o.Results {
			if k.Baseline.Value != nil || k.Baseline.At > seen {
				continue
			}
			if live := c.start(k); live.value != nil {
				f := metrics.FrozenBaseline{Objective: o.Key, Key: k.Key, Question: k.Question(), At: k.Baseline.At, Value: *live.value, Frozen: now}
				if live.den != nil {
					f.Num, f.Den = *live.num, *live.den
				}
				want = append(want, f)
			}
		}
	}
	if diff := gocmp.Diff(due, want, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		r.Fatalf("baselines that are due: %+v of %+v\n-got +want\n%s", goals, c.lives.lives, diff)
	}
	c.frozen = due
}

// drawFrozen draws baselines as they were told once, some of them twice: the first holds.
func (c *company) drawFrozen(r *rapid.T, goals []metrics.Objective) {
	for _, o := range goals {
		for _, k := range o.Results {
			f := metrics.FrozenBaseline{
				Objective: o.Key, Key: k.Key, Question: k.Question(), At: k.Baseline.At, Frozen: at("2024-03-01"),
				Value: among(r, "kept", 0.25, 0.5, 0.123), Definitions: among[uint64](r, "definitions", 0, 9),
			}
			f.Den = among(r, "den", 0, 4, 8)
			f.Num = f.Den / 4
			again := f
			again.Frozen, again.Value = f.Frozen+metrics.Day, 0.9
			c.frozen = append(c.frozen, f, again)
		}
	}
}

// drawCompany draws an organisation that uses paths, leaves and comes back, decides and pins.
func drawCompany(r *rapid.T, g clickhouse.Generation) company {
	o := organisation{defs: metrics.Definitions{
		Measure: metrics.Measure{TeamOnAt: among(r, "team_on_at", 0.3, 0.5, 1), LeaveAfter: time.Duration(leaveAfter) * time.Second},
		Teams:   drawTeams(r),
	}}
	for i := range among(r, "paths", 1, 2) {
		since := among[metrics.Instant](r, "since", 0, 0, 0, 0, 0, at("2024-01-08"), at("2024-04-01"))
		o.defs.Paths = append(o.defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprint("path", 2-i)), Since: since})
	}
	var all lives
	trend := among(r, "trend", []metrics.State{metrics.Off, metrics.On}, []metrics.State{metrics.On, metrics.Off}, nil)
	for unit := range among(r, "units", 6, 14, 18, 18) {
		for _, path := range o.defs.Paths {
			u := metrics.Unit{Repo: metrics.RepoID(unit/2 + 1), Component: []string{"", "services/pay"}[unit%2]}
			o.spans = append(o.spans, drawCareer(r, u, path.Key, trend)...)
		}
	}
	o.drawWays(r)
	s := shop{organisation: o, providers: map[string]provider{}}
	s.drawReleases(r, g)
	for i := range o.spans {
		if first := i == 0 || o.spans[i-1].Unit != o.spans[i].Unit || o.spans[i-1].Path != o.spans[i].Path; first {
			all.lives = append(all.lives, life{})
		}
		l := &all.lives[len(all.lives)-1]
		l.spans = append(l.spans, o.spans[i])
	}
	for i, l := range all.lives {
		all.lives[i] = newLife(l.spans, leaveAfter)
	}
	all.defs = o.defs
	return company{decided: decided{o, drawFreely(r, o)}, shop: s, lives: all}
}

// drawCareer draws what became of a unit: mostly what becomes of others, too.
func drawCareer(r *rapid.T, u metrics.Unit, path metrics.PathKey, trend []metrics.State) []metrics.Span {
	from := among(r, "born", 1, at("2023-10-02"), at("2023-11-14"), at("2023-12-11"), at("2024-01-10"))
	dated := among(r, "dated", true, true, true, true, false)
	team := among[metrics.TeamKey](r, "team", "a", "a", "b", "c", "p", "")
	var list []metrics.Span
	follows := among(r, "follows", true, true, true, false)
	for i := range among(r, "changes", 2, 3, 4) {
		s := metrics.Span{Unit: u, Path: path, Dated: dated, Team: team, Period: metrics.Period{From: from}}
		s.State = among(r, "state", metrics.On, metrics.On, metrics.Mixed, metrics.Off, metrics.Off, metrics.None, metrics.Dormant, metrics.Exempt,
			metrics.Ineligible, metrics.Unknown)
		if follows && i < len(trend) {
			s.State = trend[i]
		}
		switch s.Tree = s.State; s.State {
		case metrics.Dormant:
			s.Tree = metrics.On
		case metrics.Exempt, metrics.Ineligible:
			s.Tree = among(r, "tree", metrics.On, metrics.Off, metrics.None)
		}
		s.Active = among(r, "active", true, true, true, true, true, false)
		s.Choice, s.Mandated = among(r, "choice", true, true, false), among(r, "mandated", false, false, true)
		if s.State.Using() {
			s.Origin = among(r, "origin", append(metrics.Origins(), metrics.Chosen, metrics.Chosen, metrics.Chosen)...)
			s.Voluntary = s.Origin.Voluntary() && among(r, "voluntary", true, true, false)
		}
		if s.State.Using() || s.State == metrics.Dormant {
			s.Activation = among(r, "ran", metrics.Ran, metrics.Ran, metrics.Idle, metrics.NotTold)
		}
		s.To = max(from, at("2023-11-01")) + among[metrics.Instant](r, "for", 5, 14, 21, 28, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150)*metrics.Day
		if from = s.To; among(r, "moves", false, false, false, true) {
			team = "b"
		}
		list = append(list, s)
	}
	if among(r, "stays", true, true, true, false) {
		list[len(list)-1].To = metrics.Forever
	}
	return list
}

// drawFreely draws decisions, of which few have an origin that is not known.
func drawFreely(r *rapid.T, o organisation) []metrics.Decision {
	var list []metrics.Decision
	for i := range among(r, "decisions", 0, 8, 16, 32) {
		x := metrics.Decision{
			Unit: metrics.Unit{Repo: metrics.RepoID(i%6 + 1), Component: fmt.Sprint(i)}, Path: among(r, "path", o.defs.Paths...).Key,
			At:   at("2023-10-01") + metrics.Instant(rapid.IntRange(0, 300).Draw(r, "day"))*metrics.Day,
			Kind: among(r, "kind", metrics.Birth, metrics.Entry, metrics.Entry, metrics.Exit), Team: among[metrics.TeamKey](r, "team", "a", "a", "b", "c", ""),
			Choice: among(r, "choice", true, true, true, true, true, false),
		}
		x.For = x.Kind == metrics.Entry || x.Kind == metrics.Birth && among(r, "for", true, false)
		x.Told, x.Free = x.At, x.Choice
		if x.Kind == metrics.Exit {
			x.Told += leaveAfter
		}
		if x.For || x.Kind == metrics.Exit {
			x.Origin = among(r, "origin", metrics.Chosen, metrics.Chosen, metrics.Chosen, metrics.Born, metrics.Mandated, metrics.Automated)
			if i%8 == 0 {
				x.Origin = metrics.UnknownOrigin
			}
			x.Free = x.Choice && x.Origin.Voluntary()
		}
		list = append(list, x)
	}
	return list
}

// drawWanted draws objectives whose key results are about the same and go on as long, so that they ask the same of the
// store.
func drawWanted(r *rapid.T, g clickhouse.Generation) (goals []metrics.Objective, asOf metrics.Instant) {
	like := metrics.KeyResult{
		Path: among[metrics.PathKey](r, "path", "path2", "path2", "path2", "path2", "path2", "path2", "path2", "path2", "path2", "", "", "", "", "", "nowhere"),
		Team: among[metrics.TeamKey](r, "team", "", "", "", "", "", "", "", "a"), Group: among(r, "group", "", "", "", "", "", "", "", "", "g", "top"),
		From: among(r, "from", at("2024-01-01"), at("2024-01-31"), at("2024-03-05")),
	}
	like.To = like.From + among[metrics.Instant](r, "length", 28, 84, 120, 182)*metrics.Day
	asOf = drawNow(r, like)
	follows := like.From < asOf && asOf < like.To
	for i := range among(r, "objectives", 1, 2) {
		o := metrics.Objective{Key: fmt.Sprint("objective", g, i), Title: "Objective"}
		for j := range among(r, "results", 2, 3, 4, 5) {
			like.Key, like.Title = fmt.Sprint("result", j), "Result"
			o.Results = append(o.Results, drawResult(r, like, follows))
		}
		goals = append(goals, o)
	}
	return goals, asOf
}

// drawResult draws what a key result measures, where it begins and where it is to go. What follows weeks is mostly of the
// measures that are asked of all of them together.
func drawResult(r *rapid.T, k metrics.KeyResult, follows bool) metrics.KeyResult {
	if k.Measure = among(r, "measure", referenced()...); follows && among(r, "one question", true, true, true, false) {
		k.Measure = among(r, "measure", referenced()[:10]...)
	}
	k.Weight = among(r, "weight", 1, 2, 0.5)
	k.Direction = among(r, "direction", "", "", "", "", metrics.Up, metrics.Down)
	values := []float64{0, 0.25, 0.5, 0.75, 1}
	if figure, _ := metrics.FindFigure(k.Measure); !figure.Share {
		values = []float64{0, 1, 3, 20, 80}
	}
	k.Target = among(r, "target", values...)
	switch among(r, "baseline", "far", "number", "target", "begin", "begin", "before", "after") {
	case "far":
		ends := among(r, "ends", []float64{values[0], values[4]}, []float64{values[4], values[0]})
		k.Baseline.Value, k.Target, k.Direction = &ends[0], ends[1], ""
	case "number":
		value := among(r, "value", values...)
		k.Baseline.Value = &value
	case "target":
		k.Baseline.Value = &k.Target
	case "begin":
		k.Baseline.At = k.From
	case "before":
		k.Baseline.At = k.From - 20*metrics.Day
	case "after":
		k.Baseline.At = k.From + 10*metrics.Day
	}
	return k
}

// referenced are the measures that a reference is there for, and one that is not measured yet.
func referenced() []string {
	return []string{
		"adoption.teams.voluntary", "adoption.teams.total", "adoption.teams.gross", "adoption.repos.voluntary", "adoption.repos.total", "adoption.repos.gross",
		"adoption.teams.weighted.voluntary", "adoption.teams.weighted.total", "adoption.teams.weighted.gross", "fragmentation", "adoption.pull", "flow.voluntary",
		"flow.net", "adoption.pull", "retention.d90", "retention.tried_and_left", "retention.returned", "retention.median_days", "time_to_adopt.median_days",
		"lag.latest", "lag.releases_behind", "lag.days_behind", "catalog.freshness",
	}
}

// drawNow draws a moment before, in and after the time of a key result.
func drawNow(r *rapid.T, k metrics.KeyResult) metrics.Instant {
	half, late := k.From+(k.To-k.From)/2, k.To-5*metrics.Day
	return among(r, "now", k.From-metrics.Day, k.From, k.From+1, half, half, half, late-7, late, late, k.To, k.To, k.To+metrics.Day)
}
