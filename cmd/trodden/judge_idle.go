package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// idleness finds out when owners committed last that have been idle for long.
type idleness struct {
	survey *survey
	of     map[metrics.RepoID][]freshness.Idle
	whole  map[metrics.RepoID]metrics.Instant // since when all commits are known
	last   map[freshness.Idle]metrics.Instant // of those that certainly count
	maybe  map[freshness.Idle]metrics.Instant // of those that may have been made elsewhere in the repository
}

// lookUpIdle finds out when owners committed last that did not within the time that is looked up of everybody, and who has
// been at work since: it dates since when they are wrong. It comes after that.
func (s *survey) lookUpIdle(ctx context.Context, catalogs []*catalogState) error {
	x := &idleness{survey: s, of: map[metrics.RepoID][]freshness.Idle{}, last: map[freshness.Idle]metrics.Instant{}, maybe: map[freshness.Idle]metrics.Instant{}}
	for _, c := range catalogs {
		for _, idle := range freshness.IdleOwners(c.records, s.world(c)) {
			x.of[s.ids[idle.Repo]] = append(x.of[s.ids[idle.Repo]], idle)
		}
	}
	if len(x.of) == 0 {
		return nil
	}
	x.whole = make(map[metrics.RepoID]metrics.Instant, len(s.known.Repos))
	for i := range s.known.Repos {
		x.whole[s.known.Repos[i].ID] = s.known.Repos[i].Whole
	}
	for day, err := range s.known.Work(ctx, x.wanted()) {
		if err != nil {
			return err
		}
		x.add(day)
	}
	x.fill()
	return s.lookUpLeads(ctx, x.last)
}

// wanted is which work tells it.
func (x *idleness) wanted() clickhouse.WorkWanted {
	wanted := clickhouse.WorkWanted{
		Until:   x.survey.now - worksLong,
		Folders: make(map[metrics.RepoID][]string, len(x.of)), By: make(map[metrics.RepoID][]metrics.AliasID, len(x.of)),
	}
	of := x.survey.people.Aliases()
	for id, list := range x.of {
		for _, idle := range list {
			wanted.By[id] = append(wanted.By[id], of[idle.Team]...)
			if idle.Folder != "" {
				wanted.Folders[id] = append(wanted.Folders[id], idle.Folder)
			}
		}
		slices.Sort(wanted.Folders[id])
		wanted.Folders[id] = slices.Compact(wanted.Folders[id])
	}
	return wanted
}

// add takes in what somebody committed on a day.
func (x *idleness) add(day clickhouse.Worked) {
	person, human := x.survey.people.Committer(day.Author, day.MadeFor, day.Last)
	if !human || day.Last < x.whole[day.Repo] {
		return
	}
	teams := x.survey.people.Teams(person, day.Last)
	for _, idle := range x.of[day.Repo] {
		switch {
		case !slices.Contains(teams, idle.Team):
		case day.Folder == idle.Folder:
			x.last[idle] = max(x.last[idle], day.Last)
		case day.Folder == "/", strings.HasSuffix(day.Folder, "/") && strings.HasPrefix(idle.Folder, day.Folder):
			x.maybe[idle] = max(x.maybe[idle], day.Last)
		}
	}
}

// fill tells the world. What may have been made later nobody knows.
func (x *idleness) fill() {
	at := x.survey.found()
	maps.DeleteFunc(x.last, func(idle freshness.Idle, last metrics.Instant) bool { return x.maybe[idle] > last })
	for idle, last := range x.last {
		changeWork(&x.survey.repos[at[idle.Repo]], idle.Folder, func(w *freshness.Work) { w.Teams = withLast(w.Teams, idle.Team, last) })
	}
}

// found is where repositories are by their names: of two of one name the last, as freshness finds them.
func (s *survey) found() map[string]int {
	at := make(map[string]int, len(s.repos))
	for i := range s.repos {
		at[s.repos[i].Name] = i
	}
	return at
}

// changeWork changes what is known of the work in a folder that is told apart; in all of the repository for "".
func changeWork(r *freshness.Repo, folder string, change func(w *freshness.Work)) {
	if folder == "" {
		change(&r.Work)
	} else if w, told := r.Folders[folder]; told {
		change(&w)
		r.Folders[folder] = w
	}
}

// withLast adds when a team committed last, in the order of keys.
func withLast(teams []freshness.TeamWork, team metrics.TeamKey, last metrics.Instant) []freshness.TeamWork {
	i, there := slices.BinarySearchFunc(teams, team, func(t freshness.TeamWork, key metrics.TeamKey) int { return cmp.Compare(t.Team, key) })
	teams = slices.Clone(teams)
	if !there {
		teams = slices.Insert(teams, i, freshness.TeamWork{Team: team})
	}
	teams[i].Last = max(teams[i].Last, last)
	return teams
}
