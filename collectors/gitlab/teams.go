package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// teamsAfter is how long groups and their members stand before they are read again.
const teamsAfter = metrics.Day

// groupFields tell of a group and of those who were made its members, rather than one's above it.
const groupFields = `fullPath name groupMembers(relations: [DIRECT], first: %s) { nodes { user { username publicEmail bot } accessLevel { integerValue } createdAt expiresAt } pageInfo { hasNextPage endCursor } }`

// groupsQuery tells of a group and some of those below it.
var groupsQuery = "query($path: ID!, $most: Int, $after: String) {\n\tgroup(fullPath: $path) { " + fmt.Sprintf(groupFields, "100") +
	" descendantGroups(first: $most, after: $after) { nodes { " + fmt.Sprintf(groupFields, "100") + " } pageInfo { hasNextPage endCursor } } }\n}\n"

// membersQuery tells of more members of one group.
var membersQuery = "query($path: ID!, $most: Int, $after: String) {\n\tgroup(fullPath: $path) { " + fmt.Sprintf(groupFields, "$most, after: $after") + " }\n}\n"

// groupsAtOnce is how many groups below another one, with their members, are asked for at once.
const groupsAtOnce = 40

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
	HasNextPage *bool
	EndCursor   *string
}

// goesOn reports whether there is more, as far as is told.
func (p pageInfo) goesOn() bool { return p.HasNextPage == nil || *p.HasNextPage }

// lost reports whether the list goes on, and nobody knows where.
func (p pageInfo) lost() bool { return p.goesOn() && text(p.EndCursor) == "" }

// next is where the list goes on; "" at its end.
func (p pageInfo) next() string {
	if !p.goesOn() {
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

// groups reads the groups and their members once a day, or when the host told of members. Where that fails it is tried again the next time, and where it is
// denied less and less often; what was known stays.
func (l *list) groups(ctx context.Context, m *mark) error {
	s := l.source
	now := s.config.Now()
	anew := l.known.Anew && l.groupsRead == nil
	if !s.config.Parts.Teams || s.config.Group == "" || s.config.People == nil || !anew && now < m.Teams+teamsAfter {
		return nil
	}
	if s.missed.Load().Waits(collectors.Nowhere)&groupsMissed != 0 {
		return nil
	}
	people := &metrics.Batch{}
	defer func() { s.held.add(people) }()
	err := collectors.Take(s.round.Load(), "groups", func(at *groupsSeen) error {
		if err := s.allGroups(ctx, at, people); err != nil {
			return err
		}
		if l.groupsRead = at.Groups; !l.moves && s.lacksGroups(at.Groups, l.knownNames()) { // else all are about to be listed
			return errHollow
		}
		s.held.add(s.teams(at.Groups, l.known.Members))
		return nil
	})
	if err != nil {
		return l.without(ctx, groupsTopic, err)
	}
	m.Teams = now
	s.missed.Load().Allow(collectors.Nowhere, groupsMissed)
	return nil
}

// knownNames are the names of the projects that are known.
func (l *list) knownNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range l.known.Repos {
			if !yield(l.known.Repos[i].Name) {
				return
			}
		}
	}
}

// recheckGroups has the groups read again by the next listing where this one listed projects in groups of which they did
// not tell, or in others than these were in when the groups were read.
func (l *list) recheckGroups(ctx context.Context, m *mark) error {
	switch {
	case l.groupsRead == nil && len(l.left) > 0:
		m.Teams = metrics.Beginning
	case l.groupsRead != nil && l.source.lacksGroups(l.groupsRead, maps.Keys(l.seen)):
		m.Teams = metrics.Beginning
		return l.without(ctx, groupsTopic, errHollow)
	}
	return nil
}

// groupsSeen is how far the reading of groups came.
type groupsSeen struct {
	Groups []*groupSeen
	After  string // where the list goes on
	Listed bool   // it is at its end
	Whole  int    // how many of them are whole
}

// groupSeen is a group with its members, of whom only hashes are known.
type groupSeen struct {
	Path, Name string
	Told       bool // the members are shown
	Members    []metrics.Membership
	After      string // where they go on; "" at the end
}

// allGroups reads the group of the source and all below it, with all their members. Who these are is added to a batch.
func (s *Source) allGroups(ctx context.Context, at *groupsSeen, people *metrics.Batch) error {
	var been trail
	for !at.Listed {
		root, err := s.askGroup(ctx, groupsQuery, s.config.Group, at.After, groupsAtOnce)
		if err != nil {
			return err
		}
		below := root.DescendantGroups
		if below == nil || below.Nodes == nil || below.PageInfo.lost() {
			return errHollow
		}
		next := below.PageInfo.next()
		if err := been.step(at.After, next, below.Nodes); err != nil {
			return err
		}
		found := below.Nodes
		if at.After == "" {
			found = append([]*group{root}, found...)
		}
		for _, g := range found {
			if err := g.told(); err != nil {
				return err
			}
		}
		for _, g := range found {
			at.Groups = append(at.Groups, s.group(g, people))
		}
		at.After, at.Listed = next, next == ""
	}
	for ; at.Whole < len(at.Groups); at.Whole++ {
		if err := s.allMembers(ctx, at.Groups[at.Whole], people); err != nil {
			return err
		}
	}
	return nil
}

// allMembers reads those members of a group that are not told yet.
func (s *Source) allMembers(ctx context.Context, g *groupSeen, people *metrics.Batch) error {
	var been trail
	for g.After != "" {
		more, err := s.askGroup(ctx, membersQuery, g.Path, g.After, listed)
		if err == nil {
			err = more.told()
		}
		if err == nil && more.GroupMembers == nil {
			err = errHidden
		}
		if err == nil {
			err = been.step(g.After, more.GroupMembers.PageInfo.next(), more.GroupMembers.Nodes)
		}
		if err != nil {
			return err
		}
		s.enlist(g, more, people)
	}
	return nil
}

// told fails where an answer does not say which group it is of, or hollows out the list of its members. No list at all is
// hidden from who asks.
func (g *group) told() error {
	switch {
	case g == nil || g.FullPath == "":
		return fmt.Errorf("a group without a path: %w", errGarbled)
	case g.GroupMembers != nil && (g.GroupMembers.Nodes == nil || g.GroupMembers.PageInfo.lost()):
		return errHollow
	}
	return nil
}

// group is a group as the list tells of it.
func (s *Source) group(g *group, people *metrics.Batch) *groupSeen {
	seen := &groupSeen{Path: g.FullPath, Name: g.Name}
	if g.GroupMembers != nil {
		s.enlist(seen, g, people)
	}
	return seen
}

// enlist takes some members of a group: who may push at least. Others look on.
func (s *Source) enlist(g *groupSeen, told *group, people *metrics.Batch) {
	g.Told, g.After = true, told.GroupMembers.PageInfo.next()
	for _, m := range told.GroupMembers.Nodes {
		if m == nil || m.User == nil || m.User.Username == "" || m.AccessLevel == nil || m.AccessLevel.IntegerValue == nil ||
			permission(*m.AccessLevel.IntegerValue) < metrics.MayPush {
			continue
		}
		a := account{login: m.User.Username, email: text(m.User.PublicEmail), bot: m.User.Bot != nil && *m.User.Bot}
		s.meet(people, a)
		identities, _ := s.identify(a)
		if len(identities) == 0 {
			continue
		}
		who := identities[0]
		fact := metrics.Membership{
			Alias: who.Alias, Person: who.Person, Team: ref(g.Path), Source: who.Source,
			Period: metrics.Period{From: instant(m.CreatedAt), To: metrics.Forever},
		}
		if m.ExpiresAt != nil {
			fact.To = instant(m.ExpiresAt)
		}
		g.Members = append(g.Members, fact)
	}
}

// askGroup asks GraphQL for a group and at most so much of a list of it, once more for less where it does not tell that.
func (s *Source) askGroup(ctx context.Context, query, path, after string, most int) (*group, error) {
	found, err := s.oneGroup(ctx, query, path, after, most)
	if overloads(err) {
		return s.oneGroup(ctx, query, path, after, most/4)
	}
	return found, err
}

// oneGroup asks once for a group.
func (s *Source) oneGroup(ctx context.Context, query, path, after string, most int) (*group, error) {
	variables := map[string]any{"path": path, "most": most}
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
	case got.Data.Group == nil: // REST lists its projects, or told of it
		return nil, errHollow
	case got.Data.Group.FullPath != "" && !strings.EqualFold(got.Data.Group.FullPath, path):
		return nil, errOther
	}
	return got.Data.Group, nil
}

// lacksGroups reports whether of the groups that projects are in many are not among those that were listed: then the list
// of groups is not to be believed.
func (s *Source) lacksGroups(listed []*groupSeen, projects iter.Seq[string]) bool {
	there, wanted, found := map[metrics.TeamKey]bool{}, map[metrics.TeamKey]bool{}, 0
	for _, g := range listed {
		there[ref(g.Path)] = true
	}
	for name := range projects {
		in := ref(path.Dir(strings.TrimPrefix(name, s.host+"/")))
		if !wanted[in] && there[in] {
			found++
		}
		wanted[in] = true
	}
	return len(wanted) > 0 && metrics.Shrunk(len(wanted), found)
}

// ref is how people write a group.
func ref(path string) metrics.TeamKey { return metrics.TeamKey("@" + strings.ToLower(path)) }

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

// accesses writes whom a project is given to, where that is not what is known.
func (x *side) accesses(r *reading) {
	given, told := x.source.given.LoadAndDelete(r.Repo.HostID)
	list, _ := given.([]metrics.Access)
	before := r.Last.Told.Accesses
	if !told || before.Seen != metrics.Beginning && sameAccesses(before.List, list) {
		return
	}
	x.Batch.Accesses = append(x.Batch.Accesses, metrics.AccessList{Repo: r.Repo.ID, Source: x.source.Name(), Seen: x.source.config.Now(), List: list})
}

func sameAccesses(a, b []metrics.Access) bool {
	in := func(list []metrics.Access) func(metrics.Access) bool {
		return func(v metrics.Access) bool { return !slices.Contains(list, v) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}
