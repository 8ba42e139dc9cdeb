package dashboards

import (
	"fmt"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// The new repositories of frictionStore: of these every second one is born on path ci, and the last two come to it in April.
const (
	newRepos = 14
	joiners  = 2
)

// someWorld gathers what frictionStore knows.
type someWorld struct {
	facts metrics.Batch
	made  clickhouse.Conclusions
}

func newRepo(i int) string { return fmt.Sprintf("github.com/acme/new-%02d", i) }

// usesFrom is when a new repository begins to use path ci.
func usesFrom(i int) metrics.Instant {
	switch {
	case i >= newRepos-joiners:
		return at("2026-04-01")
	case i%2 == 0:
		return bornOn(i)
	}
	return metrics.Forever
}

// bornOn is when a new repository has its first commit: those that join long enough before to be compared with themselves.
func bornOn(i int) metrics.Instant {
	if i >= newRepos-joiners {
		return at("2025-12-15") + metrics.Instant(i)*metrics.Day
	}
	return at("2026-01-05") + metrics.Instant(i)*metrics.Day
}

// repo adds a repository that a host has, with an owner for all times.
func (w *someWorld) repo(name string, born metrics.Instant, team metrics.TeamKey) metrics.Unit {
	unit := metrics.Unit{Repo: metrics.NewRepoID(name)}
	w.facts.Repos = append(w.facts.Repos, metrics.Repo{ID: unit.Repo, Name: name, Source: "git", Seen: at("2026-06-30")})
	w.facts.Readings = append(w.facts.Readings, metrics.Reading{Source: "git", Repo: unit.Repo, At: at("2026-06-30"), Complete: true})
	w.facts.RunWindows = append(w.facts.RunWindows, metrics.RunWindow{Repo: unit.Repo, Source: "git", Period: metrics.Period{From: born, To: metrics.Forever}, Seen: at("2026-06-30")})
	w.made.Ownership = append(w.made.Ownership, metrics.Ownership{Unit: unit, Team: team, Source: metrics.OwnerConfig,
		Period: metrics.Period{From: born, To: metrics.Forever}})
	return unit
}

// run adds a run that ends at a moment.
func (w *someWorld) run(repo metrics.RepoID, end metrics.Instant, minutes int, outcome metrics.RunResult) {
	begin := end - metrics.Instant(60*minutes)
	w.facts.Runs = append(w.facts.Runs, metrics.Run{Repo: repo, ID: uint64(len(w.facts.Runs) + 1), Attempt: 1, Source: "git", Workflow: "ci.yml", Default: true,
		Outcome: outcome, Created: begin, Started: begin, Finished: end, Seen: at("2026-06-30")})
}

// deployment adds a deployment that succeeds at a moment.
func (w *someWorld) deployment(repo metrics.RepoID, t metrics.Instant) {
	w.facts.Deployments = append(w.facts.Deployments, metrics.Deployment{Repo: repo, ID: uint64(len(w.facts.Deployments) + 1), Source: "git",
		Outcome: metrics.RunSucceeded, Created: t, Finished: t})
}

// pulls adds proposed changes of somebody, merged at a moment.
func (w *someWorld) pulls(n int, repo metrics.RepoID, who string, kind metrics.Kind, class metrics.PullClass, proposed, merged metrics.Instant) {
	for range n {
		w.facts.Pulls = append(w.facts.Pulls, metrics.Pull{Repo: repo, Number: uint64(len(w.facts.Pulls) + 1), Source: "git",
			Author: metrics.AliasID(metrics.Fingerprint("alias", who)), AuthorKind: kind, Created: proposed, Merged: merged, Class: class})
	}
}

// newcomers are people whose first change is proposed on 1 February: nine are merged a day later, the tenth after some days each.
func (w *someWorld) newcomers(repo metrics.RepoID, name string, days ...int) {
	first := at("2026-02-01")
	for i, tenth := range days {
		who := fmt.Sprint(name, i)
		w.pulls(9, repo, who, metrics.Human, "", first, first+metrics.Day)
		w.pulls(1, repo, who, metrics.Human, "", first, first+metrics.Instant(tenth)*metrics.Day)
	}
}

// service adds one of the new repositories: what it is on path ci, and how its pipelines and deployments go. On the path the first
// pipeline is green after 10, 12, … 20 minutes and the first deployment is there after 1, 2, … 6 hours; without it after 1, 2, … 5
// days and not before March, and after 2, 4, … 12 days. Of those who come to it later it is 3 and 6 days.
func (w *someWorld) service(i int) {
	born, joins, k := bornOn(i), usesFrom(i), metrics.Instant(i/2)
	unit := w.repo(newRepo(i), born, teamKey(i%4))
	if joins > born {
		off := span(1, "ci", born, joins, metrics.Off)
		off.Unit, off.Team = unit, teamKey(i%4)
		w.made.Spans = append(w.made.Spans, off)
	}
	if joins < metrics.Forever {
		on := span(1, "ci", joins, metrics.Forever, metrics.On)
		on.Unit, on.Team = unit, teamKey(i%4)
		w.made.Spans = append(w.made.Spans, on)
		w.made.Spells = append(w.made.Spells, metrics.Spell{Unit: unit, Path: "ci", Period: metrics.Period{From: joins, To: metrics.Forever},
			Outcome: metrics.Running, Known: true, Choice: true, Origin: metrics.Chosen, Team: teamKey(i % 4)})
	}
	switch {
	case joins == born:
		w.run(unit.Repo, born+600+120*k, 5, metrics.RunSucceeded)
		w.deployment(unit.Repo, born+3600*(1+k))
	case joins < metrics.Forever:
		w.run(unit.Repo, born+3*metrics.Day, 60, metrics.RunSucceeded)
		w.deployment(unit.Repo, born+6*metrics.Day)
	case k < 5:
		w.run(unit.Repo, born+(1+k)*metrics.Day, 60, metrics.RunSucceeded)
		w.deployment(unit.Repo, born+2*(1+k)*metrics.Day)
	default:
		w.run(unit.Repo, born+metrics.Day, 60, metrics.RunFailed)
		w.deployment(unit.Repo, born+2*(1+k)*metrics.Day)
	}
	w.pipelines(unit.Repo, i, joins)
}

// pipelines adds how the pipelines of a repository turn red and green again in spring: within an hour on the path, in a day without.
func (w *someWorld) pipelines(repo metrics.RepoID, i int, joins metrics.Instant) {
	for _, month := range []string{"2026-03-10", "2026-05-10"} {
		t := at(month) + metrics.Instant(i)*3600
		if joins <= t {
			w.run(repo, t, 20, metrics.RunFailed)
			w.run(repo, t+3600, 20, metrics.RunSucceeded)
			w.run(repo, t+2*3600, 20, metrics.RunSucceeded)
			continue
		}
		w.run(repo, t, 90, metrics.RunFailed)
		w.run(repo, t+metrics.Day, 90, metrics.RunSucceeded)
	}
}

// upkeep adds what a platform team does: by people 6 fixes, 6 features and one of which it cannot be told, by a program 12 more.
func (w *someWorld) upkeep() {
	golden, t := w.repo("github.com/acme/golden", at("2025-01-01"), "platform").Repo, at("2026-03-01")
	w.pulls(6, golden, "pia", metrics.Human, "fix", t, t+metrics.Day)
	w.pulls(6, golden, "pia", metrics.Human, "feat", t, t+metrics.Day)
	w.pulls(1, golden, "pia", metrics.Human, "refactor", t, t+metrics.Day)
	w.pulls(12, golden, "renovate", metrics.Bot, "chore", t, t+metrics.Day)
}

// frictionStore is a store that knows pipelines, deployments and proposed changes, of new repositories on path ci and beside it.
func frictionStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	var w someWorld
	for i := range newRepos {
		w.service(i)
	}
	w.newcomers(metrics.NewRepoID(newRepo(0)), "on", 10, 11, 12, 13, 14)
	w.newcomers(metrics.NewRepoID(newRepo(1)), "off", 20, 25, 30, 35, 40)
	w.upkeep()
	defs := definitions()
	defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: "platform", Title: "Platform"})
	defs.Teams.Platform = []metrics.TeamKey{"platform"}
	check(t, db.Write(ctx, &w.facts))
	check(t, db.FindReds(ctx))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: uint32(len(w.facts.Repos))}))
	g, err := db.NextGeneration(ctx)
	check(t, err)
	var marks []clickhouse.Mark
	for _, repo := range w.facts.Repos {
		marks = append(marks, clickhouse.Mark{Repo: repo.ID, Generation: g})
	}
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &w.made))
	check(t, db.Publish(ctx, g, 0, marks))
	return db
}
