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

// Windows in which commits count for who works on a repository, as in freshness.Count.
const (
	worksLately = 90 * metrics.Day
	worksLong   = 180 * metrics.Day
)

// lookUpWork finds out who works on all repositories, and on the folders of them that entities stand for, and which of these
// are known to be there.
func (s *survey) lookUpWork(ctx context.Context, catalogs []*catalogState) error {
	at, folders := s.places(), s.folders(catalogs)
	s.lookUpLeft()
	there, err := s.known.Folders(ctx, folders)
	if err != nil {
		return err
	}
	in := map[metrics.RepoID]map[string]*freshness.Work{}
	for day, err := range s.known.Work(ctx, clickhouse.WorkWanted{Since: s.now - worksLong, Lately: s.now - worksLately, Until: s.now + metrics.Day, Folders: folders}) {
		if err != nil {
			return err
		}
		r := &s.repos[at[day.Repo]]
		if day.Folder == "" {
			s.count(&r.Work, day)
			r.LastHuman = r.Work.Last
			continue
		}
		if in[day.Repo] == nil {
			in[day.Repo] = map[string]*freshness.Work{}
		}
		if in[day.Repo][day.Folder] == nil {
			in[day.Repo][day.Folder] = new(freshness.Work)
		}
		s.count(in[day.Repo][day.Folder], day)
	}
	for id, asked := range folders {
		r := &s.repos[at[id]]
		r.Folders, r.There = make(map[string]freshness.Work, len(asked)), make(map[string]bool, len(there[id]))
		for _, folder := range asked {
			r.Folders[folder] = workIn(folder, in[id], &r.Work)
		}
		for _, folder := range there[id] {
			r.There[folder] = true
		}
	}
	s.inOrder()
	return nil
}

// folders are those that entities stand for, by repository, sorted.
func (s *survey) folders(catalogs []*catalogState) map[metrics.RepoID][]string {
	found := map[metrics.RepoID]map[string]bool{}
	for _, c := range catalogs {
		for i := range c.records {
			r := &c.records[i]
			id, known := s.ids[r.Repo]
			if !known || r.Folder == "" || strings.HasSuffix(r.Folder, "/") {
				continue
			}
			if found[id] == nil {
				found[id] = map[string]bool{}
			}
			found[id][r.Folder] = true
		}
	}
	sorted := make(map[metrics.RepoID][]string, len(found))
	for id, folders := range found {
		sorted[id] = slices.Sorted(maps.Keys(folders))
	}
	return sorted
}

// workIn is what was committed to a folder. What was committed to some folder or other below one that it is in may have been.
func workIn(folder string, in map[string]*freshness.Work, all *freshness.Work) freshness.Work {
	var w freshness.Work
	if its := in[folder]; its != nil {
		w = *its
	}
	w.Known, w.Lapsed = all.Known, all.Lapsed
	if any := in["/"]; any != nil {
		w.Doubt(*any)
	}
	for i, b := range folder {
		if some := in[folder[:i]+"/"]; b == '/' && i > 0 && some != nil {
			w.Doubt(*some)
		}
	}
	return w
}

// count adds to work what somebody committed on a day. Who was in no team that is known then may have been in another, and who has
// joined one since may have gone there with the work. A commit of the future, from a clock that is wrong, is one of now.
func (s *survey) count(w *freshness.Work, day clickhouse.Worked) {
	person, human := s.people.Committer(day.Author, day.MadeFor, day.Last)
	if !human {
		return
	}
	last := min(day.Last, s.now)
	w.Last = max(w.Last, last)
	add := func(c *freshness.Count) {
		c.In90 += day.Lately
		c.In180 += day.Commits
	}
	add(&w.All)
	teams := s.teamsOf(person, day.Last)
	if len(teams) == 0 {
		add(&w.Unplaced)
	}
	for _, team := range teams {
		t := teamWork(w, team)
		add(&t.Count)
		t.Last = max(t.Last, last)
	}
	for _, team := range s.people.Joined(person, day.Last) {
		if !slices.Contains(teams, team) && !s.left[team] {
			add(&teamWork(w, team).Maybe)
		}
	}
}

// teamWork returns what a team did, of some work. It is valid until the next.
func teamWork(w *freshness.Work, team metrics.TeamKey) *freshness.TeamWork {
	i := slices.IndexFunc(w.Teams, func(t freshness.TeamWork) bool { return t.Team == team })
	if i < 0 {
		i, w.Teams = len(w.Teams), append(w.Teams, freshness.TeamWork{Team: team})
	}
	return &w.Teams[i]
}

// teamsOf are the teams that somebody was in at a moment, without those in which nobody is any more: nothing can be handed over
// to these, and whoever was in one may have gone on under another name.
func (s *survey) teamsOf(person metrics.PersonID, at metrics.Instant) []metrics.TeamKey {
	teams := s.people.Teams(person, at)
	if !slices.ContainsFunc(teams, func(t metrics.TeamKey) bool { return s.left[t] }) {
		return teams
	}
	return slices.DeleteFunc(slices.Clone(teams), func(t metrics.TeamKey) bool { return s.left[t] })
}

// lookUpLeft finds out in which teams nobody is any more.
func (s *survey) lookUpLeft() {
	s.left = map[metrics.TeamKey]bool{}
	for team, stays := range s.members {
		if !slices.ContainsFunc(stays, func(p metrics.Period) bool { return p.Contains(s.now) }) {
			s.left[team] = true
		}
	}
	for _, t := range s.rules.Definitions().Teams.List {
		if slices.ContainsFunc(t.Members, func(m metrics.Member) bool { return metrics.Period{From: m.From, To: m.Until}.Contains(s.now) }) {
			delete(s.left, t.Key) // one who never committed anywhere, maybe
		}
	}
}

// inOrder sorts repositories and teams, so that of two repositories of one name the one that is there comes last, which is
// the one that is found.
func (s *survey) inOrder() {
	there := func(r *freshness.Repo) int { return cmp.Compare(r.Gone, metrics.Beginning) }
	slices.SortStableFunc(s.repos, func(a, b freshness.Repo) int {
		return cmp.Or(cmp.Compare(there(&b), there(&a)), cmp.Compare(a.Name, b.Name))
	})
	byKey := func(a, b freshness.TeamWork) int { return cmp.Compare(a.Team, b.Team) }
	for i := range s.repos {
		slices.SortFunc(s.repos[i].Work.Teams, byKey)
		for _, w := range s.repos[i].Folders {
			slices.SortFunc(w.Teams, byKey)
		}
	}
}
