package clickhouse_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// conclude writes a conclusion of each kind for the repositories, and the definitions of the generation.
func conclude(t testing.TB, db *clickhouse.DB, g clickhouse.Generation, repos ...metrics.RepoID) {
	t.Helper()
	var c clickhouse.Conclusions
	for _, id := range repos {
		unit := metrics.Unit{Repo: id}
		c.Spans = append(c.Spans, metrics.Span{Unit: unit, State: metrics.On, Tree: metrics.On})
		c.Events = append(c.Events, clickhouse.Event{Event: metrics.Event{Unit: unit, Kind: metrics.Entered}})
		c.Spells = append(c.Spells, metrics.Spell{Unit: unit, Outcome: metrics.Running, Actor: metrics.PersonID(g)})
		c.Ownership = append(c.Ownership, metrics.Ownership{Unit: unit, Source: metrics.OwnerConfig})
		c.Warnings = append(c.Warnings, metrics.Warning{Repo: id})
		c.Described = append(c.Described, metrics.Described{Repo: id})
		c.Beside = append(c.Beside, metrics.Beside{Unit: unit})
	}
	if err := db.WriteConclusions(t.Context(), g, &c); err != nil {
		t.Fatal(err)
	}
	defs := metrics.Definitions{Paths: []metrics.Path{{Key: "ci"}}, Teams: metrics.Teams{
		List: []metrics.Team{{Key: "pay"}}, Groups: []metrics.Group{{Key: "fintech"}},
	}}
	if err := db.WriteDefined(t.Context(), g, &defs); err != nil {
		t.Fatal(err)
	}
}

func publish(t testing.TB, db *clickhouse.DB, g clickhouse.Generation, repos ...metrics.RepoID) {
	t.Helper()
	var marks []clickhouse.Mark
	for _, id := range repos {
		marks = append(marks, clickhouse.Mark{Repo: id, Generation: g})
	}
	if err := db.Publish(t.Context(), g, 0, marks); err != nil {
		t.Fatal(err)
	}
}

// inForce lists the repositories with the generation of what is published of them.
func inForce(t testing.TB, db *clickhouse.DB) string {
	t.Helper()
	spells, err := db.Spells(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, s := range spells {
		list = append(list, fmt.Sprintf("%d@%d", s.Repo, s.Actor))
	}
	return fmt.Sprint(list)
}

func TestPublishSwapsGenerations(t *testing.T) {
	db := openStore(t)
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"written is not published", func() { conclude(t, db, 1, 10, 20) }, "[]"},
		{"published", func() { publish(t, db, 1, 10, 20) }, "[10@1 20@1]"},
		{"a newer one is on its way", func() { conclude(t, db, 2, 20) }, "[10@1 20@1]"},
		{"it is published", func() { publish(t, db, 2, 20) }, "[10@1 20@2]"},
		{"an older one comes late", func() { publish(t, db, 1, 20) }, "[10@1 20@2]"},
		{"publishing twice changes nothing", func() { publish(t, db, 2, 20) }, "[10@1 20@2]"},
		{"a repository of which nothing is concluded any more", func() { publish(t, db, 3, 10) }, "[20@2]"},
	} {
		step.do()
		if got := inForce(t, db); got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestNextGeneration(t *testing.T) {
	db := openStore(t)
	for _, step := range []struct {
		do   func()
		want clickhouse.Generation
	}{
		{func() {}, 1},
		{func() { conclude(t, db, 7, 10) }, 8},
		{func() { publish(t, db, 9) }, 10},
	} {
		step.do()
		got, err := db.NextGeneration(t.Context())
		if err != nil || got != step.want {
			t.Errorf("got %d and %v, want %d", got, err, step.want)
		}
	}
}

func TestSweepRemovesWhatWasReplaced(t *testing.T) {
	db := openStore(t)
	conclude(t, db, 1, 10, 20)
	publish(t, db, 1, 10, 20)
	conclude(t, db, 2, 20) // killed before it was published
	conclude(t, db, 3, 20)
	publish(t, db, 3, 20)
	conclude(t, db, 4, 10, 20) // on its way
	for i, want := range []uint64{
		2*7 + 6, // generations 1 and 2 of repository 20 in seven tables, paths, teams and groups of both
		0,
	} {
		removed, err := db.Sweep(t.Context())
		if err != nil || removed != want {
			t.Errorf("sweep %d: got %d and %v, want %d rows removed", i, removed, err, want)
		}
	}
	if got := inForce(t, db); got != "[10@1 20@3]" {
		t.Errorf("in force: got %s, want what was before", got)
	}
	publish(t, db, 4, 10, 20)
	if got := inForce(t, db); got != "[10@4 20@4]" {
		t.Errorf("in force: got %s, want the generation that was on its way", got)
	}
}

func TestConclusionsKeepTheirValues(t *testing.T) {
	db := openStore(t)
	spells := []metrics.Spell{{
		Unit: metrics.Unit{Repo: 10, Component: odd}, Path: "ci", Period: metrics.Period{From: 5, To: metrics.Forever},
		Outcome: metrics.Censored, Known: true, Choice: true, Origin: metrics.UnknownOrigin, Actor: 1<<64 - 1, Team: "pay",
		Commit: oid("c"), Change: oid("d"), Marks: []uint64{1, 1<<64 - 1},
	}, {
		Unit: metrics.Unit{Repo: 10}, Path: "other", Outcome: metrics.LeftPath, Marks: []uint64{},
	}}
	if err := db.WriteConclusions(t.Context(), 1, &clickhouse.Conclusions{Spells: spells}); err != nil {
		t.Fatal(err)
	}
	publish(t, db, 1, 10)
	got, err := db.Spells(t.Context())
	if diff := cmp.Diff(got, spells); err != nil || diff != "" {
		t.Error("-got +want\n", err, diff)
	}
}

// The names in the store are those of answers, and their numbers those of the constants.
func TestEnumsAgree(t *testing.T) {
	db := openStore(t)
	var c clickhouse.Conclusions
	for _, s := range metrics.States() {
		c.Spans = append(c.Spans, metrics.Span{State: s, Tree: metrics.On})
	}
	for _, s := range []metrics.State{metrics.Unknown, metrics.On, metrics.Mixed, metrics.Off, metrics.None} {
		c.Spans = append(c.Spans, metrics.Span{State: metrics.On, Tree: s})
		c.Events = append(c.Events, clickhouse.Event{Event: metrics.Event{Kind: metrics.Entered, From: s, To: s}})
	}
	for _, k := range metrics.EventKinds() {
		c.Events = append(c.Events, clickhouse.Event{Event: metrics.Event{Kind: k}}) // from and to none
	}
	for _, o := range append(metrics.Origins(), metrics.NoOrigin) {
		c.Spells = append(c.Spells, metrics.Spell{Outcome: metrics.Running, Origin: o})
		c.Spans = append(c.Spans, metrics.Span{State: metrics.On, Tree: metrics.On, Origin: o})
	}
	if err := db.WriteConclusions(t.Context(), 1, &c); err != nil {
		t.Fatal(err)
	}
	name := map[string]func(int) string{
		"state":  func(n int) string { return metrics.State(n).String() },
		"origin": func(n int) string { return metrics.Origin(n).String() },
		"kind":   func(n int) string { return metrics.EventKind(n).String() },
	}
	for _, column := range []struct{ of, table, column string }{
		{"state", "spans", "state"}, {"state", "spans", "tree"}, {"origin", "spans", "origin"},
		{"state", "events", "from_state"}, {"state", "events", "to_state"}, {"kind", "events", "kind"},
		{"origin", "events", "origin"}, {"origin", "spells", "origin"},
	} {
		var rows []struct {
			Number uint8  `ch:"number"`
			Name   string `ch:"name"`
		}
		sql := "SELECT DISTINCT toUInt8(" + column.column + ") AS number, toString(" + column.column + ") AS name FROM " + column.table
		if err := db.Select(t.Context(), &rows, sql, nil); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if want := name[column.of](int(row.Number)); row.Name != want {
				t.Errorf("%s.%s %d: got %q, want %q", column.table, column.column, row.Number, row.Name, want)
			}
		}
	}
}

func TestExemptionsKeepTheLastWord(t *testing.T) {
	db := openStore(t)
	period := func(from, to metrics.Instant) metrics.Period { return metrics.Period{From: from, To: to} }
	for _, e := range []metrics.Exemption{
		{Repo: 1, Path: "ci", Period: period(100, metrics.Forever), By: "ana", Reason: odd, Recorded: 100},
		{Repo: 1, Path: "ci", Period: period(100, 100), By: "ana", Reason: odd, Recorded: 100, EndedBy: "bo"}, // in the same second
		{Repo: 1, Path: "ci", Period: period(200, 900), By: "ana", Recorded: 200},
		{Repo: 1, Path: "ci", Period: period(200, 500), By: "ana", Recorded: 300, EndedBy: "bo"},
		{Repo: 1, Component: "a", Path: "ci", Period: period(200, 900), By: "cy", Recorded: 200},
		{Repo: 2, Path: "ci", Period: period(200, 900), By: "di", Recorded: 200},
	} {
		if err := db.WriteExemption(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	want := []metrics.Exemption{
		{Repo: 1, Path: "ci", Period: period(100, 100), By: "ana", Reason: odd, Recorded: 100, EndedBy: "bo"},
		{Repo: 1, Path: "ci", Period: period(200, 500), By: "ana", Recorded: 300, EndedBy: "bo"},
		{Repo: 1, Component: "a", Path: "ci", Period: period(200, 900), By: "cy", Recorded: 200},
		{Repo: 2, Path: "ci", Period: period(200, 900), By: "di", Recorded: 200},
	}
	all, err := db.Exemptions(t.Context())
	if diff := cmp.Diff(all, want); err != nil || diff != "" {
		t.Error("all, -got +want\n", err, diff)
	}
	one, err := db.Exemptions(t.Context(), 1)
	if diff := cmp.Diff(one, want[:3]); err != nil || diff != "" {
		t.Error("of one repository, -got +want\n", err, diff)
	}
	write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1}}})
	if diff := cmp.Diff(histories(t, db, 1)[0].Exemptions, want[:3]); diff != "" {
		t.Error("of a history, -got +want\n" + diff)
	}
}

func TestDefinitionsInForce(t *testing.T) {
	db := openStore(t)
	defs := metrics.Definitions{Org: "acme", Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{{
		Key: "ci", Title: odd[:3], Golden: metrics.Rule{Signal: &metrics.Signal{Kind: "file", Path: "Makefile"}},
	}}}
	other := defs
	other.Org = "other"
	for _, step := range []struct {
		defs    metrics.Definitions
		at      metrics.Instant
		changed bool
	}{{defs, 100, true}, {defs, 200, false}, {other, 300, true}, {defs, 400, true}} {
		changed, err := db.PutDefinitions(t.Context(), step.defs, step.at)
		if err != nil || changed != step.changed {
			t.Errorf("at %d: got %v and %v, want %v", step.at, changed, err, step.changed)
		}
	}
	got, err := db.Definitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []metrics.Definitions{defs, other, defs}
	for i := range want {
		if diff := cmp.Diff(got[i].Definitions, want[i]); diff != "" {
			t.Errorf("definitions %d, -got +want\n%s", i, diff)
		}
	}
	if got[0].From != 100 || got[2].From != 400 || got[0].Fingerprint != got[2].Fingerprint {
		t.Errorf("got %+v, want the first and the last alike, from 100 and 400", got)
	}
}

func TestInstallationKeepsTheNewestValue(t *testing.T) {
	db := openStore(t)
	for i, value := range []string{"", "a", odd} {
		if value != "" {
			if err := db.PutInstallation(t.Context(), "key", value, metrics.Instant(100+i)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := db.Installation(t.Context(), "key"); err != nil || got != value {
			t.Errorf("got %q and %v, want %q", got, err, value)
		}
	}
}

// TestCarryOver writes what is in force of a repository about a path under a new generation, and nothing else.
func TestCarryOver(t *testing.T) {
	db := openStore(t)
	conclude(t, db, 1, 10, 20)
	publish(t, db, 1, 10, 20)
	conclude(t, db, 2, 20) // not in force
	if err := db.CarryOver(t.Context(), 3, []metrics.RepoID{10, 20}, []metrics.PathKey{""}); err != nil {
		t.Fatal(err)
	}
	if got, want := inForce(t, db), "[10@1 20@1]"; got != want {
		t.Errorf("before it is published: got %s, want %s", got, want)
	}
	publish(t, db, 3, 10, 20)
	if got, want := inForce(t, db), "[10@1 20@1]"; got != want {
		t.Errorf("published: got %s, want %s", got, want)
	}
	if err := db.CarryOver(t.Context(), 4, []metrics.RepoID{10, 20}, []metrics.PathKey{"other"}); err != nil {
		t.Fatal(err)
	}
	publish(t, db, 4, 10)
	if got, want := inForce(t, db), "[20@1]"; got != want {
		t.Errorf("another path: got %s, want %s", got, want)
	}
}
