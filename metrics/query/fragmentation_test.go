package query_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func askFragmentation(w *world, db *clickhouse.DB, l line) (any, error) {
	q := query.AdoptionQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		AsOf: l.moment("as_of"), From: l.moment("from"), To: l.moment("to"),
	}
	var err error
	if q.Interval, err = query.ParseInterval(l.named["interval"]); err != nil {
		return nil, err
	}
	return query.Fragmentation(w.t.Context(), db, q)
}

func (o organisation) checkFragmentation(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.AdoptionQuestion) {
	rows, err := query.Fragmentation(t.Context(), db, q)
	if err != nil {
		r.Fatal(err)
	}
	q.By = query.ByPath
	if diff := cmp.Diff(rows, o.fragmentation(q), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		r.Fatalf("fragmentation %+v of %+v\n-got +want\n%s", q, o.spans, diff)
	}
	for _, row := range rows {
		if f := row.Fragmentation; f != nil && (*f < 0 || *f > 1) {
			r.Fatalf("got %v", *f)
		}
	}
	if moments := o.moments(q); q.Interval != "" && len(moments) > 0 {
		i := rapid.IntRange(0, len(moments)-1).Draw(r, "period")
		checkMoment(t, r, db, q, moments[i], rows)
	}
}

// checkMoment compares a period of a series with the answer for its first instant.
func checkMoment(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.AdoptionQuestion, at metrics.Instant, series []query.FragmentationRow) {
	got, err := query.Fragmentation(t.Context(), db, query.AdoptionQuestion{Path: q.Path, Team: q.Team, Group: q.Group, AsOf: at})
	if err != nil {
		r.Fatal(err)
	}
	var want []query.FragmentationRow
	for _, row := range series {
		if row.Period == period(q, at) {
			want = append(want, row)
		}
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(query.FragmentationRow{}, "Period")); diff != "" {
		r.Fatalf("as of %s %+v\n-got +want\n%s", at, q, diff)
	}
}

// fragmentation counts ways unit by unit, moment by moment.
func (o organisation) fragmentation(q query.AdoptionQuestion) []query.FragmentationRow {
	rows := []query.FragmentationRow{}
	for _, t := range o.moments(q) {
		for _, path := range o.paths(q.Path) {
			states := o.counts(q, t, path.Key)
			row := query.FragmentationRow{Period: period(q, t), Path: path.Key, Units: states.Served(), Ways: []query.WayUnits{}}
			for _, way := range append([]metrics.WayKey{metrics.Golden}, o.alternatives(path.Key)...) {
				row.Ways = append(row.Ways, query.WayUnits{Way: way, Units: o.going(q, t, path.Key, way)})
			}
			switch entropy := evenness(row.Ways); {
			case t < path.Since:
				row.Reason = metrics.ReasonBeforeLaunch
			case len(row.Ways) == 1:
				row.Reason = metrics.ReasonNoAlternative
			case entropy >= 0:
				row.Fragmentation = &entropy
			case states.Served()+states.None+states.Exempt == 0 && states.Unknown > 0:
				row.Reason = metrics.ReasonAllUnknown
			default:
				row.Reason = metrics.ReasonEmpty
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// paths lists the paths that a question is about.
func (o organisation) paths(key metrics.PathKey) []metrics.Path {
	if key == "" {
		return o.defs.Paths
	}
	i := slices.IndexFunc(o.defs.Paths, func(p metrics.Path) bool { return p.Key == key })
	return o.defs.Paths[i : i+1]
}

// period is how answers name a moment.
func period(q query.AdoptionQuestion, t metrics.Instant) string {
	if q.Interval == "" {
		return t.String()
	}
	return t.Time().Format("2006-01-02")
}

// counts counts the units of a path by state.
func (o organisation) counts(q query.AdoptionQuestion, t metrics.Instant, path metrics.PathKey) query.StateCounts {
	var row query.AdoptionRow
	for _, s := range o.spans {
		if s.Path == path && s.Contains(t) && o.asked(q, s) {
			count(&row, s)
		}
	}
	return row.States
}

// going counts the served units that go a way at a moment.
func (o organisation) going(q query.AdoptionQuestion, t metrics.Instant, path metrics.PathKey, way metrics.WayKey) int {
	n := 0
	for _, s := range o.spans {
		if s.Path == path && s.Contains(t) && s.Active && s.State.Served() && o.asked(q, s) && slices.Contains(s.Ways, way) {
			n++
		}
	}
	return n
}

// evenness is the entropy of counts over its maximum, −1 where nothing is counted.
func evenness(ways []query.WayUnits) float64 {
	var total, entropy float64
	for _, w := range ways {
		total += float64(w.Units)
	}
	if total == 0 {
		return -1
	}
	for _, w := range ways {
		if w.Units > 0 {
			q := float64(w.Units) / total
			entropy -= q * math.Log2(q)
		}
	}
	return entropy / math.Log2(float64(len(ways)))
}
