package query_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// storeOfLives is a store that counts how often it is asked what became of units.
type storeOfLives struct {
	*clickhouse.DB
	asked int
}

func (s *storeOfLives) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	if strings.HasPrefix(sql, "-- friction_spans:") {
		s.asked++
	}
	return s.DB.Each(ctx, sql, args, into, row)
}

// TestAnswersAreOnTheShelf asks for friction as different servers do, one after the other: what the first one worked out the others
// find, to the last bit, until there is something new.
func TestAnswersAreOnTheShelf(t *testing.T) {
	store := openStore(t)
	o := rapid.Custom(func(r *rapid.T) workshop {
		o := drawWorkshop(r)
		o.facts.Readings = append(o.facts.Readings, metrics.Reading{Repo: 1, Source: "github", At: at("2024-09-01"), Complete: true})
		return o
	}).Example(11)
	o.publish(t, store, 1)
	o.replaceFacts(t, store)
	db := &storeOfLives{DB: store}
	ask := func(q query.FrictionQuestion) []query.FrictionRow {
		t.Helper()
		rows, err := query.Friction(t.Context(), query.NewCache(query.Bounded(db, time.Minute), time.Now), q)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	asOf := func(moment string) query.FrictionQuestion {
		return query.FrictionQuestion{CohortQuestion: query.CohortQuestion{AsOf: at(moment)}}
	}
	if err := query.MakeReady(t.Context(), db, at("2031-09-03")); err != nil {
		t.Fatal(err)
	}
	made := db.asked
	rows := ask(asOf("2031-10-05")) // in which nobody read anything since
	if diff := cmp.Diff(rows, ask(asOf("2031-10-06"))); diff != "" || db.asked != made || made != 1 || len(rows) == 0 {
		t.Errorf("asked twice more: %d questions, want the one of MakeReady; %d rows, -one +other\n%s", db.asked, len(rows), diff)
	}
	direct, err := query.Friction(t.Context(), struct{ query.DB }{store}, asOf("2031-10-06")) // which has no shelf
	if diff := cmp.Diff(rows, direct); diff != "" || err != nil {
		t.Errorf("%v; -from the shelf +worked out\n%s", err, diff)
	}
	for name, q := range map[string]query.FrictionQuestion{
		"of a team":  {CohortQuestion: query.CohortQuestion{AsOf: at("2031-10-05"), Team: "a"}},
		"of a path":  {CohortQuestion: query.CohortQuestion{AsOf: at("2031-10-05"), Path: "path1"}},
		"of a time":  {CohortQuestion: query.CohortQuestion{AsOf: at("2031-10-05"), From: at("2024-02-01")}},
		"as of then": asOf("2024-05-01"),
	} {
		if before := db.asked; len(ask(q)) == 0 || db.asked != before+1 {
			t.Errorf("%s: from the shelf, want an answer of its own", name)
		}
	}
	ask(asOf("2031-10-05"))
	if want := made + 4; db.asked != want {
		t.Errorf("%d questions after those, want %d: they are not in the place of the first", db.asked, want)
	}
	if err := store.WriteScan(t.Context(), clickhouse.Scan{ID: 1, Began: at("2031-10-07"), Ended: at("2031-10-07"), Complete: true}); err != nil {
		t.Fatal(err)
	}
	before := db.asked
	if ask(asOf("2031-10-08")); db.asked != before+1 {
		t.Error("after a scan: from the shelf, want a new answer")
	}
}
