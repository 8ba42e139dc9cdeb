package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

func TestHabits(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		commit := func(walk metrics.WalkID, pos uint32, author metrics.AliasID, at metrics.Instant, routine bool) metrics.Commit {
			return metrics.Commit{Repo: 1, Walk: walk, Pos: pos, Author: author, Committed: at, Routine: routine}
		}
		merge := commit(1, 90, 1, 1, false)
		merge.Merge = true
		commits := []metrics.Commit{
			merge,
			commit(1, 1, 1, 300, true), commit(1, 2, 1, 200, true), commit(1, 3, 1, 200, true), // at one moment
			commit(2, 1, 1, 300, true), // read again
			commit(1, 4, 2, 500, false), commit(1, 5, 2, 400, false), commit(1, 6, 2, 100, true),
			commit(1, 7, 0, 50, true), // by nobody
		}
		for i := range uint32(metrics.HabitAfter + 2) {
			commits = append(commits, commit(3, i, 3, 1000-metrics.Instant(i), true))
		}
		want := []metrics.Habit{
			{Alias: 1, Routine: []metrics.Instant{200, 300}, Other: metrics.Forever},
			{Alias: 2, Routine: []metrics.Instant{100}, Other: 400},
			{Alias: 3, Routine: []metrics.Instant{989, 990, 991, 992, 993, 994, 995, 996, 997, 998}, Other: metrics.Forever},
		}
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), &metrics.Batch{Commits: commits}); err != nil {
			t.Fatal(err)
		}
		got, err := db.Habits(t.Context())
		if diff := cmp.Diff(got, want); err != nil || diff != "" {
			t.Errorf("got %v (-got +want):\n%s", err, diff)
		}
	})
}

// TestHostMembershipsStay keeps who is in a team of a host when their account is met again: that says nothing of teams.
func TestHostMembershipsStay(t *testing.T) {
	db := openStore(t)
	write := func(seen metrics.Instant, members ...metrics.Membership) {
		t.Helper()
		b := &metrics.Batch{Identities: []metrics.Identity{{Alias: 1, Person: 7, Kind: metrics.Human, Source: "gitlab", Seen: seen}}}
		for _, m := range members {
			m.Alias, m.Person, m.Source, m.Seen = 1, 7, "gitlab", seen
			b.Memberships = append(b.Memberships, m)
		}
		if err := db.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	pay := metrics.Membership{Team: "@acme/pay", Period: metrics.Period{From: 50, To: metrics.Forever}}
	write(100, pay, metrics.Membership{Team: "configured", Period: metrics.Period{To: metrics.Forever}})
	write(200)
	check := func(want ...metrics.Membership) {
		t.Helper()
		got, err := db.Memberships(t.Context())
		if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(metrics.Membership{}, "Alias", "Person", "Source", "Seen")); err != nil || diff != "" {
			t.Error("memberships, -got +want\n", err, diff)
		}
	}
	check(pay)
	pay.To = 250
	write(300, pay)
	check(pay)
}
