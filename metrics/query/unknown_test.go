package query_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestUnknownCountsStates compares the reasons with those of the states that are listed, on random organisations.
func TestUnknownCountsStates(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	counted := 0
	rapid.Check(t, func(r *rapid.T) {
		generation += 10
		o := drawOrganisation(r)
		reasons := []metrics.Reason{metrics.ReasonNoHistory, metrics.ReasonBeforeGraft, metrics.ReasonImported}
		batch := metrics.Batch{}
		for i := range o.spans {
			o.spans[i].Reason = rapid.SampledFrom(reasons).Draw(r, "reason")
			batch.Repos = append(batch.Repos, metrics.Repo{ID: o.spans[i].Repo, Name: "github.com/acme/r", Source: "github", Seen: 1})
		}
		empty(t, db)
		o.publish(t, db, generation, false)
		if err := db.Write(t.Context(), &batch); err != nil {
			r.Fatal(err)
		}
		a := o.drawQuestion(r)
		q := query.StatesQuestion{Path: a.Path, Team: a.Team, Group: a.Group, AsOf: rapid.SampledFrom(interesting()).Draw(r, "at"), State: metrics.Unknown}
		got, err := query.Unknown(t.Context(), db, q)
		if err != nil {
			r.Fatal(err)
		}
		states, err := query.States(t.Context(), db, q)
		if err != nil {
			r.Fatal(err)
		}
		want := []query.UnknownRow{}
		for _, reason := range reasons {
			n := 0
			for _, s := range states {
				if s.Reason == reason {
					n++
				}
			}
			if n > 0 {
				want = append(want, query.UnknownRow{Reason: reason, N: n})
			}
		}
		slices.SortFunc(want, func(a, b query.UnknownRow) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason)) })
		if diff := gocmp.Diff(got, want); diff != "" {
			r.Fatalf("%+v: -got +want\n%s", q, diff)
		}
		counted += len(states)
	})
	if counted == 0 {
		t.Error("nothing was unknown in any of them")
	}
}
