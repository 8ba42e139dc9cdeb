package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
)

// TestTold says from where the next reading of a repository goes on.
func TestTold(t *testing.T) {
	run := func(id uint64, attempt uint32, created, seen metrics.Instant, outcome metrics.RunResult) metrics.Run {
		return metrics.Run{Repo: 1, Source: "github", ID: id, Attempt: attempt, Created: created, Outcome: outcome, Seen: seen}
	}
	deployment := func(id uint64, created, seen metrics.Instant, outcome metrics.RunResult) metrics.Deployment {
		return metrics.Deployment{Repo: 1, Source: "github", ID: id, Created: created, Outcome: outcome, Seen: seen}
	}
	warnings := func(seen metrics.Instant, list ...metrics.Warning) metrics.HostWarnings {
		return metrics.HostWarnings{Repo: 1, Source: "github", Seen: seen, List: list}
	}
	for _, c := range []struct {
		name  string
		facts metrics.Batch
		want  metrics.Told
	}{
		{"nothing", metrics.Batch{}, metrics.Told{}},
		{"the oldest run that goes on", metrics.Batch{Runs: []metrics.Run{
			run(1, 1, 100, 900, metrics.RunSucceeded), run(2, 1, 200, 900, metrics.RunWaiting), run(3, 1, 300, 900, metrics.RunUnderWay),
		}}, metrics.Told{Running: 200}},
		{"a run that has ended since", metrics.Batch{Runs: []metrics.Run{
			run(1, 1, 100, 900, metrics.RunUnderWay), run(1, 1, 100, 950, metrics.RunFailed),
		}}, metrics.Told{}},
		{"a run that was begun anew before it was seen to end", metrics.Batch{Runs: []metrics.Run{
			run(1, 1, 100, 900, metrics.RunUnderWay), run(1, 2, 100, 950, metrics.RunSucceeded),
		}}, metrics.Told{}},
		{"a run that was begun anew", metrics.Batch{Runs: []metrics.Run{
			run(1, 1, 100, 900, metrics.RunFailed), run(1, 2, 100, 950, metrics.RunWaiting),
		}}, metrics.Told{Running: 100}},
		{"a deployment that goes on", metrics.Batch{Deployments: []metrics.Deployment{
			deployment(1, 100, 900, metrics.RunSucceeded), deployment(2, 200, 900, metrics.RunUnderWay), deployment(3, 300, 900, metrics.RunUnderWay),
		}}, metrics.Told{Deployed: 900, Deploying: 200}},
		{"a deployment that has ended since", metrics.Batch{Deployments: []metrics.Deployment{
			deployment(1, 100, 900, metrics.RunUnderWay), deployment(1, 100, 950, metrics.RunSucceeded),
		}}, metrics.Told{Deployed: 950}},
		{"the newest warnings", metrics.Batch{HostWarnings: []metrics.HostWarnings{
			warnings(20, metrics.Warning{File: "CODEOWNERS", Line: 3, Message: "Unknown owner"}), warnings(10),
		}}, metrics.Told{Warnings: warnings(20, metrics.Warning{File: "CODEOWNERS", Line: 3, Message: "Unknown owner"})}},
		{"of another source", metrics.Batch{Runs: []metrics.Run{{Repo: 1, Source: "other", ID: 1, Attempt: 1, Created: 5, Outcome: metrics.RunWaiting}}}, metrics.Told{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, c.facts)
			for _, repos := range [][]metrics.RepoID{nil, {1}} {
				lasts, err := db.Lasts(t.Context(), repos...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(lasts.Of("github", 1).Told, c.want, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("of %v, -got +want\n%s", repos, diff)
				}
			}
		})
	}
}

func TestMembers(t *testing.T) {
	db := openStore(t)
	member := func(alias metrics.AliasID, team metrics.TeamKey, source string, from, to, seen metrics.Instant) metrics.Membership {
		return metrics.Membership{Alias: alias, Person: 7, Team: team, Source: source, Period: metrics.Period{From: from, To: to}, Seen: seen}
	}
	write(t, db, metrics.Batch{Memberships: []metrics.Membership{
		member(1, "@acme/pay", "github", 0, metrics.Forever, 10), member(1, "@acme/pay", "github", 0, 20, 20), member(2, "@acme/pay", "github", 20, metrics.Forever, 20),
		member(3, "payments", "github", 0, metrics.Forever, 10), member(4, "@acme/pay", "other", 0, metrics.Forever, 10),
		member(5, "group:default/pay", "backstage", 0, metrics.Forever, 10), member(6, "odd:named", "backstage", 0, metrics.Forever, 10),
	}})
	got, err := db.Members(t.Context(), "github")
	want := []metrics.Membership{member(1, "@acme/pay", "github", 0, 20, 20), member(2, "@acme/pay", "github", 20, metrics.Forever, 20)}
	if diff := cmp.Diff(got, want); err != nil || diff != "" {
		t.Error("-got +want\n", err, diff)
	}
	got, err = db.Members(t.Context(), "backstage")
	if diff := cmp.Diff(got, []metrics.Membership{member(5, "group:default/pay", "backstage", 0, metrics.Forever, 10)}); err != nil || diff != "" {
		t.Error("of a catalog, -got +want\n", err, diff)
	}
}
