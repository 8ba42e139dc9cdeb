package clickhouse_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// hostFacts is a batch with a row of each kind that code hosts bring in which every field is set, of repository 1,
// and one in which none is that has to be.
func hostFacts() metrics.Batch {
	use := metrics.Use{Kind: metrics.UsesProject, Target: "platform/ci", File: odd, Ref: "v3", SHA: oid("u")}
	return metrics.Batch{
		Repos: []metrics.Repo{{ID: 1, Name: "github.com/acme/pay", Source: "github", Seen: 10}, {ID: 2, Seen: 10}},
		Walks: []metrics.Walk{{ID: 1, Repo: 1}},
		Runs: []metrics.Run{{
			Repo: 1, ID: 1<<64 - 1, Attempt: 2, Source: "github", Workflow: ".github/workflows/ci.yml", Event: "push", Branch: odd, Default: true,
			Imposed: true, Head: oid("h"), Outcome: metrics.RunFailed, Created: 3 * metrics.Day, Started: 3*metrics.Day + 1,
			Finished: metrics.Forever, Used: []metrics.Use{use}, Seen: 10,
		}, {
			Repo: 2, Outcome: metrics.RunWaiting,
		}},
		RunWindows: []metrics.RunWindow{
			{Repo: 1, Source: "github", Period: metrics.Period{From: 5, To: metrics.Forever}, Seen: 10}, {Repo: 2},
		},
		Deployments: []metrics.Deployment{{
			Repo: 1, ID: 7, Source: "github", Environment: "production", Ref: odd, SHA: oid("h"), Outcome: metrics.RunSucceeded,
			Created: 5, Finished: 6, Seen: 10,
		}},
		Pulls: []metrics.Pull{{
			Repo: 1, Number: 12, Source: "github", Author: 1<<64 - 1, AuthorKind: metrics.Initiator, Created: 1, Merged: 2, Closed: 3, Updated: 4,
			Labels: []string{"campaign", odd}, HeadBranch: odd, BaseBranch: "main", MergeCommit: oid("m"), Squash: oid("s"), Class: "feat",
			Assignees: []metrics.AliasID{4, 5}, Seen: 10,
		}, {
			Repo: 1, Number: 13, Closed: 3,
		}},
		Policies: []metrics.PolicyList{{
			Repo: 1, Source: "github", Seen: 10, List: []metrics.Policy{{ID: "1", Kind: metrics.Ruleset, Runs: use, Since: 4}, {ID: "2"}},
		}, {
			Repo: 2, Missed: true, Unread: []metrics.UseKind{metrics.UsesProject, metrics.UsesTemplate},
		}},
		Accesses: []metrics.AccessList{
			{Repo: 1, Source: "github", Seen: 10, List: []metrics.Access{{Team: "@acme/pay", Permission: metrics.MayAdmin}, {Team: "@acme/web", Permission: metrics.MayRead}}}, {Repo: 2},
		},
		HostTeams: []metrics.HostTeam{{Ref: "@acme/pay", Parent: "@acme/all", Name: odd, Source: "github", Seen: 10, Aliases: []metrics.TeamKey{"@acme/a", "@acme/b"}}},
		Archivals: []metrics.Archival{{Repo: 1, Source: "github", Period: metrics.Period{From: 2, To: 4}}, {Repo: 1, Source: "github", Period: metrics.Period{From: 6, To: 8}}},
		HostWarnings: []metrics.HostWarnings{
			{Repo: 1, Source: "github", Seen: 10, List: []metrics.Warning{{File: "CODEOWNERS", Line: 3, Column: 7, Message: "Unknown owner"}}}, {Repo: 2},
		},
	}
}

func TestHostFacts(t *testing.T) {
	for _, c := range []struct {
		name  string
		times int
	}{
		{"once", 1},
		{"three times changes nothing", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, b := openStore(t), hostFacts()
			var before []clickhouse.Mark
			for range c.times {
				write(t, db, hostFacts())
				if now := marks(t, db); before == nil {
					before = now
				} else if diff := cmp.Diff(now, before); diff != "" {
					t.Error("marks, -got +want\n" + diff)
				}
			}
			days := []metrics.Period{{From: 3 * metrics.Day, To: 4 * metrics.Day}}
			run := metrics.RunDays{Repo: 1, Workflow: ".github/workflows/ci.yml", Imposed: true, Days: days}
			used := run
			used.Used = b.Runs[0].Used[0]
			used.Used.SHA = ""
			want := []metrics.History{{
				Repo: b.Repos[0], Walks: b.Walks, Runs: []metrics.RunDays{run, used}, RunWindows: b.RunWindows[:1], Pulls: b.Pulls[:1],
				Policies: b.Policies[:1], Accesses: b.Accesses[:1], Warnings: b.HostWarnings[:1], Archivals: b.Archivals,
			}, {
				Repo: b.Repos[1], RunWindows: b.RunWindows[1:], Policies: b.Policies[1:], Accesses: b.Accesses[1:], Warnings: b.HostWarnings[1:],
			}}
			if diff := cmp.Diff(histories(t, db, 1, 2), want, cmpopts.EquateEmpty()); diff != "" {
				t.Error("histories, -got +want\n" + diff)
			}
			teams, err := db.HostTeams(t.Context())
			if diff := cmp.Diff(teams, b.HostTeams); err != nil || diff != "" {
				t.Error("teams, -got +want\n", err, diff)
			}
			windows, err := db.RunWindows(t.Context())
			if diff := cmp.Diff(windows, b.RunWindows); err != nil || diff != "" {
				t.Error("windows, -got +want\n", err, diff)
			}
			for _, table := range []string{"runs", "deployments", "pulls"} {
				var rows []struct {
					N uint64 `ch:"n"`
				}
				if err := db.Select(t.Context(), &rows, "SELECT count() AS n FROM "+table+" FINAL", nil); err != nil {
					t.Fatal(err)
				}
				if want := map[string]uint64{"runs": 2, "deployments": 1, "pulls": 2}[table]; rows[0].N != want {
					t.Errorf("%s: got %d rows, want %d", table, rows[0].N, want)
				}
			}
		})
	}
}

func marks(t testing.TB, db *clickhouse.DB) []clickhouse.Mark {
	t.Helper()
	list, err := db.Marks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestRunDays says which runs count, and as what.
func TestRunDays(t *testing.T) {
	day := metrics.Day
	run := func(id uint64, at metrics.Instant, change ...func(*metrics.Run)) metrics.Run {
		r := metrics.Run{Repo: 1, ID: id, Attempt: 1, Workflow: "ci.yml", Default: true, Outcome: metrics.RunSucceeded, Created: at, Seen: 1}
		for _, c := range change {
			c(&r)
		}
		return r
	}
	standing := func(o metrics.RunResult, seen metrics.Instant) func(*metrics.Run) {
		return func(r *metrics.Run) { r.Outcome, r.Seen = o, seen }
	}
	beside, imposed := func(r *metrics.Run) { r.Default = false }, func(r *metrics.Run) { r.Imposed = true }
	using := func(targets ...string) func(*metrics.Run) {
		return func(r *metrics.Run) {
			for _, target := range targets {
				r.Used = append(r.Used, metrics.Use{Kind: metrics.UsesWorkflow, Target: target, SHA: oid("x")})
			}
		}
	}
	days := func(list ...metrics.Instant) metrics.RunDays {
		d := metrics.RunDays{Repo: 1, Workflow: "ci.yml"}
		for i := 0; i < len(list); i += 2 {
			d.Days = append(d.Days, metrics.Period{From: list[i] * day, To: list[i+1] * day})
		}
		return d
	}
	of := func(target string, imposed bool, d metrics.RunDays) metrics.RunDays {
		if d.Imposed = imposed; target != "" {
			d.Used = metrics.Use{Kind: metrics.UsesWorkflow, Target: target}
		}
		return d
	}
	for i, c := range []struct {
		name string
		runs []metrics.Run
		want []metrics.RunDays
	}{
		{"days in a row are one stretch", []metrics.Run{
			run(1, 10*day), run(2, 10*day+5), run(3, 12*day-1), run(4, 12*day), run(5, 14*day),
		}, []metrics.RunDays{days(10, 13, 14, 15)}},
		{"in any order", []metrics.Run{run(5, 14*day), run(4, 12*day), run(3, 11*day), run(1, 10*day)}, []metrics.RunDays{days(10, 13, 14, 15)}},
		{"what did not begin", []metrics.Run{
			run(1, 10*day, standing(metrics.RunWaiting, 1)), run(2, 20*day, standing(metrics.RunSkipped, 1)), run(3, 30*day, standing(metrics.RunUnderWay, 1)),
			run(4, 40*day, standing(metrics.RunFailed, 1)), run(5, 50*day, standing(metrics.RunCancelled, 1)),
		}, []metrics.RunDays{days(30, 31, 40, 41, 50, 51)}},
		{"what began later", []metrics.Run{run(1, 10*day, standing(metrics.RunWaiting, 1)), run(1, 10*day, standing(metrics.RunFailed, 2))}, []metrics.RunDays{days(10, 11)}},
		{"beside the default branch", []metrics.Run{run(1, 10*day, beside)}, nil},
		{"by a policy, on whatever branch", []metrics.Run{run(1, 10*day, beside, imposed), run(2, 20*day, imposed), run(3, 30*day)}, []metrics.RunDays{
			of("", false, days(30, 31)), of("", true, days(10, 11, 20, 21)),
		}},
		{"by what was used", []metrics.Run{run(1, 10*day, using("a", "b", "a")), run(2, 11*day, using("b"))}, []metrics.RunDays{
			days(10, 12), of("a", false, days(10, 11)), of("b", false, days(10, 12)),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1}}, Runs: c.runs})
			read := func() []metrics.RunDays { return histories(t, db, 1)[0].Runs }
			if diff := cmp.Diff(read(), c.want, cmpopts.EquateEmpty()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			before := marks(t, db)
			again := slices.Clone(c.runs)
			slices.Reverse(again)
			for i := range again {
				write(t, db, metrics.Batch{Runs: again[i : i+1]})
			}
			if diff := cmp.Diff(read(), c.want, cmpopts.EquateEmpty()); diff != "" {
				t.Error("again, one by one, -got +want\n" + diff)
			}
			if diff := cmp.Diff(marks(t, db), before); diff != "" {
				t.Error("marks, -got +want\n" + diff)
			}
			if i == 0 {
				write(t, db, metrics.Batch{Runs: []metrics.Run{run(6, 15*day)}})
				if cmp.Equal(marks(t, db), before) {
					t.Error("another day makes no difference to the mark")
				}
			}
		})
	}
}

// A list is written as a letter; - is the empty one. Each is seen 100 later than the one before.
func TestListsTellWhereTheyTurn(t *testing.T) {
	db := openStore(t)
	for i, c := range []struct{ written, want string }{
		{"", ""},
		{"-", "-"},
		{"aaa", "a"},
		{"-aab-a", "-ab-a"},
	} {
		t.Run(c.written, func(t *testing.T) {
			id := metrics.RepoID(i + 1)
			b := metrics.Batch{Repos: []metrics.Repo{{ID: id}}}
			for i, r := range c.written {
				at := metrics.Instant(100 * (i + 1))
				policies, accesses := metrics.PolicyList{Repo: id, Source: "github", Seen: at}, metrics.AccessList{Repo: id, Source: "github", Seen: at}
				if r != '-' {
					policies.List = []metrics.Policy{{ID: string(r)}, {ID: "common"}}
					accesses.List = []metrics.Access{{Team: metrics.TeamKey(r), Permission: metrics.MayPush}, {Team: "common", Permission: metrics.MayRead}}
				}
				if i%2 == 0 { // in whatever order they stand
					slices.Reverse(policies.List)
					slices.Reverse(accesses.List)
				}
				b.Policies, b.Accesses = append(b.Policies, policies), append(b.Accesses, accesses)
			}
			slices.Reverse(b.Policies)
			write(t, db, b)
			h := histories(t, db, id)[0]
			policies, accesses := "", ""
			for _, l := range h.Policies {
				policies += letter(l.List, func(p metrics.Policy) string { return p.ID })
			}
			for _, l := range h.Accesses {
				accesses += letter(l.List, func(a metrics.Access) string { return string(a.Team) })
			}
			if policies != c.want || accesses != c.want {
				t.Errorf("got policies %q and accesses %q, want %q", policies, accesses, c.want)
			}
		})
	}
}

func letter[E any](list []E, name func(E) string) string {
	for _, e := range list {
		if name(e) != "common" {
			return name(e)
		}
	}
	return "-"
}

// TestHostFactsAreMarked says which news make a repository be judged again.
func TestHostFactsAreMarked(t *testing.T) {
	for _, c := range []struct {
		name string
		news metrics.Batch
		want bool
	}{
		{"a window is closed", metrics.Batch{RunWindows: []metrics.RunWindow{{Repo: 1, Source: "github", Period: metrics.Period{From: 5, To: 90}, Seen: 20}}}, true},
		{"a window is as it was", metrics.Batch{RunWindows: []metrics.RunWindow{{Repo: 1, Source: "github", Period: metrics.Period{From: 5, To: metrics.Forever}, Seen: 20}}}, false},
		{"a pull is changed", metrics.Batch{Pulls: []metrics.Pull{{Repo: 1, Number: 12, Merged: 2, Updated: 50, Seen: 20}}}, true},
		{"an older pull is found", metrics.Batch{Pulls: []metrics.Pull{{Repo: 1, Number: 3, Merged: 2, Updated: 3, Seen: 20}}}, true},
		{"a pull that is open", metrics.Batch{Pulls: []metrics.Pull{{Repo: 1, Number: 99, Updated: 50, Seen: 20}}}, false},
		{"no policy any more", metrics.Batch{Policies: []metrics.PolicyList{{Repo: 1, Source: "github", Seen: 20}}}, true},
		{"no policy, where nobody could read that before", metrics.Batch{Policies: []metrics.PolicyList{{Repo: 2, Source: "", Seen: 20}}}, true},
		{"policies that nobody waits for any more", metrics.Batch{Policies: []metrics.PolicyList{{Repo: 2, Seen: 20, Missed: true}}}, true},
		{"the same policies", metrics.Batch{Policies: []metrics.PolicyList{{Repo: 1, Source: "github", Seen: 20, List: hostFacts().Policies[0].List}}}, false},
		{"another team", metrics.Batch{Accesses: []metrics.AccessList{{Repo: 1, Source: "github", Seen: 20, List: []metrics.Access{{Team: "@acme/web", Permission: metrics.MayAdmin}}}}}, true},
		{"the same teams", metrics.Batch{Accesses: []metrics.AccessList{{Repo: 1, Source: "github", Seen: 20, List: hostFacts().Accesses[0].List}}}, false},
		{"a warning less", metrics.Batch{HostWarnings: []metrics.HostWarnings{{Repo: 1, Source: "github", Seen: 20}}}, true},
		{"the same warnings", metrics.Batch{HostWarnings: []metrics.HostWarnings{{Repo: 1, Source: "github", Seen: 20, List: hostFacts().HostWarnings[0].List}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, hostFacts())
			before := marks(t, db)
			write(t, db, c.news)
			if got := !cmp.Equal(marks(t, db), before); got != c.want {
				t.Errorf("got another mark: %v, want %v", got, c.want)
			}
		})
	}
}
