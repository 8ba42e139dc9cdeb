package api_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// judge stores what is found out about two catalogs of the organisation: pay commits to repositories 0 and 1.
func judge(ctx context.Context, t testing.TB, db *clickhouse.DB) {
	t.Helper()
	moment, seen := at("2026-06-30"), at("2026-06-30")
	work := freshness.Work{
		Known: true, All: freshness.Count{In90: 4, In180: 9},
		Teams: []freshness.TeamWork{{Team: "pay", Count: freshness.Count{In90: 4, In180: 9}, Last: at("2026-06-29")}},
	}
	world := freshness.World{
		Now: moment, TeamsKnown: true, Complete: true,
		Repos: []freshness.Repo{{Name: repoName(0), Work: work, LastHuman: at("2026-06-29")}, {Name: repoName(1), Work: work, LastHuman: at("2026-06-29")}, {Name: repoName(2), Work: work, LastHuman: at("2026-06-29")}},
		Teams: []freshness.Team{
			{Key: "pay", Known: true, Members: []metrics.Period{{From: at("2025-01-01"), To: metrics.Forever}}},
			{Key: "shop", Known: true, Members: []metrics.Period{{From: at("2025-01-01"), To: metrics.Forever}}},
		},
	}
	entity := func(source string, i int, owner, lifecycle string) freshness.Record {
		return freshness.Record{
			Entity: metrics.Entity{
				Source: source, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: []string{"zero", "one"}[i]}, Seen: seen, Repo: repoName(i),
				Descriptor: metrics.Place{Repo: repoName(i), Path: "catalog-info.yaml"},
				Fields: []metrics.EntityField{
					{Name: metrics.FieldLifecycle, Values: []string{lifecycle}}, {Name: metrics.FieldOwner, Values: []string{owner}},
					{Name: metrics.FieldTitle, Values: []string{"=1+1, <b>\"it\"</b>"}},
				},
			},
			Confirmed: []freshness.Confirmation{{}, {At: at("2025-03-01"), By: metrics.EditedByHuman}, {At: at("2026-06-01")}},
		}
	}
	catalog := func(source string, records ...freshness.Record) clickhouse.Judgement {
		m := metrics.DefaultMeasure()
		records[0].Lines = []int{0, 9, 0}
		j := freshness.Judge(records, world, m)
		audit := j.Audit()
		return clickhouse.Judgement{
			Source: source, Judgement: j, Audit: audit, FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: math.NaN(), Episodes: j.Episodes(),
		}
	}
	twin := entity("backstage", 0, "pay", "production")
	twin.Ref.Name = "zero-too"
	backstage := catalog("backstage", entity("backstage", 0, "pay", "production"), entity("backstage", 1, "shop", "production"), twin)
	made := entity("port", 1, "pay", "production")
	made.Fields = slices.Insert(made.Fields, 2, metrics.EntityField{Name: metrics.FieldTemplate, Values: []string{"template:default/service"}})
	port := catalog("port", made)
	check(t, db.WriteJudgements(ctx, moment, []clickhouse.Judgement{backstage, port}, freshness.Disagreements(backstage.Judgement, port.Judgement)))
	left := metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "left"}, Seen: at("2026-06-01")}
	gone := left
	gone.Seen = seen
	check(t, db.Write(ctx, &metrics.Batch{Snapshots: []metrics.Snapshot{{Entity: left}, {Entity: gone, Gone: true}}, CatalogLists: []metrics.CatalogList{
		{Source: "backstage", At: seen, Complete: true, Entities: 3, Requests: 1}, {Source: "port", At: seen, Entities: 1, Requests: 2, Detail: "Port answers 429"},
	}}))
}
