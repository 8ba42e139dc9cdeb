package dashboards

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	truth "github.com/trodden/trodden/metrics/freshness"
)

// hostile are names that catalogs have and that pages must show as they are.
var hostile = []string{"<script>alert(1)</script>", "=cmd()", strings.Repeat("long", 125), "مرحبا", "🦊"}

// entity is one of a catalog, about a repository of its own.
func entity(source string, repo int, fields ...string) truth.Record {
	r := truth.Record{Entity: metrics.Entity{
		Source: source, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: fmt.Sprintf("repo-%02d", repo)}, Repo: repoName(repo),
		Descriptor: metrics.Place{Repo: repoName(repo), Path: "catalog-info.yaml"},
	}}
	for i := 0; i < len(fields); i += 2 {
		r.Fields = append(r.Fields, metrics.EntityField{Name: fields[i], Values: []string{fields[i+1]}})
	}
	slices.SortFunc(r.Fields, func(a, b metrics.EntityField) int { return strings.Compare(a.Name, b.Name) })
	for i := range r.Fields {
		r.Lines = append(r.Lines, 8+i)
	}
	return r
}

// catalogWorld is what is really so: of each team one works in the repositories of the first of them; the last repository of
// those is archived.
func catalogWorld(now metrics.Instant) truth.World {
	w := truth.World{Now: now, TeamsKnown: true, Complete: true}
	always := []metrics.Period{{From: metrics.Beginning, To: metrics.Forever}}
	for i := range teams {
		w.Teams = append(w.Teams, truth.Team{Key: teamKey(i), Known: true, Members: always})
	}
	for i := range repos {
		n := truth.Count{In90: 3, In180: 5}
		r := truth.Repo{Name: repoName(i), LastHuman: now, Work: truth.Work{Known: true, All: n,
			Teams: []truth.TeamWork{{Team: teamKey(i % teams), Count: n, Last: now}}}}
		if i == repos-1 {
			r.Archived, r.ArchivedAt = true, now-40*metrics.Day
		}
		w.Repos = append(w.Repos, r)
	}
	return w
}

// judgedCatalog is a catalog held against the world.
func judgedCatalog(source string, now metrics.Instant, halfLife float64, records ...truth.Record) clickhouse.Judgement {
	m := metrics.DefaultMeasure()
	j := truth.Judge(records, catalogWorld(now), m)
	audit := j.Audit()
	return clickhouse.Judgement{Source: source, Judgement: j, Audit: audit, FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: halfLife}
}

// portal is a catalog of some repositories: of every third the owner is another than who does the work, one has a template, one is a
// ghost, two are about one place, and some have hostile values.
func portal(source string, now metrics.Instant) clickhouse.Judgement {
	var records []truth.Record
	for i := range 40 {
		owner := teamKey(i % teams)
		if i%3 == 0 {
			owner = teamKey((i + 1) % teams)
		}
		r := entity(source, i, metrics.FieldOwner, string(owner), metrics.FieldLifecycle, "production", metrics.FieldSystem, "nowhere", "label.note", fmt.Sprint("note ", i))
		if i < len(hostile) {
			for j := range r.Fields[:3] { // not the system
				r.Fields[j].Values = []string{hostile[i]}
			}
			r.Problems = []string{hostile[i]}
		}
		records = append(records, r)
	}
	twin := entity(source, 3, metrics.FieldOwner, string(teamKey(3)))
	twin.Ref.Name = "twin"
	made := entity(source, 5, metrics.FieldTemplate, "template:default/service")
	made.Ref.Name = "made"
	nobody := entity(source, 6, metrics.FieldOwner, hostile[0])
	nobody.Ref.Name = "nobodys"
	orphan := entity(source, 7, metrics.FieldOwner, string(teamKey(7)))
	orphan.Ref.Name, orphan.Orphan = "orphan", true
	ghost := entity(source, repos-1, metrics.FieldOwner, string(teamKey(1)))
	return judgedCatalog(source, now, 41, append(records, twin, made, nobody, orphan, ghost)...)
}

// own says of each repository which team owns it, beside all that is concluded about it otherwise.
func own(t testing.TB, db *clickhouse.DB) {
	t.Helper()
	var list []metrics.Ownership
	for i := range repos {
		list = append(list, ownership(i, teamKey(i%teams), metrics.OwnerConfig, "2023-01-01", metrics.Forever))
	}
	ownBy(t, db, list...)
}

// ownership says that a team owned a repository for a time.
func ownership(repo int, team metrics.TeamKey, by metrics.OwnerSource, from string, until metrics.Instant) metrics.Ownership {
	return metrics.Ownership{Unit: metrics.Unit{Repo: metrics.NewRepoID(repoName(repo))}, Team: team, Source: by, Period: metrics.Period{From: at(from), To: until}}
}

// ownBy says who owned which repository, beside all that is concluded otherwise.
func ownBy(t testing.TB, db *clickhouse.DB, list ...metrics.Ownership) {
	t.Helper()
	c := conclusions()
	c.Ownership = list
	conclude(t, db, c)
}

// conclude puts conclusions about all repositories in force.
func conclude(t testing.TB, db *clickhouse.DB, c clickhouse.Conclusions) {
	t.Helper()
	ctx, defs := t.Context(), definitions()
	g, err := db.NextGeneration(ctx)
	check(t, err)
	var marks []clickhouse.Mark
	for i := range repos {
		marks = append(marks, clickhouse.Mark{Repo: metrics.NewRepoID(repoName(i)), Generation: g})
	}
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
}

// catalogStore is openStore with two catalogs, which were judged before.
func catalogStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, ctx, judged := openStore(t), t.Context(), at("2026-06-30")
	own(t, db)
	check(t, db.WriteJudgements(ctx, at("2026-05-01"), []clickhouse.Judgement{
		judgedCatalog("backstage", at("2026-05-01"), math.NaN(), entity("backstage", 0, metrics.FieldOwner, "nobody")),
	}, nil))
	backstage := portal("backstage", judged)
	port := judgedCatalog("port", judged, math.NaN(), entity("port", 0, metrics.FieldOwner, string(teamKey(0))), entity("port", 1, metrics.FieldOwner, ""))
	odds := truth.Disagreements(backstage.Judgement, port.Judgement)
	check(t, db.WriteJudgements(ctx, judged, []clickhouse.Judgement{backstage, port}, odds))
	check(t, db.Write(ctx, &metrics.Batch{CatalogLists: []metrics.CatalogList{
		{Source: "backstage", At: judged - 5, Complete: true}, {Source: "port", At: judged - 4, Detail: "429 too many requests"},
	}}))
	return db
}
