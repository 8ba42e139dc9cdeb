package github

import (
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// teamsListed is how many teams are in one answer, each with its first fifty members and repositories. That is a point.
const teamsListed = 25

// teamFields tell of a team. Members of the teams below it are not its own.
const teamFields = `
fragment team on Team {
	slug name parentTeam { slug }
	members(first: 50, membership: IMMEDIATE) { ...members }
	repositories(first: 50) { ...repositories }
}
` + memberFields + grantFields

const memberFields = "fragment members on TeamMemberConnection { pageInfo { hasNextPage endCursor } nodes { login } }\n"

const grantFields = "fragment repositories on TeamRepositoryConnection { pageInfo { hasNextPage endCursor } edges { permission node { nameWithOwner } } }\n"

const teamsQuery = `
query($org: String!, $first: Int!, $after: String) {
	organization(login: $org) { teams(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...team } } }
}
` + teamFields

// teamQuery asks for what does not fit into the answer that lists the teams.
const teamQuery = `
query($org: String!, $team: String!, $members: Boolean!, $afterMember: String, $repos: Boolean!, $afterRepo: String) {
	organization(login: $org) { team(slug: $team) {
		slug name
		members(first: 100, membership: IMMEDIATE, after: $afterMember) @include(if: $members) { ...members }
		repositories(first: 100, after: $afterRepo) @include(if: $repos) { ...repositories }
	} }
}
` + memberFields + grantFields

type cursor struct {
	HasNextPage bool
	EndCursor   *string
}

func (c cursor) more() bool { return c.HasNextPage && c.EndCursor != nil }

type teamNode struct {
	Slug       string
	Name       string
	ParentTeam *struct{ Slug string }
	Members    *struct {
		PageInfo cursor
		Nodes    []*struct{ Login string }
	}
	Repositories *struct {
		PageInfo cursor
		Edges    []*struct {
			Permission string
			Node       *struct{ NameWithOwner string }
		}
	}
}

// crew is a team with all of its members and grants.
type crew struct {
	slug, parent, name string
	members            []string                      // logins
	grants             map[string]metrics.Permission // by owner/name, lower case
}

// teams reads the teams of the organisation. What was read of them in part is not told.
func (x *side) teams(ctx context.Context, o *org) error {
	s := x.source
	read := s.crews
	if s.graphless.Load() {
		read = s.plainCrews
	}
	crews, err := read(ctx)
	if err != nil {
		return s.failed(ctx, teamsPart, nil, err)
	}
	x.members(crews)
	o.accesses = s.granted(crews)
	return nil
}

func (s *Source) crews(ctx context.Context) (all []*crew, err error) {
	for after, more := (*string)(nil), true; more; {
		nodes, at, err := s.teamPage(ctx, after)
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			if n == nil {
				continue
			}
			c, err := s.crew(ctx, n)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		after, more = at.EndCursor, at.more()
	}
	return all, nil
}

func (s *Source) teamPage(ctx context.Context, after *string) ([]*teamNode, cursor, error) {
	var data struct {
		Organization *struct {
			Teams *struct {
				PageInfo cursor
				Nodes    []*teamNode
			}
		}
	}
	size := s.teamsPace.Now()
	begun := s.config.Clock()
	got, err := s.ask(ctx, teamsQuery, map[string]any{"org": s.config.Org, "first": size, "after": after})
	if overloads(err) && s.teamsPace.Overloaded(size) {
		return s.teamPage(ctx, after)
	}
	if err != nil {
		return nil, cursor{}, err
	}
	s.teamsPace.Answered(size, s.config.Clock().Sub(begun))
	if err := got.decode(&data); err != nil {
		return nil, cursor{}, err
	}
	if len(got.Errors) > 0 { // then it is not all
		return nil, cursor{}, got.Errors[0]
	}
	if data.Organization == nil || data.Organization.Teams == nil {
		return nil, cursor{}, fmt.Errorf("the list of teams is null: %w", errGarbled)
	}
	return data.Organization.Teams.Nodes, data.Organization.Teams.PageInfo, nil
}

// crew takes all members and grants of a team, and asks for those that did not fit into the list.
func (s *Source) crew(ctx context.Context, n *teamNode) (*crew, error) {
	c := &crew{slug: n.Slug, name: n.Name, grants: map[string]metrics.Permission{}}
	if n.ParentTeam != nil {
		c.parent = n.ParentTeam.Slug
	}
	for {
		members, repos := c.take(n)
		if !members.more() && !repos.more() {
			return c, nil
		}
		got, err := s.ask(ctx, teamQuery, map[string]any{
			"org": s.config.Org, "team": n.Slug, "members": members.more(), "afterMember": members.EndCursor, "repos": repos.more(), "afterRepo": repos.EndCursor,
		})
		if err != nil {
			return nil, err
		}
		var data struct{ Organization *struct{ Team *teamNode } }
		if err := got.decode(&data); err != nil {
			return nil, err
		}
		if len(got.Errors) > 0 {
			return nil, got.Errors[0]
		}
		if data.Organization == nil || data.Organization.Team == nil {
			return nil, fmt.Errorf("the team %s is null: %w", n.Slug, errGarbled)
		}
		n = data.Organization.Team
	}
}

// take takes what an answer has of a team, and says whether there is more.
func (c *crew) take(n *teamNode) (members, repos cursor) {
	if n.Members != nil {
		members = n.Members.PageInfo
		for _, m := range n.Members.Nodes {
			if m != nil {
				c.members = append(c.members, m.Login)
			}
		}
	}
	if n.Repositories != nil {
		repos = n.Repositories.PageInfo
		for _, e := range n.Repositories.Edges {
			if e != nil && e.Node != nil {
				c.grants[strings.ToLower(e.Node.NameWithOwner)] = permission(e.Permission)
			}
		}
	}
	return members, repos
}

// permission is what a team may do. Words that are new say at least that it may read.
func permission(word string) metrics.Permission {
	switch word {
	case "TRIAGE":
		return metrics.MayTriage
	case "WRITE":
		return metrics.MayPush
	case "MAINTAIN":
		return metrics.MayMaintain
	case "ADMIN":
		return metrics.MayAdmin
	}
	return metrics.MayRead
}

// ref is how people write a team.
func (s *Source) ref(slug string) metrics.TeamKey {
	if slug == "" {
		return ""
	}
	return metrics.TeamKey("@" + strings.ToLower(s.config.Org+"/"+slug))
}

// granted lists who may do what with each repository. GitHub tells of what a team has from the one above it as if it
// were its own: that is left out.
func (s *Source) granted(crews []*crew) map[string][]metrics.Access {
	above := make(map[string]*crew, len(crews))
	for _, c := range crews {
		above[c.slug] = c
	}
	all := map[string][]metrics.Access{}
	for _, c := range crews {
		for repo, may := range c.grants {
			if parent := above[c.parent]; parent != nil && parent.grants[repo] >= may {
				continue
			}
			all[repo] = append(all[repo], metrics.Access{Team: s.ref(c.slug), Permission: may})
		}
	}
	return all
}

// stay tells a stay in a team apart.
type stay struct {
	alias metrics.AliasID
	team  metrics.TeamKey
}

// members writes the teams and who is in them. Nobody tells since when: whoever is there when teams are seen the first
// time counts as having been there always, others begin when they are seen first, and end when they are not any more.
// All stays of one spelling are told together, for what is not told with it any more does not hold.
func (x *side) members(crews []*crew) {
	s := x.source
	now, known := s.config.Now(), s.state.known()
	open := map[stay]metrics.Membership{}
	for _, m := range known {
		if m.To == metrics.Forever {
			open[stay{m.Alias, m.Team}] = m
		}
	}
	told := map[metrics.AliasID]bool{}
	for _, c := range crews {
		x.Batch.HostTeams = append(x.Batch.HostTeams, metrics.HostTeam{
			Ref: s.ref(c.slug), Parent: s.ref(c.parent), Name: c.name, Source: s.Name(), Seen: now,
		})
		for _, login := range c.members {
			id, ok := x.introduce(login, told)
			if !ok {
				continue
			}
			m := metrics.Membership{Alias: id.Alias, Person: id.Person, Team: s.ref(c.slug), Source: s.Name(), Period: metrics.Period{To: metrics.Forever}, Seen: now}
			at := stay{m.Alias, m.Team}
			if had, is := open[at]; is {
				m.From = had.From
				delete(open, at)
			} else if len(known) > 0 {
				m.From = now
			}
			x.Batch.Memberships = append(x.Batch.Memberships, m)
		}
	}
	x.past(known, open, told, now)
}

// introduce writes once who a member is.
func (x *side) introduce(login string, told map[metrics.AliasID]bool) (id metrics.Identity, ok bool) {
	identities, memberships := x.source.identify(login)
	if len(identities) == 0 {
		return id, false
	}
	if id = identities[0]; !told[id.Alias] {
		told[id.Alias] = true
		x.source.met.Store(strings.ToLower(login), true)
		x.Batch.Identities = append(x.Batch.Identities, identities...)
		x.Batch.Memberships = append(x.Batch.Memberships, memberships...)
	}
	return id, true
}

// past writes the stays that are over: those that ended just now, and those before of whoever is told of.
func (x *side) past(known []metrics.Membership, ended map[stay]metrics.Membership, told map[metrics.AliasID]bool, now metrics.Instant) {
	for _, m := range known {
		_, over := ended[stay{m.Alias, m.Team}]
		switch {
		case m.To == metrics.Forever && over:
			m.To = max(now, m.From)
		case m.To == metrics.Forever || !told[m.Alias]:
			continue
		}
		m.Seen = now
		x.Batch.Memberships = append(x.Batch.Memberships, m)
	}
}
