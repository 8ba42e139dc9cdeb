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
	rateLimit { cost }
	organization(login: $org) { teams(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...team } } }
}
` + teamFields

// teamQuery asks for what does not fit into the answer that lists the teams.
const teamQuery = `
query($org: String!, $team: String!, $members: Boolean!, $afterMember: String, $repos: Boolean!, $afterRepo: String) {
	rateLimit { cost }
	organization(login: $org) { team(slug: $team) {
		slug name
		members(first: 100, membership: IMMEDIATE, after: $afterMember) @include(if: $members) { ...members }
		repositories(first: 100, after: $afterRepo) @include(if: $repos) { ...repositories }
	} }
}
` + memberFields + grantFields

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

// crew is a team with its members and grants.
type crew struct {
	Slug, Parent, Name string
	Members            []introduction                // who they are is known by hashes only
	Grants             map[string]metrics.Permission // by owner/name, lower case

	MoreMembers, MoreGrants cursor // where they go on
	MemberPage, GrantPage   int    // likewise by REST: the next one; 0 before the first, -1 behind the last
}

// introduction says who a member of a team is.
type introduction struct {
	Identities  []metrics.Identity
	Memberships []metrics.Membership // that the configuration knows
}

// census is how far the reading of an organisation's teams came.
type census struct {
	Crews  []*crew
	After  *string // where the list goes on
	Page   int     // likewise by REST
	Listed bool    // the list is at its end
	Whole  int     // how many of them are whole
}

// teams reads the teams of the organisation. What was read of them in part is not told.
func (x *side) teams(ctx context.Context, o *org) error {
	s := x.source
	read := s.crews
	if s.graphless.Load() {
		read = s.plainCrews
	}
	if err := read(ctx, &o.Teams); err != nil {
		return s.failed(ctx, teamsPart, nil, err)
	}
	crews := o.Teams.Crews
	x.members(crews)
	o.Accesses, o.Granted, o.Teams = s.granted(crews), true, census{}
	return nil
}

func (s *Source) crews(ctx context.Context, at *census) error {
	for way := (trail{}); !at.Listed; {
		nodes, list, err := s.teamPage(ctx, at.After)
		if err != nil {
			return err
		}
		for _, n := range nodes {
			c, err := s.crew(n)
			if err != nil {
				return err
			}
			at.Crews = append(at.Crews, c)
		}
		after, err := way.on(list)
		if err != nil {
			return err
		}
		at.After, at.Listed = cursorAt(after), after == ""
	}
	for ; at.Whole < len(at.Crews); at.Whole++ {
		if err := s.fill(ctx, at.Crews[at.Whole]); err != nil {
			return err
		}
	}
	return nil
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
	if err == nil && len(got.Errors) > 0 { // then it is not all
		err = got.Errors[0]
	}
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
	if data.Organization == nil || data.Organization.Teams == nil {
		return nil, cursor{}, fmt.Errorf("the list of teams is null: %w", errGarbled)
	}
	return data.Organization.Teams.Nodes, data.Organization.Teams.PageInfo, nil
}

// crew is a team as the list tells of it.
func (s *Source) crew(n *teamNode) (*crew, error) {
	if n == nil {
		return nil, errHidden
	}
	c := &crew{Slug: n.Slug, Name: n.Name}
	if n.ParentTeam != nil {
		c.Parent = n.ParentTeam.Slug
	}
	return c, s.take(c, n)
}

// fill asks for the members and grants of a team that did not fit into the list.
func (s *Source) fill(ctx context.Context, c *crew) error {
	for members, grants := (trail{}), (trail{}); c.MoreMembers.HasNextPage || c.MoreGrants.HasNextPage; {
		if _, err := members.on(c.MoreMembers); err != nil {
			return err
		}
		if _, err := grants.on(c.MoreGrants); err != nil {
			return err
		}
		got, err := s.ask(ctx, teamQuery, map[string]any{
			"org": s.config.Org, "team": c.Slug, "members": c.MoreMembers.more(), "afterMember": c.MoreMembers.EndCursor,
			"repos": c.MoreGrants.more(), "afterRepo": c.MoreGrants.EndCursor,
		})
		if err != nil {
			return err
		}
		var data struct{ Organization *struct{ Team *teamNode } }
		if err := got.decode(&data); err != nil {
			return err
		}
		if len(got.Errors) > 0 {
			return got.Errors[0]
		}
		if data.Organization == nil || data.Organization.Team == nil {
			return fmt.Errorf("the team %s is null: %w", c.Slug, errGarbled)
		}
		if err := s.take(c, data.Organization.Team); err != nil {
			return err
		}
	}
	return nil
}

// take takes what an answer has of a team, and notes whether there is more. It fails where somebody in it is not told: who
// is in it would seem to be all. Repositories that are not told are not read either.
func (s *Source) take(c *crew, n *teamNode) error {
	c.MoreMembers, c.MoreGrants = cursor{}, cursor{}
	if n.Members != nil {
		c.MoreMembers = n.Members.PageInfo
		for _, m := range n.Members.Nodes {
			if m == nil {
				return errHidden
			}
			s.enlist(c, m.Login)
		}
	}
	if n.Repositories != nil {
		c.MoreGrants = n.Repositories.PageInfo
		for _, e := range n.Repositories.Edges {
			if e != nil && e.Node != nil {
				c.grant(e.Node.NameWithOwner, permission(e.Permission))
			}
		}
	}
	return nil
}

// grant notes what a team may do with a repository.
func (c *crew) grant(repo string, may metrics.Permission) {
	if c.Grants == nil {
		c.Grants = map[string]metrics.Permission{}
	}
	c.Grants[strings.ToLower(repo)] = may
}

// enlist adds a member to a team.
func (s *Source) enlist(c *crew, login string) {
	if identities, memberships := s.identify(login); len(identities) > 0 {
		c.Members = append(c.Members, introduction{identities, memberships})
	}
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
		above[c.Slug] = c
	}
	all := map[string][]metrics.Access{}
	for _, c := range crews {
		for repo, may := range c.Grants {
			if parent := above[c.Parent]; parent != nil && parent.Grants[repo] >= may {
				continue
			}
			all[repo] = append(all[repo], metrics.Access{Team: s.ref(c.Slug), Permission: may})
		}
	}
	return all
}
