package query_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// checkBehind demands that as many states are behind a figure of adoption as it says.
func checkBehind(t *testing.T, r *rapid.T, db *clickhouse.DB, a query.AdoptionQuestion) {
	yes, no := new(true), new(false)
	figures := map[string]struct {
		of  func(query.AdoptionRow) int
		ask query.StatesQuestion
	}{
		"on":        {func(a query.AdoptionRow) int { return a.States.On }, query.StatesQuestion{State: metrics.On, Active: yes}},
		"mixed":     {func(a query.AdoptionRow) int { return a.States.Mixed }, query.StatesQuestion{State: metrics.Mixed, Active: yes}},
		"none":      {func(a query.AdoptionRow) int { return a.States.None }, query.StatesQuestion{State: metrics.None, Active: yes}},
		"unknown":   {func(a query.AdoptionRow) int { return a.States.Unknown }, query.StatesQuestion{State: metrics.Unknown}},
		"inactive":  {func(a query.AdoptionRow) int { return a.Inactive }, query.StatesQuestion{Active: no}},
		"mandated":  {func(a query.AdoptionRow) int { return a.Origin.Mandated }, query.StatesQuestion{Origin: metrics.Mandated, Active: yes}},
		"by choice": {func(a query.AdoptionRow) int { return a.Repos.Gross.Num }, query.StatesQuestion{Voluntary: yes, Active: yes}},
		"freely": {
			func(a query.AdoptionRow) int { return a.Repos.Voluntary.Num }, query.StatesQuestion{Voluntary: yes, Choice: yes, Active: yes},
		},
		"what all adoption counts":       {func(a query.AdoptionRow) int { return a.Repos.Total.Den }, query.StatesQuestion{Only: "served"}},
		"what gross adoption counts":     {func(a query.AdoptionRow) int { return a.Repos.Gross.Den }, query.StatesQuestion{Only: "eligible"}},
		"what voluntary adoption counts": {func(a query.AdoptionRow) int { return a.Repos.Voluntary.Den }, query.StatesQuestion{Only: "choice"}},
		"who chose":                      {func(a query.AdoptionRow) int { return a.Repos.Voluntary.Num }, query.StatesQuestion{Only: "voluntary"}},
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(figures))).Draw(r, "figure")
	rows, err := query.Adoption(t.Context(), db, query.AdoptionQuestion{Path: a.Path, Team: a.Team, Group: a.Group, AsOf: a.AsOf})
	if err != nil {
		r.Fatal(err)
	}
	for _, row := range rows {
		q := figures[name].ask
		q.Path, q.Team, q.Group, q.AsOf = row.Path, a.Team, a.Group, a.AsOf
		states, err := query.States(t.Context(), db, q)
		if err != nil {
			r.Fatal(err)
		}
		count := 0
		for _, s := range states {
			if name == "inactive" && s.State == metrics.Unknown {
				continue
			}
			count++
		}
		if row.Repos.Total.Reason == metrics.ReasonBeforeLaunch && (name == "by choice" || name == "freely") {
			continue // the rates are not told
		}
		if want := figures[name].of(row); count != want {
			r.Fatalf("%s: %d in %+v, but %d states behind it: %+v", name, want, row, count, states)
		}
	}
}
