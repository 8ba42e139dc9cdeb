package query_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
	"github.com/trodden/trodden/metrics/stats"
)

func askChanges(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Changes(w.t.Context(), db, query.FlowsQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		From: l.moment("from"), To: l.moment("to"),
	})
}

// pairs tells for each of four changes what is compared, in the order repos using and voluntary, teams using and
// voluntary, and how many units are unknown, or new on the path. It follows every unit and every team by itself.
func (o organisation) pairs(q query.FlowsQuestion, path metrics.PathKey) (all [4]stats.Pairs, unknown, born int) {
	spans := func(t metrics.Instant) map[metrics.Unit]metrics.Span {
		found := make(map[metrics.Unit]metrics.Span)
		for _, s := range o.spans {
			if s.Path == path && s.Contains(t) {
				found[s.Unit] = s
			}
		}
		return found
	}
	asked := func(team metrics.TeamKey) bool {
		return (q.Team == "" || team == q.Team) && inGroup(o.defs.Teams, team, q.Group)
	}
	before, after := spans(q.From), spans(q.To)
	var of [2][]metrics.Span
	for u, a := range before {
		of[0] = append(of[0], a)
		b, there := after[u]
		if !there || !asked(b.Team) {
			continue
		}
		counts := func(s metrics.Span) bool { return s.State.Served() && s.Active }
		switch {
		case a.State == metrics.Unknown && (b.State == metrics.Unknown || counts(b)), b.State == metrics.Unknown && counts(a):
			unknown++
		case counts(a) && counts(b):
			tell(&all[0], a.State.Using(), b.State.Using())
			if a.Choice && b.Choice {
				tell(&all[1], a.State.Using() && a.Voluntary, b.State.Using() && b.Voluntary)
			}
		}
	}
	for u, b := range after {
		of[1] = append(of[1], b)
		if _, there := before[u]; !there && asked(b.Team) && b.Active && b.State.Using() {
			born++
		}
	}
	then, now := o.judged(of[0]), o.judged(of[1])
	for key, a := range then {
		b := now[key]
		if !asked(key) || a.served == 0 || b.served == 0 {
			continue
		}
		tell(&all[2], a.on(), b.on())
		if a.choice > 0 && b.choice > 0 {
			tell(&all[3], a.voluntary(), b.voluntary())
		}
	}
	return all, unknown, born
}

func tell(p *stats.Pairs, before, after bool) {
	*map[[2]bool]*uint64{{true, true}: &p.Both, {true, false}: &p.Left, {false, true}: &p.Joined, {false, false}: &p.Neither}[[2]bool{before, after}]++
}

// TestChangesAgreeWithTheReference compares changes with what is told unit by unit and team by team, on 100 random
// organisations.
func TestChangesAgreeWithTheReference(t *testing.T) {
	db := openStore(t)
	generation := clickhouse.Generation(0)
	rapid.Check(t, func(r *rapid.T) {
		generation += 10
		o := drawOrganisation(r)
		empty(t, db)
		o.publish(t, db, generation, rapid.IntRange(0, 9).Draw(r, "among others") == 0)
		a := o.drawQuestion(r)
		q := query.FlowsQuestion{Path: a.Path, Team: a.Team, Group: a.Group, To: rapid.SampledFrom(interesting()).Draw(r, "to")}
		q.From = min(q.To, rapid.SampledFrom(interesting()).Draw(r, "from"))
		rows, err := query.Changes(t.Context(), db, q)
		if err != nil {
			r.Fatal(err)
		}
		for _, row := range rows {
			o.checkChanges(r, q, row)
		}
	})
}

func (o organisation) checkChanges(r *rapid.T, q query.FlowsQuestion, row query.ChangesRow) {
	want, unknown, born := o.pairs(q, row.Path)
	for _, p := range o.defs.Paths {
		if p.Key == row.Path && q.From < p.Since {
			want = [4]stats.Pairs{}
		}
	}
	var got [4]stats.Pairs
	for i, c := range []query.Change{row.Repos.Using, row.Repos.Voluntary, row.Teams.Using, row.Teams.Voluntary} {
		got[i] = stats.Pairs{Both: uint64(c.Both), Left: uint64(c.Left), Joined: uint64(c.Joined), Neither: uint64(c.Neither)}
		empty := got[i].Units() == 0
		if empty != (c.Verdict == nil) || empty != (c.Reason != "") || empty != (c.P == nil) || empty != (c.Difference == nil) {
			r.Fatalf("%+v has a verdict without units, or the other way round", c)
		}
		if q.From == q.To && c.Joined+c.Left > 0 {
			r.Fatalf("from %s to itself something changed: %+v", q.From, c)
		}
	}
	if diff := gocmp.Diff(fmt.Sprint(got, row.Unknown, row.Born), fmt.Sprint(want, unknown, born), cmpopts.EquateEmpty()); diff != "" {
		r.Fatalf("%s of %+v of %+v\n-got +want\n%s", row.Path, q, o.spans, diff)
	}
}
