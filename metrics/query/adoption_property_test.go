package query_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestAdoptionAgreesWithTheReference compares the statements with the reference on 200 random organisations.
func TestAdoptionAgreesWithTheReference(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	for range 2 { // a check is of 100 organisations
		rapid.Check(t, func(r *rapid.T) {
			generation += 10
			o := drawOrganisation(r)
			empty(t, db)
			o.publish(t, db, generation, rapid.IntRange(0, 9).Draw(r, "among others") == 0)
			q := o.drawQuestion(r)
			got, err := query.Adoption(t.Context(), db, q)
			if err != nil {
				r.Fatal(err)
			}
			near := cmpopts.EquateApprox(0, 1e-12)
			if diff := cmp.Diff(got, o.reference(q), near); diff != "" {
				r.Fatalf("%+v of %+v\n-got +want\n%s", q, o.spans, diff)
			}
			shares, err := query.Shares(t.Context(), db, q)
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(shares, sharesOf(got)); diff != "" {
				r.Fatalf("-shares alone +those of adoption\n%s", diff)
			}
			if !slices.ContainsFunc(o.defs.Teams.List, func(t metrics.Team) bool { return t.Weight != 0 && t.Weight != 1 }) {
				checkUnweighted(r, got)
			}
		})
	}
}

// sharesOf picks the shares out of adoption.
func sharesOf(rows []query.AdoptionRow) []query.ShareRow {
	list := []query.ShareRow{}
	for _, row := range rows {
		share := query.ShareRow{Period: row.Period, Path: row.Path, Total: row.Repos.Total}
		if row.Team != nil {
			share.Label = string(*row.Team)
		}
		if row.Group != nil {
			share.Label = *row.Group
		}
		list = append(list, share)
	}
	return list
}

// checkUnweighted demands that weights change nothing where all are 1.
func checkUnweighted(r *rapid.T, rows []query.AdoptionRow) {
	for _, row := range rows {
		for _, p := range []struct {
			plain    query.Rate
			weighted query.WeightedRate
		}{
			{row.Teams.Voluntary, row.Teams.Weighted.Voluntary}, {row.Teams.Total, row.Teams.Weighted.Total}, {row.Teams.Gross, row.Teams.Weighted.Gross},
		} {
			want := query.WeightedRate{
				Num: float64(p.plain.Num), Den: float64(p.plain.Den), Rate: p.plain.Rate, Lo: p.plain.Lo, Hi: p.plain.Hi,
				Small: p.plain.Small, Effective: float64(p.plain.Den), Reason: p.plain.Reason,
			}
			if diff := cmp.Diff(p.weighted, want); diff != "" {
				r.Fatalf("all weights are 1, -weighted +plain\n%s", diff)
			}
		}
	}
}

func empty(t testing.TB, db *clickhouse.DB) {
	t.Helper()
	for _, table := range []string{"current", "spans", "paths", "teams", "groups"} {
		if err := db.Exec(t.Context(), "TRUNCATE TABLE "+table, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// publish puts the organisation in force; if among others, between an older generation and one that is not
// published yet, in both of which everything is on.
func (o organisation) publish(t testing.TB, db *clickhouse.DB, g clickhouse.Generation, amongOthers bool) {
	t.Helper()
	other := organisation{defs: o.defs, spans: slices.Clone(o.spans)}
	for i := range other.spans {
		other.spans[i].State, other.spans[i].Team, other.spans[i].Period = metrics.On, "other", metrics.Period{From: 1, To: metrics.Forever}
	}
	other.defs.Paths = append(slices.Clone(o.defs.Paths), metrics.Path{Key: "other"})
	if amongOthers {
		publish(t, db, g, other.defs, clickhouse.Conclusions{Spans: other.spans})
		if err := db.WriteDefined(t.Context(), g+2, &other.defs); err != nil {
			t.Fatal(err)
		}
		if err := db.WriteConclusions(t.Context(), g+2, &clickhouse.Conclusions{Spans: other.spans}); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, db, g+1, o.defs, clickhouse.Conclusions{Spans: o.spans})
}

// interesting are instants at and beside the begins of weeks, months and quarters.
func interesting() []metrics.Instant {
	var list []metrics.Instant
	for _, day := range []string{
		"2023-12-25", "2024-01-01", "2024-01-29", "2024-02-01", "2024-02-29", "2024-03-01", "2024-03-04", "2024-04-01",
		"2024-06-30", "2024-07-01",
	} {
		list = append(list, at(day)-1, at(day), at(day)+1)
	}
	return append(list, 1, 1_000_000)
}

func drawOrganisation(r *rapid.T) organisation {
	teams := []metrics.TeamKey{"", "a", "b", "c", "p"}
	o := organisation{defs: metrics.Definitions{
		Measure: metrics.Measure{TeamOnAt: rapid.SampledFrom([]float64{0.3, 0.5, 0.6, 1}).Draw(r, "team_on_at")},
		Teams:   drawTeams(r),
	}}
	for i := range rapid.IntRange(1, 3).Draw(r, "paths") {
		since := rapid.SampledFrom(append(interesting(), 0, 0, 0)).Draw(r, "since")
		o.defs.Paths = append(o.defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprint("path", 3-i)), Since: since})
	}
	units := rapid.IntRange(0, 9).Draw(r, "units")
	for i := range units {
		u := metrics.Unit{Repo: metrics.RepoID(i/2 + 1)}
		if i%2 == 1 {
			u.Component = "services/pay"
		}
		for _, path := range o.defs.Paths {
			o.spans = append(o.spans, drawLife(r, u, path.Key, teams, i < 4)...)
		}
	}
	return o
}

// drawTeams draws teams in groups, of which some are not defined and some hold no team; what is above them
// differs.
func drawTeams(r *rapid.T) metrics.Teams {
	weight := func() float64 { return rapid.SampledFrom([]float64{0, 0, 1, 0.3, 2.5, 40}).Draw(r, "weight") }
	teams := metrics.Teams{Platform: []metrics.TeamKey{"p"}, List: []metrics.Team{
		{Key: "a", Group: "g", Weight: weight()}, {Key: "b", Group: rapid.SampledFrom([]string{"g", "i", "top"}).Draw(r, "group")},
		{Key: "c", Weight: weight()}, {Key: "p", Group: "g", Weight: weight()}, {Key: "without", Group: "h"},
	}}
	if rapid.IntRange(0, 9).Draw(r, "undefined") == 0 {
		teams.List = nil
	}
	parents := [][]string{{"", "top", "h"}, {"", "g", "h", "top"}, {"", "top", "root"}, {"", "root"}, {"", "top", "empty"}}
	for i, key := range []string{"g", "i", "h", "top", "bare"} {
		if rapid.IntRange(0, 3).Draw(r, "defined") > 0 {
			teams.Groups = append(teams.Groups, metrics.Group{Key: key, Parent: rapid.SampledFrom(parents[i]).Draw(r, "parent")})
		}
	}
	return teams
}

// drawLife draws the spans of a unit on a path; only some units may be unknown, since what is unknown is
// tried out in every combination.
func drawLife(r *rapid.T, u metrics.Unit, path metrics.PathKey, teams []metrics.TeamKey, mayBeUnknown bool) []metrics.Span {
	cuts := rapid.SliceOfNDistinct(rapid.SampledFrom(interesting()), 1, 5, rapid.ID[metrics.Instant]).Draw(r, "cuts")
	slices.Sort(cuts)
	end := metrics.Forever
	if n := len(cuts); n > 1 && rapid.Bool().Draw(r, "ends") {
		cuts, end = cuts[:n-1], cuts[n-1]
	}
	var list []metrics.Span
	for i, from := range cuts {
		s := metrics.Span{Unit: u, Path: path, Period: metrics.Period{From: from, To: end}}
		if i+1 < len(cuts) {
			s.To = cuts[i+1]
		}
		s.State = rapid.SampledFrom(metrics.States()).Draw(r, "state")
		if s.State == metrics.Unknown && !mayBeUnknown {
			s.State = metrics.On
		}
		s.Tree = metrics.On
		s.Team = rapid.SampledFrom(teams).Draw(r, "team")
		s.Active = rapid.IntRange(0, 4).Draw(r, "active") > 0
		s.Choice = rapid.Bool().Draw(r, "choice")
		s.Mandated = rapid.Bool().Draw(r, "mandated")
		if s.State.Using() {
			s.Origin = rapid.SampledFrom(metrics.Origins()).Draw(r, "origin")
			if s.Origin == metrics.UnknownOrigin && !mayBeUnknown {
				s.Origin = metrics.Chosen
			}
			s.Voluntary = s.Origin.Voluntary() && rapid.Bool().Draw(r, "voluntary")
			s.Kept = s.Origin == metrics.Mandated && rapid.Bool().Draw(r, "kept")
		}
		list = append(list, s)
	}
	return list
}

func (o organisation) drawQuestion(r *rapid.T) query.AdoptionQuestion {
	q := query.AdoptionQuestion{By: rapid.SampledFrom([]query.By{"", query.ByPath, query.ByTeam, query.ByGroup}).Draw(r, "by")}
	q.AsOf = rapid.SampledFrom(interesting()).Draw(r, "as_of")
	if rapid.Bool().Draw(r, "series") {
		q.Interval = rapid.SampledFrom(query.Intervals()).Draw(r, "interval")
		q.From = rapid.SampledFrom(interesting()[:15]).Draw(r, "from")
		q.To = rapid.SampledFrom(interesting()[15:30]).Draw(r, "to")
	}
	if rapid.IntRange(0, 2).Draw(r, "of a path") == 0 {
		q.Path = o.defs.Paths[0].Key
	}
	switch rapid.IntRange(0, 5).Draw(r, "of some") {
	case 0:
		q.Team = rapid.SampledFrom([]metrics.TeamKey{"a", "b", "p", "without", "nobody"}).Draw(r, "team")
	case 1:
		q.Group = rapid.SampledFrom([]string{"g", "h", "i", "top", "root", "bare", "nothing"}).Draw(r, "group")
	}
	return q
}
