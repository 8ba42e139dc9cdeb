package query_test

import (
	"cmp"
	"context"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

func frictionQuestion(l line) query.FrictionQuestion {
	return query.FrictionQuestion{CohortQuestion: cohortQuestion(l), Measure: query.FrictionMeasure(strings.ReplaceAll(l.named["measure"], " ", "_"))}
}

func askFriction(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Friction(w.t.Context(), db, frictionQuestion(l))
}

// askFrictionList gathers all pages of a list behind friction.
func askFrictionList[R interface{ Key() query.FrictionKey }](
	ask func(context.Context, query.DB, query.FrictionListQuestion, *query.FrictionKey, int) ([]R, error),
) func(*world, *clickhouse.DB, line) (any, error) {
	return func(w *world, db *clickhouse.DB, l line) (any, error) {
		q := query.FrictionListQuestion{FrictionQuestion: frictionQuestion(l), Side: query.FrictionGroup(strings.ReplaceAll(l.named["side"], " ", "_"))}
		q.Work = metrics.Work(l.named["work"])
		if name := l.named["repo"]; name != "" {
			q.Repo = l.unit(name).Repo
		}
		return pages(l.number("limit"), R.Key, func(after *query.FrictionKey, most int) ([]R, error) {
			return ask(w.t.Context(), db, q, after, most)
		})
	}
}

// results are how runs and deployments may stand.
var results = map[string]metrics.RunResult{
	"success": metrics.RunSucceeded, "failure": metrics.RunFailed, "running": metrics.RunUnderWay, "cancelled": metrics.RunCancelled,
}

// run: repository, from when to when it ran, how it ended.
func (w *world) run(l line) {
	p := l.period(l.words[1])
	r := metrics.Run{
		Repo: l.unit(l.words[0]).Repo, ID: uint64(len(w.facts.Runs) + 1), Attempt: 1, Source: "git", Workflow: cmp.Or(l.named["workflow"], "ci.yml"),
		Default: !l.is("proposed"), Outcome: results[l.words[2]], Created: p.From, Started: p.From, Finished: p.To, Seen: max(l.moment("seen"), 100),
	}
	if l.named["id"] != "" {
		r.ID = uint64(l.number("id"))
	}
	if l.is("untimed") {
		r.Started, r.Finished = 0, 0
	}
	w.facts.Runs = append(w.facts.Runs, r)
}

// window: repository, from when to when its runs are known.
func (w *world) window(l line) {
	w.facts.RunWindows = append(w.facts.RunWindows, metrics.RunWindow{
		Repo: l.unit(l.words[0]).Repo, Source: cmp.Or(l.named["source"], "git"), Period: l.period(l.words[1]), Seen: max(l.moment("seen"), 100),
	})
}

// deployment: repository, time, how it ended.
func (w *world) deployment(l line) {
	at := at(l.words[1])
	w.facts.Deployments = append(w.facts.Deployments, metrics.Deployment{
		Repo: l.unit(l.words[0]).Repo, ID: uint64(len(w.facts.Deployments) + 1), Source: cmp.Or(l.named["source"], "git"), Outcome: results[l.words[2]],
		Created: at, Finished: at,
	})
}

// account is what a name in a test is called in the store.
func account(name string) metrics.AliasID {
	if name == "" {
		return 0
	}
	return metrics.AliasID(metrics.Fingerprint("alias", name))
}

func person(name string) metrics.PersonID {
	return metrics.PersonID(metrics.Fingerprint("person", name))
}

var kinds = map[string]metrics.Kind{"": metrics.Human, "human": metrics.Human, "bot": metrics.Bot, "initiator": metrics.Initiator}

// pull: repository, from when it was proposed to when it was merged; times repeats it.
func (w *world) pull(l line) {
	p := l.period(l.words[1])
	if p.To == metrics.Forever {
		p.To = 0
	}
	for range max(l.number("times"), 1) {
		w.facts.Pulls = append(w.facts.Pulls, metrics.Pull{
			Repo: l.unit(l.words[0]).Repo, Number: uint64(len(w.facts.Pulls) + 1), Source: cmp.Or(l.named["source"], "git"), Author: account(l.named["by"]),
			AuthorKind: kinds[l.named["kind"]], Created: p.From, Merged: p.To, Class: metrics.PullClass(l.named["class"]), Labels: l.list("labels"),
		})
	}
}

// commit: repository, time, author.
func (w *world) commit(l line) {
	at := at(l.words[1])
	w.facts.Commits = append(w.facts.Commits, metrics.Commit{
		Repo: l.unit(l.words[0]).Repo, Walk: 1, Pos: uint32(len(w.facts.Commits)), Committed: at, Authored: at, Author: account(l.words[2]),
		Routine: l.is("routine"), Merge: l.is("merge"),
	})
}

// identity: account, person.
func (w *world) identity(l line) {
	w.facts.Identities = append(w.facts.Identities, metrics.Identity{
		Alias: account(l.words[0]), Person: person(l.words[1]), Kind: kinds[l.named["kind"]], Source: "git", Seen: 100,
	})
}

// member: account, person, team, period.
func (w *world) member(l line) {
	w.facts.Memberships = append(w.facts.Memberships, metrics.Membership{
		Alias: account(l.words[0]), Person: person(l.words[1]), Team: metrics.TeamKey(l.words[2]), Period: l.period(l.words[3]), Source: "git", Seen: 100,
	})
}
