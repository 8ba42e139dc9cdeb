package query_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestFrictionAgreesWithTheReference compares what is said of new repositories and of pipelines, and the lists behind it, with the
// reference on random organisations.
func TestFrictionAgreesWithTheReference(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	near := cmpopts.EquateApprox(0, 1e-9)
	rapid.Check(t, func(r *rapid.T) {
		generation++
		o := drawWorkshop(r)
		q := query.FrictionQuestion{CohortQuestion: o.drawQuestion(r), Measure: query.FrictionMeasures()[rapid.IntRange(0, 999).Draw(r, "measure")%4]}
		if rapid.IntRange(0, 3).Draw(r, "of all that happened") < 3 {
			q.AsOf = at("2030-01-01")
		}
		o.publish(t, db, generation)
		o.replaceFacts(t, db)
		got, err := query.Friction(t.Context(), db, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, o.friction(q), near); diff != "" {
			r.Fatalf("%+v of %+v with %+v\n-got +want\n%s", q, o.lives, o.facts, diff)
		}
		o.compareLists(r, t, db, q)
	})
}

// replaceFacts writes the facts in the place of those that were there.
func (o workshop) replaceFacts(t *testing.T, db *clickhouse.DB) {
	t.Helper()
	for _, table := range []string{"repos", "readings", "runs", "run_ends", "run_packs", "run_reds", "run_windows", "deployments"} {
		if err := db.Exec(t.Context(), "TRUNCATE TABLE "+table, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Write(t.Context(), &o.facts); err != nil {
		t.Fatal(err)
	}
	if err := db.FindReds(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func drawWorkshop(r *rapid.T) workshop {
	o := workshop{lives: lives{defs: metrics.Definitions{
		Measure: metrics.Measure{TeamOnAt: 0.5, LeaveAfter: time.Duration(leaveAfter) * time.Second, BornWithin: time.Duration(bornWithin) * time.Second},
		Teams:   metrics.Teams{List: []metrics.Team{{Key: "a", Group: "g"}, {Key: "b", Group: "h"}}},
		Paths:   []metrics.Path{{Key: "path2"}, {Key: "path1", Since: at("2024-01-02")}},
	}}}
	for repo := range metrics.RepoID(rapid.IntRange(3, maxUnits).Draw(r, "repositories")) {
		birth := rapid.SampledFrom([]metrics.Instant{at("2024-01-01"), at("2024-01-03"), at("2024-03-01")}).Draw(r, "born")
		u := metrics.Unit{Repo: repo + 1}
		if rapid.IntRange(0, 15).Draw(r, "component") == 15 {
			u.Component = "services/pay"
		}
		for _, path := range o.defs.Paths[:rapid.IntRange(1, 2).Draw(r, "paths")] {
			o.lives.lives = append(o.lives.lives, newLife(drawUses(r, u, path.Key, birth), leaveAfter))
		}
		o.drawRuns(r, u.Repo, birth)
	}
	return o
}

// drawUses draws what a repository used from its birth on, most of it of account.
func drawUses(r *rapid.T, u metrics.Unit, path metrics.PathKey, from metrics.Instant) []metrics.Span {
	dated := rapid.IntRange(0, 15).Draw(r, "dated") < 15
	var list []metrics.Span
	joins := rapid.Bool().Draw(r, "joins") // as many do, after a while
	for i := range rapid.IntRange(2, 4).Draw(r, "changes") {
		s := metrics.Span{Unit: u, Path: path, Dated: dated, Active: true}
		s.State = rapid.SampledFrom(append([]metrics.State{metrics.Off, metrics.On, metrics.Off, metrics.On, metrics.Mixed}, metrics.States()...)).Draw(r, "state")
		s.Tree = s.State
		if !slices.Contains([]metrics.State{metrics.Unknown, metrics.On, metrics.Mixed, metrics.Off, metrics.None}, s.State) {
			s.Tree = metrics.On
		}
		s.Team = rapid.SampledFrom([]metrics.TeamKey{"a", "a", "b", ""}).Draw(r, "team")
		s.From = from
		s.To = from + rapid.SampledFrom([]metrics.Instant{100 * metrics.Day, 90 * metrics.Day, 100 * metrics.Day, bornWithin, 200 * metrics.Day, 5 * metrics.Day}).Draw(r, "step")
		if joins && i < 2 {
			s.State = []metrics.State{metrics.Off, metrics.On}[i]
			s.Tree, s.To = s.State, from+rapid.SampledFrom([]metrics.Instant{100 * metrics.Day, 100 * metrics.Day, 30 * metrics.Day}).Draw(r, "joins for")
		}
		from = s.To
		list = append(list, s)
	}
	if rapid.IntRange(0, 3).Draw(r, "still there") < 3 {
		list[len(list)-1].To = metrics.Forever
	}
	return list
}

// drawRuns draws what happened to a repository that began about then.
func (o *workshop) drawRuns(r *rapid.T, repo metrics.RepoID, birth metrics.Instant) {
	some := func(label string, list ...metrics.Instant) metrics.Instant {
		return rapid.SampledFrom(list).Draw(r, label)
	}
	o.facts.Repos = append(o.facts.Repos, metrics.Repo{
		ID: repo, Name: "github.com/acme/" + string(rune('a'+repo)), Source: "git", Seen: 100,
		Created: some("created", 0, birth, birth+3600, birth+metrics.Day, birth+metrics.Day+1),
	})
	sources := rapid.SampledFrom([]string{"git", "git", "git", "hub"})
	for range rapid.SampledFrom([]int{1, 1, 1, 1, 1, 2, 0}).Draw(r, "windows") {
		from := some("window", 0, birth, birth+1, birth+3600, birth+50*metrics.Day)
		w := metrics.RunWindow{
			Repo: repo, Source: sources.Draw(r, "source"), Seen: some("seen", birth+2000*metrics.Day, 100, birth, birth+100*metrics.Day),
			Period: metrics.Period{From: from, To: some("window ends", metrics.Forever, max(from, birth)+30*metrics.Day)},
		}
		if !slices.ContainsFunc(o.facts.RunWindows, func(v metrics.RunWindow) bool { return v.Repo == w.Repo && v.Source == w.Source && v.From == w.From }) {
			o.facts.RunWindows = append(o.facts.RunWindows, w)
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(r, "readings") {
		o.facts.Readings = append(o.facts.Readings, metrics.Reading{
			Repo: repo, Source: sources.Draw(r, "reader"), At: birth + metrics.Instant(i) + some("read", 10*metrics.Day, 200*metrics.Day, 2000*metrics.Day),
			Complete: rapid.IntRange(0, 3).Draw(r, "complete") < 3,
		})
	}
	now := birth + rapid.SampledFrom([]metrics.Instant{0, 60 * metrics.Day, 80 * metrics.Day}).Draw(r, "idle at first")
	for range rapid.IntRange(5, 25).Draw(r, "runs") {
		now += rapid.SampledFrom([]metrics.Instant{7 * metrics.Day, 10 * metrics.Day, metrics.Day, 30 * metrics.Day, 3600, 60, 0}).Draw(r, "until the next")
		o.drawRun(r, repo, now)
	}
	for range rapid.IntRange(0, 2).Draw(r, "deployments") {
		d := metrics.Deployment{Repo: repo, ID: uint64(len(o.facts.Deployments) + 1), Source: sources.Draw(r, "deployer"), Outcome: metrics.RunFailed}
		d.Created = birth + some("deployed", 0, 3600, 20*metrics.Day, 90*metrics.Day)
		d.Finished = d.Created + 60
		if rapid.Bool().Draw(r, "deployed well") {
			d.Outcome = metrics.RunSucceeded
		}
		o.facts.Deployments = append(o.facts.Deployments, d)
	}
}

// drawRun draws a run that may have been seen before, while it went on or as something that failed.
func (o *workshop) drawRun(r *rapid.T, repo metrics.RepoID, at metrics.Instant) {
	run := metrics.Run{
		Repo: repo, ID: uint64(len(o.facts.Runs) + 1), Attempt: 1, Source: "git", Workflow: rapid.SampledFrom([]string{"a", "a", "b"}).Draw(r, "workflow"),
		Default: rapid.IntRange(0, 5).Draw(r, "default") < 5, Created: at, Started: at, Seen: 1000,
		Finished: at + rapid.SampledFrom([]metrics.Instant{0, 60, 900, 7200}).Draw(r, "took"),
		Outcome:  rapid.SampledFrom([]metrics.RunResult{metrics.RunSucceeded, metrics.RunSucceeded, metrics.RunFailed, metrics.RunCancelled}).Draw(r, "outcome"),
	}
	switch rapid.IntRange(0, 7).Draw(r, "seen before") {
	case 6:
		before := run
		before.Outcome, before.Seen = rapid.SampledFrom([]metrics.RunResult{metrics.RunUnderWay, metrics.RunFailed}).Draw(r, "before"), 900
		o.facts.Runs = append(o.facts.Runs, before)
	case 7:
		run.Started, run.Finished = 0, 0
	}
	o.facts.Runs = append(o.facts.Runs, run)
}
