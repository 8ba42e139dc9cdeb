package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/last_readings.sql
	lastReadingsSQL string
	//go:embed sql/unfollowed.sql
	unfollowedSQL string
)

// Last is what the store has of a repository, for the next reading of it.
type Last struct {
	Walk    metrics.Walk    // the newest complete one; the zero Walk where there is none
	Next    uint32          // position that follows its last landed commit
	Reading metrics.Reading // the newest of the source

	Releases []metrics.Release // the tags that the source saw, by name
	Told     metrics.Told      // what the source told beside files

	Unfollowed bool // its files may name others, and the source did not look at it since that is read
}

// Lasts knows what the store had of every repository when it was asked.
type Lasts struct {
	chains   map[metrics.RepoID][]metrics.Walk
	readings map[sourced]metrics.Reading
	releases map[sourced][]metrics.Release
	told     map[sourced]*metrics.Told
	seen     map[metrics.RepoID][]metrics.Reading // of heads without history, one a source

	unfollowed map[metrics.RepoID]metrics.Instant // whose files may name others: until when nobody looked
}

type sourced struct {
	source string
	repo   metrics.RepoID
}

// Lasts returns what the store has of the given repositories, or of all when none is given.
func (db *DB) Lasts(ctx context.Context, repos ...metrics.RepoID) (*Lasts, error) {
	s := selection{all: len(repos) == 0, repos: repos}
	chains, _, err := db.chains(ctx, s)
	if err != nil {
		return nil, err
	}
	readings, err := collect(ctx, db, lastReadingsSQL, s.args(), readingTargets)
	if err != nil {
		return nil, fmt.Errorf("list newest readings: %w", err)
	}
	releases, err := db.releases(ctx, s)
	if err != nil {
		return nil, err
	}
	told, err := db.told(ctx, s)
	if err != nil {
		return nil, err
	}
	unfollowed, err := db.unfollowed(ctx, s)
	if err != nil {
		return nil, err
	}
	l := &Lasts{chains: chains, releases: releases, told: told, unfollowed: unfollowed, readings: make(map[sourced]metrics.Reading, len(readings)), seen: make(map[metrics.RepoID][]metrics.Reading)}
	for _, r := range readings {
		l.readings[sourced{r.Source, r.Repo}] = r
		if r.Files != 0 {
			l.seen[r.Repo] = append(l.seen[r.Repo], r)
		}
	}
	return l, nil
}

// Of returns what there was of one repository by one source. Walks belong to no source: two clones of one
// repository continue each other's.
func (l *Lasts) Of(source string, repo metrics.RepoID) Last {
	key := sourced{source, repo}
	last := Last{Reading: l.readings[key], Releases: l.releases[key]}
	if told := l.told[key]; told != nil {
		last.Told = *told
	}
	if chain := l.chains[repo]; len(chain) > 0 {
		last.Walk = chain[len(chain)-1]
		last.Next = last.Walk.First + last.Walk.Commits
	}
	until, open := l.unfollowed[repo]
	last.Unfollowed = open && (!last.Reading.Complete || last.Reading.At <= until)
	return last
}

// unfollowed returns the repositories whose files may name others, and until when nobody looked which.
func (db *DB) unfollowed(ctx context.Context, s selection) (map[metrics.RepoID]metrics.Instant, error) {
	type row struct {
		repo metrics.RepoID
		at   metrics.Instant
	}
	rows, err := collect(ctx, db, unfollowedSQL, s.args(), func(r *row) []any { return []any{(*uint64)(&r.repo), (*int64)(&r.at)} })
	if err != nil {
		return nil, fmt.Errorf("list repositories whose files may name others: %w", err)
	}
	until := make(map[metrics.RepoID]metrics.Instant, len(rows))
	for _, r := range rows {
		until[r.repo] = r.at
	}
	return until, nil
}

// Seen returns the newest reading of a repository by a source that reads no history; ok is false where there is none.
func (l *Lasts) Seen(repo metrics.RepoID) (newest metrics.Reading, ok bool) {
	for _, r := range l.seen[repo] {
		if !ok || r.At > newest.At {
			newest, ok = r, true
		}
	}
	return newest, ok
}

func readingTargets(r *metrics.Reading) []any {
	return []any{
		(*uint64)(&r.Repo), &r.Source, (*int64)(&r.At), &r.Complete, (*string)(&r.Reason), &r.Detail,
		(*string)(&r.Head), &r.Watched, &r.Names, &r.Files,
	}
}
