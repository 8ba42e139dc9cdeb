package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// teamsAfter is how long groups and their members stand before they are read again.
const teamsAfter = metrics.Day

// groupFields tell of a group and of those who were made its members, rather than one's above it.
const groupFields = `fullPath name groupMembers(relations: [DIRECT], first: 100%s) { nodes { user { username publicEmail bot } accessLevel { integerValue } createdAt expiresAt } pageInfo { hasNextPage endCursor } }`

// groupsQuery tells of a group and some of those below it.
var groupsQuery = "query($path: ID!, $after: String) {\n\tgroup(fullPath: $path) { " + fmt.Sprintf(groupFields, "") +
	" descendantGroups(first: 40, after: $after) { nodes { " + fmt.Sprintf(groupFields, "") + " } pageInfo { hasNextPage endCursor } } }\n}\n"

// membersQuery tells of more members of one group.
var membersQuery = "query($path: ID!, $after: String) {\n\tgroup(fullPath: $path) { " + fmt.Sprintf(groupFields, ", after: $after") + " }\n}\n"

// group is a group in an answer.
type group struct {
	FullPath     string
	Name         string
	GroupMembers *struct {
		Nodes    []*member
		PageInfo pageInfo
	}
	DescendantGroups *struct {
		Nodes    []*group
		PageInfo pageInfo
	}
}

// pageInfo says where a list goes on.
type pageInfo struct {
	HasNextPage bool
	EndCursor   *string
}

// next is where the list goes on; "" at its end.
func (p pageInfo) next() string {
	if !p.HasNextPage {
		return ""
	}
	return text(p.EndCursor)
}

// member is a member of a group in an answer.
type member struct {
	User *struct {
		Username    string
		PublicEmail *string
		Bot         *bool
	}
	AccessLevel *struct{ IntegerValue *int }
	CreatedAt   *time.Time
	ExpiresAt   *time.Time
}

// groups reads the groups and their members once a day. Where that fails it is tried again the next time; what was
// known stays.
func (l *list) groups(ctx context.Context, m *mark) error {
	s := l.source
	now := s.config.Now()
	if !s.config.Parts.Teams || s.config.Group == "" || s.config.People == nil || now < m.Teams+teamsAfter {
		return nil
	}
	found, err := s.allGroups(ctx)
	if err != nil {
		return l.without(ctx, "groups and members", err)
	}
	s.held.add(s.teams(found, l.known.Members))
	m.Teams = now
	return nil
}

// allGroups reads the group of the source and all below it, with all their members.
func (s *Source) allGroups(ctx context.Context) (all []*group, err error) {
	for after := ""; ; {
		root, err := s.askGroup(ctx, groupsQuery, s.config.Group, after)
		if err != nil {
			return nil, err
		}
		if root.DescendantGroups == nil {
			return nil, errHidden
		}
		if after == "" {
			all = append(all, root)
		}
		all = append(all, root.DescendantGroups.Nodes...)
		if after = root.DescendantGroups.PageInfo.next(); after == "" {
			break
		}
	}
	for _, g := range all {
		for g != nil && g.GroupMembers != nil && g.GroupMembers.PageInfo.next() != "" {
			more, err := s.askGroup(ctx, membersQuery, g.FullPath, g.GroupMembers.PageInfo.next())
			if err != nil {
				return nil, err
			}
			if more.GroupMembers == nil {
				return nil, errHidden
			}
			g.GroupMembers.Nodes = append(g.GroupMembers.Nodes, more.GroupMembers.Nodes...)
			g.GroupMembers.PageInfo = more.GroupMembers.PageInfo
		}
	}
	return all, nil
}

// askGroup asks GraphQL for a group.
func (s *Source) askGroup(ctx context.Context, query, path, after string) (*group, error) {
	variables := map[string]any{"path": path}
	if after != "" {
		variables["after"] = after
	}
	var got struct {
		Data   struct{ Group *group }
		Errors []*graphError
	}
	if err := s.send(ctx, query, variables, &got); err != nil {
		return nil, err
	}
	switch {
	case len(got.Errors) > 0: // something is missing, and nobody can say what
		return nil, refusedBy(got.Errors)
	case got.Data.Group == nil:
		return nil, errHidden
	}
	return got.Data.Group, nil
}

// teams are the facts of groups, of which had tells who was in them. A group whose members the token does not see keeps
// those that it had.
func (s *Source) teams(found []*group, had []metrics.Membership) *metrics.Batch {
	now := s.config.Now()
	batch := &metrics.Batch{}
	c := &census{source: s, now: now, batch: batch, had: had, open: map[lasting]bool{}, there: map[stay]bool{},
		listed: map[metrics.TeamKey]bool{}, told: map[metrics.TeamKey]bool{}}
	for _, m := range had {
		c.open[lasting{stay{m.Alias, m.Team}, m.Period}] = true
	}
	for _, g := range found {
		if g == nil || g.FullPath == "" {
			continue
		}
		team := metrics.HostTeam{Ref: ref(g.FullPath), Name: g.Name, Source: s.Name(), Seen: now}
		if at := strings.LastIndexByte(g.FullPath, '/'); at > 0 && !strings.EqualFold(g.FullPath, s.config.Group) {
			team.Parent = ref(g.FullPath[:at])
		}
		batch.HostTeams = append(batch.HostTeams, team)
		c.listed[team.Ref] = true
		if g.GroupMembers != nil {
			c.told[team.Ref] = true
			for _, m := range g.GroupMembers.Nodes {
				c.count(team.Ref, m)
			}
		}
	}
	c.conclude()
	return batch
}

// ref is how people write a group.
func ref(path string) metrics.TeamKey { return metrics.TeamKey("@" + strings.ToLower(path)) }

// stay identifies the time that somebody is in a team.
type stay struct {
	alias metrics.AliasID
	team  metrics.TeamKey
}

// lasting is one such time.
type lasting struct {
	stay
	metrics.Period
}

// census finds out who is in which team, and who is not any more.
type census struct {
	source *Source
	now    metrics.Instant
	batch  *metrics.Batch
	had    []metrics.Membership // of before
	open   map[lasting]bool     // as they are
	there  map[stay]bool
	listed map[metrics.TeamKey]bool
	told   map[metrics.TeamKey]bool // teams whose members are known
}

// count adds a member: who may push at least. Others look on.
func (c *census) count(team metrics.TeamKey, m *member) {
	if m == nil || m.User == nil || m.User.Username == "" || m.AccessLevel == nil || m.AccessLevel.IntegerValue == nil ||
		permission(*m.AccessLevel.IntegerValue) < metrics.MayPush {
		return
	}
	s := c.source
	a := account{login: m.User.Username, email: text(m.User.PublicEmail), bot: m.User.Bot != nil && *m.User.Bot}
	s.meet(c.batch, a)
	identities, _ := s.identify(a)
	if len(identities) == 0 {
		return
	}
	who := identities[0]
	fact := metrics.Membership{
		Alias: who.Alias, Person: who.Person, Team: team, Source: who.Source, Seen: c.now,
		Period: metrics.Period{From: instant(m.CreatedAt), To: metrics.Forever},
	}
	if m.ExpiresAt != nil {
		fact.To = instant(m.ExpiresAt)
	}
	here := stay{who.Alias, team}
	c.there[here] = true
	if c.open[lasting{here, fact.Period}] {
		return
	}
	c.batch.Memberships = append(c.batch.Memberships, fact)
}

// conclude ends the memberships of those who are not there any more: of teams whose members are known, and of teams
// that are gone.
func (c *census) conclude() {
	for _, m := range c.had {
		if m.To > c.now && !c.there[stay{m.Alias, m.Team}] && (c.told[m.Team] || !c.listed[m.Team]) {
			m.To, m.Seen = max(c.now, m.From), c.now
			c.batch.Memberships = append(c.batch.Memberships, m)
		}
	}
}

// permission is what a level of access of GitLab allows; 0 where that is nothing.
func permission(level int) metrics.Permission {
	switch {
	case level >= 50:
		return metrics.MayAdmin
	case level >= 40:
		return metrics.MayMaintain
	case level >= 30:
		return metrics.MayPush
	case level >= 20:
		return metrics.MayTriage
	case level >= 10:
		return metrics.MayRead
	}
	return 0
}

// accesses lists whom a project is given to: the group that it is in, which may do anything with it, and those that it
// is shared with.
func accesses(x *gitlab.Project) []metrics.Access {
	var list []metrics.Access
	if x.Namespace != nil && x.Namespace.Kind == "group" && x.Namespace.FullPath != "" {
		list = append(list, metrics.Access{Team: ref(x.Namespace.FullPath), Permission: metrics.MayAdmin})
	}
	for _, g := range x.SharedWithGroups {
		if p := permission(g.GroupAccessLevel); p > 0 && g.GroupFullPath != "" {
			list = append(list, metrics.Access{Team: ref(g.GroupFullPath), Permission: p})
		}
	}
	slices.SortFunc(list, func(a, b metrics.Access) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Permission, b.Permission))
	})
	return list
}

// accesses writes whom projects are given to, where that is not what is known.
func (x *side) accesses(ctx context.Context, all []*reading) error {
	for _, r := range all {
		given, told := x.source.given.LoadAndDelete(r.Repo.HostID)
		before := r.Last.Told.Accesses
		if !told {
			continue
		}
		list := given.([]metrics.Access)
		if before.Seen != metrics.Beginning && sameAccesses(before.List, list) {
			continue
		}
		x.Batch.Accesses = append(x.Batch.Accesses, metrics.AccessList{Repo: r.Repo.ID, Source: x.source.Name(), Seen: x.source.config.Now(), List: list})
	}
	return ctx.Err()
}

func sameAccesses(a, b []metrics.Access) bool {
	in := func(list []metrics.Access) func(metrics.Access) bool {
		return func(v metrics.Access) bool { return !slices.Contains(list, v) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}
