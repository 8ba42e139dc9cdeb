package main

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// Windows in which commits count for who works on a repository, as in freshness.Count.
const (
	worksLately = 90 * metrics.Day
	worksLong   = 180 * metrics.Day
)

// survey is what is known of the world at a moment, whichever catalog is compared with it.
type survey struct {
	rules   *classify.Classifier
	people  *classify.People
	now     metrics.Instant
	repos   []freshness.Repo
	ids     map[string]metrics.RepoID // of repositories, by what they are and were called
	walked  map[metrics.RepoID]bool   // those whose history was read
	gone    map[metrics.RepoID]bool
	read    bool // every repository that is known was read completely
	listed  []string
	hosts   []metrics.HostTeam
	members map[metrics.TeamKey][]metrics.Period
	staffed map[string]bool // sources that tell who is in teams
	links   map[string]freshness.Link
	portals []*catalogState // as they were judged, those that are configured and were ever read
	others  int             // portals that are configured
}

// survey looks at the world.
func (c *catalogJudge) survey(ctx context.Context, at metrics.Instant) (*survey, error) {
	s := &survey{
		rules: c.rules, now: at, ids: map[string]metrics.RepoID{}, walked: map[metrics.RepoID]bool{}, gone: map[metrics.RepoID]bool{},
		members: map[metrics.TeamKey][]metrics.Period{}, staffed: map[string]bool{},
	}
	listings, err := c.db.Listings(ctx)
	if err != nil {
		return nil, err
	}
	s.listed = ownersListed(c.sources, listings)
	for _, source := range c.sources {
		if source.IsCatalog() {
			s.others++
		}
	}
	if c.links {
		known, err := c.db.Links(ctx)
		if err != nil {
			return nil, err
		}
		s.links = linksJudged(known, at, c.rules.Definitions().Measure)
	}
	if err := s.lookUpPeople(ctx, c.db); err != nil {
		return nil, err
	}
	return s, s.lookUpRepos(ctx, c.db)
}

// besidePortals adds to what a catalog of files is compared with what portals have: whatever no file describes may be there.
func (s *survey) besidePortals(w freshness.World) freshness.World {
	w.Part, w.Others, w.Elsewhere = true, s.others > 0, map[metrics.EntityRef]bool{}
	whole, teams := 0, false
	for _, p := range s.portals {
		if p.unread {
			continue
		}
		for i := range p.records {
			w.Elsewhere[p.records[i].Ref] = true
		}
		if p.complete && (p.has("group") || p.has("team") || p.has("_team")) {
			whole, teams = whole+1, teams || len(p.groups) > 0
		}
	}
	w.AllTeams = teams && whole == s.others
	return w
}

// lookUpPeople finds out who is who, and who is in which team.
func (s *survey) lookUpPeople(ctx context.Context, db *clickhouse.DB) (err error) {
	if s.hosts, err = db.HostTeams(ctx); err != nil {
		return err
	}
	s.rules = s.rules.Knowing(s.hosts)
	memberships, err := db.Memberships(ctx)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		s.staffed[m.Source] = s.staffed[m.Source] || strings.ContainsAny(string(m.Team), "@:")
	}
	for _, m := range s.rules.Memberships(memberships, s.hosts...) {
		s.members[m.Team] = append(s.members[m.Team], m.Period)
	}
	judge := conclusion{db: db, rules: s.rules}
	s.people, err = judge.people(ctx, s.hosts)
	return err
}

// lookUpRepos finds out how all repositories are, who owns them, and who works on them.
func (s *survey) lookUpRepos(ctx context.Context, db *clickhouse.DB) error {
	known, err := db.World(ctx)
	if err != nil {
		return err
	}
	beside, err := db.Beside(ctx)
	if err != nil {
		return err
	}
	at := make(map[metrics.RepoID]int, len(known.Repos))
	s.repos, s.read = make([]freshness.Repo, len(known.Repos)), len(known.Repos) > 0
	for i := range known.Repos {
		k := &known.Repos[i]
		at[k.ID], s.repos[i] = i, s.repo(k)
		s.walked[k.ID], s.gone[k.ID] = k.Walked, s.repos[i].Gone != metrics.Beginning
		s.read = s.read && (k.Read || s.gone[k.ID])
	}
	s.index(known.Repos)
	for _, b := range beside {
		if i, ok := at[b.Repo]; ok && b.Component == "" {
			s.repos[i].Owner, s.repos[i].OwnedBy = b.Team, b.Source
		}
	}
	for day, err := range known.Work(ctx, s.now-worksLong, s.now-worksLately, s.now+metrics.Day) {
		if err != nil {
			return err
		}
		s.count(&s.repos[at[day.Repo]], day)
	}
	s.inOrder()
	return nil
}

// repo is a repository before anybody worked on it.
func (s *survey) repo(k *clickhouse.Known) freshness.Repo {
	old := k.ReadAt.Add(s.rules.Definitions().Measure.UnknownAfter) < s.now
	return freshness.Repo{
		Name: k.Name, Former: k.Former, Gone: k.Gone, Archived: k.Archived, ArchivedAt: k.ArchivedAt,
		Work:     freshness.Work{Known: k.Read && !old && k.Whole <= s.now-worksLong},
		Deployed: k.Deployed, DeploysKnown: k.Deploys, Topics: k.Topics, TemplateOf: k.TemplateOf,
	}
}

// index lets repositories be found by their names; one that has a name now goes before others that had it.
func (s *survey) index(repos []clickhouse.Known) {
	for i := range repos {
		for _, name := range repos[i].Former {
			s.ids[name] = repos[i].ID
		}
	}
	for _, gone := range [...]bool{true, false} {
		for i := range repos {
			if k := &repos[i]; s.gone[k.ID] == gone {
				s.ids[k.Name] = k.ID
			}
		}
	}
}

// count adds to a repository what somebody committed to it on a day. Who was in no team that is known then may have been in
// another. A commit of the future, from a clock that is wrong, is one of now.
func (s *survey) count(r *freshness.Repo, day clickhouse.Worked) {
	person, human := s.people.Committer(day.Author, day.MadeFor, day.Last)
	if !human {
		return
	}
	last := min(day.Last, s.now)
	r.LastHuman = max(r.LastHuman, last)
	add := func(c *freshness.Count) {
		c.In90 += day.Lately
		c.In180 += day.Commits
	}
	add(&r.Work.All)
	teams := s.people.Teams(person, day.Last)
	if len(teams) == 0 {
		add(&r.Work.Unplaced)
	}
	for _, team := range teams {
		i := slices.IndexFunc(r.Work.Teams, func(t freshness.TeamWork) bool { return t.Team == team })
		if i < 0 {
			i, r.Work.Teams = len(r.Work.Teams), append(r.Work.Teams, freshness.TeamWork{Team: team})
		}
		add(&r.Work.Teams[i].Count)
		r.Work.Teams[i].Last = max(r.Work.Teams[i].Last, last)
	}
}

// inOrder sorts repositories and teams, so that of two repositories of one name the one that is there comes last, which is
// the one that is found.
func (s *survey) inOrder() {
	there := func(r *freshness.Repo) int { return cmp.Compare(r.Gone, metrics.Beginning) }
	slices.SortStableFunc(s.repos, func(a, b freshness.Repo) int {
		return cmp.Or(cmp.Compare(there(&b), there(&a)), cmp.Compare(a.Name, b.Name))
	})
	for i := range s.repos {
		slices.SortFunc(s.repos[i].Work.Teams, func(a, b freshness.TeamWork) int { return cmp.Compare(a.Team, b.Team) })
	}
}

// ownersListed returns the owners all of whose repositories are known: those that a source lists without leaving any out,
// and whose newest list was whole.
func ownersListed(sources []config.Source, listings []metrics.Listing) []string {
	var owners []string
	for _, s := range sources {
		if owner := ownerListed(s); owner != "" && wholly(s.Name, listings) {
			owners = append(owners, owner)
		}
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}

// ownerListed is whose repositories a source has, all of them; "" where it does not have all of anybody's.
func ownerListed(s config.Source) string {
	account, address := "", ""
	switch {
	case s.GitHub != nil && len(s.GitHub.Include)+len(s.GitHub.Exclude) == 0:
		account, address = cmp.Or(s.GitHub.Org, s.GitHub.User), cmp.Or(s.GitHub.URL, "https://github.com")
	case s.GitLab != nil && len(s.GitLab.Include)+len(s.GitLab.Exclude) == 0:
		account, address = cmp.Or(s.GitLab.Group, s.GitLab.User), cmp.Or(s.GitLab.URL, "https://gitlab.com")
	}
	at, err := url.Parse(address)
	if account == "" || err != nil {
		return ""
	}
	host := strings.TrimPrefix(at.Hostname(), "api.")
	if s.GitLab != nil { // which may be below a path
		host = at.Hostname() + strings.TrimSuffix(strings.TrimRight(at.Path, "/"), "/api/v4")
	}
	return strings.ToLower(host + "/" + strings.Trim(account, "/"))
}

// wholly reports whether the newest full lists of a source, one of each part of it, were whole.
func wholly(source string, listings []metrics.Listing) bool {
	var full []metrics.Listing
	for _, l := range listings {
		if l.Source == source && l.Full {
			full = append(full, l)
		}
	}
	slices.SortFunc(full, func(a, b metrics.Listing) int { return cmp.Compare(b.At, a.At) })
	parts := map[uint16]bool{}
	for _, l := range full {
		if _, newer := parts[l.Shard]; !newer && l.Shards == full[0].Shards {
			parts[l.Shard] = l.Whole
		}
	}
	for _, whole := range parts {
		if !whole {
			return false
		}
	}
	return len(full) > 0 && len(parts) == max(1, int(full[0].Shards))
}
