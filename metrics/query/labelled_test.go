package query_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestTimesByLabelAreThoseOfEach compares what is told of all teams and groups at once with what the reference tells of each of them
// alone.
func TestTimesByLabelAreThoseOfEach(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	near := cmpopts.EquateApprox(0, 1e-9)
	rapid.Check(t, func(r *rapid.T) {
		generation++
		o := drawLives(r)
		q := o.drawQuestion(r)
		q.Team, q.Group = "", ""
		o.publish(t, db, generation)
		by := rapid.SampledFrom([]query.By{query.ByTeam, query.ByGroup}).Draw(r, "by")
		stays, err := query.RetentionBy(t.Context(), db, q, by)
		if err != nil {
			r.Fatal(err)
		}
		waits, err := query.TimeToAdoptBy(t.Context(), db, q, by)
		if err != nil {
			r.Fatal(err)
		}
		for _, label := range labelsDefined(o.defs, by) {
			one := q
			if one.Team = metrics.TeamKey(label); by == query.ByGroup {
				one.Team, one.Group = "", label
			}
			var wantStays []query.RetentionRow
			for _, row := range o.retention(one) {
				if row.Origin == query.AllManners && row.Spells > 0 {
					row.Curve = []query.CurvePoint{}
					wantStays = append(wantStays, row)
				}
			}
			if diff := cmp.Diff(of(stays, label), wantStays, near); diff != "" {
				r.Fatalf("retention of %s %s: %+v\n-got +want\n%s", by, label, q, diff)
			}
			var wantWaits []query.TimeToAdoptRow
			for _, row := range o.timeToAdopt(one) {
				if row.Units > 0 {
					row.Curve = []query.CurvePoint{}
					wantWaits = append(wantWaits, row)
				}
			}
			if diff := cmp.Diff(of(waits, label), wantWaits, near); diff != "" {
				r.Fatalf("time to adopt of %s %s: %+v\n-got +want\n%s", by, label, q, diff)
			}
		}
	})
}

// of returns the rows of a label.
func of[R any](rows []query.Labelled[R], label string) (list []R) {
	for _, r := range rows {
		if r.Label == label {
			list = append(list, r.Row)
		}
	}
	return list
}

// labelsDefined are the teams or groups of definitions.
func labelsDefined(d metrics.Definitions, by query.By) (list []string) {
	if by == query.ByTeam {
		for _, team := range d.Teams.List {
			list = append(list, string(team.Key))
		}
		return list
	}
	for _, group := range d.Teams.Groups {
		list = append(list, group.Key)
	}
	return list
}

// TestLagByLabelIsThatOfEach compares the lag of each team and group with that of all at once.
func TestLagByLabelIsThatOfEach(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	near := cmpopts.EquateApprox(0, 1e-9)
	rapid.Check(t, func(r *rapid.T) {
		generation++
		o := drawShop(r, generation)
		o.publish(t, db, generation)
		q := o.drawLag(r)
		q.Team, q.Group = "", ""
		by := rapid.SampledFrom([]query.By{query.ByTeam, query.ByGroup}).Draw(r, "by")
		rows, err := query.LagBy(t.Context(), db, q, by)
		if err != nil {
			r.Fatal(err)
		}
		for _, label := range labelsDefined(o.defs, by) {
			one := q
			if one.Team = metrics.TeamKey(label); by == query.ByGroup {
				one.Team, one.Group = "", label
			}
			var want []query.LagPathRow
			for _, row := range o.lagByPath(one) {
				if row.Repos > 0 {
					want = append(want, row)
				}
			}
			if diff := cmp.Diff(of(rows, label), want, near); diff != "" {
				r.Fatalf("lag of %s %s: %+v\n-got +want\n%s", by, label, q, diff)
			}
		}
	})
}

// TestActivation counts what runs, by path, team and group.
func TestActivation(t *testing.T) {
	db := openStore(t)
	defs := metrics.Definitions{Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{{Key: "ci"}, {Key: "image"}}, Teams: metrics.Teams{
		List: []metrics.Team{{Key: "pay", Group: "money"}, {Key: "ledger", Group: "money"}, {Key: "web", Group: "shop"}}, Groups: []metrics.Group{{Key: "money", Parent: "shop"}, {Key: "shop"}}}}
	var c clickhouse.Conclusions
	for i, ran := range []metrics.Activation{metrics.Ran, metrics.Idle, metrics.Partly, metrics.Ran, metrics.NotTold} {
		c.Spans = append(c.Spans, metrics.Span{Unit: metrics.Unit{Repo: metrics.RepoID(i + 1)}, Path: "ci", Period: metrics.Period{From: at("2024-01-01"), To: metrics.Forever},
			Team: []metrics.TeamKey{"pay", "pay", "ledger", "web", "web"}[i], State: metrics.On, Tree: metrics.On, Active: true, Activation: ran, Ways: []metrics.WayKey{metrics.Golden}})
	}
	publish(t, db, 1, defs, c)
	for by, want := range map[query.By]map[string][2]int{
		query.ByPath: {"": {2, 4}}, query.ByTeam: {"pay": {1, 2}, "ledger": {0, 1}, "web": {1, 1}}, query.ByGroup: {"money": {1, 3}, "shop": {2, 4}},
	} {
		rows, err := query.Activation(t.Context(), db, query.AdoptionQuestion{Path: "ci", By: by, AsOf: at("2024-06-01")})
		got := map[string][2]int{}
		for _, r := range rows {
			got[r.Label] = [2]int{r.Row.Rate.Num, r.Row.Rate.Den}
		}
		if diff := cmp.Diff(got, want); err != nil || diff != "" {
			t.Errorf("by %s (%v)\n-got +want\n%s", by, err, diff)
		}
	}
}
