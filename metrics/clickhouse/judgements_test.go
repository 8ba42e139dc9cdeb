package clickhouse_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// judgedCatalog judges a catalog of two entities, of which one has an owner that is nowhere, and of two that are said to lie in
// folders, of which one is in a repository that is known.
func judgedCatalog(now metrics.Instant) clickhouse.Judgement {
	entity := func(name, owner string) freshness.Record {
		return freshness.Record{
			Entity: metrics.Entity{
				Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: now, Repo: "github.com/acme/" + name,
				Fields: []metrics.EntityField{{Name: metrics.FieldLifecycle, Values: []string{"production"}}, {Name: metrics.FieldOwner, Values: []string{owner}}},
			},
			Confirmed: []freshness.Confirmation{{At: now - 100*metrics.Day}, {At: now - 10*metrics.Day, By: metrics.EditedByHuman}},
		}
	}
	records := []freshness.Record{entity("cart", "nowhere"), entity("pay", "payments")}
	records[0].Lines = []int{0, 7}
	for i, name := range []string{"in-other", "in-pay"} {
		r := entity(name, "payments")
		r.Repo, r.Folder = "github.com/acme/"+strings.TrimPrefix(name, "in-"), "svc"
		r.Fields = []metrics.EntityField{{Name: "annotation.x", Values: []string{"1"}}, {Name: metrics.FieldSource, Values: []string{"https://" + r.Repo + "/tree/main/svc"}}}
		records = slices.Insert(records, 1+i, r)
	}
	world := freshness.World{
		Now: now, TeamsKnown: true, Complete: true,
		Teams: []freshness.Team{{Key: "payments", Known: true, Members: []metrics.Period{{From: 0, To: metrics.Forever}}}},
		Repos: []freshness.Repo{{Name: "github.com/acme/pay", Work: freshness.Work{Known: true}}},
	}
	m := metrics.DefaultMeasure()
	j := freshness.Judge(records, world, m)
	audit := j.Audit()
	return clickhouse.Judgement{
		Source: "backstage", Judgement: j, Audit: audit, FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: math.NaN(),
		Episodes: j.Episodes(),
	}
}

// TestJudgements stores three judgements of a catalog, one after the other: each takes the place of the one before, which is
// swept by the next, and the moments of all stay.
func TestJudgements(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		ctx := t.Context()
		if _, err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		now := metrics.Instant(1_700_000_000)
		for i := range metrics.Instant(3) {
			at, err := db.NextJudgement(ctx, now)
			if err != nil || at != now+i {
				t.Fatalf("the next judgement is at %d, %v, want %d", at, err, now+i)
			}
			disagree := []freshness.Disagreement{{Place: "github.com/acme/pay", Field: "owner", Sides: [2]freshness.Side{{Source: "a", Values: []string{"x"}}, {Source: "b"}}}}
			if err := db.WriteJudgements(ctx, at, []clickhouse.Judgement{judgedCatalog(now)}, disagree); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.FoundFields(ctx, "backstage")
		cart := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "cart"}
		in := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "in-pay"}
		pay := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}
		want := []clickhouse.FoundField{
			{Ref: cart, Field: metrics.FieldOwner, Values: []string{"nowhere"}, Wrong: true, Since: now, Cause: freshness.CauseNoTeam},
			{Ref: in, Field: metrics.FieldSource, Values: []string{"https://github.com/acme/pay/tree/main/svc"}, Cause: freshness.CauseUnchecked},
			{Ref: pay, Field: metrics.FieldOwner, Values: []string{"payments"}, Cause: freshness.CauseQuiet},
		}
		if diff := cmp.Diff(got, want); err != nil || diff != "" {
			t.Errorf("%v, found fields -got +want\n%s", err, diff)
		}
		episodes, err := db.Episodes(ctx, "backstage")
		if diff := cmp.Diff(episodes, judgedCatalog(now).Episodes, cmp.Comparer(sameEpisode)); err != nil || len(episodes) == 0 || diff != "" {
			t.Errorf("%v, episodes -got +want\n%s", err, diff)
		}
		var counts []struct {
			Told       uint64  `ch:"told"`
			Fillable   string  `ch:"fillable"`
			Judgements uint64  `ch:"judgements"`
			Line       uint64  `ch:"line"`
			Kept       uint64  `ch:"kept"`
			Fresh      uint32  `ch:"fresh"`
			HalfLife   float64 `ch:"half_life"`
			Steps      uint64  `ch:"steps"`
			Rewritten  uint64  `ch:"rewritten"`
		}
		err = db.Select(ctx, &counts, `SELECT count() AS judgements, any(fresh.num) AS fresh, any(half_life) AS half_life, any(length(ladder)) AS steps,
			(SELECT sum(arraySum(field_line)) FROM catalog_verdicts WHERE at = (SELECT max(at) FROM catalog_judgements)) AS line,
			(SELECT countIf(fillable_known) FROM catalog_verdicts WHERE at = (SELECT max(at) FROM catalog_judgements)) AS told,
			(SELECT arrayStringConcat(arraySort(groupUniqArrayArray(arrayMap((field, by) -> concat(name, ' ', field, ' ', by), fillable, fillable_by))), ', ') FROM catalog_verdicts) AS fillable,
			(SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = 'catalog_verdicts') AS rewritten,
			(SELECT uniqExact(at) FROM catalog_verdicts) AS kept FROM catalog_judgements`, nil)
		if err != nil || counts[0].Judgements != 3 || counts[0].Kept != 2 || counts[0].Line != 7 || counts[0].Fresh != uint32(judgedCatalog(now).Fresh.Num) || !math.IsNaN(counts[0].HalfLife) || counts[0].Steps != 5 || counts[0].Told != 4 || counts[0].Fillable != "in-pay source code host, pay source code host" {
			t.Errorf("%v, stored is %+v", err, counts)
		}
		if counts[0].Rewritten > 0 {
			t.Errorf("what is left of judgements was rewritten %d times: each scan would rewrite more", counts[0].Rewritten)
		}
	})
}

func sameEpisode(a, b freshness.Episode) bool {
	return a.Entity == b.Entity && a.Confirmed == b.Confirmed && a.Wrong == b.Wrong && a.Dated == b.Dated
}
