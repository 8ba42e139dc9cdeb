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

// survey is what is known of the world at a moment, whichever catalog is compared with it.
type survey struct {
	rules   *classify.Classifier
	people  *classify.People
	now     metrics.Instant
	known   *clickhouse.World
	repos   []freshness.Repo          // those of known, in its order until work is looked up
	ids     map[string]metrics.RepoID // of repositories, by what they are and were called
	walked  map[metrics.RepoID]bool   // those whose history was read
	gone    map[metrics.RepoID]bool
	read    bool     // every repository that is known was read completely
	missed  []string // those that were not
	listed  []string
	lapsed  []string // owners that are not listed because the newest list was not whole
	hosts   []metrics.HostTeam
	members map[metrics.TeamKey][]metrics.Period
	staffed map[string]bool // sources that tell who is in teams
	links   map[string]freshness.Link
	portals []*catalogState          // as they are judged, those that are configured and were ever read
	others  int                      // portals that are configured
	left    map[metrics.TeamKey]bool // teams in which nobody is any more
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
	s.listed, s.lapsed = ownersListed(c.sources, listings)
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
	w.Part, w.Others, w.Elsewhere, w.Lapsed.Teams = true, s.others > 0, map[metrics.EntityRef]bool{}, false
	whole, teams := 0, false
	for _, p := range s.portals {
		if p.unread {
			continue
		}
		for i := range p.records {
			w.Elsewhere[p.records[i].Ref] = true
		}
		w.Lapsed.Teams = w.Lapsed.Teams || p.lapsed
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

// lookUpRepos finds out how all repositories are, and who owns them.
func (s *survey) lookUpRepos(ctx context.Context, db *clickhouse.DB) (err error) {
	if s.known, err = db.World(ctx); err != nil {
		return err
	}
	beside, err := db.Beside(ctx)
	if err != nil {
		return err
	}
	s.repos, s.read = make([]freshness.Repo, len(s.known.Repos)), len(s.known.Repos) > 0
	at := s.places()
	for i := range s.known.Repos {
		k := &s.known.Repos[i]
		s.repos[i] = s.repo(k)
		s.walked[k.ID], s.gone[k.ID] = k.Walked, s.repos[i].Gone != metrics.Beginning
		if !k.Read && !s.gone[k.ID] {
			s.read, s.missed = false, append(s.missed, k.Name)
		}
	}
	s.index(s.known.Repos)
	for _, b := range beside {
		if i, ok := at[b.Repo]; ok {
			owned(&s.repos[i], b)
		}
	}
	return nil
}

// places are where repositories are among all that are known.
func (s *survey) places() map[metrics.RepoID]int {
	at := make(map[metrics.RepoID]int, len(s.known.Repos))
	for i := range s.known.Repos {
		at[s.known.Repos[i].ID] = i
	}
	return at
}

// owned notes who owns a repository, or a component of it.
func owned(r *freshness.Repo, b metrics.Beside) {
	if b.Component == "" {
		r.Owner, r.OwnedBy = b.Team, b.Source
		return
	}
	if r.Owners == nil {
		r.Owners = map[string]metrics.OwnerSource{}
	}
	r.Owners[b.Component] = b.Source
}

// repo is a repository before anybody worked on it.
func (s *survey) repo(k *clickhouse.Known) freshness.Repo {
	old := k.ReadAt.Add(s.rules.Definitions().Measure.UnknownAfter) < s.now
	return freshness.Repo{
		Name: k.Name, Former: k.Former, Gone: k.Gone, Archived: k.Archived, ArchivedAt: k.ArchivedAt,
		Work:     freshness.Work{Known: k.Read && !old && k.Whole <= s.now-worksLong, Lapsed: !k.Read && !old && k.Walked},
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

// ownersListed returns the owners all of whose repositories are known: those that a source lists without leaving any out,
// and whose newest list was whole; and apart the others that a source lists so.
func ownersListed(sources []config.Source, listings []metrics.Listing) (whole, lapsed []string) {
	for _, s := range sources {
		switch owner := ownerListed(s); {
		case owner == "":
		case wholly(s.Name, listings):
			whole = append(whole, owner)
		default:
			lapsed = append(lapsed, owner)
		}
	}
	slices.Sort(whole)
	slices.Sort(lapsed)
	lapsed = slices.DeleteFunc(slices.Compact(lapsed), func(owner string) bool { return slices.Contains(whole, owner) })
	return slices.Compact(whole), lapsed
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
