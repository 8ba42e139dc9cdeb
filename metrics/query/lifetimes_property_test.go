package query_test

import (
	"fmt"
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

// TestTimesAgreeWithTheReference compares retention and time to adopt with the reference on 100 random
// organisations, and with what the same question answers when the organisation goes on no longer than to the
// moment asked about: nothing that comes later changes an answer.
func TestTimesAgreeWithTheReference(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	near := cmpopts.EquateApprox(0, 1e-9)
	rapid.Check(t, func(r *rapid.T) {
		generation += 2
		o := drawLives(r)
		q := o.drawQuestion(r)
		o.publish(t, db, generation)
		stays, waits := askTimes(t, db, q)
		if diff := cmp.Diff(stays, o.retention(q), near); diff != "" {
			r.Fatalf("retention: %+v of %+v\n-got +want\n%s", q, o.lives, diff)
		}
		if diff := cmp.Diff(waits, o.timeToAdopt(q), near); diff != "" {
			r.Fatalf("time to adopt: %+v of %+v\n-got +want\n%s", q, o.lives, diff)
		}
		o.until(q.AsOf).publish(t, db, generation+1)
		staysThen, waitsThen := askTimes(t, db, q)
		if diff := cmp.Diff(stays, staysThen); diff != "" {
			r.Fatalf("retention: %+v of %+v\n-later +then\n%s", q, o.lives, diff)
		}
		if diff := cmp.Diff(waits, waitsThen); diff != "" {
			r.Fatalf("time to adopt: %+v of %+v\n-later +then\n%s", q, o.lives, diff)
		}
	})
}

func askTimes(t *testing.T, db *clickhouse.DB, q query.CohortQuestion) ([]query.RetentionRow, []query.TimeToAdoptRow) {
	t.Helper()
	stays, err := query.Retention(t.Context(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := query.RetentionFigures(t.Context(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	without := slices.Clone(stays)
	for i := range without {
		without[i].Curve = []query.CurvePoint{}
	}
	if diff := cmp.Diff(figures, without); diff != "" {
		t.Fatalf("%+v: -figures +retention without its curves\n%s", q, diff)
	}
	waits, err := query.TimeToAdopt(t.Context(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	return stays, waits
}

// publish puts the organisation in force for every repository that there may be.
func (o lives) publish(t *testing.T, db *clickhouse.DB, g clickhouse.Generation) {
	t.Helper()
	var c clickhouse.Conclusions
	for i := range metrics.RepoID(maxUnits) { // its warning is what puts a repository in force
		c.Warnings = append(c.Warnings, metrics.Warning{Repo: i + 1})
	}
	for _, l := range o.lives {
		c.Spans, c.Spells = append(c.Spans, l.spans...), append(c.Spells, l.spells...)
	}
	publish(t, db, g, o.defs, c)
}

// maxUnits is how many units there may be on a path.
const maxUnits = 8

// until cuts every life at a moment, as if it had been looked at then.
func (o lives) until(t metrics.Instant) lives {
	cut := lives{defs: o.defs}
	for _, l := range o.lives {
		l.spans = slices.DeleteFunc(slices.Clone(l.spans), func(s metrics.Span) bool { return s.From > t })
		if n := len(l.spans); n > 0 {
			if l.spans[n-1].To > t {
				l.spans[n-1].To = metrics.Forever
			}
			cut.lives = append(cut.lives, newLife(l.spans, leaveAfter))
		}
	}
	return cut
}

const leaveAfter = 14 * metrics.Day

func drawLives(r *rapid.T) lives {
	o := lives{defs: metrics.Definitions{
		Measure: metrics.Measure{TeamOnAt: 0.5, LeaveAfter: time.Duration(leaveAfter) * time.Second},
		Teams: metrics.Teams{
			List:   []metrics.Team{{Key: "a", Group: "g"}, {Key: "b", Group: "h"}, {Key: "c"}},
			Groups: []metrics.Group{{Key: "h", Parent: "g"}, {Key: "g", Parent: "top"}, {Key: "top"}},
		},
	}}
	for i := range rapid.IntRange(1, 2).Draw(r, "paths") {
		since := rapid.SampledFrom([]metrics.Instant{0, 0, at("2024-01-01"), at("2024-02-01"), at("2024-04-01")}).Draw(r, "since")
		path := metrics.PathKey(fmt.Sprint("path", 2-i))
		o.defs.Paths = append(o.defs.Paths, metrics.Path{Key: path, Since: since})
		for n := range rapid.IntRange(0, maxUnits).Draw(r, "units") {
			u := metrics.Unit{Repo: metrics.RepoID(n/2 + 1), Component: []string{"", "services/pay"}[n%2]}
			o.lives = append(o.lives, newLife(drawSpans(r, u, path), leaveAfter))
		}
	}
	return o
}

// steps are times between changes: shorter than an absence has to be, as long to the second, and longer.
func steps() []metrics.Instant {
	return []metrics.Instant{
		1, metrics.Day, 5 * metrics.Day, leaveAfter - 1, leaveAfter, leaveAfter + 1, 30 * metrics.Day, 90 * metrics.Day, 100 * metrics.Day,
	}
}

// drawSpans draws what became of a unit, one change after the other.
func drawSpans(r *rapid.T, u metrics.Unit, path metrics.PathKey) []metrics.Span {
	from := rapid.SampledFrom([]metrics.Instant{0, at("2023-12-01"), at("2024-01-01"), at("2024-01-15"), at("2024-03-01")}).Draw(r, "born")
	first := metrics.Span{Dated: from > 0 && rapid.IntRange(0, 7).Draw(r, "dated") > 0}
	if !first.Dated && rapid.Bool().Draw(r, "graft") {
		first.Reason = metrics.ReasonBeforeGraft
	}
	var list []metrics.Span
	for range rapid.IntRange(1, 8).Draw(r, "changes") {
		s := metrics.Span{Unit: u, Path: path, Dated: true, Active: true}
		if len(list) == 0 {
			s.Dated, s.Reason = first.Dated, first.Reason
		}
		s.State = rapid.SampledFrom(append(metrics.States(), metrics.On, metrics.Off, metrics.On)).Draw(r, "state")
		s.Tree = s.State
		switch s.State {
		case metrics.Dormant:
			s.Tree = metrics.On
		case metrics.Ineligible, metrics.Exempt:
			s.Tree = rapid.SampledFrom([]metrics.State{metrics.On, metrics.Off, metrics.None}).Draw(r, "tree")
		}
		s.Team = rapid.SampledFrom([]metrics.TeamKey{"", "a", "b", "c"}).Draw(r, "team")
		s.From = from
		s.To = max(from, at("2023-11-01")) + rapid.SampledFrom(steps()).Draw(r, "step")
		if from = s.To; rapid.IntRange(0, 9).Draw(r, "gone") == 0 { // for a while
			from += rapid.SampledFrom(steps()).Draw(r, "gap")
		}
		list = append(list, s)
	}
	if rapid.Bool().Draw(r, "still there") {
		list[len(list)-1].To = metrics.Forever
	}
	return list
}

// newLife finds the stays in what became of a unit. Classify does the same with more to consider.
func newLife(spans []metrics.Span, leave metrics.Instant) life {
	l := life{spans: spans}
	var open *metrics.Spell
	absent, unknown := metrics.Forever, metrics.Forever
	end := func(t metrics.Instant, how metrics.Outcome) {
		switch {
		case open == nil:
		case absent < metrics.Forever && t-absent >= leave:
			open.To, open.Outcome = absent, metrics.LeftPath
		case min(absent, unknown) < metrics.Forever:
			open.To, open.Outcome = min(absent, unknown), metrics.Censored
		default:
			open.To, open.Outcome = t, how
		}
		open, absent, unknown = nil, metrics.Forever, metrics.Forever
	}
	for i, s := range spans {
		follows := i > 0 && spans[i-1].To == s.From
		if i > 0 && !follows {
			end(spans[i-1].To, metrics.Censored)
		}
		switch {
		case s.State == metrics.Ineligible || s.State == metrics.Exempt:
			end(s.From, metrics.Censored)
		case s.Tree == metrics.Unknown:
			unknown = min(unknown, s.From)
		case !s.Tree.Using():
			absent, unknown = min(absent, s.From), metrics.Forever
		default:
			if absent < metrics.Forever && s.From-absent >= leave {
				end(s.From, metrics.Running)
			}
			absent, unknown = metrics.Forever, metrics.Forever
			if open == nil {
				origins := metrics.Origins()
				l.spells = append(l.spells, metrics.Spell{
					Unit: s.Unit, Path: s.Path, Period: metrics.Period{From: s.From}, Team: s.Team,
					Known: !follows || spans[i-1].Tree != metrics.Unknown, Origin: origins[int(s.From/7)%len(origins)],
				})
				open = &l.spells[len(l.spells)-1]
			}
		}
	}
	if last := spans[len(spans)-1].To; last < metrics.Forever {
		end(last, metrics.Censored)
	}
	end(metrics.Forever, metrics.Running)
	return l
}

// drawQuestion asks about a moment at which something happens or not, and often of all.
func (o lives) drawQuestion(r *rapid.T) query.CohortQuestion {
	moments := []metrics.Instant{at("2024-01-01"), at("2024-02-10"), at("2024-04-01"), at("2024-07-01"), at("2030-01-01")}
	for _, l := range o.lives {
		for _, s := range l.spans {
			if s.To < metrics.Forever {
				moments = append(moments, s.From+1, s.To-1, s.To, s.To+leaveAfter-1, s.To+leaveAfter)
			}
		}
	}
	q := query.CohortQuestion{AsOf: rapid.SampledFrom(moments).Draw(r, "as_of")}
	switch rapid.IntRange(0, 9).Draw(r, "of some") {
	case 0:
		q.Path = o.defs.Paths[0].Key
	case 1:
		q.Team = "a"
	case 2:
		q.Group = rapid.SampledFrom([]string{"g", "h", "top"}).Draw(r, "group")
	case 3:
		q.From = rapid.SampledFrom(moments).Draw(r, "from")
	case 4:
		q.To = rapid.SampledFrom(moments).Draw(r, "to")
	}
	return q
}
