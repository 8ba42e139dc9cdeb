package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestJudgeCatalogsIdleForLong dates owners that stopped long before the time in which everybody's commits are looked up.
func TestJudgeCatalogsIdleForLong(t *testing.T) {
	lately := worked{ofPayments, 3}
	for _, test := range []struct {
		name    string
		commits []worked
		change  func(walk *metrics.Walk)
		since   metrics.Instant // days ago; 0 where it is not dated, but when it was found
	}{
		{"days before the time that is looked up", []worked{{ofIdle, 190}, {ofPayments, 15}, lately}, nil, 10},
		{"a year before", []worked{{ofIdle, 900}, {ofIdle, 545}, {ofCheckout, 370}, {ofPayments, 290}, {ofCheckout, 210}, {ofPayments, 130}, {ofCheckout, 50}, lately}, nil, 365},
		{"before the field was written", []worked{{ofIdle, 700}, {ofPayments, 521}, {ofPayments, 441}, {ofPayments, 361}, {ofPayments, 281}, {ofPayments, 201}, {ofPayments, 121}, {ofPayments, 41}, lately}, nil, 500},
		{"before others began", []worked{{ofIdle, 400}, {ofIdle, 300}, {ofPayments, 100}, {ofPayments, 10}}, nil, 100},
		{"before nobody was at work, and others began", []worked{{ofIdle, 300}, {ofPayments, 5}}, nil, 5},
		{"before nobody was at work for long, and others began again", []worked{{ofIdle, 600}, {ofPayments, 500}, {ofCheckout, 80}, lately}, nil, 80},
		{"before nobody was at work for 90 days", []worked{{ofIdle, 545}, {ofPayments, 370}, {ofPayments, 290}, {ofPayments, 100}, {ofPayments, 20}}, nil, 100},
		{"before people of no team did most, and another team did", []worked{{ofIdle, 400}, {ofPayments, 300}, {ofNone, 230}, {ofNone, 225}, {ofPayments, 90}, {ofPayments, 60}, lately}, nil, 60},
		{"before nobody but a program was at work", []worked{{ofIdle, 400}, {aBot, 300}, {aBot, 200}, {ofPayments, 40}, lately}, nil, 40},
		{"never", []worked{{ofCheckout, 545}, lately}, nil, 0},
		{"after the history was cut off", []worked{{ofCheckout, 600}, {ofIdle, 545}, {ofPayments, 370}, {ofPayments, 290}, {ofPayments, 210}, {ofPayments, 130}, {ofPayments, 50}, lately}, func(w *metrics.Walk) { w.Grafted = true }, 365},
		{"before all is known", []worked{{ofCheckout, 300}, {ofIdle, 545}, lately}, func(w *metrics.Walk) { w.Grafted = true }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOrgan(t)
			id := o.repo(metrics.Repo{Name: payRepo}, test.commits...)
			if test.change != nil {
				walk := metrics.Walk{ID: metrics.WalkID(id), Repo: id, Head: metrics.OID(strings.Repeat("h", 20)), Commits: uint32(len(test.commits)), At: judgedAt, Branch: "main"}
				test.change(&walk)
				o.write(metrics.Batch{Walks: []metrics.Walk{walk}})
			}
			said := component("pay", payRepo, "owner=idle")
			said.Since[0] = before(500)
			o.told("backstage", said)
			o.judgeAll()
			if got := o.verdicts(metrics.FieldOwner)[0]; got.Cause != string(freshness.CauseIdle) || got.Since != int64(before(test.since)) {
				t.Errorf("got %s since %d days, want %d", got.Cause, (int64(judgedAt)-got.Since)/int64(metrics.Day), test.since)
			}
		})
	}
}

// TestJudgeCatalogsIdleInFolders dates owners of folders: a commit that may have been made there later leaves that open.
func TestJudgeCatalogsIdleInFolders(t *testing.T) {
	o := newOrgan(t)
	id := o.repo(metrics.Repo{Name: payRepo})
	walk := metrics.Walk{ID: 7, Repo: id, Head: metrics.OID(strings.Repeat("h", 20)), At: judgedAt, Branch: "main", Folders: true}
	var b metrics.Batch
	for _, c := range []struct {
		by      metrics.AliasID
		ago     metrics.Instant
		folders []string
	}{
		{ofPayments, 3, []string{"svc/pay", "svc/cart", "docs"}}, {ofPayments, 7, []string{"docs"}}, {ofIdle, 190, []string{"svc/pay", "docs"}}, {ofIdle, 195, []string{"svc/cart"}},
		{ofIdle, 185, []string{"docs/"}}, {ofIdle, 192, []string{"svc/"}},
	} {
		b.Commits = append(b.Commits, metrics.Commit{Repo: id, Walk: walk.ID, Pos: walk.Commits, OID: walk.Head, Author: c.by, Committed: before(c.ago), Folders: c.folders})
		walk.Commits++
	}
	b.Walks = []metrics.Walk{walk}
	o.write(b)
	in := func(name, folder string) metrics.Snapshot {
		s := component(name, payRepo, "owner=idle")
		s.Folder, s.Since[0] = folder, before(500)
		return s
	}
	o.told("backstage", in("cart", "svc/cart"), in("docs", "docs"), in("pay", "svc/pay"), in("whole", ""))
	o.judgeAll()
	want := map[string]metrics.Instant{"cart": 0, "docs": 5, "pay": 3, "whole": 5}
	for _, got := range o.verdicts(metrics.FieldOwner) {
		if got.Cause != string(freshness.CauseIdle) || got.Since != int64(before(want[got.Name])) {
			t.Errorf("%s: got %s since %d days, want %d", got.Name, got.Cause, (int64(judgedAt)-got.Since)/int64(metrics.Day), want[got.Name])
		}
	}
}

// TestJudgeCatalogsOfTeamsThatAreLeft names no team as the one that does the work in which nobody is any more: its people may have
// gone on under another name.
func TestJudgeCatalogsOfTeamsThatAreLeft(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, worked{whoLeft, 50}, worked{whoLeft, 60}, worked{whoLeft, 70})
	o.told("backstage", component("pay", payRepo, "owner=idle"))
	o.judgeAll()
	var rows []struct {
		Verdict string `ch:"verdict"`
		Cause   string `ch:"cause"`
		Actual  string `ch:"actual"`
	}
	err := o.db.Select(t.Context(), &rows, `SELECT toString(verdict[indexOf(field, 'owner')]) AS verdict, cause[indexOf(field, 'owner')] AS cause, toString(owner_actual) AS actual FROM catalog_verdicts WHERE name = 'pay'`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(rows), "[{unverified undecided }]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
