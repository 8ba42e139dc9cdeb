package main

import (
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// leads finds out since when others do the work of idle owners. It asks only about the places of those of whom it is known when
// they stopped, and for nothing that was before that.
type leads struct {
	survey *survey
	at     map[metrics.RepoID][]*lead
}

// lead is a repository, or a folder of one, and what was committed there since the first of its owners stopped.
type lead struct {
	repo, folder string
	since        metrics.Instant
	made         []freshness.Made
}

// lookUpLeads finds it out for owners, given when they committed last.
func (s *survey) lookUpLeads(ctx context.Context, last map[freshness.Idle]metrics.Instant) error {
	x := &leads{survey: s, at: map[metrics.RepoID][]*lead{}}
	for idle, last := range last {
		x.add(idle, last)
	}
	if len(x.at) == 0 {
		return nil
	}
	for made, err := range s.known.Work(ctx, x.wanted()) {
		if err != nil {
			return err
		}
		x.note(made)
	}
	x.fill()
	return nil
}

func (x *leads) add(idle freshness.Idle, last metrics.Instant) {
	id := x.survey.ids[idle.Repo]
	for _, l := range x.at[id] {
		if l.folder == idle.Folder {
			l.since = min(l.since, last)
			return
		}
	}
	x.at[id] = append(x.at[id], &lead{repo: idle.Repo, folder: idle.Folder, since: last})
}

// wanted is which work tells it.
func (x *leads) wanted() clickhouse.WorkWanted {
	wanted := clickhouse.WorkWanted{
		Since: x.survey.now, Until: x.survey.now + metrics.Day, Exactly: true,
		Each: make(map[metrics.RepoID]metrics.Instant, len(x.at)), Folders: make(map[metrics.RepoID][]string, len(x.at)),
	}
	for id, list := range x.at {
		wanted.Each[id] = x.survey.now
		for _, l := range list {
			wanted.Each[id] = min(wanted.Each[id], l.since)
			if l.folder != "" {
				wanted.Folders[id] = append(wanted.Folders[id], l.folder)
			}
		}
		wanted.Since = min(wanted.Since, wanted.Each[id])
		slices.Sort(wanted.Folders[id])
	}
	return wanted
}

// note takes in what somebody committed at a moment, as survey.count and workIn do.
func (x *leads) note(day clickhouse.Worked) {
	person, human := x.survey.people.Committer(day.Author, day.MadeFor, day.Last)
	if !human {
		return
	}
	made := freshness.Made{At: min(day.Last, x.survey.now), Commits: day.Commits, Teams: x.survey.teamsOf(person, day.Last)}
	for _, l := range x.at[day.Repo] {
		made.Perhaps = strings.HasSuffix(day.Folder, "/")
		if day.Folder == l.folder || made.Perhaps && l.folder != "" && (day.Folder == "/" || strings.HasPrefix(l.folder, day.Folder)) {
			l.made = append(l.made, made)
		}
	}
}

// fill tells the world.
func (x *leads) fill() {
	at := x.survey.found()
	for _, list := range x.at {
		for _, l := range list {
			led := freshness.LedSince(l.made, l.since+worksLong, x.survey.now)
			changeWork(&x.survey.repos[at[l.repo]], l.folder, func(w *freshness.Work) { w.Led = led })
		}
	}
}
