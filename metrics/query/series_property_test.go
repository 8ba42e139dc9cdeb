package query_test

import (
	"context"
	"flag"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestSeriesIsWhatWasTrueThen asks every question that has both forms for a series, and again for each moment of it:
// the rows of a period are those of its first instant, and those of a flow are what was decided in it.
func TestSeriesIsWhatWasTrueThen(t *testing.T) {
	db := openStore(t)
	nameUnits(t, db)
	generation := clickhouse.Generation(0)
	fewer(t, 12)
	rapid.Check(t, func(r *rapid.T) {
		generation++
		d := drawDecided(r)
		d.drawWays(r)
		publish(t, db, generation, d.defs, d.conclusions())
		q := d.organisation.drawQuestion(r)
		q.From, q.To = at("2024-01-01")-metrics.Instant(rapid.IntRange(0, 1).Draw(r, "from")), at("2024-03-04")+metrics.Instant(rapid.IntRange(0, 1).Draw(r, "to"))
		q.Interval = rapid.SampledFrom(query.Intervals()).Draw(r, "interval")
		switch rapid.IntRange(0, 3).Draw(r, "question") {
		case 0:
			series[query.AdoptionRow]{query.Adoption, func(row *query.AdoptionRow) *string { return &row.Period }}.check(r, db, d, q)
		case 1:
			series[query.OriginRow]{query.AdoptionByOrigin, func(row *query.OriginRow) *string { return &row.Period }}.check(r, db, d, q)
		case 2:
			series[query.WayRow]{query.AdoptionByWay, func(row *query.WayRow) *string { return &row.Period }}.check(r, db, d, q)
		default:
			d.checkFlow(r, db, q)
		}
	})
}

// fewer makes a check of that many draws, unless -rapid.checks says how many, where each takes long.
func fewer(t *testing.T, draws int) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if before := checks.Value.String(); before == checks.DefValue {
		if err := checks.Value.Set(strconv.Itoa(draws)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { checks.Value.Set(before) })
	}
}

// series is a question that has both forms.
type series[Row any] struct {
	ask    func(context.Context, query.DB, query.AdoptionQuestion) ([]Row, error)
	period func(*Row) *string
}

// check compares the two forms.
func (s series[Row]) check(r *rapid.T, db *clickhouse.DB, d decided, q query.AdoptionQuestion) {
	got := s.asked(r, db, q)
	var want []Row
	for _, moment := range d.moments(q) {
		then := q
		then.Interval, then.From, then.To, then.AsOf = "", 0, 0, moment
		want = append(want, named(s.asked(r, db, then), s.period, moment)...)
	}
	if diff := cmp.Diff(got, append([]Row{}, want...)); diff != "" {
		r.Fatalf("%+v of %+v (-series +moments)\n%s", q, d.spans, diff)
	}
}

func (s series[Row]) asked(r *rapid.T, db *clickhouse.DB, q query.AdoptionQuestion) []Row {
	rows, err := s.ask(context.Background(), db, q)
	if err != nil {
		r.Fatal(err)
	}
	return rows
}

// named gives rows the period that begins at a moment.
func named[Row any](rows []Row, period func(*Row) *string, begin metrics.Instant) []Row {
	for i := range rows {
		*period(&rows[i]) = begin.Time().Format("2006-01-02")
	}
	return rows
}

// checkFlow compares a series of the voluntary flow with that of each of its periods alone.
func (d decided) checkFlow(r *rapid.T, db *clickhouse.DB, a query.AdoptionQuestion) {
	whole := query.FlowQuestion{Interval: a.Interval, DecisionsQuestion: query.DecisionsQuestion{
		Path: a.Path, Team: a.Team, Group: a.Group, AsOf: at("2024-07-20"), From: a.From, To: a.To,
	}}
	got, err := query.VoluntaryFlow(context.Background(), db, whole)
	if err != nil {
		r.Fatal(err)
	}
	want := []query.FlowRow{}
	begins := d.moments(a)
	for i, begin := range begins {
		part := whole
		part.Interval, part.From = "", begin
		if i+1 < len(begins) {
			part.To = begins[i+1]
		}
		rows, err := query.VoluntaryFlow(context.Background(), db, part)
		if err != nil {
			r.Fatal(err)
		}
		want = append(want, named(rows, func(row *query.FlowRow) *string { return &row.Period }, begin)...)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		r.Fatalf("%+v of %+v (-series +periods)\n%s", whole, d.decisions, diff)
	}
}
