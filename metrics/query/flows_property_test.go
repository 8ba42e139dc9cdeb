package query_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// drawWays gives the paths alternatives, and every unit the ways that its state allows.
func (o organisation) drawWays(r *rapid.T) {
	for i := range o.defs.Paths {
		n := rapid.IntRange(0, 2).Draw(r, "alternatives")
		o.defs.Paths[i].Alternatives = []metrics.Alternative{{Key: "circleci"}, {Key: "jenkins"}}[:n]
	}
	for i := range o.spans {
		s := &o.spans[i]
		others := o.alternatives(s.Path)
		some := rapid.IntRange(0, len(others)).Draw(r, "some")
		switch s.State {
		case metrics.On, metrics.Mixed, metrics.Dormant:
			s.Ways = append([]metrics.WayKey{metrics.Golden}, others[:some]...)
		case metrics.Off:
			s.Ways = others[some:]
		case metrics.Unknown, metrics.Ineligible, metrics.Exempt:
			s.Ways = append([]metrics.WayKey{metrics.Golden}, others...)
		}
	}
}

func (o organisation) alternatives(path metrics.PathKey) []metrics.WayKey {
	var keys []metrics.WayKey
	for _, p := range o.defs.Paths {
		if p.Key == path {
			for _, a := range p.Alternatives {
				keys = append(keys, a.Key)
			}
		}
	}
	return keys
}

// nameRepos gives the repositories of random organisations names, by which lists tell them.
func nameRepos(t *testing.T, db *clickhouse.DB) {
	t.Helper()
	for i := range 9 {
		id := metrics.RepoID(i + 1)
		if err := db.Write(t.Context(), &metrics.Batch{Repos: []metrics.Repo{{ID: id, Name: fmt.Sprint("github.com/acme/r", id), Source: "git", Seen: 100}}}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFlowsAgreeWithTheReference compares flows, the units behind them and fragmentation with what is told unit
// by unit, on 100 random organisations, and with what adoption counts.
func TestFlowsAgreeWithTheReference(t *testing.T) {
	db := openStore(t)
	nameRepos(t, db)
	generation := clickhouse.Generation(0)
	rapid.Check(t, func(r *rapid.T) {
		generation += 10
		o := drawOrganisation(r)
		o.drawWays(r)
		empty(t, db)
		o.publish(t, db, generation, rapid.IntRange(0, 9).Draw(r, "among others") == 0)
		a := o.drawQuestion(r)
		q := query.FlowsQuestion{Path: a.Path, Team: a.Team, Group: a.Group, To: rapid.SampledFrom(interesting()).Draw(r, "to")}
		q.From = min(q.To, rapid.SampledFrom(interesting()).Draw(r, "from"))
		o.checkFlows(t, r, db, q)
		o.checkFragmentation(t, r, db, a)
		checkBehind(t, r, db, a)
	})
}

func (o organisation) checkFlows(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.FlowsQuestion) {
	rows, err := query.Flows(t.Context(), db, q)
	if err != nil {
		r.Fatal(err)
	}
	units, err := query.FlowsUnits(t.Context(), db, q)
	if err != nil {
		r.Fatal(err)
	}
	want := o.flowsUnits(q)
	if diff := gocmp.Diff(units, want); diff != "" {
		r.Fatalf("units of %+v of %+v\n-got +want\n%s", q, o.spans, diff)
	}
	if diff := gocmp.Diff(rows, o.flows(want)); diff != "" {
		r.Fatalf("%+v of %+v\n-got +want\n%s", q, o.spans, diff)
	}
	if q.Team == "" && q.Group == "" && rapid.Bool().Draw(r, "where from") {
		checkEnd(t, r, db, q, q.From, rows, func(row query.FlowsRow) query.Standing { return row.FromState })
	} else {
		checkEnd(t, r, db, q, q.To, rows, func(row query.FlowsRow) query.Standing { return row.ToState })
	}
	for _, row := range rows {
		if same := row.FromState == row.ToState && slices.Equal(row.From, row.To); q.From == q.To && !same {
			r.Fatalf("from %s to itself something moved: %+v", q.From, row)
		}
	}
}

// checkEnd adds flows up by one of their ends and compares that with what adoption counts at that moment.
func checkEnd(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.FlowsQuestion, at metrics.Instant, rows []query.FlowsRow, end func(query.FlowsRow) query.Standing) {
	adoption, err := query.Adoption(t.Context(), db, query.AdoptionQuestion{Path: q.Path, Team: q.Team, Group: q.Group, AsOf: at})
	if err != nil {
		r.Fatal(err)
	}
	for _, a := range adoption {
		counts := map[query.Standing]int{
			"on": a.States.On, "mixed": a.States.Mixed, "off": a.States.Off, "dormant": a.States.Dormant, "none": a.States.None,
			"exempt": a.States.Exempt, "ineligible": a.States.Ineligible, "unknown": a.States.Unknown, "inactive": a.Inactive,
		}
		for _, row := range rows {
			if row.Path == a.Path && end(row) != "" {
				counts[end(row)] -= row.Repos
			}
		}
		for state, n := range counts {
			if n != 0 {
				r.Fatalf("%+v at %s: %d more are %s in adoption than in flows: %+v", q, at, n, state, rows)
			}
		}
	}
}

// flowsUnits follows every unit on every path from one moment to the other.
func (o organisation) flowsUnits(q query.FlowsQuestion) []query.FlowsUnitRow {
	type key struct {
		metrics.Unit
		path metrics.PathKey
	}
	found := make(map[key]*query.FlowsUnitRow)
	for _, s := range o.spans {
		if !s.Contains(q.From) && !s.Contains(q.To) || q.Path != "" && s.Path != q.Path {
			continue
		}
		row := found[key{s.Unit, s.Path}]
		if row == nil {
			row = &query.FlowsUnitRow{Repo: fmt.Sprint("github.com/acme/r", s.Repo), Component: s.Component, Path: s.Path, Team: s.Team,
				From: []metrics.WayKey{}, To: []metrics.WayKey{}}
			found[key{s.Unit, s.Path}] = row
		}
		standing, ways := stands(s)
		if s.Contains(q.From) {
			row.FromState, row.From = standing, ways
		}
		if s.Contains(q.To) {
			row.ToState, row.To, row.Team = standing, ways, s.Team
		}
	}
	rows := []query.FlowsUnitRow{}
	for _, row := range found {
		if (q.Team == "" || row.Team == q.Team) && inGroup(o.defs.Teams, row.Team, q.Group) {
			rows = append(rows, *row)
		}
	}
	slices.SortFunc(rows, func(a, b query.FlowsUnitRow) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Path, b.Path))
	})
	return rows
}

// stands says what a unit counts as, and which ways it goes.
func stands(s metrics.Span) (query.Standing, []metrics.WayKey) {
	switch {
	case s.State != metrics.Unknown && !s.Active:
		return "inactive", []metrics.WayKey{}
	case !s.State.Served() && s.State != metrics.None:
		return query.Standing(s.State.String()), []metrics.WayKey{}
	}
	return query.Standing(s.State.String()), append([]metrics.WayKey{}, s.Ways...)
}

// flows counts units that moved alike.
func (o organisation) flows(units []query.FlowsUnitRow) []query.FlowsRow {
	rows := []query.FlowsRow{}
	for _, u := range units {
		row := query.FlowsRow{Path: u.Path, From: u.From, To: u.To, FromState: u.FromState, ToState: u.ToState}
		i := slices.IndexFunc(rows, func(r query.FlowsRow) bool { return gocmp.Equal(r, row, cmpopts.IgnoreFields(row, "Repos")) })
		if i < 0 {
			i = len(rows)
			rows = append(rows, row)
		}
		rows[i].Repos++
	}
	shown := []query.Standing{"on", "mixed", "off", "dormant", "none", "exempt", "ineligible", "unknown", "inactive", ""}
	place := func(p metrics.PathKey) int {
		return slices.IndexFunc(o.defs.Paths, func(d metrics.Path) bool { return d.Key == p })
	}
	slices.SortFunc(rows, func(a, b query.FlowsRow) int {
		return cmp.Or(cmp.Compare(place(a.Path), place(b.Path)),
			cmp.Compare(slices.Index(shown, a.FromState), slices.Index(shown, b.FromState)), slices.Compare(a.From, b.From),
			cmp.Compare(slices.Index(shown, a.ToState), slices.Index(shown, b.ToState)), slices.Compare(a.To, b.To))
	})
	return rows
}
