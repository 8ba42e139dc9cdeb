package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// task is what has to be judged of some repositories.
type task struct {
	rules *classify.Classifier
	repos []metrics.RepoID
	stand []metrics.PathKey // what was concluded about these paths stands, and is carried over
}

// follows identifies what conclusions follow from beside the facts.
func follows(definitions uint64, people *classify.People, teams metrics.Teams, joined uint64) uint64 {
	parts := []string{"conclusion", fmt.Sprint(definitions), fmt.Sprint(people.Fingerprint(teams.Platform...))}
	if joined != 0 {
		parts = append(parts, fmt.Sprint(joined))
	}
	return metrics.Fingerprint(parts...)
}

// follows adds to what all conclusions follow from what is known of those whom one calls teams.
func (c *conclusion) follows(fingerprint uint64, named []string) uint64 {
	if mark := c.rules.TeamsMark(named); mark != 0 {
		return metrics.Fingerprint("teams", fmt.Sprint(fingerprint), fmt.Sprint(mark))
	}
	return fingerprint
}

// tasks divides the stale repositories by what is stale of them. Where only definitions of paths changed since their
// conclusion, and nothing else that it follows from, the other paths stand: whoever tries a rule does not wait for
// all of them. No path stands by itself where runs are known: what one runs is not held against another.
func (c *conclusion) tasks(ctx context.Context, stale []clickhouse.Mark, people *classify.People) ([]task, error) {
	known, err := c.db.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	ran, err := c.withRuns(ctx)
	if err != nil {
		return nil, err
	}
	rest := slices.Clone(stale)
	var tasks []task
	slices.Reverse(known) // the newest are the most likely
	for _, old := range known {
		fingerprint, err := definitionsFingerprint(old.Definitions)
		if err != nil {
			return nil, err
		}
		stand := classify.Standing(old.Definitions, c.rules.Definitions())
		if len(stand) == 0 || len(rest) == 0 {
			continue
		}
		var repos []metrics.RepoID
		before := follows(fingerprint, people, old.Teams, c.rules.JoinedMark())
		rest = slices.DeleteFunc(rest, func(m clickhouse.Mark) bool {
			holds := m.Holds(c.follows(before, m.Named)) && !ran[m.Repo]
			if holds {
				repos = append(repos, m.Repo)
			}
			return holds
		})
		if len(repos) > 0 {
			tasks = append(tasks, task{rules: c.rules.Only(changed(c.rules.Definitions(), stand)), repos: repos, stand: stand})
		}
	}
	if len(rest) > 0 {
		t := task{rules: c.rules}
		for _, m := range rest {
			t.repos = append(t.repos, m.Repo)
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// withRuns returns the repositories of which runs are known.
func (c *conclusion) withRuns(ctx context.Context) (map[metrics.RepoID]bool, error) {
	windows, err := c.db.RunWindows(ctx)
	ran := make(map[metrics.RepoID]bool, len(windows))
	for i := range windows {
		ran[windows[i].Repo] = true
	}
	return ran, err
}

// changed returns the paths of which nothing stands.
func changed(d metrics.Definitions, stand []metrics.PathKey) []metrics.PathKey {
	var keys []metrics.PathKey
	for i := range d.Paths {
		if key := d.Paths[i].Key; !slices.Contains(stand, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// standing returns for each repository the paths about which what was concluded stands.
func standing(tasks []task) map[metrics.RepoID][]metrics.PathKey {
	stands := map[metrics.RepoID][]metrics.PathKey{}
	for _, t := range tasks {
		for _, id := range t.repos {
			stands[id] = t.stand
		}
	}
	return stands
}
